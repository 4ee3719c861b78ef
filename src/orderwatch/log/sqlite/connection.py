"""Open the SQLite file of a log, write its search index (FTS5), and translate errors."""

import secrets
import sqlite3
import stat
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import chain
from pathlib import Path
from shlex import quote
from typing import TypeVar

from orderwatch import fs
from orderwatch.errors import LogError, suggest
from orderwatch.log.formats import checkpoint
from orderwatch.log.reader import ids_in
from orderwatch.log.sqlite import schema
from orderwatch.log.types import Database, Row, Values
from orderwatch.log.writer import Batch, index_rows
from orderwatch.text import spell_out
from orderwatch.translation import _, mark

PATIENCE = 30.0
"""Seconds to wait for a lock; the file is locked for no longer than one write."""

_T = TypeVar("_T")

_ROWS_PER_STATEMENT = 1_000
"""Rows of one `INSERT`: with triggers, a statement costs as much as ten rows."""
_PAGE_SIZE = 16_384
"""Bytes of a page of a new file: a long log takes a quarter of the default reads."""
_RETRIES = 20
_PAUSE = 0.025
_MAGIC = b"SQLite format 3\0"
_HEADER_SIZE = 100
_APPLICATION_ID = slice(68, 72)
_DELETE_WITHHELD = "DELETE FROM withheld WHERE seq = ?"
_FILE_FORMAT = slice(18, 20)
"""Write and read version: 1 for a rollback journal, 2 for WAL."""
_WAL_FORMAT = b"\2\2"
_SEARCH_SQL = "SELECT rowid FROM search WHERE search MATCH ? ORDER BY rowid"
_MESSAGES = {
    "SQLITE_NOTADB": mark("{path} is not a log: not an SQLite file, or a damaged one"),
    "SQLITE_BUSY": mark(
        "{path} is locked: another program has been writing to it for more "
        "than {patience:.0f} seconds; try again when it is done"
    ),
    "SQLITE_FULL": mark("no space left to write to {path}; nothing was recorded"),
    "SQLITE_READONLY_ROLLBACK": mark(
        "a program was stopped while it wrote to {path}, and left "
        "{path}-journal; no recorded entry is lost, and the next command that "
        "writes to the log repairs it"
    ),
    "SQLITE_READONLY": mark(
        "{path} cannot be written: the file, its folder or the disk is read-only"
    ),
    "SQLITE_CANTOPEN": mark(
        "{path}, or a file next to it, cannot be opened: check the permissions "
        "of the file and of its folder"
    ),
    "SQLITE_CORRUPT": mark(
        "{path} is damaged ({error}); restore a copy, or import an export of it into a new log"
    ),
    "SQLITE_IOERR": mark(
        "{path} cannot be read or written ({error}): is the disk full, a quota "
        "or a limit on file sizes reached, or the disk failing?"
    ),
    "SQLITE_ERROR": mark(
        "{path} is damaged ({error}); restore a copy, or import an export of it into a new log"
    ),
}


@contextmanager
def translate_errors(path: Path) -> Iterator[None]:
    """Translate errors that a user can cause to `LogError`; let bugs pass."""
    try:
        yield
    except schema.AlteredError as error:
        raise LogError(
            _(
                "{path} was altered: {error}; nothing was read or recorded: restore a "
                "copy, or import an export of it into a new log"
            ).format(path=path, error=error)
        ) from error
    except (sqlite3.IntegrityError, sqlite3.ProgrammingError, sqlite3.InterfaceError):
        raise
    except sqlite3.DatabaseError as error:
        name = _error_name(error)
        names = [prefix for prefix in _MESSAGES if name.startswith(prefix)]
        if not names:
            raise
        text = _MESSAGES[max(names, key=len)]
        raise LogError(_(text).format(path=path, error=error, patience=PATIENCE)) from error
    except UnicodeDecodeError as error:
        # Messages about a table with a damaged schema are not UTF-8 either.
        raise LogError(_(_MESSAGES["SQLITE_CORRUPT"]).format(path=path, error=error)) from error
    except OSError as error:
        raise LogError(
            _("{path} cannot be used: {reason}").format(path=path, reason=error.strerror or error)
        ) from error


