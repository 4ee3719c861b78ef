"""Read entries, a page at a time, so that readers do not block writers."""

import json
from array import array
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime
from heapq import merge
from itertools import islice

from orderwatch.errors import LogError
from orderwatch.log.formats import entry as entries
from orderwatch.log.formats import tree
from orderwatch.log.formats.checkpoint import is_valid
from orderwatch.log.formats.entry import decode_header
from orderwatch.log.formats.payload import decode_appointment, index_key
from orderwatch.log.read_check import check_entry, check_rows, damage_error
from orderwatch.log.types import Database, EntryFilter, EventCount, Row
from orderwatch.model.entry import (
    Amendment,
    Appointment,
    Authority,
    Effect,
    Entry,
    StoredEntry,
    Target,
)
from orderwatch.model.proof import Attestation, AttestationKind
from orderwatch.translation import _

PAGE = 1_000
"""Entries of one query."""

_ENTRIES = (
    "SELECT e.seq, e.header, p.salt, p.body, w.seq FROM entry AS e"
    " LEFT JOIN payload AS p ON p.seq = e.seq LEFT JOIN withheld AS w ON w.seq = e.seq"
)
_IN_SEQS = "IN (SELECT CAST(value AS BIGINT) FROM json_each(:seqs))"
_EFFECTS = (
    "SELECT f.target, f.seq, x.header, f.counts"  # noqa: S608 - ours
    " FROM effect AS f JOIN entry AS x ON x.seq = f.seq"
    f" WHERE f.target {_IN_SEQS}"
    " AND f.seq <= :size AND x.recorded < :end"
    " ORDER BY f.target, f.seq"
)
_AMENDMENTS = (
    "SELECT f.seq, x.header, f.target, t.header FROM effect AS f"
    " JOIN entry AS x ON x.seq = f.seq JOIN entry AS t ON t.seq = f.target"
    " WHERE f.counts AND f.kind <> 'handover' AND f.seq <= :size AND x.recorded < :end"
    " ORDER BY f.seq"
)
_PRIVATE = (
    "WITH RECURSIVE chain (seq) AS ("
    "SELECT seq FROM entry WHERE header LIKE '%,\"private\":true,%'"
    " UNION SELECT CASE WHEN f.target = c.seq THEN f.seq ELSE f.target END"
    " FROM chain AS c JOIN effect AS f ON f.target = c.seq OR (f.seq = c.seq AND f.counts))"
    " SELECT seq FROM chain"
)
_VOID = "SELECT seq FROM effect WHERE NOT counts"
_OWNER = "SELECT origin, owner FROM log"
_APPOINTMENTS = (
    "SELECT e.seq, e.header, p.salt, p.body FROM entry AS e JOIN payload AS p ON p.seq = e.seq"
    ' WHERE e.header LIKE \'%,"kind":"recorder",%\' ORDER BY e.seq'
)
_LOCATE = (
    "SELECT e.seq, e.header, f.counts FROM entry AS e LEFT JOIN effect AS f ON f.seq = e.seq"
    " WHERE e.id = ?"
)
_SUBJECTS = "SELECT seq FROM event_subject WHERE TRUE"
_AFFECTING = "SELECT seq FROM event_subject INDEXED BY event_subject_status WHERE affects_status"
_OF_IDS = " AND id IN (SELECT value FROM json_each(?))"
_SEQ_MASK = (1 << 40) - 1
"""Bits of a sequence number; the day is in the bits above, so the latest is max."""
_COUNT = (
    "SELECT a.id, count(*), max((a.day << 40) + a.seq) FROM event_subject AS a"
    " WHERE a.id IN (SELECT value FROM json_each(:ids)) AND a.seq <= :last"
    " AND a.day <= :day AND NOT a.affects_status"
    " AND a.seq NOT IN (SELECT CAST(value AS BIGINT) FROM json_each(:hidden)){0} AND a.seq NOT IN"
    " (SELECT CASE WHEN f.counts THEN f.target ELSE f.seq END FROM effect AS f"
    " WHERE f.seq <= :size AND f.kind <> 'handover'{1}) GROUP BY a.id"
)
_EFFECT_BEFORE = " AND (SELECT recorded FROM entry WHERE seq = f.seq) < :end"
_ENTRY_BEFORE = (
    " AND (a.seq < :first_after OR (SELECT recorded FROM entry WHERE seq = a.seq) < :end)"
)
_RECORDED = (
    "SELECT (SELECT max(seq) FROM entry WHERE recorded < :end),"
    " (SELECT min(seq) FROM entry WHERE recorded >= :end)"
)
_NOT_AMENDED = (
    "p.seq NOT IN (SELECT CASE WHEN f.counts THEN f.target ELSE f.seq END FROM effect AS f"
    " WHERE f.seq <= :size AND f.kind <> 'handover'{0})"
)
LOG_BIT = 1 << 39
"""A bit of the key of an entry; above it is the day, below it the sequence number."""
_KEY = f"(p.day << 40) + {LOG_BIT} + p.seq"
_KEYS_PAGE = 10_000
_SUBJECTS_PAGE = 50_000
END_OF_TIME = "9999-12-31T23:59:59.999Z"


