"""Append an event that an option, a file or an answer gave."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from orderwatch import event_input
from orderwatch.cli.terminal import streams
from orderwatch.cli.terminal.formats import Format
from orderwatch.frozen import replace
from orderwatch.model.entry import EntryKind, StoredEntry
from orderwatch.snapshot import AppendedEntry, Snapshot, encode_event


def append_event(
    snapshot: Snapshot,
    raw: dict[str, Any],
    paths: Sequence[Path],
    kind: EntryKind,
    output_format: Format | None,
    target: StoredEntry | None = None,
) -> None:
    """Validate input, store its files, append the event and print its place."""
    event = event_input.build_event(raw, snapshot)
    private = bool(raw.get("private"))
    # Validate before files are stored, so that invalid input leaves none behind.
    encode_event(event)
    previous = target.event.attachments if target and target.event else ()
    with snapshot.add_evidence(paths) as attachments:
        event = replace(event, attachments=tuple(dict.fromkeys(previous + attachments)))
        body = encode_event(event)
        result = snapshot.append_entry(kind, body, target, private=private)
    action = f"corrects entry {target.seq}" if target else "is recorded"
    print_result(result, action, output_format)


def print_result(
    result: AppendedEntry, action: str, output_format: Format | None
) -> None:
    """Print the place of a new entry and the root of the log."""
    from base64 import b64encode

    if result.warning:
        streams.print_hint(result.warning)
    root, leaf = (b64encode(digest).decode() for digest in (result.root, result.leaf))
    outcome = f"entry {result.seq} {action}, and stays: do not add it again"
    if output_format is not Format.JSON:
        from orderwatch.render.phrases import count

        streams.write_outcome(
            f"Entry {result.seq} {action} ({result.id}).\n"
            f"The log has {count(result.size, 'entry', 'entries')}, root {root}\n",
            outcome,
        )
        return
    from orderwatch.render import documents, json

    streams.write_outcome(
        json.text(
            documents.EntryDocument(
                schema="orderwatch/entry/1",
                id=result.id,
                seq=result.seq,
                leaf=leaf,
                root=root,
                size=result.size,
            )
        ),
        outcome,
    )


def read_file(name: str | None) -> bytes:
    """Read the file of an event; empty where none is named."""
    return b"" if name is None else streams.read_input(name, event_input.INPUT_MAX)
