"""A long export is read in a process of its own, and nothing else is different."""

import multiprocessing
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from orderwatch.errors import LogError
from orderwatch.ledger import ahead
from orderwatch.ledger.ahead import Read
from orderwatch.ledger.sqlite import SqliteLog
from tests.entries import Scribe

SIZE = 7


@pytest.fixture
def lines(tmp_path: Path) -> list[bytes]:
    """Export a log of events, with a retraction in it."""
    path = tmp_path / "log.sqlite"
    with SqliteLog(path, write=True, must_exist=False) as log:
        log.ensure()
        ana = Scribe()
        entries = [ana.event(f"Says “{number}”.") for number in range(60)]
        for entry in [*entries, ana.retract(entries[2])]:
            log.append(entry)
        return list(log.export())


def everything(lines: list[bytes] | Iterator[bytes], size: int = SIZE) -> list[Read]:
    return [one for some in ahead.read(lines, size) for one in some]


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin the other process after the first few lines."""
    monkeypatch.setattr(ahead, "FEW", 0)


def test_both_ways_read_the_same(
    lines: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    some = [*lines[:20], b"\n", b"no entry\n", *lines[20:], b"\xff\n"]
    here = everything(some)
    assert len(here) == 63
    assert [number for number, one in here if isinstance(one, str)] == [22, 64]
    monkeypatch.setattr(ahead, "FEW", 0)
    assert everything(some) == here
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize("few", [0, 5_000])
def test_long_lines_are_held_a_few_at_a_time(
    monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(ahead, "FEW", few)
    taken = []

    def lines() -> Iterator[bytes]:
        for number in range(60):
            taken.append(number)
            yield b"x" * 1_000_000

    pages = ahead.read(lines(), 1_000)
    assert len(next(pages)) <= 20
    assert len(taken) <= 20
    assert sum(map(len, pages)) >= 40
    assert len(taken) == 60


@pytest.mark.usefixtures("at_once")
def test_an_import_through_it_gives_the_same_log(
    lines: list[bytes], tmp_path: Path
) -> None:
    with SqliteLog(tmp_path / "log.sqlite") as old:
        root = old.head().root
    with SqliteLog(tmp_path / "new.sqlite", write=True, must_exist=False) as new:
        # Pages of 1,000 lines: enough that several go through the process.
        done = new.append_many(line for _ in range(50) for line in lines)
        assert (done.added, done.skipped, done.root) == (61, 49 * 61, root)
        assert new.verify().problem is None


@pytest.mark.usefixtures("at_once")
def test_who_stops_early_leaves_no_process(lines: list[bytes]) -> None:
    reading = ahead.read((line for _ in range(10_000) for line in lines), SIZE)
    for _ in range(3):
        next(reading)
    assert len(multiprocessing.active_children()) == 1
    reading.close()
    assert multiprocessing.active_children() == []


@pytest.mark.usefixtures("at_once")
def test_lines_that_cannot_be_read_to_their_end_say_so(lines: list[bytes]) -> None:
    def broken() -> Iterator[bytes]:
        yield from lines
        raise OSError(5, "Input/output error")

    with pytest.raises(OSError, match="Input/output"):
        everything(broken())
    assert multiprocessing.active_children() == []


@pytest.mark.usefixtures("at_once")
def test_a_process_that_is_killed_is_noticed(lines: list[bytes]) -> None:
    reading = ahead.read((line for _ in range(10_000) for line in lines), SIZE)
    for _ in range(3):
        next(reading)
    [process] = multiprocessing.active_children()
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    with pytest.raises(LogError, match="was ended"):
        for _ in reading:
            pass
