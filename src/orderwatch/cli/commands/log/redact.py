"""`log redact`: remove the text of an entry."""

from typing import Annotated

import typer

from orderwatch.cli.commands.log._append import AcceptCut, Entry, Style, Why, print_result
from orderwatch.cli.options import settings
from orderwatch.cli.terminal import streams
from orderwatch.snapshot import Snapshot, encode_reason
from orderwatch.translation import _, mark


def redact(
    ctx: typer.Context,
    entry_name: Entry,
    why: Why,
    yes: Annotated[bool, typer.Option("--yes", help=mark("Do not ask for confirmation."))] = False,
    accept_cut: AcceptCut = None,
    style: Style = None,
) -> None:
    """Delete the text of an entry permanently.

    That it was recorded stays provable. Copies that were exported, published or
    backed up are not deleted.

    For example:
      orderwatch log redact 3 --why "a witness at risk"
      orderwatch log redact 3 --why "a court told us to" --yes
    """
    with Snapshot(settings(ctx), write=True, accept_cut=accept_cut) as snapshot:
        target = snapshot.redactable(entry_name)
        reason = encode_reason(why)
        if not yes:
            streams.confirm_final(
                _("Delete the text of entry {n} permanently?").format(n=target.seq),
                _("a redaction cannot be undone; set --yes to confirm"),
                _("Nothing was deleted."),
            )
        result, unredacted = snapshot.redact(target, reason)
        print_result(snapshot, result, _("redacts entry {n}").format(n=target.seq), style)
        if unredacted:
            text = _("other versions of it were not redacted: entry {numbers}")
            streams.print_hint(text.format(numbers=", ".join(map(str, unredacted))))
