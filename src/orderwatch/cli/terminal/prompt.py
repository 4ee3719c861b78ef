"""Prompts for an interactive user."""

from collections.abc import Callable
from contextlib import suppress

import typer

from orderwatch.cli.terminal import streams
from orderwatch.errors import UsageError


def prompt(question: str) -> str:
    """Prompt on standard error and return the line typed.

    Raises `typer.Abort` at end of input and on Ctrl-C; nothing is written before that.
    """
    # Enables line editing in `input`; some systems lack it.
    with suppress(ImportError):
        import readline  # noqa: F401 - Python's `input` finds it

    # Typer's prompt writes to standard output, which may be redirected to a file.
    streams.print_message(f"{question}:")
    try:
        return input().strip()
    except (EOFError, KeyboardInterrupt):
        streams.print_message("")  # newline after the unfinished input
        raise typer.Abort from None


def prompt_until_valid(
    question: str, validate: Callable[[str], object], default: str | None = None
) -> str:
    """Prompt until the answer is valid; an empty answer selects the default."""
    label = question if default is None else f"{question} [{default}]"
    while True:
        text = prompt(label) or default or ""
        try:
            validate(text)
        except (ValueError, UsageError) as error:
            streams.print_error(str(error))
        else:
            return text


def confirm(question: str, *, default: bool = False) -> bool:
    """Prompt for yes or no; an empty answer selects the default."""
    while True:
        text = prompt(f"{question} ({'Y/n' if default else 'y/N'})").casefold()
        if not text:
            return default
        if text in {"n", "no", "y", "yes"}:
            return text.startswith("y")