def read_entries(con: Database, until: int, entry_filter: EntryFilter) -> Iterator[StoredEntry]:
    """Yield the entries among the first `until` that match a filter, in order."""
    end = _end(entry_filter.recorded_before)
    private, void = private_seqs(con), void_seqs(con)
    for page in _pages(con, until, entry_filter, end):
        _check(con, page, until)
        effects = _effects(con, [row[0] for row in page], until, end)
        for row in page:
            yield _decode_row(row, effects, private, void)


def event_keys(
    con: Database,
    until: int,
    entry_filter: EntryFilter,
    *,
    history: bool = False,
    public: bool = False,
) -> "array[int]":
    """Return the keys of the effective events that match a filter, by day.

    A key is `day << 40 | LOG_BIT | seq`, and `until` the number of entries that count. With
    `history`, also those of all other entries; with `public`, none of private ones.
    """
    clauses, values = _key_clauses(until, entry_filter, history=history)
    seqs = _matching_seqs(con, entry_filter)
    keys = _dated_keys(con, clauses, values, seqs)
    if history and (undated := [*_undated_keys(con, keys, until, entry_filter, seqs)]):
        keys = array("q", sorted([*keys, *undated]))
    if public and (hidden := private_seqs(con)):
        keys = array("q", (key for key in keys if key & (LOG_BIT - 1) not in hidden))
    return keys


def newest_event_keys(
    con: Database, until: int, entry_filter: EntryFilter, limit: int, *, history: bool = False
) -> "tuple[array[int], int] | None":
    """Return the last keys of `event_keys`, at most `limit`, and the number of the others.

    `None` if that takes as long as to read all: for ids, words, and entries without a day.
    """
    if entry_filter.about is not None or entry_filter.search is not None:
        return None
    clauses, values = _key_clauses(until, entry_filter, history=history)
    count = int(con.fetch(_keys_sql("count(*)", clauses), values)[0][0])
    if history and count < until:
        return None
    order = f" ORDER BY p.day DESC, p.seq DESC LIMIT {limit}"
    rows = con.fetch(_keys_sql(_KEY, clauses) + order, values)
    return array("q", [key for (key,) in reversed(rows)]), count - len(rows)


def _key_clauses(
    until: int, entry_filter: EntryFilter, *, history: bool
) -> tuple[list[str], dict[str, object]]:
    """Return the conditions of events with a day, and their values."""
    end = _end(entry_filter.recorded_before)
    clauses, values = _filters(entry_filter, end)
    values |= {"size": until, "end": end}
    clauses += ["p.seq <= :size", "p.day IS NOT NULL"]
    if not history:
        clauses.append(_NOT_AMENDED.format("" if end == END_OF_TIME else _EFFECT_BEFORE))
    return clauses, values


def _dated_keys(
    con: Database, clauses: list[str], values: dict[str, object], seqs: Sequence[int] | None
) -> "array[int]":
    """Return the keys of entries with a day, out of `seqs`, or of all for `None`."""
    keys = array("q")
    if seqs is not None:
        sql = _keys_sql(_KEY, [*clauses, f"p.seq {_IN_SEQS}"])
        pages = []
        for start in range(0, len(seqs), _KEYS_PAGE):
            values["seqs"] = json.dumps([*seqs[start : start + _KEYS_PAGE]])
            pages.append(array("q", sorted(key for (key,) in con.fetch(sql, values))))
        # A list of a million integers would take five times as much memory as the array.
        return array("q", merge(*pages))
    values |= {"day": 0, "after": 0}
    sql = _keys_sql(_KEY, [*clauses, "(p.day, p.seq) > (:day, :after)"])
    sql += f" ORDER BY p.day, p.seq LIMIT {_KEYS_PAGE}"
    while page := con.fetch(sql, values):
        keys.extend([key for (key,) in page])
        values |= {"day": keys[-1] >> 40, "after": keys[-1] & (LOG_BIT - 1)}
    return keys


