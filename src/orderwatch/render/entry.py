"""One entry of the log, as plain text and as JSON."""

from base64 import b64encode

from orderwatch.ledger.entry import Recorded
from orderwatch.ledger.history import event, fate
from orderwatch.ledger.tree import leaf_hash


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
