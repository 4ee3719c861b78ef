"""`show`: all about one thing."""

import typer

from orderwatch.cli.options import AsOf, Excel, KnownOn, NoPager, Style, settings
from orderwatch.cli.selection import Exact, Subject, select_one
from orderwatch.cli.terminal import pager
from orderwatch.cli.terminal.formats import for_excel, renderer
from orderwatch.snapshot import Snapshot

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def show(
    ctx: typer.Context,
    id_: Subject,
    exact: Exact = False,
    as_of: AsOf = None,
    known_on: KnownOn = None,
    style: Style = None,
    excel: Excel = False,
    no_pager: NoPager = False,
) -> None:
    """Show everything about one case, order or obligation.

    Its words, votes, dates, record and sources.

    For example:
      orderwatch show rafah
      orderwatch show 178/2020-01-23/4
    """
    style = for_excel(style, excel=excel)
    with Snapshot(settings(ctx), as_of=as_of, known_on=known_on) as snapshot:
        name = select_one(snapshot, id_, style, exact=exact)
        text = renderer(style).show(snapshot.view, snapshot.case_file(name))
    pager.show(text, style, no_pager=no_pager, excel=excel, notes=snapshot.notes)
