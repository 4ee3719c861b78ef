"""Obligation and record -> deadlines, each with the steps that led to it; pure.

The rule: a period of months runs to the same-numbered day of the month reached, and
to that month's last day if it has no such day; weeks are seven days; days are calendar
days. The day of the order is not counted. Repeated dates count from the first one, not
from each other. No rule of the Court that moves a date off a weekend is known, so none
is moved. The Court prints no dates for its periods: these are computed.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import count

from dateutil.relativedelta import relativedelta

from orderwatch.model import (
    Deadline,
    End,
    Event,
    Obligation,
    On,
    Period,
    Schedule,
    Standing,
    Undated,
    Within,
)

Dated = tuple[date, tuple[str, ...]]

_UNDATED = {
    Standing.IMMEDIATE: "The order says that this is to be done at once: there is no "
    "day to compute.",
    Standing.CONTINUING: "The duty continues and the order names no day: it stands "
    "until the final decision, unless the Court changes it before.",
    Standing.UNSPECIFIED: "The order sets no time for this: there is no day to "
    "compute.",
}
_WEEKEND = (5, 6)
_NO_DATE = (
    "There is no date: the first would fall on or after the end of the measures, or "
    "beyond the year 9999."
)
_NOT_MOVED = (
    "a non-working day. The date is not moved: no rule of the Court is known that "
    "moves a time-limit off such a day."
)


def schedule(
    obligation: Obligation, events: Iterable[Event], *, until: date
) -> Schedule:
    """Compute the deadlines of an obligation from what was on record by `until`.

    A series is listed up to its first date that has not passed on `until`; dates
    from the end of the obligation on are left out.
    """
    known = sorted(
        (event for event in events if event.on <= until),
        key=lambda event: (event.on, event.seq or 0, event.id),
    )
    end = _end(obligation, known, until)
    limit = obligation.limit
    if isinstance(limit, On):
        return Schedule(
            obligation=obligation,
            deadlines=_deadlines(obligation, iter([_named(limit)]), known, until),
            ended=end,
        )
    anchor, anchored, also = _anchor(obligation, limit.after, known)
    if anchor is None:
        return Schedule(
            obligation=obligation,
            awaiting=limit.after,
            ended=end,
            notes=(
                (
                    f"The time runs from the {limit.after}: no such event is on "
                    "record, so there is no date yet."
                ),
            ),
        )
    if isinstance(limit, Undated):
        since = anchored if limit.after else ()
        return Schedule(
            obligation=obligation,
            ended=end,
            notes=(*since, *also, _UNDATED[limit.standing]),
        )
    dates = _series(anchor, limit, anchored, end)
    deadlines = _deadlines(obligation, dates, known, until)
    return Schedule(
        obligation=obligation,
        deadlines=deadlines,
        ended=end,
        notes=(*also, *_stops(limit, end)) if deadlines else (*also, _NO_DATE),
    )


def after(anchor: date, period: Period) -> Dated:
    """Add `period` to `anchor`; a day that the month lacks becomes its last day.

    Raises `OverflowError` if the date would lie beyond the year 9999.
    """
    try:
        month = anchor + relativedelta(years=period.years, months=period.months)
        due = month + timedelta(weeks=period.weeks, days=period.days)
    except (ValueError, OverflowError):
        raise OverflowError(
            f"{anchor} and {period} lies beyond the year 9999"
        ) from None
    steps = [f"{period} from {_long(anchor)} is {_long(due)}"]
    if month.day != anchor.day:
        steps.append(
            f"{month:%B} {month.year} has no day {anchor.day}: its last day counts"
        )
    return due, tuple(steps)


def _series(
    anchor: date, limit: Within, anchored: tuple[str, ...], end: End | None
) -> Iterator[Dated]:
    """Yield the dates of a period, the repeated ones all counted from the first."""
    # From one to the next, 31 August would become 28 February and then 28 August.
    try:
        first, steps = after(anchor, limit.first)
        every = limit.then_every
        if every is None or end is None or first < _last(end):
            yield first, anchored + steps
        if every is None:
            return
        for times in count(1):
            due, steps = after(first, _times(every, times))
            if end is not None and due >= _last(end):
                return
            yield (
                due,
                (
                    (
                        f"The first date is {_long(first)}, and the later ones count "
                        f"from it, every {every}"
                    ),
                    f"{_often(times)}{every} from then is {_long(due)}",
                    *steps[1:],
                ),
            )
    except OverflowError:
        return


def _often(times: int) -> str:
    return "" if times == 1 else f"{times} times "


def _times(period: Period, times: int) -> Period:
    return Period(
        years=period.years * times,
        months=period.months * times,
        weeks=period.weeks * times,
        days=period.days * times,
    )


def _named(limit: On) -> Dated:
    if limit.before:
        step = f"The order says before {_long(limit.day)}"
    else:
        step = f"The order names {_long(limit.day)}"
    return limit.day, (step,)


def _anchor(
    obligation: Obligation, trigger: str | None, events: Sequence[Event]
) -> tuple[date | None, tuple[str, ...], tuple[str, ...]]:
    """Find the day from which the time runs, how it is known, and what disagrees."""
    if trigger is None:
        made = obligation.order.made
        return (
            made,
            (f"The order was made on {_long(made)}; that day is not counted",),
            (),
        )
    reports = [
        event
        for event in events
        if event.trigger is not None
        and _folded(event.trigger) == _folded(trigger)
        and _concerns(event, obligation)
    ]
    if not reports:
        return None, (), ()
    first = reports[0]
    others = tuple(
        f"{event.speaker} gives {_long(event.on)} for the {trigger} ({event.id})."
        for event in reports
        if event.on != first.on
    )
    return (
        first.on,
        (
            (
                f"The {trigger} was on {_long(first.on)} according to {first.speaker} "
                f"({first.id}); that day is not counted"
            ),
        ),
        others,
    )


def _end(obligation: Obligation, events: Sequence[Event], until: date) -> End | None:
    """Find the first end that had come by `until`, of the register or on record."""
    ends = [
        End(
            day=event.on,
            year=event.on.year,
            text=f"{event.speaker}: {event.summary}",
        )
        for event in events
        if event.ends and _concerns(event, obligation)
    ]
    known = obligation.end
    if known is not None and known.by(until):
        ends.append(known)
    return min(ends, key=_last, default=None)


def _last(end: End) -> date:
    """Give the day of an end, or the year's last if only the year was seen."""
    return end.day or date(end.year, 12, 31)


