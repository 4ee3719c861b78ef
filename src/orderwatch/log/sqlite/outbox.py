"""Reminder outbox in the SQLite file of a log."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from orderwatch.log.outbox import SqlWriter
from orderwatch.log.sqlite import connection
from orderwatch.log.sqlite.connection import (
    Connection,
    missing_log,
    transaction,
    translate_errors,
)

_T = TypeVar("_T")


class SqliteWriter(SqlWriter[Connection]):
    """Write access to the outbox in a SQLite file; creates a default log."""

    def __init__(self, path: Path, *, must_exist: bool = True) -> None:
        super().__init__()
        self.path = path
        with translate_errors(self.path):
            if not must_exist and not self.path.exists():
                connection.create(self.path)
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
