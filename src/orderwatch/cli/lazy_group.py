"""Groups of commands: those that list when called alone, and those read late."""

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import partial
from importlib import import_module
from typing import Any

from typer import TyperException
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from orderwatch.cli.command_docs import MANUAL
from orderwatch.cli.fast_conversion import light, lighten
from orderwatch.errors import UsageError

COMMANDS = {
    "status": "Show what was ordered, what is due when, and what is on record.",
    "countdown": "Count the days to the deadlines to come, nearest first.",
    "show": "Show all about one case, order or obligation.",
    "explain": "Explain how each date was computed, or why there is none.",
    "orders": "The orders of the register; alone, it lists them.",
    "log": "Public record and log; alone, it lists them, oldest first.",
    "remind": "Say what is due to be said, once; print nothing when there is nothing.",
    "check": "Print one line for a monitor; the exit code says how near a deadline is.",
    "export": "Write one document: a calendar, a feed, a timeline, a table.",
    "publish": "Write a folder that any web server can serve: pages, timeline, data.",
    "init": "Make a configuration and an empty log, where there are none.",
    "doctor": "Look at what orderwatch needs, and say what to do; change nothing.",
    "config": "Show the settings in force, and where each comes from.",
    "schema": "Print the JSON Schema of an output; alone, list the names.",
    "man": "Write the manual pages into a folder, one for each command.",
}
"""The commands in the order people need them, each with its first sentence.

It stands here too: the help need not read every module for a line of
each, as `log` alone brings SQLite.
"""

SECTIONS = {
    "What was ordered, and what is due": (
        *("status", "countdown", "show", "explain", "orders"),
    ),
    "What is on record, and your own log": ("log",),
    "To be told in time": ("remind", "check"),
    "To pass it on": ("export", "publish"),
    "To set it up": ("init", "doctor", "config", "schema", "man"),
}
"""The commands by what people want, in the order in which they want it."""
_READ_FIRST = {"list", "show"}
_EXAMPLES = "For example:\n"
_MEANT = "orderwatch.meant"
"""Where a context keeps the command that a first word can be a misspelling of."""


class WholeLines(TyperGroup):
    """A group whose help breaks the lines on its commands instead of cutting them."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 - Typer's copy of click has no public type for it
        """List the commands, each with the first sentence of its help."""
        with formatter.section("Commands"):
            formatter.write_dl(self.rows(ctx, self.list_commands(ctx)))

    def rows(self, ctx: Any, names: Iterable[str]) -> list[tuple[str, str]]:  # noqa: ANN401 - as above
        """Give commands, each with the first sentence of its help."""
        return [(name, self.sentence(ctx, name)) for name in names]

    def sentence(self, ctx: Any, name: str) -> str:  # noqa: ANN401 - as above
        """Give the first sentence of the help of a command."""
        command: Any = self.get_command(ctx, name)
        return str(command.get_short_help_str(limit=1000))


class ListingGroup(WholeLines):
    """A group whose command `list` may be left out: `log rafah` is `log list rafah`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - Typer's copy of click has no public type for it
        """Put `list` in front of a first word that is no command."""
        helps = {"-h", "--help"}
        completing = ctx.resilient_parsing and not args
        known = args and args[0] in {*self.commands, *helps}
        if not completing and not known and self._lists(args):
            ctx.meta[_MEANT] = self._meant("".join(args[:1]))
            args = ["list", *args]
        return super().parse_args(ctx, args)

    def _meant(self, word: str) -> list[str]:
        """Name the command that a first word may stand for: mistyped, or left out."""
        if word.isdecimal() and "show" in self.commands:
            return [f"show {word}"]
        return get_close_matches(word, self.commands, n=1)

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - as above
        """Run a command; an id that names nothing can be a command mistyped."""
        try:
            return super().invoke(ctx)
        except (UsageError, TyperException) as error:
            for name in ctx.meta.get(_MEANT, ()):
                said = getattr(error, "message", str(error))
                meant = f"{ctx.command_path} {name}"
                raise UsageError(f"{said}; did you mean `{meant}`?") from error
            raise

    def shell_complete(self, ctx: Any, incomplete: str) -> list[Any]:  # noqa: ANN401 - as above
        """Offer the commands, and what `list` takes in their place."""
        offered: list[Any] = super().shell_complete(ctx, incomplete)
        for param in self.commands["list"].params:
            if param.param_type_name == "argument":
                offered += param.shell_complete(ctx, incomplete)
        return offered

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401 - as above
        """Name the commands that read first."""
        return sorted(super().list_commands(ctx), key=lambda n: n not in _READ_FIRST)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401 - as above
        """Find a command, made light."""
        return light(super().get_command(ctx, cmd_name), ctx)

    def _lists(self, args: list[str]) -> bool:
        """Tell whether `list` takes a first word, or it is a command mistyped."""
        takes = {param.param_type_name for param in self.commands["list"].params}
        return not args or args[0].startswith("-") or "argument" in takes


