"""The only reader of the clock."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

SEAT = ZoneInfo("Europe/Amsterdam")


"""The time zone of the seat of the Court, The Hague."""


def now() -> datetime:
    """Give the present instant, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """Give today's date at the seat of the Court."""
    return now().astimezone(SEAT).date()
