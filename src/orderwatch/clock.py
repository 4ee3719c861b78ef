"""Read the clock; no other module does."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

SEAT = ZoneInfo("Europe/Amsterdam")


"""The time zone of the seat of the Court, The Hague."""


def now() -> datetime:
    """Return the current time, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """Return the current date at the seat of the Court."""
    return now().astimezone(SEAT).date()
