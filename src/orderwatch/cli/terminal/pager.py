"""Show what is longer than the screen page by page, to a person at a terminal."""

import os
import re
import shutil
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from orderwatch.cli.terminal import formats, streams

_USUAL = "less -FRX"
_NONE = {"", "cat"}
"""What people name as their pager when they want none."""
_ESCAPES = re.compile(r"\x1b\[[0-9;]*m|\x1b\]8;[^\x1b]*\x1b\\")
"""Colours and links, which take no room."""


def show(text: str, *, no_pager: bool) -> None:
    """Write a result, through a pager if it is long and a person sits there."""
    command = None if no_pager or not _is_long(text) else _command()
    if command is None or not _paged(command, text):
        streams.emit(text)


def _is_long(text: str) -> bool:
    """Tell whether a text runs off the screen of a person who can be asked to wait."""
    if not (sys.stdout.isatty() and sys.stdin.isatty()) or formats.dumb():
        return False
    size = shutil.get_terminal_size()
    lines = _ESCAPES.sub("", text).splitlines()
    rows = (max(1, -(-len(line) // size.columns)) for line in lines)
    return sum(rows) >= size.lines


def _command() -> list[str] | None:
    """Find the pager that a person wants; `None` if none is wanted, or there."""
    wanted = os.environ.get("ORDERWATCH_PAGER", os.environ.get("PAGER", _USUAL))
    if wanted.strip() in _NONE:
        return None
    import shlex

    try:
        words = shlex.split(wanted)
    except ValueError:
        return None
    return words if words and shutil.which(words[0]) else None


def _paged(command: list[str], text: str) -> bool:
    """Hand a text to a pager, and wait; tell whether it could be started.

    One that ends early, or dies, has been read as far as its reader wanted.
    """
    import subprocess

    # Without these, less shows colours as letters, as git has it set.
    environment = {"LESS": "FRX", "LV": "-c", **os.environ}
    data = streams.encoded(text)
    try:
        with (
            _unstopped(),
            subprocess.Popen(  # noqa: S603 - the person's own, no shell
                command, stdin=subprocess.PIPE, env=environment
            ) as pager,
        ):
            pager.communicate(data)
    except OSError:
        return False
    return True


@contextmanager
def _unstopped() -> Iterator[None]:
    """Leave Ctrl-C to the pager, for which it means something else."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
