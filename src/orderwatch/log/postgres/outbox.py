"""What was said to whom, beside the entries of a log in PostgreSQL.

Hosts take turns by a lock of their own, so that nobody waits for a long import.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TypeVar

from orderwatch.log.outbox import SqlReader, SqlWriter
from orderwatch.log.postgres.connection import (
    Connection,
    again,
    opened,
    told,
    transaction,
)

_LOCK = 2
_T = TypeVar("_T")


class PostgresReader(SqlReader[Connection]):
    """What was said, to look at; nothing is written."""

    def __init__(self, url: str, password: str | None = None) -> None:
        self._con = opened(url, password)

    def _told(self) -> AbstractContextManager[None]:
        return told(self._con.url)


class PostgresWriter(SqlWriter[Connection]):
    """What was said, to claim and to mark."""

    def __init__(self, url: str, password: str | None = None) -> None:
        super().__init__()
        self._con = opened(url, password)

    def _do(self, work: Callable[[], _T]) -> _T:
        def once(_begun: bool) -> _T:  # noqa: FBT001 - `again` calls it
            with transaction(self._con, _LOCK):
                return work()

        with told(self._con.url):
            return again(self._con, once, "")
