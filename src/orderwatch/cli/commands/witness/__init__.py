"""`witness`: cosign the checkpoints of the logs of others."""

import typer

from orderwatch.cli.commands.witness.add import add
from orderwatch.cli.commands.witness.sign import sign
from orderwatch.cli.lazy_group import WrappingGroup

app = typer.Typer(
    cls=WrappingGroup,
    rich_markup_mode=None,
    add_completion=False,
    help="Witness the logs of others: cosign that they only grow.\n\n"
    "For example:\n"
    "  orderwatch witness add office.vkey\n"
    "  orderwatch witness sign request.txt",
)
app.command()(add)
app.command()(sign)
