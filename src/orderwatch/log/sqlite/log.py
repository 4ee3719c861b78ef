"""A log in one SQLite file."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, suppress
from itertools import chain
from pathlib import Path

from orderwatch.errors import LogError
from orderwatch.log.database import fetch
from orderwatch.log.sql_log import SqlLog, silent
from orderwatch.log.sqlite import connection, schema
from orderwatch.log.sqlite.connection import missing_log, transaction, translate_errors
from orderwatch.log.sqlite.search import SqliteIndex
from orderwatch.log.types import Appended, ImportResult, VerificationReport
from orderwatch.model import TreeHead
from orderwatch.model.entry import Entry, EntryKind

REHEARSED = 16_000_000
"""Bytes up to which a file is tried before a log is made for it."""


class SqliteLog(SqlLog[connection.Connection]):
    """Entries in their order, their payloads and their tree.

    A log that need not exist reads as empty; the first entry makes its file.
    """

    _index = SqliteIndex

    def __init__(
        self, path: Path, *, write: bool = False, must_exist: bool = True
    ) -> None:
        self.path = path
        self._write = write
        self._in_file = True
        self._con = self._connect(must_exist=must_exist)
        if write and self._remains():
            # What broke off a redaction may still be in the way: then another time.
            with suppress(LogError):
                self.scrub()

    def _connect(self, *, must_exist: bool) -> connection.Connection:
        open_file = connection.open_writer if self._write else connection.open_reader
        with translate_errors(self.path):
            try:
                return open_file(self.path)
            except (FileNotFoundError, NotADirectoryError):
                if must_exist:
                    raise missing_log(self.path) from None
        self._in_file = False
        return connection.open_empty()

    def _told(self) -> AbstractContextManager[None]:
        return translate_errors(self.path)

    def verify(
        self,
        checkpoints: Sequence[TreeHead] = (),
        progress: Callable[[int], None] = silent,
    ) -> VerificationReport:
        """Compute everything anew, and compare with what is stored."""
        from orderwatch.log.sqlite import verify as sound

        with translate_errors(self.path):
            return sound.verify(self._con, self.path, checkpoints, progress)

    def ensure(self) -> None:
        """Make the file, if there is none."""
        if not self._write:
            raise LogError(f"{self.path} was opened to read only")
        # Another program can have made the file since this one looked.
        if not self._in_file:
            with translate_errors(self.path):
                connection.create(self.path)
                made = connection.open_writer(self.path)
            self._con.close()
            self._con, self._in_file = made, True

    def append(self, entry: Entry) -> Appended:
        """Keep one more entry for good; a redaction removes its target's payload.

        Raises `UsageError` if what it names cannot be corrected, retracted or
        redacted.
        """
        self.ensure()
        with translate_errors(self.path), transaction(self._con):
            placed = self._put(entry)
            redacts = entry.header.kind is EntryKind.REDACTION
            if redacts:
                self._remember(placed.seq)
        if redacts:
            self.scrub()
        return placed

    def append_many(
        self, lines: Iterable[bytes], progress: Callable[[int], None] = silent
    ) -> ImportResult:
        """Keep every entry of an export that is not there yet: all or none."""
        if not self._in_file:
            with translate_errors(self.path):
                lines = self._rehearsed(lines)
        self.ensure()
        with translate_errors(self.path), transaction(self._con):
            importer = self._importer(progress)
            with schema.unguarded(self._con):
                done = importer.run(lines)
            if importer.redacts:
                self._remember(done.size)
        if importer.redacts:
            self.scrub()
        return done

    def _rehearsed(self, lines: Iterable[bytes]) -> Iterable[bytes]:
        """Import into the log in memory, which forgets it; give the lines again.

        So a file that cannot be imported makes no log, unless it is a long one.
        """
        rest = iter(lines)
        head, size = [], 0
        for line in rest:
            head.append(line)
            size += len(line)
            if size > REHEARSED:
                return chain(head, rest)
        self._con.execute("BEGIN")
        try:
            self._importer(silent).run(head)
        finally:
            self._con.execute("ROLLBACK")
        return head

    def scrub(self) -> None:
        """Write the file anew, without what redacted payloads may have left in it.

        SQLite overwrites what is deleted, but not the copies that it made before,
        when it moved a row to another page. Whoever writes next does it if it could not
        be done. Raises `LogError`.
        """
        latest = self._remains()
        try:
            with translate_errors(self.path):
                self._con.execute("VACUUM")
                self._con.execute("DELETE FROM remains WHERE seq <= ?", (latest,))
        except LogError as error:
            raise LogError(
                "the redaction is recorded, and the payload is out of the log; but"
                " copies of it may be left in free space of the file, until the next"
                f" command that writes to the log has written the file anew: {error}"
            ) from error

    def _remember(self, seq: int) -> None:
        self._con.execute("INSERT OR IGNORE INTO remains VALUES (?)", (seq,))

    def _remains(self) -> int:
        """Give the latest redaction since which the file was not written anew, or 0."""
        with translate_errors(self.path):
            rows = fetch(self._con, "SELECT coalesce(max(seq), 0) FROM remains")
        return int(rows[0][0])
