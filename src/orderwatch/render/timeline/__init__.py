"""The timeline: marks and scale, as SVG and as text."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from enum import StrEnum

from orderwatch.frozen import Frozen
from orderwatch.model import (
    Case,
    CaseFile,
    Event,
    EventKind,
    Order,
    Provenance,
    Status,
    Timing,
)
from orderwatch.render import phrases
from orderwatch.translation import _, labelled, ngettext

_MAX_SINGLE = 60
_MAX_MONTHS = 240
"""Above so many events or months, group events by month or by year."""
_MAX_TEXT = 160
"""In characters; the record holds the whole text."""


class Shape(StrEnum):
    """The kind of a mark, which sets its shape."""

    SPAN = "span"
    """A bar: measures in force, as far as seen."""
    ORDER = "order"
    DEADLINE = "deadline"
    SUBMISSION = "submission"
    EVENT = "event"

    @property
    def label(self) -> str:
        """Return the name of one such mark."""
        match self:
            case Shape.SPAN:
                return _("In force")
            case Shape.ORDER:
                return _("Order")
            case Shape.DEADLINE:
                return _("Due date")
            case Shape.SUBMISSION:
                return _("Submission")
        return _("Event")

    @property
    def row(self) -> str:
        """Return the label of a row of such marks."""
        match self:
            case Shape.SPAN | Shape.ORDER:
                return _("Orders")
            case Shape.DEADLINE:
                return _("Due dates")
            case Shape.SUBMISSION:
                return _("Submissions")
        return _("Events")

    @property
    def legend(self) -> str:
        """Return the label in a legend."""
        return _("measures in force, as far as seen") if self is Shape.SPAN else self.label

    def format_count(self, n: int) -> str:
        """Format a number of such marks: `2 due dates`."""
        match self:
            case Shape.SPAN | Shape.ORDER:
                text = ngettext("{n:,} order", "{n:,} orders", n)
            case Shape.DEADLINE:
                text = ngettext("{n:,} due date", "{n:,} due dates", n)
            case Shape.SUBMISSION:
                text = ngettext("{n:,} submission", "{n:,} submissions", n)
            case Shape.EVENT:
                text = ngettext("{n:,} event", "{n:,} events", n)
        return text.format(n=n)


class Mark(Frozen):
    """One mark of the picture and one row of its table."""

    case: Case
    shape: Shape
    first: date
    last: date | None
    """Last day of a group or span, otherwise `first`; `None` for an open end."""
    text: str
    count: int = 1

    @property
    def what(self) -> str:
        """Return the name of its kind."""
        return self.shape.label

    @property
    def when(self) -> str:
        """Format its date or its range of dates."""
        first = phrases.bare_day(self.first)
        if self.last is None:
            return _("since {first}").format(first=first)
        if self.last == self.first:
            return first
        return _("{first} to {last}").format(first=first, last=phrases.bare_day(self.last))


def marks(view: Provenance, cases: Iterable[CaseFile]) -> tuple[Mark, ...]:
    """Compute the marks of all cases, oldest first."""
    result = [
        mark
        for dossier in cases
        for group in (
            _spans(view, dossier.orders),
            _order_marks(dossier.orders),
            _deadline_marks(dossier.statuses),
            _event_marks(dossier),
        )
        for mark in group
    ]
    return tuple(sorted(result, key=lambda mark: (mark.first, mark.case.sort_key)))


def _spans(view: Provenance, orders: Iterable[Order]) -> list[Mark]:
    """Build a span for each order that indicated measures."""
    spans = []
    for order in orders:
        if not order.indicates or order.made > view.as_of:
            continue
        ends = [end for end in (order.ended, order.case.ended) if end]
        days = [end.last_day for end in ends if end.is_over_on(view.as_of)]
        spans.append(
            Mark(
                case=order.case,
                shape=Shape.SPAN,
                first=order.made,
                last=max(order.made, min(days)) if days else None,
                text=Shape.SPAN.legend,
            )
        )
    return spans


def _order_marks(orders: Iterable[Order]) -> list[Mark]:
    return [
        Mark(
            case=order.case,
            shape=Shape.ORDER,
            first=order.made,
            last=order.made,
            text=_(phrases.OUTCOME_LABELS[order.outcome]),
        )
        for order in orders
    ]


def _deadline_marks(statuses: Iterable[Status]) -> list[Mark]:
    return [
        Mark(
            case=status.obligation.order.case,
            shape=Shape.DEADLINE,
            first=item.deadline.due,
            last=item.deadline.due,
            text=_truncate(
                labelled(
                    f"{status.obligation.point} {', '.join(status.obligation.addressees)}",
                    status.obligation.summary,
                )
            ),
        )
        for status in statuses
        for item in status.deadlines
        if item.timing is not Timing.ENDED
    ]


def _event_marks(dossier: CaseFile) -> list[Mark]:
    marks = []
    for shape in (Shape.SUBMISSION, Shape.EVENT):
        events = [event for event in dossier.events if _shape(event) is shape]
        marks += _group_events(dossier.case, shape, events)
    return marks


def _shape(event: Event) -> Shape:
    is_submission = event.kind is EventKind.SUBMISSION
    return Shape.SUBMISSION if is_submission else Shape.EVENT


def _group_events(case: Case, shape: Shape, events: Sequence[Event]) -> list[Mark]:
    """Build a mark per event, or per month or year if there are too many."""
    if len(events) <= _MAX_SINGLE:
        return [
            Mark(
                case=case,
                shape=shape,
                first=event.on,
                last=event.on,
                text=_truncate(labelled(event.speaker, event.finding or event.summary)),
            )
            for event in events
        ]
    months = {(event.on.year, event.on.month) for event in events}
    parts = 2 if len(months) <= _MAX_MONTHS else 1
    groups: dict[tuple[int, ...], list[date]] = {}
    for event in events:
        groups.setdefault(event.on.timetuple()[:parts], []).append(event.on)
    return [
        Mark(
            case=case,
            shape=shape,
            first=min(days),
            last=max(days),
            text=shape.format_count(len(days)),
            count=len(days),
        )
        for days in groups.values()
    ]


def _truncate(text: str) -> str:
    return text if len(text) <= _MAX_TEXT else f"{text[: _MAX_TEXT - 1]}…"


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


def fit_scale(
    view: Provenance,
    cases: Iterable[CaseFile],
    marks: Iterable[Mark],
    *,
    left: float,
    right: float,
) -> Scale:
    """Build a scale that fits all marks, with a margin at both ends.

    It includes the as-of date unless all cases had ended by then.
    """
    ends = [item.case.ended for item in cases]
    all_ended = bool(ends) and all(end is not None and end.is_over_on(view.as_of) for end in ends)
    days = [] if all_ended else [view.as_of.toordinal()]
    for mark in marks:
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
