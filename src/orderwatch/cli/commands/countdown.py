"""`countdown`: the days to the deadlines to come."""

import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from types import FrameType
from typing import Annotated, NoReturn

import typer

from orderwatch import clock
from orderwatch import status as law
from orderwatch.cli.options import (
    AnyRole,
    AsOf,
    DueWithin,
    Excel,
    InForce,
    KindFilter,
    KnownOn,
    Limit,
    NoPager,
    Party,
    Style,
    limited,
    settings,
)
from orderwatch.cli.selection import Exact, Subjects, select
from orderwatch.cli.terminal import formats, pager
from orderwatch.cli.terminal.formats import Format, for_excel, renderer
from orderwatch.errors import UsageError
from orderwatch.snapshot import Filters, Snapshot
from orderwatch.translation import _, mark, ngettext

Live = Annotated[
    bool, typer.Option("--live", help=mark("Update the screen until q or Ctrl-C is pressed."))
]


app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def countdown(
    ctx: typer.Context,
    ids: Subjects = None,
    exact: Exact = False,
    live: Live = False,
    party: Party = None,
    any_role: AnyRole = False,
    kind: KindFilter = None,
    in_force: InForce = False,
    due_within: DueWithin = None,
    limit: Limit = None,
    as_of: AsOf = None,
    known_on: KnownOn = None,
    style: Style = None,
    excel: Excel = False,
    no_pager: NoPager = False,
) -> None:
    """Count the days to the deadlines to come, nearest first.

    With --live the screen is updated until you press q or Ctrl-C.

    For example:
      orderwatch countdown
      orderwatch countdown 178 --live
    """
    style = for_excel(style, excel=excel)
    filters = Filters(party=party, any_role=any_role, kind=kind, in_force=in_force)
    if live:
        if (as_of, known_on, style, limit) != (None, None, None, None):
            raise UsageError(_("--live shows today, and goes with no date, format or limit"))
        if not sys.stdout.isatty() or formats.is_dumb_terminal():
            raise UsageError(_("--live needs a terminal"))
        config = settings(ctx)
        with Snapshot(config) as snapshot:
            courts = snapshot.register.courts
            names = select(snapshot, ids, exact=True)
        run_live(
            lambda: _render_countdown(
                Snapshot(config), names, Format.TABLE, None, [], due_within, filters
            ),
            {court.time_zone: court.seat for court in courts} or {"UTC": None},
        )
    snapshot = Snapshot(settings(ctx), as_of=as_of, known_on=known_on)
    notes: list[str] = []
    names = select(snapshot, ids, style, exact=exact)
    text = _render_countdown(snapshot, names, style, limit, notes, due_within, filters)
    pager.show(text, style, no_pager=no_pager, excel=excel, notes=[*snapshot.notes, *notes])


def _render_countdown(
    snapshot: Snapshot,
    ids: Sequence[str],
    style: Format | None,
    limit: int | None,
    notes: list[str],
    due_within: int | None,
    filters: Filters,
) -> str:
    with snapshot:
        results = law.upcoming(snapshot.statuses(*ids, **filters))
        if due_within is not None:
            results = law.due_within(results, due_within)
        return renderer(style).countdown(snapshot.view, limited(results, limit, notes))


_REFRESH_SECONDS = 30
"""Interval between two reads of register and log."""
_POLL_SECONDS = 0.25
"""Interval between two checks of the window size and the keys."""
_EXIT_SIGNALS = ("SIGTERM", "SIGHUP")


