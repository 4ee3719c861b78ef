"""`log add`, `correct`, `retract`, `redact`: what makes the log grow."""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from orderwatch import clock
from orderwatch.cli import draft, given, kept
from orderwatch.cli.event_options import (
    About,
    Archive,
    Attach,
    By,
    Ends,
    Entry,
    ExtendsTo,
    Finding,
    FromFile,
    Further,
    Kind,
    On,
    Private,
    Scale,
    Source,
    Speaker,
    Style,
    Summary,
    Trigger,
    Why,
)
from orderwatch.cli.event_options import OfRole as Role
from orderwatch.cli.options import settings
from orderwatch.cli.past import ahead, versions
from orderwatch.cli.record import Record, log_of, record
from orderwatch.cli.terminal import streams
from orderwatch.cli.terminal.formats import Format
from orderwatch.errors import UsageError
from orderwatch.ledger import entry, payload
from orderwatch.ledger.entry import EntryKind, Header, Recorded
from orderwatch.ledger.store import Placed
from orderwatch.model import Event
from orderwatch.settings import Settings


def add(
    ctx: typer.Context,
    about: About = None,
    kind: Kind = None,
    on: On = None,
    speaker: Speaker = None,
    role: Role = None,
    by: By = None,
    source: Source = None,
    further: Further = None,
    archive: Archive = None,
    summary: Summary = None,
    finding: Finding = None,
    scale: Scale = None,
    extends_to: ExtendsTo = None,
    trigger: Trigger = None,
    ends: Ends = False,
    private: Private = False,
    attach: Attach = None,
    file: FromFile = None,
    style: Style = None,
) -> None:
    """Append one event to the log.

    What is missing is asked for, if a person sits at a terminal.

    For example:
      orderwatch log add rafah/3
      orderwatch log add rafah/3 --kind submission --on 2024-06-24
      orderwatch log add --file event.json
    """
    chosen = settings(ctx)
    known = record(chosen)
    typed = given.draft(ctx.params, file)
    if streams.conversing() and file is None:
        from orderwatch.cli.ask import complete

        typed = complete(typed, known)
    _append(chosen, known, typed, attach or (), EntryKind.EVENT, style)


def correct(
    ctx: typer.Context,
    entry_name: Entry,
    about: Annotated[
        list[str] | None,
        typer.Option("--about", metavar="ID", help="What it is about, anew."),
    ] = None,
    kind: Kind = None,
    on: On = None,
    speaker: Speaker = None,
    role: Role = None,
    by: By = None,
    source: Source = None,
    further: Further = None,
    archive: Archive = None,
    summary: Summary = None,
    finding: Finding = None,
    scale: Scale = None,
    extends_to: ExtendsTo = None,
    trigger: Trigger = None,
    ends: Ends = False,
    private: Private = False,
    attach: Attach = None,
    file: FromFile = None,
    style: Style = None,
) -> None:
    """Append an event that takes the place of an older one.

    What is not given is as it was; what is given as empty is taken away. The old one
    stays in the history.

    For example:
      orderwatch log correct 3 --on 2024-06-25
      orderwatch log correct 3 --archive https://archive.example/1 --attach page.pdf
    """
    chosen = settings(ctx)
    known = record(chosen)
    typed = given.draft(ctx.params, file)
    if not typed and not attach:
        raise UsageError("say what is to be corrected, such as --on 2024-06-25")
    with log_of(chosen) as log:
        old = log.get(log.find(entry_name))
    if old.event is None:
        raise UsageError(
            f"entry {old.seq} holds no event that could be corrected: `orderwatch log "
            f"show {old.seq}` says what it does"
        )
    typed = {**given.as_before(old, known, typed), **typed}
    _append(chosen, known, typed, attach or (), EntryKind.CORRECTION, style, old)


def retract(
    ctx: typer.Context, entry_name: Entry, why: Why, style: Style = None
) -> None:
    """Append that an entry counts no longer.

    It stays in the history.

    For example:
      orderwatch log retract 3 --why "the source withdrew it"
      orderwatch log retract 3 --why "recorded twice" --format json
    """
    chosen = settings(ctx)
    with log_of(chosen) as log:
        old = log.get(log.find(entry_name))
    body = _encoded(lambda: payload.encode_why(why))
    placed, uid = _sealed(chosen, EntryKind.RETRACTION, body, old)
    _tell(placed, uid, f"retracts entry {old.seq}", style)


def redact(
    ctx: typer.Context,
    entry_name: Entry,
    why: Why,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    style: Style = None,
) -> None:
    """Remove for good what an entry says.

    That it was recorded stays provable. Copies that were exported, published or
    backed up before are out of reach.

    For example:
      orderwatch log redact 3 --why "a witness at risk"
      orderwatch log redact 3 --why "a court told us to" --yes
    """
    chosen = settings(ctx)
    with log_of(chosen) as log:
        old = log.get(log.find(entry_name))
    if old.redacted:
        raise UsageError(
            f"entry {old.seq} was redacted already: `orderwatch log show {old.seq}` "
            "names the entry that did it"
        )
    body = _encoded(lambda: payload.encode_why(why))
    if not yes:
        if not streams.conversing():
            raise UsageError("redaction cannot be undone: give --yes to mean it")
        from orderwatch.cli.terminal.prompt import sure

        if not sure(f"Remove what entry {old.seq} says, for good?"):
            streams.tell("Nothing was removed.")
            raise typer.Exit(130)
    placed, uid = _sealed(chosen, EntryKind.REDACTION, body, old)
    kept.forget(chosen, old.event.attachments if old.event else ())
    _tell(placed, uid, f"redacts entry {old.seq}", style)
    with log_of(chosen) as log:
        if left := [item.seq for item in versions(log, old) if not item.redacted]:
            names = ", ".join(str(seq) for seq in sorted(left))
            streams.advise(
                "other versions of it still say what they said, and may need the "
                f"same: entry {names}"
            )


def _append(
    chosen: Settings,
    known: Record,
    typed: dict[str, Any],
    files: Sequence[Path],
    kind: EntryKind,
    style: Format | None,
    old: Recorded | None = None,
) -> None:
    event = draft.event(typed, known, uid="")
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
