"""`log correct`: replace an event by a right one."""

from typing import Annotated, Unpack

import typer

from orderwatch import event_input
from orderwatch.cli.commands.log._append import (
    Entry,
    EventOptions,
    append_event,
    event_settings,
    read_event,
    with_event_options,
)
from orderwatch.errors import UsageError
from orderwatch.model.entry import EntryKind
from orderwatch.snapshot import Snapshot
from orderwatch.translation import _, mark


@with_event_options
def correct(
    ctx: typer.Context,
    entry_name: Entry,
    about: Annotated[
        list[str] | None,
        typer.Option(
            "--about", metavar="ID", help=mark("Ids that replace the former ones; repeatable.")
        ),
    ] = None,
    **options: Unpack[EventOptions],
) -> None:
    """Append an event that takes the place of an older one.

    What is not given is as it was; what is given as empty is taken away. The old one
    stays in the history.

    For example:
      orderwatch log correct 3 --on 2024-06-25
      orderwatch log correct 3 --archive https://archive.example/1 --attach page.pdf
    """
    with Snapshot(
        event_settings(ctx, options), write=True, accept_cut=options["accept_cut"]
    ) as snapshot:
        raw = read_event(ctx, snapshot, options["file"])
        if not raw and not options["attach"] and not options["capture"]:
            raise UsageError(_("nothing to correct: set a field, such as --on 2024-06-25"))
        target = snapshot.entry(entry_name)
        if target.event is None:
            text = _("entry {n} has no event to correct; see `orderwatch log show {n}`")
            raise UsageError(text.format(n=target.seq))
        snapshot.require_amendable(EntryKind.CORRECTION, target)
        raw = {**event_input.from_entry(target, snapshot, raw), **raw}
        append_event(snapshot, raw, options, target)
