"""`changes`: what register and log have gained or corrected since a date."""

from datetime import date
from typing import Annotated

import typer

from orderwatch.cli.options import (
    AsOf,
    Excel,
    KnownOn,
    Limit,
    NoPager,
    OldestFirst,
    Style,
    settings,
)
from orderwatch.cli.selection import Exact, Subjects, select
from orderwatch.cli.terminal import pager
from orderwatch.cli.terminal.formats import for_excel, list_page, renderer
from orderwatch.errors import UsageError
from orderwatch.snapshot import Snapshot
from orderwatch.translation import _, mark

app = typer.Typer(rich_markup_mode=None, add_completion=False)

Since = Annotated[
    date,
    typer.Option("--since", metavar="DATE", help=mark("The first day, such as 3 weeks ago.")),
]


@app.command()
def changes(
    ctx: typer.Context,
    since: Since,
    names: Subjects = None,
    exact: Exact = False,
    limit: Limit = None,
    oldest_first: OldestFirst = False,
    as_of: AsOf = None,
    known_on: KnownOn = None,
    style: Style = None,
    excel: Excel = False,
    no_pager: NoPager = False,
) -> None:
    """List what the register and the log have gained or corrected since a date.

    The history of the register says what was corrected in it and why. Of the log, the
    entries recorded since that day are listed.

    For example:
      orderwatch changes --since "3 weeks ago"
      orderwatch changes rafah --since 2026-11-01 --format csv
    """
    style = for_excel(style, excel=excel)
    with Snapshot(settings(ctx), as_of=as_of, known_on=known_on) as snapshot:
        if since > snapshot.as_of:
            text = _("--since {since} is after {day}, the day that is shown")
            raise UsageError(text.format(since=since, day=snapshot.as_of))
        ids = select(snapshot, names, style, exact=exact)
        items = snapshot.changes(*ids, since=since)
        rows, notes = list_page(style, items, limit, oldest_first=oldest_first)
        output = renderer(style).changes(snapshot.view, rows, since=since, total=len(items))
    pager.show(output, style, no_pager=no_pager, excel=excel, notes=[*snapshot.notes, *notes])
