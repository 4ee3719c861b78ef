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
from orderwatch.translation import _, mark

File = Annotated[
    str, typer.Argument(metavar="FILE|-", help=mark("JSON Lines, as `log export` writes them."))
]


DryRun = Annotated[
    bool,
    typer.Option(
        "--dry-run", help=mark("Change nothing; print what would change and who signed it.")
    ),
]

Effects = Annotated[
    bool,
    typer.Option(
        "--effects", help=mark("Accept amendments of entries of others; only editors' take effect.")
    ),
]


Trust = Annotated[
    str | None,
    typer.Option(
        "--trust", metavar="KEY", help=mark("With --effects: make KEY an editor of this log first.")
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
    """Import the entries of another log, all or nothing.

    Entries keep their recorder; entries that the log has are skipped. Text that was
    withheld can be imported later. An amendment of an entry that is not signed by the
    key of that entry is refused without --effects. With it, amendments by the owner and
    the editors of this log count; others are stored without effect.

    For example:
      orderwatch log import partner.jsonl --dry-run
      orderwatch log import - < partner.jsonl
    """
    with (
        open_export(file) as lines,
        Snapshot(settings(ctx), write=True, accept_cut=accept_cut) as snapshot,
        streams.progress(_("entries read")) as progress,
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
    text = _("the import was done: {added} added, {skipped} skipped")
    outcome = text.format(added=result.added, skipped=result.skipped)
    if dry_run:
        outcome = _("nothing was changed")
    streams.write_outcome(json_or_plain(style).imported(result, dry_run=dry_run), outcome)
