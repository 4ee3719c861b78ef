"""Read entries from a log in SQLite: a page at a time, so that writers can go on."""

import json
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from orderwatch.errors import LogError
from orderwatch.log.database import Database, Row, fetch
from orderwatch.log.formats import entry as entries
from orderwatch.log.formats import tree
from orderwatch.log.formats.entry import decode_header
from orderwatch.log.formats.payload import index_key
from orderwatch.log.types import EntryFilter, EventCount
from orderwatch.model.entry import Effect, Entry, EntryKind, StoredEntry

PAGE = 1_000
"""Entries that are read at once."""

_COURT = ZoneInfo("Europe/Amsterdam")
_ENTRIES = (
    "SELECT e.seq, e.header, p.salt, p.body"
    " FROM entry AS e LEFT JOIN payload AS p ON p.seq = e.seq"
)
_AMONG = "IN (SELECT CAST(value AS BIGINT) FROM json_each(:places))"
_EFFECTS = (
    "SELECT f.target, f.seq, x.header"  # noqa: S608 - ours
    " FROM effect AS f JOIN entry AS x ON x.seq = f.seq"
    f" WHERE f.target {_AMONG}"
    " AND f.seq <= :size AND json_extract(x.header, '$.recorded') < :end"
    " ORDER BY f.target, f.seq"
)
_ABOUT = "SELECT seq FROM about WHERE TRUE"
_BEARING = "SELECT seq FROM about INDEXED BY bearing WHERE bears"
_OF_IDS = " AND id IN (SELECT value FROM json_each(?))"
_PLACE = (1 << 40) - 1
"""The bits of a place; a day stands above them, so that the latest is the largest."""
_COUNTED = (
    "SELECT a.id, count(*), max((a.day << 40) + a.seq) FROM about AS a"
    " WHERE a.id IN (SELECT value FROM json_each(:ids)) AND a.seq <= :size"
    " AND a.day <= :day AND NOT a.bears{0} AND a.seq NOT IN"
    " (SELECT f.target FROM effect AS f WHERE f.seq <= :size{1}) GROUP BY a.id"
)
_RECORDED, _RECORDED_LATER = (
    " AND (SELECT json_extract(header, '$.recorded') FROM entry"  # noqa: S608 - ours
    f" WHERE seq = {seq}) < :end"
    for seq in ("a.seq", "f.seq")
)
ALWAYS = "9999-12-31T23:59:59.999Z"


def recorded(con: Database, until: int, wanted: EntryFilter) -> Iterator[StoredEntry]:
    """Yield what is wanted of the first `until` entries, in their order."""
    end = end_of(wanted.known_on)
    for page in _pages(con, until, wanted, end):
        effects = _effects(con, [row[0] for row in page], until, end)
        for row in page:
            yield _read(row, tuple(effects.get(row[0], ())))


def raw(
    con: Database, until: int
) -> Iterator[tuple[bytes, bytes | None, bytes | None]]:
    """Yield header, salt and payload of the first `until` entries."""
    for page in _pages(con, until, EntryFilter(), ALWAYS):
        for _, header, salt, body in page:
            yield header, salt, body


def one(con: Database, seq: int) -> StoredEntry:
    """Read the entry at a place."""
    for found in some(con, [seq]):
        return found
    raise LogError(
        f"entry {seq} of the log is missing; `orderwatch log verify` looks at all of"
        " them"
    )


def some(con: Database, places: Collection[int]) -> list[StoredEntry]:
    """Read the entries at some places, in their order."""
    given = list(places)
    sql = f"{_ENTRIES} WHERE e.seq {_AMONG} ORDER BY e.seq"
    rows = fetch(con, sql, {"places": json.dumps(given)})
    effects = _effects(con, given, size(con), ALWAYS)
    return [_read(row, tuple(effects.get(row[0], ()))) for row in rows]


def with_attachments(con: Database) -> list[int]:
    """List the places of the entries that name kept files."""
    # The first condition leads to the index `attached`; the second one counts.
    sql = (
        """SELECT seq FROM payload WHERE body LIKE '%{"media_type":%'"""
        " AND json_extract(body, '$.attachments') IS NOT NULL ORDER BY seq"
    )
    return [seq for (seq,) in fetch(con, sql)]


def tally(
    con: Database,
    ids: Collection[str],
    until: date,
    known_on: date | None,
    size: int,
) -> dict[str, EventCount]:
    """Count the events that count and do not bear on a status, for each id."""
    end = end_of(known_on)
    sql = _COUNTED.format(*("", "") if end == ALWAYS else (_RECORDED, _RECORDED_LATER))
    values: dict[str, object] = {"ids": json.dumps([*ids]), "size": size}
    values |= {"day": until.toordinal(), "end": end}
    counted = {
        uid.decode(): EventCount(count=count, latest=latest & _PLACE)
        for uid, count, latest in fetch(con, sql, values)
    }
    return {uid: counted.get(uid, EventCount()) for uid in ids}


def _pages(
    con: Database, until: int, wanted: EntryFilter, end: str
) -> Iterator[list[Row]]:
    clauses, values = _filters(wanted, end)
    places = _places(con, wanted)
    if places is None:
        clauses += ["e.seq > :after", "e.seq <= :size"]
        sql = _entries(clauses)
        values |= {"after": 0, "size": until}
        while page := fetch(con, sql, values):
            yield page
            values["after"] = page[-1][0]
    else:
        clauses.append(f"e.seq {_AMONG}")
        sql = _entries(clauses)
        rest = iter([place for place in places if place <= until])
        while some := list(islice(rest, PAGE)):
            yield fetch(con, sql, {**values, "places": json.dumps(some)})


