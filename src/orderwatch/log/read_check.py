"""Check what is read from a shared log: signatures, commitments, and whose amendments count.

Whoever has the rights of the owner of the server can write any row. A file is trusted as a
whole; `log verify` recomputes either.
"""

import json
from collections.abc import Callable, Iterable, Mapping

from orderwatch.errors import LogError
from orderwatch.log.formats.entry import (
    HeaderFields,
    commitment,
    header_fields,
    verify_signature,
)
from orderwatch.log.types import Database, Row
from orderwatch.model.entry import Appointment, Authority, Target
from orderwatch.translation import _

_CHAINS = (
    "WITH RECURSIVE chain (seq) AS ("
    "SELECT CAST(value AS BIGINT) FROM json_each(:seqs)"
    " UNION SELECT CASE WHEN f.target = c.seq THEN f.seq ELSE f.target END"
    " FROM chain AS c JOIN effect AS f ON f.target = c.seq OR f.seq = c.seq)"
    " SELECT f.seq, x.header, f.kind, f.counts, f.target, t.header"
    " FROM chain AS c JOIN effect AS f ON f.seq = c.seq"
    " JOIN entry AS x ON x.seq = f.seq JOIN entry AS t ON t.seq = f.target"
    " WHERE f.seq <= :size ORDER BY f.seq"
)
"""Amendments in the chains of some entries."""

Appointments = Iterable[tuple[int, str | None, Appointment]]


def check_rows(
    con: Database,
    rows: Iterable[Row],
    size: int,
    read_authority: Callable[[], tuple[Authority, Appointments]],
) -> None:
    """Raise `LogError` for an entry that is forged, or whose effect is not what is stored.

    A row has sequence number, header, salt and payload. Amendments are among the first `size`
    entries. `read_authority` is called if there are any: authority before the first entry, and
    the appointments that follow.
    """
    fields = {row[0]: check_entry(*row[:4]) for row in rows}
    values = {"seqs": json.dumps([*fields]), "size": size}
    counts = dict[int, bool]()
    if amendments := con.fetch(_CHAINS, values) if fields else []:
        counts = _check_amendments(fields, amendments, *read_authority())
    for seq, (*_others, target) in fields.items():
        if target is not None and seq not in counts:
            raise _effect_error(seq)


def _check_amendments(
    fields: Mapping[int, HeaderFields],
    amendments: Iterable[Row],
    authority: Authority,
    appointments: Appointments,
) -> dict[int, bool]:
    """Return whether each amendment counts; raise `LogError` if another effect is stored."""
    counts = dict[int, bool]()
    later = iter([*appointments])
    following = next(later, None)
    for seq, raw, kind, stored, target_seq, target_raw in amendments:
        while following is not None and following[0] < seq:
            authority = authority.after(*following[1:])
            following = next(later, None)
        amendment = fields.get(seq) or check_entry(seq, raw)
        target = fields.get(target_seq) or check_entry(target_seq, target_raw)
        counts[seq] = _counts(
            amendment, target, authority, target_seq, counts=counts.get(target_seq, True)
        )
        is_named = amendment[8] == target[0] and target_seq < seq
        if not is_named or kind.decode() != amendment[2].value or stored != counts[seq]:
            raise _effect_error(seq)
    return counts


def check_entry(
    seq: int, raw: bytes, salt: bytes | None = None, body: bytes | None = None
) -> HeaderFields:
    """Return the fields of a header; raise `LogError` unless signature and payload fit."""
    try:
        fields = header_fields(raw)
        _uid, key, _kind, digest, _private, _recorded, _recorder, signature, _target = fields
        if key is not None or signature is not None:
            verify_signature(raw, key, signature)
    except ValueError as error:
        raise damage_error(seq, error) from error
    if body is not None and (salt is None or commitment(salt, body) != digest):
        problem = _("the payload is not the one that the entry commits to")
        raise damage_error(seq, ValueError(problem))
    return fields


def _counts(
    amendment: HeaderFields, target: HeaderFields, authority: Authority, seq: int, *, counts: bool
) -> bool:
    """Return whether an amendment of a target, which counts or not, counts."""
    _uid, key, kind, *_others = amendment
    named = Target(seq=seq, kind=target[2], key=target[1], counts=counts)
    return kind.can_target(target[2]) and authority.allows(kind, key, named)


def damage_error(seq: int, error: ValueError) -> LogError:
    """Return the error of an entry that is not what it was."""
    return LogError(
        _(
            "entry {seq} of the log is damaged: {error}; `orderwatch log verify` checks all entries"
        ).format(seq=seq, error=error)
    )


def _effect_error(seq: int) -> LogError:
    return damage_error(seq, ValueError(_("what is stored of its effect is wrong")))
