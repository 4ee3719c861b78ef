"""Running counts are right if each row makes them of those of the row before."""

from contextlib import closing

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from orderwatch.ledger import connection, runs
from orderwatch.ledger.counts import NONE, following
from orderwatch.ledger.database import Row, fetch

NTH, LAST = 4, 5
DAYS = (99_999, 100_000, 739_030, 999_999, 1_000_000)
"""Of which the texts sort in another way than the numbers."""

named = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from(DAYS), st.booleans()), max_size=12
)
change = st.tuples(st.integers(0, 11), st.sampled_from([NTH, LAST]), st.integers(-3, 3))


def counted(given: list[tuple[str, int, bool]]) -> list[Row]:
    """Count what names each id, one after the other."""
    ends, rows = dict.fromkeys("abc", NONE), list[Row]()
    for seq, (uid, day, bears) in enumerate(given, start=1):
        ends[uid] = following(ends[uid], (seq, day, bears))
        rows.append((uid, seq, day, bears, *ends[uid][:2]))
    return rows


def wrong(rows: list[Row]) -> int | None:
    """Check a log that holds these rows, and nothing else."""
    with closing(connection.empty()) as con:
        con.executemany("INSERT INTO about VALUES (?, ?, ?, ?, ?, ?)", rows)
        assert fetch(con, "SELECT count(*) FROM about") == [(len(rows),)]
        return runs.wrong(con)


@given(named)
@example([("a", day, False) for day in DAYS])
@example([("a", day, False) for day in reversed(DAYS)])
@example([("a", DAYS[0], False)] * 11)
def test_counts_in_any_order_of_days_are_right(
    given: list[tuple[str, int, bool]],
) -> None:
    assert wrong(counted(given)) is None


@given(named.filter(bool), change)
@example([("a", DAYS[0], False)] * 11, (9, NTH, 1))
@example([("a", DAYS[0], False)] * 10, (9, NTH, -9))
@example([("a", DAYS[0], False)] * 2, (1, LAST, -1))
@example([("a", DAYS[0], False), ("a", DAYS[0], True)], (1, LAST, -1))
@example([("a", DAYS[0], True)], (0, NTH, 1))
@example([("a", DAYS[1], False), ("a", DAYS[0], False)], (1, LAST, 1))
def test_one_that_was_changed_is_found(
    given: list[tuple[str, int, bool]], change: tuple[int, int, int]
) -> None:
    rows = counted(given)
    at, column, by = change
    row = rows[at % len(rows)]
    rows[at % len(rows)] = (*row[:column], row[column] + by, *row[column + 1 :])
    found = wrong(rows)
    assert (found is None) is (by == 0)
    if found is not None:
        # What bears is counted as what stands before it, and may be named as well.
        assert rows[found - 1][0] == row[0]
        assert found >= row[1]


def test_two_counts_that_were_exchanged_are_found() -> None:
    rows = counted([("a", DAYS[0], False)] * 12)
    for column in (NTH, LAST):
        one, other = rows[1], rows[10]
        changed = list(rows)
        changed[1] = (*one[:column], other[column], *one[column + 1 :])
        changed[10] = (*other[:column], one[column], *other[column + 1 :])
        assert wrong(changed) == 2


def test_what_came_in_the_order_of_its_days_is_not_counted_one_by_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(runs, "_ROWS", "no SQL")
    given = [(uid, day, False) for day in DAYS for uid in "abc"]
    assert wrong(counted([*given, ("a", 1, True)])) is None
