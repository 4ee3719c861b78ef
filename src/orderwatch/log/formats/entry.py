"""An entry of the log: its header, stored as hashed, and its payload; pure.

The header is canonical JSON (see `canonical`) and the leaf of the tree. It holds
a salted commitment in place of the payload, so that the payload can be redacted
and the entry still verifies.
"""

import json
import re
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID

from orderwatch.log.formats import canonical, payload
from orderwatch.model.entry import Effect, Entry, EntryKind, Header, Recorded

SCHEMA = "orderwatch/entry/1"
DOMAIN = b"orderwatch/payload/1\0"
"""What a commitment begins with."""
SALT_SIZE = 32
RECORDER_MAX = 200
"""Characters of the name of who recorded."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_MICROSECOND = timedelta(microseconds=1)
_COUNTER = (1 << 74) - 1
_UUID7 = r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
# A string as RFC 8785 writes it, and nothing else, without U+0000.
_PLAIN = r'[^"\\\x00-\x1f]'
_ESCAPE = r'\\(?:["\\bfnrt]|u00(?:0[1-7bef]|1[0-9a-f]))'
_MANY = f"{{1,{RECORDER_MAX}}}"
# Most have nothing escaped, and what leaves no choice is matched faster.
_STRING = f'"(?:{_PLAIN}{_MANY}|(?:{_PLAIN}|{_ESCAPE}){_MANY})"'
_HEADER = re.compile(
    rf'\{{"id":"({_UUID7})","kind":"([a-z]+)","payload":"([0-9a-f]{{64}})",'
    r'"recorded":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)",'
    rf'"recorder":({_STRING}),"schema":"{SCHEMA}"(?:,"target":"({_UUID7})")?\}}',
    re.ASCII,
)
"""Groups: id, kind, commitment, time, recorder, target."""


_KINDS = {kind.value: kind for kind in EntryKind}

Fields = tuple[str, EntryKind, str, str, str, str | None]
"""Of a header: id, kind, commitment, time, recorder as JSON, target."""


def seal(header: Header, body: bytes, salt: bytes) -> Entry:
    """Make an entry of a header, whatever its commitment, and a payload."""
    whole = Header(
        id=header.id,
        kind=header.kind,
        recorded=header.recorded - header.recorded.microsecond % 1000 * _MICROSECOND,
        recorder=header.recorder,
        payload=commitment(salt, body),
        target=header.target,
    )
    entry = Entry(header=whole, raw=encode_header(whole), salt=salt, payload=body)
    check(entry)
    return entry


def opened(raw: bytes, salt: bytes | None, body: bytes | None) -> Entry:
    """Read an entry that comes from outside; raise `ValueError` if it is not one."""
    entry = Entry(header=decode_header(raw), raw=raw, salt=salt, payload=body)
    check(entry)
    return entry


def check(entry: Entry) -> None:
    """Raise `ValueError` unless payload and salt are what the header says."""
    salt, body = entry.salt, entry.payload
    if salt is None or body is None:
        if salt is not body:
            raise ValueError("payload and salt come and go together")
        return
    if len(salt) != SALT_SIZE:
        raise ValueError(f"the salt has {len(salt)} bytes, not {SALT_SIZE}")
    if commitment(salt, body) != entry.header.payload:
        raise ValueError("the payload is not the one that the entry commits to")
    if entry.header.kind.has_event:
        payload.check_event(body)
    else:
        payload.decode_why(body)


def commitment(salt: bytes, body: bytes) -> str:
    """Hash a payload with its salt."""
    return sha256(DOMAIN + salt + body).hexdigest()


def encode_header(header: Header) -> bytes:
    """Write a header; raise `ValueError` if it could not be read back."""
    value: dict[str, canonical.Json] = {
        "id": header.id,
        "kind": header.kind,
        "payload": header.payload,
        "recorded": timestamp(header.recorded),
        "recorder": header.recorder,
        "schema": SCHEMA,
    }
    if header.target is not None:
        value["target"] = header.target
    raw = canonical.encode(value)
    decode_header(raw)
    return raw


def decode_header(raw: bytes) -> Header:
    """Read a header; raise `ValueError` unless the bytes are its canonical form."""
    return _header(header_fields(raw))


def header_fields(raw: bytes) -> Fields:
    """Check a header as `decode_header` does, in half the time."""
    text = raw.decode()
    found = _HEADER.fullmatch(text)
    if found:
        return _fields(found)
    if f'"schema":"{SCHEMA}"' not in text:
        raise ValueError(f"the entry does not have the schema {SCHEMA}")
    raise ValueError("the entry is not in its canonical form")


def _fields(found: re.Match[str]) -> Fields:
    uid, kind, committed, recorded, recorder, target = found.groups()
    if (kind == "event") is not (target is None):
        raise ValueError("an event has no target, and every other entry has one")
    datetime.fromisoformat(recorded)
    if kind not in _KINDS:
        raise ValueError(f"{kind!r} is no kind of entry")
    return uid, _KINDS[kind], committed, recorded, recorder, target


def _header(fields: Fields) -> Header:
    uid, kind, committed, recorded, recorder, target = fields
    return Header(
        id=uid,
        kind=kind,
        recorded=datetime.fromisoformat(recorded),
        recorder=json.loads(recorder) if "\\" in recorder else recorder[1:-1],
        payload=committed,
        target=target,
    )


def read(seq: int, entry: Entry, effects: tuple[Effect, ...] = ()) -> Recorded:
    """Read an entry in its place; raise `ValueError` if it cannot be read."""
    header = entry.header
    event, private, why = None, False, None
    if entry.payload is not None:
        if header.kind.has_event:
            event, private = payload.decode_event(entry.payload, uid=header.id, seq=seq)
        else:
            why = payload.decode_why(entry.payload)
    return Recorded(
        seq=seq,
        header=header,
        raw=entry.raw,
        event=event,
        why=why,
        private=private,
        redacted=entry.payload is None,
        effects=effects,
    )


def timestamp(instant: datetime) -> str:
    """Write an instant as headers do: RFC 3339, UTC, milliseconds."""
    plain = instant.astimezone(UTC).replace(tzinfo=None)
    return f"{plain.isoformat(timespec='milliseconds')}Z"


def uuid7(now: datetime, noise: int, after: str | None = None) -> str:
    """Make an id of an instant and 74 random bits, later than the id `after`."""
    value = ((now - _EPOCH) // _MILLISECOND) << 74 | noise & _COUNTER
    if after is not None:
        value = max(value, _ordinal(after) + 1)
    high, low = value >> 62, value & ((1 << 62) - 1)
    bits = (high >> 12) << 80 | 7 << 76 | (high & 0xFFF) << 64 | 2 << 62 | low
    return str(UUID(int=bits))


def _ordinal(uid: str) -> int:
    """Take version and variant out of an id, so that the next is one more."""
    bits = UUID(uid).int
    return (bits >> 80) << 74 | (bits >> 64 & 0xFFF) << 62 | bits & ((1 << 62) - 1)
