"""`version`: the version of the program."""

import typer

from orderwatch import __version__
from orderwatch.cli.terminal import streams

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def version() -> None:
    """Print the version.

    The same as --version and -V.

    For example:
      orderwatch version
      orderwatch --version
    """
    streams.write_result(f"orderwatch {__version__}\n")
