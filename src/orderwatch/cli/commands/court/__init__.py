"""`court`: compare the register with what the Court publishes."""

import typer

from orderwatch.cli.commands.check import PluginCommand
from orderwatch.cli.commands.court.check import check
from orderwatch.cli.lazy_group import WrappingGroup

app = typer.Typer(
    cls=WrappingGroup,
    rich_markup_mode=None,
    add_completion=False,
    help="Compare the register with what the Court publishes.\n\n"
    "For example:\n"
    "  orderwatch court check\n"
    "  orderwatch court check decisions.html",
)
app.command(cls=PluginCommand)(check)


@app.callback()
def court() -> None:
    """Make a group of one command."""
