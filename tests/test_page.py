"""A page of entries is verified as they are one by one, only faster."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from orderwatch.ledger import compare, connection, page, tree
from orderwatch.ledger.compare import ENTRIES
from orderwatch.ledger.connection import Connection
from orderwatch.ledger.database import Row, fetch
from orderwatch.ledger.recount import Recount
from orderwatch.ledger.sqlite import SqliteLog
from orderwatch.ledger.walk import Mismatch, Walk
from orderwatch.model import EventKind
from tests import build
from tests.entries import DAY, LIGHTHOUSE, Scribe

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
    with closing(connection.reader(path)) as con:
        yield con


def rows_of(con: Connection) -> list[Row]:
    """Read the entries as a verification does."""
    return fetch(con, ENTRIES, (0, 99, 99))


def at_once(con: Connection, rows: list[Row]) -> tuple[Walk, Recount, bool]:
    """Verify a page at once."""
    walk, recount = Walk(()), Recount()
    return walk, recount, page.take(con, walk, recount, rows)


def one_by_one(con: Connection, rows: list[Row]) -> tuple[Walk, Recount, bool]:
    """Verify a page entry by entry."""
    walk, recount = Walk(()), Recount()
    try:
        for row in rows:
            compare.step(con, walk, recount, row)
    except Mismatch:
        return walk, recount, False
    return walk, recount, True


def rewritten(rows: list[Row], at: int, column: int, value: object) -> list[Row]:
    """Change one value, and let the hashes follow, as who rewrites a log would."""
    changed = list(rows)
    changed[at] = (*rows[at][:column], value, *rows[at][column + 1 :])
    nodes = tree.Frontier().extend(row[HEADER] for row in changed)
    return [
        (*row[:NODES], node, *row[NODES + 1 :])
        for row, node in zip(changed, nodes, strict=True)
    ]


def test_an_entry_of_each_sort_is_taken_at_once(con: Connection) -> None:
    rows = rows_of(con)
    fast, counted, taken = at_once(con, rows)
    slow, expected, right = one_by_one(con, rows)
    assert (taken, right, len(rows)) == (True, True, 8)
    assert fast.report() == slow.report()
    assert (fast.effects, fast.bare) == (slow.effects, slow.bare)
    assert counted.seen == expected.seen
    assert fast.tree.size == 8
    # What was learned from the first entries serves the next ones.
    bodies = [row[BODY] for row in rows if row[BODY]]
    counted.take_all(range(9, 9 + len(bodies)), bodies)
    for seq, body in enumerate(bodies, start=9):
        expected.take(seq, body)
    assert counted.seen == expected.seen


@pytest.mark.parametrize("at", [0, 1, 5])
def test_every_flipped_bit_of_a_rewritten_header_is_judged_alike(
    con: Connection, at: int
) -> None:
    rows = rows_of(con)
    header = rows[at][HEADER]
    judged = set()
    for place in range(len(header)):
        for bit in range(8):
            flipped = bytearray(header)
            flipped[place] ^= 1 << bit
            changed = rewritten(rows, at, HEADER, bytes(flipped))
            fast, slow = at_once(con, changed)[2], one_by_one(con, changed)[2]
            assert fast is slow, bytes(flipped)
            judged.add(fast)
    assert judged == {True, False}  # another recorder or time is as good


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
        assert not at_once(con, changed)[2]
        assert not one_by_one(con, changed)[2]


@pytest.mark.parametrize("place", [8, 13, 18, 23])
def test_a_dash_in_another_place_is_refused(con: Connection, place: int) -> None:
    rows = rows_of(con)
    name = rows[0][HEADER][7:43]
    moved = b"-".join((name[: place - 1], name[place - 1 : place] + name[place + 1 :]))
    changed = rewritten(rows, 0, HEADER, rows[0][HEADER].replace(name, moved))
    assert not at_once(con, changed)[2]
    assert not one_by_one(con, changed)[2]


def test_ids_are_not_taken_for_each_other_where_one_ends(
    con: Connection,
) -> None:
    rows = rows_of(con)
    joined = rows[0][1] + rows[1][1]
    changed = [
        (1, joined[:15], *rows[0][2:]),
        (2, joined[15:], *rows[1][2:]),
        *rows[2:],
    ]
    assert not at_once(con, changed)[2]
    assert not one_by_one(con, changed)[2]


@pytest.mark.parametrize(
    "day", ["2024-02-30", "2024-13-01", "2024-W21-5", "0000-01-01"]
)
def test_a_day_that_is_none_is_refused(con: Connection, day: str) -> None:
    rows = rows_of(con)
    header = rows[0][HEADER].replace(b"2024-05-24", day.encode())
    assert header != rows[0][HEADER]
    changed = rewritten(rows, 0, HEADER, header)
    assert not at_once(con, changed)[2]
    assert not one_by_one(con, changed)[2]


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
def test_a_page_with_something_wrong_is_left_alone(
    con: Connection, column: int, value: object
) -> None:
    rows = rows_of(con)
    for at in (0, 1, 5):
        row = rows[at]
        changed = list(rows)
        changed[at] = (*row[:column], value, *row[column + 1 :])
        walk, recount, taken = at_once(con, changed)
        assert (taken, walk.tree.size, dict(recount.seen)) == (False, 0, {})
        assert not one_by_one(con, changed)[2]
