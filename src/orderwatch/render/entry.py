"""One entry of the log, as plain text and as JSON."""

from base64 import b64encode

from orderwatch.model.entry import StoredEntry, amended_by, to_event


def entry_json(entry: StoredEntry, leaf: bytes) -> dict[str, object]:
    """Return an entry and its leaf hash as `orderwatch/log-entry/1`."""
    from orderwatch.render.parts import event as event_json
    from orderwatch.render.phrases import timestamp

    header = entry.header
    return {
        "schema": "orderwatch/log-entry/1",
        "id": header.id,
        "seq": entry.seq,
        "kind": header.kind.value,
        "target": header.target,
        "recorded": timestamp(header.recorded),
        "recorder": header.recorder,
        "leaf": b64encode(leaf).decode(),
        "payload": header.payload,
        "redacted": entry.redacted,
        "private": entry.private,
        "why": entry.why,
        "event": event_json(to_event(entry)) if entry.event else None,
        "effects": [
            {"id": effect.id, "seq": effect.seq, "kind": effect.kind.value}
            for effect in entry.effects
        ],
    }


def entry_plain(entry: StoredEntry, leaf: bytes) -> str:
    """Render an entry and its leaf hash as lines of `field: value`."""
    from orderwatch.render import blocks

    header = entry.header
    block = [
        ("entry", str(entry.seq)),
        ("id", header.id),
        ("does", header.kind.value),
        ("target", header.target),
        ("recorded", f"{header.recorded:%Y-%m-%d %H:%M:%S} UTC"),
        ("recorder", header.recorder),
        ("leaf (SHA-256)", b64encode(leaf).decode()),
        ("payload (SHA-256, salted)", header.payload),
        ("private", "yes" if entry.private else None),
        ("why", entry.why),
        ("text", "redacted: it is gone" if entry.redacted else None),
        ("later", amended_by(entry)),
    ]
    text = blocks.render_block(block)
    if entry.event is not None:
        text += "\n" + blocks.render_block(blocks.event_block(entry.event))
    return text
