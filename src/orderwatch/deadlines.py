"""Compute the deadlines of an obligation, with the steps of each; pure.

The rule: a period of months ends on the same-numbered day of the month reached, or on
that month's last day if it has no such day; weeks are seven days; days are calendar
days. The day of the order is not counted. Repeated dates count from the first one, not
from each other. No rule of the Court that moves a date off a weekend is known, so none
is moved. The Court prints no dates for its periods: these are computed.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import count

from dateutil.relativedelta import relativedelta

from orderwatch.dates import format_long_day, month_name, weekday_name
from orderwatch.model import (
    Deadline,
    Ending,
    Event,
    Obligation,
    On,
    Period,
    Schedule,
    Standing,
    Undated,
    Within,
)
from orderwatch.model.event import obligation_id
from orderwatch.text import name_key
from orderwatch.translation import _, mark, ngettext

ExplainedDate = tuple[date, tuple[str, ...]]

_UNDATED_NOTES = {
    Standing.IMMEDIATE: mark("The order requires this at once; there is no date to compute."),
    Standing.CONTINUING: mark(
        "The obligation continues and the order sets no date: it applies until "
        "the final decision, unless the Court changes it before."
    ),
    Standing.UNSPECIFIED: mark("The order sets no time for this; there is no date to compute."),
}
_WEEKEND = (5, 6)
_NO_DATE_NOTE = mark(
    "There is no date: the first would fall on or after the end of the "
    "measures, or beyond the year 9999."
)


def schedule(obligation: Obligation, events: Iterable[Event], *, until: date) -> Schedule:
    """Compute the deadlines of an obligation from the events dated up to `until`.

    A series is listed up to its first date that has not passed on `until`; dates on or
    after the end of the obligation are left out.
    """
    history = sorted(
        (event for event in events if event.on <= until),
        key=lambda event: event.sort_key,
    )
    end = _first_ending(obligation, history, until)
    limit = obligation.limit
    if isinstance(limit, On):
        return Schedule(
            obligation=obligation,
            deadlines=_build_deadlines(obligation, iter([_fixed_date(limit)]), history, until),
            ended=end,
        )
    anchor, anchor_steps, conflicts = _anchor(obligation, limit.after, history)
    if anchor is None:
        return Schedule(
            obligation=obligation,
            awaiting=limit.after,
            ended=end,
            notes=(
                (
                    _(
                        "The time runs from the {after}: no such event is on record, so there "
                        "is no date yet."
                    ).format(after=limit.after)
                ),
            ),
        )
    if isinstance(limit, Undated):
        steps = anchor_steps if limit.after else ()
        return Schedule(
            obligation=obligation,
            ended=end,
            notes=(*steps, *conflicts, _(_UNDATED_NOTES[limit.standing])),
        )
    dates = _series(anchor, limit, anchor_steps, end)
    deadlines = _build_deadlines(obligation, dates, history, until)
    return Schedule(
        obligation=obligation,
        deadlines=deadlines,
        ended=end,
        notes=(*conflicts, *_series_notes(limit, end))
        if deadlines
        else (*conflicts, _(_NO_DATE_NOTE)),
    )


def add_period(anchor: date, period: Period) -> ExplainedDate:
    """Add a period to a date; a day that the month lacks becomes its last day.

    Raises `OverflowError` if the date would lie beyond the year 9999.
    """
    try:
        month = anchor + relativedelta(years=period.years, months=period.months)
        due = month + timedelta(weeks=period.weeks, days=period.days)
    except (ValueError, OverflowError):
        raise OverflowError(
            _("{anchor} and {period} is beyond the year 9999").format(anchor=anchor, period=period)
        ) from None
    steps = [
        _("{period} from {anchor} is {due}").format(
            period=period, anchor=format_long_day(anchor), due=format_long_day(due)
        )
    ]
    if month.day != anchor.day:
        steps.append(
            _("{month} {year} has no day {day}: its last day counts").format(
                month=month_name(month), year=month.year, day=anchor.day
            )
        )
    return due, tuple(steps)


def _series(
    anchor: date, limit: Within, anchor_steps: tuple[str, ...], end: Ending | None
) -> Iterator[ExplainedDate]:
    """Yield the dates of a period; repeated dates count from the first."""
    # Counted date to date, 31 August would become 28 February, then 28 August.
    try:
        first, steps = add_period(anchor, limit.first)
        interval = limit.then_every
        if interval is None or end is None or first < end.last_day:
            yield first, anchor_steps + steps
        if interval is None:
            return
        for factor in count(1):
            due, steps = add_period(first, _multiply(interval, factor))
            if end is not None and due >= end.last_day:
                return
            yield (
                due,
                (
                    (
                        _(
                            "The first date is {first}, and the later ones count from it, every "
                            "{interval}"
                        ).format(first=format_long_day(first), interval=interval)
                    ),
                    _repetition(interval, factor, due),
                    *steps[1:],
                ),
            )
    except OverflowError:
        return


def _repetition(interval: Period, factor: int, due: date) -> str:
    if factor == 1:
        message = _("{interval} from then is {due}")
    else:
        message = ngettext(
            "{n} times {interval} from then is {due}",
            "{n} times {interval} from then is {due}",
            factor,
        )
    return message.format(n=factor, interval=interval, due=format_long_day(due))


def _multiply(period: Period, factor: int) -> Period:
    return Period(
        years=period.years * factor,
        months=period.months * factor,
        weeks=period.weeks * factor,
        days=period.days * factor,
    )


def _fixed_date(limit: On) -> ExplainedDate:
    if limit.before:
        step = _("The order says before {day}").format(day=format_long_day(limit.day))
    else:
        step = _("The order names {day}").format(day=format_long_day(limit.day))
    return limit.day, (step,)


def _anchor(
    obligation: Obligation, trigger: str | None, events: Sequence[Event]
) -> tuple[date | None, tuple[str, ...], tuple[str, ...]]:
    """Return the date the time runs from, its steps, and notes on conflicts."""
    if trigger is None:
        order_date = obligation.order.made
        return (
            order_date,
            (
                (
                    _("The order was made on {order_date}; that day is not counted").format(
                        order_date=format_long_day(order_date)
                    )
                ),
            ),
            (),
        )
    matches = [
        event
        for event in events
        if event.trigger is not None
        and name_key(event.trigger) == name_key(trigger)
        and concerns(event, obligation)
    ]
    if not matches:
        return None, (), ()
    first = matches[0]
    conflicts = tuple(
        _("{speaker} gives {on} for the {trigger} ({id}).").format(
            speaker=event.speaker, on=format_long_day(event.on), trigger=trigger, id=event.id
        )
        for event in matches
        if event.on != first.on
    )
    return (
        first.on,
        (
            (
                _(
                    "The {trigger} was on {on} according to {speaker} ({id}); that day is "
                    "not counted"
                ).format(
                    trigger=trigger,
                    on=format_long_day(first.on),
                    speaker=first.speaker,
                    id=first.id,
                )
            ),
        ),
        conflicts,
    )


def _first_ending(obligation: Obligation, events: Sequence[Event], until: date) -> Ending | None:
    """Return the first ending up to `until`, of the register or of an event."""
    endings = [
        Ending(
            day=event.on,
            year=event.on.year,
            text=f"{event.speaker}: {event.summary}",
        )
        for event in events
        if event.ends and concerns(event, obligation)
    ]
    ending = obligation.end
    if ending is not None and ending.is_over_on(until):
        endings.append(ending)
    return min(endings, key=lambda ending: ending.last_day, default=None)


def _series_notes(limit: Within, end: Ending | None) -> tuple[str, ...]:
    if limit.then_every is None:
        return ()
    if end is None and limit.until:
        message = _("The dates go on until the {until}; only those up to the next one are listed.")
        return (message.format(until=limit.until),)
    if end is None:
        return (_("The dates go on; only those up to the next one are listed."),)
    if end.day:
        day = format_long_day(end.day)
        message = _("The series stops: the measures ended on {day}.").format(day=day)
    else:
        message = _("The series stops: the measures ended in {year} (day unknown).").format(
            year=end.year
        )
    return (f"{message} {end.text}" if end.text else message,)


def _build_deadlines(
    obligation: Obligation,
    dates: Iterator[ExplainedDate],
    events: Sequence[Event],
    until: date,
) -> tuple[Deadline, ...]:
    """Return the deadlines up to the first that has not passed, extensions applied."""
    explained_dates = [*_up_to(until, dates)]
    deadlines = _apply_extensions(obligation, explained_dates, events)
    upcoming = [deadline.due for deadline in deadlines if deadline.due >= until]
    if upcoming:
        # An extension can move a date to or beyond a later one.
        if explained_dates[-1][0] < min(upcoming):
            explained_dates += _up_to(min(upcoming), dates)
            deadlines = _apply_extensions(obligation, explained_dates, events)
        nearest = min(item.due for item in deadlines if item.due >= until)
        deadlines = deadlines[: max(item.number for item in deadlines if item.due <= nearest)]
    return tuple(deadlines)


def _up_to(day: date, dates: Iterator[ExplainedDate]) -> Iterator[ExplainedDate]:
    """Yield dates up to the first that is not before `day`."""
    for item in dates:
        yield item
        if item[0] >= day:
            return


def _apply_extensions(
    obligation: Obligation, dates: Sequence[ExplainedDate], events: Sequence[Event]
) -> list[Deadline]:
    """Return the deadline of each date, with its latest extension."""
    extensions = _extensions(obligation, [due for due, _ in dates], events)
    return [
        _build_deadline(obligation, number, first_due, steps, extensions.get(first_due))
        for number, (first_due, steps) in enumerate(dates, 1)
    ]


def _extensions(
    obligation: Obligation, dates: Sequence[date], events: Sequence[Event]
) -> dict[date, Event]:
    """Return the latest extension of each extended date."""
    extensions: dict[date, Event] = {}
    for event in events:
        for about in event.about:
            if not dates or not _is_id_of(about, obligation):
                continue
            day = about.partition("@")[2]
            if day:
                target = next((due for due in dates if str(due) == day), None)
            else:
                target = next((due for due in dates if due >= event.on), dates[-1])
            # A date that is not later extends nothing: the series would never end.
            if target is not None and event.extends_to and event.extends_to > target:
                extensions[target] = event
    return extensions


def _build_deadline(
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
                _("Extended to {due} according to {speaker} on {on} ({id})").format(
                    due=format_long_day(due),
                    speaker=extension.speaker,
                    on=format_long_day(extension.on),
                    id=extension.id,
                )
            ),
        )
    weekday = due.strftime("%A") if due.weekday() in _WEEKEND else None
    notes = (_weekend_note(due),) if weekday else ()
    return Deadline(
        obligation=obligation,
        number=number,
        first_due=first_due,
        due=due,
        non_working=weekday,
        steps=steps,
        notes=notes,
    )


def _weekend_note(due: date) -> str:
    message = _(
        "{date} is a {weekday}, a non-working day. The date is not moved: no known rule of the"
        " Court moves a time-limit that ends on such a day."
    )
    return message.format(date=due, weekday=weekday_name(due))


def _is_id_of(about: str, obligation: Obligation) -> bool:
    """Return whether an id is that of the obligation or of one of its deadlines."""
    return obligation_id(about) == obligation.id


def concerns(event: Event, obligation: Obligation) -> bool:
    """Return whether an event names the obligation, its order or its case."""
    ids = {obligation.id, obligation.order.id, obligation.order.case.id}
    return not ids.isdisjoint(event.about)
