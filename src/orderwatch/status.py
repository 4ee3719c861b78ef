"""Deadlines, events and a day -> where each obligation stands; pure.

Only timing is computed. Whether anybody complies is what a named speaker said, on a
date, at a source: it is passed on, never weighed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta

from orderwatch import deadlines
from orderwatch.model import (
    Deadline,
    DeadlineStatus,
    End,
    Event,
    EventKind,
    Obligation,
    Role,
    Schedule,
    Status,
    Submission,
    SubmissionState,
    Timing,
    Unread,
    Within,
)

_NOTHING = Unread()


def assess(
    schedule: Schedule,
    events: Iterable[Event],
    *,
    today: date,
    unread: Unread = _NOTHING,
) -> Status:
    """Say where an obligation stands on `today`, and what is on record about it.

    `unread` are events that are none of `events`: neither submissions nor assessments.
    """
    obligation = schedule.obligation
    record = sorted(
        (event for event in events if event.on <= today and names(event, obligation)),
        key=_oldest,
    )
    latest = [event for event in (*record[-1:], unread.latest) if event is not None]
    submissions = _submissions(schedule.deadlines, record)
    deadlines = tuple(
        DeadlineStatus(
            deadline=deadline,
            timing=_timing(deadline, schedule.ended, today),
            days_left=(deadline.due - today).days,
            submission=submissions.get(deadline.id),
        )
        for deadline in schedule.deadlines
    )
    current = _current(deadlines)
    return Status(
        obligation=obligation,
        timing=_overall(schedule, current),
        in_force=obligation.in_force(today) and schedule.ended is None,
        deadlines=deadlines,
        current=current,
        awaiting=schedule.awaiting,
        assessments=_assessments(record),
        events=tuple(record),
        count=len(record) + unread.count,
        latest=max(latest, key=_oldest, default=None),
        notes=schedule.notes,
    )


def _oldest(event: Event) -> tuple[date, int, str]:
    return event.on, event.seq or 0, event.id


def to_come(statuses: Iterable[Status]) -> tuple[Status, ...]:
    """Keep what has a deadline that has not passed, the nearest first."""
    found = [
        item
        for item in statuses
        if item.current and item.timing in {Timing.UPCOMING, Timing.DUE_TODAY}
    ]
    return tuple(sorted(found, key=_due))


def due_within(statuses: Iterable[Status], days: int) -> tuple[Status, ...]:
    """Keep what falls due within so many days, the nearest first."""
    return tuple(
        item
        for item in to_come(statuses)
        if item.current and item.current.days_left <= days
    )


def passed(statuses: Iterable[Status]) -> tuple[Status, ...]:
    """Keep what has passed, and of it only the passed deadlines; the latest first."""
    found: list[Status] = []
    for item in statuses:
        gone = tuple(d for d in item.deadlines if d.timing is Timing.PASSED)
        if gone:
            last = max(gone, key=lambda d: d.deadline.due)
            found.append(
                replace(item, timing=Timing.PASSED, deadlines=gone, current=last)
            )
    return tuple(sorted(found, key=_due, reverse=True))


def _due(item: Status) -> tuple[date, str]:
    due = item.current.deadline.due if item.current else date.max
    return due, item.obligation.id


def names(event: Event, obligation: Obligation) -> bool:
    """Tell whether an event names the obligation or one of its deadlines."""
    return any(about.partition("@")[0] == obligation.id for about in event.about)


def _timing(deadline: Deadline, end: End | None, today: date) -> Timing:
    if end is not None and deadline.due >= (end.day or date(end.year, 12, 31)):
        return Timing.ENDED
    if deadline.due > today:
        return Timing.UPCOMING
    return Timing.DUE_TODAY if deadline.due == today else Timing.PASSED


def _current(deadlines: Sequence[DeadlineStatus]) -> DeadlineStatus | None:
    """Choose the earliest that has not passed, else the last."""
    if not deadlines:
        return None
    open_ones = [item for item in deadlines if item.timing is not Timing.PASSED]
    return (
        min(open_ones, key=lambda item: item.deadline.due)
        if open_ones
        else max(deadlines, key=lambda item: item.deadline.due)
    )


def _overall(schedule: Schedule, current: DeadlineStatus | None) -> Timing:
    if schedule.ended is not None:
        return Timing.ENDED
    if schedule.awaiting is not None:
        return Timing.AWAITING_TRIGGER
    return Timing.UNDATED if current is None else current.timing


def _submissions(
    deadlines: Sequence[Deadline], record: Sequence[Event]
) -> dict[str, Submission]:
    """Give each deadline the submission that counts for it.

    One that names the obligation and no deadline counts for the due date it is
    nearest to. Of several, what the Court confirms goes before what is reported,
    and the earliest goes first.
    """
    found: dict[str, Event] = {}
    for event in record:
        for deadline in _met(event, deadlines):
            known = found.get(deadline.id)
            if known is None or (
                event.role is Role.COURT and known.role is not Role.COURT
            ):
                found[deadline.id] = event
    by_id = {deadline.id: deadline for deadline in deadlines}
    return {
        key: Submission(
            state=SubmissionState.CONFIRMED
            if event.role is Role.COURT
            else SubmissionState.REPORTED,
            days_late=max(0, (event.on - by_id[key].due).days),
            event=event,
        )
        for key, event in found.items()
    }


def _met(event: Event, deadlines: Sequence[Deadline]) -> list[Deadline]:
    """List the deadlines for which an event is a submission of an addressee."""
    if event.kind is not EventKind.SUBMISSION or not deadlines:
        return []
    obligation = deadlines[0].obligation
    who = {name.casefold() for name in event.by or (event.speaker,)}
    if who.isdisjoint(name.casefold() for name in obligation.addressees):
        return []
    named = [deadline for deadline in deadlines if deadline.id in event.about]
    if named or obligation.id not in event.about:
        return named
    return [min(deadlines, key=lambda d: (abs((d.due - event.on).days), d.due))]


def _assessments(record: Sequence[Event]) -> tuple[Event, ...]:
    """Keep the latest assessment of each speaker on each scale, oldest first."""
    latest: dict[tuple[str, str | None], Event] = {}
    for event in record:
        if event.kind is EventKind.ASSESSMENT:
            latest.pop((event.speaker, event.scale), None)
            latest[event.speaker, event.scale] = event
    return tuple(latest.values())


def assess_within(
    duty: Obligation, events: Iterable[Event], *, today: date, days: int
) -> Status:
    """Say where an obligation stands today, with all that falls due within `days`.

    A series is listed only up to its next date; one that repeats every week has
    others within the month.
    """
    known = [event for event in events if event.on <= today]
    found = deadlines.schedule(duty, known, until=today)
    near = assess(found, known, today=today)
    limit = duty.limit
    once = not isinstance(limit, Within) or limit.then_every is None
    if near.timing is Timing.ENDED or once or not found.deadlines:
        return near
    horizon = min(days, (date.max - today).days)
    # An end that has not come by today is not known today.
    later = deadlines.schedule(_endless(duty), known, until=today + timedelta(horizon))
    far = assess(later, known, today=today)
    listed = {item.deadline.id for item in near.deadlines}
    more = tuple(
        item
        for item in far.deadlines
        if item.deadline.id not in listed and item.days_left <= horizon
    )
    return replace(near, deadlines=(*near.deadlines, *more))


def _endless(duty: Obligation) -> Obligation:
    if duty.end is None:
        return duty
    case = replace(duty.order.case, ended=None)
    return replace(duty, ended=None, order=replace(duty.order, ended=None, case=case))
