"""Render the list of sent reminders."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from orderwatch.render import json as documents
from orderwatch.render.sanitize import visible


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A deadline in a reminder to one recipient."""

    at: datetime
    channel: str
    recipient: str
    deadline: str
    due: date
    why: str
    """Days before or after the due date, as text."""
    message: str | None
    """Message id, if the channel has one."""


def plain(rows: Iterable[Row]) -> str:
    """Render one block per sent reminder, or a line if there are none."""
    blocks = [
        f"said: {_instant(row.at)}\n"
        f"to: {visible(row.recipient)} ({visible(row.channel)})\n"
        f"deadline: {visible(row.deadline)}\n"
        f"due: {row.due}\n"
        f"reminder: {row.why}\n"
        + (f"message: {visible(row.message)}\n" if row.message else "")
        for row in rows
    ]
    return "\n".join(blocks) or "reminders said: none\n"


def json(rows: Iterable[Row]) -> str:
    """Render `orderwatch/reminders/1`."""
    return documents.text(
        {
            "schema": "orderwatch/reminders/1",
            "reminders": [
                {
                    "said": _instant(row.at),
                    "channel": row.channel,
                    "recipient": row.recipient,
                    "deadline": row.deadline,
                    "due": str(row.due),
                    "reminder": row.why,
                    "message": row.message,
                }
                for row in rows
            ],
        }
    )


def _instant(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")
