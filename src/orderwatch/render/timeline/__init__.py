"""The timeline: its rows and marks, which every drawing and the table share.

A case has a row for its orders, for each obligation with dates, and for each kind of event.
A drawing of several cases leaves the events out.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from enum import StrEnum
from textwrap import shorten

from orderwatch.frozen import Frozen
from orderwatch.model import (
    Case,
    CaseFile,
    DeadlineStatus,
    Event,
    EventKind,
    Order,
    Outcome,
    Provenance,
    Status,
    Timing,
)
from orderwatch.render import phrases
from orderwatch.render.survey import SINGLE, EventGroup, Tally, has_filing, tallies
from orderwatch.translation import _, labelled, mark, ngettext

_MAX_MONTHS = 240
"""Above so many months, group events by year."""
_MAX_TEXT = 160
"""In characters; the record holds the whole text."""
_MAX_NAME = 40
"""Characters of a speaker in a label."""
_ORDER_LABELS = {
    Outcome.INDICATED: mark("measures indicated {day}"),
    Outcome.MODIFIED: mark("measures modified {day}"),
    Outcome.REAFFIRMED: mark("measures reaffirmed {day}"),
    Outcome.DECLINED: mark("request declined {day}"),
    Outcome.WITHDRAWN: mark("request withdrawn {day}"),
    Outcome.POSTPONED: mark("decision postponed {day}"),
    Outcome.AWAITING_CODING: mark("order of {day}, not coded yet"),
}
_EVENT_ROWS = {
    EventKind.SUBMISSION: mark("Submissions"),
    EventKind.COURT_DECISION: mark("Decisions of the Court"),
    EventKind.ASSESSMENT: mark("Assessments"),
    EventKind.STATEMENT: mark("Statements"),
    EventKind.STEP: mark("Steps"),
    EventKind.DEVELOPMENT: mark("Developments"),
    EventKind.NOTE: mark("Notes"),
}


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
    def legend(self) -> str:
        """Return the label in a legend."""
        match self:
            case Shape.SPAN:
                return _("measures in force, as far as seen")
            case Shape.SUBMISSION:
                return _("Submission on record")
        return self.label

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
    label: str
    """A few words that say what happened, with the date."""
    state: str = ""
    """Text that marks with one label share, such as `no filing known`."""
    count: int = 1
    answer: "Mark | None" = None
    """The submission that is on record for a due date."""

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


def group_labels(marks: Sequence[Mark]) -> tuple[str, ...]:
    """Return the labels of several marks of a row, the longest first."""
    if len(marks) == 1 and marks[0].count == 1:
        return (marks[0].label,)
    text = marks[0].shape.format_count(sum(item.count for item in marks))
    if state := marks[0].state:
        text = _("{count}, {state}").format(count=text, state=state)
    first, last = marks[0].first, max(item.last or item.first for item in marks)
    dates = phrases.compact_day(first)
    if last != first:
        dates = _("{first} to {last}").format(first=dates, last=phrases.compact_day(last))
    return labelled(dates, text), text


class Row(Frozen):
    """A row: the orders of a case, the dates of an obligation, or events of a kind."""

    case: Case
    label: str
    detail: str = ""
    spans: tuple[Mark, ...] = ()
    marks: tuple[Mark, ...] = ()
    """Oldest first; a due date has its submission in `answer`."""

    @property
    def answers(self) -> tuple[Mark, ...]:
        """Return the submissions on record for its due dates, oldest first."""
        found = dict.fromkeys(item.answer for item in self.marks if item.answer)
        return tuple(sorted(found, key=lambda item: item.first))

    @property
    def all_marks(self) -> tuple[Mark, ...]:
        """Return spans, marks and submissions."""
        return self.spans + self.marks + self.answers


class Group(Frozen):
    """The rows of one case."""

    case: Case
    rows: tuple[Row, ...]


class Panel(Frozen):
    """Cases that share one scale, with a title if there are several."""

    title: str
    groups: tuple[Group, ...]

    @property
    def marks(self) -> tuple[Mark, ...]:
        """Return all marks, oldest first."""
        found = [item for group in self.groups for row in group.rows for item in row.all_marks]
        return tuple(sorted(found, key=lambda item: (item.first, item.case.sort_key)))


def panels(view: Provenance, cases: Sequence[CaseFile]) -> tuple[Panel, ...]:
    """Group cases: measures in force, measures that have ended, no measures."""
    if len(cases) == 1:
        return (Panel(title="", groups=(_group(view, cases[0], with_events=True),)),)
    parts: dict[str, list[CaseFile]] = {
        _("Measures in force"): [],
        _("Measures that have ended"): [],
        _("No measures indicated"): [],
    }
    in_force, ended, other = parts.values()
    for item in cases:
        if any(order.in_force(view.as_of) for order in item.orders):
            in_force.append(item)
        elif any(order.indicates for order in item.orders):
            ended.append(item)
        else:
            other.append(item)
    return tuple(
        Panel(
            title=title,
            groups=tuple(_group(view, item, with_events=False) for item in part),
        )
        for title, part in parts.items()
        if part
    )


def marks(view: Provenance, cases: Sequence[CaseFile]) -> tuple[Mark, ...]:
    """Compute the marks of all cases, oldest first."""
    found = [item for panel in panels(view, cases) for item in panel.marks]
    return tuple(sorted(found, key=lambda item: (item.first, item.case.sort_key)))


def _group(view: Provenance, dossier: CaseFile, *, with_events: bool) -> Group:
    rows = [
        Row(
            case=dossier.case,
            label=_("Orders"),
            spans=tuple(_spans(view, dossier.orders)),
            marks=tuple(sorted(_order_marks(dossier.orders), key=lambda item: item.first)),
        ),
        *_obligation_rows(dossier.statuses),
        *(_event_rows(dossier) if with_events else ()),
    ]
    return Group(case=dossier.case, rows=tuple(rows))


def _spans(view: Provenance, orders: Iterable[Order]) -> Iterator[Mark]:
    """Yield a span for each order that indicated measures."""
    for order in orders:
        if not order.indicates or order.made > view.as_of:
            continue
        ends = [end for end in (order.ended, order.case.ended) if end]
        days = [end.last_day for end in ends if end.is_over_on(view.as_of)]
        yield Mark(
            case=order.case,
            shape=Shape.SPAN,
            first=order.made,
            last=max(order.made, min(days)) if days else None,
            text=Shape.SPAN.legend,
            label=Shape.SPAN.legend,
        )


def _order_marks(orders: Iterable[Order]) -> Iterator[Mark]:
    for order in orders:
        day = phrases.compact_day(order.made)
        yield Mark(
            case=order.case,
            shape=Shape.ORDER,
            first=order.made,
            last=order.made,
            text=phrases.outcome(order),
            label=_(_ORDER_LABELS[order.outcome]).format(day=day),
        )


def _obligation_rows(statuses: Iterable[Status]) -> Iterator[Row]:
    """Yield a row for each obligation with dates."""
    for status in statuses:
        obligation = status.obligation
        dated = [item for item in status.deadlines if item.timing is not Timing.ENDED]
        if not dated:
            continue
        detail = _("point {point}, order of {day}").format(
            point=obligation.point, day=phrases.compact_day(obligation.order.made)
        )
        found = sorted((_due_mark(item) for item in dated), key=lambda item: item.first)
        yield Row(
            case=obligation.order.case,
            label=phrases.obligation_label(obligation),
            detail=detail,
            marks=tuple(found),
        )


def _due_mark(item: DeadlineStatus) -> Mark:
    deadline, filing = item.deadline, item.submission
    obligation = deadline.obligation
    case = obligation.order.case
    name = phrases.obligation_label(obligation)
    label = _("due {day}").format(day=phrases.compact_day(deadline.due))
    answer, state = None, ""
    if filing:
        on = filing.event.on
        answer = Mark(
            case=case,
            shape=Shape.SUBMISSION,
            first=on,
            last=on,
            text=_truncate(labelled(name, phrases.submission(filing, deadline))),
            label=phrases.filing(filing),
        )
    elif item.timing is Timing.PASSED:
        state = phrases.no_submission(obligation)
        label = _("{due}, {state}").format(due=label, state=state)
    ending = phrases.filing(filing) if filing else state or phrases.days_left(item)
    return Mark(
        case=case,
        shape=Shape.DEADLINE,
        first=deadline.due,
        last=deadline.due,
        text=_truncate(labelled(f"{obligation.point} {name}", ending)),
        label=label,
        state=state,
        answer=answer,
    )


def _event_rows(dossier: CaseFile) -> Iterator[Row]:
    """Yield a row for each kind of event, without the submissions for a due date."""
    found = tallies(dossier)
    for kind, label in _EVENT_ROWS.items():
        if tally := found.get(kind):
            shape = Shape.SUBMISSION if kind is EventKind.SUBMISSION else Shape.EVENT
            is_rest = shape is Shape.SUBMISSION and has_filing(dossier)
            yield Row(
                case=dossier.case,
                label=_("Other submissions") if is_rest else _(label),
                detail=shape.format_count(tally.count),
                marks=tuple(_group_events(dossier.case, shape, tally)),
            )


def _group_events(case: Case, shape: Shape, tally: Tally) -> Iterator[Mark]:
    """Yield a mark per event, or per month or year if there are too many."""
    if tally.count <= SINGLE:
        yield from (_event_mark(case, shape, event) for event in tally.events)
        return
    parts = 2 if len(tally.groups) <= _MAX_MONTHS else 1
    groups: dict[tuple[int, ...], EventGroup] = {}
    for month, group in tally.groups:
        earlier = groups.get(month[:parts])
        groups[month[:parts]] = earlier.add(group) if earlier else group
    for group in groups.values():
        if group.count == 1:
            yield _event_mark(case, shape, group.first)
            continue
        text = shape.format_count(group.count)
        yield Mark(
            case=case,
            shape=shape,
            first=group.first.on,
            last=group.last,
            text=text,
            label=text,
            count=group.count,
        )


def _event_mark(case: Case, shape: Shape, event: Event) -> Mark:
    speaker = shorten(event.speaker, _MAX_NAME, placeholder="…")
    return Mark(
        case=case,
        shape=shape,
        first=event.on,
        last=event.on,
        text=_truncate(labelled(event.speaker, event.finding or event.summary)),
        label=_("{speaker}, {day}").format(speaker=speaker, day=phrases.compact_day(event.on)),
    )


def _truncate(text: str) -> str:
    return text if len(text) <= _MAX_TEXT else f"{text[: _MAX_TEXT - 1]}…"
