"""Render the list of sent reminders."""

from collections.abc import Iterable
from datetime import date, datetime

from orderwatch.frozen import Frozen
from orderwatch.render import json as documents
from orderwatch.render.sanitize import sanitize


class SentReminder(Frozen):
    """A deadline in a reminder to one recipient."""

    sent_at: datetime
    channel: str
    recipient: str
    deadline: str
    due: date
    offset: str
    """Days before or after the due date, as text."""
    message: str | None
    """Message id, if the channel has one."""


def plain(rows: Iterable[SentReminder]) -> str:
    """Render one block per sent reminder, or a line if there are none."""
    blocks = [
        f"said: {_timestamp(row.sent_at)}\n"
        f"to: {sanitize(row.recipient)} ({sanitize(row.channel)})\n"
        f"deadline: {sanitize(row.deadline)}\n"
        f"due: {row.due}\n"
        f"reminder: {row.offset}\n"
        + (f"message: {sanitize(row.message)}\n" if row.message else "")
        for row in rows
    ]
    return "\n".join(blocks) or "reminders said: none\n"


def json(rows: Iterable[SentReminder]) -> str:
    """Render `orderwatch/reminders/1`."""
    return documents.text(
        {
            "schema": "orderwatch/reminders/1",
            "reminders": [
                {
                    "said": _timestamp(row.sent_at),
                    "channel": row.channel,
                    "recipient": row.recipient,
                    "deadline": row.deadline,
                    "due": str(row.due),
                    "reminder": row.offset,
                    "message": row.message,
                }
                for row in rows
            ],
        }
    )


def _timestamp(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")
