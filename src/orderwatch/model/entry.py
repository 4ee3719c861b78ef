"""An entry of the log: its header, and what later entries did to it."""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum

from orderwatch.frozen import Frozen, replace
from orderwatch.model import Event, EventKind, Origin, Role


class EntryKind(StrEnum):
    """Kind of an entry."""

    EVENT = "event"
    CORRECTION = "correction"
    """Its event replaces the event of the target."""
    RETRACTION = "retraction"
    """The target no longer counts."""
    REDACTION = "redaction"
    """The target no longer counts, and its payload is removed."""

    @property
    def has_event(self) -> bool:
        """Return whether the payload is an event; else it is a reason."""
        return self is EntryKind.EVENT or self is EntryKind.CORRECTION

    def can_target(self, target: "EntryKind") -> bool:
        """Return whether an entry of this kind can have such a target."""
        return self is EntryKind.REDACTION or target.has_event


class Header(Frozen):
    """Header of an entry; never removed."""

    id: str
    """A UUIDv7."""
    kind: EntryKind
    recorded: datetime
    """In UTC, to the millisecond."""
    recorder: str
    """Name of the recorder."""
    payload: str
    """Commitment to the payload, in hexadecimal."""
    target: str | None = None
    """Id of the older entry that it corrects, retracts or redacts."""
    private: bool = False
    """Whether it must not be published."""
    key: str | None = None
    """Ed25519 public key of the recorder, in hexadecimal."""
    signature: str | None = None
    """Signature by `key`, in hexadecimal."""


class Entry(Frozen):
    """An entry; salt and payload are `None` if the payload was redacted or withheld."""

    header: Header
    raw: bytes
    """Bytes of the header: the leaf of the tree."""
    salt: bytes | None
    payload: bytes | None


class Effect(Frozen):
    """Effect of a later entry on an entry."""

    id: str
    seq: int
    """Sequence number of the later entry."""
    kind: EntryKind


class Amendment(Frozen):
    """A later entry that amends an entry, and when both were recorded."""

    seq: int
    kind: EntryKind
    recorded: datetime
    target: int
    """Sequence number of the amended entry."""
    target_recorded: datetime
    private: bool
    """Whether the amended entry must not be published."""


class ImportedAmendment(Frozen):
    """An imported entry that amends an entry which was in the log before."""

    kind: EntryKind
    target: int
    """Sequence number of the amended entry."""
    recorder: str
    """Who recorded the amendment."""
    key: str | None
    """The public key that signed it, in hexadecimal."""
    foreign: bool
    """Whether the key that signed the target did not sign it too."""


class ImportedRecorder(Frozen):
    """A recorder of imported entries."""

    recorder: str
    """The name."""
    key: str | None
    """The public key that signed them, in hexadecimal."""
    count: int
    """Number of entries."""


class StoredEntry(Frozen):
    """A decoded entry with its sequence number."""

    seq: int
    header: Header
    raw: bytes
    event: Event | None = None
    """`None` if it was redacted or withheld, or is a retraction or a redaction."""
    why: str | None = None
    """Reason of a retraction or redaction; `None` if that was redacted itself."""
    redacted: bool = False
    withheld: bool = False
    """Whether it was imported without its payload, which a later import can bring."""
    effects: tuple[Effect, ...] = ()
    """Effects of later entries, as far as requested."""
    private: bool = False
    """Whether it must not be published: a header of its chain of targets forbids it."""

    @property
    def is_effective(self) -> bool:
        """Return whether it is an event that no later entry amends."""
        return self.event is not None and not self.effects


_EFFECT_PHRASES = {
    EntryKind.CORRECTION: "corrected by entry {}",
    EntryKind.RETRACTION: "retracted by entry {}",
    EntryKind.REDACTION: "redacted by entry {}",
}


def to_event(entry: StoredEntry) -> Event:
    """Convert an entry to an event, also an entry that has none."""
    base = entry.event or Event(
        id=entry.header.id,
        on=entry.header.recorded.date(),
        kind=EventKind.NOTE,
        speaker=entry.header.recorder,
        role=Role.OTHER,
        summary=placeholder_summary(entry),
        origin=Origin.LOG,
        seq=entry.seq,
    )
    return replace(
        base,
        recorded=entry.header.recorded,
        recorder=entry.header.recorder,
        amended_by=amended_by(entry),
    )


def placeholder_summary(entry: StoredEntry) -> str:
    """Return the summary shown for an entry without an event."""
    if entry.redacted:
        return f"[{entry.header.kind} whose text was redacted]"
    if entry.withheld:
        return f"[{entry.header.kind} whose text was withheld]"
    return f"[{entry.header.kind} of {entry.header.target}] {entry.why}"


def amended_by(entry: StoredEntry) -> str | None:
    """Return phrases for what later entries did to an entry."""
    return "; ".join(_amendments(entry)) or None


def _amendments(entry: StoredEntry) -> Iterator[str]:
    for effect in entry.effects:
        yield _EFFECT_PHRASES[effect.kind].format(effect.seq)
