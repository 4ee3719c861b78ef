"""A screen that is drawn anew until somebody leaves; then the old one comes back."""

import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from types import FrameType
from typing import NoReturn

from orderwatch import clock
from orderwatch.cli.terminal import streams

_EVERY = 30
"""Between two looks at register and log, in seconds."""
_STEP = 0.25
"""Between two looks at the window and the keys."""
_OPEN, _CLOSE = "\x1b[?1049h\x1b[?25l", "\x1b[?25h\x1b[?1049l"
"""The second screen of a terminal without its cursor, and back."""
_HOME, _REST_OF_LINE, _REST = "\x1b[H", "\x1b[K", "\x1b[J"
_ENDINGS = ("SIGTERM", "SIGHUP")


def follow(draw: Callable[[], str]) -> NoReturn:
    """Draw again and again; what goes wrong is told on the old screen.

    `q` ends it, and Ctrl-C; Ctrl-Z leaves the old screen as it was, too.
    """
    text = draw()
    with ExitStack() as stack:
        # Whatever ends the program, the old screen is put back.
        stack.enter_context(_ended_by_signals())
        stack.enter_context(_second_screen())
        stack.enter_context(_silent_keys())
        while True:
            read, size = time.monotonic(), _size()
            while time.monotonic() < read + _EVERY and size == _size():
                streams.emit(painted(fitted(f"{text}\n{_now()}", *size)))
                if _left(size):
                    raise SystemExit(0)
            text = draw()


def fitted(text: str, columns: int, lines: int) -> str:
    """Keep the top of what is too long for the window, and its last line.

    Between the two stands how much is not seen.
    """
    rows = text.splitlines()
    if len(rows) <= lines:
        return text
    shown = max(0, lines - 2)
    more = f"… {len(rows) - shown - 1} more lines: make the window taller"
    kept = [*rows[:shown], more[:columns], rows[-1][:columns]]
    return "\n".join(kept[-lines:])


def painted(text: str) -> str:
    """Put a text over what is on the screen, without a moment of nothing."""
    lines = f"{_REST_OF_LINE}\n".join(text.splitlines())
    return f"{_HOME}{lines}{_REST}"


def _now() -> str:
    now = clock.now().astimezone(clock.SEAT)
    return f"{now:%H:%M:%S} in The Hague · q leaves"


def _left(size: tuple[int, int]) -> bool:
    """Wait for the next second, another size, or a key; tell whether it was `q`."""
    second = int(time.time())
    while int(time.time()) == second:
        if _key() in {b"q", b"Q"}:
            return True
        if size != _size():
            break
    return False


def _size() -> tuple[int, int]:
    columns, lines = shutil.get_terminal_size()
    return columns, lines


def _key() -> bytes:
    """Wait a moment for a key."""
    if not sys.stdin.isatty():
        time.sleep(_STEP)
        return b""
    import select

    ready, _, _ = select.select([sys.stdin], [], [], _STEP)
    return os.read(sys.stdin.fileno(), 1) if ready else b""


@contextmanager
def _second_screen() -> Iterator[None]:
    def stopped(_number: int, _frame: FrameType | None) -> None:
        # Not by way of the stream, which may be in the middle of writing.
        os.write(sys.stdout.fileno(), _CLOSE.encode())
        os.kill(os.getpid(), signal.SIGSTOP)
        os.write(sys.stdout.fileno(), _OPEN.encode())

    before = signal.signal(signal.SIGTSTP, stopped)
    streams.emit(_OPEN)
    try:
        yield
    finally:
        streams.emit(_CLOSE)
        signal.signal(signal.SIGTSTP, before)


@contextmanager
def _silent_keys() -> Iterator[None]:
    """Keep what is typed off the screen; Ctrl-C and Ctrl-Z stay what they are."""
    if not sys.stdin.isatty():
        yield
        return
    import termios
    import tty

    before = termios.tcgetattr(sys.stdin)
    tty.setcbreak(sys.stdin)
    try:
        yield
    finally:
        # A terminal that is gone has nothing to be put back.
        with suppress(termios.error):
            termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Let what would kill the program end it, as Ctrl-C does."""

    def end(number: int, _frame: FrameType | None) -> NoReturn:
        raise SystemExit(128 + number)

    before = {
        number: signal.signal(number, end)
        for number in (signal.Signals[name] for name in _ENDINGS)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
