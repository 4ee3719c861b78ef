"""`log show`: one entry."""

import typer

from orderwatch.cli.commands.log._options import Entry
from orderwatch.cli.options import Style, settings
from orderwatch.cli.terminal import streams
from orderwatch.cli.terminal.formats import Format
from orderwatch.snapshot import log_of


def show(ctx: typer.Context, entry_name: Entry, style: Style = None) -> None:
    """Show one entry, its place and hash, and what became of it.

    For example:
      orderwatch log show 3
      orderwatch log show 3 --format json
    """
    from orderwatch.render import json
    from orderwatch.render.entry import fields, told

    with log_of(settings(ctx)) as log:
        entry = log.get(log.find(entry_name))
    if style is Format.JSON:
        streams.emit(json.text(fields(entry)))
    else:
        streams.emit(told(entry))
