"""A log that lacks entries which this home appended: nothing is appended until that is accepted."""

import os
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import orderwatch
from orderwatch.errors import LogError, UsageError
from orderwatch.log import head_memory, open_store
from orderwatch.log.head_memory import HEADS_MAX, HeadMemory
from tests.conftest import Run
from tests.support.entries import Scribe
from tests.support.folder_state import untouched
from tests.support.log_commands import NOTE, adding, done, refused

pytestmark = pytest.mark.usefixtures("store")
WRITING = (
    ("log", "correct", "1", "--on", "2024-06-02"),
    ("log", "retract", "1", "--why", "an error"),
    ("log", "redact", "1", "--why", "an error", "--yes"),
)


def heads(home: Path) -> list[Path]:
    """List the files of tree heads of a home."""
    return sorted((home / "data" / "orderwatch" / "tree-heads").glob("*"))


def note(run: Run, url: str, times: int = 1) -> None:
    for _ in range(times):
        done(run, "--log", url, *adding(base=NOTE))


@pytest.fixture
def cut(run: Run, log_url: str, bare: str, tmp_path: Path) -> str:
    """Append two entries, back up, append two more, and restore the backup elsewhere."""
    with open_store(log_url, write=True, must_exist=False) as log:
        log.ensure()
    note(run, log_url, 2)
    done(run, "--log", log_url, "log", "backup", str(tmp_path / "older"))
    note(run, log_url, 2)
    done(run, "--log", bare, "log", "restore", str(tmp_path / "older"))
    return bare


def root(run: Run, url: str) -> str:
    return done(run, "--log", url, "log", "checkpoint").splitlines()[2]


def test_a_log_that_was_cut_is_not_appended_to_until_its_root_is_accepted(
    run: Run, cut: str, log_url: str
) -> None:
    err = refused(run, "--log", cut, *adding(base=NOTE), code=4)
    assert "Entries 3 to 4 were acknowledged, and the log lacks them." in err
    assert f"--accept-cut {root(run, cut)}" in err
    for argv in WRITING:
        assert "Entries 3 to 4" in refused(run, "--log", cut, *argv, code=4)
    for wrong, code in ((root(run, log_url), 4), ("yes", 2), ("AAAA", 2), ("A" * 43 + "=", 4)):
        err = refused(run, "--log", cut, *adding(base=NOTE), "--accept-cut", wrong, code=code)
    assert done(run, "--log", cut, "log", "checkpoint").splitlines()[1] == "2"
    done(run, "--log", cut, *adding(base=NOTE), "--accept-cut", root(run, cut))
    note(run, cut)
    assert done(run, "--log", cut, "log", "checkpoint").splitlines()[1] == "4"
    # The log that was whole is now the other one, and says which entries were replaced.
    err = refused(run, "--log", log_url, *adding(base=NOTE), code=4)
    assert "Entries 3 to 4 were acknowledged, and the log lacks some of them." in err


def test_a_verification_says_that_the_log_was_cut(run: Run, cut: str, log_url: str) -> None:
    code, out, err = run("--log", cut, "log", "verify")
    assert (code, "2 entries" in out) == (0, True)
    assert "Entries 3 to 4 were acknowledged" in err
    done(run, "--log", log_url, "log", "verify")


@pytest.mark.parametrize("argv", WRITING)
def test_every_command_that_appends_accepts_a_cut(
    run: Run, cut: str, argv: tuple[str, ...]
) -> None:
    done(run, "--log", cut, *argv, "--accept-cut", root(run, cut))


def test_an_import_that_brings_back_what_is_missing_needs_no_leave(
    run: Run, cut: str, log_url: str
) -> None:
    lines = done(run, "--log", log_url, "log", "export").splitlines(keepends=True)
    err = refused(run, "--log", cut, "log", "import", "-", code=4, stdin="".join(lines[:3]))
    assert "Entry 4 was acknowledged, and the log lacks it." in err
    assert done(run, "--log", cut, "log", "checkpoint").splitlines()[1] == "2"
    done(run, "--log", cut, "log", "import", "-", "--dry-run", stdin=lines[2])
    done(run, "--log", cut, "log", "import", "-", stdin="".join(lines))
    note(run, cut)
    assert done(run, "--log", cut, "log", "checkpoint").splitlines()[1] == "5"


