"""A screen that is drawn anew until interrupted; then the old one comes back."""

import shutil
import time
from collections.abc import Callable
from typing import NoReturn

from orderwatch.cli import output

_EVERY = 30
"""Between two drawings, in seconds, unless the window changes its size."""
_STEP = 0.5
_OPEN, _CLOSE = "\x1b[?1049h\x1b[?25l", "\x1b[?25h\x1b[?1049l"
"""The second screen of a terminal without its cursor, and back."""


def follow(draw: Callable[[], str]) -> NoReturn:
    """Draw again and again; what goes wrong is told on the old screen."""
    text = draw()
    output.emit(_OPEN)
    try:
        while True:
            columns, lines = shutil.get_terminal_size()
            output.emit(f"\x1b[H\x1b[2J{fitted(text, columns, lines)}")
            _wait((columns, lines))
            text = draw()
    finally:
        output.emit(_CLOSE)


def fitted(text: str, columns: int, lines: int) -> str:
    """Keep the top of what is too long for the window, and say how much is not seen."""
    rows = text.splitlines()
    if len(rows) < lines:
        return text
    shown = max(0, lines - 1)
    more = f"… {len(rows) - shown} more lines: make the window taller"
    return "\n".join([*rows[:shown], more[: max(0, columns - 1)]])


def _wait(size: tuple[int, int]) -> None:
    until = time.monotonic() + _EVERY
    while time.monotonic() < until and size == tuple(shutil.get_terminal_size()):
        time.sleep(_STEP)
