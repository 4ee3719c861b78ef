"""`register validate`: check a register file."""

from typing import Annotated

import typer

from orderwatch.cli.options import settings
from orderwatch.cli.terminal import streams
from orderwatch.snapshot import expand_home

File = Annotated[
    str | None,
    typer.Argument(metavar="FILE", help="The register in force if left out.", show_default=False),
]


def validate(ctx: typer.Context, file: File = None) -> None:
    """Check a register file and name every problem in it.

    For example:
      orderwatch register validate
      orderwatch register validate my-orders.toml
    """
    from orderwatch.register import load_register, packaged_path

    if file is not None:
        streams.require_file_name(file)
    name = file or settings(ctx).orders.value
    path = packaged_path() if name is None else expand_home(name)
    content = load_register(path)
    streams.write_result(
        f"{path}: valid: {len(content.cases)} cases, {len(content.orders)} orders, "
        f"{len(content.obligations)} obligations, {len(content.decisions)} decisions, "
        f"{len(content.events)} events; reviewed {content.reviewed}\n"
    )