def run_live(draw: Callable[[], str], places: Mapping[str, str | None]) -> NoReturn:
    """Redraw a text until the user quits; print errors on the old screen.

    The last line has the time in time zones, named by their place if there is one.
    `q` and Ctrl-C quit. Ctrl-Z restores the old screen, too.
    """
    from rich.console import Console
    from rich.live import Live
    from rich.text import Text

    text = draw()
    console = Console(color_system="standard" if formats.use_colour() else None)
    live = Live(
        console=console,
        screen=True,
        auto_refresh=False,
        redirect_stdout=False,
        redirect_stderr=False,
    )
    with ExitStack() as stack:
        # Restore the old screen however the program ends.
        stack.enter_context(_exit_on_signals())
        stack.enter_context(live)
        stack.enter_context(_old_screen_while_stopped())
        stack.enter_context(_echo_off())
        while True:
            start, size = time.monotonic(), _window_size()
            while time.monotonic() < start + _REFRESH_SECONDS and size == _window_size():
                window = crop(f"{text}\n{_footer(places)}", *size)
                live.update(Text.from_ansi(window, no_wrap=True, overflow="crop"), refresh=True)
                if _wait_for_quit(size):
                    raise SystemExit(0)
            text = draw()


def crop(text: str, columns: int, lines: int) -> str:
    """Crop a text to the window: its top, a count of hidden lines, its last line."""
    rows = text.splitlines()
    if len(rows) <= lines:
        return text
    top = max(0, lines - 2)
    hidden = len(rows) - top - 1
    notice = ngettext(
        "… {n} more line: make the window taller",
        "… {n} more lines: make the window taller",
        hidden,
    ).format(n=hidden)
    window = [*rows[:top], notice[:columns], rows[-1][:columns]]
    return "\n".join(window[-lines:])


def _footer(places: Mapping[str, str | None]) -> str:
    times = (
        _("{time} in {place}").format(time=f"{clock.now_in(zone):%H:%M:%S}", place=place or zone)
        for zone, place in places.items()
    )
    return " · ".join((*times, _("q: quit")))


def _wait_for_quit(size: tuple[int, int]) -> bool:
    """Wait for the next second, a resize or a key; return whether it was `q`."""
    second = int(time.time())
    while int(time.time()) == second:
        if _read_key() in {b"q", b"Q"}:
            return True
        if size != _window_size():
            break
    return False


def _window_size() -> tuple[int, int]:
    columns, lines = shutil.get_terminal_size()
    return columns, lines


def _read_key() -> bytes:
    """Read a key; return `b""` if none arrives in time."""
    if not sys.stdin.isatty():
        time.sleep(_POLL_SECONDS)
        return b""
    import select

    ready, _, _ = select.select([sys.stdin], [], [], _POLL_SECONDS)
    return os.read(sys.stdin.fileno(), 1) if ready else b""


@contextmanager
def _old_screen_while_stopped() -> Iterator[None]:
    """Restore the old screen while Ctrl-Z has stopped the program."""
    from rich.control import Control

    leave = f"{Control.show_cursor(True)}{Control.alt_screen(False)}"  # noqa: FBT003 - as there
    enter = f"{Control.alt_screen(True)}{Control.show_cursor(False)}"  # noqa: FBT003 - as there

    def suspend(_number: int, _frame: FrameType | None) -> None:
        # Bypass the stream: the signal may have interrupted a write to it.
        os.write(sys.stdout.fileno(), leave.encode())
        os.kill(os.getpid(), signal.SIGSTOP)
        os.write(sys.stdout.fileno(), enter.encode())

    previous = signal.signal(signal.SIGTSTP, suspend)
    try:
        yield
    finally:
        signal.signal(signal.SIGTSTP, previous)


@contextmanager
def _echo_off() -> Iterator[None]:
    """Turn off echo and line buffering; Ctrl-C and Ctrl-Z keep working."""
    if not sys.stdin.isatty():
        yield
        return
    import termios
    import tty

    mode = termios.tcgetattr(sys.stdin)
    tty.setcbreak(sys.stdin)
    try:
        yield
    finally:
        # After a hang-up there is no terminal mode to restore.
        with suppress(termios.error):
            termios.tcsetattr(sys.stdin, termios.TCSADRAIN, mode)


@contextmanager
def _exit_on_signals() -> Iterator[None]:
    """Convert terminating signals to `SystemExit`, so that cleanup runs."""

    def exit_on_signal(number: int, _frame: FrameType | None) -> NoReturn:
        raise SystemExit(128 + number)

    previous = {
        number: signal.signal(number, exit_on_signal)
        for number in (signal.Signals[name] for name in _EXIT_SIGNALS)
    }
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
