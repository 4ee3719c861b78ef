"""Check the running counts of the index of ids in SQLite: see `schema`."""

from contextlib import closing
from pathlib import Path

from orderwatch.ledger import connection
from orderwatch.ledger.database import Database, fetch
from orderwatch.ledger.walk import Mismatch

# All days are written with as many digits, so that their texts sort as they do.
_RUNS = (
    "SELECT id, group_concat(nth), group_concat(day + 10000000), total(last <> seq)"
    " FROM about WHERE NOT bears GROUP BY id"
)
_BEARING = (
    "SELECT a.seq FROM about AS a LEFT JOIN about AS b ON b.id = a.id AND b.seq ="
    " (SELECT max(seq) FROM about WHERE id = a.id AND seq < a.seq)"
    " WHERE a.bears AND (a.nth <> coalesce(b.nth, 0) OR a.last <> coalesce(b.last, 0))"
    " ORDER BY a.seq LIMIT 1"
)
# The latest is the one of the largest day, and of these of the largest place.
_WRONG = (
    "SELECT seq FROM (SELECT seq, nth, last, sum(1 - bears) OVER so_far AS events,"
    " max((1 - bears) * ((day << 40) + seq)) OVER so_far AS latest FROM about"
    " WHERE id = ? WINDOW so_far AS (ORDER BY seq ROWS UNBOUNDED PRECEDING))"
    " WHERE nth <> events OR last <> latest & ((1 << 40) - 1) ORDER BY seq LIMIT 1"
)


def check_counts(path: Path) -> None:
    """Raise `Mismatch` if a running count is not that of the index of ids."""
    with closing(connection.reader(path)) as con:
        seq = wrong(con)
    if seq is not None:
        raise Mismatch("the running count of what it names is wrong", seq)


def wrong(con: Database) -> int | None:
    """Give the place of a running count that is wrong, if there is one."""
    # What bears is counted as what stands before it.
    found = fetch(con, _BEARING)
    runs = fetch(con, _RUNS)
    most = max((days.count(b",") + 1 for _, _, days, _ in runs), default=0)
    counted = ",".join(map(str, range(1, most + 1))).encode()
    for uid, nths, days, others in runs:
        # Most events come in the order of their days: then each is the latest.
        if others or not _follow(days) or not _begins(counted, nths):
            found += fetch(con, _WRONG, (uid.decode(),))
    return min((seq for (seq,) in found), default=None)


def _follow(days: bytes) -> bool:
    each = days.split(b",")
    return each == sorted(each)


def _begins(whole: bytes, part: bytes) -> bool:
    """Tell whether a list with commas begins with another one."""
    return whole.startswith(part) and whole[len(part) : len(part) + 1] in {b"", b","}
