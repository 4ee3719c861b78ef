"""Open the SQLite file of a log, and say in plain words why that cannot be done."""

import os
import secrets
import sqlite3
import stat
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, TypeVar

from orderwatch.errors import LogError
from orderwatch.log.database import Row, Values
from orderwatch.log.formats import checkpoint
from orderwatch.log.sqlite import schema

if TYPE_CHECKING:
    pass


PATIENCE = 30.0
"""Seconds to wait for others; the file is locked for no longer than one write."""

_T = TypeVar("_T")

_PAGE = 16_384
"""Bytes of a page of a new file: a long log is read in a quarter of the usual many."""
_RETRIES = 20
_PAUSE = 0.025
_MAGIC = b"SQLite format 3\0"
_HEADER = 100
_ID = slice(68, 72)
_SEARCH = "SELECT rowid FROM words WHERE words MATCH ? ORDER BY rowid"
_WHY = {
    "SQLITE_NOTADB": "{path} is not a log: it is no SQLite file, or a damaged one",
    "SQLITE_BUSY": "{path} is locked: another program has been writing to it for more"
    " than {patience:.0f} seconds; try again when it is done",
    "SQLITE_FULL": "there is no space left to write to {path}; nothing was recorded",
    "SQLITE_READONLY_ROLLBACK": "a program died while it was writing to {path}, and"
    " left {path}-journal; nothing that it had recorded is lost, and the next command"
    " that writes to the log puts it right",
    "SQLITE_READONLY": "{path} cannot be written: the file, its folder or the disk is"
    " read-only",
    "SQLITE_CANTOPEN": "{path}, or a file beside it, cannot be opened: check the"
    " permissions of the file and of its folder",
    "SQLITE_CORRUPT": "{path} is damaged ({error}); restore a copy, or import an"
    " export of it into a new log",
    "SQLITE_IOERR": "{path} cannot be read or written ({error}): is the disk full, a"
    " quota or a limit on the size of files reached, or the disk failing?",
    "SQLITE_ERROR": "{path} is damaged ({error}); restore a copy, or import an export"
    " of it into a new log",
}


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn what a user can cause into a `LogError`; let bugs pass."""
    try:
        yield
    except (sqlite3.IntegrityError, sqlite3.ProgrammingError, sqlite3.InterfaceError):
        raise
    except sqlite3.DatabaseError as error:
        name = _name(error)
        names = [known for known in _WHY if name.startswith(known)]
        if not names:
            raise
        text = _WHY[max(names, key=len)]
        raise LogError(
            text.format(path=path, error=error, patience=PATIENCE)
        ) from error
    except UnicodeDecodeError as error:
        # In what SQLite says of a table whose own description is damaged, too.
        raise LogError(_WHY["SQLITE_CORRUPT"].format(path=path, error=error)) from error
    except OSError as error:
        raise LogError(f"{path} cannot be used: {error.strerror or error}") from error


class Connection(sqlite3.Connection):
    """A log in a file."""

    def fetch(self, sql: str, values: Values = ()) -> list[Row]:
        """Run a query to its end, so that no lock outlives the call.

        A journal that its writer is about to delete can look like one that a crash
        left behind, for an instant: a reader looks again before it says so.
        """
        return _patient(lambda: self.execute(sql, values).fetchall())

    def search(self, text: str) -> list[int]:
        """List the places of the entries that have all words of a text, in order."""
        plain = text.replace("\0", " ").replace('"', " ").split()
        words = " ".join(f'"{word}"' for word in plain) or '""'
        return [place for (place,) in self.fetch(_SEARCH, (words,))]


def empty(version: int | None = None) -> Connection:
    """Make a log in memory: what a log that is not there yet reads as."""
    con = _connect(":memory:")
    con.execute("BEGIN")
    schema.migrate(con, version)
    con.execute("COMMIT")
    return con


def reader(path: Path) -> Connection:
    """Open a log to read, without creating or touching any file."""
    _expect_file(path)
    con = _connect(f"{path.absolute().as_uri()}?mode=ro")
    try:
        _patient(lambda: _check(con, path))
    except BaseException:
        con.close()
        raise
    return con


def writer(path: Path) -> Connection:
    """Open a log to write, after a look that leaves a stranger's file alone."""
    try:
        reader(path).close()
    except sqlite3.OperationalError as error:
        if _name(error) != "SQLITE_READONLY_ROLLBACK":
            raise
        _check_bytes(path)
    con = _connect(f"{path.absolute().as_uri()}?mode=rw")
    try:
        # EXTRA also syncs the folder after the journal is deleted: after a power
        # failure, no journal comes back to undo what was acknowledged.
        con.execute("PRAGMA synchronous = EXTRA")
        con.execute("PRAGMA fullfsync = ON")
        con.execute("PRAGMA secure_delete = ON")
        con.execute("PRAGMA cache_size = -64000")
        _check(con, path)
        if schema.version(con) < schema.latest():
            with transaction(con):
                schema.migrate(con)
    except BaseException:
        con.close()
        raise
    return con


