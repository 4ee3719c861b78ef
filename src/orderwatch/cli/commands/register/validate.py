"""`register validate`: check a register file."""

from typing import Annotated

import typer

from orderwatch.cli.options import settings
from orderwatch.cli.terminal import streams
from orderwatch.snapshot import expand_home, register_paths
from orderwatch.translation import mark

Files = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="FILE",
        help=mark("Register files. Default: the register in use."),
        show_default=False,
    ),
]


def validate(ctx: typer.Context, files: Files = None) -> None:
    """Check register files, each alone, and name every problem in them.

    For example:
      orderwatch register validate
      orderwatch register validate my-orders.toml
    """
    from orderwatch.register import load_register

    for file in files or ():
        streams.require_file_name(file)
    paths = [*map(expand_home, files)] if files else register_paths(settings(ctx))
    registers = [(path, load_register(path)) for path in paths]
    if not files:
        load_register(*paths)
    lines = (
        f"{path}: valid: {len(content.cases)} cases, {len(content.orders)} orders, "
        f"{len(content.obligations)} obligations, {len(content.decisions)} decisions, "
        f"{len(content.events)} events; reviewed {content.reviewed}\n"
        for path, content in registers
    )
    streams.write_result("".join(lines))