def test_an_import_into_a_log_that_was_cut_can_accept_it(run: Run, cut: str) -> None:
    accept = ("--accept-cut", root(run, cut))
    line = done(run, "--log", cut, "log", "export").splitlines(keepends=True)[0]
    done(run, "--log", cut, "log", "import", "-", *accept, stdin=line)
    note(run, cut)


@pytest.mark.parametrize(("times", "code"), [(3, 0), (4, 4)])
def test_others_may_append_before_a_cut_is_accepted(
    run: Run, cut: str, monkeypatch: pytest.MonkeyPatch, times: int, code: int
) -> None:
    """The root that was printed is that of the log some entries before."""
    monkeypatch.setattr(head_memory, "STATES_MAX", 3)
    printed = root(run, cut)
    ben = Scribe("Ben")
    with open_store(cut, write=True) as log:
        for _ in range(times):
            log.append(ben.event())
    assert run("--log", cut, *adding(base=NOTE), "--accept-cut", printed)[0] == code


def test_reading_neither_reads_nor_writes_tree_heads(run: Run, cut: str, sealed: Path) -> None:
    [file] = heads(sealed)
    file.write_bytes(b"damaged")
    with untouched(sealed):
        for argv in (("log", "list"), ("log", "export"), ("status",), ("log", "checkpoint")):
            done(run, "--log", cut, *argv)
    err = refused(run, "--log", cut, *adding(base=NOTE), code=4)
    assert f"{file} is damaged" in err
    file.unlink()
    note(run, cut)


def test_a_tree_head_is_a_checkpoint_for_its_owner_alone(
    run: Run, log_url: str, sealed: Path
) -> None:
    with open_store(log_url, write=True, must_exist=False) as log:
        log.ensure()
    mask = os.umask(0)
    try:
        note(run, log_url, 2)
    finally:
        os.umask(mask)
    [file] = heads(sealed)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    done(run, "--log", log_url, "log", "verify", "--checkpoint", str(file))
    origin, size, last, earlier = file.read_text().splitlines()
    assert f"{origin}\n{size}\n{last}\n" == done(run, "--log", log_url, "log", "checkpoint")
    assert earlier.startswith("1 ")


def test_writers_at_once_lose_no_tree_head(log_url: str, tmp_path: Path) -> None:
    with open_store(log_url, write=True, must_exist=False) as log:
        log.ensure()
    folder = tmp_path / "tree-heads"

    def write(number: int) -> None:
        scribe = Scribe(f"writer {number}")
        with open_store(log_url, write=True) as log:
            log.memory = HeadMemory(folder)
            for _ in range(20):
                log.append(scribe.event())

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    with open_store(log_url) as log:
        head = log.head()
    [file] = folder.iterdir()
    lines = file.read_text().splitlines()
    assert int(lines[1]) == head.size == 80
    assert [int(line.split()[0]) for line in lines[3:]] == [*range(79, 80 - HEADS_MAX, -1)]


def test_a_home_that_cannot_be_written_is_reported_and_the_entry_is_there(
    run: Run, log_url: str, sealed: Path
) -> None:
    with open_store(log_url, write=True, must_exist=False) as log:
        log.ensure()
    (sealed / "data").write_text("no folder")
    code, out, err = run("--log", log_url, *adding(base=NOTE))
    assert (code, "is recorded" in out) == (0, True)
    assert "was not stored in" in " ".join(err.split())


def test_the_api_refuses_a_cut_too(cut: str) -> None:
    fields = {**NOTE, "about": ["rafah/3"]}
    with orderwatch.open_snapshot(log=cut, write=True) as snapshot:
        event = orderwatch.build_event(fields, snapshot)
        with pytest.raises(LogError, match="Entries 3 to 4") as refusal:
            snapshot.append(event)
    accepted = str(refusal.value).rpartition(" ")[2]
    with orderwatch.open_snapshot(log=cut, write=True, accept_cut=accepted) as snapshot:
        assert [snapshot.append(event).seq for _ in range(2)] == [3, 4]
    with orderwatch.open_snapshot(log=cut, write=True) as snapshot:
        assert snapshot.append(event).seq == 5
    with pytest.raises(UsageError, match="--accept-cut"):
        _ = orderwatch.open_snapshot(log=cut, write=True, accept_cut="AAAA").log


def test_logs_have_memories_of_their_own(
    run: Run, log_url: str, another_url: Callable[[], str], sealed: Path
) -> None:
    for url in (log_url, another_url()):
        with open_store(url, write=True, must_exist=False) as log:
            log.ensure()
        note(run, url)
    assert len(heads(sealed)) == 2
