"""Render a manual page in the man(7) macro language."""

import re
from collections.abc import Iterable, Iterator

from orderwatch.frozen import Frozen

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
            rf"\fB{part.translate(_ESCAPES)}\fR"
            if index % 2
            else part.translate(_ESCAPES)
            for index, part in enumerate(parts)
        )
    )


def _escape(text: str) -> str:
    return _escape_line(text.translate(_ESCAPES))


def _escape_line(line: str) -> str:
    # groff without preconv misreads UTF-8.
    ascii_line = "".join(
        char if char.isascii() else f"\\[u{ord(char):04X}]" for char in line
    )
    # A line that starts with a dot would be a request.
    return rf"\&{ascii_line}" if ascii_line.startswith(".") else ascii_line
