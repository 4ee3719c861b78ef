"""Command groups: default subcommand, lazy import, help layout, conversion of values."""

import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import date
from enum import StrEnum
from functools import cache, partial
from importlib import import_module
from itertools import dropwhile, takewhile
from math import inf
from pathlib import Path
from typing import Any, get_args

from typer import BadParameter, TyperException
from typer._coercion import RuntimeParam
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from orderwatch.errors import NoMatchError, OrderwatchError, UsageError, suggest
from orderwatch.text import TextError, argument
from orderwatch.translation import _, either, language, mark

COMMANDS = {
    "status": mark("Show orders, deadlines and what is on record."),
    "find": mark("Find cases, orders, obligations and events by words."),
    "countdown": mark("Count the days to the deadlines to come, nearest first."),
    "deadlines": mark("List every deadline, past and to come."),
    "show": mark("Show everything about one case, order or obligation."),
    "explain": mark("Explain how each date was computed, or why there is none."),
    "cite": mark("Print a citation of a case, an order or a point of it."),
    "open": mark("Open the page of an order in the browser."),
    "orders": mark("List the orders of the register."),
    "log": mark("List the public record and your own log; add, correct and verify entries."),
    "changes": mark("List what the register and the log have gained or corrected since a date."),
    "witness": mark("Witness the logs of others: cosign that they only grow."),
    "remind": mark("Send or print the reminders that are due, each once."),
    "check": mark("Print one line for a monitor; the exit code says how near a deadline is."),
    "court": mark("Compare the register with what the Court publishes."),
    "export": mark("Write one document: a calendar, a feed, a timeline, a table, a data package."),
    "publish": mark("Write a folder that any web server can serve: pages, timeline, data."),
    "dossier": mark(
        "Write one ZIP file for one claim, which a stranger checks without orderwatch."
    ),
    "init": mark("Create a config file and an empty log."),
    "mcp": mark("Serve read-only tools to an assistant over standard input and output."),
    "doctor": mark("Check configuration, register, log and mail server; change nothing."),
    "register": mark("Update, compare, validate and create registers."),
    "config": mark("Show or change the settings."),
    "schema": mark("Print the JSON Schema of an output; without a name, list the names."),
    "version": mark("Print the version."),
    "help": mark("Show the help of a command."),
}
"""The commands in the order people need them, each with its first sentence.

It stands here too: the help need not read every module for a line of
each, as `log` alone brings SQLite.
"""

SECTIONS = {
    mark("What was ordered, and what is due"): (
        *("status", "find", "countdown", "deadlines", "show", "explain", "cite", "open", "orders"),
    ),
    mark("What is on record, and your own log"): ("log", "changes", "witness"),
    mark("Reminders and monitoring"): ("remind", "check", "court"),
    mark("Publishing"): ("export", "publish", "dossier"),
    mark("Setup and help"): (
        *("init", "mcp", "doctor", "register", "config", "schema", "version", "help"),
    ),
}
"""The sections of the help, each with its commands."""
GLOBAL_OPTIONS = ("--orders", "--log", "--config")
_NUMBERS = {
    "DAYS": (mark("a number of days, such as 30, from 0"), 0, inf),
    "N": (mark("a number, such as 20, from 1"), 1, inf),
    "YEAR": (mark("a year, such as 2024"), 1000, 9999),
}
"""By metavar: what an option takes, the least and the greatest."""
_FILES = {"FILE", "FILE|-", "KEYFILE", "DIR"}
"""Metavariables of values that are file names."""
_FIRST_COMMANDS = {"list", "show"}
_WITHOUT_SETTINGS = {"doctor", "edit", "help", "set", "version"}
"""Commands that run whatever the configuration is; `doctor` prints what is wrong with it."""
EXAMPLES_HEADING = mark("For example:")
_SENTENCE = re.compile(r"[^\n]*?(?:\.(?=\s|$)|$)", re.MULTILINE)
"""The first sentence of a paragraph; `split` would change its no-break spaces."""
_SUGGESTION_KEY = "orderwatch.meant"
"""The key in `Context.meta` of the suggested subcommand."""
_COMMAND_KEY = "orderwatch.command"
"""The key of the suggested command."""


