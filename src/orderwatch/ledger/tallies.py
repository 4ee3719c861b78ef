"""Count what names an id and need not be read for a status, in SQLite."""

from collections.abc import Collection
from datetime import date

from orderwatch.ledger.database import Database, fetch
from orderwatch.ledger.query import ALWAYS, end_of
from orderwatch.ledger.store import Tally

_COUNTED = (
    "SELECT a.nth, a.last, latest.day,"
    " EXISTS (SELECT 1 FROM effect WHERE target = a.last AND seq <= :size),"
    " coalesce((SELECT nth FROM undone WHERE id = :id AND seq <= :size"
    " ORDER BY seq DESC LIMIT 1), 0)"
    " FROM about AS a LEFT JOIN about AS latest ON latest.id = :id"
    " AND latest.seq = a.last"
    " WHERE a.id = :id AND a.seq <= :size ORDER BY a.seq DESC LIMIT 1"
)
_COUNTING = (
    " FROM about AS a WHERE a.id = :id AND a.seq <= :size AND a.day <= :day"
    " AND NOT a.bears"
)
_KNOWN = (
    " AND (SELECT json_extract(header, '$.recorded') FROM entry WHERE seq = a.seq)"
    " < :end"
)
_UNTOUCHED = (
    " AND NOT EXISTS (SELECT 1 FROM effect AS f WHERE f.target = a.seq"
    " AND f.seq <= :size AND (:end = :always OR (SELECT"
    " json_extract(header, '$.recorded') FROM entry WHERE seq = f.seq) < :end))"
)


def tally(
    con: Database,
    ids: Collection[str],
    until: date,
    known_on: date | None,
    size: int,
) -> dict[str, Tally]:
    """Count among the first `size` entries, for each id."""
    end = end_of(known_on)
    day = until.toordinal()
    return {
        uid: (_at_once(con, uid, day, size) if end == ALWAYS else None)
        or _one_by_one(con, uid, day, end, size)
        for uid in ids
    }


def _at_once(con: Database, uid: str, day: int, size: int) -> Tally | None:
    """Take the running counts; `None` if they do not tell."""
    rows = fetch(con, _COUNTED, {"id": uid, "size": size})
    if not rows or not rows[0][0]:
        return Tally()
    nth, last, latest, is_undone, undone = rows[0]
    if latest > day:
        return None
    if nth == undone:
        return Tally()
    if is_undone:
        return Tally(count=nth - undone, latest=_latest(con, uid, day, ALWAYS, size))
    return Tally(count=nth - undone, latest=last)


def _one_by_one(con: Database, uid: str, day: int, end: str, size: int) -> Tally:
    sql = "SELECT count(*)" + _where(end)
    [[count]] = fetch(con, sql, _values(uid, day, end, size))
    if not count:
        return Tally()
    return Tally(count=count, latest=_latest(con, uid, day, end, size))


def _latest(con: Database, uid: str, day: int, end: str, size: int) -> int:
    sql = f"SELECT a.seq{_where(end)} ORDER BY a.day DESC, a.seq DESC LIMIT 1"
    return int(fetch(con, sql, _values(uid, day, end, size))[0][0])


def _where(end: str) -> str:
    return _COUNTING + ("" if end == ALWAYS else _KNOWN) + _UNTOUCHED


def _values(uid: str, day: int, end: str, size: int) -> dict[str, object]:
    return {"id": uid, "day": day, "end": end, "size": size, "always": ALWAYS}
