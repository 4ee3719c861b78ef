"""Write the manual pages into a folder, one for each command, from the help texts.

    python tools/man.py DIR

`man` finds pages in the folder man1 of a place that it knows, such as
~/.local/share/man/man1. The date on them is that of SOURCE_DATE_EPOCH, or today.
"""

import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from typer.main import get_command

from orderwatch import __version__
from orderwatch.cli.app import app
from orderwatch.cli.command_docs import COMMAND_DOCS, ENVIRONMENT, EXIT_CODES, FILES
from orderwatch.frozen import Frozen

_EXAMPLES = "\b\nFor example:\n"


Pair = tuple[str, str]

_ESCAPES = str.maketrans(
    {
        "\\": r"\[rs]",
        "-": r"\-",
        "'": r"\[aq]",
        '"': r"\[dq]",
        "^": r"\[ha]",
        "~": r"\[ti]",
        "`": r"\[ga]",
    }
)
_CODE = re.compile(r"`([^`]+)`")


class Page(Frozen):
    """The content of the manual page of one command."""

    command: str
    """The command line, such as `orderwatch log add`."""
    usage: str
    """Its arguments, as in a usage line."""
    paragraphs: tuple[str, ...]
    """The description; the first paragraph is one sentence."""
    examples: tuple[str, ...] = ()
    arguments: tuple[Pair, ...] = ()
    options: tuple[Pair, ...] = ()
    commands: tuple[Pair, ...] = ()
    """Sub-commands of a group."""
    touches: str = ""
    """Files it reads and writes."""
    exits: tuple[tuple[int, str], ...] = ()
    environment: tuple[Pair, ...] = ()
    files: tuple[Pair, ...] = ()
    also: tuple[str, ...] = ()
    """Commands to list under SEE ALSO."""

    @property
    def name(self) -> str:
        """Return the page name: `orderwatch-log-add`."""
        return self.command.replace(" ", "-")


def text(page: Page, *, version: str, day: str) -> str:
    """Render a manual page."""
    return "".join(f"{line}\n" for line in _page_lines(page, version, day))


def _page_lines(page: Page, version: str, day: str) -> Iterator[str]:
    title = _escape(page.name.upper())
    # mandoc does not parse a date with escaped hyphens.
    yield f'.TH {title} 1 "{day}" "{_escape(version)}" "User Commands"'
    purpose, *details = page.paragraphs
    yield from _section("NAME")
    # lexgrog (man-db) parses `name \- description` here, for whatis and apropos.
    short = purpose.removesuffix(".")
    yield rf"{_escape(page.name)} \- {_escape(short[:1].lower() + short[1:])}"
    yield from _section("SYNOPSIS")
    yield rf"\fB{_escape(page.command)}\fR {_escape(page.usage)}"
    yield from _section("DESCRIPTION")
    yield _prose(purpose)
    for paragraph in (*details, page.touches):
        if paragraph:
            yield ".PP"
            yield _prose(paragraph)
    yield from _tagged_list("COMMANDS", page.commands)
    yield from _tagged_list("ARGUMENTS", page.arguments)
    yield from _tagged_list("OPTIONS", page.options)
    yield from _tagged_list("EXIT STATUS", ((str(c), word) for c, word in page.exits))
    yield from _tagged_list("ENVIRONMENT", page.environment)
    yield from _tagged_list("FILES", page.files)
    if page.examples:
        yield from _section("EXAMPLES")
        yield ".EX"
        yield from (_escape(line) for line in page.examples)
        yield ".EE"
    if page.also:
        yield from _section("SEE ALSO")
        names = sorted(name.replace(" ", "-") for name in page.also)
        yield ", ".join(rf"\fB{_escape(name)}\fR(1)" for name in names)


def _section(title: str) -> Iterator[str]:
    yield f".SH {title}"


def _tagged_list(title: str, pairs: Iterable[Pair]) -> Iterator[str]:
    """Render a tagged list (`.TP`) of names and descriptions."""
    for number, (name, description) in enumerate(pairs):
        if number == 0:
            yield from _section(title)
        yield ".TP"
        yield rf"\fB{_escape(name)}\fR"
        yield _prose(description)


def _prose(text: str) -> str:
    """Render running text; text between backticks becomes bold."""
    parts = _CODE.split(" ".join(text.split()))
    return _escape_line(
        "".join(
            rf"\fB{part.translate(_ESCAPES)}\fR" if index % 2 else part.translate(_ESCAPES)
            for index, part in enumerate(parts)
        )
    )


