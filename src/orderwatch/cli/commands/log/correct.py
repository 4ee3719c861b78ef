"""`log correct`: replace an event by a right one."""

from typing import Annotated

import typer

from orderwatch import event_input
from orderwatch.cli.commands.log._append import append_event, read_file
from orderwatch.cli.commands.log._options import (
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
)
from orderwatch.cli.commands.log._options import OfRole as Role
from orderwatch.cli.options import settings
from orderwatch.errors import UsageError
from orderwatch.model.entry import EntryKind
from orderwatch.snapshot import Snapshot


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
    with Snapshot(settings(ctx), write=True) as snapshot:
        raw = event_input.merge_input(ctx.params, file, read_file(file))
        if not raw and not attach:
            raise UsageError("say what is to be corrected, such as --on 2024-06-25")
        target = snapshot.log.get(snapshot.log.resolve(entry_name))
        if target.event is None:
            raise UsageError(
                f"entry {target.seq} holds no event that could be corrected: "
                f"`orderwatch log show {target.seq}` says what it does"
            )
        raw = {**event_input.from_entry(target, snapshot, raw), **raw}
        append_event(snapshot, raw, attach or (), EntryKind.CORRECTION, style, target)
