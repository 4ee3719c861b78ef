"""Ask a person at the keyboard."""

from collections.abc import Callable
from contextlib import suppress

import typer

from orderwatch.cli.terminal import streams
from orderwatch.errors import UsageError


def answer(question: str) -> str:
    """Ask, and give what was typed on the line below.

    At the end of input and on Ctrl-C it stops; nothing has been written by then.
    """
    # With it, a line can be edited; not every system has it.
    with suppress(ImportError):
        import readline  # noqa: F401 - Python's `input` finds it

    # Typer's prompt ends on standard output, where a result may go to a file.
    streams.tell(f"{question}:")
    try:
        return input().strip()
    except (EOFError, KeyboardInterrupt):
        streams.tell("")  # to leave the line on which somebody was typing
        raise typer.Abort from None


def asked(
    question: str, check: Callable[[str], object], default: str | None = None
) -> str:
    """Ask until the answer passes; an empty one stands for the default."""
    shown = question if default is None else f"{question} [{default}]"
    while True:
        text = answer(shown) or default or ""
        try:
            check(text)
        except (ValueError, UsageError) as error:
            streams.complain(str(error))
        else:
            return text


def sure(question: str, *, unless: bool = False) -> bool:
    """Ask for yes or no; an empty answer means no, or yes with `unless`."""
    while True:
        text = answer(f"{question} ({'Y/n' if unless else 'y/N'})").casefold()
        if not text:
            return unless
        if text in {"n", "no", "y", "yes"}:
            return text.startswith("y")
