"""`countdown`: the days to the deadlines to come."""

import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from orderwatch import status as law
from orderwatch.cli.options import AsOf, Ids, KnownOn, NoPager, Style, settings
from orderwatch.cli.terminal import formats, pager
from orderwatch.cli.terminal.formats import Format, Renderer, renderer
from orderwatch.errors import UsageError
from orderwatch.snapshot import Snapshot

Live = Annotated[bool, typer.Option("--live", help="Stay until Ctrl-C is pressed.")]


app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def countdown(
    ctx: typer.Context,
    ids: Ids = None,
    live: Live = False,
    as_of: AsOf = None,
    known_on: KnownOn = None,
    style: Style = None,
    no_pager: NoPager = False,
) -> None:
    """Count the days to the deadlines to come, nearest first.

    With --live it stays on the screen, always up to date, until you press Ctrl-C.

    For example:
      orderwatch countdown
      orderwatch countdown 178 --live
    """
    if live:
        if (as_of, known_on, style) != (None, None, None):
            raise UsageError(
                "--live shows the present on the screen, and goes with no other option"
            )
        if not sys.stdout.isatty() or formats.is_dumb_terminal():
            raise UsageError("--live needs a terminal; leave it out in a pipe")
        from orderwatch.cli.terminal.live_screen import run_live

        config = settings(ctx)
        register = Snapshot(config).register
        run_live(
            lambda: _render_countdown(
                Snapshot(config), ids or (), renderer(Format.TABLE)
            ),
            zone=register.time_zone,
            place=register.court.seat if register.court else None,
        )
    snapshot = Snapshot(settings(ctx), as_of=as_of, known_on=known_on)
    text = _render_countdown(snapshot, ids or (), renderer(style))
    pager.show(text, no_pager=no_pager, notes=snapshot.notes)


def _render_countdown(
    snapshot: Snapshot, ids: Sequence[str], renderer: Renderer
) -> str:
    with snapshot:
        results = snapshot.statuses(*ids)
        return renderer.countdown(snapshot.view, law.upcoming(results))
