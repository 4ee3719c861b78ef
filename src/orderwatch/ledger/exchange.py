"""The log as JSON Lines: one entry a line, which holds its exact bytes; pure.

    {"entry":{…},"payload":{…},"salt":"…"}

Header and payload are canonical JSON, so they stand in a canonical line as they
were hashed. A line that some tool has written anew, with other spaces or keys in
another order, still counts: what matters is that the canonical bytes verify.
"""

import re
from datetime import datetime
from typing import NamedTuple

from orderwatch.ledger import canonical, entry, payload
from orderwatch.ledger.canonical import Json
from orderwatch.ledger.entry import Entry, EntryKind, Header
from orderwatch.ledger.payload import PAYLOAD_MAX, Lookup
from orderwatch.ledger.tree import leaf_hash

LINE_MAX = 8 * PAYLOAD_MAX
"""Bytes of one line: JSON can write one byte as six."""

_BEGIN, _MIDDLE, _SALT, _END = '{"entry":', ',"payload":', ',"salt":"', '"}'
_Parts = tuple[bytes, str | None, bytes | None, Header | None]
_PLAIN = re.compile(
    rf'\{{"entry":({entry.HEADER}),"payload":({payload.PLAIN}),'
    r'"salt":"([0-9a-f]{64})"\}\n?',
    re.ASCII,
)
_TAIL = len(_SALT) + 2 * entry.SALT_SIZE + len(_END)


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
    raw, salt, payload, header = _cut(text) or _parsed(text)
    return entry.opened(raw, _salt(salt), payload, header)


def read(data: bytes) -> Line:
    """Read a line as a store takes it in; raise `ValueError` as `parse` does.

    A large import spends most of its time here: most lines take one look.
    """
    found = None
    if len(data) <= payload.PLAIN_MAX:
        try:
            found = _plain(data.decode())
        except ValueError:
            found = None
    return found or taken(parse(data))


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


def _plain(text: str) -> Line | None:
    """Read a line that holds an event like most, else `None` or a `ValueError`."""
    found = _PLAIN.fullmatch(text)
    if not found:
        return None
    raw, uid, kind, committed, recorded, _, target, body, *seen, digits = found.groups()
    salt = bytes.fromhex(digits)
    datetime.fromisoformat(recorded)
    place = payload.plain_lookup(*seen)
    if kind != EntryKind.EVENT or target or place is None:
        return None
    if entry.commitment(salt, body.encode()) != committed:
        return None
    leaf = leaf_hash(raw.encode())
    return Line(uid, EntryKind.EVENT, None, raw, leaf, salt, body, place)


def _cut(text: str) -> _Parts | None:
    """Cut a line that `line` wrote; that is four times as fast as parsing it."""
    found = entry.find_header(text, len(_BEGIN)) if text.startswith(_BEGIN) else None
    if not found:
        return None
    header, end = found
    tail = text[-_TAIL:]
    whole = tail.startswith(_SALT) and tail.endswith(_END)
    if not whole or not text.startswith(_MIDDLE, end):
        return None
    raw = text[len(_BEGIN) : end].encode()
    payload = text[end + len(_MIDDLE) : -_TAIL].encode()
    return raw, tail[len(_SALT) : -len(_END)], payload, header


def _parsed(text: str) -> _Parts:
    match canonical.parse(text):
        case {"entry": dict(header), "payload": body, "salt": salt, **others}:
            if others:
                raise ValueError(f"{', '.join(map(str, others))}: is no key of a line")
        case _:
            raise ValueError("a line has entry, payload and salt")
    return canonical.encode(header), _text(salt), _payload(body), None


def _text(salt: Json) -> str | None:
    match salt:
        case None | str():
            return salt
    raise ValueError("the salt is neither a text nor null")


def _payload(body: Json) -> bytes | None:
    return None if body is None else canonical.encode(body)


def _salt(digits: str | None) -> bytes | None:
    if digits is None:
        return None
    try:
        return bytes.fromhex(digits)
    except ValueError as error:
        raise ValueError("the salt is not hexadecimal") from error
