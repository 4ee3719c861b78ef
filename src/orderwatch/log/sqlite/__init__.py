"""A log in one SQLite file."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, TypeVar

from orderwatch import fs
from orderwatch.errors import LogError
from orderwatch.log import backup, reader
from orderwatch.log.formats import tree
from orderwatch.log.importer import Importer
from orderwatch.log.outbox import SqlWriter
from orderwatch.log.sql_log import SqlLog, no_progress
from orderwatch.log.sqlite import connection, schema
from orderwatch.log.sqlite.connection import (
    Connection,
    SqliteIndex,
    missing_log,
    transaction,
    translate_errors,
)
from orderwatch.log.types import Appended, DryRun, OwnerKey, no_owner
from orderwatch.model import TreeHead
from orderwatch.model.entry import Authority, Entry, EntryKind, ImportResult, VerificationReport
from orderwatch.model.proof import AttestationKind
from orderwatch.translation import _

DRY_RUN_MAX = 16_000_000
"""Bytes up to which an import is tried before a log is created for it."""


class SqliteLog(SqlLog[connection.Connection]):
    """Log in a SQLite file.

    A log that need not exist reads as empty; the first entry creates its file.
    """

    _index_factory = SqliteIndex

    def __init__(
        self,
        path: Path,
        *,
        write: bool = False,
        must_exist: bool = True,
        owner: OwnerKey = no_owner,
    ) -> None:
        self.path = path
        self._write = write
        self._owner = owner
        self._has_file = True
        self._con = self._connect(must_exist=must_exist)
        if write and self._pending_vacuum():
            # What interrupted the vacuum may persist; the next writer tries again.
            with suppress(LogError):
                self.vacuum()

    def _connect(self, *, must_exist: bool) -> connection.Connection:
        open_file = connection.open_writer if self._write else connection.open_reader
        with translate_errors(self.path):
            try:
                return open_file(self.path)
            except (FileNotFoundError, NotADirectoryError):
                if must_exist:
                    raise missing_log(self.path) from None
        self._has_file = False
        return connection.open_empty()

    def _translate_errors(self) -> AbstractContextManager[None]:
        return translate_errors(self.path)

    def verify(
        self,
        checkpoints: Sequence[TreeHead] = (),
        progress: Callable[[int], None] = no_progress,
    ) -> VerificationReport:
        """Recompute all hashes and indexes and compare them with the stored ones."""
        from orderwatch.log.sqlite.verify import verify

        with translate_errors(self.path):
            return verify(self._con, self.path, checkpoints, progress)

    @contextmanager
    def frozen(self, path: Path) -> Iterator["SqliteLog"]:
        """Open a copy of the file as it is now, whoever writes meanwhile."""
        if not self._has_file:
            raise missing_log(self.path)
        with fs.temporary_file(path) as temporary:
            # Longer reads in one transaction would keep writers waiting.
            with translate_errors(self.path), closing(sqlite3.connect(temporary)) as target:
                self._con.backup(target)
            with SqliteLog(temporary) as copy:
                yield copy

    def ensure(self) -> None:
        """Create the file if it is missing."""
        if not self._write:
            raise LogError(_("{path} is open read-only").format(path=self.path))
        # Another program can have created the file since this one opened it.
        if not self._has_file:
            with translate_errors(self.path):
                connection.create(self.path, self._owner(create=True))
                con = connection.open_writer(self.path)
            self._con.close()
            self._con, self._has_file = con, True

    def append(self, entry: Entry) -> Appended:
        """Append an entry; a redaction deletes the payload of its target.

        Raises `UsageError` if the target cannot be corrected, retracted or redacted.
        """
        self.ensure()
        with translate_errors(self.path), transaction(self._con):
            appended = self._append_entry(entry)
            redacts = entry.header.kind is EntryKind.REDACTION
            if redacts:
                self._mark_vacuum_pending(appended.seq)
        self._store_head(appended.size, appended.root)
        if redacts:
            self.vacuum()
        return appended

    def append_many(
        self,
        lines: Iterable[bytes],
        progress: Callable[[int], None] = no_progress,
        *,
        dry_run: bool = False,
        effects: bool = True,
        appointment: Entry | None = None,
    ) -> ImportResult:
        """Append every entry of an export that is not there yet: all or none."""
        if not dry_run:
            if not self._has_file:
                with translate_errors(self.path):
                    lines = self._try_import(lines, effects=effects)
            self.ensure()
        try:
            with translate_errors(self.path), transaction(self._con):
                importer = self._importer(progress, effects=effects, authority=self._new_authority)
                with schema.without_insert_guards(self._con):
                    if dry_run:
                        raise DryRun(importer.run(lines, appointment))  # noqa: TRY301 - it rolls back
                    result = self._import(importer, lines, appointment)
                if importer.redacts:
                    self._mark_vacuum_pending(result.size)
        except DryRun as done:
            return done.result
        self._store_head(result.size, result.root)
        if importer.redacts:
            self.vacuum()
        return result

    def attest(
        self, size: int, kind: AttestationKind, value: bytes, identity: str | None = None
    ) -> None:
        """Append an attestation of the first `size` entries, unless it is stored."""
        self.ensure()
        with translate_errors(self.path), transaction(self._con):
            root = tree.root(size, reader.node_reader(self._con, size))
            self._con.execute(
                "INSERT INTO attestation SELECT :size, :root, :kind, :identity, :value"
                " WHERE NOT EXISTS (SELECT 1 FROM attestation WHERE size = :size AND kind = :kind"
                " AND value = :value)",
                {
                    "size": size,
                    "root": root,
                    "kind": kind.value,
                    "identity": identity,
                    "value": value,
                },
            )

    def reindex(self) -> int:
        """Build the search index from the payloads; return the number of entries."""
        if not self._has_file:
            return 0
        with translate_errors(self.path), transaction(self._con):
            self._con.execute("INSERT INTO search (search) VALUES ('delete-all')")
            return self._fill_index()

    @property
    def _new_authority(self) -> Authority | None:
        """Return the authority of a log that does not exist yet; `None` for one that does."""
        return None if self._has_file else Authority(owner=self._owner(create=False))

    def _try_import(self, lines: Iterable[bytes], *, effects: bool) -> Iterable[bytes]:
        """Import into a log in memory and roll back; return the lines.

        So an invalid import creates no log, unless it is a long one.
        """
        remaining = iter(lines)
        head, size = [], 0
        for line in remaining:
            head.append(line)
            size += len(line)
            if size > DRY_RUN_MAX:
                return chain(head, remaining)
        self._con.execute("BEGIN")
        try:
            self._importer(no_progress, effects=effects, authority=self._new_authority).run(head)
        finally:
            self._con.execute("ROLLBACK")
        return head

    def vacuum(self) -> None:
        """Rewrite the file, so that its free pages hold no copy of a redacted payload.

        SQLite overwrites what it deletes, but not the copies that it made before when
        it moved a row to another page. If this fails, with `LogError`, the next writer
        tries again.
        """
        latest = self._pending_vacuum()
        try:
            with translate_errors(self.path):
                self._con.execute("VACUUM")
                self._con.execute("DELETE FROM pending_vacuum WHERE seq <= ?", (latest,))
        except LogError as error:
            raise LogError(
                _(
                    "the redaction is recorded, and the payload was removed; but copies of "
                    "it may remain in free space of the file until the next command that "
                    "writes to the log: {error}"
                ).format(error=error)
            ) from error

    def _mark_vacuum_pending(self, seq: int) -> None:
        self._con.execute("INSERT OR IGNORE INTO pending_vacuum VALUES (?)", (seq,))

    def _pending_vacuum(self) -> int:
        """Return the latest redaction without a vacuum since, or 0."""
        with translate_errors(self.path):
            rows = self._con.fetch("SELECT coalesce(max(seq), 0) FROM pending_vacuum")
        return int(rows[0][0])


def restore(path: Path, file: IO[bytes]) -> None:
    """Write a backup to a new file, which appears when it is verified."""
    fs.create_folder(path.parent)
    with TemporaryDirectory(prefix=f".{path.name}-", dir=path.parent) as folder:
        temporary = Path(folder) / path.name

        def fill(con: Connection) -> None:
            backup.insert_row(con, "log", backup.log_row(file))
            backup.restore(con, file, Importer(con, SqliteIndex, no_progress).run)

        with translate_errors(path):
            connection.create(temporary, fill=fill)
            with SqliteLog(temporary) as log:
                backup.require_verified(log.verify())
            try:
                fs.link_new(temporary, path)
            except FileExistsError:
                raise LogError(_("there is a log at {path} already").format(path=path)) from None
            fs.fsync_folder(path.parent)


_T = TypeVar("_T")


class SqliteWriter(SqlWriter[Connection]):
    """Write access to the outbox in a SQLite file; creates a default log."""

    def __init__(self, path: Path, *, must_exist: bool = True, owner: OwnerKey = no_owner) -> None:
        super().__init__()
        self.path = path
        with translate_errors(self.path):
            if not must_exist and not self.path.exists():
                connection.create(self.path, owner(create=True))
            try:
                self._con = connection.open_writer(self.path)
            except (FileNotFoundError, NotADirectoryError):
                raise missing_log(self.path) from None

    def _transact(self, work: Callable[[], _T]) -> _T:
        with translate_errors(self.path), transaction(self._con):
            return work()


def recover(path: Path) -> None:
    """Recover a log after a program died while it was writing."""
    journal = path.with_name(f"{path.name}-journal")
    if path.exists() and journal.exists():
        with translate_errors(path):
            connection.open_writer(path).close()
