"""Run whole processes on a terminal or into a pipe, and take their processor time."""

import fcntl
import os
import pty
import struct
import subprocess
import termios
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

COLUMNS = 100
_LINES = 40


class Output(Enum):
    """Where a program writes to."""

    TERMINAL = f"terminal of {COLUMNS} columns"
    PIPE = "pipe"


class ProcessError(Exception):
    """A process that did not do what was to be timed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A command line to time."""

    name: str
    argv: Sequence[str]
    environment: Mapping[str, str]
    proof: str = ""
    """A word that its output has to hold, or it did not do its work."""
    codes: Collection[int] = (0,)
    """Its exit codes; those of a monitor are no failures."""


def round_count(text: str) -> int:
    """Parse a number of rounds; raise `ValueError` below 2, which has no quartiles."""
    number = int(text)
    if number < 2:  # noqa: PLR2004 - see above
        raise ValueError
    return number


def environment(home: Path) -> dict[str, str]:
    """Give an environment with a home of its own, and nothing of the user's."""
    home.mkdir(parents=True, exist_ok=True)
    folders = {
        f"XDG_{name}_HOME": str(home / name.lower())
        for name in ("CONFIG", "DATA", "STATE", "CACHE")
    }
    return {
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "PATH": os.environ.get("PATH", os.defpath),
        "TERM": "xterm-256color",
        **folders,
    }


def timed(program: Program, output: Output) -> tuple[float, str]:
    """Run a program to its end; return its processor time in ms and what it wrote.

    Raises `ProcessError` if it fails, or writes something else than was asked of it.
    """
    if output is Output.TERMINAL:
        ours, theirs = pty.openpty()
        size = struct.pack("HHHH", _LINES, COLUMNS, 0, 0)
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, size)
    else:
        ours, theirs = os.pipe()
    process = subprocess.Popen(  # noqa: S603 - a list of arguments, no shell
        program.argv,
        env=program.environment,
        stdin=theirs if output is Output.TERMINAL else subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    text = _drained(ours).decode(errors="replace")
    _, status, usage = os.wait4(process.pid, 0)
    os.close(ours)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in program.codes:
        raise ProcessError(f"{program.name}: exit code {process.returncode}: {text[-2000:]}")
    if program.proof not in text:
        raise ProcessError(f"{program.name}: no {program.proof!r} in: {text[-2000:]}")
    return (usage.ru_utime + usage.ru_stime) * 1000, text


def _drained(source: int) -> bytes:
    written = bytearray()
    while True:
        try:
            piece = os.read(source, 65536)
        except OSError:  # so Linux tells the end of a pseudo-terminal
            return bytes(written)
        if not piece:
            return bytes(written)
        written += piece