class WrappingGroup(TyperGroup):
    """A group whose help wraps summaries, and which suggests commands for other words."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # noqa: ANN401 - Typer's copy of click has no public type for it
        """Return the command; raise `UsageError` with the one that a word means."""
        word = args[0]
        names = self.list_commands(ctx)
        if not ctx.resilient_parsing and word[:1] != "-" and word not in names:
            raise UsageError(_unknown_command(_command_path(ctx), args, names))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 - Typer's copy of click has no public type for it
        """Format the list of commands with their summaries."""
        with formatter.section(mark("Commands")):
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
        is_option = args and args[0].startswith("-")  # of the list: `log --history`
        if args and not (ctx.resilient_parsing or is_command or is_option):
            from orderwatch.cli.guesses import guess

            if message := guess(_command_path(ctx), _words(args), self.commands):
                raise UsageError(message)
        if not completing and not is_command and self._calls_list(args):
            ctx.meta[_SUGGESTION_KEY] = self._suggestion("".join(args[:1]))
            args = ["list", *args]
        return super().parse_args(ctx, args)

    def _suggestion(self, argument: str) -> str | None:
        """Return the command that a first argument may stand for."""
        if argument.isdecimal() and "show" in self.commands:
            return f"show {argument}"
        if not argument:
            return None
        from orderwatch.cli.guesses import like

        return like(argument, self.commands)

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - as above
        """Run a command; suggest one if the id may be a mistyped command."""
        try:
            return super().invoke(ctx)
        except (UsageError, TyperException) as error:
            name = ctx.meta.get(_SUGGESTION_KEY)
            if name is None:
                raise
            suggestion = _('Did you mean "{command}"?').format(command=f"{ctx.command_path} {name}")
            message = getattr(error, "message", str(error))
            if isinstance(error, NoMatchError):
                text = _('No command or order matches "{text}".').format(text=error.text)
                raise UsageError(f"{text} {suggestion}") from error
            raise UsageError(f"{message}\n{suggestion}") from error

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
        self.help = _translate_help(self.help)
        self.epilog = self.epilog and _(self.epilog)
        _translate_parameters(self)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - as above
        """Parse the global options."""
        use_fast_conversion(self.get_params(ctx))
        return super().parse_args(ctx, args)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401, ARG002 - as above
        """Return a command; import its module."""
        return _load_command(cmd_name) if cmd_name in COMMANDS else None

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # noqa: ANN401 - as above
        """Return the command; words that are none are searched for with `find`."""
        if ctx.resilient_parsing or args[0][:1] == "-" or args[0] in COMMANDS:
            return super().resolve_command(ctx, args)
        from orderwatch.cli import guesses

        words = _words(args)
        # "What is due": the first word that is not too common is the guess.
        typed = " ".join(words).split() or words
        guessed = list(dropwhile(guesses.is_common, typed)) or typed
        message = guesses.guess("", guessed, COMMANDS, is_question=guessed != typed)
        if message and (guesses.is_asking(typed[0]) or not _is_subject(ctx, words)):
            raise UsageError(message)
        ctx.meta[_COMMAND_KEY] = guesses.like(args[0], COMMANDS)
        return "find", _load_command("find"), args

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - as above
        """Run a command; suggest one if words match nothing and may be a mistyped command."""
        try:
            return super().invoke(ctx)
        except NoMatchError as error:
            name = ctx.meta.get(_COMMAND_KEY)
            if name is None:
                raise
            message = _('No command or order matches "{text}". Did you mean {command}?')
            raise UsageError(message.format(text=error.text, command=name)) from error

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
            with formatter.section(_(title)):
                formatter.write_dl([(name.ljust(width), summary) for name, summary in rows])

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401, ARG002 - as above
        """Return the names of the commands without importing their modules."""
        return list(COMMANDS)

    def summary(self, ctx: Any, name: str) -> str:  # noqa: ANN401, ARG002 - as above
        """Return the summary of a command without importing its module."""
        return _(COMMANDS[name])


def usage_text(error: TyperException) -> str:
    """Return a usage error in words, without Typer's own."""
    text = error.format_message()
    if option := getattr(error, "option_name", None):
        if "does not take" in text:
            return _("{option} takes no value").format(option=option)
        if "requires" in text:
            return _("{option} needs a value").format(option=option)
        hint = _similar_option(getattr(error, "ctx", None), option)
        return _("unknown option {option}{hint}").format(option=option, hint=hint)
    if param := getattr(error, "param", None):
        return _value_text(param, getattr(error, "message", ""))
    extra = text.removeprefix("Got unexpected extra argument(s) (")
    if extra != text:
        return _("too many arguments: {names}").format(names=extra.removesuffix(")"))
    return _("name a command") if text.startswith("Missing command") else text


