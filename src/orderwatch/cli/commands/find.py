"""`find`: what matches words."""

import typer

from orderwatch.cli.options import AsOf, Excel, KnownOn, Limit, NoPager, Style, settings
from orderwatch.cli.selection import Exact, Words, note_match
from orderwatch.cli.terminal import formats, pager
from orderwatch.cli.terminal.formats import Format, for_excel, renderer
from orderwatch.errors import UsageError
from orderwatch.model import Hit
from orderwatch.snapshot import Snapshot
from orderwatch.translation import _

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def find(
    ctx: typer.Context,
    words: Words,
    exact: Exact = False,
    limit: Limit = None,
    as_of: AsOf = None,
    known_on: KnownOn = None,
    style: Style = None,
    excel: Excel = False,
    no_pager: NoPager = False,
) -> None:
    """Find cases, orders, obligations and events by words.

    Also by an id, an alias, a State, a title, the date of an order, or an address or
    document number of the Court. The best matches come first; one match is shown with
    its obligations. The name of the command can be left out.

    For example:
      orderwatch find genocide
      orderwatch find 24 May 2024
      orderwatch rafah crossing
    """
    style = for_excel(style, excel=excel)
    query = " ".join(words)
    with Snapshot(settings(ctx), as_of=as_of, known_on=known_on) as snapshot:
        hits = snapshot.find(query)
        if not hits:
            raise snapshot.no_match(query)
        if exact and len(hits) > 1:
            message = _('"{text}" has {count} matches. Leave out --exact to list them.')
            raise UsageError(message.format(text=query, count=len(hits)))
        note_match(snapshot, query, hits)
        output = formats.resolve_format(style)
        text = _render(snapshot, query, hits, output, limit)
    pager.show(text, style, no_pager=no_pager, excel=excel, notes=snapshot.notes)


def _render(
    snapshot: Snapshot, query: str, hits: tuple[Hit, ...], output: Format, limit: int | None
) -> str:
    """Render the list of matches; of one match, what it is."""
    if len(hits) == 1 and output in {Format.TABLE, Format.PLAIN, Format.MARKDOWN}:
        [hit] = hits
        if hit.event:
            return renderer(output).events(snapshot.view, [hit.event], total=1)
        if statuses := snapshot.statuses(hit.id):
            return renderer(output).status(snapshot.view, statuses, overview=False)
        return renderer(output).show(snapshot.view, snapshot.case_file(hit.id))
    shown = hits[: formats.list_limit(output, limit)]
    if len(shown) < len(hits) and output is not Format.TABLE:
        note = _("{shown} of {count} matches; for all: -n {count}")
        snapshot.notes += (note.format(shown=len(shown), count=len(hits)),)
    return renderer(output).find(snapshot.view, query, shown, total=len(hits))
