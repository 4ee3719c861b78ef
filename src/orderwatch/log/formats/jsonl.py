"""The log as JSON Lines: one entry per line, with its exact bytes; pure.

    {"entry":{…},"payload":{…},"salt":"…"}

Header and payload are canonical JSON, so a canonical line contains them as they were
hashed. A line that another tool has rewritten, with other spaces or another order of
keys, is valid too: only the canonical bytes have to verify.
"""

from typing import NamedTuple

from orderwatch.log.formats import canonical, entry, payload
from orderwatch.log.formats.canonical import Json
from orderwatch.log.formats.entry import SALT_SIZE
from orderwatch.log.formats.payload import PAYLOAD_MAX, IndexKey
from orderwatch.log.formats.tree import leaf_hash
from orderwatch.model.entry import Entry, EntryKind

LINE_MAX = 8 * PAYLOAD_MAX
"""Bytes of one line; JSON can encode one byte as six."""

_BEGIN, _MIDDLE, _SALT, _END = '{"entry":', '},"payload":', ',"salt":"', '"}'
_RECORDED, _RECORDED_SIZE = '"recorded":"', len("2024-05-24T12:00:00.000Z")
_TAIL = len(_SALT) + 2 * SALT_SIZE + len(_END)


_Parts = tuple[bytes, bytes | None, bytes | None]
"""Header, salt and payload."""


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


def encode_line(raw: bytes, salt: bytes | None, payload: bytes | None) -> bytes:
    """Encode an entry as a line, with its line feed."""
    if salt is None or payload is None:
        return b'{"entry":%b,"payload":null,"salt":null}\n' % raw
    tail = b'%b"}\n' % salt.hex().encode()
    return b'{"entry":%b,"payload":%b,"salt":"%b' % (raw, payload, tail)


def parse(data: bytes) -> Entry:
    """Parse a line; raise `ValueError` with the problem."""
    if len(data) > LINE_MAX:
        raise ValueError(f"the line is longer than {LINE_MAX:,} bytes")
    try:
        text = data.decode().strip()
    except UnicodeDecodeError as error:
        raise ValueError("the line is not UTF-8") from error
    try:
        return entry.parse(*_parse_fast(text))
    except ValueError:
        return entry.parse(*_parse_json(text))


def to_line(item: Entry) -> Line:
    """Convert an entry to the form that a log inserts."""
    header, body, raw = item.header, item.payload, item.raw.decode()
    recorded = raw.index(_RECORDED) + len(_RECORDED)
    return Line(
        header.id,
        header.kind,
        header.target,
        raw[recorded : recorded + _RECORDED_SIZE],
        raw,
        leaf_hash(item.raw),
        item.salt,
        None if body is None else body.decode(),
        None if body is None else payload.index_key(body),
    )


def _parse_fast(text: str) -> _Parts:
    """Split a line written by `encode_line`, much faster than a JSON parser."""
    header, middle, rest = text.partition(_MIDDLE)
    tail = rest[-_TAIL:]
    is_complete = tail.startswith(_SALT) and tail.endswith(_END)
    if not (header.startswith(_BEGIN) and middle and is_complete):
        raise ValueError("the line is not in its usual form")
    raw, body = f"{header[len(_BEGIN) :]}}}", rest[:-_TAIL]
    return raw.encode(), _decode_salt(tail[len(_SALT) : -len(_END)]), body.encode()


def _parse_json(text: str) -> _Parts:
    match canonical.parse(text):
        case {"entry": dict(header), "payload": body, "salt": salt, **others}:
            if others:
                raise ValueError(f"{', '.join(map(str, others))}: is no key of a line")
        case _:
            raise ValueError("a line has entry, payload and salt")
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
                raise ValueError("the salt is not hexadecimal") from error
    raise ValueError("the salt is neither a text nor null")
