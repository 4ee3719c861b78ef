"""`log add`: record an event."""

import typer

from orderwatch import event_input
from orderwatch.cli.commands.log._append import append_event, read_file
from orderwatch.cli.commands.log._options import (
    About,
    Archive,
    Attach,
    By,
    Ends,
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
)
from orderwatch.cli.commands.log._options import OfRole as Role
from orderwatch.cli.options import settings
from orderwatch.cli.terminal import streams
from orderwatch.model.entry import EntryKind
from orderwatch.snapshot import Snapshot


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
    with Snapshot(settings(ctx), write=True) as snapshot:
        raw = event_input.merge_input(ctx.params, file, read_file(file))
        if streams.is_interactive() and file is None:
            from orderwatch.cli.commands.log._form import fill_missing

            raw = fill_missing(raw, snapshot)
        append_event(snapshot, raw, attach or (), EntryKind.EVENT, style)