def _undated_keys(
    con: Database,
    dated: Sequence[int],
    until: int,
    entry_filter: EntryFilter,
    seqs: Sequence[int] | None,
) -> Iterator[int]:
    """Yield the keys of entries without a day, by that of their recording."""
    if entry_filter.since or entry_filter.until or entry_filter.kinds or len(dated) == until:
        return
    if seqs is None:
        seqs = _seqs_in_time(con, entry_filter, _end(entry_filter.recorded_before))
    is_dated = bytearray(until + 1)
    for key in dated:
        is_dated[key & (LOG_BIT - 1)] = True
    candidates = range(1, until + 1) if seqs is None else seqs
    missing = [seq for seq in candidates if seq <= until and not is_dated[seq]]
    recorded_before = entry_filter.recorded_before
    for start in range(0, len(missing), PAGE):
        for entry in read_as_of(con, missing[start : start + PAGE], until, recorded_before):
            if recorded_before is None or entry.header.recorded < recorded_before:
                yield entry.day.toordinal() << 40 | LOG_BIT | entry.seq


def _keys_sql(result: str, clauses: list[str]) -> str:
    join = "JOIN entry AS e ON e.seq = p.seq" if any(c.startswith("e.") for c in clauses) else ""
    where = " AND ".join(clauses)
    return f"SELECT {result} FROM payload AS p {join} WHERE {where}"  # noqa: S608 - ours


def read_as_of(
    con: Database, seqs: Sequence[int], until: int, recorded_before: datetime | None
) -> Iterator[StoredEntry]:
    """Yield entries with these sequence numbers, as of the first `until` entries."""
    end = _end(recorded_before)
    rows = con.fetch(f"{_ENTRIES} WHERE e.seq {_IN_SEQS}", {"seqs": json.dumps([*seqs])})
    for seq in {*seqs} - {row[0] for row in rows}:
        raise _missing_error(seq)
    _check(con, rows, until)
    effects = _effects(con, [row[0] for row in rows], until, end)
    private, void = private_seqs(con), void_seqs(con)
    for row in rows:
        yield _decode_row(row, effects, private, void)


def read_raw(con: Database, until: int) -> Iterator[tuple[bytes, bytes | None, bytes | None]]:
    """Yield header, salt and payload of the first `until` entries."""
    for page in _pages(con, until, EntryFilter(), END_OF_TIME):
        for _seq, header, salt, body, _withheld in page:
            yield header, salt, body


def read_line(con: Database, seq: int) -> tuple[bytes, bytes | None, bytes | None]:
    """Read header, salt and payload of an entry."""
    for _seq, header, salt, body, _withheld in con.fetch(f"{_ENTRIES} WHERE e.seq = ?", (seq,)):
        return header, salt, body
    raise _missing_error(seq)


def read_attestations(con: Database) -> list[Attestation]:
    """Read what was attested of states of the log, the smallest first."""
    sql = "SELECT size, root, kind, identity, value FROM attestation ORDER BY size, kind, value"
    return [
        Attestation(
            size=size,
            root=root,
            kind=AttestationKind(kind.decode()),
            identity=None if identity is None else identity.decode(),
            value=value,
        )
        for size, root, kind, identity, value in con.fetch(sql)
    ]


def read_entry(con: Database, seq: int) -> StoredEntry:
    """Read the entry with a sequence number."""
    for entry in read_many(con, [seq]):
        return entry
    raise _missing_error(seq)


def _missing_error(seq: int) -> LogError:
    text = _("entry {seq} of the log is missing; `orderwatch log verify` checks all entries")
    return LogError(text.format(seq=seq))


def read_many(con: Database, seqs: Collection[int]) -> list[StoredEntry]:
    """Read the entries with these sequence numbers, in order."""
    batch = list(seqs)
    sql = f"{_ENTRIES} WHERE e.seq {_IN_SEQS} ORDER BY e.seq"
    rows = con.fetch(sql, {"seqs": json.dumps(batch)})
    size = entry_count(con)
    _check(con, rows, size)
    effects = _effects(con, batch, size, END_OF_TIME)
    private, void = private_seqs(con), void_seqs(con)
    return [_decode_row(row, effects, private, void) for row in rows]


