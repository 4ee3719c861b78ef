"""What the timeline shows: the same facts for the picture and for its table; pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from orderwatch.model import (
    Case,
    Dossier,
    End,
    Event,
    EventKind,
    Order,
    Status,
    Timing,
    View,
)
from orderwatch.render import phrases
from orderwatch.render.html.strings import page_words, several

_BY_DAY = 60
_BY_MONTH = 240
"""How many days, or months, with events one case shows each by itself."""
_LONGEST = 160
"""Of a text in the picture; the record has it in full."""


class Shape(StrEnum):
    """What a mark stands for, and so how it looks."""

    SPAN = "span"
    """Not a mark but a bar: measures were in force, as far as seen."""
    ORDER = "order"
    DEADLINE = "deadline"
    SUBMISSION = "submission"
    EVENT = "event"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One mark of the picture, one row of the table."""

    case: Case
    shape: Shape
    first: date
    last: date | None
    """The same day, the last of a group, or `None` if there is no end."""
    text: str
    count: int = 1

    @property
    def what(self) -> str:
        """Name what it stands for."""
        return page_words()["timeline"][self.shape]

    @property
    def when(self) -> str:
        """Write its day or days."""
        first = phrases.bare_day(self.first)
        say = page_words()["timeline"]
        if self.last is None:
            return say["since"].format(first=first)
        if self.last == self.first:
            return first
        return say["between"].format(first=first, last=phrases.bare_day(self.last))


def marks(view: View, cases: Iterable[Dossier]) -> tuple[Mark, ...]:
    """List what happened or falls due in each case, oldest first."""
    found = [
        mark
        for dossier in cases
        for made in (
            _spans(view, dossier.orders),
            _orders(dossier.orders),
            _deadlines(dossier.statuses),
            _events(dossier),
        )
        for mark in made
    ]
    return tuple(sorted(found, key=lambda mark: (mark.first, mark.case.number)))


def _spans(view: View, orders: Iterable[Order]) -> list[Mark]:
    """Give one bar for each order that left measures in force."""
    found = []
    for order in orders:
        if not order.indicates or order.made > view.as_of:
            continue
        ends = [end for end in (order.ended, order.case.ended) if end]
        days = [_last(end) for end in ends if end.by(view.as_of)]
        found.append(
            Mark(
                case=order.case,
                shape=Shape.SPAN,
                first=order.made,
                last=max(order.made, min(days)) if days else None,
                text=page_words()["timeline"]["in_force"],
            )
        )
    return found


def _last(end: End) -> date:
    """Give the day of an end, or the last of its year if the day was not seen."""
    return end.day or date(end.year, 12, 31)


def _orders(orders: Iterable[Order]) -> list[Mark]:
    say = page_words()["outcomes"]
    return [
        Mark(
            case=order.case,
            shape=Shape.ORDER,
            first=order.made,
            last=order.made,
            text=say[order.outcome],
        )
        for order in orders
    ]


def _deadlines(statuses: Iterable[Status]) -> list[Mark]:
    return [
        Mark(
            case=status.obligation.order.case,
            shape=Shape.DEADLINE,
            first=item.deadline.due,
            last=item.deadline.due,
            text=_short(
                f"{status.obligation.point} "
                f"{', '.join(status.obligation.addressees)}: "
                f"{status.obligation.summary}"
            ),
        )
        for status in statuses
        for item in status.deadlines
        if item.timing is not Timing.ENDED
    ]


def _events(dossier: Dossier) -> list[Mark]:
    found = []
    for shape in (Shape.SUBMISSION, Shape.EVENT):
        wanted = [event for event in dossier.events if _shape(event) is shape]
        found += _grouped(dossier.case, shape, wanted)
    return found


def _shape(event: Event) -> Shape:
    submitted = event.kind is EventKind.SUBMISSION
    return Shape.SUBMISSION if submitted else Shape.EVENT


def _grouped(case: Case, shape: Shape, events: Sequence[Event]) -> list[Mark]:
    """Give each event a mark, or each month or year if there are too many."""
    if len(events) <= _BY_DAY:
        return [
            Mark(
                case=case,
                shape=shape,
                first=event.on,
                last=event.on,
                text=_short(f"{event.speaker}: {event.finding or event.summary}"),
            )
            for event in events
        ]
    months = {(event.on.year, event.on.month) for event in events}
    parts = 2 if len(months) <= _BY_MONTH else 1
    groups: dict[tuple[int, ...], list[date]] = {}
    for event in events:
        groups.setdefault(event.on.timetuple()[:parts], []).append(event.on)
    say = page_words()["timeline"]
    return [
        Mark(
            case=case,
            shape=shape,
            first=min(days),
            last=max(days),
            text=several(say[f"{shape}s"], len(days)),
            count=len(days),
        )
        for days in groups.values()
    ]


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
