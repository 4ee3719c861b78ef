"""A log that another program switched to WAL: read untouched, named, switched back."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from orderwatch.errors import LogError
from orderwatch.log import open_store
from orderwatch.log.sqlite import SqliteLog, connection
from tests.conftest import Run
from tests.support.entries import Scribe
from tests.support.folder_state import untouched
from tests.support.log_commands import NOTE, adding, default_log, done
from tests.support.logs import filled


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Write a log of seven entries, in a folder of its own."""
    path = tmp_path / "logs" / "log.db"
    with SqliteLog(path, write=True, must_exist=False) as log:
        filled(log)
    return path


def wal_of(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")


def switch(path: Path) -> None:
    """Switch a log to WAL and close it, as a database browser does."""
    with closing(sqlite3.connect(path)) as con:
        assert con.execute("PRAGMA journal_mode = WAL").fetchone() == ("wal",)


@contextmanager
def opened_in_wal(path: Path) -> Iterator[sqlite3.Connection]:
    """Keep a log open in WAL mode, with a change that only the `-wal` file has."""
    with closing(sqlite3.connect(path, isolation_level=None)) as con:
        con.execute("PRAGMA journal_mode = WAL")
        con.execute("INSERT OR IGNORE INTO pending_vacuum VALUES (1)")
        con.execute("DELETE FROM pending_vacuum")
        assert wal_of(path).stat().st_size
        yield con


def died_in_wal(path: Path, folder: Path) -> Path:
    """Copy a log and its `-wal` file as they are when a program dies."""
    folder.mkdir()
    with opened_in_wal(path):
        shutil.copy(path, folder / path.name)
        shutil.copy(wal_of(path), wal_of(folder / path.name))
    return folder / path.name


def size(path: Path) -> int:
    with open_store(str(path)) as log:
        assert log.verify().problem is None
        return len(list(log.history()))


def test_a_log_in_wal_mode_is_read_and_nothing_is_written(path: Path) -> None:
    switch(path)
    assert connection.is_wal(path)
    with untouched(path.parent):
        assert size(path) == 7


def test_it_is_read_in_a_folder_that_cannot_be_written(path: Path) -> None:
    switch(path)
    path.chmod(0o400)
    path.parent.chmod(0o500)
    try:
        with untouched(path.parent):
            assert size(path) == 7
    finally:
        path.parent.chmod(0o700)


def test_it_is_read_through_a_link(path: Path, tmp_path: Path) -> None:
    switch(path)
    link = tmp_path / "link.db"
    link.symlink_to(path)
    assert size(link) == 7
    with (
        opened_in_wal(path),
        pytest.raises(LogError, match=r"logs/log\.db-wal can contain entries"),
    ):
        size(link)


def test_it_is_read_with_a_leftover_shm_file(path: Path) -> None:
    switch(path)
    path.with_name("log.db-shm").write_bytes(b"\0" * 32768)
    with untouched(path.parent):
        assert size(path) == 7


def test_a_reader_refuses_a_log_that_is_open_in_wal_mode(path: Path) -> None:
    with (
        opened_in_wal(path),
        untouched(path.parent),
        pytest.raises(LogError, match=r"Close that program; .*PRAGMA journal_mode=DELETE"),
    ):
        size(path)


def test_a_reader_refuses_an_empty_wal_file_too(path: Path) -> None:
    switch(path)
    wal_of(path).touch()
    with untouched(path.parent), pytest.raises(LogError, match=r"switched .* to WAL mode"):
        size(path)


def test_a_wal_file_of_another_copy_is_not_replayed(path: Path, tmp_path: Path) -> None:
    dead = died_in_wal(path, tmp_path / "dead")
    with closing(sqlite3.connect(path)) as con:
        con.execute("PRAGMA journal_mode = DELETE")
    shutil.copy(wal_of(dead), wal_of(path))
    with untouched(path.parent):
        with pytest.raises(LogError, match="belongs to another copy of the log"):
            size(path)
        with pytest.raises(LogError, match="belongs to another copy of the log"):
            SqliteLog(path, write=True)


def test_the_next_writer_switches_it_back(path: Path) -> None:
    switch(path)
    with SqliteLog(path, write=True) as log:
        log.append(Scribe("Ben").event())
    assert not connection.is_wal(path)
    assert [item.name for item in path.parent.iterdir()] == ["log.db"]
    assert size(path) == 8


def test_the_next_writer_takes_in_what_a_dead_program_left(path: Path, tmp_path: Path) -> None:
    dead = died_in_wal(path, tmp_path / "dead")
    with SqliteLog(dead, write=True) as log:
        log.append(Scribe("Ben").event())
    assert [item.name for item in dead.parent.iterdir()] == ["log.db"]
    assert size(dead) == 8


def test_a_writer_does_not_wait_for_a_program_that_keeps_it_open(path: Path) -> None:
    with opened_in_wal(path), pytest.raises(LogError, match="has it open; nothing was recorded"):
        SqliteLog(path, write=True)
    assert size(path) == 7


@pytest.mark.parametrize("is_open", [False, True])
def test_an_altered_schema_is_found_in_wal_mode(path: Path, *, is_open: bool) -> None:
    with opened_in_wal(path) as con:
        con.execute("DROP TRIGGER entry_no_delete")
        if is_open:
            with pytest.raises(LogError, match="was altered"):
                SqliteLog(path, write=True)
    with pytest.raises(LogError, match="was altered"):
        size(path)
    with pytest.raises(LogError, match="was altered"):
        SqliteLog(path, write=True)


def test_a_database_of_another_program_stays_in_wal_mode(tmp_path: Path) -> None:
    stranger = tmp_path / "songs.db"
    with closing(sqlite3.connect(stranger)) as con:
        con.execute("CREATE TABLE songs (title)")
    switch(stranger)
    with untouched(tmp_path):
        for write in (False, True):
            with pytest.raises(LogError, match="not a log of orderwatch"):
                SqliteLog(stranger, write=write)


def test_commands_exit_with_4_and_doctor_names_the_mode(run: Run, sealed: Path) -> None:
    done(run, *adding(base=NOTE))
    log = default_log(sealed)
    switch(log)
    assert "Rang the Registry" in done(run, "log", "list", "192")
    code, out, _ = run("doctor")
    assert code == 0
    assert "switched" in out
    assert "WAL mode" in out
    with opened_in_wal(log):
        code, out, err = run("log", "list", "192")
        assert (code, out) == (4, "")
        assert "Close that program" in err
        code, out, _ = run("doctor")
        assert code == 4
        assert "can contain entries" in out
    done(run, *adding(base=NOTE, summary="Rang it again."))
    assert not connection.is_wal(log)
    code, out, _ = run("doctor")
    assert "WAL" not in out
