"""An entry of the log: its header, and what later entries did to it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from orderwatch.model import Event, EventKind, Origin, Role


class EntryKind(StrEnum):
    """What an entry does."""

    EVENT = "event"
    CORRECTION = "correction"
    """Its event takes the place of the target's."""
    RETRACTION = "retraction"
    """The target counts no longer."""
    REDACTION = "redaction"
    """The target counts no longer, and its payload is gone."""

    @property
    def has_event(self) -> bool:
        """Whether its payload is an event; else it is a reason."""
        return self is EntryKind.EVENT or self is EntryKind.CORRECTION

    def may_name(self, target: "EntryKind") -> bool:
        """Tell whether an entry of this kind can have such a target."""
        return self is EntryKind.REDACTION or target.has_event


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What stays of an entry for good."""

    id: str
    """A UUIDv7."""
    kind: EntryKind
    recorded: datetime
    """In UTC, to the millisecond."""
    recorder: str
    """Who recorded it."""
    payload: str
    """The commitment to the payload, in hexadecimal."""
    target: str | None = None
    """The id of the older entry that it corrects, retracts or redacts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry, whole, or without its payload if that was redacted."""

    header: Header
    raw: bytes
    """The header's bytes: the leaf of the tree."""
    salt: bytes | None
    payload: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a later entry did to one."""

    seq: int
    """The place of the later entry."""
    id: str
    kind: EntryKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """An entry in its place, read."""

    seq: int
    header: Header
    raw: bytes
    event: Event | None = None
    """`None` if it was redacted, or is a retraction or a redaction."""
    why: str | None = None
    """Of a retraction or a redaction, unless that was redacted itself."""
    private: bool = False
    """Not to be published."""
    redacted: bool = False
    effects: tuple[Effect, ...] = ()
    """What later entries did to it, as far as was asked."""

    @property
    def counts(self) -> bool:
        """Whether it is an event that no later entry touched."""
        return self.header.kind.has_event and not self.effects and not self.redacted


_EFFECT_PHRASES = {
    EntryKind.CORRECTION: "corrected by entry {}",
    EntryKind.RETRACTION: "retracted by entry {}",
    EntryKind.REDACTION: "redacted by entry {}",
}


def to_event(entry: Recorded) -> Event:
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


def placeholder_summary(entry: Recorded) -> str:
    """Return the summary shown for an entry without an event."""
    if entry.redacted:
        return f"[{entry.header.kind} whose text was redacted]"
    return f"[{entry.header.kind} of {entry.header.target}] {entry.why}"


def amended_by(entry: Recorded) -> str | None:
    """Return phrases for what later entries did to an entry."""
    return "; ".join(_amendments(entry)) or None


def _amendments(entry: Recorded) -> Iterator[str]:
    for effect in entry.effects:
        yield _EFFECT_PHRASES[effect.kind].format(effect.seq)
