"""Where a day stands on a timeline, and which days are written above it; pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from orderwatch.model import Dossier, View
from orderwatch.render import phrases
from orderwatch.render.timeline.marks import Mark

_YEAR = 12
_STEPS = (1, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 2400, 6000, 12000)
"""Months between two days of the scale."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """A stretch of days laid out between two places."""

    first: date
    last: date
    left: float
    right: float

    def has(self, day: date) -> bool:
        """Tell whether a day has a place."""
        return self.first <= day <= self.last

    def x(self, day: date) -> float:
        """Give the place of a day."""
        share = (day - self.first) / (self.last - self.first)
        return self.left + share * (self.right - self.left)


def scale(
    view: View,
    cases: Iterable[Dossier],
    shown: Iterable[Mark],
    *,
    left: float,
    right: float,
) -> Scale:
    """Lay out all the marks, with some room at both ends.

    The day of the view is among them unless all of the cases had ended by then.
    """
    ends = [item.case.ended for item in cases]
    over = bool(ends) and all(end is not None and end.by(view.as_of) for end in ends)
    days = [] if over else [view.as_of.toordinal()]
    for mark in shown:
        days += [mark.first.toordinal(), (mark.last or mark.first).toordinal()]
    days = days or [view.as_of.toordinal()]
    margin = max(20, (max(days) - min(days)) // 40)
    return Scale(
        first=date.fromordinal(max(1, min(days) - margin)),
        last=date.fromordinal(min(date.max.toordinal(), max(days) + margin)),
        left=left,
        right=right,
    )


def ticks(found: Scale, most: int) -> Iterator[tuple[date, str]]:
    """Give round months or years, about so many, each with its name."""
    start, end = _months(found.first), _months(found.last)
    step = next((s for s in _STEPS if (end - start) / s <= most), _STEPS[-1])
    for month in range(-(-start // step) * step, end + 1, step):
        year, place = divmod(month, _YEAR)
        if year < 1:
            continue
        day = date(year, place + 1, 1)
        if found.has(day):
            yield day, str(year) if step >= _YEAR else phrases.month(day)


def _months(day: date) -> int:
    return day.year * _YEAR + day.month - 1
