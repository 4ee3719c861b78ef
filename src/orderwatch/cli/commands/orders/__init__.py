"""`orders`: the register as a list."""

import typer

from orderwatch.cli.commands.orders.list import list_
from orderwatch.cli.lazy_group import DefaultListGroup

app = typer.Typer(
    cls=DefaultListGroup,
    rich_markup_mode=None,
    add_completion=False,
)
app.command("list")(list_)


@app.callback()
def orders() -> None:
    """List the orders of the register.

    `orderwatch orders list --help` shows what it can be asked for.

    For example:
      orderwatch orders --party Israel
      orderwatch orders --year 2024
    """
