"""Days as people say them: `yesterday`, `3 days ago`, `last Friday`, `24 May 2024`."""

import re
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

_WEEKDAYS = (
    *("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
)


_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)


_SHORTEST = 3


"""Letters of a name of a month or weekday that are enough."""


_AGO = re.compile(r"(an?|one|\d{1,4}) (day|week|month|year)s? ago")


_LAST = re.compile(r"last ([a-z]+)")


_WRITTEN = re.compile(r"(\d{1,2})\.? ([a-z]+)\.?,? (\d{4})")


_AMERICAN = re.compile(r"([a-z]+)\.? (\d{1,2}),? (\d{4})")


_KNOWN = "2024-06-20, 20 June 2024, today, yesterday, 3 days ago or last Friday"


def spoken(text: str, today: date) -> date:
    """Read a day; raise `ValueError` with what one looks like.

    Nothing is guessed: `3.4.2024` is two days, and is not read.
    """
    words = " ".join(text.casefold().split())
    if words in {"today", "yesterday"}:
        return today - timedelta(days=words == "yesterday")
    try:
        found = _ago(words, today) or _last(words, today) or _written(words)
        return found or date.fromisoformat(words)
    except (ValueError, OverflowError):
        raise ValueError(f"{text!r} is no date; a date looks like {_KNOWN}") from None


def _ago(words: str, today: date) -> date | None:
    if not (found := _AGO.fullmatch(words)):
        return None
    number = int(found[1]) if found[1].isdigit() else 1
    match found[2]:
        case "day":
            return today - timedelta(days=number)
        case "week":
            return today - timedelta(weeks=number)
        case "month":
            return today - relativedelta(months=number)
    return today - relativedelta(years=number)


def _last(words: str, today: date) -> date | None:
    """Find the latest such weekday before today."""
    if not (found := _LAST.fullmatch(words)):
        return None
    place = _place(found[1], _WEEKDAYS)
    return today - timedelta(days=(today.weekday() - place - 1) % 7 + 1)


def _written(words: str) -> date | None:
    if found := _WRITTEN.fullmatch(words):
        day, month, year = found.groups()
    elif found := _AMERICAN.fullmatch(words):
        month, day, year = found.groups()
    else:
        return None
    return date(int(year), _place(month, _MONTHS) + 1, int(day))


def _place(word: str, names: tuple[str, ...]) -> int:
    fits = [at for at, name in enumerate(names) if name.startswith(word)]
    if len(word) < _SHORTEST or len(fits) != 1:
        raise ValueError(word)
    return fits[0]
