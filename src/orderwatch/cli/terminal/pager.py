"""Pager for results that are longer than the screen."""

import os
import re
import shutil
import signal
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import chain

from orderwatch.cli.terminal import formats, streams
from orderwatch.text import encode

_DEFAULT = "less -FRX"
_NO_PAGER = {"", "cat"}
"""Values of `PAGER` that mean no pager."""
_ESCAPES = re.compile(r"\x1b\[[0-9;]*m|\x1b\]8;[^\x1b]*\x1b\\")
"""Colours and links, which have no width."""


def show(
    text: str,
    style: formats.Format | None,
    *,
    no_pager: bool,
    excel: bool = False,
    notes: Iterable[str] = (),
) -> None:
    """Write a result, through a pager if it is long and a user is present.

    Notes on what the user typed go to standard error first.
    """
    streams.print_notes(notes)
    command = None if no_pager or not _is_long(text) else _pager_command()
    if command is not None and _run_pager(command, text):
        return
    if formats.resolve_format(style).is_document:
        streams.write_document(text, excel=excel)
    else:
        streams.write_result(text)


def stream(
    chunks: Iterable[str],
    style: formats.Format | None,
    *,
    excel: bool = False,
    notes: Iterable[str] = (),
) -> None:
    """Write a long result in parts, as `show` writes it without a terminal."""
    for note in dict.fromkeys(notes):
        streams.print_hint(f"orderwatch: {note}")
    is_document = formats.resolve_format(style).is_document
    encoding = "utf-8" if is_document else sys.stdout.encoding or "utf-8"
    mark = ["\ufeff"] if excel else []
    streams.write_chunks(encode(chunk, encoding) for chunk in chain(mark, chunks))


def _is_long(text: str) -> bool:
    """Return whether a text is longer than the screen of an interactive terminal."""
    if not (sys.stdout.isatty() and sys.stdin.isatty()) or formats.is_dumb_terminal():
        return False
    size = shutil.get_terminal_size()
    lines = _ESCAPES.sub("", text).splitlines()
    rows = (max(1, -(-len(line) // size.columns)) for line in lines)
    return sum(rows) >= size.lines


def _pager_command() -> list[str] | None:
    """Return the command of the pager, or `None` without one."""
    setting = os.environ.get("ORDERWATCH_PAGER", os.environ.get("PAGER", _DEFAULT))
    if setting.strip() in _NO_PAGER:
        return None
    import shlex

    try:
        argv = shlex.split(setting)
    except ValueError:
        return None
    return argv if argv and shutil.which(argv[0]) else None


def _run_pager(command: list[str], text: str) -> bool:
    """Run a pager on a text; return whether it started.

    A pager that exits early or dies has shown as much as the user wanted.
    """
    import subprocess

    # As git sets them: without them, less prints escape sequences as text.
    environment = {"LESS": "FRX", "LV": "-c", **os.environ}
    data = encode(text, sys.stdout.encoding or "utf-8")
    try:
        with (
            _ignore_sigint(),
            subprocess.Popen(  # noqa: S603 - the user's own, no shell
                command, stdin=subprocess.PIPE, env=environment
            ) as pager,
        ):
            pager.communicate(data)
    except OSError:
        return False
    return True


@contextmanager
def _ignore_sigint() -> Iterator[None]:
    """Ignore SIGINT while a pager runs: Ctrl-C has its own meaning there."""
    previous = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, previous)
