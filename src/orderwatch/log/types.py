"""Types of the log: its values, and the protocols of an engine."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from types import TracebackType
from typing import Any, Generic, Protocol, Self, TypeVar

from orderwatch.frozen import Frozen
from orderwatch.model import EventKind
from orderwatch.model.entry import ImportResult


class OwnerKey(Protocol):
    """Source of the public key of the owner of a new log."""

    def __call__(self, *, create: bool) -> str | None:
        """Return the key, in hexadecimal; make a missing one only with `create`."""


def no_owner(*, create: bool) -> str | None:
    """Return no key: a new log has no owner."""
    del create
    return None


class EntryFilter(Frozen):
    """Filter of entries; `None` or empty matches all."""

    about: Collection[str] | None = None
    """Ids of cases, orders, obligations, deadlines; the id of an obligation also
    matches its deadlines."""
    kinds: Collection[EventKind] = ()
    since: date | None = None
    until: date | None = None
    search: str | None = None
    """Words that must all occur, ignoring case and accents."""
    recorded_before: datetime | None = None
    """Only entries recorded before this instant."""
    recorded_since: datetime | None = None
    """Only entries recorded at this instant or later."""
    affects_status: bool = False
    """Only events that affect a status: submissions and assessments, and those that
    extend, trigger or end."""


class EventCount(Frozen):
    """Number and latest of the events that need not be read."""

    count: int = 0
    latest: int | None = None
    """Sequence number of the last one of the latest day."""


class Appended(Frozen):
    """Result of an append: sequence number and leaf of the entry, new tree head."""

    seq: int
    leaf: bytes
    size: int
    root: bytes


class DryRun(Exception):  # noqa: N818 - it undoes a transaction, and is no error
    """Signal that rolls the import back."""

    def __init__(self, result: ImportResult) -> None:
        self.result = result


Row = tuple[Any, ...]
Values = Sequence[Any] | Mapping[str, Any]


class Cursor(Protocol):
    """Result of a statement."""

    @property
    def rowcount(self) -> int:
        """Return the number of changed rows."""


class Database(Protocol):
    """Connection to a log.

    SQL has `?` and `:name` for values, as both engines read it. Text comes back as
    bytes: after tampering it need not be UTF-8.
    """

    @property
    def is_shared(self) -> bool:
        """Return whether others own the server, so that readers check what they read."""

    def execute(self, sql: str, values: Any = (), /) -> Cursor:  # noqa: ANN401 - as sqlite3 has it
        """Execute a statement."""

    def executemany(self, sql: str, rows: Iterable[Any], /) -> object:
        """Execute a statement once for each row."""

    def insert(self, table: str, rows: Sequence[Row]) -> None:
        """Insert rows with all columns of a table."""

    def fetch(self, sql: str, values: Values = ()) -> list[Row]:
        """Run a query and return all rows, so that no lock outlives the call."""

    def close(self) -> None:
        """Close the connection."""

    def search(self, text: str) -> list[int]:
        """Return the sequence numbers of entries with all words of a text, in order."""


Con = TypeVar("Con", bound=Database)


class Connected(Generic[Con]):
    """Context manager that owns a connection."""

    _con: Con

    def close(self) -> None:
        """Close the connection."""
        self._con.close()

    def __enter__(self) -> Self:
        """Return itself; the connection is closed on exit."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the connection, also after an error."""
        self.close()
