"""`show`: all about one thing."""

import typer

from orderwatch.cli.options import AsOf, Id, KnownOn, NoPager, Style, settings
from orderwatch.cli.terminal import pager
from orderwatch.cli.terminal.formats import renderer
from orderwatch.snapshot import case_file, load_snapshot, resolve

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def show(
    ctx: typer.Context,
    id_: Id,
    as_of: AsOf = None,
    known_on: KnownOn = None,
    style: Style = None,
    no_pager: NoPager = False,
) -> None:
    """Show all about one case, order or obligation.

    Its words, votes, dates, record and sources.

    For example:
      orderwatch show rafah
      orderwatch show 178/2020-01-23/4
    """
    snapshot = load_snapshot(settings(ctx), as_of=as_of, known_on=known_on)
    (reference,) = resolve(snapshot, (id_,))
    pager.show(
        renderer(style).show(snapshot.view, case_file(snapshot, reference)),
        no_pager=no_pager,
    )
