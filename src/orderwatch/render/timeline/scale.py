"""A linear scale of days."""

from collections.abc import Iterator
from datetime import date

from orderwatch.frozen import Frozen
from orderwatch.model import Provenance
from orderwatch.render import phrases
from orderwatch.render.timeline import Panel

_MONTHS_PER_YEAR = 12
_STEPS = (1, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 2400, 6000, 12000)
"""Candidate distances between ticks, in months."""


class Scale(Frozen):
    """A linear scale from dates to x coordinates."""

    first: date
    last: date
    left: float
    right: float

    def contains(self, day: date) -> bool:
        """Return whether a date is within the scale."""
        return self.first <= day <= self.last

    def x(self, day: date) -> float:
        """Return the x coordinate of a date."""
        share = (day - self.first) / (self.last - self.first)
        return self.left + share * (self.right - self.left)


def fit_scale(view: Provenance, panel: Panel, *, left: float, right: float) -> Scale:
    """Build a scale that fits all marks of a panel, with a margin at both ends.

    It includes the as-of date unless all cases had ended by then.
    """
    ends = [group.case.ended for group in panel.groups]
    all_ended = bool(ends) and all(end is not None and end.is_over_on(view.as_of) for end in ends)
    days = [] if all_ended else [view.as_of.toordinal()]
    for mark in panel.marks:
        days += [mark.first.toordinal(), (mark.last or mark.first).toordinal()]
    days = days or [view.as_of.toordinal()]
    margin = max(20, (max(days) - min(days)) // 40)
    return Scale(
        first=date.fromordinal(max(1, min(days) - margin)),
        last=date.fromordinal(min(date.max.toordinal(), max(days) + margin)),
        left=left,
        right=right,
    )


def ticks(scale: Scale, maximum: int) -> Iterator[tuple[date, str]]:
    """Yield round months or years, about `maximum`, each with its label."""
    start, end = _month_number(scale.first), _month_number(scale.last)
    step = next((s for s in _STEPS if (end - start) / s <= maximum), _STEPS[-1])
    for month in range(-(-start // step) * step, end + 1, step):
        year, month_index = divmod(month, _MONTHS_PER_YEAR)
        if year < 1:
            continue
        day = date(year, month_index + 1, 1)
        if scale.contains(day):
            yield day, str(year) if step >= _MONTHS_PER_YEAR else phrases.month(day)


def _month_number(day: date) -> int:
    return day.year * _MONTHS_PER_YEAR + day.month - 1
