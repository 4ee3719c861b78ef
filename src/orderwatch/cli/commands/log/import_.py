"""`log import`: append the entries of an export."""

from base64 import b64encode
from typing import Annotated

import typer

from orderwatch.cli.commands.log._append import Style
from orderwatch.cli.commands.log.recorder import parse_key
from orderwatch.cli.commands.log.verify import open_export
from orderwatch.cli.options import settings
from orderwatch.cli.terminal import streams
from orderwatch.cli.terminal.formats import Format
from orderwatch.log.types import ImportResult
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
        Snapshot(settings(ctx), write=True) as snapshot,
        streams.progress("entries read") as progress,
    ):
        result = snapshot.import_lines(
            lines,
            progress,
            dry_run=dry_run,
            effects=effects,
            trust=None if trust is None else parse_key(trust),
        )
    streams.print_note(snapshot.home_key.note)
    outcome = f"the import is done: {result.added} added, {result.skipped} already there"
    if dry_run:
        outcome = "nothing was changed"
    text = _json if style is Format.JSON else _text
    streams.write_outcome(text(result, dry_run=dry_run), outcome)


def _json(result: ImportResult, *, dry_run: bool) -> str:
    from orderwatch.render import documents, json

    return json.text(
        documents.ImportDocument(
            schema="orderwatch/import/1",
            added=result.added,
            skipped=result.skipped,
            filled=result.filled,
            withheld=result.withheld,
            dry_run=dry_run,
            recorders=result.recorders,
            amendments=result.amendments,
            appointments=result.appointments,
            size=result.size,
            root=b64encode(result.root).decode(),
        )
    )


def _text(result: ImportResult, *, dry_run: bool) -> str:
    from orderwatch.render.phrases import count
    from orderwatch.render.sanitize import sanitize

    added, size = (count(number, "entry", "entries") for number in (result.added, result.size))
    filled = f", {result.filled} of them filled in" if result.filled else ""
    withheld = f" ({result.withheld} withheld)" if result.withheld else ""
    lines = [f"{added} added, {result.skipped} already there{filled}."]
    if dry_run:
        lines += [
            f"{sanitize(item.recorder)} recorded {count(item.count, 'entry', 'entries')}"
            f" ({_signer(item.key)})."
            for item in result.recorders
        ]
    lines += [
        f"A {item.kind} of entry {item.target} by {sanitize(item.recorder)} ({_signer(item.key)})"
        f"{'.' if item.counts else ': without effect.'}"
        for item in result.amendments
    ]
    lines += [
        f"{item.key} becomes {item.rank} of this log."
        for item in result.appointments
        if item.counts
    ]
    if others := len([item for item in result.appointments if not item.counts]):
        lines.append(
            f"{count(others, 'entry', 'entries')} of kind recorder without effect: only this log's"
            " owner says who edits it."
        )
    if dry_run and (
        any(item.foreign for item in result.amendments)
        or any(item.counts for item in result.appointments)
    ):
        lines.append("Entries of others would be amended: such an import needs --effects.")
    root = b64encode(result.root).decode()
    end = f"log has {size}{withheld}, root {root}"
    lines.append(
        f"Nothing was changed; the {end} after such an import" if dry_run else f"The {end}"
    )
    return "\n".join(lines) + "\n"


def _signer(key: str | None) -> str:
    return f"signed by {key}" if key else "not signed"
