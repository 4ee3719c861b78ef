"""`register diff`: what differs between two registers."""

from typing import Annotated

import typer

from orderwatch import snapshot
from orderwatch.cli.options import NoPager, Style
from orderwatch.cli.terminal import formats, pager, streams
from orderwatch.cli.terminal.formats import Format
from orderwatch.translation import mark

_HELP = mark("A file, `shipped`, `installed`, or the number of an installed release.")

Old = Annotated[str, typer.Argument(metavar="A", help=_HELP)]
New = Annotated[str, typer.Argument(metavar="B", help=_HELP)]


def diff(
    ctx: typer.Context, old: Old, new: New, style: Style = None, no_pager: NoPager = False
) -> None:
    """List each fact that differs between two registers, once.

    For example:
      orderwatch register diff shipped installed
      orderwatch register diff old-orders.toml new-orders.toml --format json
    """
    from orderwatch.register.diff import RegisterFacts
    from orderwatch.register.diff import diff as compare
    from orderwatch.render import json, plain, register_diff

    output_format = formats.resolve_text_format(style, ctx.command_path)
    streams.require_file_name(old)
    streams.require_file_name(new)
    before, after = (RegisterFacts.load(snapshot.register_path(name), name) for name in (old, new))
    changes = compare(before, after)
    match output_format:
        case Format.JSON:
            text = json.register_diff(before.state, after.state, changes)
        case Format.TABLE:
            text = register_diff.table(changes)
        case _:
            text = plain.register_diff(changes)
    pager.show(text, style, no_pager=no_pager)
