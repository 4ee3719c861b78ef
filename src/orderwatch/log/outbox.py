"""Reminder outbox in SQL tables next to the entries of a log."""

import json
import os
import platform
import secrets
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from orderwatch.errors import LogError
from orderwatch.frozen import Frozen
from orderwatch.log.formats.entry import timestamp
from orderwatch.log.types import Con, Connected, Database, Row

LEASE = timedelta(minutes=10)
"""Duration of a claim without renewal; longer than sending a message can take."""


class Recipient(Frozen):
    """A recipient on a channel."""

    channel: str
    name: str


class SentReminder(Frozen):
    """A sent reminder: deadline and version, offset, and time."""

    recipient: Recipient
    obligation: str
    deadline: str
    due: date
    days: int
    message: str
    """Id of the message that contained it."""
    at: datetime


class PendingMessage(Frozen):
    """A message that was stored to be sent; its delivery is unknown."""

    content: bytes
    """Encoded message."""
    reminders: tuple[SentReminder, ...]
    """Reminders in it; `at` is when it was created."""


class RecipientState(Frozen):
    """State of a recipient."""

    since: date | None = None
    """Day of the first run for it; `None` before."""
    reminders: tuple[SentReminder, ...] = ()
    pending: PendingMessage | None = None
    """Message whose delivery is unknown."""


class LeaseHolder(Frozen):
    """Another holder of a claim, and when the claim expires."""

    host: str
    until: datetime


_SELECT_REMINDERS = (
    "SELECT channel, recipient, obligation, deadline, due, days, message, at FROM reminder"
)
_WHERE_CLAIMED = "WHERE channel = ? AND name = ? AND token = ?"
_RELEASE = "UPDATE recipient SET host = NULL, token = NULL, expires = NULL"

_T = TypeVar("_T")


class SqlWriter(Connected[Con], ABC):
    """Write access to the outbox of an SQL log."""

    def __init__(self) -> None:
        self.token = f"{process_id(os.getpid())} {secrets.token_hex(8)}"
        """Process id, and digits that are unique to this writer."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Release all claims and close the log."""
        try:
            self._transact(lambda: self._execute(f"{_RELEASE} WHERE token = ?", self.token))
        except LogError:
            # The first error matters more; the claims expire by themselves.
            if error is None:
                raise
        finally:
            self.close()

    @abstractmethod
    def _transact(self, work: Callable[[], _T]) -> _T:
        """Run `work` in a transaction of its own; raise `LogError` if that fails."""

    def claim(
        self, recipients: Iterable[Recipient], day: date, now: datetime
    ) -> dict[Recipient, RecipientState | LeaseHolder]:
        """Acquire a claim on every recipient without another holder, all at once.

        Returns for each recipient its state, or the holder of the claim.
        """
        batch = list(recipients)
        return self._transact(
            lambda: {recipient: self._claim(recipient, day, now) for recipient in batch}
        )

    def _claim(
        self, recipient: Recipient, day: date, now: datetime
    ) -> RecipientState | LeaseHolder:
        rows = self._con.fetch(
            "SELECT host, token, expires FROM recipient WHERE channel = ? AND name = ?",
            (recipient.channel, recipient.name),
        )
        if rows and (holder := self._lease_holder(rows[0], now)) is not None:
            return holder
        state = read_state(self._con, recipient)
        self._execute(
            "INSERT INTO recipient (channel, name, since, host, token, expires, ran)"
            " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (channel, name) DO UPDATE"
            " SET host = excluded.host, token = excluded.token,"
            " expires = excluded.expires, ran = excluded.ran",
            recipient.channel,
            recipient.name,
            day.isoformat(),
            platform.node(),
            self.token,
            timestamp(now + LEASE),
            timestamp(now),
        )
        return state

    def _lease_holder(self, row: Row, now: datetime) -> LeaseHolder | None:
        if row[1] is None:
            return None
        host, token, expires = (value.decode() for value in row)
        until = datetime.fromisoformat(expires)
        if until <= now or token == self.token or has_exited(token.partition(" ")[0]):
            return None
        return LeaseHolder(host=host, until=until)

    def renew(self, now: datetime) -> None:
        """Extend all claims by another lease."""
        sql = "UPDATE recipient SET expires = ? WHERE token = ?"
        self._transact(lambda: self._execute(sql, timestamp(now + LEASE), self.token))

    def store_pending(self, recipient: Recipient, message: PendingMessage | None = None) -> bool:
        """Return whether the claim still holds, and store the message to be sent.

        A run that was suspended may have lost the claim, and then stores nothing.
        """
        key = self._claim_key(recipient)
        if message is None:
            sql = f"SELECT 1 FROM recipient {_WHERE_CLAIMED}"  # noqa: S608 - ours
            return bool(self._transact(lambda: self._con.fetch(sql, key)))
        reminders = json.dumps([_to_row(reminder)[2:] for reminder in message.reminders])
        # Replace the message if an earlier try has stored it.
        sql = (
            "INSERT INTO pending_message (channel, recipient, content, reminders)"  # noqa: S608 - ours
            f" SELECT channel, name, ?, ? FROM recipient {_WHERE_CLAIMED}"
            " ON CONFLICT (channel, recipient) DO UPDATE"
            " SET content = excluded.content, reminders = excluded.reminders"
        )
        return self._transact(lambda: self._execute(sql, message.content, reminders, *key)) > 0

    def record_sent(self, recipient: Recipient, reminders: Sequence[SentReminder]) -> None:
        """Record delivered reminders, delete the pending message, release the claim.

        Idempotent. Without reminders, the message was refused and counts as never sent.
        """

        def work() -> None:
            self._con.executemany(
                "INSERT INTO reminder"
                " (channel, recipient, obligation, deadline, due, days, message, at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                [_to_row(reminder) for reminder in reminders],
            )
            # Without the claim, leave the message that another run has stored since.
            self._execute(
                "DELETE FROM pending_message WHERE (channel, recipient) IN"  # noqa: S608 - ours
                f" (SELECT channel, name FROM recipient {_WHERE_CLAIMED})",
                *self._claim_key(recipient),
            )
            self._execute(f"{_RELEASE} {_WHERE_CLAIMED}", *self._claim_key(recipient))

        self._transact(work)

    def release(self, recipient: Recipient) -> None:
        """Release the claim; a pending message stays stored."""
        self._transact(
            lambda: self._execute(f"{_RELEASE} {_WHERE_CLAIMED}", *self._claim_key(recipient))
        )

    def _claim_key(self, recipient: Recipient) -> tuple[str, str, str]:
        return recipient.channel, recipient.name, self.token

    def _execute(self, sql: str, *values: object) -> int:
        return self._con.execute(sql, values).rowcount


