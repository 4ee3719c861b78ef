"""A person at a terminal: the pager, and the screen that stays up to date."""

import fcntl
import io
import os
import re
import shutil
import signal
import struct
import sys
import termios
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from orderwatch.cli.commands import countdown
from orderwatch.cli.terminal import streams
from orderwatch.log.formats.jsonl import encode_line
from orderwatch.log.sqlite import connection
from tests.conftest import Run
from tests.support.entries import Scribe
from tests.support.terminals import Terminal
from tests.support.waiting import PATIENCE, until

OPEN, CLOSE = b"\x1b[?1049h", b"\x1b[?1049l"
LONG = ("explain", "178", "--all", "--as-of", "2024-06-20")


@pytest.fixture
def reader(tmp_path: Path) -> tuple[str, Path]:
    """Give a pager that keeps what it is given."""
    kept = tmp_path / "read"
    program = tmp_path / "reader"
    program.write_text(f'#!/bin/sh\necho "$LESS" "$@" > {kept}.how\ncat > {kept}\n')
    program.chmod(0o755)
    return str(program), kept


def shown(*argv: str, **environment: str) -> bytes:
    """Run a command on a terminal of 24 lines to its end."""
    screen = Terminal(*argv, **environment)
    assert screen.ended() == 0
    return screen.shown


# How far long work has come


def test_a_count_that_was_shown_is_taken_off_again(tmp_path: Path) -> None:
    ana, lines = Scribe(), tmp_path / "log.jsonl"
    made = [ana.event(f"Number {number}.") for number in range(10_000)]
    lines.write_bytes(b"".join(encode_line(e.raw, e.salt, e.payload) for e in made))
    log = ("--log", str(tmp_path / "log.sqlite"))
    connection.create(tmp_path / "log.sqlite")
    for argv, what, then in (
        (("log", "import", str(lines)), b"entries read", b"10000 entries added"),
        (("log", "verify"), b"entries verified", b"Everything matches"),
        (("log", "verify", str(lines)), b"entries verified", b"Everything matches"),
    ):
        found = shown(*log, *argv)
        assert what + b": 10,000\r\x1b[K" + then in found
        assert b"\x1b[K" not in shown(*log, *argv, TERM="dumb")


# The pager


@pytest.mark.parametrize(
    "line",
    [
        "status",
        "status 192 --timeline --all",
        "status 192 --format json",
        "countdown --format json",
        "show rafah",
        "explain 178",
        "log rafah",
        "orders",
    ],
)
def test_a_long_result_goes_through_the_pager(reader: tuple[str, Path], line: str) -> None:
    program, kept = reader
    argv = line.split()
    assert shown(*argv, PAGER=program, LINES="10") == b""
    direct = shown(*argv, "--no-pager", PAGER=program, LINES="10")
    assert kept.read_bytes().replace(b"\n", b"\r\n") == direct != b""


@pytest.mark.parametrize(
    ("environment", "asked"),
    [
        ({"PAGER": "cat"}, False),
        ({"PAGER": ""}, False),
        ({"PAGER": "no-such-pager"}, False),
        ({"PAGER": "'"}, False),
        ({"TERM": "dumb"}, False),
        ({"LINES": "500"}, False),
        ({"ORDERWATCH_PAGER": "cat"}, False),
        ({}, True),
    ],
    ids=str,
)
def test_when_the_pager_is_asked(
    reader: tuple[str, Path], environment: dict[str, str], *, asked: bool
) -> None:
    program, kept = reader
    out = shown(*LONG, **({"PAGER": program, "LINES": "24"} | environment))
    assert kept.exists() is asked
    assert (b"orderwatch show myanmar" in out) is not asked


def test_one_of_our_own_beats_that_of_the_system(reader: tuple[str, Path]) -> None:
    program, kept = reader
    shown(*LONG, PAGER="cat", ORDERWATCH_PAGER=f"{program} -x 'a b'", LINES="24")
    assert kept.with_suffix(".how").read_text() == "FRX -x a b\n"


def test_what_is_set_for_less_is_left_alone(reader: tuple[str, Path]) -> None:
    shown(*LONG, PAGER=reader[0], LESS="-S", LINES="24")
    assert reader[1].with_suffix(".how").read_text() == "-S\n"


