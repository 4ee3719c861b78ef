"""`show`: all about one thing."""

from typing import Annotated

import typer

from orderwatch.cli.options import AsOf, Excel, KnownOn, Limit, NoPager, Style, settings
from orderwatch.cli.selection import Exact, Subject, select_one
from orderwatch.cli.terminal import pager
from orderwatch.cli.terminal.formats import chunks, for_excel, list_limit, renderer
from orderwatch.event_list import PAGE
from orderwatch.snapshot import Snapshot
from orderwatch.translation import mark

Sources = Annotated[
    bool, typer.Option("--sources", help=mark("Print each source in full, not as a numbered note."))
]

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def show(
    ctx: typer.Context,
    id_: Subject,
    exact: Exact = False,
    sources: Sources = False,
    limit: Limit = None,
    as_of: AsOf = None,
    known_on: KnownOn = None,
    style: Style = None,
    excel: Excel = False,
    no_pager: NoPager = False,
) -> None:
    """Show everything about one case, order or obligation.

    Summaries, votes, dates, events on record and sources, the newest event first.

    For example:
      orderwatch show rafah
      orderwatch show 178/2020-01-23/4
    """
    style = for_excel(style, excel=excel)
    with Snapshot(settings(ctx), as_of=as_of, known_on=known_on) as snapshot:
        name = select_one(snapshot, id_, style, exact=exact)
        case_file = snapshot.case_file(name, lazy=True)
        limit = list_limit(style, limit)
        if len(case_file.events) > PAGE and (render := chunks(style, "show_chunks")):
            content = render(snapshot.view, case_file, limit=limit)
            pager.stream(content, style, excel=excel, notes=snapshot.notes)
            return
        text = renderer(style).show(snapshot.view, case_file, sources=sources, limit=limit)
    pager.show(text, style, no_pager=no_pager, excel=excel, notes=snapshot.notes)
