"""`register`: check and create register files."""

import typer

from orderwatch.cli.commands.register import new, validate
from orderwatch.cli.lazy_group import WrappingGroup

app = typer.Typer(
    cls=WrappingGroup,
    rich_markup_mode=None,
    add_completion=False,
    help="Validate and create register files.\n\n"
    "For example:\n"
    "  orderwatch register validate\n"
    "  orderwatch register validate my-orders.toml",
)
app.command()(validate.validate)
app.command()(new.new)
