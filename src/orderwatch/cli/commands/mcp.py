"""`mcp`: read-only tools for assistants, over standard input and output."""

import signal
import sys

import typer

from orderwatch.cli.options import settings
from orderwatch.cli.terminal import streams
from orderwatch.translation import _

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def mcp(ctx: typer.Context) -> None:
    """Serve read-only tools to an assistant over standard input and output.

    Tools of the Model Context Protocol: find, status, explain, cite, who_says_what. Private
    entries of the log are left out. It ends with its input.

    For example:
      orderwatch mcp
      orderwatch --log office.log mcp
    """
    from orderwatch.mcp import server

    instance = server(settings(ctx))
    if sys.stdin.isatty():
        streams.print_hint(_("Waiting for a client. Ctrl+C ends it."))
    # A thread of the SDK waits for input and cannot be interrupted; nothing is left to clean up.
    handler = signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        instance.run()
    finally:
        signal.signal(signal.SIGINT, handler)
