"""The log as JSON Lines: one entry a line, which holds its exact bytes; pure.

    {"entry":{…},"payload":{…},"salt":"…"}

Header and payload are canonical JSON, so they stand in a canonical line as they
were hashed. A line that some tool has written anew, with other spaces or keys in
another order, still counts: what matters is that the canonical bytes verify.
"""

from typing import NamedTuple

from orderwatch.log.formats import canonical, entry, payload
from orderwatch.log.formats.canonical import Json
from orderwatch.log.formats.entry import SALT_SIZE
from orderwatch.log.formats.payload import PAYLOAD_MAX, Lookup
from orderwatch.log.formats.tree import leaf_hash
from orderwatch.model.entry import Entry, EntryKind

LINE_MAX = 8 * PAYLOAD_MAX
"""Bytes of one line: JSON can write one byte as six."""

_BEGIN, _MIDDLE, _SALT, _END = '{"entry":', '},"payload":', ',"salt":"', '"}'
_TAIL = len(_SALT) + 2 * SALT_SIZE + len(_END)


_Parts = tuple[bytes, bytes | None, bytes | None]
"""Header, salt and payload."""


class Line(NamedTuple):
    """An entry as a store takes it in."""

    id: str
    kind: EntryKind
    target: str | None
    raw: str
    leaf: bytes
    """The hash of the entry in the tree."""
    salt: bytes | None
    body: str | None
    lookup: Lookup | None
    """`None` if the payload is gone."""


def line(raw: bytes, salt: bytes | None, payload: bytes | None) -> bytes:
    """Write an entry as a line, with its line feed."""
    if salt is None or payload is None:
        return b'{"entry":%b,"payload":null,"salt":null}\n' % raw
    tail = b'%b"}\n' % salt.hex().encode()
    return b'{"entry":%b,"payload":%b,"salt":"%b' % (raw, payload, tail)


def parse(data: bytes) -> Entry:
    """Read a line; raise `ValueError` with what is wrong with it."""
    if len(data) > LINE_MAX:
        raise ValueError(f"the line is longer than {LINE_MAX:,} bytes")
    try:
        text = data.decode().strip()
    except UnicodeDecodeError as error:
        raise ValueError("the line is not UTF-8") from error
    try:
        return entry.opened(*_split(text))
    except ValueError:
        return entry.opened(*_parsed(text))


def taken(one: Entry) -> Line:
    """Give an entry as a store takes it in."""
    header, body = one.header, one.payload
    return Line(
        header.id,
        header.kind,
        header.target,
        one.raw.decode(),
        leaf_hash(one.raw),
        one.salt,
        None if body is None else body.decode(),
        None if body is None else payload.lookup(body),
    )


def _split(text: str) -> _Parts:
    """Split a line that `line` wrote, in a fraction of the time that parsing takes."""
    header, middle, rest = text.partition(_MIDDLE)
    tail = rest[-_TAIL:]
    whole = tail.startswith(_SALT) and tail.endswith(_END)
    if not (header.startswith(_BEGIN) and middle and whole):
        raise ValueError("the line is not in its usual form")
    raw, body = f"{header[len(_BEGIN) :]}}}", rest[:-_TAIL]
    return raw.encode(), _salt(tail[len(_SALT) : -len(_END)]), body.encode()


def _parsed(text: str) -> _Parts:
    match canonical.parse(text):
        case {"entry": dict(header), "payload": body, "salt": salt, **others}:
            if others:
                raise ValueError(f"{', '.join(map(str, others))}: is no key of a line")
        case _:
            raise ValueError("a line has entry, payload and salt")
    raw = canonical.encode(header)
    return raw, _salt(salt), None if body is None else canonical.encode(body)


def _salt(digits: Json) -> bytes | None:
    match digits:
        case None:
            return None
        case str():
            try:
                return bytes.fromhex(digits)
            except ValueError as error:
                raise ValueError("the salt is not hexadecimal") from error
    raise ValueError("the salt is neither a text nor null")
