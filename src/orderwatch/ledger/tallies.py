"""Count what names an id and need not be read for a status, in SQLite."""

import json
from collections.abc import Collection
from datetime import date

from orderwatch.ledger.database import Database, fetch
from orderwatch.ledger.query import ALWAYS, end_of
from orderwatch.ledger.store import Tally

_COUNTED = (
    "SELECT a.id, a.nth, a.last, latest.day,"
    " EXISTS (SELECT 1 FROM effect WHERE target = a.last AND seq <= :size),"
    " coalesce((SELECT nth FROM undone AS u WHERE u.id = a.id AND u.seq <= :size"
    " ORDER BY u.seq DESC LIMIT 1), 0)"
    " FROM json_each(:ids) AS one JOIN about AS a ON a.id = one.value AND a.seq ="
    " (SELECT max(seq) FROM about AS b WHERE b.id = one.value AND b.seq <= :size)"
    " LEFT JOIN about AS latest ON latest.id = a.id AND latest.seq = a.last"
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
    counted = _at_once(con, ids, day, size) if end == ALWAYS else {}
    return {
        uid: counted.get(uid) or _one_by_one(con, uid, day, end, size) for uid in ids
    }


def _at_once(
    con: Database, ids: Collection[str], day: int, size: int
) -> dict[str, Tally | None]:
    """Take the running counts; `None` where they do not tell."""
    found: dict[str, Tally | None] = dict.fromkeys(ids, Tally())
    values = {"ids": json.dumps([*found]), "size": size}
    for row in fetch(con, _COUNTED, values):
        uid, (nth, last, latest, is_undone, undone) = row[0].decode(), row[1:]
        if nth and latest > day:
            found[uid] = None
        elif nth > undone:
            where = _latest(con, uid, day, ALWAYS, size) if is_undone else last
            found[uid] = Tally(count=nth - undone, latest=where)
    return found


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
