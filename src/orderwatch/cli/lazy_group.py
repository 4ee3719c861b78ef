"""Command groups: default subcommand, lazy import, help layout."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from typing import Any

from typer import BadParameter, TyperException
from typer._coercion import RuntimeParam, build_runtime_param
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from orderwatch.errors import UsageError, suggest
from orderwatch.text import TextError, argument

COMMANDS = {
    "status": "Show what was ordered, what is due when, and what is on record.",
    "countdown": "Count the days to the deadlines to come, nearest first.",
    "show": "Show all about one case, order or obligation.",
    "explain": "Explain how each date was computed, or why there is none.",
    "orders": "List the orders of the register.",
    "log": "Public record and log; alone, it lists them, oldest first.",
    "remind": "Say what is due to be said, once; print nothing when there is nothing.",
    "check": "Print one line for a monitor; the exit code says how near a deadline is.",
    "export": "Write one document: a calendar, a feed, a timeline, a table.",
    "publish": "Write a folder that any web server can serve: pages, timeline, data.",
    "init": "Make a configuration and an empty log, where there are none.",
    "doctor": "Look at what orderwatch needs, and say what to do; change nothing.",
    "register": "Check and create register files.",
    "config": "Show the settings in force, and where each comes from.",
    "schema": "Print the JSON Schema of an output; alone, list the names.",
}
"""The commands in the order people need them, each with its first sentence.

It stands here too: the help need not read every module for a line of
each, as `log` alone brings SQLite.
"""

SECTIONS = {
    "What was ordered, and what is due": (*("status", "countdown", "show", "explain", "orders"),),
    "What is on record, and your own log": ("log",),
    "To be told in time": ("remind", "check"),
    "To pass it on": ("export", "publish"),
    "To set it up": ("init", "doctor", "register", "config", "schema"),
}
"""The sections of the help, each with its commands."""
_REPLACEMENTS = {
    "orders validate": "register validate",
    "orders schema": "schema register",
}
"""Commands that people type, and what to run instead."""
_FILES = {"FILE", "FILE|-", "KEYFILE", "DIR"}
"""Metavariables of values that are file names."""
_FIRST_COMMANDS = {"list", "show"}
_EXAMPLES_HEADING = "For example:\n"
_SUGGESTION_KEY = "orderwatch.meant"
"""The key in `Context.meta` of the suggested command."""


class WrappingGroup(TyperGroup):
    """A group whose help wraps the summaries of commands, not truncates them."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 - Typer's copy of click has no public type for it
        """Format the list of commands with their summaries."""
        with formatter.section("Commands"):
            formatter.write_dl(self.help_rows(ctx, self.list_commands(ctx)))

    def help_rows(self, ctx: Any, names: Iterable[str]) -> list[tuple[str, str]]:  # noqa: ANN401 - as above
        """Return commands with their summaries."""
        return [(name, self.summary(ctx, name)) for name in names]

    def summary(self, ctx: Any, name: str) -> str:  # noqa: ANN401 - as above
        """Return the first sentence of the help of a command."""
        command: Any = self.get_command(ctx, name)
        return str(command.get_short_help_str(limit=1000))


