"""What the log asks of a database, and what each of its engines does in its own way.

SQL goes through here as both engines read it, with `?` and `:name` for values. Text
comes back as bytes: what was tampered with need not be UTF-8.
"""

from collections.abc import Iterable, Mapping, Sequence
from types import TracebackType
from typing import Any, Generic, Protocol, Self, TypeVar

Row = tuple[Any, ...]
Values = Sequence[Any] | Mapping[str, Any]


class Cursor(Protocol):
    """What a statement gave."""

    @property
    def rowcount(self) -> int:
        """How many rows it changed."""


class Database(Protocol):
    """A connection to a log."""

    def execute(self, sql: str, values: Any = (), /) -> Cursor:  # noqa: ANN401 - as sqlite3 has it
        """Run a statement."""

    def executemany(self, sql: str, rows: Iterable[Any], /) -> object:
        """Run a statement once for each row."""

    def fetch(self, sql: str, values: Values = ()) -> list[Row]:
        """Run a query to its end, so that no lock outlives the call."""

    def close(self) -> None:
        """Close it."""

    def search(self, text: str) -> list[int]:
        """List the places of the entries that have all words of a text, in order."""


Con = TypeVar("Con", bound=Database)


class Index(Protocol):
    """What entries are looked up by, within one transaction that writes."""

    def take(self, after: int, until: int) -> None:
        """Take in the words of what was written from one place to another."""

    def redact(self, seq: int) -> None:
        """Remove the payload of an entry, and all that it is looked up by."""

    def settle(self) -> None:
        """Remove what redactions have only marked as deleted."""


class Connected(Generic[Con]):
    """What holds a connection, which it closes at its end."""

    _con: Con

    def close(self) -> None:
        """Close the connection."""
        self._con.close()

    def __enter__(self) -> Self:
        """Return itself; the connection is closed at the end."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the connection, whatever happened."""
        self.close()


def fetch(con: Database, sql: str, values: Values = ()) -> list[Row]:
    """Run a query to its end, so that no lock outlives the call."""
    return con.fetch(sql, values)
