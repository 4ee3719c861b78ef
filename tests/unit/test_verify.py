"""A verification refuses whatever is not as it was recorded, entry by entry."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import active_count

import pytest

from orderwatch.frozen import replace
from orderwatch.log import open_store
from orderwatch.log.formats import tree
from orderwatch.log.formats.entry import decode_header, encode_header
from orderwatch.log.sqlite import SqliteLog, connection
from orderwatch.log.sqlite.connection import Connection
from orderwatch.log.types import Row
from orderwatch.log.verify import DAY_BITS, VerificationError, Verifier
from orderwatch.model import EventKind, TreeHead
from orderwatch.model.entry import Header, VerificationReport
from tests.support import build
from tests.support.entries import DAY, LIGHTHOUSE, Scribe, signed
from tests.support.logs import filled
from tests.support.tampering import tampering

HEADER, NODES, SALT, BODY = 2, 3, 4, 5


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a log with an entry of each sort."""
    path = tmp_path_factory.mktemp("log") / "log.sqlite"
    ana, zoe = Scribe("Ana"), Scribe('Zoé "Z"')
    with SqliteLog(path, write=True, must_exist=False) as log:
        first = ana.event()
        plain = build.event(DAY, LIGHTHOUSE)
        for entry in (
            first,
            zoe.event('It says: "kind":"note","on":"2024-01-01".', f"{LIGHTHOUSE}@x"),
            ana.event("Assesses.", LIGHTHOUSE, "999", kind=EventKind.ASSESSMENT),
            ana.of(replace(plain, trigger="the lamp is lit")),
            ana.of(replace(plain, finding='"on":"2024-01-01"', scale="ours")),
            ana.correct(first),
            secret := ana.event("Secret."),
            ana.redact(secret),
        ):
            log.append(entry)
    return path


