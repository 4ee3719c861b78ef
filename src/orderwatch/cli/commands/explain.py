"""`explain`: how each date was computed."""

from typing import Annotated

import typer

from orderwatch.cli.options import AsOf, Excel, KnownOn, NoPager, Style, settings
from orderwatch.cli.selection import Exact, Subject, select
from orderwatch.cli.terminal import pager
from orderwatch.cli.terminal.formats import for_excel, renderer
from orderwatch.snapshot import Snapshot
from orderwatch.translation import mark

All = Annotated[bool, typer.Option("--all", help=mark("Show all dates of a series."))]

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def explain(
    ctx: typer.Context,
    id_: Subject,
    exact: Exact = False,
    every: All = False,
    as_of: AsOf = None,
    known_on: KnownOn = None,
    style: Style = None,
    excel: Excel = False,
    no_pager: NoPager = False,
) -> None:
    """Explain how each date was computed, or why there is none.

    Of a series: the last date and the next.

    For example:
      orderwatch explain 192/2024-03-28/3
      orderwatch explain 178/2020-01-23/4@2027-05-23
    """
    style = for_excel(style, excel=excel)
    with Snapshot(settings(ctx), as_of=as_of, known_on=known_on) as snapshot:
        names = select(snapshot, id_, style, exact=exact)
        text = renderer(style).explain(snapshot.view, snapshot.schedules(*names), every=every)
    pager.show(text, style, no_pager=no_pager, excel=excel, notes=snapshot.notes)
