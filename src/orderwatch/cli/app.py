"""The program: its global options, and where errors meet the user."""

import gc
import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from orderwatch import settings
from orderwatch.cli.lazy_group import COMMANDS, CommandTable
from orderwatch.cli.terminal import streams
from orderwatch.errors import DeliveryError, OrderwatchError, UsageError
from orderwatch.version import __version__

app = typer.Typer(
    name="orderwatch",
    cls=CommandTable,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(asked: bool) -> None:  # noqa: FBT001 - Typer calls it with the flag
    if asked:
        streams.emit(f"orderwatch {__version__}\n")
        raise typer.Exit


@app.callback()
def choose(
    ctx: typer.Context,
    orders_file: Annotated[
        str | None,
        typer.Option(
            "--orders", metavar="FILE", help="A register of your own (orders.toml)."
        ),
    ] = None,
    log_url: Annotated[
        str | None,
        typer.Option(
            "--log", metavar="URL", help="A log: a path or a URL (postgresql://…)."
        ),
    ] = None,
    config_file: Annotated[
        str | None,
        typer.Option("--config", metavar="FILE", help="A configuration file."),
    ] = None,
    version: Annotated[  # noqa: ARG001 - its callback does the work
        bool,
        typer.Option(
            "--version", callback=_version, is_eager=True, help="The version."
        ),
    ] = False,
) -> None:
    """Track the deadlines of orders of the International Court of Justice.

    It computes dates and passes on who said what; it never judges compliance.

    For example:
      orderwatch status
      orderwatch show rafah
      orderwatch log add rafah/3
    """
    options = {"orders": orders_file, "log": log_url, "config": config_file}
    try:
        new = ctx.invoked_subcommand == "init"
        ctx.obj = settings.load(options, os.environ, must_exist=not new)
    except UsageError:
        # What is wrong with a configuration is for the doctor to say.
        if ctx.invoked_subcommand != "doctor":
            raise


def main(argv: Sequence[str] | None = None) -> None:
    """Run a command; tell users about their errors, let bugs crash."""
    # A command is short, and the objects of a register are many: to look among them
    # for cycles takes longer than to leave the few there are.
    gc.set_threshold(200_000, 20, 20)
    streams.ready()
    arguments = sys.argv[1:] if argv is None else list(argv)
    try:
        code = app(arguments, prog_name="orderwatch", standalone_mode=False)
    except (typer.Abort, KeyboardInterrupt):
        code = _say("interrupted", 130)
    except typer.TyperException as error:
        if not arguments:
            streams.advise(error.format_message())
            raise SystemExit(error.exit_code) from None
        _answer_monitor(arguments, error.format_message())
        code = _say(_told(error, arguments), error.exit_code)
    except OrderwatchError as error:
        _answer_monitor(arguments, str(error))
        code = _say(str(error), error.exit_code)
    except OSError:
        # Typer writes help by itself. If there is not even room for a line end, it is
        # that, and no bug.
        try:
            streams.emit("\n")
        except DeliveryError as error:
            code = _say(str(error), error.exit_code)
        else:
            raise
    except SystemExit as end:
        # Typer ends with 1 when nobody reads its help; completion may end so, too.
        if end.code != 1 or "_ORDERWATCH_COMPLETE" in os.environ:
            raise
        code = 141
    raise SystemExit(code)


def _told(error: typer.TyperException, arguments: Sequence[str]) -> str:
    """Word wrong usage, and name the help that says what is right."""
    # What a choice is not, pydantic words with its own class in front.
    text = error.format_message().replace(": Value error, ", ": ")
    # Typer lists what to choose from with a line for each.
    text = text.replace("\n\t", " ")
    context = getattr(error, "ctx", None)
    if context is None:
        return text
    command = next((word for word in arguments if word in COMMANDS), None)
    if context.parent is None and command and hasattr(error, "option_name"):
        return (
            f"{text} before a command\n`orderwatch {command} --help` shows those of "
            f"`{command}`, which stand after it"
        )
    return f"{text}\n`{context.command_path} --help` shows what there is"


def _answer_monitor(arguments: Sequence[str], text: str) -> None:
    """Tell a monitor of a wrong configuration in its own way; it calls 2 CRITICAL."""
    if "check" in arguments:
        from orderwatch.cli.commands import check

        if check.is_asked(arguments):
            check.unknown(text)


def _say(text: str, code: int) -> int:
    streams.complain(text)
    return code
