"""`log show`: one entry."""

import typer

from orderwatch.cli.commands.log._append import Entry
from orderwatch.cli.options import Style, settings
from orderwatch.cli.terminal import pager
from orderwatch.cli.terminal.formats import json_or_plain
from orderwatch.snapshot import Snapshot


def show(ctx: typer.Context, entry_name: Entry, style: Style = None) -> None:
    """Show one entry: its place, its hash, later amendments, and handovers.

    For example:
      orderwatch log show 3
      orderwatch log show 3 --format json
    """
    from orderwatch.log.formats.tree import leaf_hash

    with Snapshot(settings(ctx)) as snapshot:
        entry = snapshot.entry(entry_name)
        custody = snapshot.custody(entry)
    text = json_or_plain(style).log_entry(entry, leaf_hash(entry.raw), custody)
    pager.show(text, style, no_pager=True)
