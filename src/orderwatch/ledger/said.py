"""What was said to whom, kept with the log, whatever keeps it.

A recipient is claimed before anything is sent, by one run at a time, and what was
said is marked only after it was delivered. A claim lapses when its lease is over, or
at once when the process that held it is gone from this machine.

A message that has an id is kept before it is handed in, as it is. If nobody knows
what became of it, the next run hands in the same again, so that a mailbox can drop
the double; what is new by then goes into another.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import TracebackType
from typing import Protocol, Self

from orderwatch.address import is_shared
from orderwatch.ledger.store import path_of

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


class Reader(Protocol):
    """What was said, to look at; nothing is written."""

    def __enter__(self) -> Self:
        """Give itself; the log is closed at the end."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the log."""

    def past(self, recipient: Recipient) -> Past:
        """Give what is known of a recipient."""

    def marks(self) -> tuple[Mark, ...]:
        """List all that was said, the oldest first."""


class Writer(Protocol):
    """What was said, to claim and to mark."""

    token: str
    """Which process this is, as `process.process` names it, a space, and a word that
    no other writer has."""

    def __enter__(self) -> Self:
        """Give itself; what is still claimed is released at the end."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Release what is claimed, and close the log."""

    def claim(
        self, recipients: Iterable[Recipient], day: date, now: datetime
    ) -> dict[Recipient, Past | Holder]:
        """Claim each recipient that nobody else holds, all at once.

        Gives for each what was said to it by then, or who holds it.
        """

    def renew(self, now: datetime) -> None:
        """Hold all claims for another lease."""

    def hold(self, recipient: Recipient, sending: Sending | None = None) -> bool:
        """Tell whether a claim is still ours, and keep what is about to be sent.

        A run that was suspended may have lost it, and then keeps nothing.
        """

    def mark(self, recipient: Recipient, marks: Sequence[Mark]) -> None:
        """Keep what was delivered, forget what was being sent, and release.

        Twice is once. Without marks it was refused, and is as if never sent.
        """

    def release(self, recipient: Recipient) -> None:
        """Let others claim the recipient; what was being sent stays kept."""


def open_reader(
    url: str, *, must_exist: bool = True, password: str | None = None
) -> Reader:
    """Open what was said; a log that need not exist reads as empty."""
    # Importing an engine takes a while, and `--help` has no log.
    if is_shared(url):
        from orderwatch.ledger.postgres.said import PostgresReader

        return PostgresReader(url, password)
    from orderwatch.ledger.said_sqlite import SqliteReader

    return SqliteReader(path_of(url), must_exist=must_exist)


def open_writer(
    url: str, *, must_exist: bool = True, password: str | None = None
) -> Writer:
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