class DefaultListGroup(WrappingGroup):
    """A group with default subcommand `list`: `log rafah` is `log list rafah`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - Typer's copy of click has no public type for it
        """Insert `list` before a first argument that is not a command."""
        helps = {"-h", "--help"}
        completing = ctx.resilient_parsing and not args
        is_command = args and args[0] in {*self.commands, *helps}
        path = f"{ctx.info_name} {''.join(args[:1])}"
        if path in _REPLACEMENTS and not completing and not is_command:
            raise UsageError(f'"{path}" is no command; run "orderwatch {_REPLACEMENTS[path]}"')
        if not completing and not is_command and self._calls_list(args):
            ctx.meta[_SUGGESTION_KEY] = self._suggestion("".join(args[:1]))
            args = ["list", *args]
        return super().parse_args(ctx, args)

    def _suggestion(self, argument: str) -> list[str]:
        """Return the command that a first argument may stand for."""
        if argument.isdecimal() and "show" in self.commands:
            return [f"show {argument}"]
        return suggest(argument, self.commands, limit=1)

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - as above
        """Run a command; suggest one if the id may be a mistyped command."""
        try:
            return super().invoke(ctx)
        except (UsageError, TyperException) as error:
            for name in ctx.meta.get(_SUGGESTION_KEY, ()):
                message = getattr(error, "message", str(error))
                suggestion = f"{ctx.command_path} {name}"
                raise UsageError(f"{message}; did you mean `{suggestion}`?") from error
            raise

    def shell_complete(self, ctx: Any, incomplete: str) -> list[Any]:  # noqa: ANN401 - as above
        """Return completions: the commands, and the arguments of `list`."""
        completions: list[Any] = super().shell_complete(ctx, incomplete)
        for param in self.commands["list"].params:
            if param.param_type_name == "argument":
                completions += param.shell_complete(ctx, incomplete)
        return completions

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401 - as above
        """Return the names of the commands, those that only read first."""
        return sorted(super().list_commands(ctx), key=lambda n: n not in _FIRST_COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401 - as above
        """Return a command with fast parameter conversion."""
        return with_fast_conversion(super().get_command(ctx, cmd_name), ctx)

    def _calls_list(self, args: list[str]) -> bool:
        """Return whether the arguments can call `list`."""
        parameter_types = {param.param_type_name for param in self.commands["list"].params}
        return not args or args[0].startswith("-") or "argument" in parameter_types


class LazyGroup(WrappingGroup):
    """The commands of the program; each module is imported on first use.

    `status` does not wait for the imports of `log`.
    """

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - Typer's, passed on
        super().__init__(**options)
        self.help = _no_rewrap(self.help)
        self.epilog = "`orderwatch COMMAND --help` says more of each."
        self.commands: Any = _LazyCommands()

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - as above
        """Parse the global options."""
        use_fast_conversion(self.get_params(ctx))
        return super().parse_args(ctx, args)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401 - as above
        """Return a command with fast parameter conversion."""
        return with_fast_conversion(super().get_command(ctx, cmd_name), ctx)

    def format_options(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 - as above
        """Format the commands before the options: most users look for them."""
        self.format_commands(ctx, formatter)
        # `TyperGroup.format_options` would format the commands a second time.
        TyperCommand.format_options(self, ctx, formatter)  # type: ignore[arg-type]

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 - as above
        """Format the commands by section."""
        width = max(map(len, COMMANDS))
        for title, names in SECTIONS.items():
            rows = self.help_rows(ctx, names)
            with formatter.section(title):
                formatter.write_dl([(name.ljust(width), summary) for name, summary in rows])

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401, ARG002 - as above
        """Return the names of the commands without importing their modules."""
        return list(COMMANDS)

    def summary(self, ctx: Any, name: str) -> str:  # noqa: ANN401, ARG002 - as above
        """Return the summary of a command without importing its module."""
        return COMMANDS[name]


def _prepare_help(command: Any, path: str) -> None:  # noqa: ANN401 - a command of Typer's
    """Prepare the help of a command: examples unwrapped, no Python types.

    The epilog lists what the command reads and writes, and its exit codes.
    """
    for name, child in getattr(command, "commands", {}).items():
        _prepare_help(child, f"{path} {name}")
    command.format_epilog = partial(_format_epilog, command, path)
    # Typer truncates the default short help to 45 characters in completions.
    command.short_help = command.get_short_help_str(limit=1000)
    command.help = _no_rewrap(command.help)
    for param in command.params:
        if param.param_type_name == "argument":
            param.display_type_rich = lambda ctx: None  # noqa: ARG005 - as Typer calls it
            if param.required:
                param.get_usage_pieces = partial(_usage_piece, param.metavar)


def _format_epilog(command: Any, path: str, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 - as above
    """Format what a command reads and writes; import it only for its help."""
    from orderwatch.cli.command_docs import COMMAND_DOCS

    command.epilog = COMMAND_DOCS[path].epilog()
    type(command).format_epilog(command, ctx, formatter)


def _no_rewrap(text: str | None) -> str:
    # Click does not rewrap a paragraph that begins with a backspace.
    return (text or "").replace(_EXAMPLES_HEADING, f"\b\n{_EXAMPLES_HEADING}")


def _usage_piece(name: str, ctx: object) -> list[str]:  # noqa: ARG001 - as Typer calls it
    return [name]


@cache
def _load_command(name: str) -> Any:  # noqa: ANN401 - a command of Typer's
    """Import the module of a command and build it, once a process."""
    module = import_module(f"orderwatch.cli.commands.{name}")
    command: Any = get_command(module.app)
    # A module has a group named after it, or several commands.
    command = getattr(command, "commands", {}).get(name, command)
    command.name = name
    _prepare_help(command, name)
    return command


class _LazyCommands(Mapping[str, Any]):
    """A mapping of names to commands; a lookup imports the module."""

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - a command of Typer's
        if name not in COMMANDS:
            raise KeyError(name)
        return _load_command(name)

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    def __len__(self) -> int:
        return len(COMMANDS)


class TextParam(RuntimeParam):
    """Convert text, or apply the parameter's own parser, without pydantic."""

    def _coerce_value(self, value: Any, param: Any, ctx: Any) -> Any:  # noqa: ANN401 - what Typer calls
        if isinstance(value, str | list | tuple) and not self._is_file_name(param):
            value = _decode(value, param, ctx)
        if self.parameter_info.parser is not None and isinstance(value, str):
            return self.parameter_info.parser(value)
        if self.annotation is str and isinstance(value, str):
            return value
        if self.annotation == list[str]:
            return list(value)
        fallback = build_runtime_param(param.type_descriptor)
        return fallback.coerce(value, param=param, ctx=ctx)

    def _is_file_name(self, param: Any) -> bool:  # noqa: ANN401 - as above
        """Return whether the value may be a path, in which any byte may occur."""
        paths = (Path, Path | None, list[Path], list[Path] | None)
        return self.annotation in paths or param.name == "log_url" or param.metavar in _FILES


def _decode(value: Any, param: Any, ctx: Any) -> Any:  # noqa: ANN401 - text or several
    """Decode the bytes of a value that Python left undecoded."""
    if not isinstance(value, str):
        return [_decode(item, param, ctx) for item in value]
    try:
        return value if value.isascii() else argument(value)
    except TextError as error:
        raise BadParameter(str(error), ctx=ctx, param=param) from error


def use_fast_conversion(parameters: Iterable[Any]) -> None:
    """Replace the converters of parameters by `TextParam`."""
    for parameter in parameters:
        descriptor = getattr(parameter, "type_descriptor", None)
        if descriptor is not None and descriptor.file_annotation is None:
            parameter._runtime_param = TextParam(  # noqa: SLF001 - there is no public API
                annotation=descriptor.annotation,
                parameter_info=descriptor.parameter_info,
            )


def with_fast_conversion(command: Any, ctx: Any) -> Any:  # noqa: ANN401 - a command of Typer's
    """Return a command with fast conversion of its parameters and `--help`."""
    if command is not None:
        use_fast_conversion((*command.params, command.get_help_option(ctx)))
    return command
