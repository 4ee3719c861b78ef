"""What was said to whom, kept with the log, whatever keeps it.

A recipient is claimed before anything is sent, by one run at a time, and what was
said is marked only after it was delivered. A claim lapses when its lease is over, or
at once when the process that held it is gone from this machine.

A message that has an id is kept before it is handed in, as it is. If nobody knows
what became of it, the next run hands in the same again, so that a mailbox can drop
the double; what is new by then goes into another.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from orderwatch.address import is_shared
from orderwatch.ledger.store import path_of

if TYPE_CHECKING:
    from orderwatch.ledger.said_sql import SqlReader, SqlWriter

LEASE = timedelta(minutes=10)
"""How long a claim holds without being renewed; longer than any one message takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Somebody to whom something is said on a channel."""

    channel: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What was said: of which deadline and version, at which offset, and when."""

    recipient: Recipient
    obligation: str
    deadline: str
    due: date
    days: int
    message: str
    """The id of the message that said it."""
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """A message that was to be handed in, and may or may not have been."""

    content: bytes
    """The whole of it."""
    marks: tuple[Mark, ...]
    """What it says; `at` is when it was made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What is known of one recipient."""

    since: date | None = None
    """The day of the first run for it; `None` before."""
    marks: tuple[Mark, ...] = ()
    sending: Sending | None = None
    """The message of which nobody knows whether it arrived."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who else holds a claim, and until when."""

    host: str
    until: datetime


def open_reader(
    url: str, *, must_exist: bool = True, password: str | None = None
) -> "SqlReader[Any]":
    """Open what was said; a log that need not exist reads as empty."""
    # Importing an engine takes a while, and `--help` has no log.
    if is_shared(url):
        from orderwatch.ledger.postgres.said import PostgresReader

        return PostgresReader(url, password)
    from orderwatch.ledger.said_sqlite import SqliteReader

    return SqliteReader(path_of(url), must_exist=must_exist)


def open_writer(
    url: str, *, must_exist: bool = True, password: str | None = None
) -> "SqlWriter[Any]":
    """Open what was said to add to it; the file of a default log is made."""
    if is_shared(url):
        from orderwatch.ledger.postgres.said import PostgresWriter

        return PostgresWriter(url, password)
    from orderwatch.ledger.said_sqlite import SqliteWriter

    return SqliteWriter(path_of(url), must_exist=must_exist)


def recover(url: str) -> None:
    """Put right what a program left that died while it was writing.

    A reader cannot; a reminder that only looks would say the same error for ever.
    """
    if is_shared(url):
        return  # the server does that by itself
    from orderwatch.ledger.said_sqlite import recover

    recover(path_of(url))
