"""`log add`: record an event."""

from typing import Unpack

import typer

from orderwatch.cli.commands.log._append import (
    About,
    EventOptions,
    append_event,
    event_settings,
    read_event,
    with_event_options,
)
from orderwatch.cli.terminal import streams
from orderwatch.snapshot import Snapshot


@with_event_options
def add(
    ctx: typer.Context,
    about: About = None,
    **options: Unpack[EventOptions],
) -> None:
    """Append one event to the log.

    On a terminal it asks for what is missing. The output says what the event counts for.

    For example:
      orderwatch log add rafah/3
      orderwatch log add rafah/3 --kind submission --on 2024-06-24
      orderwatch log add --file event.json
    """
    with Snapshot(
        event_settings(ctx, options), write=True, accept_cut=options["accept_cut"]
    ) as snapshot:
        raw = read_event(ctx, snapshot, options["file"])
        if streams.is_interactive() and options["file"] is None:
            from orderwatch.cli.commands.log._form import fill_missing

            snapshot.log.require_whole()
            raw = fill_missing(raw, snapshot)
        append_event(snapshot, raw, options)
