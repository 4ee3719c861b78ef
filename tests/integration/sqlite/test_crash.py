"""The log under kill, race and chance: nothing is lost, nothing is half."""

import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings

from orderwatch.errors import LogError
from orderwatch.log import open_store
from orderwatch.log.types import EntryFilter
from tests.support.entries import LIGHTHOUSE, Scribe
from tests.support.log_machine import LogMachine
from tests.support.paths import ROOT
from tests.support.waiting import PATIENCE

pytestmark = pytest.mark.slow

KILLS = 6
"""Writers that are killed while they append, and as many while they import."""
WRITERS, EACH = 6, 15
"""Processes that append at once, and how much each of them."""
LONGEST = 0.4
"""Seconds after which a writer has been killed."""
STEPS, EXAMPLES = 25, 15
"""Of the state machine."""

BEGIN = (
    "import sys\n"
    "from orderwatch.log import open_store\n"
    "from tests.support.entries import Scribe\n"
    "path, name, times = sys.argv[1], sys.argv[2], int(sys.argv[3])\n"
)
APPEND = BEGIN + (
    "scribe = Scribe(name)\n"
    "for number in range(times):\n"
    "    with open_store(path, write=True, must_exist=False) as log:\n"
    "        entry = scribe.event(f'{name} says a thing, number {number}.')\n"
    "        placed = log.append(entry)\n"
    "    print(placed.seq, entry.header.id, flush=True)\n"
)
IMPORT = BEGIN + (
    "from orderwatch.log import importer\n"
    "from orderwatch.log.formats import jsonl\n"
    "importer.LINES = 50\n"
    "def lines():\n"
    "    scribe = Scribe(name)\n"
    "    for _ in range(times):\n"
    "        one = scribe.event('word ' * 200)\n"
    "        yield jsonl.encode_line(one.raw, one.salt, one.payload)\n"
    "with open_store(path, write=True, must_exist=False) as log:\n"
    "    print('begun', flush=True)\n"
    "    print(log.append_many(lines()).size, flush=True)\n"
)
# With a cache of two pages, a transaction reaches the file long before it ends.
HALF = BEGIN + (
    "from orderwatch.log.formats.jsonl import to_line\n"
    "from orderwatch.log.writer import Appender\n"
    "log = open_store(path, write=True)\n"
    "log._con.execute('PRAGMA cache_size = 2')\n"
    "log._con.execute('BEGIN IMMEDIATE')\n"
    "end, scribe = Appender(log._con, log._index_factory), Scribe(name)\n"
    "for _ in range(times): end.append_line(to_line(scribe.event('word ' * 200)))\n"
    "end.write()\n"
    "print('half', flush=True)\n"
    "sys.stdin.read()\n"
)


