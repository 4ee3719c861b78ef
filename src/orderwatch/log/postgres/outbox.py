"""Reminder outbox next to the entries of a log in PostgreSQL.

Hosts take turns with a lock of their own, so that none waits for a long import.
"""

from collections.abc import Callable
from typing import TypeVar

from orderwatch.log.outbox import SqlWriter
from orderwatch.log.postgres.connection import (
    Connection,
    connect,
    retry,
    transaction,
    translate_errors,
)

_OUTBOX_LOCK = 2
_T = TypeVar("_T")


class PostgresWriter(SqlWriter[Connection]):
    """Write access to the outbox in PostgreSQL."""

    def __init__(self, url: str, password: str | None = None) -> None:
        super().__init__()
        self._con = connect(url, password)

    def _transact(self, work: Callable[[], _T]) -> _T:
        def attempt(_started: bool) -> _T:  # noqa: FBT001 - `retry` calls it
            with transaction(self._con, _OUTBOX_LOCK):
                return work()

        with translate_errors(self._con.url):
            return retry(self._con, attempt, "")
