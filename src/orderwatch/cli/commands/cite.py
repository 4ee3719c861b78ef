"""`cite`: a citation of a case, an order or a point."""

from typing import Annotated

import typer

from orderwatch.cli.options import AsOf, KnownOn, settings
from orderwatch.cli.selection import Exact, Subject, select_one
from orderwatch.cli.terminal import streams
from orderwatch.model import CitationStyle
from orderwatch.snapshot import Snapshot
from orderwatch.translation import mark

app = typer.Typer(rich_markup_mode=None, add_completion=False)

StyleOption = Annotated[
    CitationStyle, typer.Option("--style", help=mark("Style of the citation; default: one line."))
]


@app.command()
def cite(
    ctx: typer.Context,
    names: Subject,
    exact: Exact = False,
    style: StyleOption = CitationStyle.LINE,
    as_of: AsOf = None,
    known_on: KnownOn = None,
) -> None:
    """Print a citation of a case, an order or a point of it.

    It names the point, the due date and how it was computed, the address, the review
    date of the register and the day of access.

    For example:
      orderwatch cite rafah/3
      orderwatch cite 178/2020-01-23/4@2027-05-23 --style oscola
      orderwatch cite rafah --style bibtex
    """
    from orderwatch.render.citation import render
    from orderwatch.render.names import localized

    with Snapshot(settings(ctx), as_of=as_of, known_on=known_on) as snapshot:
        text = render(localized(snapshot.citation(select_one(snapshot, names, exact=exact))), style)
    streams.print_notes(snapshot.notes)
    streams.write_document(text)
