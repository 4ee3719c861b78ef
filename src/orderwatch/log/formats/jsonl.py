"""The log as JSON Lines: one entry per line, with its exact bytes; pure.

    {"entry":{…},"payload":{…},"salt":"…"}

Header and payload are canonical JSON, so a canonical line contains them as they were
hashed. A line that another tool has rewritten, with other spaces or another order of
keys, is valid too: only the canonical bytes have to verify.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeVar

from orderwatch.log.formats import canonical, entry, payload
from orderwatch.log.formats.canonical import Json
from orderwatch.log.formats.entry import SALT_SIZE, HeaderFields, header_fields
from orderwatch.log.formats.payload import PAYLOAD_MAX, IndexKey
from orderwatch.log.formats.tree import leaf_hash
from orderwatch.model.entry import Entry, EntryKind
from orderwatch.text import TextError, kind_of, not_utf8
from orderwatch.translation import _

LINE_MAX = 8 * PAYLOAD_MAX
"""Bytes of one line; JSON can encode one byte as six."""

_BEGIN, _MIDDLE, _SALT, _END = b'{"entry":', b'},"payload":', b',"salt":"', b'"}'
_TAIL = len(_SALT) + 2 * SALT_SIZE + len(_END)


_T = TypeVar("_T")
_Parts = tuple[bytes, bytes | None, bytes | None]
"""Header, salt and payload."""


class EncodingError(ValueError):
    """Line that is not UTF-8."""


class Line(NamedTuple):
    """Entry in the form that a log inserts."""

    id: str
    kind: EntryKind
    target: str | None
    recorded: str
    raw: str
    leaf: bytes
    """Leaf hash of the entry."""
    salt: bytes | None
    body: str | None
    index_key: IndexKey | None
    """`None` if the payload was removed."""
    recorder: str
    """Caption of the recorder, encoded as a JSON string."""
    key: str | None


def encode_line(raw: bytes, salt: bytes | None, payload: bytes | None) -> bytes:
    """Encode an entry as a line, with its line feed."""
    if salt is None or payload is None:
        return b'{"entry":%b,"payload":null,"salt":null}\n' % raw
    tail = b'%b"}\n' % salt.hex().encode()
    return b'{"entry":%b,"payload":%b,"salt":"%b' % (raw, payload, tail)


def require_export(lines: Iterator[bytes]) -> Iterator[bytes]:
    """Yield lines; raise `TextError` unless the first with content looks like an entry."""
    has_entry = False
    for line in lines:
        if not has_entry and (content := line.strip()):
            if not (content.startswith(b"{") and b'"entry"' in content):
                kind = kind_of(content.decode(errors="replace"))
                raise TextError(
                    _("is {kind}, not an export of `orderwatch log export`").format(kind=_(kind))
                )
            has_entry = True
        yield line
    if not has_entry:
        raise TextError(_("the file is empty; expected an export of `orderwatch log export`"))


def parse(data: bytes) -> Entry:
    """Parse a line; raise `ValueError` with the problem."""
    return _parse(data, entry.parse)


def parse_line(data: bytes) -> Line:
    """Parse a line to the form that a log inserts, as `to_line` after `parse`."""
    return _parse(data, _verified_line)


def to_line(item: Entry) -> Line:
    """Convert an entry to the form that a log inserts."""
    return _build_line(item.raw, header_fields(item.raw), item.salt, item.payload)


def _parse(data: bytes, build: Callable[[bytes, bytes | None, bytes | None], _T]) -> _T:
    if len(data) > LINE_MAX:
        raise ValueError(_("the line is longer than {limit:,} bytes").format(limit=LINE_MAX))
    try:
        return build(*_parse_fast(data.strip()))
    except ValueError:
        pass
    try:
        text = data.decode().strip()
    except UnicodeDecodeError as error:
        raise EncodingError(not_utf8(data, error)) from error
    return build(*_parse_json(text))


def _verified_line(raw: bytes, salt: bytes | None, body: bytes | None) -> Line:
    fields = header_fields(raw)
    entry.verify(raw, fields, salt, body)
    return _build_line(raw, fields, salt, body)


def _build_line(raw: bytes, fields: HeaderFields, salt: bytes | None, body: bytes | None) -> Line:
    uid, key, kind, _digest, _private, recorded, recorder, _signature, target = fields
    return Line(
        uid,
        kind,
        target,
        recorded,
        raw.decode(),
        leaf_hash(raw),
        salt,
        None if body is None else body.decode(),
        None if body is None else payload.index_key(body),
        recorder,
        key,
    )


def _parse_fast(data: bytes) -> _Parts:
    """Split a line written by `encode_line`, much faster than a JSON parser."""
    header, middle, rest = data.partition(_MIDDLE)
    tail = rest[-_TAIL:]
    is_complete = tail.startswith(_SALT) and tail.endswith(_END)
    if not (header.startswith(_BEGIN) and middle and is_complete):
        raise ValueError(_("the line is not in its usual form"))
    salt = _decode_salt(tail[len(_SALT) : -len(_END)].decode())
    return header[len(_BEGIN) :] + b"}", salt, rest[:-_TAIL]


def _parse_json(text: str) -> _Parts:
    match canonical.parse(text):
        case {"entry": dict(header), "payload": body, "salt": salt, **others}:
            if others:
                raise ValueError(
                    _("unknown keys of a line: {keys}").format(keys=", ".join(map(str, others)))
                )
        case _:
            raise ValueError(_("a line has entry, payload and salt"))
    raw = canonical.encode(header)
    return raw, _decode_salt(salt), None if body is None else canonical.encode(body)


def _decode_salt(digits: Json) -> bytes | None:
    match digits:
        case None:
            return None
        case str():
            try:
                return bytes.fromhex(digits)
            except ValueError as error:
                raise ValueError(_("the salt is not hexadecimal")) from error
    raise ValueError(_("the salt is neither a text nor null"))
