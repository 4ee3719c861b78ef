"""Run whole processes on a terminal or into a pipe, and take the time."""

import fcntl
import gc
import os
import pty
import struct
import subprocess
import termios
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from time import perf_counter

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """The times of one program with one output."""

    program: Program
    output: Output
    times: list[float] = field(default_factory=list)
    """In milliseconds, one for each round."""

    def once(self) -> None:
        """Run it once more and keep the time."""
        self.times.append(timed(self.program, self.output)[0])


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
    """Run a program to its end; give the milliseconds it took and what it wrote.

    Raises `ProcessError` if it fails, or writes something else than was asked of it.
    """
    gc.disable()
    try:
        run = _on_terminal if output is Output.TERMINAL else _into_pipe
        took, written, code = run(program)
    finally:
        gc.enable()
    text = written.decode(errors="replace")
    if code != 0:
        raise ProcessError(f"{program.name}: exit code {code}: {text[-2000:]}")
    if program.proof not in text:
        raise ProcessError(f"{program.name}: no {program.proof!r} in: {text[-2000:]}")
    return took * 1000, text


def _on_terminal(program: Program) -> tuple[float, bytes, int]:
    ours, theirs = pty.openpty()
    size = struct.pack("HHHH", _LINES, COLUMNS, 0, 0)
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, size)
    start = perf_counter()
    process = subprocess.Popen(  # noqa: S603 - a list of arguments, no shell
        program.argv,
        env=program.environment,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    written = _drained(ours)
    code = process.wait()
    took = perf_counter() - start
    os.close(ours)
    return took, written, code


def _into_pipe(program: Program) -> tuple[float, bytes, int]:
    ours, theirs = os.pipe()
    start = perf_counter()
    process = subprocess.Popen(  # noqa: S603 - a list of arguments, no shell
        program.argv,
        env=program.environment,
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    written = _drained(ours)
    code = process.wait()
    took = perf_counter() - start
    os.close(ours)
    return took, written, code


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
