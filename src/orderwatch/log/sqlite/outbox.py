"""What was said to whom, in the file of the log beside its entries, in SQLite."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TypeVar

from orderwatch.log.outbox import SqlReader, SqlWriter
from orderwatch.log.sqlite import connection
from orderwatch.log.sqlite.connection import Connection, missing, told, transaction

_T = TypeVar("_T")


class SqliteReader(SqlReader[Connection]):
    """What was said, to look at; nothing is written."""

    def __init__(self, path: Path, *, must_exist: bool = True) -> None:
        self.path = path
        with told(self.path):
            try:
                self._con = connection.reader(self.path)
            except (FileNotFoundError, NotADirectoryError):
                if must_exist:
                    raise missing(self.path) from None
                self._con = connection.empty()

    def _told(self) -> AbstractContextManager[None]:
        return told(self.path)


class SqliteWriter(SqlWriter[Connection]):
    """What was said, to claim and to mark; the file of a default log is made."""

    def __init__(self, path: Path, *, must_exist: bool = True) -> None:
        super().__init__()
        self.path = path
        with told(self.path):
            if not must_exist and not self.path.exists():
                connection.create(self.path)
            try:
                self._con = connection.writer(self.path)
            except (FileNotFoundError, NotADirectoryError):
                raise missing(self.path) from None

    def _do(self, work: Callable[[], _T]) -> _T:
        with told(self.path), transaction(self._con):
            return work()


def recover(path: Path) -> None:
    """Put right what a program left that died while it was writing."""
    journal = path.with_name(f"{path.name}-journal")
    if path.exists() and journal.exists():
        with told(path):
            connection.writer(path).close()
