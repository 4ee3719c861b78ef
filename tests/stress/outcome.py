"""What was tried on the log, how often, and what was lost."""

import os
import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from orderwatch.errors import OrderwatchError
from orderwatch.log import open_store
from orderwatch.log.formats import jsonl
from orderwatch.model.entry import Entry
from tests.support.command_reader import ran
from tests.support.entries import Scribe

DUTY = "192/2024-05-24/3"
DENIED = frozenset({2, 3, 4, 5})
"""Exit codes of a command that says why it did nothing."""


@dataclass(slots=True, kw_only=True)
class Outcome:
    """One kind of harm."""

    name: str
    tried: int = 0
    found: Counter[str] = field(default_factory=Counter)
    """What came of it, and how often."""
    lost: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def expect(self, holds: object, what: str) -> None:
        """Note what was lost, unless it holds."""
        if not holds:
            self.lost.append(what)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where to do harm, how often, and what decides."""

    folder: Path
    times: int
    chance: Random
    outcome: Outcome

    def new(self, name: str) -> Path:
        """Make an empty folder."""
        folder = self.folder / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return folder


Harm = Callable[[Place], None]


def enter_empty_home(folder: Path) -> None:
    """Use an empty folder as home, with nothing of the user's in the environment."""
    for name in list(os.environ):
        if name.startswith(("ORDERWATCH_", "XDG_", "LC_", "PG")):
            del os.environ[name]
    os.environ |= {"HOME": str(folder), "LANG": "C.UTF-8", "COLUMNS": "80"}


def noting(number: int, speaker: str = "Ana") -> list[str]:
    """Write the command that adds a note."""
    said = {
        "--kind": "note",
        "--on": "2024-06-01",
        "--speaker": speaker,
        "--role": "ngo",
        "--summary": f"Note number {number}. " + "lamp " * (number % 50),
    }
    return ["log", "add", DUTY, *(part for pair in said.items() for part in pair)]


def command(log: str | Path, *words: str) -> tuple[object, str, str]:
    """Run a command on a log; a traceback is an exit code of its own."""
    try:
        return ran(["--log", str(log), *words])
    except Exception as error:  # noqa: BLE001 - told with the rest
        return f"traceback: {error!r}", "", ""


def exported(entries: Sequence[Entry]) -> list[bytes]:
    """Write entries as lines of an export."""
    return [jsonl.encode_line(one.raw, one.salt, one.payload) for one in entries]


def filled(path: Path, evidence: bytes = b"") -> list[str]:
    """Make a log with an entry of each kind, and a kept file; give the ids."""
    ana = Scribe()
    first, second, third, *more = (
        ana.event(f"Says a thing, number {number}.", DUTY, "178/2020-01-23/4")
        for number in range(12)
    )
    entries = [first, second, third, *more]
    entries += [ana.correct(first), ana.retract(second), ana.redact(third)]
    with open_store(str(path), write=True, must_exist=False) as log:
        for entry in entries:
            log.append(entry)
    if evidence:
        file = path.with_name("note.txt")
        file.write_bytes(evidence)
        code, _, err = command(path, *noting(0), "--attach", str(file))
        if code:
            raise RuntimeError(err)
        file.unlink()
    with open_store(str(path)) as log:
        return [one.header.id for one in log.history()]


def told(path: Path) -> tuple[Any, ...] | None:
    """Read all that a log says; `None` if it cannot be read or does not verify."""
    with suppress(OrderwatchError), open_store(str(path)) as log:
        if log.verify().problem is None:
            return tuple(log.history()), log.head()
    return None
