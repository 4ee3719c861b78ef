"""`log import`: append the entries of an export."""

from base64 import b64encode
from typing import Annotated

import typer

from orderwatch.cli.commands.log._append import Style
from orderwatch.cli.commands.log.verify import open_export
from orderwatch.cli.options import settings
from orderwatch.cli.terminal import streams
from orderwatch.cli.terminal.formats import Format
from orderwatch.snapshot import Snapshot

File = Annotated[str, typer.Argument(metavar="FILE|-", help="JSON Lines, as `log export` writes.")]


def import_(ctx: typer.Context, file: File, style: Style = None) -> None:
    """Bring in a partner's entries, all or nothing.

    Each keeps who recorded it, and none comes in twice. What was withheld can come later.

    For example:
      orderwatch log import partner.jsonl
      orderwatch log import - < partner.jsonl
    """
    with (
        open_export(file) as lines,
        Snapshot(settings(ctx), write=True) as snapshot,
        streams.progress("entries read") as progress,
    ):
        result = snapshot.log.append_many(lines, progress)
    root = b64encode(result.root).decode()
    outcome = f"the import is done: {result.added} added, {result.skipped} already there"
    if style is Format.JSON:
        from orderwatch.render import documents, json

        streams.write_outcome(
            json.text(
                documents.ImportDocument(
                    schema="orderwatch/import/1",
                    added=result.added,
                    skipped=result.skipped,
                    filled=result.filled,
                    withheld=result.withheld,
                    size=result.size,
                    root=root,
                )
            ),
            outcome,
        )
        return
    from orderwatch.render.phrases import count

    added, size = (count(number, "entry", "entries") for number in (result.added, result.size))
    filled = f", {result.filled} of them filled in" if result.filled else ""
    withheld = f" ({result.withheld} withheld)" if result.withheld else ""
    streams.write_outcome(
        f"{added} added, {result.skipped} already there{filled}.\n"
        f"The log has {size}{withheld}, root {root}\n",
        outcome,
    )
