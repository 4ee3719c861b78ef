"""`log redact`: remove the text of an entry."""

from typing import Annotated

import typer

from orderwatch.cli.commands.log._append import Entry, Style, Why, print_result
from orderwatch.cli.options import settings
from orderwatch.cli.terminal import streams
from orderwatch.errors import UsageError
from orderwatch.log.formats import payload
from orderwatch.log.sql_log import revisions
from orderwatch.model.entry import EntryKind
from orderwatch.snapshot import Snapshot, encode_payload
from orderwatch.text import nfc


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
    with Snapshot(settings(ctx), write=True) as snapshot:
        log = snapshot.log
        target = log.get(log.resolve(entry_name))
        if target.redacted:
            raise UsageError(
                f"entry {target.seq} was redacted already: `orderwatch log show "
                f"{target.seq}` names the entry that did it"
            )
        snapshot.require_amendable(EntryKind.REDACTION, target)
        body = encode_payload(lambda: payload.encode_reason(nfc(why)))
        if not yes:
            streams.confirm_final(
                f"Remove what entry {target.seq} says, for good?",
                "redaction cannot be undone: give --yes to mean it",
                "Nothing was removed.",
            )
        result = snapshot.append_entry(EntryKind.REDACTION, body, target, private=target.private)
        snapshot.discard_evidence(target.event.attachments if target.event else ())
        streams.print_note(snapshot.home_key.note)
        print_result(result, f"redacts entry {target.seq}", style)
        if unredacted := [item.seq for item in revisions(log, target) if not item.redacted]:
            names = ", ".join(str(seq) for seq in sorted(unredacted))
            streams.print_hint(
                "other versions of it still say what they said, and may need the "
                f"same: entry {names}"
            )
