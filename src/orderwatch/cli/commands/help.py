"""`help`: the help of a command."""

from typing import Annotated, Any

import typer

from orderwatch.cli.lazy_group import COMMANDS, WrappingGroup
from orderwatch.cli.terminal import streams
from orderwatch.errors import UsageError
from orderwatch.translation import _, mark

app = typer.Typer(rich_markup_mode=None, add_completion=False)

Words = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="COMMAND",
        help=mark("The words of a command, such as `log add`."),
        autocompletion=lambda: list(COMMANDS),
        show_default=False,
    ),
]


@app.command()
def help_(ctx: typer.Context, words: Words = None) -> None:
    """Show the help of a command.

    Without a command, list the commands.

    For example:
      orderwatch help status
      orderwatch help log add
    """
    context: Any = ctx.find_root()
    for word in words or ():
        if not hasattr(context.command, "commands"):
            text = _('"{path}" has no subcommands')
            raise UsageError(text.format(path=context.command_path))
        name, command, _rest = WrappingGroup.resolve_command(context.command, context, [word])
        context = typer.Context(command, info_name=name, parent=context)
        context.help_option_names = context.parent.help_option_names
    streams.write_result(f"{context.command.get_help(context)}\n")
