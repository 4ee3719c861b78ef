"""`register validate`: check a register file."""

from typing import Annotated

import typer

from orderwatch.cli.options import settings
from orderwatch.cli.terminal import streams
from orderwatch.snapshot import expand_home, register_paths
from orderwatch.translation import _, mark

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
    text = _(
        "{path}: valid: {cases} cases, {orders} orders, {obligations} obligations, "
        "{decisions} decisions, {events} events; reviewed {day}\n"
    )
    lines = (
        text.format(
            path=path,
            cases=len(content.cases),
            orders=len(content.orders),
            obligations=len(content.obligations),
            decisions=len(content.decisions),
            events=len(content.events),
            day=content.reviewed,
        )
        for path, content in registers
    )
    streams.write_result("".join(lines))
