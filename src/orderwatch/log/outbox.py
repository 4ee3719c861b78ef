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
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    pass
import json
import os
import platform
import secrets
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from types import TracebackType
from typing import TypeVar

from orderwatch.errors import LogError
from orderwatch.log.database import Con, Connected, Database, Row, fetch
from orderwatch.log.formats.entry import timestamp
from orderwatch.log.process_id import gone, process

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


_MARKS = (
    "SELECT channel, recipient, obligation, deadline, due, days, message, at FROM"
    " reminder"
)
_OURS = "WHERE channel = ? AND name = ? AND token = ?"
_FREE = "UPDATE recipient SET host = NULL, token = NULL, expires = NULL"

_T = TypeVar("_T")


class SqlReader(Connected[Con], ABC):
    """What was said, to look at; nothing is written."""

    @abstractmethod
    def _told(self) -> AbstractContextManager[None]:
        """Turn what a user can cause into a `LogError`; let bugs pass."""

    def past(self, recipient: Recipient) -> Past:
        """Give what is known of a recipient."""
        with self._told():
            return past(self._con, recipient)

    def marks(self) -> tuple[Mark, ...]:
        """List all that was said, the oldest first."""
        sql = f"{_MARKS} ORDER BY at, channel, recipient, deadline, days"
        with self._told():
            return tuple(_mark(row) for row in fetch(self._con, sql))


class SqlWriter(Connected[Con], ABC):
    """What was said, to claim and to mark."""

    def __init__(self) -> None:
        self.token = f"{process(os.getpid())} {secrets.token_hex(8)}"
        """Which process this is, and a word that no other writer has."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Release what is claimed, and close the log."""
        try:
            self._do(lambda: self._run(f"{_FREE} WHERE token = ?", self.token))
        except LogError:
            # What went wrong before tells more; the claims lapse by themselves.
            if error is None:
                raise
        finally:
            self.close()

    @abstractmethod
    def _do(self, work: Callable[[], _T]) -> _T:
        """Do work in a transaction of its own; raise `LogError` if that cannot be."""

    def claim(
        self, recipients: Iterable[Recipient], day: date, now: datetime
    ) -> dict[Recipient, Past | Holder]:
        """Claim each recipient that nobody else holds, all at once.

        Gives for each what was said to it by then, or who holds it.
        """
        wanted = list(recipients)
        return self._do(lambda: {one: self._claim(one, day, now) for one in wanted})

    def _claim(self, one: Recipient, day: date, now: datetime) -> Past | Holder:
        rows = fetch(
            self._con,
            "SELECT host, token, expires FROM recipient WHERE channel = ? AND name = ?",
            (one.channel, one.name),
        )
        if rows and (holder := self._holder(rows[0], now)) is not None:
            return holder
        known = past(self._con, one)
        self._run(
            "INSERT INTO recipient (channel, name, since, host, token, expires)"
            " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (channel, name) DO UPDATE"
            " SET host = excluded.host, token = excluded.token,"
            " expires = excluded.expires",
            one.channel,
            one.name,
            day.isoformat(),
            platform.node(),
            self.token,
            timestamp(now + LEASE),
        )
        return known

    def _holder(self, row: Row, now: datetime) -> Holder | None:
        if row[1] is None:
            return None
        host, token, expires = (value.decode() for value in row)
        until = datetime.fromisoformat(expires)
        if until <= now or token == self.token or gone(token.partition(" ")[0]):
            return None
        return Holder(host=host, until=until)

    def renew(self, now: datetime) -> None:
        """Hold all claims for another lease."""
        sql = "UPDATE recipient SET expires = ? WHERE token = ?"
        self._do(lambda: self._run(sql, timestamp(now + LEASE), self.token))

    def hold(self, recipient: Recipient, sending: Sending | None = None) -> bool:
        """Tell whether a claim is still ours, and keep what is about to be sent.

        A run that was suspended may have lost it, and then keeps nothing.
        """
        ours = self._ours(recipient)
        if sending is None:
            sql = f"SELECT 1 FROM recipient {_OURS}"  # noqa: S608 - ours
            return bool(self._do(lambda: fetch(self._con, sql, ours)))
        marks = json.dumps([_row(mark)[2:] for mark in sending.marks])
        # Kept again, if nobody knows whether it was.
        sql = (
            "INSERT INTO sending (channel, recipient, content, marks)"  # noqa: S608 - ours
            f" SELECT channel, name, ?, ? FROM recipient {_OURS}"
            " ON CONFLICT (channel, recipient) DO UPDATE"
            " SET content = excluded.content, marks = excluded.marks"
        )
        return self._do(lambda: self._run(sql, sending.content, marks, *ours)) > 0

    def mark(self, recipient: Recipient, marks: Sequence[Mark]) -> None:
        """Keep what was delivered, forget what was being sent, and release.

        Twice is once. Without marks it was refused, and is as if never sent.
        """

        def work() -> None:
            self._con.executemany(
                "INSERT INTO reminder"
                " (channel, recipient, obligation, deadline, due, days, message, at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                [_row(mark) for mark in marks],
            )
            # Whoever lost the claim leaves what another has kept since.
            self._run(
                "DELETE FROM sending WHERE (channel, recipient) IN"  # noqa: S608 - ours
                f" (SELECT channel, name FROM recipient {_OURS})",
                *self._ours(recipient),
            )
            self._run(f"{_FREE} {_OURS}", *self._ours(recipient))

        self._do(work)

    def release(self, recipient: Recipient) -> None:
        """Let others claim the recipient; what was being sent stays kept."""
        self._do(lambda: self._run(f"{_FREE} {_OURS}", *self._ours(recipient)))

    def _ours(self, recipient: Recipient) -> tuple[str, str, str]:
        return recipient.channel, recipient.name, self.token

    def _run(self, sql: str, *values: object) -> int:
        return self._con.execute(sql, values).rowcount


def past(con: Database, one: Recipient) -> Past:
    """Read what is known of a recipient."""
    values = (one.channel, one.name)
    rows = fetch(
        con, "SELECT since FROM recipient WHERE channel = ? AND name = ?", values
    )
    marks = fetch(
        con, f"{_MARKS} WHERE channel = ? AND recipient = ? ORDER BY at", values
    )
    sending = fetch(
        con,
        "SELECT content, marks FROM sending WHERE channel = ? AND recipient = ?",
        values,
    )
    return Past(
        since=date.fromisoformat(rows[0][0].decode()) if rows else None,
        marks=tuple(_mark(row) for row in marks),
        sending=_sending(one, *sending[0]) if sending else None,
    )


def _sending(one: Recipient, content: bytes, text: bytes) -> Sending:
    rows = [
        [part.encode() if isinstance(part, str) else part for part in row]
        for row in json.loads(text)
    ]
    whose = (one.channel.encode(), one.name.encode())
    return Sending(content=content, marks=tuple(_mark((*whose, *r)) for r in rows))


def _row(mark: Mark) -> Row:
    return (
        mark.recipient.channel,
        mark.recipient.name,
        mark.obligation,
        mark.deadline,
        mark.due.isoformat(),
        mark.days,
        mark.message,
        timestamp(mark.at),
    )


def _mark(row: Row) -> Mark:
    channel, name, obligation, deadline, due, days, message, at = row
    return Mark(
        recipient=Recipient(channel=channel.decode(), name=name.decode()),
        obligation=obligation.decode(),
        deadline=deadline.decode(),
        due=date.fromisoformat(due.decode()),
        days=days,
        message=message.decode(),
        at=datetime.fromisoformat(at.decode()),
    )