@contextmanager
def transaction(con: sqlite3.Connection) -> Iterator[None]:
    """Write all or nothing, alone."""
    con.execute("BEGIN IMMEDIATE")
    try:
        yield
        con.execute("COMMIT")
    except BaseException:
        # SQLite has rolled back by itself when the disk was full.
        if con.in_transaction:
            con.execute("ROLLBACK")
        raise


def create(path: Path) -> None:
    """Make an empty log, unless there is one; no other program sees half of it."""
    _make_folder(path.parent)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    new = Path(name)
    try:
        os.fchmod(handle, 0o600)  # whatever the umask took away
        os.close(handle)
        con = _connect(f"{new.absolute().as_uri()}?mode=rw")
        try:
            con.execute(f"PRAGMA page_size = {_PAGE}")
            with transaction(con):
                schema.migrate(con)
                origin = checkpoint.named(secrets.token_hex(8))
                con.execute("INSERT INTO log VALUES (?)", (origin,))
        finally:
            con.close()
        with suppress(FileExistsError):
            _publish(new, path)
    finally:
        new.unlink(missing_ok=True)
    _sync_folder(path.parent)


def _connect(uri: str) -> Connection:
    con = sqlite3.connect(
        uri,
        timeout=PATIENCE,
        isolation_level=None,
        factory=Connection,
        check_same_thread=False,
        uri=True,
    )
    # Bytes as they are: text that was tampered with need not be UTF-8.
    con.text_factory = bytes
    con.create_function("packed", 1, _packed, deterministic=True)
    return con


def _packed(uid: str) -> bytes:
    return bytes.fromhex(uid.replace("-", ""))


def _expect_file(path: Path) -> None:
    mode = path.stat().st_mode
    if not stat.S_ISREG(mode):
        what = "a folder" if stat.S_ISDIR(mode) else "not a file"
        raise LogError(f"{path} is {what}; a log is one file")


def _check(con: sqlite3.Connection, path: Path) -> None:
    found = con.execute("PRAGMA application_id").fetchone()[0]
    if found != schema.APPLICATION_ID:
        raise LogError(f"{path} is not a log of orderwatch; it was left alone")
    if schema.version(con) > schema.latest():
        raise LogError(
            f"{path} was written by a newer version of orderwatch; update orderwatch"
        )


def _check_bytes(path: Path) -> None:
    """Look at a file that cannot be read before it has been recovered."""
    with path.open("rb") as file:
        begin = file.read(_HEADER)
    ours = begin[_ID] == schema.APPLICATION_ID.to_bytes(4)
    if not begin.startswith(_MAGIC) or not ours:
        raise LogError(f"{path} is not a log of orderwatch; it was left alone")


def _patient(read: Callable[[], _T]) -> _T:
    for _ in range(_RETRIES):
        try:
            return read()
        except sqlite3.OperationalError as error:
            if _name(error) != "SQLITE_READONLY_ROLLBACK":
                raise
            time.sleep(_PAUSE)
    return read()


def _name(error: sqlite3.Error) -> str:
    # Errors that Python itself raises, such as for text that is not UTF-8, have none.
    return str(getattr(error, "sqlite_errorname", "") or "")


def _make_folder(folder: Path) -> None:
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    for one in reversed(missing):
        with suppress(FileExistsError):
            one.mkdir(mode=0o700)
            one.chmod(0o700)  # whatever the umask took away


def _publish(new: Path, path: Path) -> None:
    """Give the file its name, unless that is taken."""
    try:
        os.link(new, path)
    except FileExistsError:
        raise
    except OSError:
        # Some file systems have no links: there, two first writers can meet.
        if path.exists():
            raise FileExistsError(path) from None
        new.rename(path)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def missing(path: Path) -> LogError:
    """Say that a log is not where it was said to be, and what is there."""
    nearest = next((one for one in path.absolute().parents if one.exists()), Path("/"))
    near = _alike(path) if nearest == path.absolute().parent else None
    where = f"did you mean {near}?" if near else f"the nearest that exists is {nearest}"
    return LogError(
        f"there is no log at {path}: {where} "
        f"(`orderwatch init --log {quote(str(path))}` makes a new log there)"
    )


def _alike(path: Path) -> Path | None:
    from difflib import get_close_matches

    try:
        names = [one.name for one in path.absolute().parent.iterdir()]
    except OSError:
        return None
    close = get_close_matches(path.name, names, n=1)
    return path.parent / close[0] if close else None