class Connection(sqlite3.Connection):
    """Connection to a log in a SQLite file."""

    is_shared = False

    def fetch(self, sql: str, values: Values = ()) -> list[Row]:
        """Run a query and return all rows, so that no lock outlives the call.

        For an instant, a journal that its writer is about to delete can look like one
        left by a crash: a reader retries before it reports that.
        """
        return _retry(lambda: self.execute(sql, values).fetchall())

    def stream(self, sql: str, values: Values = ()) -> Iterator[Row]:
        """Yield the rows of a long query; its lock lasts until the last one."""
        return iter(_retry(lambda: self.execute(sql, values)))

    def insert(self, table: str, rows: Sequence[Row]) -> None:
        """Insert rows with all columns of a table."""
        for start in range(0, len(rows), _ROWS_PER_STATEMENT):
            part = rows[start : start + _ROWS_PER_STATEMENT]
            placeholders = ", ".join([f"({', '.join('?' * len(part[0]))})"] * len(part))
            sql = f"INSERT INTO {table} VALUES {placeholders}"  # noqa: S608 - our own names
            self.execute(sql, tuple(chain.from_iterable(part)))

    def search(self, text: str) -> list[int]:
        """Return the sequence numbers of entries with all words of a text, in order."""
        terms = spell_out(text).replace("\0", " ").replace('"', " ").split()
        query = " ".join(f'"{word}"' for word in terms) or '""'
        return [seq for (seq,) in self.fetch(_SEARCH_SQL, (query,))]


class SqliteIndex:
    """Writer of rows and indexes, within one transaction."""

    def __init__(self, con: Database) -> None:
        self._con = con

    def write(self, batch: Batch) -> None:
        """Insert the rows of a batch."""
        con = self._con
        con.insert("entry", batch.entries)
        con.insert("payload", list(batch.payloads.values()))
        con.insert("withheld", [(seq,) for seq in batch.withheld])
        con.executemany(_DELETE_WITHHELD, [(seq,) for seq in batch.filled])
        con.insert("effect", batch.effects)
        con.insert("event_subject", index_rows(batch.index_keys))

    def index_range(self, after: int, until: int) -> None:
        """Add the entries after one sequence number, up to another, to the search."""
        self._con.execute(
            "INSERT INTO search (rowid, text) SELECT seq, text FROM indexed_text"
            " WHERE seq > ? AND seq <= ?",
            (after, until),
        )

    def redact(self, seq: int) -> None:
        """Delete the payload of an entry and its rows in the indexes."""
        self._con.execute(
            "INSERT INTO search (search, rowid, text)"
            " SELECT 'delete', seq, text FROM indexed_text WHERE seq = ?",
            (seq,),
        )
        self._con.executemany(
            "DELETE FROM event_subject WHERE id = ? AND seq = ?",
            [(uid, seq) for uid in ids_in(self._con, seq)],
        )
        self._con.execute("DELETE FROM payload WHERE seq = ?", (seq,))
        self._con.execute(_DELETE_WITHHELD, (seq,))

    def optimize(self) -> None:
        """Delete what the search index has only marked as deleted."""
        self._con.execute("INSERT INTO search (search) VALUES ('optimize')")


def open_empty(version: int | None = None) -> Connection:
    """Open an empty log in memory, which stands for a log that does not exist yet."""
    con = _connect(":memory:")
    con.execute("PRAGMA trusted_schema = ON")
    con.execute("BEGIN")
    schema.migrate(con, version)
    con.execute("COMMIT")
    return con


def open_reader(path: Path) -> Connection:
    """Open a log for reading, without creating or touching any file."""
    _require_file(path)
    _require_no_wal(path)
    # SQLite makes `-shm` and `-wal` files to read a WAL database, unless it is immutable. It
    # then ignores a journal that has to be rolled back, too.
    immutable = "&immutable=1" if is_wal(path) and not companion(path, "journal").exists() else ""
    con = _connect(f"{path.absolute().as_uri()}?mode=ro{immutable}")
    try:
        _retry(lambda: _require_log(con, path))
    except BaseException:
        con.close()
        raise
    return con


