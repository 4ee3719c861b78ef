"""The log in SQLite: what goes in stays, in its order, and any change is noticed."""

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from orderwatch.errors import LogError, UsageError
from orderwatch.log import open_store, sqlite
from orderwatch.log.formats import jsonl, tree
from orderwatch.log.sqlite import SqliteLog, connection, schema
from orderwatch.log.sqlite.connection import Connection
from orderwatch.log.types import EntryFilter
from orderwatch.log_url import log_path
from orderwatch.model import TreeHead
from orderwatch.model.entry import Entry
from tests.conftest import Run
from tests.support.entries import Scribe
from tests.support.folder_state import untouched
from tests.support.log_commands import refused
from tests.support.logs import filled, places
from tests.support.paths import ROOT
from tests.support.tampering import CHANGES, tampering

Fill = Callable[[SqliteLog], list[Entry]]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Name a log that is not there yet, in a folder with a difficult name."""
    return tmp_path / "a folder?x=1#y%20" / "log.db"


@pytest.fixture
def log(path: Path) -> Iterator[SqliteLog]:
    """Open a log to write, which the first entry makes."""
    with SqliteLog(path, write=True, must_exist=False) as store:
        yield store


@pytest.fixture
def ana() -> Scribe:
    """Give somebody who records."""
    return Scribe()


def whole(folder: Path) -> dict[Path, bytes]:
    """Read every file of a folder."""
    return {one: one.read_bytes() for one in folder.rglob("*") if one.is_file()}


# What goes in stays


def test_a_log_that_is_not_there_yet_reads_as_empty_and_is_not_made(
    path: Path,
) -> None:
    with open_store(str(path), must_exist=False) as log:
        assert log.head() == TreeHead(size=0, root=tree.EMPTY_ROOT)
        assert not [*log.history(), *log.export()]
        assert log.verify().problem is None
    with open_store(str(path), write=True, must_exist=False) as log:
        assert log.head().size == 0
    assert not path.parent.exists()


def test_a_log_that_was_named_must_exist(path: Path) -> None:
    for write in (False, True):
        with pytest.raises(LogError, match=r"nearest path that exists is .*init"):
            open_store(str(path), write=write)
    assert not path.parent.exists()


def test_a_mistyped_name_gets_the_one_that_exists(log: SqliteLog) -> None:
    log.ensure()
    with pytest.raises(LogError, match=r"did you mean .*log\.db\?"):
        open_store(str(log.path.with_name("lug.db")))


def test_a_new_log_and_its_folder_are_the_users_alone(log: SqliteLog) -> None:
    before = os.umask(0o777)
    try:
        log.ensure()
    finally:
        os.umask(before)
    assert stat.S_IMODE(log.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(log.path.parent.stat().st_mode) == 0o700
    assert list(log.path.parent.iterdir()) == [log.path]


def test_a_log_that_another_program_made_meanwhile_is_the_one_written_to(
    log: SqliteLog, ana: Scribe
) -> None:
    with open_store(str(log.path), write=True, must_exist=False) as other:
        other.append(Scribe("Ben").event())
    assert log.append(ana.event()).seq == 2
    assert [one.header.recorder for one in log.history()] == ["Ben", "Ana"]


# What later entries do


# Redaction


def test_nothing_of_a_redacted_payload_is_left_in_any_file(log: SqliteLog, ana: Scribe) -> None:
    word = "Wintergreen"
    entries = [ana.event(f"Zeta {n}", f"9{n}/x/3") for n in range(40)]
    risky = ana.event(f"{word} " * 500, f"999/{word.lower()}/3")
    entries.insert(20, risky)
    for entry in entries:
        log.append(entry)
    assert word.encode() in log.path.read_bytes()
    log.append(ana.redact(risky))
    salt = risky.salt
    assert salt
    for kept in whole(log.path.parent).values():
        assert word.lower().encode() not in kept.lower()
        assert salt not in kept
    exported = b"".join(log.export())
    assert word.encode() not in exported
    assert salt.hex().encode() not in exported
    assert places(log, EntryFilter(search=word)) == []
    assert log.get(21).redacted
    assert log.verify().problem is None
    assert log.verify().redacted == 1


def test_no_copy_is_left_where_a_row_stood_before_it_was_moved(log: SqliteLog, ana: Scribe) -> None:
    # Ids in no order split the pages of the index again and again.
    words = [f"{number * 7919 % 997:03}/wintergreen{'x' * 120}" for number in range(400)]
    entries = [ana.event("Zeta", word) for word in words]
    log.append_many(jsonl.encode_line(one.raw, one.salt, one.payload) for one in entries[:200])
    for one in entries[200:240]:
        log.append(one)
    for one, word in zip(entries[190:200], words[190:200], strict=True):
        log.append(ana.redact(one))
        assert word.encode() not in log.path.read_bytes()
    assert log.verify().problem is None


def test_an_entry_that_is_gone_is_said_to_be_missing(log: SqliteLog) -> None:
    filled(log)
    tampering(log.path, "DELETE FROM entry WHERE seq = 3")
    assert log.get(2).seq == 2
    with pytest.raises(LogError, match="entry 3 of the log is missing"):
        log.get(3)


@pytest.mark.parametrize("last", [b"", b"no entry\n"], ids=["done", "refused"])
def test_an_import_leaves_every_guard_as_it_was(log: SqliteLog, ana: Scribe, last: bytes) -> None:
    log.ensure()
    made = "SELECT * FROM sqlite_schema WHERE type = 'trigger' ORDER BY name"
    with closing(sqlite3.connect(log.path)) as con:
        before = con.execute(made).fetchall()
    entry = ana.event("Says a thing.")
    lines = [jsonl.encode_line(entry.raw, entry.salt, entry.payload), last]
    with suppress(LogError):
        log.append_many(lines)
    with closing(sqlite3.connect(log.path)) as con:
        assert con.execute(made).fetchall() == before
        for row in (
            "entry VALUES (9, x'00', '', '', x'00')",
            "payload VALUES (9, x'', 1, '')",
        ):
            with pytest.raises(sqlite3.IntegrityError):
                con.execute(f"INSERT INTO {row}")
    assert log.head().size == (not last)


def sloppy(log: SqliteLog, ben: Scribe) -> Entry:
    """Record an entry in a file that SQLite does not overwrite what it deletes in."""
    filled(log)
    entry = ben.event("Wintergreen. " * 900)
    log.append(entry)
    log._con.execute("PRAGMA secure_delete = OFF")  # noqa: SLF001 - as a copy would stay
    return entry


@pytest.mark.parametrize("again", ["open", "append"])
def test_copies_that_a_broken_off_redaction_left_go_with_the_next_that_writes(
    log: SqliteLog, monkeypatch: pytest.MonkeyPatch, again: str
) -> None:
    def die(_log: SqliteLog) -> None:
        raise KeyboardInterrupt

    ben = Scribe("Ben")
    entry = sloppy(log, ben)
    with monkeypatch.context() as patch:
        patch.setattr(SqliteLog, "vacuum", die)
        with pytest.raises(KeyboardInterrupt):
            log.append(ben.redact(entry))
    log.close()
    assert b"Wintergreen" in log.path.read_bytes()
    with open_store(str(log.path)) as reader:
        assert reader.verify().redacted == 2
    assert b"Wintergreen" in log.path.read_bytes()
    with open_store(str(log.path), write=True) as writer:
        if again == "append":
            writer.append(ben.event("Later."))
        assert writer.verify().problem is None
    data = log.path.read_bytes()
    assert b"Wintergreen" not in data
    with open_store(str(log.path), write=True):
        assert log.path.read_bytes() == data


def test_a_redaction_that_could_not_be_finished_is_said_to_be_recorded(
    log: SqliteLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "PATIENCE", 0.1)
    ben = Scribe("Ben")
    entry = sloppy(log, ben)
    with closing(sqlite3.connect(log.path, isolation_level=None)) as other:

        @contextmanager
        def and_a_reader(con: connection.Connection) -> Iterator[None]:
            with connection.transaction(con):
                yield
            other.execute("BEGIN")
            other.execute("SELECT count(*) FROM entry").fetchone()

        monkeypatch.setattr(sqlite, "transaction", and_a_reader)
        with pytest.raises(LogError, match=r"is recorded.*copies .*next command"):
            log.append(ben.redact(entry))
    assert log.verify().redacted == 2
    assert b"Wintergreen" in log.path.read_bytes()
    with open_store(str(log.path), write=True):
        assert b"Wintergreen" not in log.path.read_bytes()


# Exchange


# Verification


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_behind_the_back_of_the_log_is_found(log: SqliteLog, change: str) -> None:
    filled(log)
    log.close()
    tampering(log.path, change)
    with open_store(str(log.path)) as found:
        report = found.verify()
    assert report.problem
    assert report.seq == CHANGES[change], report.problem


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        # SQLite repeats what it cannot read of the description of a table.
        (b"entry_insert BEFORE INSERT", b"entry_insert BEFORE I\xceSERT", "is damaged"),
        (
            b"\x03K\x00orderwatch/",
            b"\x03K\x00orderw\xe1tch/",
            "the name or the owner of the log was changed",
        ),
    ],
)
def test_bytes_that_cannot_be_are_no_traceback(
    log: SqliteLog, old: bytes, new: bytes, why: str
) -> None:
    filled(log)
    log.close()
    data = log.path.read_bytes()
    assert data.count(old) == 1
    log.path.write_bytes(data.replace(old, new))
    try:
        with open_store(str(log.path)) as found:
            told = str(found.verify().problem)
            found.head()
    except LogError as error:
        told = str(error) if why == "is damaged" else told
    assert why in told


def test_what_no_column_can_hold_is_found(log: SqliteLog) -> None:
    filled(log)
    log.close()
    loose = "replace(replace(sql, 'kind TEXT NOT NULL', 'kind'), 'STRICT, ', '')"
    with closing(sqlite3.connect(log.path)) as con:
        [[made]] = con.execute("SELECT sql FROM sqlite_schema WHERE name = 'effect'")
        con.execute("PRAGMA writable_schema = ON")
        con.execute(f"UPDATE sqlite_schema SET sql = {loose} WHERE name = 'effect'")  # noqa: S608 - ours
        con.commit()
    tampering(log.path, "UPDATE effect SET kind = 7 WHERE target = 1")
    with closing(sqlite3.connect(log.path)) as con:
        con.execute("PRAGMA writable_schema = ON")
        con.execute("UPDATE sqlite_schema SET sql = ? WHERE name = 'effect'", (made,))
        con.commit()
    with open_store(str(log.path)) as found:
        assert "non-TEXT value in effect.kind" in str(found.verify().problem)


def test_two_entries_that_changed_places_are_found(log: SqliteLog) -> None:
    filled(log)
    log.close()
    tampering(log.path, "UPDATE entry SET seq = 100 WHERE seq = 1")
    tampering(log.path, "UPDATE entry SET seq = 1 WHERE seq = 2")
    tampering(log.path, "UPDATE entry SET seq = 2 WHERE seq = 100")
    with open_store(str(log.path)) as found:
        assert found.verify().seq == 1


def test_no_flipped_bit_of_the_file_changes_what_is_told_unnoticed(
    log: SqliteLog, tmp_path: Path
) -> None:
    filled(log)
    told = (
        list(log.history()),
        [places(log, EntryFilter(about=[f"99{n}"])) for n in "03"],
    )
    log.close()
    data = log.path.read_bytes()
    copy = tmp_path / "copy.db"
    for place in range(0, len(data), 997):
        copy.write_bytes(data[:place] + bytes([data[place] ^ 0x10]) + data[place + 1 :])
        try:
            with open_store(str(copy)) as found:
                if found.verify().problem:
                    continue
                again = [places(found, EntryFilter(about=[f"99{n}"])) for n in "03"]
                assert (list(found.history()), again) == told, place
        except LogError:
            continue


def test_an_index_that_lost_an_entry_is_found(log: SqliteLog) -> None:
    filled(log)
    log.close()
    with closing(sqlite3.connect(log.path)) as con:
        made = con.execute(
            "SELECT rootpage FROM sqlite_schema WHERE name = 'sqlite_autoindex_entry_1'"
        ).fetchone()[0]
        size = con.execute("PRAGMA page_size").fetchone()[0]
    data = bytearray(log.path.read_bytes())
    # The number of cells of the index's page, which is one too many.
    place = (made - 1) * size + 3
    data[place : place + 2] = (6).to_bytes(2)
    log.path.write_bytes(data)
    with open_store(str(log.path)) as found:
        assert "damaged" in str(found.verify().problem)


# The guards


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE entry SET header = 'x'",
        "DELETE FROM entry WHERE seq = 7",
        "INSERT INTO entry VALUES (9, x'00', '', 'x', x'00')",
        "INSERT INTO entry VALUES (0, x'00', '', 'x', x'00')",
        "INSERT INTO entry SELECT NULL, x'00', '', 'x', x'00'",
        "INSERT OR REPLACE INTO entry VALUES (1, x'00', '', 'x', x'00')",
        "INSERT OR REPLACE INTO entry SELECT 8, id, '', 'x', x'00' FROM entry LIMIT 1",
        "INSERT INTO entry VALUES (8, x'00', '', x'00', x'00')",
        "UPDATE payload SET body = 'x'",
        "DELETE FROM payload WHERE seq = 4",
        "INSERT OR REPLACE INTO payload VALUES (4, x'00', 1, 'x')",
        "INSERT INTO payload VALUES (3, x'00', 1, 'x')",
        "INSERT INTO payload VALUES (9, x'00', 1, 'x')",
        "UPDATE effect SET target = 4",
        "DELETE FROM effect",
        "INSERT INTO effect VALUES (4, 7, 'redaction', 1)",
        "INSERT INTO effect VALUES (4, 6, 'redaction', 1)",
        "INSERT OR REPLACE INTO effect VALUES (2, 6, 'retraction', 1)",
        "UPDATE event_subject SET seq = 1",
        "DELETE FROM event_subject WHERE seq = 4",
        "UPDATE event_subject SET day = 1",
        "UPDATE log SET origin = 'x'",
        "DELETE FROM log",
        "INSERT INTO log VALUES ('x', NULL)",
    ],
)
def test_the_file_refuses_mistakes(log: SqliteLog, sql: str) -> None:
    filled(log)
    log.close()
    with closing(sqlite3.connect(log.path)) as con:
        with pytest.raises(sqlite3.IntegrityError):
            con.execute(sql)
        con.rollback()
    with open_store(str(log.path)) as found:
        assert found.verify().problem is None


# Files that are not a log, and logs that cannot be used


def test_reading_leaves_every_byte_alone_in_a_folder_that_cannot_be_written(
    log: SqliteLog,
) -> None:
    filled(log)
    log.close()
    folder = log.path.parent
    before = whole(folder)
    log.path.chmod(0o400)
    folder.chmod(0o500)
    try:
        with open_store(str(log.path)) as found:
            assert len(list(found.history())) == 7
            assert found.verify().problem is None
            with pytest.raises(LogError, match="open read-only"):
                found.append(Scribe("Ben").event())
    finally:
        folder.chmod(0o700)
    assert whole(folder) == before


def stranger(path: Path) -> None:
    """Make a database of another program."""
    with closing(sqlite3.connect(path)) as con:
        con.execute("CREATE TABLE songs (title)")
        con.commit()


def newer(path: Path) -> None:
    """Make a log of a later version."""
    connection.create(path)
    with closing(sqlite3.connect(path)) as con:
        con.execute("PRAGMA user_version = 99")


def cut(path: Path) -> None:
    """Make a log that lost its end."""
    with SqliteLog(path, write=True, must_exist=False) as log:
        filled(log)
    path.write_bytes(path.read_bytes()[:-40_000])


def damaged(path: Path) -> None:
    """Make a log whose inside was overwritten."""
    with SqliteLog(path, write=True, must_exist=False) as log:
        filled(log)
    data = path.read_bytes()
    path.write_bytes(data[:4096] + b"\x05" * (len(data) - 4096))


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (Path.touch, "not a log of orderwatch"),
        (lambda path: path.write_text("Dear diary"), "is not a log"),
        (lambda path: path.write_text("Dear diary " * 1000), "is not a log"),
        (lambda path: path.write_bytes(b"SQLite format 3\0" * 100), "is not a log"),
        (stranger, "not a log of orderwatch"),
        (newer, "newer version"),
        (cut, "damaged"),
        (damaged, "damaged"),
        (Path.mkdir, "is a folder"),
        (os.mkfifo, "not a file"),
        (lambda path: path.symlink_to(path), "symbolic links"),
    ],
)
def test_a_file_that_cannot_be_used_is_left_alone(
    tmp_path: Path, make: Callable[[Path], object], why: str
) -> None:
    path = tmp_path / "log.db"
    make(path)
    before = whole(tmp_path)
    for write in (False, True):
        with (
            pytest.raises(LogError, match=why) as caught,
            open_store(str(path), write=write, must_exist=False) as log,
        ):
            list(log.history())
        assert str(path) in str(caught.value)
    assert whole(tmp_path) == before


def test_a_log_in_a_file_is_no_log(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(LogError, match="no log at"):
        open_store(str(tmp_path / "file" / "log.db"))


def test_a_locked_log_says_so(log: SqliteLog, ana: Scribe, monkeypatch: pytest.MonkeyPatch) -> None:
    log.ensure()
    log.close()
    monkeypatch.setattr(connection, "PATIENCE", 0.1)
    with closing(sqlite3.connect(log.path, isolation_level=None)) as con:
        con.execute("BEGIN EXCLUSIVE")
        with pytest.raises(LogError, match="locked"):
            open_store(str(log.path))
        con.execute("ROLLBACK")
        con.execute("BEGIN IMMEDIATE")
        with (
            open_store(str(log.path), write=True) as found,
            pytest.raises(LogError, match="locked"),
        ):
            found.append(ana.event())
    with open_store(str(log.path)) as found:
        assert found.head().size == 0


def run_limited(path: Path, code: str) -> subprocess.CompletedProcess[str]:
    """Run Python on a log as a user that has no special rights."""
    begin = (
        "import os, sys, resource\n"
        "from pathlib import Path\n"
        "from orderwatch.errors import LogError\n"
        "from orderwatch.log import open_store\n"
        "import orderwatch.log.sqlite\n"
        "from tests.support.entries import Scribe\n"
        "path = Path(sys.argv[1])\n"
    )
    return subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", begin + code, str(path)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )


APPEND = (
    "try:\n"
    "    with open_store(str(path), write=True, must_exist=False) as log:\n"
    "        ben = Scribe('Ben')\n"
    "        for _ in range(200): log.append(ben.event('word ' * 200))\n"
    "except LogError as error: print(error)\n"
)


@pytest.mark.unmeasured
def test_a_limit_on_the_size_of_files_is_told_and_loses_nothing(
    log: SqliteLog,
) -> None:
    filled(log)
    size = log.path.stat().st_size + 20_000
    limit = f"resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size}))\n"
    done = run_limited(log.path, limit + APPEND)
    assert "limit on file sizes" in done.stdout, done.stderr
    assert done.stderr == ""
    assert log.verify().problem is None
    assert log.head().size > 7


@pytest.mark.unmeasured
def test_a_log_without_permission_is_told(log: SqliteLog) -> None:
    filled(log)
    log.close()
    # The rights of the superuser are given up, if the tests have them. The folder is
    # not pytest's, which other runs of pytest take away from other accounts.
    drop = "os.geteuid() or os.setuid(65534)\n"
    with TemporaryDirectory() as place:
        Path(place).chmod(0o755)
        path = Path(place) / "folder" / "log.db"
        path.parent.mkdir()
        shutil.copy(log.path, path)
        for mode, parent, why in (
            (0o000, 0o755, "permissions"),
            (0o444, 0o755, "cannot be written|permissions"),
            (0o666, 0o555, "its folder or the disk is read-only"),
            (0o644, 0o000, "Permission denied"),
        ):
            path.chmod(mode)
            path.parent.chmod(parent)
            try:
                done = run_limited(path, drop + APPEND)
            finally:
                path.parent.chmod(0o700)
                path.chmod(0o600)
            assert done.stderr == ""
            assert any(part in done.stdout for part in why.split("|")), (
                mode,
                done.stdout,
            )
        with open_store(str(path)) as found:
            assert found.head().size == 7


def test_an_older_log_is_brought_up_to_date_by_the_next_writer(
    log: SqliteLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(log)
    log.close()
    step = "CREATE TABLE more (x INTEGER) STRICT;\nCREATE INDEX more_x ON more (x);\n"
    before = schema.latest_version()
    monkeypatch.setattr(schema, "VERSIONS", (*schema.VERSIONS, step))
    with open_store(str(log.path)) as reader:
        assert reader.head().size == 7
        assert reader.verify().problem is None
        assert schema.version(reader._con) == before  # noqa: SLF001 - nothing else shows it
    with open_store(str(log.path), write=True) as writer:
        assert schema.version(writer._con) == before + 1  # noqa: SLF001 - nothing else shows it
        assert writer.verify().problem is None
        assert writer.head().size == 7


@pytest.mark.parametrize(
    "argv", ["status rafah", "log", "log verify", "log retract 4 --why x", "remind"]
)
def test_a_newer_log_is_left_alone(run: Run, log: SqliteLog, argv: str) -> None:
    filled(log)
    log.close()
    with closing(sqlite3.connect(log.path)) as con:
        con.execute(f"PRAGMA user_version = {schema.latest_version() + 1}")
    with untouched(log.path.parent):
        err = refused(run, "--log", str(log.path), *argv.split(), code=4)
    assert "newer version of orderwatch; update orderwatch" in err


def test_what_has_attachments_is_looked_up_in_an_index(
    log: SqliteLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = list[str]()

    def ask(_con: Connection, sql: str) -> list[object]:
        asked.append(sql)
        return []

    monkeypatch.setattr(Connection, "fetch", ask)
    assert not list(log.attachments())
    [plan] = log._con.execute(f"EXPLAIN QUERY PLAN {asked[0]}").fetchall()  # noqa: SLF001 - nothing else shows it
    assert b"USING INDEX payload_attachments" in plan[-1]


def test_every_commit_reaches_the_disk(log: SqliteLog) -> None:
    log.ensure()
    con = log._con  # noqa: SLF001 - nothing else shows it
    found = {
        name: con.fetch(f"PRAGMA {name}")[0][0]
        for name in ("synchronous", "journal_mode", "secure_delete")
    }
    assert found == {"synchronous": 3, "journal_mode": b"delete", "secure_delete": 1}


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("log.db", "log.db"),
        ("sqlite:///log.db", "log.db"),
        ("SQLite:////srv/a%20b.db", "/srv/a%20b.db"),
        ("/srv/what?.db", "/srv/what?.db"),
        ("c:/log.db", "c:/log.db"),
    ],
)
def test_an_address_names_a_file(url: str, path: str) -> None:
    assert log_path(url) == Path(path)


def test_a_tilde_is_the_home(sealed: Path) -> None:
    assert log_path("~/log.db") == log_path("sqlite:///~/log.db") == sealed / "log.db"


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("postgresql://ana:hunter2@db/log?port=x y&nothing=1", "invalid"),
        ("mysql://ana:hunter2@db/log", "mysql"),
        ("sqlite://log.db", "three slashes"),
        ("sqlite:///", "needs a path"),
        ("", "needs a path"),
        ("a\0b", "needs a path"),
    ],
)
def test_an_address_that_cannot_be_meant_is_refused_without_its_password(
    url: str, why: str
) -> None:
    with pytest.raises(UsageError, match=why) as caught:
        open_store(url)
    assert "hunter2" not in str(caught.value)