def _check(con: Database, rows: Iterable[Row], size: int) -> None:
    """Raise `LogError` if a row of a shared log is forged."""
    if con.is_shared:
        check_rows(con, rows, size, lambda: (_checked_authority(con), read_appointments(con)))


def private_seqs(con: Database) -> set[int]:
    """Return the sequence numbers of all private chains.

    A chain of targets is private, up and down, as soon as one header of it is. An amendment
    without effect makes no other entry private.
    """
    return {seq for (seq,) in con.fetch(_PRIVATE)}


def void_seqs(con: Database) -> set[int]:
    """Return the sequence numbers of amendments without effect."""
    return {seq for (seq,) in con.fetch(_VOID)}


def read_authority(con: Database) -> Authority:
    """Read whose amendments count after the last entry."""
    authority = _checked_authority(con)
    for _seq, key, appointment in read_appointments(con):
        authority = authority.after(key, appointment)
    return authority


def first_authority(con: Database) -> Authority:
    """Read whose amendments count before the first entry."""
    for row in con.fetch(_OWNER):
        origin, owner = (name and _decode_name(name) for name in row)
        return Authority(origin=origin, owner=owner)
    return Authority()


def _checked_authority(con: Database) -> Authority:
    """Read whose amendments count before the first entry; of a shared log, check it."""
    authority = first_authority(con)
    if con.is_shared and not is_valid(str(authority.origin), authority.owner):
        raise LogError(_("the name or the owner of the log was changed"))
    return authority


def _decode_name(name: bytes) -> str:
    return name.decode(errors="replace")


def read_appointments(con: Database) -> list[tuple[int, str | None, Appointment]]:
    """Read the entries of kind `recorder`: number, key that signed, and appointment."""
    appointments = []
    for seq, raw, salt, body in con.fetch(_APPOINTMENTS):
        if con.is_shared:
            check_entry(seq, raw, salt, body)
        try:
            appointments.append((seq, decode_header(raw).key, decode_appointment(body)))
        except ValueError as error:
            raise damage_error(seq, error) from error
    return appointments


def count_payloads(con: Database, seqs: Collection[int]) -> int:
    """Count those of some entries that have a payload."""
    sql = f"SELECT count(*) FROM payload WHERE seq {_IN_SEQS}"  # noqa: S608 - ours
    return int(con.fetch(sql, {"seqs": json.dumps([*seqs])})[0][0])


def read_amendments(con: Database, size: int, recorded_before: datetime | None) -> list[Amendment]:
    """Read what the first `size` entries amend, in order."""
    values = {"size": size, "end": _end(recorded_before)}
    amendments, private = [], private_seqs(con)
    rows = con.fetch(_AMENDMENTS, values)
    _check(con, ((seq, raw, None, None) for seq, raw, _target, _raw in rows), size)
    for seq, raw, target, target_raw in rows:
        later = _decode_entry(seq, raw, None, None).header
        earlier = _decode_entry(target, target_raw, None, None).header
        amendments.append(
            Amendment(
                seq=seq,
                kind=later.kind,
                recorded=later.recorded,
                target=target,
                target_recorded=earlier.recorded,
                private=target in private,
                was_public=not earlier.private,
            )
        )
    return amendments


def seqs_with_attachments(con: Database) -> list[int]:
    """Return the sequence numbers of entries with attachments."""
    # The first condition selects the index `payload_attachments`; the second decides.
    sql = (
        """SELECT seq FROM payload WHERE body LIKE '%{"media_type":%'"""
        " AND json_extract(body, '$.attachments') IS NOT NULL ORDER BY seq"
    )
    return [seq for (seq,) in con.fetch(sql)]


def count_events(  # noqa: PLR0913 - what is counted
    con: Database,
    ids: Collection[str],
    until: date,
    recorded_before: datetime | None,
    size: int,
    *,
    public: bool,
) -> dict[str, EventCount]:
    """Count, for each id, the effective events that do not affect a status.

    With `public`, no private ones.
    """
    end = _end(recorded_before)
    sql = _COUNT.format(*("", "") if end == END_OF_TIME else (_ENTRY_BEFORE, _EFFECT_BEFORE))
    hidden = sorted(private_seqs(con)) if public else []
    values: dict[str, object] = {"ids": json.dumps([*ids]), "size": size, "last": size}
    values["hidden"] = json.dumps(hidden)
    values |= {"day": until.toordinal(), "end": end}
    if end != END_OF_TIME:
        # Only imports append what was recorded before: few need a comparison of their own.
        [(last_before, first_after)] = con.fetch(_RECORDED, {"end": end})
        values["last"] = min(size, last_before or 0)
        values["first_after"] = first_after or size + 1
    counts = {
        uid.decode(): EventCount(count=count, latest=latest & _SEQ_MASK)
        for uid, count, latest in con.fetch(sql, values)
    }
    return {uid: counts.get(uid, EventCount()) for uid in ids}