def _escape(text: str) -> str:
    return _escape_line(text.translate(_ESCAPES))


def _escape_line(line: str) -> str:
    # groff without preconv misreads UTF-8.
    ascii_line = "".join(char if char.isascii() else f"\\[u{ord(char):04X}]" for char in line)
    # A line that starts with a dot would be a request.
    return rf"\&{ascii_line}" if ascii_line.startswith(".") else ascii_line


def main(arguments: list[str]) -> None:
    """Write the pages; exit with a message for a wrong folder or date."""
    if len(arguments) != 1 or not arguments[0]:
        sys.exit("usage: python tools/man.py DIR")
    folder, day = Path(arguments[0]), str(_build_date(os.environ))
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        sys.exit(f"{folder}: cannot be made: {getattr(error, 'strerror', None) or error}")
    every = list(pages())
    for page in every:
        content = text(page, version=f"orderwatch {__version__}", day=day)
        (folder / f"{page.name}.1").write_text(content, encoding="utf-8")
    print(f"{len(every)} pages are in {folder}; `man -l {folder}/orderwatch.1` shows one")


def pages() -> Iterator[Page]:
    """Yield the manual page of each command, the page of the program first."""
    program: Any = get_command(app)
    root = program.make_context("orderwatch", [], resilient_parsing=True)
    names = program.list_commands(root)
    commands = ("orderwatch", *(f"orderwatch {name}" for name in names))
    yield _build_page(
        root,
        "orderwatch",
        commands=tuple(program.help_rows(root, names)),
        exits=tuple(EXIT_CODES.items()),
        environment=tuple(ENVIRONMENT.items()),
        files=tuple(FILES.items()),
        also=commands[1:],
    )
    for name in names:
        yield from _command_pages(root, program.get_command(root, name), name, commands)


def _command_pages(
    parent: Any,  # noqa: ANN401 - as above
    command: Any,  # noqa: ANN401 - as above
    path: str,
    see_also: tuple[str, ...],
) -> Iterator[Page]:
    """Yield the page of a command, then the pages of its subcommands."""
    ctx = type(parent)(command, info_name=path.rpartition(" ")[2], parent=parent)
    doc, name = COMMAND_DOCS[path], f"orderwatch {path}"
    subcommands = command.list_commands(ctx) if hasattr(command, "commands") else []
    full_names = tuple(f"{name} {command_name}" for command_name in subcommands)
    yield _build_page(
        ctx,
        name,
        commands=tuple(command.help_rows(ctx, subcommands)) if subcommands else (),
        touches=doc.io_text(),
        exits=doc.exit_codes(),
        also=tuple(
            command_name for command_name in (*see_also, *full_names) if command_name != name
        ),
    )
    for command_name in subcommands:
        related = ("orderwatch", name, *full_names)
        yield from _command_pages(
            ctx, command.commands[command_name], f"{path} {command_name}", related
        )


def _build_page(ctx: Any, full_name: str, **sections: Any) -> Page:  # noqa: ANN401 - as above
    command = ctx.command
    description, _, examples = str(command.help).partition(_EXAMPLES)
    return Page(
        command=full_name,
        usage=" ".join(command.collect_usage_pieces(ctx)),
        paragraphs=tuple(
            " ".join(paragraph.split())
            for paragraph in description.split("\n\n")
            if paragraph.strip()
        ),
        examples=tuple(line.strip() for line in examples.splitlines()),
        arguments=tuple(_help_rows(ctx, "argument")),
        options=tuple(_help_rows(ctx, "option")),
        **sections,
    )


def _help_rows(ctx: Any, kind: str) -> Iterator[Pair]:  # noqa: ANN401 - as above
    for param in ctx.command.get_params(ctx):
        row = param.get_help_record(ctx)
        if row is not None and param.param_type_name == kind:
            yield row


def _build_date(environment: Mapping[str, str]) -> date:
    """Return the date of a reproducible build, or today."""
    epoch = environment.get("SOURCE_DATE_EPOCH")
    if not epoch:
        return datetime.now(UTC).date()  # noqa: TID251 - a tool, no command
    try:
        return datetime.fromtimestamp(int(epoch), UTC).date()
    except (ValueError, OverflowError, OSError):
        sys.exit(f"SOURCE_DATE_EPOCH: {epoch!r} is no number of seconds since 1970")


if __name__ == "__main__":
    main(sys.argv[1:])