class CommandTable(WholeLines):
    """The commands of the program, each read when it is called for.

    `status` need not wait until all that `log` needs is imported.
    """

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - Typer's, passed on
        super().__init__(**options)
        self.help = _unfilled(self.help)
        self.epilog = "`orderwatch COMMAND --help` says more of each."
        self.commands: Any = _Late()

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - as above
        """Read the global options."""
        lighten(self.get_params(ctx))
        return super().parse_args(ctx, args)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401 - as above
        """Find a command, made light."""
        return light(super().get_command(ctx, cmd_name), ctx)

    def format_options(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 - as above
        """Put the commands first: they are what most people look for."""
        self.format_commands(ctx, formatter)
        # That of a group would list the commands once more, at the end.
        TyperCommand.format_options(self, ctx, formatter)  # type: ignore[arg-type]

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 - as above
        """List the commands by what people want, in the order they want it."""
        width = max(map(len, COMMANDS))
        for title, names in SECTIONS.items():
            rows = self.rows(ctx, names)
            with formatter.section(title):
                formatter.write_dl([(name.ljust(width), said) for name, said in rows])

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401, ARG002 - as above
        """Name the commands without reading them."""
        return list(COMMANDS)

    def sentence(self, ctx: Any, name: str) -> str:  # noqa: ANN401, ARG002 - as above
        """Give the first sentence of a command without reading it."""
        return COMMANDS[name]


def _readable(command: Any, words: str) -> None:  # noqa: ANN401 - a command of Typer's
    """Keep examples on lines of their own in a help, and Python's types out of it.

    At its end it says what is read and written, and the exit codes.
    """
    for name, child in getattr(command, "commands", {}).items():
        _readable(child, f"{words} {name}")
    command.epilog = MANUAL[words].text()
    # Typer's own would be cut after 45 letters where a shell shows it.
    command.short_help = command.get_short_help_str(limit=1000)
    command.help = _unfilled(command.help)
    for param in command.params:
        if param.param_type_name == "argument":
            param.display_type_rich = lambda ctx: None  # noqa: ARG005 - as Typer calls it
            if param.required:
                param.get_usage_pieces = partial(_bare, param.metavar)


def _unfilled(text: str | None) -> str:
    # A paragraph that begins with a backspace is not filled.
    return (text or "").replace(_EXAMPLES, f"\b\n{_EXAMPLES}")


def _bare(name: str, ctx: object) -> list[str]:  # noqa: ARG001 - as Typer calls it
    return [name]


class _Late(Mapping[str, Any]):
    """The commands by name; looking one up imports its module."""

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - a command of Typer's
        module = import_module(f"orderwatch.cli.commands.{name}")
        found: Any = get_command(module.app)
        # A module holds a group of its own name, or commands that stand alone.
        found = getattr(found, "commands", {}).get(name, found)
        found.name = name
        _readable(found, name)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    def __len__(self) -> int:
        return len(COMMANDS)
