"""`register validate`: check a register file."""

from typing import Annotated

import typer

from orderwatch.cli.options import settings
from orderwatch.cli.terminal import streams
from orderwatch.snapshot import expand_home, register_paths
from orderwatch.translation import mark

File = Annotated[
    str | None,
    typer.Argument(
        metavar="FILE",
        help=mark("The register file. Default: the register in use."),
        show_default=False,
    ),
]


def validate(ctx: typer.Context, file: File = None) -> None:
    """Check a register file and name every problem in it.

    For example:
      orderwatch register validate
      orderwatch register validate my-orders.toml
    """
    from orderwatch.register import load_register

    if file is not None:
        streams.require_file_name(file)
    paths = register_paths(settings(ctx)) if file is None else [expand_home(file)]
    registers = [(path, load_register(path)) for path in paths]
    load_register(*paths)
    lines = (
        f"{path}: valid: {len(content.cases)} cases, {len(content.orders)} orders, "
        f"{len(content.obligations)} obligations, {len(content.decisions)} decisions, "
        f"{len(content.events)} events; reviewed {content.reviewed}\n"
        for path, content in registers
    )
    streams.write_result("".join(lines))
