"""`log handover`: record that an entry, or a file of it, changed hands."""

from typing import Annotated

import typer

from orderwatch import event_input
from orderwatch.cli.commands.log._append import AcceptCut, Entry, Style, print_result
from orderwatch.cli.options import parse_date, settings
from orderwatch.errors import UsageError
from orderwatch.model.entry import Handover
from orderwatch.snapshot import Snapshot
from orderwatch.text import nfc
from orderwatch.translation import _, mark


def handover(
    ctx: typer.Context,
    entry_name: Entry,
    giver: Annotated[str, typer.Option("--from", metavar="NAME", help=mark("Who gave it."))],
    receiver: Annotated[str, typer.Option("--to", metavar="NAME", help=mark("Who got it."))],
    on: Annotated[str, typer.Option("--on", metavar="DATE", help=mark("Date of the handover."))],
    what: Annotated[
        str,
        typer.Option("--what", metavar="TEXT", help=mark("What was handed over, and how.")),
    ],
    file: Annotated[
        str | None,
        typer.Option(
            "--file",
            metavar="NAME",
            help=mark("One file of the entry: its name, or the beginning of its SHA-256."),
            show_default=False,
        ),
    ] = None,
    accept_cut: AcceptCut = None,
    style: Style = None,
) -> None:
    """Record that an entry, or a file of it, changed hands.

    `log show` lists the handovers of an entry. That of a private entry is private.

    For example:
      orderwatch log handover 3 --from Ana --to Ben --on 2026-11-20 --what "USB stick, by hand"
      orderwatch log handover 3 --from Ana --to Ben --on today --what "page.pdf, by mail"
    """
    day = parse_date(on, ctx)
    content = Handover(date=day, giver=nfc(giver), receiver=nfc(receiver), what=nfc(what))
    with Snapshot(settings(ctx), write=True, accept_cut=accept_cut) as snapshot:
        if problem := event_input.future_date_error(day, snapshot):
            raise UsageError(f"--on: {problem}")
        target = snapshot.log.resolve(entry_name)
        result = snapshot.hand_over(entry_name, content, file)
    print_result(snapshot, result, _("is a handover of entry {n}").format(n=target), style)
