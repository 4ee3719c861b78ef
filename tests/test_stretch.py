"""In stretches, by whomever, a log is verified as it is from its beginning."""

import multiprocessing
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from orderwatch.ledger import beside, stretch, tree, verify
from orderwatch.ledger.beside import Helpers, Job
from orderwatch.ledger.sqlite import SqliteLog
from orderwatch.ledger.store import Report, open_store
from orderwatch.ledger.stretch import Stretch
from orderwatch.ledger.walk import Walk
from orderwatch.model import LogHead
from tests.entries import Scribe
from tests.logs import filled
from tests.tampering import CHANGES, tampering


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Make a log of seven entries."""
    path = tmp_path / "folder" / "log.db"
    with open_store(str(path), write=True, must_exist=False) as log:
        filled(log)
    return path


@pytest.fixture(params=[1, 2, 3])
def short(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut a small log into several stretches."""
    monkeypatch.setattr(verify, "STRETCH", request.param)


@pytest.fixture
def shared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Share even a small log with a helper."""
    monkeypatch.setattr(verify, "STRETCH", 2)
    monkeypatch.setattr(verify, "FEW", 1)
    monkeypatch.setattr(beside, "cores", lambda: 2)


def verified(path: Path, *heads: LogHead) -> Report:
    """Verify a log."""
    with open_store(str(path)) as log:
        return log.verify(heads)


def taken(path: Path, start: int, end: int) -> Stretch:
    """Take a stretch that is in order."""
    found = stretch.take(path, start, end)
    assert found is not None
    return found


@pytest.mark.usefixtures("short")
def test_the_report_is_that_of_a_log_in_one_piece(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = verified(path)
    assert (report.problem, report.size, report.redacted) == (None, 7, 1)
    with monkeypatch.context() as patch:
        patch.setattr(verify, "STRETCH", 100)
        assert verified(path) == report


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_found_in_whichever_stretch(path: Path, change: str) -> None:
    tampering(path, change)
    report = verified(path)
    assert report.problem
    assert report.seq == CHANGES[change], report.problem


@pytest.mark.usefixtures("shared")
@pytest.mark.parametrize("change", [*list(CHANGES)[::6], None])
def test_a_helper_finds_what_would_be_found_without_it(
    path: Path, change: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if change:
        tampering(path, change)
    report = verified(path)
    assert (report.problem is None) == (change is None)
    assert multiprocessing.active_children() == []
    monkeypatch.setattr(beside, "cores", lambda: 1)
    assert verified(path) == report


@pytest.mark.parametrize("place", [9, 500, 1_000_000_000, 2**62])
def test_an_entry_far_beyond_the_end_is_not_worked_towards(
    path: Path, monkeypatch: pytest.MonkeyPatch, place: int
) -> None:
    tampering(path, f"UPDATE entry SET seq = {place} WHERE seq = 7")  # noqa: S608
    asked: list[object] = []
    ask = Helpers.ask

    def counted(self: Helpers, work: Callable[[], object]) -> Job[object]:
        asked.append(work)
        assert len(asked) < 100
        return ask(self, work)

    monkeypatch.setattr(Helpers, "ask", counted)
    report = verified(path)
    assert (report.problem, report.seq) == ("it is missing", 7)


@pytest.mark.usefixtures("short")
def test_every_checkpoint_is_compared_within_a_stretch_too(path: Path) -> None:
    with open_store(str(path)) as log:
        heads = [
            LogHead(size=size, root=tree.root(size, log.node)) for size in range(8)
        ]
    assert verified(path, *heads).problem is None
    for size in range(1, 8):
        wrong = LogHead(size=size, root=heads[size - 1].root)
        assert f"the first {size} entries" in str(verified(path, wrong).problem)
    assert "only 7" in str(verified(path, LogHead(size=8, root=b"")).problem)


def test_a_stretch_goes_on_only_from_what_it_is_based_on(path: Path) -> None:
    first, second = taken(path, 0, 3), taken(path, 3, 7)
    walk = Walk(())
    assert not stretch.join(walk, second)
    assert walk.tree.size == 0
    assert stretch.join(walk, first)
    assert not stretch.join(walk, first)
    assert stretch.join(walk, second)
    assert (walk.tree.size, walk.bare, len(walk.effects)) == (7, {3}, 3)


def test_who_lies_about_what_came_before_is_found_out(path: Path) -> None:
    # The hashes of entries 1 to 4 that entry 4 holds: by them, 5 to 7 are in order.
    tampering(
        path,
        "UPDATE entry SET nodes = CAST(substr(nodes, 1, 64) || zeroblob(32) AS BLOB)"
        " WHERE seq = 4",
    )
    assert stretch.take(path, 4, 7) is not None
    assert stretch.take(path, 0, 4) is None
    assert verified(path).seq == 4


@pytest.mark.parametrize("end", [8, 100])
def test_a_stretch_that_lacks_its_end_is_not_in_order(path: Path, end: int) -> None:
    assert stretch.take(path, 4, end) is None


@pytest.mark.usefixtures("shared")
def test_a_log_in_a_folder_that_cannot_be_written_is_shared_as_well(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.chmod(stat.S_IRUSR)
    path.parent.chmod(stat.S_IRUSR | stat.S_IXUSR)
    monkeypatch.setenv("TMPDIR", os.devnull)
    before = [*path.parent.iterdir()]
    try:
        assert verified(path).problem is None
        assert [*path.parent.iterdir()] == before
    finally:
        path.parent.chmod(stat.S_IRWXU)


def test_a_short_log_starts_no_process(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a process was started")

    monkeypatch.setattr(beside, "start", refuse)
    assert verified(path).problem is None
    with SqliteLog(path, write=True) as log:
        log.append(Scribe("Ben").event())
        assert log.verify().size == 8