def _stops(limit: Within, end: End | None) -> tuple[str, ...]:
    if limit.then_every is None:
        return ()
    if end is None:
        until = f" until the {limit.until}" if limit.until else ""
        return (f"The dates go on{until}; only those up to the next one are listed.",)
    when = f"on {_long(end.day)}" if end.day else f"in {end.year} (day not seen)"
    return (f"The series stops: the measures ended {when}. {end.text or ''}".strip(),)


def _deadlines(
    obligation: Obligation,
    dates: Iterator[Dated],
    events: Sequence[Event],
    until: date,
) -> tuple[Deadline, ...]:
    """List the dates up to the first that has not passed, extensions applied."""
    found = [*_up_to(until, dates)]
    listed = _extended(obligation, found, events)
    coming = [deadline.due for deadline in listed if deadline.due >= until]
    if coming:
        # An extension can bring a date to the day of a later one, or beyond it.
        if found[-1][0] < min(coming):
            found += _up_to(min(coming), dates)
            listed = _extended(obligation, found, events)
        nearest = min(item.due for item in listed if item.due >= until)
        listed = listed[: max(item.number for item in listed if item.due <= nearest)]
    return tuple(listed)


def _up_to(day: date, dates: Iterator[Dated]) -> Iterator[Dated]:
    """Take dates up to the first that is not before a day."""
    for dated in dates:
        yield dated
        if dated[0] >= day:
            return


def _extended(
    obligation: Obligation, found: Sequence[Dated], events: Sequence[Event]
) -> list[Deadline]:
    """Give the deadline of each date, with its latest extension."""
    moved = _moved(obligation, [due for due, _ in found], events)
    return [
        _deadline(obligation, number, first_due, steps, moved.get(first_due))
        for number, (first_due, steps) in enumerate(found, 1)
    ]


def _moved(
    obligation: Obligation, dates: Sequence[date], events: Sequence[Event]
) -> dict[date, Event]:
    """Give each extended date its latest extension."""
    moved: dict[date, Event] = {}
    for event in events:
        for about in event.about:
            if not dates or not _names(about, obligation):
                continue
            _, _, named = about.partition("@")
            if named:
                target = next((due for due in dates if str(due) == named), None)
            else:
                target = next((due for due in dates if due >= event.on), dates[-1])
            # What is not later extends nothing, and would leave a series without end.
            if target is not None and event.extends_to and event.extends_to > target:
                moved[target] = event
    return moved


def _deadline(
    obligation: Obligation,
    number: int,
    first_due: date,
    steps: tuple[str, ...],
    extension: Event | None,
) -> Deadline:
    due = first_due
    if extension is not None and extension.extends_to is not None:
        due = extension.extends_to
        steps = (
            *steps,
            (
                f"Extended to {_long(due)} according to {extension.speaker} on "
                f"{_long(extension.on)} ({extension.id})"
            ),
        )
    reason = f"{due:%A}" if due.weekday() in _WEEKEND else None
    notes = (f"{due} is a {reason}, {_NOT_MOVED}",) if reason else ()
    return Deadline(
        obligation=obligation,
        number=number,
        first_due=first_due,
        due=due,
        non_working=reason,
        steps=steps,
        notes=notes,
    )


def _names(about: str, obligation: Obligation) -> bool:
    """Tell whether an id is that of the obligation or of one of its deadlines."""
    return about.partition("@")[0] == obligation.id


def _concerns(event: Event, obligation: Obligation) -> bool:
    """Tell whether an event names the obligation, its order, or its case."""
    named = {obligation.id, obligation.order.id, obligation.order.case.id}
    return not named.isdisjoint(event.about)


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _long(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B} {day.year}"