def _value_text(param: Any, message: str) -> str:  # noqa: ANN401 - as above
    """Return the error for an invalid value, or for a missing one."""
    is_argument = param.param_type_name == "argument"
    name = param.metavar or param.name.upper() if is_argument else param.opts[0]
    if message:
        takes = _("takes {choices}, not {text!r}").partition("{")[0]
        return f"{name}{' ' if takes and message.startswith(takes) else ': '}{message}"
    kind = param.type_descriptor.annotation
    choices = f": {either(list(kind))}" if hasattr(kind, "__members__") else ""
    return _("{name} is missing{choices}").format(name=name, choices=choices)


def _similar_option(ctx: Any, option: str) -> str:  # noqa: ANN401 - as above
    """Return what an unknown option may stand for, as the end of an error message."""
    from orderwatch.cli.command_docs import OPTION_SYNONYMS

    names = [name for param in ctx.command.params for name in param.opts if name[:2] == "--"]
    meant = next((words for words in OPTION_SYNONYMS if option in words.split()), None)
    if meant:
        for target in OPTION_SYNONYMS[meant]:
            if target.split()[0] in names:
                return _("; did you mean {match}?").format(match=target)
    from orderwatch.cli.guesses import like

    name = like(option, names)
    return _("; did you mean {match}?").format(match=name) if name else ""


def _command_path(ctx: Any) -> str:  # noqa: ANN401 - as above
    """Return the words of a command, without the name of the program."""
    return str(ctx.command_path).partition(" ")[2]


def _unknown_command(path: str, args: list[str], names: Iterable[str]) -> str:
    """Return the error for a word that is no command, with the one that is meant."""
    from orderwatch.cli.guesses import guess, like

    if message := guess(path, _words(args), names):
        return message
    typed = f"{path} {args[0]}".strip()
    if name := like(args[0], names):
        message = _('"{typed}" is not a command. Did you mean {command}?')
        return message.format(typed=typed, command=f"{path} {name}".strip())
    message = _('"{typed}" is not a command. Run "{help}" for a list.')
    return message.format(typed=typed, help=f"orderwatch {path} --help".replace("  ", " "))


def _words(args: list[str]) -> list[str]:
    """Return the arguments before the first option."""
    return [args[0], *takewhile(lambda word: word[:1] != "-", args[1:])]


def _is_subject(ctx: Any, words: list[str]) -> bool:  # noqa: ANN401 - as above
    """Return whether words name a case, order, obligation or State."""
    from orderwatch.cli.options import load_settings
    from orderwatch.snapshot import Snapshot

    with suppress(OrderwatchError), Snapshot(load_settings(ctx)) as snapshot:
        return snapshot.find_named(" ".join(words)) is not None
    return False


def _prepare_help(command: Any, path: str) -> None:  # noqa: ANN401 - a command of Typer's
    """Prepare the help of a command: examples unwrapped, no Python types.

    The epilog lists what the command reads and writes, and its exit codes.
    """
    for name, child in getattr(command, "commands", {}).items():
        _prepare_help(child, f"{path} {name}")
    command.format_epilog = partial(_format_epilog, command, path)
    command.make_parser = partial(_make_parser, command)
    if not hasattr(command, "commands"):
        command.invoke = partial(_invoke, command)
    command.help = _translate_help(command.help)
    # Typer truncates the default short help to 45 characters in completions.
    command.short_help = "".join(_SENTENCE.findall(command.help)[:1])
    _translate_parameters(command)
    for param in command.params:
        if param.param_type_name == "argument":
            param.display_type_rich = lambda ctx: None  # noqa: ARG005 - as Typer calls it
            if param.required:
                param.get_usage_pieces = partial(_usage_piece, param.metavar)


def _translate_parameters(command: Any) -> None:  # noqa: ANN401 - as above
    """Translate the help of each parameter."""
    for param in command.params:
        if param_help := getattr(param, "help", None):
            param.help = _(param_help)


def _make_parser(command: Any, ctx: Any) -> Any:  # noqa: ANN401 - as above
    """Return the parser of a command, which takes the global options and `--json` too."""
    use_fast_conversion(command.get_params(ctx))
    parser = type(command).make_parser(command, ctx)
    root = ctx.find_root()
    own = {name: param for param in command.params for name in param.opts}
    shared = [
        param
        for param in root.command.params
        if set(param.opts) & set(GLOBAL_OPTIONS) and not set(param.opts) & set(own)
    ]
    for param in shared:
        param.add_to_parser(parser, ctx)
    if style := own.get("--format"):
        parser.add_option(style, ["--json"], style.name, action="store_const", const="json")
    parse = parser.parse_args

    def parse_args(args: list[str]) -> Any:  # noqa: ANN401 - as above
        values, rest, order = parse(args)
        for param in shared:
            value = values.pop(param.name, None)
            if value is not None:
                before = root.params.get(param.name)
                root.params[param.name] = [*(before or ()), *value] if param.multiple else value
        return values, rest, [param for param in order if param not in shared]

    parser.parse_args = parse_args
    return parser


