"""Append an entry that an option, a file or an answer gave."""

import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from orderwatch import clock, event_input
from orderwatch.cli.terminal import streams
from orderwatch.cli.terminal.formats import Format
from orderwatch.errors import UsageError
from orderwatch.frozen import replace
from orderwatch.log.formats import entry, payload
from orderwatch.log.history import clock_skew_warning
from orderwatch.log.types import Appended
from orderwatch.model import Event
from orderwatch.model.entry import EntryKind, Header, StoredEntry
from orderwatch.settings.types import Settings
from orderwatch.snapshot import Snapshot, add_evidence, open_log


def _append_event(
    config: Settings,
    snapshot: Snapshot,
    raw: dict[str, Any],
    paths: Sequence[Path],
    kind: EntryKind,
    output_format: Format | None,
    target: StoredEntry | None = None,
) -> None:
    event = event_input.build_event(raw, snapshot, uid="")
    private = bool(raw.get("private"))
    # Validate before files are stored, so that invalid input leaves none behind.
    _encode_event(event)
    previous = target.event.attachments if target and target.event else ()
    with add_evidence(config, paths) as attachments:
        event = replace(event, attachments=tuple(dict.fromkeys(previous + attachments)))
        result, uid = append_entry(
            config, kind, _encode_event(event), target, private=private
        )
    action = f"corrects entry {target.seq}" if target else "is recorded"
    _print_result(result, uid, action, output_format)


def _encode_event(event: Event) -> bytes:
    return _encode(lambda: payload.encode_event(event))


def _encode(encode: Any) -> bytes:  # noqa: ANN401 - a function without arguments
    try:
        return bytes(encode())
    except ValueError as error:
        raise UsageError(f"nothing was recorded: {error}") from error


def append_entry(
    config: Settings,
    kind: EntryKind,
    body: bytes,
    target: StoredEntry | None,
    *,
    private: bool = False,
) -> tuple[Appended, str]:
    now = clock.now()
    uid = entry.uuid7(now, secrets.randbits(74))
    header = Header(
        id=uid,
        kind=kind,
        recorded=now,
        recorder=config.recorder.value or "unknown",
        payload="",
        target=target.header.id if target else None,
        private=private,
    )
    try:
        new_entry = entry.create(header, body, secrets.token_bytes(entry.SALT_SIZE))
    except ValueError as error:
        raise UsageError(f"nothing was recorded: {error}") from error
    with open_log(config, write=True) as log:
        warning = clock_skew_warning(log, now)
        result = log.append(new_entry)
    if warning:
        streams.print_hint(warning)
    return result, uid


def _print_result(
    result: Appended, uid: str, action: str, output_format: Format | None
) -> None:
    from base64 import b64encode

    root, leaf = (b64encode(digest).decode() for digest in (result.root, result.leaf))
    outcome = f"entry {result.seq} {action}, and stays: do not add it again"
    if output_format is not Format.JSON:
        from orderwatch.render.phrases import count

        streams.write_outcome(
            f"Entry {result.seq} {action} ({uid}).\n"
            f"The log has {count(result.size, 'entry', 'entries')}, root {root}\n",
            outcome,
        )
        return
    from orderwatch.render import json

    streams.write_outcome(
        json.text(
            {
                "schema": "orderwatch/entry/1",
                "id": uid,
                "seq": result.seq,
                "leaf": leaf,
                "root": root,
                "size": result.size,
            }
        ),
        outcome,
    )


def read_file(name: str | None) -> bytes:
    """Read the file of an event; empty where none is named."""
    return b"" if name is None else streams.read_input(name, event_input.INPUT_MAX)
