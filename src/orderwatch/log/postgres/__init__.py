"""PostgreSQL engine, for offices that share a log.

Without the extra `postgres`, importing any module raises a `UsageError` that says so.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import IO, TypeVar

from orderwatch.errors import LogError, UsageError, install_command
from orderwatch.translation import _

try:
    import psycopg
except ImportError as error:
    raise UsageError(
        _("a log in PostgreSQL needs another package: {command}").format(
            command=install_command("postgres")
        )
    ) from error

from orderwatch.log import backup, reader
from orderwatch.log.formats import tree
from orderwatch.log.importer import Importer
from orderwatch.log.outbox import SqlWriter
from orderwatch.log.postgres import verify
from orderwatch.log.postgres.connection import (
    LOCK_LOG,
    LOCK_OUTBOX,
    Connection,
    connect,
    create,
    retry,
    transaction,
    translate_errors,
)
from orderwatch.log.postgres.search import PostgresIndex, fill_search
from orderwatch.log.reader import locate
from orderwatch.log.sql_log import SqlLog, no_progress
from orderwatch.log.types import Appended, DryRun
from orderwatch.log_url import strip_secrets
from orderwatch.model import TreeHead
from orderwatch.model.entry import Entry, ImportResult, VerificationReport
from orderwatch.model.proof import AttestationKind

_BEGIN_FROZEN = (
    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;"
    " SET LOCAL idle_in_transaction_session_timeout = 0"
)


class PostgresLog(SqlLog[Connection]):
    """Log in PostgreSQL, which `orderwatch init` creates; an entry never does."""

    _index_factory = PostgresIndex

    def __init__(self, url: str, *, write: bool = False, password: str | None = None) -> None:
        self.url = url
        self._write = write
        self._con = connect(url, password, write=write)

    def _translate_errors(self) -> AbstractContextManager[None]:
        return translate_errors(self.url)

    def verify(
        self,
        checkpoints: Sequence[TreeHead] = (),
        progress: Callable[[int], None] = no_progress,
    ) -> VerificationReport:
        """Recompute all hashes and indexes and compare them with the stored ones."""
        with translate_errors(self.url):
            return verify.verify(self._con, checkpoints, progress)

    @contextmanager
    def frozen(self, path: Path) -> "Iterator[PostgresLog]":  # noqa: ARG002 - a file is copied
        """Read the log as it is now, whoever writes meanwhile."""
        with translate_errors(self.url):
            self._con.execute(_BEGIN_FROZEN)
            try:
                yield self
            finally:
                with suppress(psycopg.Error):
                    self._con.execute("ROLLBACK")

    def ensure(self) -> None:
        """Raise `LogError` if the log was opened for reading."""
        if not self._write:
            raise LogError(_("{url} is open read-only").format(url=strip_secrets(self.url)))

    def append(self, entry: Entry) -> Appended:
        """Append an entry; a redaction deletes the payload of its target.

        If the reply of the server is lost, the entry is searched by its id. Raises
        `UsageError` if the target cannot be corrected, retracted or redacted.
        """
        self.ensure()

        def work(started: bool) -> Appended:  # noqa: FBT001 - `retry` calls it
            with transaction(self._con, LOCK_LOG):
                return (self._find_appended(entry) if started else None) or self._append_entry(
                    entry
                )

        uid = entry.header.id
        unsure = _(
            "it is not known whether the entry was recorded: when the server is "
            "available, `orderwatch log show {uid}` shows it"
        ).format(uid=uid)
        with translate_errors(self.url):
            appended = retry(self._con, work, unsure)
            self._store_head(appended.size, appended.root)
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
        self.ensure()
        importer: Importer | None = None
        result: ImportResult | None = None

        def work(_started: bool) -> ImportResult:  # noqa: FBT001 - `retry` calls it
            nonlocal importer, result
            with transaction(self._con, LOCK_LOG):
                if importer is None:
                    importer = self._importer(progress, effects=effects)
                    if dry_run:
                        raise DryRun(importer.run(lines, appointment))
                    # The next lines are read while the server appends.
                    with self._con.pipeline():
                        result = self._import(importer, lines, appointment)
                # The lines can be read only once.
                elif result is None or not self._is_imported(result):
                    raise LogError(
                        _(
                            "the connection to {url} was lost during the import: nothing was "
                            "imported; import again"
                        ).format(url=strip_secrets(self.url))
                    )
            return result

        try:
            with translate_errors(self.url):
                imported = retry(
                    self._con,
                    work,
                    _(
                        "it is not known whether the import was done: import again when the "
                        "server is available; existing entries are skipped"
                    ),
                )
                self._store_head(imported.size, imported.root)
        except DryRun as done:
            return done.result
        return imported

    def attest(
        self, size: int, kind: AttestationKind, value: bytes, identity: str | None = None
    ) -> None:
        """Append an attestation of the first `size` entries, unless it is stored."""
        self.ensure()

        def work(_started: bool) -> None:  # noqa: FBT001 - `retry` calls it
            with transaction(self._con, LOCK_LOG):
                sql = "SELECT attest(?, ?, ?, ?)"
                self._con.fetch(sql, (size, kind.value, identity, value))

        with translate_errors(self.url):
            retry(self._con, work, "")

    def reindex(self) -> int:
        """Build the search index from the payloads; only the owner of the tables may."""
        with translate_errors(self.url), transaction(self._con, LOCK_LOG):
            self._con.run_script(
                "ALTER TABLE orderwatch.search DISABLE TRIGGER USER;"
                "TRUNCATE orderwatch.search;"
                "ALTER TABLE orderwatch.search ENABLE TRIGGER USER"
            )
            size = reader.entry_count(self._con)
            fill_search(self._con, size)
            return size

    def _find_appended(self, entry: Entry) -> Appended | None:
        """Return the result of an earlier append of an entry; `None` if it has none."""
        location = locate(self._con, entry.header.id)
        if location is None:
            return None
        size = location.seq
        root = tree.root(size, reader.node_reader(self._con, size))
        leaf = tree.leaf_hash(entry.raw)
        return Appended(seq=size, leaf=leaf, size=size, root=root)

    def _is_imported(self, result: ImportResult) -> bool:
        """Return whether the log contains the result of an import."""
        if reader.entry_count(self._con) < result.size or (result.filled and not result.added):
            return False
        read = reader.node_reader(self._con, result.size)
        return tree.root(result.size, read) == result.root


def restore(url: str, file: IO[bytes], password: str | None = None) -> None:
    """Write a backup to a database without a log, all or nothing."""

    def fill(con: Connection) -> None:
        backup.restore(con, file, Importer(con, PostgresIndex, no_progress).run)
        backup.require_verified(verify.verify_now(con))

    if not create(url, password, row=backup.log_row(file), fill=fill):
        raise LogError(_("there is a log at {url} already").format(url=strip_secrets(url)))


_T = TypeVar("_T")


class PostgresWriter(SqlWriter[Connection]):
    """Write access to the outbox in PostgreSQL."""

    def __init__(self, url: str, password: str | None = None) -> None:
        super().__init__()
        self._con = connect(url, password, write=True)

    def _transact(self, work: Callable[[], _T]) -> _T:
        def attempt(_started: bool) -> _T:  # noqa: FBT001 - `retry` calls it
            with transaction(self._con, LOCK_OUTBOX):
                return work()

        with translate_errors(self._con.url):
            return retry(self._con, attempt, "")