def read_state(con: Database, recipient: Recipient) -> RecipientState:
    """Read the state of a recipient."""
    values = (recipient.channel, recipient.name)
    rows = con.fetch("SELECT since FROM recipient WHERE channel = ? AND name = ?", values)
    reminders = con.fetch(
        f"{_SELECT_REMINDERS} WHERE channel = ? AND recipient = ? ORDER BY at",
        values,
    )
    pending = con.fetch(
        "SELECT content, reminders FROM pending_message WHERE channel = ? AND recipient = ?",
        values,
    )
    return RecipientState(
        since=date.fromisoformat(rows[0][0].decode()) if rows else None,
        reminders=tuple(_parse_reminder(row) for row in reminders),
        pending=_parse_pending(recipient, *pending[0]) if pending else None,
    )


def read_sent(con: Database) -> tuple[SentReminder, ...]:
    """Return all sent reminders, the oldest first."""
    sql = f"{_SELECT_REMINDERS} ORDER BY at, channel, recipient, deadline, days"
    return tuple(_parse_reminder(row) for row in con.fetch(sql))


def read_last_run(con: Database) -> datetime | None:
    """Return when reminders were last delivered or looked for, to whomever it was."""
    [[ran]] = con.fetch("SELECT max(ran) FROM recipient")
    return None if ran is None else datetime.fromisoformat(ran.decode())


def _parse_pending(recipient: Recipient, content: bytes, reminders: bytes) -> PendingMessage:
    rows = [
        [part.encode() if isinstance(part, str) else part for part in row]
        for row in json.loads(reminders)
    ]
    key = (recipient.channel.encode(), recipient.name.encode())
    return PendingMessage(
        content=content, reminders=tuple(_parse_reminder((*key, *r)) for r in rows)
    )


def _to_row(reminder: SentReminder) -> Row:
    return (
        reminder.recipient.channel,
        reminder.recipient.name,
        reminder.obligation,
        reminder.deadline,
        reminder.due.isoformat(),
        reminder.days,
        reminder.message,
        timestamp(reminder.at),
    )


def _parse_reminder(row: Row) -> SentReminder:
    channel, name, obligation, deadline, due, days, message, at = row
    return SentReminder(
        recipient=Recipient(channel=channel.decode(), name=name.decode()),
        obligation=obligation.decode(),
        deadline=deadline.decode(),
        due=date.fromisoformat(due.decode()),
        days=days,
        message=message.decode(),
        at=datetime.fromisoformat(at.decode()),
    )


def process_id(pid: int) -> str:
    """Return an id of a process that is unique across hosts and reboots.

    Boot id, PID namespace, pid and start time; `?` is what the system does not report.
    """
    readers = (_boot_id, _pid_namespace, lambda: str(pid), lambda: _start_time(pid))
    return "/".join(_read_or_unknown(reader) for reader in readers)


def has_exited(name: str) -> bool:
    """Return whether a process ran on this machine and has exited."""
    boot, namespace, pid, start_time = name.split("/")
    is_local = boot == _read_or_unknown(_boot_id) and namespace == _read_or_unknown(_pid_namespace)
    if "?" in {boot, namespace, start_time} or not is_local:
        return False
    return process_id(int(pid)) != name


def _read_or_unknown(read: Callable[[], str]) -> str:
    try:
        return read()
    except (OSError, IndexError):
        return "?"


def _boot_id() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()


def _pid_namespace() -> str:
    return str(Path("/proc/self/ns/pid").readlink())


def _start_time(pid: int) -> str:
    # The program name, in parentheses, can contain spaces and parentheses.
    text = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2]
    state, *fields = text.decode("ascii").split()
    # A zombie has exited, too.
    return "dead" if state in {"Z", "X"} else fields[18]