def _pages(con: Database, until: int, entry_filter: EntryFilter, end: str) -> Iterator[list[Row]]:
    clauses, values = _filters(entry_filter, end)
    seqs = _indexed_seqs(con, entry_filter, end)
    if seqs is None:
        clauses += ["e.seq > :after", "e.seq <= :size"]
        sql = _entries_sql(clauses)
        values |= {"after": 0, "size": until}
        while page := con.fetch(sql, values):
            yield page
            values["after"] = page[-1][0]
    else:
        clauses.append(f"e.seq {_IN_SEQS}")
        sql = _entries_sql(clauses)
        remaining = iter([seq for seq in seqs if seq <= until])
        while batch := list(islice(remaining, PAGE)):
            yield con.fetch(sql, {**values, "seqs": json.dumps(batch)})


def _entries_sql(clauses: list[str]) -> str:
    where = " AND ".join(clauses)
    return " ".join([_ENTRIES, "WHERE", where, "ORDER BY e.seq LIMIT", str(PAGE)])


def _filters(entry_filter: EntryFilter, end: str) -> tuple[list[str], dict[str, object]]:
    clauses, values = list[str](), dict[str, object]()
    if end != END_OF_TIME:
        clauses.append("e.recorded < :end")
        values["end"] = end
    if entry_filter.recorded_since:
        clauses.append("e.recorded >= :begin")
        values["begin"] = entries.timestamp(entry_filter.recorded_since)
    if entry_filter.since:
        clauses.append("p.day >= :since")
        values["since"] = entry_filter.since.toordinal()
    if entry_filter.until:
        clauses.append("p.day <= :until")
        values["until"] = entry_filter.until.toordinal()
    if entry_filter.kinds:
        clauses.append("json_extract(p.body, '$.kind') IN (SELECT value FROM json_each(:kinds))")
        values["kinds"] = json.dumps([kind.value for kind in entry_filter.kinds])
    return clauses, values


def _indexed_seqs(con: Database, entry_filter: EntryFilter, end: str) -> Sequence[int] | None:
    """Return sequence numbers from the indexes, in order; `None` stands for all."""
    seqs = _matching_seqs(con, entry_filter)
    return _seqs_in_time(con, entry_filter, end) if seqs is None else seqs


def _matching_seqs(con: Database, entry_filter: EntryFilter) -> Sequence[int] | None:
    """Return sequence numbers of ids and of words, in order; `None` without these."""
    matches: list[Sequence[int]] = []
    if entry_filter.about is not None or entry_filter.affects_status:
        matches.append(_seqs_about(con, entry_filter))
    if entry_filter.search is not None:
        # Undecodable arguments contain lone surrogates, which no stored text does.
        matches.append(con.search(entry_filter.search.encode("utf-8", "replace").decode()))
    if not matches:
        return None
    first, *others = matches
    return sorted(set(first).intersection(*others)) if others else first


def _seqs_in_time(con: Database, entry_filter: EntryFilter, end: str) -> list[int] | None:
    """Return sequence numbers from an index of time, in order; `None` for all."""
    since, until = entry_filter.since, entry_filter.until
    if since or until:
        sql = "SELECT seq FROM payload WHERE day BETWEEN ? AND ?"
        first, last = since or date.min, until or date.max
        rows = con.fetch(sql, (first.toordinal(), last.toordinal()))
    elif entry_filter.recorded_since:
        begin = entries.timestamp(entry_filter.recorded_since)
        sql = "SELECT seq FROM entry WHERE recorded >= ? AND recorded < ?"
        rows = con.fetch(sql, (begin, end))
    elif end != END_OF_TIME:
        rows = con.fetch("SELECT seq FROM entry WHERE recorded < ?", (end,))
    else:
        return None
    return sorted(seq for (seq,) in rows)


