"""A log in PostgreSQL."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager

from orderwatch.errors import LogError
from orderwatch.log import reader
from orderwatch.log.formats import tree
from orderwatch.log.importer import Importer
from orderwatch.log.postgres import verify
from orderwatch.log.postgres.connection import (
    Connection,
    connect,
    retry,
    transaction,
    translate_errors,
)
from orderwatch.log.postgres.search import PostgresIndex
from orderwatch.log.reader import locate
from orderwatch.log.sql_log import SqlLog, silent
from orderwatch.log.types import Appended, ImportResult, VerificationReport
from orderwatch.log_url import strip_secrets
from orderwatch.model import TreeHead
from orderwatch.model.entry import Entry


class PostgresLog(SqlLog[Connection]):
    """Entries in their order, their payloads and their tree.

    `orderwatch init` makes the log; an entry never does.
    """

    _index = PostgresIndex

    def __init__(
        self, url: str, *, write: bool = False, password: str | None = None
    ) -> None:
        self.url = url
        self._write = write
        self._con = connect(url, password)

    def _told(self) -> AbstractContextManager[None]:
        return translate_errors(self.url)

    def verify(
        self,
        checkpoints: Sequence[TreeHead] = (),
        progress: Callable[[int], None] = silent,
    ) -> VerificationReport:
        """Compute everything anew, and compare with what is stored."""
        with translate_errors(self.url):
            return verify.verify(self._con, checkpoints, progress)

    def ensure(self) -> None:
        """Refuse to write what was opened to read."""
        if not self._write:
            raise LogError(f"{strip_secrets(self.url)} was opened to read only")

    def append(self, entry: Entry) -> Appended:
        """Keep one more entry for good; a redaction removes its target's payload.

        If the answer of the server is lost, the entry is looked for by its id. Raises
        `UsageError` if what it names cannot be corrected, retracted or redacted.
        """
        self.ensure()

        def work(begun: bool) -> Appended:  # noqa: FBT001 - `again` calls it
            with transaction(self._con):
                return (self._placed(entry) if begun else None) or self._put(entry)

        uid = entry.header.id
        unsure = (
            "whether the entry was recorded is not known: when the server is back, "
            f"`orderwatch log show {uid}` tells"
        )
        with translate_errors(self.url):
            return retry(self._con, work, unsure)

    def append_many(
        self, lines: Iterable[bytes], progress: Callable[[int], None] = silent
    ) -> ImportResult:
        """Keep every entry of an export that is not there yet: all or none."""
        self.ensure()
        importer: Importer | None = None
        done: ImportResult | None = None

        def work(_begun: bool) -> ImportResult:  # noqa: FBT001 - `again` calls it
            nonlocal importer, done
            with transaction(self._con):
                if importer is None:
                    importer = self._importer(progress)
                    done = importer.run(lines)
                # The lines can be read only once.
                elif done is None or not self._holds(done):
                    raise LogError(
                        f"{strip_secrets(self.url)} was lost while the import ran, "
                        "and is back:"
                        " nothing was imported; import again"
                    )
            return done

        with translate_errors(self.url):
            return retry(
                self._con,
                work,
                "whether the import was done is not known: import again when the "
                "server is back, what is there already is skipped",
            )

    def _placed(self, entry: Entry) -> Appended | None:
        """Find an entry that may have been recorded: where it stands."""
        found = locate(self._con, entry.header.id)
        if found is None:
            return None
        [size, _] = found
        root = tree.root(size, reader.node_reader(self._con, size))
        leaf = tree.leaf_hash(entry.raw)
        return Appended(seq=size, leaf=leaf, size=size, root=root)

    def _holds(self, done: ImportResult) -> bool:
        """Tell whether the log has become what an import made of it."""
        if reader.size(self._con) < done.size:
            return False
        read = reader.node_reader(self._con, done.size)
        return tree.root(done.size, read) == done.root
