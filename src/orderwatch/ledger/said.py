"""What was said to whom, kept in the file of the log beside its entries, in SQLite.

A recipient is claimed before anything is sent, by one run at a time, and what was
said is marked only after it was delivered. A claim lapses when its lease is over, or
at once when the process that held it is gone from this machine.
"""

import os
import platform
import secrets
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from orderwatch.ledger import connection, schema
from orderwatch.ledger.connection import Row, fetch, told, transaction
from orderwatch.ledger.entry import timestamp
from orderwatch.ledger.store import missing, path_of

LEASE = timedelta(minutes=10)
"""How long a claim holds without being renewed; longer than any one message takes."""

_SINCE = 2
"""The version of the file that first had these tables."""
_MARKS = (
    "SELECT channel, recipient, obligation, deadline, due, days, message, at FROM"
    " reminder"
)


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
class Past:
    """What is known of one recipient."""

    since: date | None = None
    """The day of the first run for it; `None` before."""
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who else holds a claim, and until when."""

    host: str
    until: datetime


class SaidReader:
    """What was said, to look at; nothing is written."""

    def __init__(self, url: str, *, must_exist: bool = True) -> None:
        self.path = path_of(url)
        with told(self.path):
            try:
                self._con = connection.reader(self.path)
            except (FileNotFoundError, NotADirectoryError):
                if must_exist:
                    raise missing(self.path) from None
                self._con = connection.empty()
        self._bare = schema.version(self._con) < _SINCE

    def __enter__(self) -> Self:
        """Give itself; the file is closed at the end."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the file."""
        self._con.close()

    def past(self, recipient: Recipient) -> Past:
        """Give what is known of a recipient."""
        if self._bare:
            return Past()
        with told(self.path):
            return _past(self._con, recipient)

    def marks(self) -> tuple[Mark, ...]:
        """List all that was said, the oldest first."""
        if self._bare:
            return ()
        with told(self.path):
            rows = fetch(
                self._con, f"{_MARKS} ORDER BY at, channel, recipient, deadline, days"
            )
        return tuple(_mark(row) for row in rows)


