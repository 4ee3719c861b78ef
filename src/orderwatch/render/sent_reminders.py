"""What reminders were said, to whom, and when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from orderwatch.render import json as documents
from orderwatch.render.sanitize import visible


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One deadline that was spoken of to one recipient."""

    at: datetime
    channel: str
    recipient: str
    deadline: str
    due: date
    why: str
    """At which offset, in words."""
    message: str | None
    """The id of the message, where the channel has one."""


def plain(rows: Iterable[Row]) -> str:
    """Write a block for each row, and say so if there is none."""
    found = [
        f"said: {_instant(row.at)}\n"
        f"to: {visible(row.recipient)} ({visible(row.channel)})\n"
        f"deadline: {visible(row.deadline)}\n"
        f"due: {row.due}\n"
        f"reminder: {row.why}\n"
        + (f"message: {visible(row.message)}\n" if row.message else "")
        for row in rows
    ]
    return "\n".join(found) or "reminders said: none\n"


def json(rows: Iterable[Row]) -> str:
    """Write `orderwatch/reminders/1`."""
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


def _instant(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
