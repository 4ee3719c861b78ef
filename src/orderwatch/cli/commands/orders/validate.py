"""`orders validate`: check a register file."""

from typing import Annotated

import typer

from orderwatch.cli.options import settings
from orderwatch.cli.terminal import streams
from orderwatch.snapshot import home

File = Annotated[
    str | None,
    typer.Argument(
        metavar="FILE", help="The register in force if left out.", show_default=False
    ),
]


def validate(ctx: typer.Context, file: File = None) -> None:
    """Check a register file and name every problem in it.

    For example:
      orderwatch orders validate
      orderwatch orders validate my-orders.toml
    """
    from orderwatch.register.load import load_orders, shipped

    if file is not None:
        streams.expect_name(file)
    named = file or settings(ctx).orders.value
    path = shipped() if named is None else home(named)
    found = load_orders(path)
    streams.emit(
        f"{path}: valid: {len(found.cases)} cases, {len(found.orders)} orders, "
        f"{len(found.obligations)} obligations, {len(found.decisions)} decisions, "
        f"{len(found.events)} events; reviewed {found.reviewed}\n"
    )