class SaidWriter:
    """What was said, to claim and to mark; the file of a default log is made."""

    def __init__(self, url: str, *, must_exist: bool = True) -> None:
        self.path = path_of(url)
        self.token = f"{_process(os.getpid())} {secrets.token_hex(8)}"
        with told(self.path):
            if not must_exist and not self.path.exists():
                connection.create(self.path)
            try:
                self._con = connection.writer(self.path)
            except (FileNotFoundError, NotADirectoryError):
                raise missing(self.path) from None

    def __enter__(self) -> Self:
        """Give itself; what is still claimed is released at the end."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Release what is claimed, and close the file."""
        with suppress(sqlite3.Error) if error else told(self.path):
            self._con.execute(
                "UPDATE recipient SET host = NULL, token = NULL, expires = NULL"
                " WHERE token = ?",
                (self.token,),
            )
        self._con.close()

    def claim(
        self, recipients: Iterable[Recipient], day: date, now: datetime
    ) -> dict[Recipient, Past | Holder]:
        """Claim each recipient that nobody else holds, all at once.

        Gives for each what was said to it by then, or who holds it.
        """
        with told(self.path), transaction(self._con):
            return {one: self._claim(one, day, now) for one in recipients}

    def _claim(self, one: Recipient, day: date, now: datetime) -> Past | Holder:
        rows = fetch(
            self._con,
            "SELECT host, token, expires FROM recipient WHERE channel = ? AND name = ?",
            (one.channel, one.name),
        )
        if rows and (holder := self._holder(rows[0], now)) is not None:
            return holder
        past = _past(self._con, one)
        self._con.execute(
            "INSERT INTO recipient (channel, name, since, host, token, expires)"
            " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (channel, name) DO UPDATE"
            " SET host = excluded.host, token = excluded.token,"
            " expires = excluded.expires",
            (
                one.channel,
                one.name,
                day.isoformat(),
                platform.node(),
                self.token,
                timestamp(now + LEASE),
            ),
        )
        return past

    def _holder(self, row: Row, now: datetime) -> Holder | None:
        if row[1] is None:
            return None
        host, token, expires = (value.decode() for value in row)
        until = datetime.fromisoformat(expires)
        if until <= now or token == self.token or _gone(token):
            return None
        return Holder(host=host, until=until)

    def renew(self, now: datetime) -> None:
        """Hold all claims for another lease."""
        with told(self.path):
            self._con.execute(
                "UPDATE recipient SET expires = ? WHERE token = ?",
                (timestamp(now + LEASE), self.token),
            )

    def holds(self, recipient: Recipient) -> bool:
        """Tell whether a claim is still ours; a run that was suspended may lose it."""
        with told(self.path):
            rows = fetch(
                self._con,
                "SELECT 1 FROM recipient WHERE channel = ? AND name = ? AND token = ?",
                (recipient.channel, recipient.name, self.token),
            )
        return bool(rows)

    def mark(self, recipient: Recipient, marks: Sequence[Mark]) -> None:
        """Keep what was delivered, and release the recipient; twice is once."""
        with told(self.path), transaction(self._con):
            self._con.executemany(
                "INSERT INTO reminder"
                " (channel, recipient, obligation, deadline, due, days, message, at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                [
                    (
                        recipient.channel,
                        recipient.name,
                        mark.obligation,
                        mark.deadline,
                        mark.due.isoformat(),
                        mark.days,
                        mark.message,
                        timestamp(mark.at),
                    )
                    for mark in marks
                ],
            )
            self.release(recipient)

    def release(self, recipient: Recipient) -> None:
        """Let others claim the recipient."""
        with told(self.path):
            self._con.execute(
                "UPDATE recipient SET host = NULL, token = NULL, expires = NULL"
                " WHERE channel = ? AND name = ? AND token = ?",
                (recipient.channel, recipient.name, self.token),
            )


def recover(url: str) -> None:
    """Put right what a program left that died while it was writing.

    A reader cannot; a reminder that only looks would say the same error for ever.
    """
    path = path_of(url)
    journal = path.with_name(f"{path.name}-journal")
    if path.exists() and journal.exists():
        with told(path):
            connection.writer(path).close()


def _past(con: sqlite3.Connection, one: Recipient) -> Past:
    values = (one.channel, one.name)
    rows = fetch(
        con, "SELECT since FROM recipient WHERE channel = ? AND name = ?", values
    )
    marks = fetch(
        con, f"{_MARKS} WHERE channel = ? AND recipient = ? ORDER BY at", values
    )
    return Past(
        since=date.fromisoformat(rows[0][0].decode()) if rows else None,
        marks=tuple(_mark(row) for row in marks),
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


def _process(pid: int) -> str:
    """Name a process so that no other on any machine is called the same.

    `?` stands for what the system does not tell.
    """
    facts = (_boot, _namespace, lambda: str(pid), lambda: _started(pid))
    return "/".join(_fact(fact) for fact in facts)


def _fact(read: Callable[[], str]) -> str:
    try:
        return read()
    except (OSError, IndexError):
        return "?"


def _boot() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()


def _namespace() -> str:
    return str(Path("/proc/self/ns/pid").readlink())


def _started(pid: int) -> str:
    # The name of the program, in brackets, can hold spaces and brackets of its own.
    text = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2]
    state, *rest = text.decode("ascii").split()
    # A process that was killed and not yet collected is as gone as can be.
    return "dead" if state in {"Z", "X"} else rest[18]


def _gone(token: str) -> bool:
    """Tell whether a holder was a process of this machine, and is no more."""
    process = token.partition(" ")[0]
    boot, space, pid, started = process.split("/")
    here = boot == _fact(_boot) and space == _fact(_namespace)
    if "?" in {boot, space, started} or not here:
        return False
    return _process(int(pid)) != process
