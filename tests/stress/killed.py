"""Processes that write to a log named by any address: killed, or many at once."""

import fcntl
import os
import re
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from orderwatch import cli
from orderwatch.log import importer, open_store
from orderwatch.log.sqlite import connection
from orderwatch.log.sqlite.connection import Connection
from tests.stress.outcome import Outcome, Place, exported, noting
from tests.support.entries import Scribe

LINES = 100
"""Entries of an import."""
WRITERS = 16
_ROOM = 1_000_000
"""Bytes that a process can say before somebody reads them."""
_TOLD = re.compile(rb"Entry (\d+) is recorded \(([0-9a-f-]{36})\)")
PLACED = re.compile(rb"(\d+) ([0-9a-f-]{36})\n")


@dataclass(frozen=True, slots=True)
class Child:
    """A process that writes, with its output in a pipe."""

    pid: int
    output: int

    def ended(self) -> tuple[int, bytes]:
        """Read all that it said; give its exit code too."""
        with os.fdopen(self.output, "rb") as output:
            said = output.read()
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1]), said

    def killed(self) -> bytes:
        """Kill it; give what it had said."""
        os.kill(self.pid, signal.SIGKILL)
        return self.ended()[1]


def forked(work: Callable[[], None]) -> Child:
    """Start a process in which everything is imported already."""
    ours, theirs = os.pipe()
    fcntl.fcntl(theirs, fcntl.F_SETPIPE_SZ, _ROOM)
    sys.stdout.flush()
    pid = os.fork()
    if pid:
        os.close(theirs)
        return Child(pid, ours)
    try:
        os.close(ours)
        os.dup2(theirs, 1)
        os.dup2(theirs, 2)
        work()
    except SystemExit as end:
        os._exit(int(end.code or 0))
    except BaseException:  # noqa: BLE001 - it must not go on as its parent would
        traceback.print_exc(file=sys.stdout)
        sys.stdout.flush()
        os._exit(1)
    os._exit(0)


def adding(url: str, name: str) -> None:
    """Add notes without end, each by a whole command."""
    number = 0
    while True:
        try:
            cli.main(["--log", url, *noting(number, name)])
        except SystemExit as end:
            if end.code:
                raise
        number += 1


def importing(url: str, file: Path, *, narrow: bool) -> None:
    """Import a file, in several pieces; narrow, each goes into the file at once."""
    importer.LINES_PER_PAGE = 50
    if narrow:
        connection.open_writer = partial(_narrow, connection.open_writer)
    cli.main(["--log", url, "log", "import", str(file)])


def _narrow(writer: Callable[[Path], Connection], path: Path) -> Connection:
    con = writer(path)
    con.execute("PRAGMA cache_size = 2")
    return con


def appending(url: str, name: str, times: int) -> None:
    """Append so many entries, and say of each where it stands."""
    scribe = Scribe(name)
    for number in range(times):
        entry = scribe.event(f"{name} says a thing, number {number}.")
        with open_store(url, write=True) as log:
            placed = log.append(entry)
        os.write(1, f"{placed.seq} {entry.header.id}\n".encode())


def appends(url: str, place: Place) -> None:
    """Kill streams of `log add` at any moment; what was acknowledged is there."""
    done, chance = place.outcome, place.chance
    began, known = time.perf_counter(), kept(url)
    before = len(known)
    child = forked(partial(adding, url, "measured"))
    output = bytearray()
    while not _TOLD.search(output) and (part := os.read(child.output, _ROOM)):
        output += part
    each = time.perf_counter() - began
    known |= acknowledged(_TOLD, bytes(output) + child.killed())
    for number in range(place.times):
        child = forked(partial(adding, url, f"writer {number}"))
        if chance.random() > 1 / 8:
            os.read(child.output, 1)  # the rest of its line still names the entry
        time.sleep(chance.uniform(0, 2 * each))
        known |= acknowledged(_TOLD, b"E" + child.killed())
        done.tried += 1
        _after_a_death(url, done)
    found = kept(url)
    done.found["acknowledged"] = len(known) - before
    done.found["recorded, not told"] = len(found.keys() - known.keys())
    done.expect(known.items() <= found.items(), "an acknowledged entry is not there")
    extra = len(found) - len(known)
    done.expect(extra <= place.times + 1, f"{extra} entries from nowhere")


