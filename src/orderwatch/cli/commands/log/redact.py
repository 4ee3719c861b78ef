"""`log redact`: remove the text of an entry."""

from typing import Annotated

import typer

from orderwatch import snapshot
from orderwatch.cli.commands.log._append import _encode, _print_result, append_entry
from orderwatch.cli.commands.log._options import Entry, Style, Why
from orderwatch.cli.options import settings
from orderwatch.cli.terminal import streams
from orderwatch.errors import UsageError
from orderwatch.log.formats import payload
from orderwatch.log.history import revisions
from orderwatch.model.entry import EntryKind
from orderwatch.snapshot import open_log


def redact(
    ctx: typer.Context,
    entry_name: Entry,
    why: Why,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    style: Style = None,
) -> None:
    """Remove for good what an entry says.

    That it was recorded stays provable. Copies that were exported, published or
    backed up before are out of reach.

    For example:
      orderwatch log redact 3 --why "a witness at risk"
      orderwatch log redact 3 --why "a court told us to" --yes
    """
    config = settings(ctx)
    with open_log(config) as log:
        target = log.get(log.resolve(entry_name))
    if target.redacted:
        raise UsageError(
            f"entry {target.seq} was redacted already: `orderwatch log show "
            f"{target.seq}` "
            "names the entry that did it"
        )
    body = _encode(lambda: payload.encode_reason(why))
    if not yes:
        if not streams.is_interactive():
            raise UsageError("redaction cannot be undone: give --yes to mean it")
        from orderwatch.cli.terminal.prompt import confirm

        if not confirm(f"Remove what entry {target.seq} says, for good?"):
            streams.print_message("Nothing was removed.")
            raise typer.Exit(130)
    result, uid = append_entry(config, EntryKind.REDACTION, body, target)
    snapshot.discard_evidence(config, target.event.attachments if target.event else ())
    _print_result(result, uid, f"redacts entry {target.seq}", style)
    with open_log(config) as log:
        if unredacted := [
            item.seq for item in revisions(log, target) if not item.redacted
        ]:
            names = ", ".join(str(seq) for seq in sorted(unredacted))
            streams.print_hint(
                "other versions of it still say what they said, and may need the "
                f"same: entry {names}"
            )
