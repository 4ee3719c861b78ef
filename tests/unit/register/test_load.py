"""A register file is read whole, or refused with every problem named."""

import hashlib
import os
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderwatch import fs
from orderwatch import register as load
from orderwatch.errors import RegisterError
from orderwatch.model import (
    Access,
    Change,
    Court,
    Ending,
    Grade,
    Kind,
    On,
    Outcome,
    Period,
    Register,
    Source,
    Standing,
    State,
    Undated,
    Votes,
    Within,
)
from tests.support.paths import CASES

GOOD = CASES / "register.toml"
ALL = GOOD.read_bytes()

LIST = Source(url="https://icj-cij.org/list", grade=Grade.COURT, title="The list")


@pytest.fixture
def good() -> Register:
    return load.load_register(GOOD)


def refusal(path: Path) -> str:
    with pytest.raises(RegisterError) as caught:
        load.load_register(path)
    assert caught.value.exit_code == 3
    return str(caught.value)


def test_ids_read_like_citations(good: Register) -> None:
    assert [case.id for case in good.cases] == ["150", "192"]
    assert [order.id for order in good.orders] == [
        "150/2011-03-08",
        "192/2024-01-26",
        "192/2024-05-24",
    ]
    assert [duty.id for duty in good.obligations] == [
        "192/2024-01-26/sole",
        "192/2024-05-24/2b.1",
        "192/2024-05-24/2b.2",
        "192/2024-05-24/3",
        "192/2024-05-24/4",
    ]
    assert [duty.alias for duty in good.obligations[:2]] == [None, "rafah/2b.1"]
    assert [made.point for made in good.decisions] == ["1.A(i)", "(1)"]


def test_the_file_as_a_whole_is_kept(good: Register) -> None:
    assert good.sha256 == hashlib.sha256(ALL).hexdigest()
    assert (good.reviewed, good.seen_to) == (date(2026, 11, 23), date(2026, 9, 3))
    [court] = good.courts
    assert court == Court(
        id="icj",
        name="International Court of Justice",
        short="ICJ",
        seat="The Hague",
        time_zone="Europe/Amsterdam",
        confidentiality="Reports are confidential when filed.",
    )
    assert good.states == (
        State(
            name="Israel",
            code="IL",
            aliases=("State of Israel", "Government of Israel"),
        ),
        State(
            name="South Africa", code="ZA", aliases=("Republic of South Africa", "Afrique du Sud")
        ),
    )
    assert good.changes == (
        Change(
            day=date(2026, 11, 24),
            ids=("192/2024-05-24/2b.1", "ev-192-2024-06-24-1", "150"),
            what="The point is two duties.",
            was="One duty.",
            why="The Order has two.",
        ),
    )
    assert good.coverage is not None
    assert good.coverage.endswith("begins no case.")


def test_a_case_keeps_what_its_table_says(good: Register) -> None:
    declined, pending = good.cases
    assert pending.parties == ("South Africa", "Israel")
    assert pending.sources == (LIST,)
    assert pending.state == "Pending."
    assert pending.ended is None
    assert (pending.aliases, pending.searched) == (("gaza",), date(2026, 6, 1))
    assert declined.ended == Ending(year=2015, day=date(2015, 12, 16))


def test_an_order_keeps_what_its_table_says(good: Register) -> None:
    rafah = good.orders[-1]
    assert rafah.outcome is Outcome.MODIFIED
    assert rafah.reaffirms == ("192/2024-01-26", "150/2011-03-08")
    assert rafah.modifies == ("192/2024-01-26",)
    assert rafah.ended == Ending(year=2026, day=date(2026, 2, 3), text="The end.")
    assert (rafah.bench, rafah.paragraph, rafah.organ) == (15, 57, "Chamber")
    assert rafah.aliases == ("gaza-may", "israel")
    assert rafah.document_grade is Grade.COMPUTED
    assert [source.title for source in rafah.sources] == ["The list", "News"]
    assert good.orders[0].organ == "Court"


