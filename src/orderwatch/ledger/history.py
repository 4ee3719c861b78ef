"""Entries of the log as events, each with what later entries did to it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from orderwatch.ledger.entry import EntryKind, Recorded
from orderwatch.ledger.log import SqlLog
from orderwatch.model import Event, EventKind, Origin, Role

_CLOCK_TOLERANCE = timedelta(minutes=5)
"""Clock difference between two machines that causes no warning."""
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


def revisions(log: SqlLog[Any], entry: Recorded) -> Iterator[Recorded]:
    """Yield the entries that an entry corrects, then the entries that correct it."""
    older, newer = entry, entry
    while older.header.kind is EntryKind.CORRECTION:
        older = log.get(log.find(str(older.header.target)))
        yield older
    while corrections := [
        effect for effect in newer.effects if effect.kind is EntryKind.CORRECTION
    ]:
        newer = log.get(corrections[0].seq)
        yield newer


def clock_skew_warning(log: SqlLog[Any], now: datetime) -> str | None:
    """Return a warning if the newest entry seems to be recorded in the future."""
    size = log.head().size
    if size == 0:
        return None
    last = log.get(size).header.recorded
    if last <= now + _CLOCK_TOLERANCE:
        return None
    return (
        f"entry {size} says that it was recorded at {last:%Y-%m-%d %H:%M} UTC, and the "
        f"clock of this machine shows {now:%Y-%m-%d %H:%M} UTC: one of the two is wrong"
        " (`--known-on` goes by what entries say, the order of the log does not)"
    )