def imports(url: str, place: Place) -> None:
    """Kill `log import` at any moment; it is there whole or not at all."""
    done, chance = place.outcome, place.chance
    took = 0.0
    for number in range(place.times):
        scribe = Scribe(f"partner {number}")
        file = place.folder / "partner.jsonl"
        entries = [scribe.event("word " * 100) for _ in range(LINES)]
        file.write_bytes(b"".join(exported(entries)))
        size, began = _size(url), time.perf_counter()
        child = forked(partial(importing, url, file, narrow=number % 2 == 0))
        if took:
            time.sleep(chance.uniform(0, 1.1 * took))
            said = child.killed()
        else:
            _, said = child.ended()
            took = time.perf_counter() - began
        done.tried += 1
        _after_a_death(url, done)
        there = _size(url) - size
        done.expect(there in {0, LINES}, f"{there} of {LINES} entries are there")
        told = b"added" in said
        done.expect(there or not told, "an import that was told of is not there")
        done.found["there, not told" if there and not told else ""] += 1
        done.found["there" if there else "not there"] += 1
    del done.found[""]


def together(url: str, place: Place) -> None:
    """Let many write at once, and read meanwhile."""
    done = place.outcome
    before = kept(url)
    writers = [
        forked(partial(appending, url, f"{number} of many", place.times))
        for number in range(WRITERS)
    ]
    known: dict[bytes, int] = {}
    size, open_ = len(before), set(writers)
    while open_:
        with open_store(url) as log:
            head = log.head().size
            done.expect(size <= head, f"a reader saw {head} entries after {size}")
            size = head
            done.expect(not size or log.get(size).seq == size, "no newest entry")
        done.found["reads meanwhile"] += 1
        for child in [one for one in open_ if over(one)]:
            open_.remove(child)
    for child in writers:
        code, said = child.ended()
        done.expect(code == 0, f"a writer failed: {said.decode()[-300:]}")
        mine = acknowledged(PLACED, said)
        done.expect(len(mine) == place.times, f"{len(mine)} were acknowledged")
        done.tried += len(mine)
        known |= mine
    found = kept(url)
    done.expect(known.items() <= found.items(), "an acknowledged entry is not there")
    done.expect(len(found) == len(before) + len(known), "entries from nowhere")


def over(child: Child) -> bool:
    """Tell whether a process has ended, and leave it to be collected."""
    flags = os.WEXITED | os.WNOHANG | os.WNOWAIT
    return os.waitid(os.P_PID, child.pid, flags) is not None


def _after_a_death(url: str, done: Outcome) -> None:
    """Open as the next writer would, and verify now and then."""
    if Path(f"{url}-journal").exists():
        done.found["in the middle of a write"] += 1
    with open_store(url, write=True) as log:
        log.head()
        if done.tried % 50 == 0:
            report = log.verify()
            done.expect(report.problem is None, str(report.problem))


def acknowledged(pattern: re.Pattern[bytes], said: bytes) -> dict[bytes, int]:
    """Read which entries a process said were recorded: their ids and places."""
    pairs: Iterable[tuple[bytes, bytes]] = pattern.findall(said)
    return {uid: int(seq) for seq, uid in pairs}


def _size(url: str) -> int:
    with open_store(url, write=True) as log:
        return log.head().size


def kept(url: str) -> dict[bytes, int]:
    """Read every entry of a log: its id and its place."""
    with open_store(url, write=True) as log:
        return {one.header.id.encode(): one.seq for one in log.history()}