def open_writer(path: Path) -> Connection:
    """Open a log for writing, after checking that the file is a log."""
    _require_file(path)
    has_wal = is_wal(path)
    if has_wal and companion(path, "wal").exists():
        _check_header(path)
    else:
        try:
            open_reader(path).close()
        except sqlite3.OperationalError as error:
            if _error_name(error) != "SQLITE_READONLY_ROLLBACK":
                raise
            _check_header(path)
    con = _connect(f"{path.absolute().as_uri()}?mode=rw")
    try:
        _require_log(con, path)
        if has_wal:
            _leave_wal(con, path)
        # EXTRA also syncs the folder after the journal is deleted: after a power
        # failure, no journal comes back to undo what was acknowledged.
        con.execute("PRAGMA synchronous = EXTRA")
        con.execute("PRAGMA fullfsync = ON")
        con.execute("PRAGMA secure_delete = ON")
        con.execute("PRAGMA cache_size = -64000")
        if schema.version(con) < schema.latest_version():
            with transaction(con):
                schema.migrate(con)
    except BaseException:
        con.close()
        raise
    return con


@contextmanager
def transaction(con: sqlite3.Connection) -> Iterator[None]:
    """Run a block in a transaction that excludes other writers, on an unaltered schema."""
    con.execute("BEGIN IMMEDIATE")
    try:
        schema.check_objects(con)
        yield
        con.execute("COMMIT")
    except BaseException:
        # SQLite rolls back by itself when the disk is full.
        if con.in_transaction:
            con.execute("ROLLBACK")
        raise


def create(
    path: Path, owner: str | None = None, fill: Callable[[Connection], None] | None = None
) -> None:
    """Create a log of an owner, unless one exists; no other program sees half of it.

    `fill` writes what is in it, the row of the log itself too; without, it is empty.
    """
    fs.create_folder(path.parent)
    with fs.temporary_file(path) as temporary:
        con = _connect(f"{temporary.absolute().as_uri()}?mode=rw")
        try:
            con.execute(f"PRAGMA page_size = {_PAGE_SIZE}")
            with transaction(con):
                schema.migrate(con)
                con.execute("PRAGMA trusted_schema = ON")
                if fill is None:
                    origin = checkpoint.create_origin(secrets.token_hex(8), owner)
                    con.execute("INSERT INTO log VALUES (?, ?)", (origin, owner))
                else:
                    fill(con)
        finally:
            con.close()
        with suppress(FileExistsError):
            fs.link_new(temporary, path)
    fs.fsync_folder(path.parent)


def _connect(uri: str) -> Connection:
    con = sqlite3.connect(
        uri,
        timeout=PATIENCE,
        isolation_level=None,
        factory=Connection,
        check_same_thread=False,
        uri=True,
    )
    # Read text as bytes: after tampering it need not be UTF-8.
    con.text_factory = bytes
    con.execute("PRAGMA trusted_schema = OFF")
    con.execute("PRAGMA cell_size_check = ON")
    con.create_function("uuid_bytes", 1, _uuid_bytes, deterministic=True)
    return con


def _uuid_bytes(uid: str) -> bytes:
    return bytes.fromhex(uid.replace("-", ""))


def _require_file(path: Path) -> None:
    mode = path.stat().st_mode
    if not stat.S_ISREG(mode):
        message = (
            _("{path} is a folder; a log is one file")
            if stat.S_ISDIR(mode)
            else _("{path} is not a file; a log is one file")
        )
        raise LogError(message.format(path=path))


def _require_log(con: sqlite3.Connection, path: Path) -> None:
    application_id = con.execute("PRAGMA application_id").fetchone()[0]
    if application_id != schema.APPLICATION_ID:
        raise LogError(_("{path} is not a log of orderwatch; it was not changed").format(path=path))
    if schema.version(con) > schema.latest_version():
        raise LogError(
            _("{path} was written by a newer version of orderwatch; update orderwatch").format(
                path=path
            )
        )
    schema.check_objects(con)
    # Our own view and triggers use JSON functions, which SQLite before 3.41 does not allow in a
    # schema that is not trusted.
    con.execute("PRAGMA trusted_schema = ON")