def _entries(clauses: list[str]) -> str:
    where = " AND ".join(clauses)
    return " ".join([_ENTRIES, "WHERE", where, "ORDER BY e.seq LIMIT", str(PAGE)])


def _filters(wanted: EntryFilter, end: str) -> tuple[list[str], dict[str, object]]:
    clauses, values = list[str](), dict[str, object]()
    if end != ALWAYS:
        clauses.append("json_extract(e.header, '$.recorded') < :end")
        values["end"] = end
    if wanted.kinds:
        clauses.append(
            "json_extract(p.body, '$.kind') IN (SELECT value FROM json_each(:kinds))"
        )
        values["kinds"] = json.dumps([kind.value for kind in wanted.kinds])
    if wanted.since:
        clauses.append("json_extract(p.body, '$.on') >= :since")
        values["since"] = wanted.since.isoformat()
    if wanted.until:
        clauses.append("json_extract(p.body, '$.on') <= :until")
        values["until"] = wanted.until.isoformat()
    return clauses, values


def _places(con: Database, wanted: EntryFilter) -> Sequence[int] | None:
    """List the places that an index leads to, in order; `None` stands for all."""
    found: list[Sequence[int]] = []
    if wanted.about is not None or wanted.affects_status:
        found.append(_named(con, wanted))
    if wanted.search is not None:
        # Undecodable arguments of a program hold halves of pairs, and no text does.
        found.append(con.search(wanted.search.encode("utf-8", "replace").decode()))
    if not found:
        return None
    first, *others = found
    return sorted(set(first).intersection(*others)) if others else first


def _named(con: Database, wanted: EntryFilter) -> list[int]:
    sql, values = _BEARING if wanted.affects_status else _ABOUT, list[str]()
    if wanted.about is not None:
        sql += _OF_IDS
        values.append(json.dumps([one.lower() for one in wanted.about]))
    return sorted({place for (place,) in fetch(con, sql, values)})


def _effects(
    con: Database, places: list[int], until: int, end: str
) -> dict[int, list[Effect]]:
    values = {"places": json.dumps(places), "size": until, "end": end}
    effects: dict[int, list[Effect]] = {}
    for target, seq, header in fetch(con, _EFFECTS, values):
        later = _decoded(seq, header, None, None).header
        effect = Effect(seq=seq, id=later.id, kind=later.kind)
        effects.setdefault(target, []).append(effect)
    return effects


def _read(row: Row, effects: tuple[Effect, ...]) -> StoredEntry:
    seq, header, salt, body = row
    try:
        return entries.decode(seq, _decoded(seq, header, salt, body), effects)
    except ValueError as error:
        raise _damaged(seq, error) from error


def _decoded(seq: int, raw: bytes, salt: bytes | None, body: bytes | None) -> Entry:
    try:
        header = entries.decode_header(raw)
    except ValueError as error:
        raise _damaged(seq, error) from error
    return Entry(header=header, raw=raw, salt=salt, payload=body)


def _damaged(seq: int, error: ValueError) -> LogError:
    return LogError(
        f"entry {seq} of the log is damaged: {error}; `orderwatch log verify` looks"
        " at all of them"
    )


def end_of(day: date | None) -> str:
    """Write the first instant after a day at the seat of the Court."""
    if day is None or day >= date.max - timedelta(days=1):
        return ALWAYS
    midnight = datetime.combine(day + timedelta(days=1), time(), _COURT)
    return entries.timestamp(midnight.astimezone(UTC))


ID_SIZE = 16
"""Bytes of an id."""


def packed(uid: str) -> bytes:
    """Give the 16 bytes of an id."""
    return bytes.fromhex(uid.replace("-", ""))


def size(con: Database) -> int:
    """Count the entries."""
    return int(fetch(con, "SELECT coalesce(max(seq), 0) FROM entry")[0][0])


def ids_of(con: Database, seq: int) -> tuple[str, ...]:
    """List the ids that an entry names; none if its payload is gone."""
    rows = fetch(con, "SELECT body FROM payload WHERE seq = ?", (seq,))
    return index_key(rows[0][0])[0] if rows else ()


def read_node(con: Database, level: int, index: int) -> bytes:
    """Read a complete subtree, from the entry that completed it."""
    place = (index + 1) << level
    rows = fetch(con, "SELECT nodes FROM entry WHERE seq = ?", (place,))
    return _node(rows[0][0], level) if rows else b""


def node_reader(con: Database, size: int) -> tree.NodeReader:
    """Read the subtrees that make up the first `size` entries, all at once."""
    places = _peaks(size)
    marks = ", ".join("?" * len(places))
    sql = f"SELECT seq, nodes FROM entry WHERE seq IN ({marks})"  # noqa: S608 - ours
    known: dict[int, bytes] = dict(fetch(con, sql, places)) if places else {}

    def read(level: int, index: int) -> bytes:
        nodes = known.get((index + 1) << level)
        return read_node(con, level, index) if nodes is None else _node(nodes, level)

    return read


def _node(nodes: bytes, level: int) -> bytes:
    return bytes(nodes[level * tree.HASH_SIZE : (level + 1) * tree.HASH_SIZE])


def locate(con: Database, uid: str) -> tuple[int, EntryKind] | None:
    """Find the place and the kind of an entry."""
    rows = fetch(con, "SELECT seq, header FROM entry WHERE id = ?", (packed(uid),))
    return (rows[0][0], decode_header(rows[0][1]).kind) if rows else None


def _peaks(size: int) -> list[int]:
    """List the places that complete the largest subtrees of so many entries."""
    found = []
    while size:
        found.append(size)
        size &= size - 1
    return found
