"""`orders`: the register as a list, its checks, its schema."""

import typer

from orderwatch.cli.commands.orders import schema, validate
from orderwatch.cli.commands.orders.list import list_
from orderwatch.cli.lazy_group import DefaultListGroup

app = typer.Typer(
    cls=DefaultListGroup,
    rich_markup_mode=None,
    add_completion=False,
    help="The orders of the register; alone, it lists them.\n\n"
    "`orderwatch orders list --help` shows what it can be asked for.\n\n"
    "For example:\n"
    "  orderwatch orders --party Israel\n"
    "  orderwatch orders validate my-orders.toml",
)
app.command("list")(list_)
app.command()(validate.validate)
app.command()(schema.schema)