def started(code: str, path: Path, name: str, times: int) -> subprocess.Popen[str]:
    """Start a process that writes."""
    return subprocess.Popen(  # noqa: S603 - our own code
        [sys.executable, "-c", code, str(path), name, str(times)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


def ended(process: subprocess.Popen[str]) -> tuple[list[str], str]:
    """Wait for the end of a process; give its lines and its complaints."""
    out, err = process.communicate(timeout=PATIENCE)
    return out.splitlines(), err


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Name a log that is there and empty."""
    path = tmp_path / "log.db"
    with open_store(str(path), write=True, must_exist=False) as log:
        log.ensure()
    return path


def test_what_was_acknowledged_outlives_the_writers_death(path: Path) -> None:
    chance = random.Random(0)  # noqa: S311 - any moment will do
    kept: list[tuple[int, str]] = []
    for number in range(KILLS):
        process = started(APPEND, path, f"writer {number}", 10_000)
        assert process.stdout
        first = process.stdout.readline()
        time.sleep(chance.uniform(0, LONGEST))
        process.send_signal(signal.SIGKILL)
        lines, _ = ended(process)
        # The last line can have been cut by the death.
        for line in [first.strip(), *lines]:
            place, _, uid = line.partition(" ")
            if len(uid) == 36:
                kept.append((int(place), uid))
    assert len(kept) >= KILLS
    with open_store(str(path), write=True) as log:
        assert log.verify().problem is None
        for seq, uid in kept:
            assert log.get(seq).header.id == uid
        # A writer can have died between its commit and its word.
        assert log.head().size <= len(kept) + KILLS


def test_an_import_is_there_whole_or_not_at_all_after_a_death(path: Path) -> None:
    chance = random.Random(1)  # noqa: S311 - any moment will do
    size = 0
    for number in range(KILLS):
        process = started(IMPORT, path, f"writer {number}", 2_000)
        assert process.stdout
        assert process.stdout.readline() == "begun\n"
        time.sleep(chance.uniform(0, 2 * LONGEST))
        process.send_signal(signal.SIGKILL)
        lines, _ = ended(process)
        with open_store(str(path), write=True) as log:
            found = log.head().size
            assert log.verify().problem is None
        assert found in {size, size + 2_000}
        assert not lines or found == size + 2_000
        size = found


def test_a_reader_says_what_to_do_after_a_death_and_a_writer_does_it(
    path: Path,
) -> None:
    with open_store(str(path), write=True) as log:
        log.append(Scribe().event())
        head = log.head()
    process = started(HALF, path, "writer", 300)
    assert process.stdout
    assert process.stdout.readline() == "half\n"
    process.send_signal(signal.SIGKILL)
    ended(process)
    before = {one: one.read_bytes() for one in path.parent.iterdir()}
    assert path.with_name("log.db-journal") in before
    with pytest.raises(LogError, match=r"was stopped while it wrote.*next command"):
        open_store(str(path))
    assert {one: one.read_bytes() for one in path.parent.iterdir()} == before
    with open_store(str(path), write=True) as log:
        assert log.head() == head
        assert log.verify().problem is None
    assert list(path.parent.iterdir()) == [path]


def test_a_reader_waits_for_a_leftover_that_is_being_put_right(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    process = started(HALF, path, "writer", 300)
    assert process.stdout
    assert process.stdout.readline() == "half\n"
    process.send_signal(signal.SIGKILL)
    ended(process)
    looks = []

    def put_right(_pause: float) -> None:
        looks.append(path)
        with closing(sqlite3.connect(path)) as con:
            con.execute("SELECT count(*) FROM entry").fetchone()

    # The journal of a writer that lives can look the same, for an instant.
    with monkeypatch.context() as patch:
        patch.setattr("orderwatch.log.sqlite.connection.time.sleep", put_right)
        with open_store(str(path)) as log:
            assert log.head().size == 0
    assert looks == [path]


def test_the_leftover_of_a_strangers_death_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "songs.db"
    code = (
        "import sqlite3, os, sys\n"
        "con = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "con.execute('CREATE TABLE song (title)')\n"
        "con.execute('PRAGMA cache_size = 2')\n"
        "con.execute('BEGIN')\n"
        "con.executemany('INSERT INTO song VALUES (?)', [('x' * 999,)] * 999)\n"
        "os._exit(0)\n"
    )
    ended(started(code, path, "stranger", 0))
    before = {one: one.read_bytes() for one in tmp_path.iterdir()}
    assert len(before) == 2
    with pytest.raises(LogError, match="not a log of orderwatch"):
        open_store(str(path), write=True)
    assert {one: one.read_bytes() for one in tmp_path.iterdir()} == before


def test_many_who_write_at_once_make_one_log_and_readers_never_fail(
    tmp_path: Path,
) -> None:
    path = tmp_path / "new" / "log.db"
    writers = [started(APPEND, path, f"writer {number}", EACH) for number in range(WRITERS)]
    sizes = [0]
    while any(writer.poll() is None for writer in writers):
        with open_store(str(path), must_exist=False) as log:
            head = log.head()
            counted = sum(1 for _ in log.current(EntryFilter(about=[LIGHTHOUSE])))
            assert counted >= head.size >= sizes[-1]
            sizes.append(head.size)
    told = []
    for lines, complaints in map(ended, writers):
        assert complaints == ""
        assert len(lines) == EACH
        told += [line.split() for line in lines]
    with open_store(str(path)) as log:
        assert log.verify().problem is None
        assert log.head().size == WRITERS * EACH
        found = {str(one.seq): one.header.id for one in log.history()}
    assert found == dict(told)
    assert [one.name for one in path.parent.iterdir()] == ["log.db"]


class FileMachine(LogMachine):
    """A log in a file of a new folder."""

    def new(self) -> str:
        """Name a file that is not there yet."""
        self.folder = TemporaryDirectory()
        return str(Path(self.folder.name, "log.db"))

    def remove(self) -> None:
        """Remove the folder."""
        self.folder.cleanup()


TestLog = FileMachine.TestCase
TestLog.settings = settings(max_examples=EXAMPLES, stateful_step_count=STEPS)