def _invoke(command: Any, ctx: Any) -> Any:  # noqa: ANN401 - as above
    """Run a command with the settings that the global options say."""
    from orderwatch.cli.options import load_settings

    if command.name not in _WITHOUT_SETTINGS:
        ctx.obj = load_settings(ctx, must_exist=command.name != "init")
    return type(command).invoke(command, ctx)


def _format_epilog(command: Any, path: str, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 - as above
    """Format what a command reads and writes; import it only for its help."""
    from orderwatch.cli.command_docs import COMMAND_DOCS

    command.epilog = COMMAND_DOCS[path].epilog()
    type(command).format_epilog(command, ctx, formatter)


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a help, each on one line but the examples."""
    parts = text.split("\n\n") if text else []
    return [x if x.startswith(EXAMPLES_HEADING) else x.replace("\n", " ") for x in parts]


def _translate_help(text: str | None) -> str:
    """Return a help in the active language; Click does not rewrap what follows a backspace."""
    return "\n\n".join(
        f"\b\n{_(EXAMPLES_HEADING)}{part.removeprefix(EXAMPLES_HEADING)}"
        if part.startswith(EXAMPLES_HEADING)
        else _(part)
        for part in paragraphs(text or "")
    )


def _usage_piece(name: str, ctx: object) -> list[str]:  # noqa: ARG001 - as Typer calls it
    return [name]


def _load_command(name: str) -> Any:  # noqa: ANN401 - a command of Typer's
    """Return a command, with its help in the active language."""
    return _build_command(name, language())


@cache
def _build_command(name: str, _language: str) -> Any:  # noqa: ANN401 - a command of Typer's
    """Import the module of a command and build it, once for each language."""
    module = import_module(f"orderwatch.cli.commands.{name}")
    command: Any = get_command(module.app)
    # A module has a group named after it, or several commands.
    command = getattr(command, "commands", {}).get(name, command)
    command.name = name
    _prepare_help(command, name)
    return command


class TextParam(RuntimeParam):
    """Convert text, or apply the parameter's own parser, without pydantic."""

    def _coerce_value(self, value: Any, param: Any, ctx: Any) -> Any:  # noqa: ANN401 - what Typer calls
        if isinstance(value, str | list | tuple) and not self._is_file_name(param):
            value = _decode(value, param, ctx)
        if isinstance(value, str):
            convert: Callable[..., Any] | None = self.parameter_info.parser
            return convert(value) if convert else _convert(value, self.annotation, param, ctx)
        if item_types := get_args(self.annotation):
            return [_convert(item, item_types[0], param, ctx) for item in value]
        return value

    def _is_file_name(self, param: Any) -> bool:  # noqa: ANN401 - as above
        """Return whether the value may be a path, in which any byte may occur."""
        paths = (Path, Path | None, list[Path], list[Path] | None)
        return self.annotation in paths or param.name == "log_url" or param.metavar in _FILES


def _convert(text: str, kind: Any, param: Any, ctx: Any) -> Any:  # noqa: ANN401 - as above
    """Convert the text of a value; raise `BadParameter` if it is invalid."""
    if kind is str:
        return text
    if kind is int:
        return _parse_number(text, *_NUMBERS[param.metavar])
    if kind is Path:
        if not text or "\0" in text:
            raise BadParameter(_("{text!r} is not a file name").format(text=text))
        return Path(text)
    if kind is date:
        from orderwatch.cli.options import parse_date

        return parse_date(text, ctx)
    return _parse_choice(text, kind)


def _parse_number(text: str, expected: str, least: float, greatest: float) -> int:
    with suppress(ValueError):
        if least <= (number := int(text)) <= greatest:
            return number
    message = _("takes {expected}, not {text!r}")
    raise BadParameter(message.format(expected=_(expected), text=text[:40]))


def _parse_choice(text: str, kind: type[StrEnum]) -> StrEnum:
    names = [str(item) for item in kind]
    if (name := text.strip().casefold()) in names:
        return kind(name)
    matches = suggest(text, names, limit=1)
    message = _("takes {choices}, not {text!r}")
    if matches:
        message = _("takes {choices}, not {text!r}; did you mean {match}?")
    match = "".join(matches)
    raise BadParameter(message.format(choices=either(names), text=text, match=match))


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
