"""Parse dates as people type them: `yesterday`, `next Friday`, `24 May 2024`."""

import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from orderwatch.text import fold
from orderwatch.translation import _, mark, pgettext

_WEEKDAYS = (*("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),)
_DAYS = {mark("yesterday"): -1, mark("today"): 0, mark("tomorrow"): 1}
_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)


_PREFIX_MIN = 3
"""The least number of letters in an abbreviated month or weekday."""
_AGO = re.compile(r"(an?|one|\d{1,4}) (day|week|month|year)s? ago")
_WEEKDAY = re.compile(r"(last|next) ([a-z]+)")
_DAY_MONTH_YEAR = re.compile(r"(\d{1,2})(?:\.|er)? ([^\W\d]+)\.?,? (\d{4})")
_MONTH_DAY_YEAR = re.compile(r"([a-z]+)\.? (\d{1,2}),? (\d{4})")
_NUMERIC = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})")
_EXAMPLES = mark("2024-06-20, 20 June 2024, today, yesterday, 3 days ago or last Friday")


def end_of_day(day: date, zones: Iterable[str]) -> datetime | None:
    """Return the first instant, in UTC, at which a day is over in each time zone.

    `None` for the last days of the calendar.
    """
    if day >= date.max - timedelta(days=1):
        return None
    following = day + timedelta(days=1)
    return max(
        datetime.combine(following, time(), ZoneInfo(zone)).astimezone(UTC) for zone in zones
    )


def parse_relative_date(text: str, today: date) -> date:
    """Parse a date; raise `ValueError` with examples if it is invalid.

    Ambiguous dates are rejected: `3.4.2024` can be read in two ways.
    """
    phrase = " ".join(text.casefold().split())
    days = _DAYS | {_(name).casefold(): number for name, number in _DAYS.items()}
    if phrase in days:
        return today + timedelta(days=days[phrase])
    try:
        day = _parse_ago(phrase, today) or _parse_weekday(phrase, today) or _parse_long_date(phrase)
        return day or date.fromisoformat(phrase)
    except (ValueError, OverflowError):
        raise invalid_date(text, _(_EXAMPLES)) from None


def invalid_date(text: str, examples: str) -> ValueError:
    """Return the error for a text that is no date, or that can be read as two."""
    readings = _numeric_readings(text)
    if len(readings) > 1:
        first, last = readings
        message = _("{text!r} can be {first} or {last}; write one of them")
        return ValueError(message.format(text=text, first=first, last=last))
    example = readings[0] if readings else examples
    message = _("{text!r} is not a date, such as {example}")
    return ValueError(message.format(text=text, example=example))


def _numeric_readings(text: str) -> list[str]:
    """Return the dates that a date such as `24/05/2024` can mean, in ISO form."""
    if not (match := _NUMERIC.fullmatch(text.strip())):
        return []
    first, second, year = map(int, match.groups())
    readings = []
    for day, month in ((first, second), (second, first)):
        with suppress(ValueError):
            readings.append(date(year, month, day).isoformat())
    return list(dict.fromkeys(readings))


def _parse_ago(phrase: str, today: date) -> date | None:
    if not (parts := _AGO.fullmatch(phrase)):
        return None
    amount = int(parts[1]) if parts[1].isdigit() else 1
    match parts[2]:
        case "day":
            return today - timedelta(days=amount)
        case "week":
            return today - timedelta(weeks=amount)
        case "month":
            return today - relativedelta(months=amount)
    return today - relativedelta(years=amount)


def _parse_weekday(phrase: str, today: date) -> date | None:
    """Return the latest such weekday before today, or the first after it."""
    if not (match := _WEEKDAY.fullmatch(phrase)):
        return None
    weekday = _name_index(match[2], _WEEKDAYS)
    if match[1] == "next":
        return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)
    return today - timedelta(days=(today.weekday() - weekday - 1) % 7 + 1)


def _parse_long_date(phrase: str) -> date | None:
    if match := _DAY_MONTH_YEAR.fullmatch(phrase):
        day, month, year = match.groups()
    elif match := _MONTH_DAY_YEAR.fullmatch(phrase):
        month, day, year = match.groups()
    else:
        return None
    names = _MONTHS if month.isascii() else ()
    try:
        number = _name_index(month, names)
    except ValueError:
        number = _name_index(fold(month), tuple(fold(_(name)) for name in _MONTH_NAMES))
    return date(int(year), number + 1, int(day))


def _name_index(prefix: str, names: tuple[str, ...]) -> int:
    matches = [index for index, name in enumerate(names) if name.startswith(prefix)]
    if len(prefix) < _PREFIX_MIN or len(matches) != 1:
        raise ValueError(prefix)
    return matches[0]


_MONTH_NAMES = (
    *(mark("January"), mark("February"), mark("March"), mark("April"), mark("May"), mark("June")),
    *(mark("July"), mark("August"), mark("September"), mark("October"), mark("November")),
    mark("December"),
)
WEEKDAY_NAMES = (
    *(mark("Monday"), mark("Tuesday"), mark("Wednesday"), mark("Thursday"), mark("Friday")),
    *(mark("Saturday"), mark("Sunday")),
)


def month_name(day: date) -> str:
    """Return the month of a date in the active language: `June`."""
    return _(_MONTH_NAMES[day.month - 1])


def weekday_name(day: date) -> str:
    """Return the weekday of a date in the active language: `Monday`."""
    return _(WEEKDAY_NAMES[day.weekday()])


def format_day(day: date) -> str:
    """Format a date in the active language: `24 June 2024`."""
    return date_text(day, month_name(day))


def date_text(day: date, month: str) -> str:
    """Format a date with a name of its month; some languages write the first as an ordinal."""
    number = pgettext("first day of a month", "1") if day.day == 1 else day.day
    return _("{day} {month} {year}").format(day=number, month=month, year=day.year)


def english_day(day: date) -> str:
    """Format a date in English, for a style that cites in English: `24 June 2024`."""
    return f"{day.day} {_MONTH_NAMES[day.month - 1]} {day.year}"


def format_long_day(day: date) -> str:
    """Format a date with its weekday in the active language: `Monday 24 June 2024`."""
    return _("{weekday} {day}").format(weekday=weekday_name(day), day=format_day(day))
