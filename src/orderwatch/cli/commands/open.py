"""`open`: the page of an order, or a source, in the browser."""

from typing import Annotated

import typer

from orderwatch.cli.options import settings
from orderwatch.cli.selection import Subject, select_one
from orderwatch.cli.terminal import streams
from orderwatch.errors import UsageError
from orderwatch.snapshot import Snapshot
from orderwatch.translation import _, mark

app = typer.Typer(rich_markup_mode=None, add_completion=False)

SourceNumber = Annotated[
    int | None,
    typer.Option(
        "--source", metavar="N", help=mark("Open source number N of `show`, not the order.")
    ),
]


@app.command()
def open_(ctx: typer.Context, names: Subject, source: SourceNumber = None) -> None:
    """Open the page of an order in the browser.

    With --source N, open source number N of `show` instead. Without
    a browser or a terminal the address is printed.

    For example:
      orderwatch open rafah
      orderwatch open rafah/3 --source 2
    """
    with Snapshot(settings(ctx)) as snapshot:
        address = _address(snapshot, select_one(snapshot, names), source)
    streams.print_notes(snapshot.notes)
    if streams.is_terminal_output() and _open_browser(address):
        streams.print_message(_("Opened {address}").format(address=address))
    else:
        streams.write_result(f"{address}\n")


def _address(snapshot: Snapshot, id_: str, number: int | None) -> str:
    """Return the address to open; raise `UsageError` if there is none on the web."""
    from orderwatch.render.sanitize import safe_url

    if number is None:
        [match] = snapshot.resolve(id_)
        address = match.order.url if match.order else match.case.url
        missing = _("{id}: the register has no address of it").format(id=match.id)
    else:
        sources = snapshot.case_file(id_).sources
        if number > len(sources):
            text = _("{id} has {n} sources; --source {number} is not among them")
            raise UsageError(text.format(id=id_, n=len(sources), number=number))
        address = sources[number - 1]
        missing = _("{address}: not an address on the web").format(address=address)
    safe = safe_url(address) if address else None
    if safe is None:
        raise UsageError(missing)
    return safe


def _open_browser(address: str) -> bool:
    """Open an address in the browser of the user; return whether there is one."""
    import webbrowser

    try:
        return webbrowser.open(address)
    except (OSError, webbrowser.Error):
        return False
