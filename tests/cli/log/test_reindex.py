"""`log reindex`: the search index, built from what the entries say."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.support.log_commands import NOTE, adding, done, refused
from tests.support.servers import OWNER, Server


def matches(run: Run, *argv: str, word: str = "Registry") -> int:
    listed = ("log", "--origin", "log", "--search", word, "--format", "csv")
    return len(done(run, *argv, *listed).splitlines()) - 1


def test_a_damaged_index_finds_again_what_is_there(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "log.sqlite"
    done(run, "--log", str(path), "init", "--yes")
    for _ in range(3):
        done(run, "--log", str(path), *adding("rafah", base=NOTE))
    done(run, "--log", str(path), "log", "redact", "2", "--why", "a name", "--yes")
    with closing(sqlite3.connect(path)) as con:
        con.execute("INSERT INTO search (search) VALUES ('delete-all')")
        con.execute("INSERT INTO search (rowid, text) VALUES (1, 'planted')")
        con.commit()
    assert matches(run, "--log", str(path)) == 0
    assert matches(run, "--log", str(path), word="planted") == 1
    assert done(run, "--log", str(path), "log", "reindex").endswith(": 4 entries\n")
    assert matches(run, "--log", str(path)) == 2
    assert matches(run, "--log", str(path), word="planted") == 0
    assert "Everything matches" in done(run, "--log", str(path), "log", "verify")


def test_a_log_that_is_not_there_is_not_made(run: Run, tmp_path: Path) -> None:
    err = refused(run, "--log", str(tmp_path / "none.sqlite"), "log", "reindex", code=4)
    assert "there is no log at" in err
    assert list(tmp_path.glob("none*")) == []


@pytest.mark.parametrize("store", ["postgres"])
def test_the_owner_of_a_shared_log_alone_builds_it_anew(
    run: Run, store: str, postgres: Server
) -> None:
    assert store
    name = postgres.fresh()
    owned, written = postgres.url(name, OWNER), postgres.url(name)
    done(run, "--log", written, *adding("rafah", base=NOTE))
    postgres.execute("SET session_replication_role = replica; DELETE FROM orderwatch.search", name)
    assert matches(run, "--log", written) == 0
    assert "owner" in refused(run, "--log", written, "log", "reindex", code=4)
    assert done(run, "--log", owned, "log", "reindex").endswith(": 1 entry\n")
    assert matches(run, "--log", written) == 1
    assert "Everything matches" in done(run, "--log", owned, "log", "verify")