def test_an_obligation_keeps_what_its_table_says(good: Register) -> None:
    trench = good.obligations[1]
    assert (trench.point, trench.paragraph) == ("(2)(B)", "57(2)(B)")
    assert trench.also == (Kind.INFORM, Kind.ENSURE)
    assert trench.votes == Votes(
        in_favour=13,
        against=2,
        dissenting=("One", "Two"),
        grade=Grade.COPY,
        names_grade=Grade.SECONDARY,
        note="Seen.",
    )
    report = good.obligations[2]
    assert (trench.label, report.label) == ("Fill the trench", "Report to the Court")
    assert good.obligations[3].label == "Prevent the acts named"
    restated = good.decisions[1].votes
    assert restated is not None
    assert (restated.on_clause, restated.names_printed) == (True, False)
    assert report.votes == Votes(unanimous=True)
    assert trench.ended == Ending(year=2025, text="Done.")
    assert trench.limit_grade is Grade.COPY
    assert trench.contested is not None
    assert trench.contested.sources == (LIST,)


def test_every_form_of_a_time_limit_is_read(good: Register) -> None:
    assert [duty.limit for duty in good.obligations] == [
        Undated(standing=Standing.CONTINUING),
        Within(first=Period(weeks=2, days=1), after="the order's notice"),
        Within(
            first=Period(months=4),
            then_every=Period(months=6),
            until="final decision",
        ),
        On(day=date(2024, 7, 1), before=True),
        Undated(standing=Standing.UNSPECIFIED, after="the filling of the trench"),
    ]


def test_events_come_by_date_with_their_sources(good: Register) -> None:
    noted, given_in, statement = good.events
    assert noted.source is None
    assert noted.on < given_in.on
    assert given_in.source == "http://[2001:db8::1]:8080/copy?of=1#top"
    assert given_in.grade is Grade.COPY
    assert given_in.further == (LIST.url, "https://example.org/further")
    assert given_in.about == (
        "192/2024-05-24/2b.1",
        "192/2024-05-24/2b.2@2024-09-24",
        "150",
    )
    assert (given_in.by, given_in.ends, given_in.inferred) == (("Israel",), True, True)
    assert given_in.extends_to == date(2024, 7, 24)
    assert given_in.access is Access.CONFIDENTIAL
    assert statement.answers == given_in.id


def test_the_order_of_tables_in_the_file_does_not_matter(tmp_path: Path, good: Register) -> None:
    text = ALL.decode()
    top, first, second, *events = text.split("\n[[case]]\n", 2)
    second, _, events_text = second.partition("\n[[event]]\n")
    one, other, rest = events_text.split("\n[[event]]\n")
    turned = tmp_path / "turned.toml"
    parts = [f"[[case]]\n{second}", f"[[case]]\n{first}", f"[[event]]\n{other}"]
    parts += [f"[[event]]\n{rest}", f"[[event]]\n{one}"]
    turned.write_text("\n".join([top, *parts, *events]))
    again = load.load_register(turned)
    assert (again.cases, again.orders) == (good.cases, good.orders)
    assert (again.obligations, again.events) == (good.obligations, good.events)


MINIMAL = """\
schema = 1
reviewed = 2026-11-23
[court]
id = "echr"
name = "European Court of Human Rights"
[[case]]
number = "36925/10"
short = "Neshkov"
title = "Neshkov"
applicants = ["Neshkov"]
respondents = ["Bulgaria"]
  [[case.order]]
  date = 2015-01-27
  outcome = "indicated"
  [[case.order]]
  date = 2015-01-27
  sequence = 2
  outcome = "modified"
  modifies = [2015-01-27]
    [[case.order.obligation]]
    point = "(1)"
    kind = "act"
    addressees = ["Bulgaria"]
    summary = "Act."
    deadline = "immediate"
[[case]]
number = 7
short = "B"
title = "B"
applicants = ["B"]
respondents = ["C"]
  [[case.order]]
  date = 2015-01-28
  outcome = "modified"
  modifies = ["36925-10/2015-01-27-2"]
"""


def test_a_number_with_a_slash_and_a_second_order_of_a_day_make_ids(
    tmp_path: Path,
) -> None:
    path = tmp_path / "minimal.toml"
    path.write_text(MINIMAL)
    register = load.load_register(path)
    assert [case.id for case in register.cases] == ["7", "36925-10"]
    assert [order.id for order in register.orders] == [
        "36925-10/2015-01-27",
        "36925-10/2015-01-27-2",
        "7/2015-01-28",
    ]
    (obligation,) = register.obligations
    assert obligation.id == "36925-10/2015-01-27-2/1"
    assert register.orders[2].modifies == ("36925-10/2015-01-27-2",)
    [court] = register.courts
    assert (court.short, court.time_zone) == (court.name, "UTC")