def _seqs_about(con: Database, entry_filter: EntryFilter) -> "array[int]":
    sql, values = _AFFECTING if entry_filter.affects_status else _SUBJECTS, list[object]()
    if entry_filter.about is not None:
        sql += _OF_IDS
        values.append(json.dumps([name.lower() for name in entry_filter.about]))
    sql += " AND seq > ? AND seq <= ?"
    seqs = array("q")
    for start in range(0, entry_count(con), _SUBJECTS_PAGE):
        rows = con.fetch(sql, [*values, start, start + _SUBJECTS_PAGE])
        seqs.extend(sorted({seq for (seq,) in rows}))
    return seqs


_Effects = dict[tuple[int, bool], list[Effect]]
"""Amendments by the sequence number of their target, and whether they count."""


def _effects(con: Database, seqs: list[int], until: int, end: str) -> _Effects:
    values = {"seqs": json.dumps(seqs), "size": until, "end": end}
    effects: _Effects = {}
    for target, seq, header, counts in con.fetch(_EFFECTS, values):
        later = _decode_entry(seq, header, None, None).header
        effect = Effect(seq=seq, id=later.id, kind=later.kind)
        effects.setdefault((target, bool(counts)), []).append(effect)
    return effects


def _decode_row(row: Row, effects: _Effects, private: set[int], void: set[int]) -> StoredEntry:
    seq, header, salt, body, withheld = row
    entry = _decode_entry(seq, header, salt, body)
    try:
        return entries.decode(
            seq,
            entry,
            tuple(effects.get((seq, True), ())),
            tuple(effects.get((seq, False), ())),
            counts=seq not in void,
            private=seq in private,
            withheld=withheld is not None,
        )
    except ValueError as error:
        raise damage_error(seq, error) from error


def _decode_entry(seq: int, raw: bytes, salt: bytes | None, body: bytes | None) -> Entry:
    try:
        header = entries.decode_header(raw)
    except ValueError as error:
        raise damage_error(seq, error) from error
    return Entry(header=header, raw=raw, salt=salt, payload=body)


def _end(recorded_before: datetime | None) -> str:
    return END_OF_TIME if recorded_before is None else entries.timestamp(recorded_before)


def uuid_bytes(uid: str) -> bytes:
    """Return the 16 bytes of an id."""
    return bytes.fromhex(uid.replace("-", ""))


def entry_count(con: Database) -> int:
    """Return the number of entries."""
    return int(con.fetch("SELECT coalesce(max(seq), 0) FROM entry")[0][0])


def ids_in(con: Database, seq: int) -> tuple[str, ...]:
    """Return the ids that an entry names; none if its payload was redacted."""
    rows = con.fetch("SELECT body FROM payload WHERE seq = ?", (seq,))
    return index_key(rows[0][0])[0] if rows else ()


def read_node(con: Database, level: int, index: int) -> bytes:
    """Read the hash of a complete subtree, from the entry that completed it."""
    seq = (index + 1) << level
    rows = con.fetch("SELECT nodes FROM entry WHERE seq = ?", (seq,))
    return _node(rows[0][0], level) if rows else b""


def node_reader(con: Database, size: int) -> tree.NodeReader:
    """Return a reader of the subtrees of the first `size` entries, in one query."""
    seqs = _peak_seqs(size)
    marks = ", ".join("?" * len(seqs))
    sql = f"SELECT seq, nodes FROM entry WHERE seq IN ({marks})"  # noqa: S608 - ours
    peaks: dict[int, bytes] = dict(con.fetch(sql, seqs)) if seqs else {}

    def read(level: int, index: int) -> bytes:
        nodes = peaks.get((index + 1) << level)
        return read_node(con, level, index) if nodes is None else _node(nodes, level)

    return read


def _node(nodes: bytes, level: int) -> bytes:
    return bytes(nodes[level * tree.HASH_SIZE : (level + 1) * tree.HASH_SIZE])


def locate(con: Database, uid: str) -> Target | None:
    """Return an entry as a target of others; `None` if it is missing."""
    for seq, raw, counts in con.fetch(_LOCATE, (uuid_bytes(uid),)):
        header = decode_header(raw)
        is_void = counts is not None and not counts
        return Target(seq=seq, kind=header.kind, key=header.key, counts=not is_void)
    return None


def _peak_seqs(size: int) -> list[int]:
    """Return the sequence numbers that complete the largest subtrees of a size."""
    seqs = []
    while size:
        seqs.append(size)
        size &= size - 1
    return seqs
