"""`log import`: append the entries of an export."""

from typing import Annotated

import typer

from orderwatch.cli.commands.log._append import AcceptCut, Style
from orderwatch.cli.commands.log.verify import open_export
from orderwatch.cli.options import settings
from orderwatch.cli.terminal import streams
from orderwatch.cli.terminal.formats import json_or_plain
from orderwatch.log.formats.signed_note import parse_public_key
from orderwatch.snapshot import Snapshot

File = Annotated[str, typer.Argument(metavar="FILE|-", help="JSON Lines, as `log export` writes.")]


DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Change nothing; say what would be, and who signed it.")
]

Effects = Annotated[
    bool,
    typer.Option(
        "--effects", help="Take amendments of what others recorded; those of editors count."
    ),
]


Trust = Annotated[
    str | None,
    typer.Option(
        "--trust", metavar="KEY", help="Make KEY an editor of this log first, with --effects."
    ),
]


def import_(
    ctx: typer.Context,
    file: File,
    dry_run: DryRun = False,
    effects: Effects = False,
    trust: Trust = None,
    accept_cut: AcceptCut = None,
    style: Style = None,
) -> None:
    """Bring in a partner's entries, all or nothing.

    Each keeps who recorded it, and none comes in twice. What was withheld can come later. Lines
    that correct, retract or redact an entry and are not signed by its key are refused without
    --effects; with it, those of the owner and of editors of this log count, and the others are
    kept without effect.

    For example:
      orderwatch log import partner.jsonl --dry-run
      orderwatch log import - < partner.jsonl
    """
    with (
        open_export(file) as lines,
        Snapshot(settings(ctx), write=True, accept_cut=accept_cut) as snapshot,
        streams.progress("entries read") as progress,
    ):
        result = snapshot.import_lines(
            lines,
            progress,
            dry_run=dry_run,
            effects=effects,
            trust=None if trust is None else parse_public_key(trust),
        )
    for note in snapshot.write_notes:
        streams.print_message(note)
    outcome = f"the import is done: {result.added} added, {result.skipped} already there"
    if dry_run:
        outcome = "nothing was changed"
    streams.write_outcome(json_or_plain(style).imported(result, dry_run=dry_run), outcome)
