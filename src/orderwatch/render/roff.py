"""Render a manual page in the man(7) macro language."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
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
    return "".join(f"{line}\n" for line in _lines(page, version, day))


def _lines(page: Page, version: str, day: str) -> Iterator[str]:
    title = _plain(page.name.upper())
    # mandoc does not parse a date with escaped hyphens.
    yield f'.TH {title} 1 "{day}" "{_plain(version)}" "User Commands"'
    purpose, *details = page.paragraphs
    yield from _section("NAME")
    # lexgrog (man-db) parses `name \- description` here, for whatis and apropos.
    short = purpose.removesuffix(".")
    yield rf"{_plain(page.name)} \- {_plain(short[:1].lower() + short[1:])}"
    yield from _section("SYNOPSIS")
    yield rf"\fB{_plain(page.command)}\fR {_plain(page.usage)}"
    yield from _section("DESCRIPTION")
    yield _told(purpose)
    for paragraph in (*details, page.touches):
        if paragraph:
            yield ".PP"
            yield _told(paragraph)
    yield from _listed("COMMANDS", page.commands)
    yield from _listed("ARGUMENTS", page.arguments)
    yield from _listed("OPTIONS", page.options)
    yield from _listed("EXIT STATUS", ((str(c), word) for c, word in page.exits))
    yield from _listed("ENVIRONMENT", page.environment)
    yield from _listed("FILES", page.files)
    if page.examples:
        yield from _section("EXAMPLES")
        yield ".EX"
        yield from (_plain(line) for line in page.examples)
        yield ".EE"
    if page.also:
        yield from _section("SEE ALSO")
        names = sorted(name.replace(" ", "-") for name in page.also)
        yield ", ".join(rf"\fB{_plain(name)}\fR(1)" for name in names)


def _section(title: str) -> Iterator[str]:
    yield f".SH {title}"


def _listed(title: str, pairs: Iterable[Pair]) -> Iterator[str]:
    """Render a tagged list (`.TP`) of names and descriptions."""
    for number, (name, description) in enumerate(pairs):
        if number == 0:
            yield from _section(title)
        yield ".TP"
        yield rf"\fB{_plain(name)}\fR"
        yield _told(description)


def _told(text: str) -> str:
    """Render running text; text between backticks becomes bold."""
    parts = _CODE.split(" ".join(text.split()))
    return _inert(
        "".join(
            rf"\fB{part.translate(_ESCAPES)}\fR"
            if index % 2
            else part.translate(_ESCAPES)
            for index, part in enumerate(parts)
        )
    )


def _plain(text: str) -> str:
    return _inert(text.translate(_ESCAPES))


def _inert(line: str) -> str:
    # groff without preconv misreads UTF-8.
    ascii_line = "".join(
        char if char.isascii() else f"\\[u{ord(char):04X}]" for char in line
    )
    # A line that starts with a dot would be a request.
    return rf"\&{ascii_line}" if ascii_line.startswith(".") else ascii_line
