"""A manual page in the language of man(7), which every Unix shows."""

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
    """What stands on the page of one command."""

    command: str
    """The words that call it, such as `orderwatch log add`."""
    usage: str
    """What follows them."""
    paragraphs: tuple[str, ...]
    """What it does; the first is one sentence."""
    examples: tuple[str, ...] = ()
    arguments: tuple[Pair, ...] = ()
    options: tuple[Pair, ...] = ()
    commands: tuple[Pair, ...] = ()
    """Those that it has, if it is a group."""
    touches: str = ""
    """What it reads and writes."""
    exits: tuple[tuple[int, str], ...] = ()
    environment: tuple[Pair, ...] = ()
    files: tuple[Pair, ...] = ()
    also: tuple[str, ...] = ()
    """Commands with pages of their own."""

    @property
    def name(self) -> str:
        """Name the page: `orderwatch-log-add`."""
        return self.command.replace(" ", "-")


def text(page: Page, *, version: str, day: str) -> str:
    """Write a page."""
    return "".join(f"{line}\n" for line in _lines(page, version, day))


def _lines(page: Page, version: str, day: str) -> Iterator[str]:
    title = _plain(page.name.upper())
    # mandoc reads no date whose hyphens are escaped.
    yield f'.TH {title} 1 "{day}" "{_plain(version)}" "User Commands"'
    purpose, *about = page.paragraphs
    yield from _section("NAME")
    # Programs that list pages know only a plain `-` here.
    short = purpose.removesuffix(".")
    yield rf"{_plain(page.name)} \- {_plain(short[:1].lower() + short[1:])}"
    yield from _section("SYNOPSIS")
    yield rf"\fB{_plain(page.command)}\fR {_plain(page.usage)}"
    yield from _section("DESCRIPTION")
    yield _told(purpose)
    for one in (*about, page.touches):
        if one:
            yield ".PP"
            yield _told(one)
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
    """Write names, each with what it means."""
    for number, (name, said) in enumerate(pairs):
        if number == 0:
            yield from _section(title)
        yield ".TP"
        yield rf"\fB{_plain(name)}\fR"
        yield _told(said)


def _told(words: str) -> str:
    """Write running text; what stands between backticks is to be typed."""
    parts = _CODE.split(" ".join(words.split()))
    return _inert(
        "".join(
            rf"\fB{part.translate(_ESCAPES)}\fR" if at % 2 else part.translate(_ESCAPES)
            for at, part in enumerate(parts)
        )
    )


def _plain(words: str) -> str:
    return _inert(words.translate(_ESCAPES))


def _inert(line: str) -> str:
    # Without `man` before it, groff reads ASCII alone.
    bare = "".join(c if c.isascii() else f"\\[u{ord(c):04X}]" for c in line)
    # A point at the beginning of a line would be a request.
    return rf"\&{bare}" if bare.startswith(".") else bare
