"""Schemas of files from strangers: what is planted is found before it can run."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from orderwatch.errors import LogError
from orderwatch.log import open_store, open_writer
from orderwatch.log.sqlite import SqliteLog
from tests.conftest import Run
from tests.support.entries import Scribe
from tests.support.log_commands import refused
from tests.support.logs import filled
from tests.support.tampering import PLANTED, plant

ALTERED = r"was altered: its \w+ \S+ differs from its definition|malformed database schema"
COMMANDS = (
    *(("status",), ("log", "verify"), ("log", "export"), ("remind",)),
    ("log", "redact", "1", "--why", "asked for", "--yes"),
)
ADD = (
    *("log", "add", "rafah/3", "--kind", "note", "--on", "2026-11-20", "--speaker", "Us"),
    *("--role", "ngo", "--summary", "Not to be lost."),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the path of a log with a few entries."""
    path = tmp_path / "log.db"
    with SqliteLog(path, write=True, must_exist=False) as log:
        filled(log)
    return path


@pytest.fixture
def unchanged(path: Path) -> Iterator[list[tuple[int, int]]]:
    """Fail if a test adds or removes an entry or a payload."""

    def counts() -> tuple[int, int]:
        with closing(sqlite3.connect(path)) as con:
            entries, payloads = (
                con.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 - ours
                for table in ("entry", "payload")
            )
        return entries, payloads

    before = [counts()]
    yield before
    assert [counts()] == before


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_object_is_found_on_open(path: Path, name: str) -> None:
    plant(path, PLANTED[name])
    data = path.read_bytes()
    for write in (False, True):
        with pytest.raises(LogError, match=ALTERED):
            open_store(str(path), write=write)
    with pytest.raises(LogError, match=ALTERED):
        open_writer(str(path))
    assert path.read_bytes() == data


@pytest.mark.usefixtures("unchanged")
def test_no_command_reads_or_writes_an_altered_log(run: Run, path: Path) -> None:
    plant(path, PLANTED["a copy of each payload"])
    for argv in (*COMMANDS, ADD):
        assert "was altered" in refused(run, "--log", str(path), *argv, code=4)


def test_doctor_names_a_planted_object(run: Run, path: Path) -> None:
    plant(path, PLANTED["an endless view instead of entry"])
    code, out, err = run("--log", str(path), "doctor")
    assert "Traceback" not in err
    assert (code, "was altered: its " in " ".join(out.split())) == (4, True)


@pytest.mark.usefixtures("unchanged")
def test_an_object_planted_after_opening_is_found_before_a_write(path: Path) -> None:
    with open_store(str(path), write=True) as log:
        plant(path, PLANTED["a trigger that ignores entries"])
        with pytest.raises(LogError, match="words_x"):
            log.append(Scribe().event())
        with pytest.raises(LogError, match="words_x"):
            log.append_many([])


def test_the_manifest_accepts_a_log_after_each_kind_of_write(path: Path) -> None:
    with open_store(str(path), write=True) as log:
        assert isinstance(log, SqliteLog)
        log.append_many([*log.export()])
        log.vacuum()
    with open_store(str(path)) as log:
        assert log.verify().problem is None
