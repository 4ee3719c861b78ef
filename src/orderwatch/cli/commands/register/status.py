"""`register status`: the register in use, its age, and where releases come from."""

import typer

from orderwatch import snapshot
from orderwatch.cli.options import Style, settings
from orderwatch.cli.terminal import formats, pager


def status(ctx: typer.Context, style: Style = None) -> None:
    """Show which register is in use, how old it is, and its release channel.

    It reads what is on this machine and sends no request.

    For example:
      orderwatch register status
      orderwatch register status --format json
    """
    output_format = formats.resolve_text_format(style, ctx.command_path)
    result = snapshot.register_status(settings(ctx))
    pager.show(formats.json_or_plain(style).register_status(result), output_format, no_pager=True)
