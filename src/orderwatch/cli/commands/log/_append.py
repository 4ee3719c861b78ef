"""Append an entry that an option, a file or an answer gave."""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from orderwatch import clock, event_input
from orderwatch.cli import kept
from orderwatch.cli.past import ahead
from orderwatch.cli.terminal import streams
from orderwatch.cli.terminal.formats import Format
from orderwatch.errors import UsageError
from orderwatch.ledger import entry, payload
from orderwatch.ledger.entry import EntryKind, Header, Recorded
from orderwatch.ledger.store import Placed
from orderwatch.model import Event
from orderwatch.settings import Settings
from orderwatch.snapshot import Record, log_of


def _append(
    chosen: Settings,
    known: Record,
    typed: dict[str, Any],
    files: Sequence[Path],
    kind: EntryKind,
    style: Format | None,
    old: Recorded | None = None,
) -> None:
    event = event_input.event(typed, known, uid="")
    private = bool(typed.get("private"))
    # Said before a file is kept: what cannot be recorded leaves nothing behind.
    _body(event, private=private)
    before = old.event.attachments if old and old.event else ()
    with kept.keep(chosen, files) as new:
        event = replace(event, attachments=tuple(dict.fromkeys(before + new)))
        placed, uid = _sealed(chosen, kind, _body(event, private=private), old)
    done = f"corrects entry {old.seq}" if old else "is recorded"
    _tell(placed, uid, done, style)


def _body(event: Event, *, private: bool) -> bytes:
    return _encoded(lambda: payload.encode_event(event, private=private))


def _encoded(make: Any) -> bytes:  # noqa: ANN401 - a function without arguments
    try:
        return bytes(make())
    except ValueError as error:
        raise UsageError(f"nothing was recorded: {error}") from error


def _sealed(
    chosen: Settings, kind: EntryKind, body: bytes, old: Recorded | None
) -> tuple[Placed, str]:
    now = clock.now()
    uid = entry.uuid7(now, secrets.randbits(74))
    header = Header(
        id=uid,
        kind=kind,
        recorded=now,
        recorder=chosen.recorder.value or "unknown",
        payload="",
        target=old.header.id if old else None,
    )
    try:
        sealed = entry.seal(header, body, secrets.token_bytes(entry.SALT_SIZE))
    except ValueError as error:
        raise UsageError(f"nothing was recorded: {error}") from error
    with log_of(chosen, write=True) as log:
        warning = ahead(log, now)
        placed = log.append(sealed)
    if warning:
        streams.advise(warning)
    return placed, uid


def _tell(placed: Placed, uid: str, done: str, style: Format | None) -> None:
    from base64 import b64encode

    root, leaf = (b64encode(part).decode() for part in (placed.root, placed.leaf))
    sure = f"entry {placed.seq} {done}, and stays: do not add it again"
    if style is not Format.JSON:
        from orderwatch.render.phrases import count

        streams.report(
            f"Entry {placed.seq} {done} ({uid}).\n"
            f"The log has {count(placed.size, 'entry', 'entries')}, root {root}\n",
            sure,
        )
        return
    from orderwatch.render import json

    streams.report(
        json.text(
            {
                "schema": "orderwatch/entry/1",
                "id": uid,
                "seq": placed.seq,
                "leaf": leaf,
                "root": root,
                "size": placed.size,
            }
        ),
        sure,
    )
