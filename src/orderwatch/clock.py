"""Read the clock; no other module does."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """Return the current time, in UTC."""
    return datetime.now(UTC)


def now_in(zone: str) -> datetime:
    """Return the current time in a time zone."""
    return now().astimezone(ZoneInfo(zone))


def today(zone: str) -> date:
    """Return the current date in a time zone, such as that of the court."""
    return now_in(zone).date()