def is_wal(path: Path) -> bool:
    """Return whether another program switched a SQLite file to WAL.

    Of a file that may not be read, SQLite's own error is reported.
    """
    try:
        header = fs.read(path, _HEADER_SIZE)
    except PermissionError:
        return False
    return header.startswith(_MAGIC) and header[_FILE_FORMAT] == _WAL_FORMAT


def companion(path: Path, suffix: str) -> Path:
    """Return the path of the journal or WAL of a file; SQLite follows links to the file."""
    real = path.resolve()
    return real.with_name(f"{real.name}-{suffix}")


def _require_no_wal(path: Path) -> None:
    """Raise `LogError` if a `-wal` file stands beside a log: SQLite would write to read it."""
    wal = companion(path, "wal")
    for _attempt in range(_RETRIES):
        if not wal.exists():
            return
        # A writer that switches the log back needs the file for an instant.
        time.sleep(_PAUSE)
    if not is_wal(path):
        raise LogError(
            _(
                "{wal} belongs to another copy of the log: {path} is not in WAL mode; "
                "move that file away"
            ).format(wal=wal, path=path)
        )
    raise LogError(
        _(
            "another program switched {path} to WAL mode and has it open, or was stopped: {wal}"
            " can contain entries. Close that program; the next command that writes to the log"
            ' reads them. If there is none: sqlite3 {quoted} "PRAGMA journal_mode=DELETE"'
        ).format(path=path, wal=wal, quoted=quote(str(path)))
    )


def _leave_wal(con: sqlite3.Connection, path: Path) -> None:
    """Switch a log back to a rollback journal, which takes in the `-wal` file."""
    # Nobody who has the file open lets go of it while we wait.
    con.execute("PRAGMA busy_timeout = 1000")
    try:
        [mode] = con.execute("PRAGMA journal_mode = DELETE").fetchone()
    except sqlite3.OperationalError as error:
        if not _error_name(error).startswith("SQLITE_BUSY"):
            raise
        mode = b"wal"
    if mode != b"delete":
        raise LogError(
            _(
                "another program switched {path} to WAL mode and has it open; nothing "
                "was recorded: close that program and try again"
            ).format(path=path)
        )
    con.execute(f"PRAGMA busy_timeout = {PATIENCE * 1000:.0f}")


def _check_header(path: Path) -> None:
    """Check the header of a file that cannot be opened before it is recovered."""
    with path.open("rb") as file:
        header = file.read(_HEADER_SIZE)
    is_ours = header[_APPLICATION_ID] == schema.APPLICATION_ID.to_bytes(4)
    if not header.startswith(_MAGIC) or not is_ours:
        raise LogError(_("{path} is not a log of orderwatch; it was not changed").format(path=path))


def _retry(read: Callable[[], _T]) -> _T:
    for _attempt in range(_RETRIES):
        try:
            return read()
        except sqlite3.OperationalError as error:
            if _error_name(error) != "SQLITE_READONLY_ROLLBACK":
                raise
            time.sleep(_PAUSE)
    return read()


def _error_name(error: sqlite3.Error) -> str:
    # Errors that Python itself raises, such as for text that is not UTF-8, have none.
    return str(getattr(error, "sqlite_errorname", "") or "")


def missing_log(path: Path) -> LogError:
    """Return the error for a missing log, with the nearest path that exists."""
    nearest = next((folder for folder in path.absolute().parents if folder.exists()), Path("/"))
    suggestion = _similar_path(path) if nearest == path.absolute().parent else None
    message = (
        _(
            "there is no log at {path}: did you mean {suggestion}? (`orderwatch init --log "
            "{quoted}` creates a new log there)"
        ).format(path=path, suggestion=suggestion, quoted=quote(str(path)))
        if suggestion
        else _(
            "there is no log at {path}: the nearest path that exists is {nearest} "
            "(`orderwatch init --log {quoted}` creates a new log there)"
        ).format(path=path, nearest=nearest, quoted=quote(str(path)))
    )
    return LogError(message)


def _similar_path(path: Path) -> Path | None:

    try:
        names = [item.name for item in path.absolute().parent.iterdir()]
    except OSError:
        return None
    matches = suggest(path.name, names, limit=1)
    return path.parent / matches[0] if matches else None
