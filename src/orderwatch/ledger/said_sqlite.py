"""What was said to whom, in the file of the log beside its entries, in SQLite."""

import json
import os
import platform
import secrets
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from orderwatch.ledger import connection, schema
from orderwatch.ledger.connection import told, transaction
from orderwatch.ledger.database import Row, fetch
from orderwatch.ledger.entry import timestamp
from orderwatch.ledger.process import gone, process
from orderwatch.ledger.said import LEASE, Holder, Mark, Past, Recipient, Sending
from orderwatch.ledger.store import missing

_SAID, _SENDING = 2, 3
"""The versions of the file that first had these tables."""
_MARKS = (
    "SELECT channel, recipient, obligation, deadline, due, days, message, at FROM"
    " reminder"
)


class SqliteReader:
    """What was said, to look at; nothing is written."""

    def __init__(self, path: Path, *, must_exist: bool = True) -> None:
        self.path = path
        with told(self.path):
            try:
                self._con = connection.reader(self.path)
            except (FileNotFoundError, NotADirectoryError):
                if must_exist:
                    raise missing(self.path) from None
                self._con = connection.empty()

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
        with told(self.path):
            return _past(self._con, recipient)

    def marks(self) -> tuple[Mark, ...]:
        """List all that was said, the oldest first."""
        with told(self.path):
            if schema.version(self._con) < _SAID:
                return ()
            rows = fetch(
                self._con,
                f"{_MARKS} ORDER BY at, channel, recipient, deadline, days",
            )
        return tuple(_mark(row) for row in rows)


class SqliteWriter:
    """What was said, to claim and to mark; the file of a default log is made."""

    def __init__(self, path: Path, *, must_exist: bool = True) -> None:
        self.path = path
        self.token = f"{process(os.getpid())} {secrets.token_hex(8)}"
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
        if until <= now or token == self.token or gone(token.partition(" ")[0]):
            return None
        return Holder(host=host, until=until)

    def renew(self, now: datetime) -> None:
        """Hold all claims for another lease."""
        with told(self.path):
            self._con.execute(
                "UPDATE recipient SET expires = ? WHERE token = ?",
                (timestamp(now + LEASE), self.token),
            )

    def hold(self, recipient: Recipient, sending: Sending | None = None) -> bool:
        """Tell whether a claim is still ours, and keep what is about to be sent.

        A run that was suspended may have lost it, and then keeps nothing.
        """
        ours = (recipient.channel, recipient.name, self.token)
        where = "FROM recipient WHERE channel = ? AND name = ? AND token = ?"
        with told(self.path):
            if sending is None:
                return bool(fetch(self._con, f"SELECT 1 {where}", ours))
            marks = json.dumps([_row(mark)[2:] for mark in sending.marks])
            kept = self._con.execute(
                "INSERT INTO sending (channel, recipient, content, marks)"
                f" SELECT channel, name, ?, ? {where}",
                (sending.content, marks, *ours),
            )
        return kept.rowcount > 0

    def mark(self, recipient: Recipient, marks: Sequence[Mark]) -> None:
        """Keep what was delivered, forget what was being sent, and release.

        Twice is once. Without marks it was refused, and is as if never sent.
        """
        with told(self.path), transaction(self._con):
            self._con.executemany(
                "INSERT INTO reminder"
                " (channel, recipient, obligation, deadline, due, days, message, at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                [_row(mark) for mark in marks],
            )
            self._con.execute(
                # Whoever lost the claim leaves what another has kept since.
                "DELETE FROM sending WHERE (channel, recipient) IN (SELECT channel,"
                " name FROM recipient WHERE channel = ? AND name = ? AND token = ?)",
                (recipient.channel, recipient.name, self.token),
            )
            self.release(recipient)

    def release(self, recipient: Recipient) -> None:
        """Let others claim the recipient; what was being sent stays kept."""
        with told(self.path):
            self._con.execute(
                "UPDATE recipient SET host = NULL, token = NULL, expires = NULL"
                " WHERE channel = ? AND name = ? AND token = ?",
                (recipient.channel, recipient.name, self.token),
            )


def recover(path: Path) -> None:
    """Put right what a program left that died while it was writing."""
    journal = path.with_name(f"{path.name}-journal")
    if path.exists() and journal.exists():
        with told(path):
            connection.writer(path).close()


def _past(con: connection.Connection, one: Recipient) -> Past:
    version, values = schema.version(con), (one.channel, one.name)
    if version < _SAID:
        return Past()
    rows = fetch(
        con, "SELECT since FROM recipient WHERE channel = ? AND name = ?", values
    )
    marks = fetch(
        con, f"{_MARKS} WHERE channel = ? AND recipient = ? ORDER BY at", values
    )
    sending: list[Row] = []
    if version >= _SENDING:
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
