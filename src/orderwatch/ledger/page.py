"""Verify many entries at once, column by column: half the work of one by one.

What is not in order is left to `verify`, which goes entry by entry and says what it is.
"""

import re
import struct
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from hashlib import sha256
from operator import itemgetter

from orderwatch.ledger.appender import ID_SIZE, packed
from orderwatch.ledger.bulk import locate
from orderwatch.ledger.database import Database, Row
from orderwatch.ledger.entry import DOMAIN, commitment, header_fields
from orderwatch.ledger.recount import Recount
from orderwatch.ledger.walk import Mismatch, Walk, effect

_EVENT = struct.Struct("7s36s28s64s14s10s14s")
"""The header of an event up to its recorder: id, commitment, day, hour, and between."""
_BEGIN, _KIND, _TIME = b'{"id":"', b'","kind":"event","payload":"', b'","recorded":"'
_SAMPLE = _EVENT.pack(
    *(_BEGIN, b"00000000-0000-7000-8000-000000000000", _KIND, b"0" * 64),
    *(_TIME, b"2024-05-24", b"T00:00:00.000Z"),
)
_AT_KIND = 6
_ID, _DASHES, _VERSION, _VARIANT = 36, (8, 13, 18, 23), 14, 19
"""Letters of an id, and where some of them stand."""
_HOURS = re.compile(rb"(?:T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z)*")
_tail = itemgetter(slice(_EVENT.size, None))

Column = Sequence[bytes]


def take(con: Database, walk: Walk, recount: Recount, page: Sequence[Row]) -> bool:
    """Take the next entries if all of them are in order, else none.

    Each is number, id, header, nodes, salt and payload.
    """
    first, many = walk.tree.size + 1, len(page)
    seqs, ids, raws, nodes, salts, bodies = zip(*page, strict=True)
    if seqs != tuple(range(first, first + many)) or walk.expects(many):
        return False
    edge, others = walk.tree.copy(), list[Row]()
    try:
        if edge.extend(raws) != [*nodes]:
            return False
        heads = zip(*map(_EVENT.unpack_from, raws), strict=True)
        events: list[Column] = [ids, raws, salts, bodies, *heads]
        kinds = events[_AT_KIND]
        if kinds.count(_KIND) < many or None in bodies:
            places = [
                place
                for place, kind in enumerate(kinds)
                if kind != _KIND or bodies[place] is None
            ]
            others = [page[place] for place in places]
            events = [_without(column, places) for column in events]
        if not _are_in_order(events):
            return False
        effects = [found for row in others for found in _effects(con, row)]
    except (Mismatch, struct.error, AttributeError, TypeError, ValueError):
        return False
    walk.tree = edge
    walk.effects.update(effects)
    walk.bare.update(row[0] for row in others if row[5] is None)
    recount.take_all(seqs, bodies)
    return True


def _without(column: Column, places: Sequence[int]) -> Column:
    rest = list(column)
    for place in reversed(places):
        del rest[place]
    return rest


def _are_in_order(events: Sequence[Column]) -> bool:
    """Tell whether headers of events are canonical, and whether all fits them."""
    ids, raws, salts, bodies, *heads = events
    begins, names, kinds, committed, middles, days, hours = heads
    many = len(ids)
    hashes = [
        sha256(DOMAIN + salt + body).digest()
        for salt, body in zip(salts, bodies, strict=True)
    ]
    return (
        b"".join(hashes).hex().encode() == b"".join(committed)
        and begins.count(_BEGIN) == kinds.count(_KIND) == middles.count(_TIME) == many
        and _are_ids(b"".join(names).decode(), ids)
        and _HOURS.fullmatch(b"".join(hours)) is not None
        and all(map(_is_day, {*days}))
        and all(map(_ends_well, {*map(_tail, raws)}))
    )


def _are_ids(names: str, ids: Column) -> bool:
    """Tell whether ids are written in their one form, and stored as they are."""
    many = len(ids)
    dashes = "".join(names[place::_ID] for place in _DASHES)
    return (
        set(map(len, ids)) <= {ID_SIZE}
        and names.replace("-", "") == b"".join(ids).hex()
        and dashes == "-" * len(_DASHES) * many
        and names[_VERSION::_ID] == "7" * many
        and {*names[_VARIANT::_ID]} <= {*"89ab"}
    )


@lru_cache(maxsize=10_000)
def _is_day(day: bytes) -> bool:
    return date.fromisoformat(day.decode()).isoformat().encode() == day


@lru_cache(maxsize=1_000)
def _ends_well(tail: bytes) -> bool:
    """Tell whether a header can go on like this; few recorders write a whole log."""
    return header_fields(_SAMPLE + tail) is not None


def _effects(con: Database, row: Row) -> list[tuple[int, int, str]]:
    """Check any entry by itself; list what it does to the one that it names."""
    seq, uid, raw, _, salt, body = row
    name, kind, committed, _, _, target = header_fields(raw)
    if body is not None and commitment(salt, body) != committed:
        raise Mismatch("its payload is not the one that it commits to")
    if packed(name) != uid:
        raise Mismatch("its id is not the one by which it is found")
    return [effect(seq, kind, locate(con, target))] if target else []
