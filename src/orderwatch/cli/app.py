"""Command line: parse arguments, call the library, print the result."""

import os
from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated, NoReturn

import typer

from orderwatch import __version__, translation
from orderwatch.cli import COMPLETE, folder
from orderwatch.cli.lazy_group import COMMANDS, LazyGroup, usage_text
from orderwatch.cli.terminal import streams
from orderwatch.errors import DeliveryError, OrderwatchError
from orderwatch.translation import _, mark

_CONFIG_MAX = 100_000
"""Bytes of a configuration file that are searched for a language."""
app = typer.Typer(
    name="orderwatch",
    cls=LazyGroup,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    epilog=mark(
        "Run `orderwatch COMMAND --help` for the help of a command. Global options are accepted "
        "before and after the command."
    ),
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(requested: bool) -> None:  # noqa: FBT001 - Typer calls it with the flag
    if requested:
        streams.write_result(f"orderwatch {__version__}\n")
        raise typer.Exit


@app.callback()
def callback(
    orders_file: Annotated[
        list[str] | None,
        typer.Option(
            "--orders",
            metavar="FILE",
            help=mark('A register file (orders.toml), or "shipped"; repeatable.'),
        ),
    ] = None,
    log_url: Annotated[
        str | None,
        typer.Option(
            "--log", metavar="URL", help=mark("The log: a path or a URL (postgresql://…).")
        ),
    ] = None,
    config_file: Annotated[
        str | None,
        typer.Option("--config", metavar="FILE", help=mark("The configuration file.")),
    ] = None,
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            "-V",
            callback=_print_version,
            is_eager=True,
            help=mark("Print the version."),
        ),
    ] = False,
) -> None:
    """Track the deadlines of orders of the International Court of Justice.

    It computes dates and reports who said what. It never judges compliance.

    For example:
      orderwatch status
      orderwatch show rafah
      orderwatch log add rafah/3
    """


def run(arguments: list[str]) -> NoReturn:
    """Run a command; print user errors and exit with their code, let bugs crash."""
    streams.reopen_closed_streams()
    try:
        _activate_language(arguments)
        code = app(arguments, prog_name="orderwatch", standalone_mode=False)
    except (typer.Abort, KeyboardInterrupt):
        code = _print_error(_("interrupted"), 130)
    except typer.TyperException as error:
        if not arguments:
            streams.print_hint(error.format_message())
            raise SystemExit(error.exit_code) from None
        _exit_as_plugin(arguments, _strip_secrets(usage_text(error), arguments))
        text = _strip_secrets(_usage_message(error, arguments), arguments)
        code = _print_error(text, error.exit_code)
    except OrderwatchError as error:
        text = _strip_secrets(str(error), arguments)
        _exit_as_plugin(arguments, text)
        code = _print_error(text, error.exit_code)
    except OSError:
        # Typer writes help itself. If not even a newline can be written, the cause is
        # standard output, and not a bug.
        try:
            streams.write_result("\n")
        except DeliveryError as error:
            code = _print_error(str(error), error.exit_code)
        else:
            raise
    except SystemExit as exit_request:
        # Typer exits with 1 on EPIPE in its help; completion may exit with 1, too.
        if exit_request.code != 1 or COMPLETE in os.environ:
            raise
        code = 141
    raise SystemExit(code)


def _activate_language(arguments: Sequence[str]) -> None:
    """Activate the language of the environment, or of the configuration file if it has one."""
    content = _config_content(arguments)
    translation.activate(translation.ENGLISH)
    if b"lang" in content or os.environ.get("ORDERWATCH_LANG"):
        from orderwatch.cli import help_language
        from orderwatch.settings import choose_language

        translation.activate(choose_language(content, os.environ))
        help_language.install()


def _config_content(arguments: Sequence[str]) -> bytes:
    """Return the bytes of the configuration file, none if it cannot be read."""
    path = os.environ.get("ORDERWATCH_CONFIG") or f"{folder(os.environ, 0)}/config.toml"
    for argument, following in pairwise((*arguments, "")):
        if argument == "--config":
            path = following
        elif argument.startswith("--config="):
            path = argument.removeprefix("--config=")
    try:
        path = os.path.expanduser(path)  # noqa: PTH111 - pathlib takes longer
        if not os.path.isfile(path):  # noqa: PTH113 - as above; a pipe would wait
            return b""
        with open(path, "rb") as file:  # noqa: PTH123 - as above
            return file.read(_CONFIG_MAX)
    except (OSError, ValueError):
        return b""


def _usage_message(error: typer.TyperException, arguments: Sequence[str]) -> str:
    """Format a usage error, with the help command to run next."""
    text = usage_text(error)
    context = getattr(error, "ctx", None)
    if context is None:
        return text
    command = next((argument for argument in arguments if argument in COMMANDS), None)
    if context.parent is None and command and hasattr(error, "option_name"):
        message = _(
            "{problem}\nOptions of {command} follow it. "
            'Run "orderwatch {command} --help" for a list.'
        )
        return message.format(problem=text, command=command)
    message = _('{problem}\nRun "{command} --help" for help.')
    return message.format(problem=text, command=context.command_path)


def _exit_as_plugin(arguments: Sequence[str], text: str) -> None:
    """Exit with UNKNOWN if `check` was called: to a monitor, code 2 is CRITICAL."""
    if "check" in arguments:
        from orderwatch.cli.commands import check

        if check.invokes_check(arguments):
            check.exit_unknown(text)


def _strip_secrets(text: str, arguments: Sequence[str]) -> str:
    """Strip the secrets of addresses, also where a message quotes a misplaced one."""
    from orderwatch.log_url import strip_arguments

    return strip_arguments(text, arguments)


def _print_error(text: str, code: int) -> int:
    streams.print_error(text)
    return code
