"""An entry of the log: its header, stored as hashed, and its payload; pure.

The header is canonical JSON (see `canonical`) and the leaf of the tree. It holds
a salted commitment in place of the payload, so that the payload can be redacted
and the entry still verifies. With `key`, the Ed25519 public key of the recorder, comes
`signature`: over the header without it, after `SIGNATURE_DOMAIN`.
"""

import json
import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING
from uuid import UUID

from orderwatch.frozen import replace
from orderwatch.log.formats import canonical, payload
from orderwatch.model.entry import Effect, Entry, EntryKind, Header, StoredEntry
from orderwatch.translation import _

if TYPE_CHECKING:
    from orderwatch.log.formats.signed_note import Signer

SCHEMA = "orderwatch/entry/1"
DOMAIN = b"orderwatch/payload/1\0"
"""Domain separation: prefix of the hashed bytes of a commitment."""
SIGNATURE_DOMAIN = b"orderwatch/entry/1\0"
"""Domain separation: prefix of the signed bytes."""
SALT_SIZE = 32
RECORDER_MAX = 200
"""Characters of the name of the recorder."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_MICROSECOND = timedelta(microseconds=1)
_RANDOM_MASK = (1 << 74) - 1
_UUID7 = r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
# A string exactly as RFC 8785 encodes it, without U+0000.
_UNESCAPED = r'[^"\\\x00-\x1f]'
_ESCAPE = r'\\(?:["\\bfnrt]|u00(?:0[1-7bef]|1[0-9a-f]))'
_REPEAT = f"{{1,{RECORDER_MAX}}}"
# Most strings have no escape, and match faster without the alternation.
_STRING = f'"(?:{_UNESCAPED}{_REPEAT}|(?:{_UNESCAPED}|{_ESCAPE}){_REPEAT})"'
_TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"
_RECORDER = rf'"recorder":({_STRING}),"schema":"{SCHEMA}"'
_HEADER = re.compile(
    rf'\{{"id":"({_UUID7})",(?:"key":"([0-9a-f]{{64}})",)?"kind":"([a-z]+)",'
    r'"payload":"([0-9a-f]{64})",(?:"private":(true),)?'
    rf'"recorded":"({_TIME})",{_RECORDER}'
    rf'(?:,"signature":"([0-9a-f]{{128}})")?(?:,"target":"({_UUID7})")?\}}',
    re.ASCII,
)
"""Groups: id, key, kind, commitment, private, time, recorder, signature, target."""
_UUID_DIGITS = 32
_PLAIN_TIME = re.compile(_TIME, re.ASCII)
_PLAIN_TAIL = re.compile(_RECORDER + r"\}", re.ASCII)


_KINDS = {kind.value: kind for kind in EntryKind}

HeaderFields = tuple[str, str | None, EntryKind, str, bool, str, str, str | None, str | None]
"""Fields of a header in their order; the recorder is JSON."""


def create(header: Header, body: bytes, salt: bytes, signer: "Signer | None" = None) -> Entry:
    """Create an entry from a header and a payload; compute its commitment, and sign it."""
    header = replace(
        header,
        recorded=header.recorded - header.recorded.microsecond % 1000 * _MICROSECOND,
        payload=commitment(salt, body),
        key=signer.verifier.public.hex() if signer else None,
    )
    if signer is not None:
        signature = signer.sign(signed_bytes(encode_header(header)).decode())
        header = replace(header, signature=signature.value.hex())
    raw = encode_header(header)
    verify(raw, header_fields(raw), salt, body)
    return Entry(header=header, raw=raw, salt=salt, payload=body)


def parse(raw: bytes, salt: bytes | None, body: bytes | None) -> Entry:
    """Parse an untrusted entry; raise `ValueError` if it is invalid."""
    fields = header_fields(raw)
    verify(raw, fields, salt, body)
    return Entry(header=_build_header(fields), raw=raw, salt=salt, payload=body)


def verify(raw: bytes, fields: HeaderFields, salt: bytes | None, body: bytes | None) -> None:
    """Raise `ValueError` unless signature, payload and salt match a header."""
    _id, key, kind, digest, _private, _recorded, _recorder, signature, _target = fields
    if key is not None or signature is not None:
        verify_signature(raw, key, signature)
    if salt is None or body is None:
        if salt is not body:
            raise ValueError(_("payload and salt must both be present or both be missing"))
        if kind is EntryKind.RECORDER:
            raise ValueError(_("an entry of kind recorder must have its payload"))
        return
    if len(salt) != SALT_SIZE:
        raise ValueError(
            _("the salt has {n} bytes, not {size}").format(n=len(salt), size=SALT_SIZE)
        )
    if commitment(salt, body) != digest:
        raise ValueError(_("the payload is not the one that the entry commits to"))
    if kind.has_event:
        payload.validate_event(body)
    elif kind is EntryKind.HANDOVER:
        payload.decode_handover(body)
    elif kind.has_target:
        payload.decode_reason(body)
    else:
        payload.decode_appointment(body)


def signed_bytes(raw: bytes) -> bytes:
    """Return the bytes that the recorder of a header signs."""
    # Quotes in a string are escaped: only the key itself matches.
    return SIGNATURE_DOMAIN + re.sub(rb',"signature":"[0-9a-f]*"', b"", raw)


def verify_signature(raw: bytes, key: str | None, signature: str | None) -> None:
    """Raise `ValueError` unless a header is signed by its key."""
    if key is None or signature is None:
        raise ValueError(_("key and signature must both be present or both be missing"))
    from orderwatch.log.formats.signed_note import verify_ed25519

    public, value = bytes.fromhex(key), bytes.fromhex(signature)
    if not verify_ed25519(public, value, signed_bytes(raw)):
        raise ValueError(_("its signature is not by the key that it names"))


def commitment(salt: bytes, body: bytes) -> str:
    """Compute the salted commitment to a payload."""
    return sha256(DOMAIN + salt + body).hexdigest()


def encode_header(header: Header) -> bytes:
    """Encode a header; raise `ValueError` if it could not be decoded again."""
    value: dict[str, canonical.Json] = {
        "id": header.id,
        "kind": header.kind,
        "payload": header.payload,
        "recorded": timestamp(header.recorded),
        "recorder": header.recorder,
        "schema": SCHEMA,
    }
    optional: dict[str, canonical.Json] = {
        "key": header.key,
        "private": header.private or None,
        "signature": header.signature,
        "target": header.target,
    }
    value |= {key: item for key, item in optional.items() if item is not None}
    raw = canonical.encode(value)
    decode_header(raw)
    return raw


def decode_header(raw: bytes) -> Header:
    """Decode a header; raise `ValueError` unless the bytes are canonical."""
    return _build_header(header_fields(raw))


def header_fields(raw: bytes) -> HeaderFields:
    """Parse the fields of a header; raise `ValueError` as `decode_header` does."""
    text = raw.decode()
    match = _HEADER.fullmatch(text)
    if match is None:
        if f'"schema":"{SCHEMA}"' not in text:
            raise ValueError(_("the entry does not have the schema {schema}").format(schema=SCHEMA))
        raise ValueError(_("the entry is not in its canonical form"))
    uid, key, name, digest, private, recorded, recorder, signature, target = match.groups()
    kind = _KINDS.get(name)
    if kind is None:
        raise ValueError(_("unknown kind of entry {kind!r}").format(kind=name))
    # An event has no target: most entries need no more than a comparison.
    if (kind is not EntryKind.EVENT and kind.has_target) is (target is None):
        raise ValueError(
            _("an amendment or a handover must have a target, and no other entry may have one")
        )
    if private and kind is EntryKind.RECORDER:
        raise ValueError(_("an entry of kind recorder is never private"))
    datetime.fromisoformat(recorded)
    return uid, key, kind, digest, private is not None, recorded, recorder, signature, target


def is_plain_event(raw: bytes, uid: bytes, digest: str, recorded: bytes) -> bool:
    """Return whether a header certainly is that of an unsigned event with these values.

    `False` means "parse it", which takes twice as long. `uid` has the 16 bytes of its id.
    """
    name, time = uid.hex(), recorded.decode()
    head = (
        f'{{"id":"{name[:8]}-{name[8:12]}-{name[12:16]}-{name[16:20]}-{name[20:]}",'
        f'"kind":"event","payload":"{digest}","recorded":"{time}",'
    ).encode()
    return (
        raw.startswith(head)
        and len(name) == _UUID_DIGITS
        and name[12] == "7"
        and name[16] in "89ab"
        and _PLAIN_TIME.fullmatch(time) is not None
        and bool(datetime.fromisoformat(time))
        and _is_plain_tail(raw[len(head) :])
    )


@lru_cache(maxsize=1_000)
def _is_plain_tail(tail: bytes) -> bool:
    """Return whether a header ends like this if it has neither signature nor target."""
    return _PLAIN_TAIL.fullmatch(tail.decode()) is not None


def _build_header(fields: HeaderFields) -> Header:
    uid, key, kind, digest, private, recorded, recorder, signature, target = fields
    return Header(
        id=uid,
        kind=kind,
        recorded=datetime.fromisoformat(recorded),
        recorder=json.loads(recorder) if "\\" in recorder else recorder[1:-1],
        payload=digest,
        target=target,
        private=private,
        key=key,
        signature=signature,
    )


def decode(  # noqa: PLR0913 - what the log has of it
    seq: int,
    entry: Entry,
    effects: tuple[Effect, ...] = (),
    void_effects: tuple[Effect, ...] = (),
    *,
    counts: bool = True,
    private: bool = False,
    withheld: bool = False,
) -> StoredEntry:
    """Decode an entry; raise `ValueError` if its payload is invalid.

    `counts` is false for an amendment without effect, `private` is whether another header
    of its chain of targets is private, `withheld` whether its payload can still come.
    """
    header = entry.header
    event, why, appointment, handover = None, None, None, None
    if entry.payload is not None:
        if header.kind.has_event:
            event = payload.decode_event(entry.payload, uid=header.id, seq=seq)
        elif header.kind is EntryKind.HANDOVER:
            handover = payload.decode_handover(entry.payload)
        elif header.kind.has_target:
            why = payload.decode_reason(entry.payload)
        else:
            appointment = payload.decode_appointment(entry.payload)
    return StoredEntry(
        seq=seq,
        header=header,
        raw=entry.raw,
        event=event,
        why=why,
        redacted=entry.payload is None and not withheld,
        withheld=withheld,
        effects=tuple(item for item in effects if item.kind is not EntryKind.HANDOVER),
        handovers=tuple(item for item in effects if item.kind is EntryKind.HANDOVER),
        void_effects=void_effects,
        counts=counts,
        appointment=appointment,
        handover=handover,
        private=private or header.private,
    )


def timestamp(instant: datetime) -> str:
    """Format an instant as in headers: RFC 3339, UTC, milliseconds."""
    naive = instant.astimezone(UTC).replace(tzinfo=None)
    return f"{naive.isoformat(timespec='milliseconds')}Z"


def uuid7(now: datetime, random_bits: int, previous: str | None = None) -> str:
    """Return a UUIDv7 of an instant and 74 random bits, later than `previous`."""
    value = ((now - _EPOCH) // _MILLISECOND) << 74 | random_bits & _RANDOM_MASK
    if previous is not None:
        value = max(value, _uuid_ordinal(previous) + 1)
    high, low = value >> 62, value & ((1 << 62) - 1)
    bits = (high >> 12) << 80 | 7 << 76 | (high & 0xFFF) << 64 | 2 << 62 | low
    return str(UUID(int=bits))


def _uuid_ordinal(uid: str) -> int:
    """Return an id as an integer, without version and variant."""
    bits = UUID(uid).int
    return (bits >> 80) << 74 | (bits >> 64 & 0xFFF) << 62 | bits & ((1 << 62) - 1)
