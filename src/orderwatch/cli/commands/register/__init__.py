"""`register`: its releases, differences, and register files of one's own."""

import typer

from orderwatch.cli.commands.register import (
    check,
    diff,
    new,
    rollback,
    status,
    update,
    validate,
)
from orderwatch.cli.lazy_group import WrappingGroup

app = typer.Typer(
    cls=WrappingGroup,
    rich_markup_mode=None,
    add_completion=False,
    help="Update, compare, validate and create registers.\n\n"
    "For example:\n"
    "  orderwatch register status\n"
    "  orderwatch register update\n"
    "  orderwatch register validate my-orders.toml",
)
app.command()(status.status)
app.command()(check.check)
app.command()(update.update)
app.command()(diff.diff)
app.command()(rollback.rollback)
app.command()(validate.validate)
app.command()(new.new)