def test_no_pager_in_a_pipe(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAGER", "false")
    monkeypatch.setenv("LINES", "5")
    code, out, err = run(*LONG)
    assert (code, err) == (0, "")
    assert "does not judge" in out


@pytest.mark.parametrize("line", ["false", "head -c 5", "sh -c 'kill -9 $$'"])
def test_a_pager_that_dies_is_no_error(line: str) -> None:
    out = shown("status", "--all", "--format", "json", PAGER=line, LINES="24")
    assert b"Traceback" not in out
    assert len(out) < 10


@pytest.mark.skipif(shutil.which("less") is None, reason="no less here")
def test_less_itself_shows_colours_and_is_left_with_q(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("PAGER")
    screen = Terminal(*LONG, LINES="24")
    screen.until(b"\n:")
    screen.press(b"\x03")  # for less it means something else, and it goes on
    # It throws away what was typed while it was interrupted.
    end = time.monotonic() + PATIENCE
    while not screen.is_over():
        assert time.monotonic() < end, screen.shown
        with suppress(OSError):
            screen.press(b"q")
        time.sleep(0.1)
    assert screen.ended() == 0
    assert b"The Gambia v. Myanmar" in screen.shown
    assert b"ESC[" not in screen.shown
    assert b"Traceback" not in screen.shown


# The screen that stays


def resized(screen: Terminal, columns: int, lines: int) -> None:
    size = struct.pack("HHHH", lines, columns, 0, 0)
    fcntl.ioctl(screen.end, termios.TIOCSWINSZ, size)


@pytest.fixture
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the window say how wide it is."""
    monkeypatch.delenv("COLUMNS")


def echoes(screen: Terminal) -> bool:
    return bool(screen.modes() & termios.ECHO)


@pytest.mark.parametrize(
    ("how", "code"),
    [("q", 0), ("Q", 0), ("\x03", 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)],
    ids=str,
)
def test_however_it_ends_the_terminal_is_as_it_was(how: str | int, code: int) -> None:
    screen = Terminal("countdown", "--live")
    before = screen.modes()
    screen.until(b"in The Hague")
    assert not echoes(screen)
    if isinstance(how, str):
        screen.press(how.encode())
    else:
        os.kill(screen.process, how)
    screen.until(CLOSE)
    until(lambda: screen.modes() == before)
    assert screen.ended() == code
    assert screen.shown.count(OPEN) == screen.shown.count(CLOSE) == 1
    assert screen.shown.rfind(b"\x1b[?25h") > screen.shown.rfind(b"\x1b[?25l")


def test_it_is_drawn_for_a_window_of_another_size(wide: None) -> None:
    assert wide is None
    screen = Terminal("countdown", "--live")
    resized(screen, 100, 40)
    screen.until(b"in The Hague")
    screen.until(b"Myanmar: Report to the Court")
    screen.shown = b""
    resized(screen, 60, 5)
    screen.until(b"more lines: make the window taller")
    screen.until(b"q: quit")
    last = screen.shown.rpartition(b"\x1b[H")[2]
    bare = re.sub(rb"\x1b\[[0-9;]*[mKJ]", b"", last).decode()
    assert max(len(line) for line in bare.splitlines()) <= 60
    assert len(bare.splitlines()) <= 5
    screen.press(b"q")
    assert screen.ended() == 0


def test_the_clock_goes_on(wide: None) -> None:
    assert wide is None
    screen = Terminal("countdown", "--live")
    screen.until(b"in The Hague")
    end = time.monotonic() + PATIENCE
    times: set[bytes] = set()
    while len(times) < 3:
        assert time.monotonic() < end
        times = set(re.findall(rb"(\d\d:\d\d:\d\d) in The Hague", screen.shown))
        screen.more()
    screen.press(b"q")
    assert screen.ended() == 0
    assert b"\x1b[2J" not in screen.shown  # nothing flickers


def test_ctrl_z_gives_the_old_screen_back_for_a_while() -> None:
    screen = Terminal("countdown", "--live")
    screen.until(b"in The Hague")
    os.kill(screen.process, signal.SIGTSTP)
    screen.until(CLOSE)
    os.waitpid(screen.process, os.WUNTRACED)
    screen.shown = b""
    os.kill(screen.process, signal.SIGCONT)
    screen.until(OPEN)
    screen.until(b"in The Hague")
    screen.press(b"q")
    assert screen.ended() == 0


class _Stopping(io.RawIOBase):
    """A terminal at which Ctrl-Z is pressed while something is written to it."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb", buffering=0)
        self.pressed = True

    def writable(self) -> bool:
        return True

    def close(self) -> None:
        self._file.close()
        super().close()

    def fileno(self) -> int:
        return self._file.fileno()

    def write(self, data: Any) -> int:  # noqa: ANN401 - as there
        self._file.write(data)
        if not self.pressed:
            self.pressed = True
            signal.raise_signal(signal.SIGTSTP)
        return len(data)


def test_ctrl_z_while_the_screen_is_painted_breaks_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "shown"
    raw = _Stopping(path)
    screen = io.TextIOWrapper(io.BufferedWriter(raw), encoding="utf-8")
    monkeypatch.setattr(sys, "stdout", screen)
    monkeypatch.setattr(signal, "SIGSTOP", 0)  # the signal that nobody gets
    with countdown._old_screen_while_stopped():  # noqa: SLF001 - what a signal meets
        raw.pressed = False
        streams.write_result("the clock")
    monkeypatch.undo()
    screen.close()
    shown = re.sub(rb"\x1b\[(?:\?25[lh]|H)", b"", path.read_bytes())
    assert shown == b"the clock" + CLOSE + OPEN


@pytest.mark.parametrize("lines", range(1, 8))
def test_what_is_too_long_keeps_its_top_and_its_last_line(lines: int) -> None:
    text = "\n".join([*"abcde", "the clock"])
    rows = countdown.crop(text, 20, lines).splitlines()
    assert len(rows) == min(lines, 6)
    assert rows[-1] == "the clock"
    if 3 <= lines < 6:
        assert rows[: lines - 2] == list("abcde")[: lines - 2]
        assert rows[-2].startswith(f"… {6 - lines + 1} more")
