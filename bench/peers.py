"""Other programs that keep dates: how to find each, and what to ask of it."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import formats
from formats import Record, Task
from processes import Program, environment


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """A program, how to know it, and how to give it the records."""

    name: str
    command: str
    version: str
    """A pattern for what it says to `--version`: others may have its name."""
    prepare: Callable[[Task], list[str]]
    python: bool = False
    """Whether it is written in Python, and so has to start as we do."""


PEERS = (
    Peer(
        name="regclock",
        command="regclock",
        version=r"^regclock, version (\S+)",
        prepare=formats.regclock,
        python=True,
    ),
    Peer(
        name="todoman",
        command="todo",
        version=r"^todoman, version (\S+)",
        prepare=formats.todoman,
        python=True,
    ),
    Peer(
        name="khal",
        command="khal",
        version=r"^khal, version (\S+)",
        prepare=formats.khal,
        python=True,
    ),
    Peer(
        name="taskwarrior",
        command="task",
        version=r"^(\d+\.\d+\.\d+)$",
        prepare=formats.taskwarrior,
    ),
    Peer(
        name="hledger",
        command="hledger",
        version=r"^hledger (\d[\d.]*)",
        prepare=formats.hledger,
    ),
    Peer(
        name="remind",
        command="remind",
        version=r"^REMIND (\S+)",
        prepare=formats.remind,
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A peer that is installed, with a command line that lists the records."""

    peer: Peer
    program: Program


def folders(extra: Iterable[Path]) -> list[Path]:
    """List where to look: the folders given, those of the environment, the PATH."""
    named = os.environ.get("ORDERWATCH_BENCH_PEERS", "")
    path = os.environ.get("PATH", os.defpath)
    rest = f"{named}{os.pathsep}{path}".split(os.pathsep)
    return [*extra, *(Path(folder) for folder in rest if folder)]


def find(
    peer: Peer,
    places: Iterable[Path],
    home: Path,
    records: Sequence[Record],
    day: date,
) -> Found | None:
    """Give the first program in `places` that is this peer, with its records."""
    surroundings = environment(home)
    for place in places:
        path = shutil.which(peer.command, path=str(place))
        known = path and re.search(peer.version, _said(path, surroundings), re.MULTILINE)
        if path and known:
            task = Task(path=path, home=home, records=records, day=day)
            program = Program(
                name=f"{peer.name} {known.group(1)}",
                argv=peer.prepare(task),
                environment=surroundings,
                proof=_shown(peer, records, day),
            )
            return Found(peer=peer, program=program)
    return None


def _said(path: str, surroundings: Mapping[str, str]) -> str:
    done = subprocess.run(  # noqa: S603 - a list of arguments, no shell
        [path, "--version"],
        env=surroundings,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


def _shown(peer: Peer, records: Sequence[Record], day: date) -> str:
    """Give words that the list has to hold: of the next deadline after `day`."""
    if peer.name == "regclock":  # prints ids, and of this year alone
        return next((r.name for r in records if r.due.year == day.year), "")
    coming = [r for r in records if r.due > day]
    if not coming:
        return ""
    # Two words, since some lists cut a title short.
    return " ".join(min(coming, key=lambda r: r.due).case.split()[:2])
