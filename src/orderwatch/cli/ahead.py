"""Statuses that look far enough ahead for a reminder."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

from orderwatch import deadlines, status
from orderwatch.model import Event, Obligation, Status, Timing, Within


def assess(
    duty: Obligation, events: Iterable[Event], *, today: date, days: int
) -> Status:
    """Say where an obligation stands today, with all that falls due within `days`.

    A series is listed only up to its next date; one that repeats every week has
    others within the month.
    """
    known = [event for event in events if event.on <= today]
    found = deadlines.schedule(duty, known, until=today)
    near = status.assess(found, known, today=today)
    limit = duty.limit
    once = not isinstance(limit, Within) or limit.then_every is None
    if near.timing is Timing.ENDED or once or not found.deadlines:
        return near
    horizon = min(days, (date.max - today).days)
    # An end that has not come by today is not known today.
    later = deadlines.schedule(_endless(duty), known, until=today + timedelta(horizon))
    far = status.assess(later, known, today=today)
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
