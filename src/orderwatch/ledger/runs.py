"""Read the index of ids in SQLite, and check its running counts: see `schema`.

Both are read as one text for each id: a million numbers are written in a tenth of
the time that it takes to fetch them one by one.
"""

from contextlib import closing
from itertools import accumulate, repeat
from operator import and_
from pathlib import Path

from orderwatch.ledger import connection
from orderwatch.ledger.database import Database, Row, fetch
from orderwatch.ledger.recount import DAY_BITS, check_undone
from orderwatch.ledger.walk import Mismatch

_PLACE = (1 << 40) - 1
"""The bits of a place; a day stands above them."""
# The bounds of a day are checked with the file.
_INDEX = (
    f"SELECT id, group_concat((seq << {DAY_BITS}) + (day << 1) + bears)"  # noqa: S608 - ours
    " FROM about WHERE seq <= ? GROUP BY id"
)
# All days are written with as many digits, so that their texts sort as they do.
_RUNS = (
    "SELECT id, group_concat(nth), group_concat(day + 10000000), total(last <> seq)"
    " FROM about WHERE NOT bears GROUP BY id"
)
_ROWS = (
    "SELECT group_concat((day << 40) + seq), group_concat(nth), group_concat(last)"
    " FROM about WHERE id = ? AND NOT bears"
)
_BEARING = (
    "SELECT a.seq FROM about AS a LEFT JOIN about AS b ON b.id = a.id AND b.seq ="
    " (SELECT max(seq) FROM about WHERE id = a.id AND seq < a.seq)"
    " WHERE a.bears AND (a.nth <> coalesce(b.nth, 0) OR a.last <> coalesce(b.last, 0))"
    " ORDER BY a.seq LIMIT 1"
)


def check_counts(path: Path, until: int) -> None:
    """Raise `Mismatch` if a count is not that of the index of ids, or of entries."""
    with closing(connection.reader(path)) as con:
        seq = wrong(con)
        if seq is not None:
            raise Mismatch("the running count of what it names is wrong", seq)
        con.execute("BEGIN")
        check_undone(con, until)


def read_index(path: Path, until: int) -> list[Row]:
    """Give the index of ids as `recount.compare` takes it."""
    with closing(connection.reader(path)) as con:
        return fetch(con, _INDEX, (until,))


def wrong(con: Database) -> int | None:
    """Give the place of a running count that is wrong, if there is one."""
    # What bears is counted as what stands before it.
    found = [seq for (seq,) in fetch(con, _BEARING)]
    runs = fetch(con, _RUNS)
    most = max((days.count(b",") + 1 for _, _, days, _ in runs), default=0)
    counted = ",".join(map(str, range(1, most + 1))).encode()
    for uid, nths, days, others in runs:
        # Many events come in the order of their days: then each is the latest.
        if others or not _follow(days) or not _begins(counted, nths):
            found += _wrong(con, uid.decode(), counted)
    return min(found, default=None)


def _wrong(con: Database, uid: str, counted: bytes) -> list[int]:
    """Look at what names an id one after the other; give the first that is wrong."""
    [[keys, nths, lasts]] = fetch(con, _ROWS, (uid,))
    keys = [*map(int, keys.split(b","))]
    # The latest is the one of the largest day, and of these of the largest place.
    latest = map(and_, accumulate(keys, max), repeat(_PLACE))
    expected = ",".join(map(str, latest)).encode()
    if lasts == expected and _begins(counted, nths):
        return []
    found = zip(nths.split(b","), lasts.split(b","), strict=True)
    right = zip(counted.split(b","), expected.split(b","), strict=False)
    return [
        key & _PLACE
        for key, one, other in zip(keys, found, right, strict=False)
        if one != other
    ][:1]


def _follow(days: bytes) -> bool:
    each = days.split(b",")
    return each == sorted(each)


def _begins(whole: bytes, part: bytes) -> bool:
    """Tell whether a list with commas begins with another one."""
    return whole.startswith(part) and whole[len(part) : len(part) + 1] in {b"", b","}
