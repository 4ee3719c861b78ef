"""The log, whatever keeps it: what goes in stays, and is told as it was recorded."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date, datetime, timedelta
from itertools import count, product
from random import Random
from typing import Any

import pytest

from orderwatch.errors import LogError, UsageError
from orderwatch.log import open_store
from orderwatch.log.formats import checkpoint, jsonl, tree
from orderwatch.log.sql_log import SqlLog
from orderwatch.log.types import EntryFilter, EventCount
from orderwatch.log.verify import verify_lines
from orderwatch.model import Attachment, EventKind
from orderwatch.model.entry import Entry, EntryKind
from tests.support import build
from tests.support.entries import DAY, LIGHTHOUSE, START, Scribe
from tests.support.logs import filled, places

Another = Callable[[], SqlLog[Any]]
"""Opens one more empty log, which the test closes."""


@pytest.fixture
def log(log_url: str) -> Iterator[SqlLog[Any]]:
    """Open a log to write."""
    with open_store(log_url, write=True, must_exist=False) as found:
        yield found


@pytest.fixture
def another(another_url: Callable[[], str]) -> Another:
    """Open one more empty log to write."""
    return lambda: open_store(another_url(), write=True, must_exist=False)


@pytest.fixture
def ana() -> Scribe:
    """Give somebody who records."""
    return Scribe()


def test_an_entry_is_read_back_as_it_was_recorded(log: SqlLog[Any], ana: Scribe) -> None:
    event = build.event(DAY, LIGHTHOUSE, summary="Says “it” is so.")
    entry = ana.of(event, private=True)
    placed = log.append(entry)
    found = log.get(placed.seq)
    assert found.event is not None
    assert found.event.id == found.header.id == entry.header.id
    assert (found.event.summary, found.event.seq) == (event.summary, 1)
    assert (found.private, found.raw, found.header) == (True, entry.raw, entry.header)
    assert placed.leaf == tree.leaf_hash(entry.raw)


def test_the_root_is_that_of_the_tree_of_all_headers(log: SqlLog[Any]) -> None:
    entries = filled(log)
    frontier = tree.Frontier()
    for entry in entries:
        frontier.add(tree.leaf_hash(entry.raw))
    head = log.head()
    assert (head.size, head.root) == (len(entries), frontier.root())
    for index, entry in enumerate(entries):
        proof = tree.inclusion_proof(index, head.size, log.node)
        leaf = tree.leaf_hash(entry.raw)
        assert tree.verify_inclusion(leaf, index, head.size, head.root, proof)


def test_what_does_not_bear_is_counted_as_of_every_day_and_state(
    log: SqlLog[Any],
) -> None:
    ana, entries, chance = Scribe(), list[Entry](), Random(7)  # noqa: S311 - nothing secret
    ana._numbers = count(0, 40_000)  # noqa: SLF001 - a day has two entries
    ids = (LIGHTHOUSE, "993", "994", "nothing")
    kinds = (EventKind.NOTE, EventKind.STATEMENT, EventKind.ASSESSMENT)
    for number in range(60):
        if number == 40:  # as an import does, append what was recorded before
            ana._numbers = count(20_000, 40_000)  # noqa: SLF001 - as above
        event = ana.event(
            f"Says {number}.",
            *chance.sample(ids[:3], chance.randint(1, 3)),
            kind=chance.choice(kinds),
            on=DAY + timedelta(days=chance.randrange(-3, 3)),
        )
        entries.append(event)
        log.append(event)
        target = entries[chance.randrange(len(entries))]
        undo = chance.choice((ana.correct, ana.retract, ana.redact, None, None, None))
        if undo:
            with suppress(UsageError):
                log.append(undo(target))
    nothing, counts = EventCount(), set[int]()
    for size, day, known in product(
        (1, 10, 40, log.head().size),
        (DAY - timedelta(days=2), DAY, date.max),
        (None, START, START + timedelta(days=9)),
    ):
        found = log.count(ids, until=day, recorded_before=known, size=size)
        assert [*found] == [*ids]
        assert found["nothing"] == nothing
        for uid in ids:
            places = _unread(log, uid, day, known, size)
            latest = max(places)[1] if places else None
            assert found[uid] == EventCount(count=len(places), latest=latest)
            counts.add(len(places))
    assert len(counts) > 9


def _unread(
    log: SqlLog[Any], uid: str, day: date, known: datetime | None, size: int
) -> list[tuple[date, int]]:
    """List day and place of what counts and does not bear, one by one."""
    wanted = EntryFilter(about=[uid], until=day, recorded_before=known)
    return [
        (one.event.on, one.seq)
        for one in log.history(wanted)
        if one.seq <= size
        and one.event
        and one.header.kind.has_event
        and not any(effect.seq <= size for effect in one.effects)
        and one.event.kind is not EventKind.ASSESSMENT
    ]


def test_a_log_keeps_its_name(log: SqlLog[Any], log_url: str) -> None:
    log.ensure()
    origin = log.head().origin
    assert origin
    with open_store(log_url, write=True, must_exist=False) as again:
        again.ensure()
        assert again.head().origin == origin


def test_what_was_corrected_retracted_or_redacted_counts_no_longer(
    log: SqlLog[Any],
) -> None:
    filled(log)
    assert places(log) == [4, 5]
    done = {one.seq: [effect.kind for effect in one.effects] for one in log.history()}
    assert done == {
        1: [EntryKind.CORRECTION],
        2: [EntryKind.RETRACTION],
        3: [EntryKind.REDACTION],
        4: [],
        5: [],
        6: [],
        7: [],
    }


def test_a_correction_can_be_corrected(log: SqlLog[Any], ana: Scribe) -> None:
    first = ana.event()
    second = ana.correct(first)
    for entry in (first, second, ana.correct(second)):
        log.append(entry)
    assert places(log) == [3]


def test_what_counts_no_longer_is_not_corrected_again(log: SqlLog[Any], ana: Scribe) -> None:
    entries = filled(log)
    for target, why in (
        (entries[0], "corrected by entry 5: use that number"),
        (entries[1], "retracted by entry 6"),
        (entries[2], "redacted by entry 7"),
        (entries[5], "entry 6 is a retraction"),
    ):
        with pytest.raises(UsageError, match=why):
            log.append(ana.correct(target))
    with pytest.raises(UsageError, match="entry 3 is redacted already"):
        log.append(ana.redact(entries[2]))
    with pytest.raises(UsageError, match="there is no entry"):
        log.append(ana.correct(Scribe("Ben").event()))
    assert log.head().size == len(entries)


def test_only_what_was_recorded_before_an_instant_is_read(log: SqlLog[Any], ana: Scribe) -> None:
    first = ana.event()
    second = ana.correct(first)
    log.append(first)
    log.append(second)
    for instant, expected in (
        (first.header.recorded, []),
        (second.header.recorded, [1]),
        (second.header.recorded + timedelta(milliseconds=1), [2]),
    ):
        assert places(log, EntryFilter(recorded_before=instant)) == expected


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (EntryFilter(), [1, 2, 3, 4]),
        (EntryFilter(about=[]), []),
        (EntryFilter(about=["999/2024-05-24/3"]), [1, 2]),
        (EntryFilter(about=["999/2024-05-24"]), [3]),
        (EntryFilter(about=["999/2024-05-24/3@2024-06-24", "999/2024-05-24"]), [2, 3]),
        (EntryFilter(about=["999/2024-05-24/"]), []),
        (EntryFilter(about=["999/2024-05-24/3B"]), [2, 3]),
        (EntryFilter(kinds=[EventKind.NOTE, EventKind.STEP]), [3]),
        (EntryFilter(since=date(2024, 6, 1)), [3, 4]),
        (EntryFilter(until=date(2024, 6, 1)), [1, 2, 3]),
        (EntryFilter(search="lamp"), [1, 4]),
        (EntryFilter(search="LAMP emile"), [4]),
        (EntryFilter(search="relit lamp"), [1]),
        (EntryFilter(search="lam"), []),
        (EntryFilter(search='" OR lamp* NEAR(\0)'), []),
        (EntryFilter(search=" "), []),
        (EntryFilter(search="lamp", about=["999/2024-05-24/3"]), [1]),
        (EntryFilter(search="lamp", since=date(2024, 6, 2)), [4]),
    ],
    ids=str,
)
def test_a_selection_finds_what_it_asks_for(
    log: SqlLog[Any], ana: Scribe, wanted: EntryFilter, expected: list[int]
) -> None:
    log.append(ana.event("The lamp was relit.", LIGHTHOUSE))
    log.append(ana.event("It was dark.", f"{LIGHTHOUSE}@2024-06-24", "999/2024-05-24/3b"))
    june = date(2024, 6, 1)
    log.append(ana.event("x", "999/2024-05-24", f"{LIGHTHOUSE}b", kind=EventKind.STEP, on=june))
    later = date(2024, 6, 2)
    log.append(ana.event("A lamp.", "998/2024-05-24/3", speaker="Émile", on=later))
    assert places(log, wanted) == expected


def test_an_entry_is_found_by_number_and_by_the_beginning_of_its_id(
    log: SqlLog[Any],
) -> None:
    entries = filled(log)
    for seq, entry in enumerate(entries, start=1):
        uid = entry.header.id
        for name in (str(seq), uid, uid.upper(), uid[:16], uid.replace("-", "")):
            assert log.resolve(name) == seq
    for name, why in (
        ("8", "the log has 7"),
        (entries[0].header.id[:4], "several entries begin"),
        ("0", "no entry begins with '0': use the number or at least 4"),
        ("019", "no entry begins"),
        ("0f", "no entry begins"),
        ("xyz", "no entry begins"),
        ("", "no entry begins"),
        ("9" * 30, "no entry begins"),
    ):
        with pytest.raises(UsageError, match=why):
            log.resolve(name)


def test_kept_files_are_listed_with_their_entries(log: SqlLog[Any], ana: Scribe) -> None:
    from orderwatch.frozen import replace

    file = Attachment(sha256="0" * 64, name="a.pdf", size=1, media_type="a/b")
    log.append(ana.event())
    log.append(ana.of(replace(build.event(DAY), attachments=(file, file))))
    assert list(log.attachments()) == [(2, file), (2, file)]


def test_a_redaction_that_comes_with_a_file_removes_the_payload_too(
    another: Another,
) -> None:
    ana, word = Scribe(), "Wintergreen"
    event = ana.event(word)
    redaction = ana.redact(event)
    whole_line, bare, last = (
        jsonl.encode_line(event.raw, event.salt, event.payload),
        jsonl.encode_line(event.raw, None, None),
        jsonl.encode_line(redaction.raw, redaction.salt, redaction.payload),
    )
    for files in ([[whole_line], [bare, last]], [[whole_line, last]], [[bare, last]]):
        with another() as log:
            for lines in files:
                log.append_many(lines)
            assert log.append_many([whole_line]).skipped == 1
            assert log.verify().problem is None
            assert log.get(1).redacted
            assert not list(log.current(EntryFilter(search=word)))
            assert word.encode() not in b"".join(log.export())


def test_an_export_makes_the_same_log_again(log: SqlLog[Any], another: Another) -> None:
    filled(log)
    lines = list(log.export())
    with another() as other:
        done = other.append_many(lines)
        assert (done.added, done.skipped) == (7, 0)
        assert (done.size, done.root) == (7, log.head().root)
        assert list(other.history()) == list(log.history())
        assert list(other.export()) == lines
        assert other.verify().problem is None
        for some in (lines, lines[-1:]):
            again = other.append_many(some)
            assert (again.added, again.skipped) == (0, len(some))


def test_a_partners_entries_come_after_ours_with_their_own_names(
    log: SqlLog[Any], another: Another
) -> None:
    ours, ben = filled(log), Scribe("Ben")
    with another() as other:
        # Ben has three of our entries, and has gone on with them.
        first, second, _, fourth, *_ = log.export()
        other.append_many([first, second, fourth])
        other.append(ben.correct(ours[3], "Ben says otherwise."))
        other.append(ben.event("Ben says."))
        lines = list(other.export())
    done = log.append_many(lines)
    assert (done.added, done.skipped, done.size) == (2, 3, 9)
    assert [one.header.recorder for one in log.history()] == ["Ana"] * 7 + ["Ben"] * 2
    assert places(log) == [5, 8, 9]
    assert log.verify().problem is None


def test_a_bad_line_is_named_and_nothing_is_imported(log: SqlLog[Any], ana: Scribe) -> None:
    good = [ana.event() for _ in range(3)]
    stranger = Scribe("Ben").event()
    retraction = ana.retract(good[0])
    lines = [jsonl.encode_line(one.raw, one.salt, one.payload) for one in good]
    other = jsonl.parse(lines[0])
    same_id = Scribe().event("Something else.")
    lines += [
        b"\n",
        b"{}\n",
        jsonl.encode_line(same_id.raw, same_id.salt, same_id.payload),
        lines[1],
        jsonl.encode_line(stranger.raw, None, None),
    ]
    last = (ana.retract(Scribe("Eve").event()), retraction, ana.correct(retraction))
    lines += [jsonl.encode_line(one.raw, one.salt, one.payload) for one in last]
    assert other.header.id == same_id.header.id
    with pytest.raises(LogError) as caught:
        log.append_many(lines)
    problems = str(caught.value).splitlines()
    assert [line.strip().split(": ")[0] for line in problems] == [
        "nothing was imported:",
        "line 5",
        "line 6",
        "line 9",
        "line 11",
    ]
    for word, line in zip(
        ("entry, payload", "different content", "neither log", "retraction"),
        problems[1:],
        strict=True,
    ):
        assert word in line
    assert log.head().size == 0
    assert log.append_many(lines[:3]).size == 3


def test_a_file_of_another_kind_is_given_up_early(log: SqlLog[Any]) -> None:
    with pytest.raises(LogError) as caught:
        log.append_many(b"not a log\n" for _ in range(10**9))
    assert str(caught.value).count("\n") == 51


def test_an_import_tells_how_far_it_is(
    log: SqlLog[Any], ana: Scribe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orderwatch.log.importer.LINES_PER_PAGE", 2)
    told: list[int] = []
    entries = [ana.event() for _ in range(4)]
    entries += [ana.correct(entries[0]), ana.redact(entries[3])]
    lines = [jsonl.encode_line(one.raw, one.salt, one.payload) for one in entries]
    log.append_many(lines + lines, told.append)
    assert told == [2, 4, 6, 8, 10, 12]
    assert places(log) == [2, 3, 5]
    assert log.verify().problem is None


def test_a_checkpoint_notices_a_cut_end_and_a_rewritten_beginning(
    log: SqlLog[Any], another: Another
) -> None:
    heads = []
    ana = Scribe()
    for number in range(9):
        heads.append(log.head())
        log.append(ana.event(f"Number {number}."))
    assert log.verify(heads).problem is None
    lines = list(log.export())
    assert verify_lines(lines, heads).problem is None
    cut, rewritten = lines[:5], [lines[1], lines[0], *lines[2:]]
    for others in (cut, rewritten):
        with another() as other:
            other.append_many(others)
            assert other.verify().problem is None
            for report in (other.verify(heads), verify_lines(others, heads)):
                assert "checkpoint" in str(report.problem)


def test_an_exported_file_verifies_as_the_log_does(log: SqlLog[Any]) -> None:
    filled(log)
    report = verify_lines(log.export())
    assert report == log.verify()
    assert (report.size, report.root) == (7, log.head().root)


@pytest.mark.parametrize(
    ("change", "seq", "why"),
    [
        (lambda some: [*some[:3], *some[3:5][::-1], *some[5:]], None, None),
        (lambda some: [some[4], *some[:4]], 1, "does not precede it"),
        (lambda some: [*some, some[0]], 8, "duplicate entry"),
        (lambda some: [*some[:5], b"\n", *some[5:]], None, None),
        (lambda some: [*some[:3], some[3].replace(b"3.", b"4.")], 4, "commits to"),
    ],
)
def test_a_changed_export_is_found(
    log: SqlLog[Any],
    change: Callable[[list[bytes]], list[bytes]],
    seq: int | None,
    why: str | None,
) -> None:
    filled(log)
    report = verify_lines(change(list(log.export())))
    assert report.seq == seq
    assert (why or "None") in str(report.problem)


def test_an_export_can_withhold_payloads_and_says_of_how_many(log: SqlLog[Any]) -> None:
    filled(log)
    lines = list(log.export())
    assert verify_lines(lines).withheld == 0
    # Without the entry that redacts it, nothing says why a payload is not there.
    report = verify_lines(lines[:6])
    assert (report.problem, report.withheld, report.redacted) == (None, 1, 0)


def test_a_withheld_payload_is_filled_in_later_and_a_redacted_one_is_not(
    log: SqlLog[Any], another: Another
) -> None:
    filled(log)
    whole, bare = list(log.export()), list(log.export({1, 2, 3, 4}))
    with another() as other:
        done = other.append_many(bare)
        assert (done.added, done.filled, done.withheld) == (7, 0, 3)
        assert (other.verify().problem, other.verify().withheld) == (None, 3)
        assert [*other.export()] == bare
        assert places(other) == [5]
        entry = other.get(4)
        assert (entry.withheld, entry.redacted, entry.event) == (True, False, None)
        # A redaction holds before the payload comes, and the payload stays out.
        other.append(Scribe("Ben").redact(jsonl.parse(bare[1])))
        ours = list(log.export())
        done = other.append_many(ours)
        assert (done.added, done.skipped, done.filled, done.withheld) == (0, 7, 2, 0)
        assert other.get(2).redacted
        assert places(other) == [4, 5]
        assert [one.seq for one in other.history(EntryFilter(search="thing"))] == [1, 4]
        assert (other.verify().problem, other.verify().redacted) == (None, 2)
        assert [*other.export()] == [whole[0], bare[1], *whole[2:], [*other.export()][7]]
        assert other.append_many(ours).filled == 0


def test_a_payload_that_comes_with_its_redaction_is_not_stored(
    log: SqlLog[Any], ana: Scribe
) -> None:
    event = ana.event("Wintergreen")
    redaction = ana.redact(event)
    bare = jsonl.encode_line(event.raw, None, None)
    whole = [jsonl.encode_line(one.raw, one.salt, one.payload) for one in (event, redaction)]
    for lines in ([bare, whole[0]], [bare, *whole]):
        log.append_many(lines)
    assert log.get(1).redacted
    assert b"Wintergreen" not in b"".join(log.export())
    assert log.verify().problem is None


def test_only_the_payload_of_the_entry_fills_it_in(log: SqlLog[Any], ana: Scribe) -> None:
    event = ana.event()
    log.append_many([jsonl.encode_line(event.raw, None, None)])
    line = jsonl.encode_line(event.raw, event.salt, event.payload)
    with pytest.raises(LogError, match="commits to"):
        log.append_many([line.replace(b"Says", b"Said")])
    assert log.get(1).withheld
    with pytest.raises(Exception, match=r"withheld until its payload comes|permission denied"):
        log._con.execute("DELETE FROM withheld WHERE seq = 1")  # noqa: SLF001 - behind its back


def test_a_name_tells_when_it_was_damaged() -> None:
    name = checkpoint.create_origin("0123456789abcdef")
    assert checkpoint.is_valid(name)
    assert not checkpoint.is_valid("orderwatch/0123456789abcdef")
    for at, bit in product(range(len(name)), range(7)):
        other = name[:at] + chr(ord(name[at]) ^ 1 << bit) + name[at + 1 :]
        assert not checkpoint.is_valid(other), other
    for other in ("", "orderwatch/", name[:-1], f"{name}0", f" {name}", "example.org"):
        assert not checkpoint.is_valid(other), other
