"""Entries of the log as events, each with what later entries did to it."""

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from orderwatch.ledger.entry import EntryKind, Recorded
from orderwatch.ledger.log import SqlLog
from orderwatch.ledger.tree import leaf_hash
from orderwatch.model import Event, EventKind, Origin, Role

_DRIFT = timedelta(minutes=5)
"""By which the clocks of two machines differ without a word."""
_DONE = {
    EntryKind.CORRECTION: "corrected by entry {}",
    EntryKind.RETRACTION: "retracted by entry {}",
    EntryKind.REDACTION: "redacted by entry {}",
}


def event(item: Recorded) -> Event:
    """Show an entry as an event, one that holds none too."""
    found = item.event or Event(
        id=item.header.id,
        on=item.header.recorded.date(),
        kind=EventKind.NOTE,
        speaker=item.header.recorder,
        role=Role.OTHER,
        summary=said(item),
        origin=Origin.LOG,
        seq=item.seq,
    )
    return replace(
        found,
        recorded=item.header.recorded,
        recorder=item.header.recorder,
        fate=fate(item),
    )


def said(item: Recorded) -> str:
    """Say what an entry without an event does, and why."""
    if item.redacted:
        return f"[{item.header.kind} whose text was redacted]"
    return f"[{item.header.kind} of {item.header.target}] {item.why}"


def fate(item: Recorded) -> str | None:
    """Say what later entries did to one."""
    return "; ".join(_done(item)) or None


def _done(item: Recorded) -> Iterator[str]:
    for effect in item.effects:
        yield _DONE[effect.kind].format(effect.seq)


def versions(log: SqlLog[Any], item: Recorded) -> Iterator[Recorded]:
    """Yield what an entry corrected, and what corrected it, one after the other."""
    older, newer = item, item
    while older.header.kind is EntryKind.CORRECTION:
        older = log.get(log.find(str(older.header.target)))
        yield older
    while later := [e for e in newer.effects if e.kind is EntryKind.CORRECTION]:
        newer = log.get(later[0].seq)
        yield newer


def ahead(log: SqlLog[Any], now: datetime) -> str | None:
    """Say that the newest entry seems to come from the future; nothing is refused."""
    size = log.head().size
    if size == 0:
        return None
    last = log.get(size).header.recorded
    if last <= now + _DRIFT:
        return None
    return (
        f"entry {size} says that it was recorded at {last:%Y-%m-%d %H:%M} UTC, and the "
        f"clock of this machine shows {now:%Y-%m-%d %H:%M} UTC: one of the two is wrong"
        " (`--known-on` goes by what entries say, the order of the log does not)"
    )


def fields(item: Recorded) -> dict[str, object]:
    """Describe one entry as `orderwatch/log-entry/1`."""
    from orderwatch.render.parts import event as described
    from orderwatch.render.phrases import instant

    header = item.header
    return {
        "schema": "orderwatch/log-entry/1",
        "id": header.id,
        "seq": item.seq,
        "kind": header.kind.value,
        "target": header.target,
        "recorded": instant(header.recorded),
        "recorder": header.recorder,
        "leaf": b64encode(leaf_hash(item.raw)).decode(),
        "payload": header.payload,
        "redacted": item.redacted,
        "private": item.private,
        "why": item.why,
        "event": described(event(item)) if item.event else None,
        "effects": [
            {"id": one.id, "seq": one.seq, "kind": one.kind.value}
            for one in item.effects
        ],
    }


def told(item: Recorded) -> str:
    """Describe one entry in lines of `field: value`."""
    from orderwatch.render import blocks

    header = item.header
    block = [
        ("entry", str(item.seq)),
        ("id", header.id),
        ("does", header.kind.value),
        ("target", header.target),
        ("recorded", f"{header.recorded:%Y-%m-%d %H:%M:%S} UTC"),
        ("recorder", header.recorder),
        ("leaf (SHA-256)", b64encode(leaf_hash(item.raw)).decode()),
        ("payload (SHA-256, salted)", header.payload),
        ("private", "yes" if item.private else None),
        ("why", item.why),
        ("text", "redacted: it is gone" if item.redacted else None),
        ("later", fate(item)),
    ]
    text = blocks.text(block)
    if item.event is not None:
        text += "\n" + blocks.text(blocks.event(item.event))
    return text