def test_the_shipped_register_has_every_order_since_1951() -> None:
    found = load.load_register(load.packaged_path())
    assert (len(found.cases), len(found.orders)) == (61, 78)
    assert found.orders[0].id == "16/1951-07-05"


def test_a_missing_file_is_refused_with_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "orders.toml").write_bytes(ALL)
    path = tmp_path / "ordres.toml"
    assert refusal(path) == (
        f"invalid register {path}:\n  {path}: not found; the nearest name in the folder is "
        "orders.toml"
    )


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    path = tmp_path / "none" / "orders.toml"
    assert refusal(path).endswith(f"not found, and neither is the folder {path.parent}")


def test_a_folder_is_no_register(tmp_path: Path) -> None:
    assert refusal(tmp_path).endswith("is a folder; expected a TOML file")


def test_a_pipe_is_refused_without_waiting_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert "is a device or pipe" in refusal(tmp_path / "pipe")
    assert "is a device or pipe" in refusal(Path("/dev/zero"))


def test_a_huge_file_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "huge.toml"
    with path.open("wb") as file:
        file.truncate(100_000_000_000)
    assert refusal(path).endswith("larger than 25 MB, the limit of orderwatch for a register")


@pytest.mark.parametrize("name", ["a\0b", "a" * 300, "register.toml/below"])
def test_a_path_that_cannot_be_is_refused(name: str) -> None:
    assert "cannot be read" in refusal(CASES / name)


@pytest.mark.parametrize(
    ("data", "where", "words"),
    [
        (b"", "", "is empty; a register begins with schema = 1 and reviewed = DATE"),
        (b"# nothing\n", "", "is empty"),
        ("schema = 1".encode("utf-16-le"), "", "UTF-16 without a byte order mark"),
        (b"schema = 1\n# caf\xe9\n", ":2", "not UTF-8 at byte 6 of line 2 (0xE9, in Latin-1"),
        (b"schema = 1\na = @\n", ":2", "invalid TOML: Invalid value, at column 5"),
        (b"schema = 1\nschema = 1\n", ":2", "invalid TOML: Cannot overwrite"),
        (b'a = """\n', "", "invalid TOML"),
        (b"reviewed = 2026-02-30\n", ":1", "invalid TOML"),
        (b"a = " + b"[" * 90_000, "", "nested"),
        (b"a = " + b"{ a = " * 40_000, "", "nested"),
        (b".".join([b"a"] * 100_000) + b" = 1", "", "parts"),
        (b"a = " + b"9" * 5000, "", "integer"),
    ],
)
def test_what_is_no_toml_is_refused_with_its_place(
    tmp_path: Path, data: bytes, where: str, words: str
) -> None:
    path = tmp_path / "bad.toml"
    path.write_bytes(data)
    head, line = refusal(path).split("\n")
    assert head == f"invalid register {path}:"
    assert line.startswith(f"  {path}{where}: ")
    assert words in line


def test_a_file_that_may_not_be_read_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    # Root, as which containers run tests, may read everything.
    monkeypatch.setattr(fs, "read", refuse)
    path = tmp_path / "secret.toml"
    path.touch()
    assert refusal(path).endswith("cannot be read: Permission denied")


pieces = st.sampled_from([*ALL.split(b"\n"), *ALL.split(b" "), b"{", b"[[", b'"""'])
mutations = st.tuples(
    st.integers(0, len(ALL)),
    st.integers(0, 30),
    pieces | st.binary(max_size=4),
)


def bytes_are_read_or_refused(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    found = load.validate_file(path)
    if found:
        assert refusal(path).split("\n")[1:] == [f"  {one}" for one in found]
    else:
        assert load.load_register(path).sha256 == hashlib.sha256(data).hexdigest()


@given(data=st.binary() | st.text().map(str.encode))
def test_any_bytes_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.toml"
    bytes_are_read_or_refused(path, data)


@given(changes=st.lists(mutations, min_size=1, max_size=4))
def test_any_spoilt_register_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[int, int, bytes]]
) -> None:
    data = ALL
    for start, length, piece in changes:
        data = data[:start] + piece + data[start + length :]
    path = tmp_path_factory.getbasetemp() / "spoilt.toml"
    bytes_are_read_or_refused(path, data)
