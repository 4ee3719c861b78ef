"""Small invented entries for tests of the log."""

from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from itertools import count

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from orderwatch.frozen import replace
from orderwatch.log.formats import entry, jsonl, payload
from orderwatch.model import Event, EventKind
from orderwatch.model.entry import Appointment, Entry, EntryKind, Handover, Header, Rank
from tests.support import build

START = datetime(2024, 5, 24, 12, tzinfo=UTC)
LIGHTHOUSE = "999/2024-05-24/3"
DAY = date(2024, 5, 24)


class Scribe:
    """Somebody who records one entry each second."""

    def __init__(self, name: str = "Ana", seed: bytes | None = None) -> None:
        self.name = name
        self._seed = seed
        self._numbers = count()
        self._last: str | None = None

    def event(
        self,
        summary: str = "Says that something has happened.",
        *about: str,
        private: bool = False,
        speaker: str = "Atlantis",
        kind: EventKind = EventKind.STATEMENT,
        on: date = DAY,
    ) -> Entry:
        """Record something new."""
        event = build.event(
            on,
            *(about or (LIGHTHOUSE,)),
            kind=kind,
            speaker=speaker,
            summary=summary,
        )
        return self.of(event, private=private)

    def of(self, event: Event, *, private: bool = False) -> Entry:
        """Record an event."""
        body = payload.encode_event(event)
        return self._seal(EntryKind.EVENT, body, None, private=private)

    def correct(
        self, target: Entry, summary: str = "Says something else.", *, private: bool = False
    ) -> Entry:
        """Record that something else is true."""
        event = build.event(DAY, LIGHTHOUSE, summary=summary)
        body = payload.encode_event(event)
        return self._seal(EntryKind.CORRECTION, body, target, private=private)

    def retract(self, target: Entry) -> Entry:
        """Record that an entry counts no longer."""
        body = payload.encode_reason("It was another lighthouse.")
        return self._seal(EntryKind.RETRACTION, body, target)

    def hand_over(self, target: Entry, what: str = "A disk.", *, private: bool = False) -> Entry:
        """Record that an entry changed hands."""
        content = Handover(date=DAY, giver="Ana", receiver="Ben", what=what)
        body = payload.encode_handover(content)
        return self._seal(EntryKind.HANDOVER, body, target, private=private)

    def redact(self, target: Entry) -> Entry:
        """Record that a payload is to go."""
        body = payload.encode_reason("A person is at risk.")
        return self._seal(EntryKind.REDACTION, body, target)

    def _seal(
        self,
        kind: EntryKind,
        body: bytes,
        target: Entry | None,
        *,
        private: bool = False,
    ) -> Entry:
        number = next(self._numbers)
        noise = sha256(f"{self.name} {number}".encode()).digest()
        recorded = START + timedelta(seconds=number)
        self._last = entry.uuid7(recorded, int.from_bytes(noise[:10]), self._last)
        header = Header(
            id=self._last,
            kind=kind,
            recorded=recorded,
            recorder=self.name,
            payload="",
            target=target.header.id if target else None,
            private=private,
        )
        made = entry.create(header, body, noise)
        return made if self._seed is None else signed(made, self._seed)

    def appoint(self, key: str, rank: Rank, log: str) -> Entry:
        """Record the rank of a key in a log."""
        body = payload.encode_appointment(Appointment(log=log, key=key, rank=rank))
        return self._seal(EntryKind.RECORDER, body, None)


def public(seed: bytes) -> str:
    """Compute the public key of a seed."""
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw().hex()


def line(one: Entry) -> bytes:
    """Write the line of an export."""
    return jsonl.encode_line(one.raw, one.salt, one.payload)


def signed(unsigned: Entry, seed: bytes = b"s" * 32) -> Entry:
    """Sign an entry with the key of a seed."""
    key = Ed25519PrivateKey.from_private_bytes(seed)
    header = replace(unsigned.header, key=public(seed))
    message = b"orderwatch/entry/1\0" + entry.encode_header(header)
    header = replace(header, signature=key.sign(message).hex())
    return replace(unsigned, header=header, raw=entry.encode_header(header))