@pytest.fixture
def con(path: Path) -> Iterator[Connection]:
    """Open the log to read."""
    with closing(connection.open_reader(path)) as con:
        yield con


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Make a log of seven entries."""
    path = tmp_path / "log.db"
    with open_store(str(path), write=True, must_exist=False) as log:
        filled(log)
    return path


def rows_of(con: Connection) -> list[Row]:
    """Read the entries as a verification does."""
    return con.fetch(
        "SELECT e.seq, e.id, e.header, e.nodes, p.salt, p.body, e.recorded, p.day"
        " FROM entry AS e LEFT JOIN payload AS p ON p.seq = e.seq ORDER BY e.seq",
    )


def verified(con: Connection, rows: list[Row]) -> bool:
    """Verify rows one after the other."""
    verifier = Verifier(())
    try:
        for row in rows:
            verifier.verify_row(con, row)
    except VerificationError:
        return False
    return True


def rewritten(rows: list[Row], at: int, column: int, value: bytes) -> list[Row]:
    """Change one value, and let the hashes follow, as who rewrites a log would."""
    changed = list(rows)
    changed[at] = (*rows[at][:column], value, *rows[at][column + 1 :])
    grow = tree.Frontier().grow
    return [(*row[:NODES], grow(tree.leaf_hash(row[HEADER])), *row[NODES + 1 :]) for row in changed]


def report(path: Path, *heads: TreeHead) -> VerificationReport:
    """Verify a log."""
    with open_store(str(path)) as log:
        return log.verify(heads)


def test_a_log_with_an_entry_of_each_sort_verifies(con: Connection, path: Path) -> None:
    rows = rows_of(con)
    assert verified(con, rows)
    assert rewritten(rows, 0, HEADER, rows[0][HEADER]) == rows
    found = report(path)
    assert (found.problem, found.size, found.redacted) == (None, 8, 1)


def canonical(raw: bytes) -> Header | None:
    """Read a header, and write it again."""
    try:
        header = decode_header(raw)
        return header if encode_header(header) == raw else None
    except ValueError:
        return None


@pytest.mark.parametrize("at", [0, 1, 5])
def test_a_rewritten_header_passes_only_in_its_one_form(con: Connection, at: int) -> None:
    rows = rows_of(con)
    header = decode_header(rows[at][HEADER])
    passed = 0
    for place in range(len(rows[at][HEADER])):
        for bit in range(8):
            flipped = bytearray(rows[at][HEADER])
            flipped[place] ^= 1 << bit
            if verified(con, rewritten(rows, at, HEADER, bytes(flipped))):
                found = canonical(bytes(flipped))
                assert found
                same = replace(found, recorder=header.recorder, recorded=header.recorded)
                assert same == header, bytes(flipped)
                passed += 1
    assert passed  # another recorder or time is as good


@pytest.mark.parametrize(
    ("place", "letter"),
    [(0, "A"), (0, " "), (8, "0"), (9, "-"), (14, "4"), (19, "7"), (19, "c")],
)
def test_an_id_in_another_form_is_refused_though_it_is_stored_so(
    con: Connection, place: int, letter: str
) -> None:
    rows = rows_of(con)
    name = rows[0][HEADER][7:43].decode()
    other = name[:place] + letter + name[place + 1 :]
    header = rows[0][HEADER].replace(name.encode(), other.encode())
    digits = other.replace("-", "").replace(" ", "")
    for stored in (bytes.fromhex(digits[: len(digits) // 2 * 2]), digits.encode()):
        changed = rewritten(rows, 0, HEADER, header)
        changed[0] = (changed[0][0], stored, *changed[0][2:])
        assert not verified(con, changed)


@pytest.mark.parametrize("place", [8, 13, 18, 23])
def test_a_dash_in_another_place_is_refused(con: Connection, place: int) -> None:
    rows = rows_of(con)
    name = rows[0][HEADER][7:43]
    moved = b"-".join((name[: place - 1], name[place - 1 : place] + name[place + 1 :]))
    changed = rewritten(rows, 0, HEADER, rows[0][HEADER].replace(name, moved))
    assert not verified(con, changed)


@pytest.mark.parametrize("day", ["2024-02-30", "2024-13-01", "2024-W21-5", "0000-01-01"])
def test_a_day_that_is_none_is_refused(con: Connection, day: str) -> None:
    rows = rows_of(con)
    header = rows[0][HEADER].replace(b"2024-05-24", day.encode())
    assert header != rows[0][HEADER]
    assert not verified(con, rewritten(rows, 0, HEADER, header))


@pytest.mark.parametrize("at", [0, 1, 5])
@pytest.mark.parametrize(
    ("column", "value"),
    [
        (0, 9),
        (1, b""),
        (1, b"x" * 16),
        (HEADER, b"{}"),
        (HEADER, 7),
        (NODES, b""),
        (SALT, b"x" * 32),
        (SALT, 7),
        (BODY, b"{}"),
        (BODY, 7),
    ],
)
def test_a_row_with_another_value_is_refused(
    con: Connection, at: int, column: int, value: object
) -> None:
    changed = rows_of(con)
    row = changed[at]
    changed[at] = (*row[:column], value, *row[column + 1 :])
    assert not verified(con, changed)


@pytest.mark.parametrize("place", [9, 500, 1_000_000_000, 2**62])
def test_an_entry_far_beyond_the_end_is_not_worked_towards(small: Path, place: int) -> None:
    tampering(small, f"UPDATE entry SET seq = {place} WHERE seq = 7")  # noqa: S608
    found = report(small)
    assert (found.problem, found.seq) == ("it is missing", 7)


def test_every_checkpoint_is_compared(small: Path) -> None:
    with open_store(str(small)) as log:
        heads = [TreeHead(size=size, root=tree.root(size, log.node)) for size in range(8)]
    assert report(small, *heads).problem is None
    for size in range(1, 8):
        wrong = TreeHead(size=size, root=heads[size - 1].root)
        assert f"the first {size} entries" in str(report(small, wrong).problem)
    assert "the log 7" in str(report(small, TreeHead(size=8, root=b"")).problem)


def test_no_thread_outlives_a_verification(small: Path) -> None:
    before = active_count()
    assert report(small).problem is None
    tampering(small, "DELETE FROM entry WHERE seq = 1")
    assert report(small).seq == 1
    assert active_count() == before


@pytest.mark.parametrize(
    ("index", "named", "wrong"),
    [
        ({"1": [1, 2]}, {"1": [1, 2]}, None),
        ({"1": [1, 2]}, {"1": [1]}, "2: the index of ids has a row too many"),
        ({"1": [1]}, {"1": [1, 2]}, "2: the index of ids lacks a row"),
        ({"1": [1]}, {"1": [1], "2": [2]}, "2: the index of ids lacks a row"),
        ({"1": [1], "2": [2]}, {"1": [1]}, "2: the index of ids has a row too many"),
        ({}, {"1": [1]}, "1: the index of ids lacks a row"),
        # What was redacted meanwhile may have been seen in both, in either, or in none.
        ({"1": [1, 3]}, {"1": [1]}, None),
        ({"1": [1]}, {"1": [1, 3]}, None),
        ({"1": [1]}, {"1": [1], "2": [3]}, None),
        ({"1": [1], "2": [3]}, {"1": [1]}, None),
    ],
)
def test_an_index_holds_what_entries_name_but_for_what_was_redacted_meanwhile(
    index: dict[str, list[int]], named: dict[str, list[int]], wrong: str | None
) -> None:
    verifier = Verifier(())
    for uid, places in named.items():
        for seq in places:
            verifier.add_ids(seq, ((uid,), 0, False))
    rows = [
        (uid.encode(), ",".join(str(seq << DAY_BITS) for seq in places).encode())
        for uid, places in index.items()
    ]
    try:
        verifier.compare_index(rows, {3})
        found = None
    except VerificationError as problem:
        found = f"{problem.seq}: {problem}"
    assert (found or "").startswith(wrong or "")
    assert (found is None) is (wrong is None)


def test_a_signature_by_another_key_is_found(tmp_path: Path) -> None:
    path = tmp_path / "signed.db"
    with SqliteLog(path, write=True, must_exist=False) as log:
        log.append(signed(Scribe().event()))
        assert log.verify().problem is None
    with closing(connection.open_reader(path)) as con:
        rows = rows_of(con)
        sealed = decode_header(rows[0][HEADER])
        other = decode_header(signed(Scribe().event(), seed=b"o" * 32).raw)
        for header in (
            replace(sealed, key=other.key),
            replace(sealed, signature=other.signature),
            replace(sealed, key=None),
            replace(sealed, signature=None),
        ):
            assert not verified(con, rewritten(rows, 0, HEADER, encode_header(header)))
