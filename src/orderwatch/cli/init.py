"""`init`: an empty log where the settings name one."""

import typer

from orderwatch import files as disk
from orderwatch.cli import output
from orderwatch.cli.options import settings

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def init(ctx: typer.Context) -> None:
    """Make an empty log where the settings name one.

    A log that is there already stays as it is.

    For example:
      orderwatch init
      orderwatch --log office.log init
    """
    from orderwatch.ledger.store import open_store, path_of

    url = str(settings(ctx).log.value)
    path = path_of(url)
    there = disk.is_there(path)
    with open_store(url, write=True, must_exist=False) as log:
        log.ensure()
        head = log.head()
    done = "is there already" if there else "is made"
    output.emit(f"The log {path} {done}: {head.size} entries, name {head.origin}\n")
