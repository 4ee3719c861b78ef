"""Compute where each obligation stands on a day; pure.

Only timing is computed. Compliance is what a named speaker said, on a date, at a
source: it is passed on, never weighed.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import reduce

from orderwatch import deadlines
from orderwatch.dates import format_day
from orderwatch.frozen import replace
from orderwatch.model import (
    Deadline,
    DeadlineStatus,
    Ending,
    Event,
    EventCount,
    EventEffect,
    EventKind,
    Kind,
    Obligation,
    On,
    Role,
    Schedule,
    Status,
    Submission,
    SubmissionState,
    Timing,
    Within,
)
from orderwatch.text import name_key
from orderwatch.translation import _, clauses, mark

_NO_EVENTS = EventCount()


def assess(
    schedule: Schedule,
    events: Iterable[Event],
    *,
    today: date,
    not_loaded: EventCount = _NO_EVENTS,
) -> Status:
    """Compute the status of an obligation on `today`.

    `not_loaded` counts events that are not in `events`: neither submissions nor
    assessments.
    """
    obligation = schedule.obligation
    id_ = obligation.id
    history = sorted(
        (event for event in events if event.on <= today and id_ in event.subjects),
        key=lambda event: event.sort_key,
    )
    candidates = [event for event in (*history, not_loaded.latest) if event is not None]
    submissions = _submissions(schedule.deadlines, history)
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
        timing=_overall_timing(schedule, current),
        in_force=obligation.in_force(today) and schedule.ended is None,
        deadlines=deadlines,
        current=current,
        awaiting=schedule.awaiting,
        assessments=_assessments(history),
        events=tuple(history),
        count=len(history) + not_loaded.count,
        latest=max(candidates, key=lambda event: event.sort_key, default=None),
        notes=schedule.notes,
    )


def upcoming(statuses: Iterable[Status]) -> tuple[Status, ...]:
    """Select statuses with a deadline that has not passed, the nearest first."""
    matches = [
        item
        for item in statuses
        if item.current and item.timing in {Timing.UPCOMING, Timing.DUE_TODAY}
    ]
    return tuple(sorted(matches, key=_due_key))


def addressed_to(statuses: Sequence[Status], names: Collection[str]) -> tuple[Status, ...]:
    """Select the statuses of obligations of a State, under any of its names."""
    return tuple(s for s in statuses if not set(names).isdisjoint(s.obligation.addressees))


def of_kind(statuses: Sequence[Status], kind: Kind) -> tuple[Status, ...]:
    """Select the statuses of obligations of a kind."""
    return tuple(s for s in statuses if kind in (s.obligation.kind, *s.obligation.also))


def party_to(statuses: Sequence[Status], names: Collection[str]) -> tuple[Status, ...]:
    """Select the statuses of every case to which a State is a party, under any of its names."""
    return tuple(s for s in statuses if not set(names).isdisjoint(s.obligation.order.case.parties))


def due_within(statuses: Iterable[Status], days: int) -> tuple[Status, ...]:
    """Select statuses that fall due within a number of days, the nearest first."""
    return tuple(
        item for item in upcoming(statuses) if item.current and item.current.days_left <= days
    )


def passed(statuses: Iterable[Status]) -> tuple[Status, ...]:
    """Select statuses with passed deadlines, reduced to these, the latest first."""
    matches: list[Status] = []
    for item in statuses:
        deadlines = tuple(d for d in item.deadlines if d.timing is Timing.PASSED)
        if deadlines:
            last = max(deadlines, key=lambda d: d.deadline.due)
            matches.append(replace(item, timing=Timing.PASSED, deadlines=deadlines, current=last))
    return tuple(sorted(matches, key=_due_key, reverse=True))


def _due_key(item: Status) -> tuple[date, str]:
    due = item.current.deadline.due if item.current else date.max
    return due, item.obligation.id


def is_about(event: Event, obligation: Obligation) -> bool:
    """Return whether an event names the obligation or one of its deadlines."""
    return obligation.id in event.subjects


def _timing(deadline: Deadline, end: Ending | None, today: date) -> Timing:
    if end is not None and deadline.due >= end.last_day:
        return Timing.ENDED
    if deadline.due > today:
        return Timing.UPCOMING
    return Timing.DUE_TODAY if deadline.due == today else Timing.PASSED


def _current(deadlines: Sequence[DeadlineStatus]) -> DeadlineStatus | None:
    """Return the earliest deadline that has not passed, else the last."""
    if not deadlines:
        return None
    open_deadlines = [item for item in deadlines if item.timing is not Timing.PASSED]
    return (
        min(open_deadlines, key=lambda item: item.deadline.due)
        if open_deadlines
        else max(deadlines, key=lambda item: item.deadline.due)
    )


def _overall_timing(schedule: Schedule, current: DeadlineStatus | None) -> Timing:
    if schedule.ended is not None:
        return Timing.ENDED
    if schedule.awaiting is not None:
        return Timing.AWAITING_TRIGGER
    return Timing.UNDATED if current is None else current.timing


def _submissions(deadlines: Sequence[Deadline], history: Sequence[Event]) -> dict[str, Submission]:
    """Return the submission that counts for each deadline.

    One that names the obligation and no deadline counts for the nearest due date. Of
    several, one that the Court confirms precedes reported ones, and the earliest comes
    first.
    """
    events: dict[str, Event] = {}
    for event in history:
        for deadline in _matching_deadlines(event, deadlines):
            current = events.get(deadline.id)
            if current is None or (event.role is Role.COURT and current.role is not Role.COURT):
                events[deadline.id] = event
    by_id = {deadline.id: deadline for deadline in deadlines}
    return {
        key: Submission(
            state=SubmissionState.CONFIRMED
            if event.role is Role.COURT
            else SubmissionState.REPORTED,
            days_late=max(0, (event.on - by_id[key].due).days),
            event=event,
        )
        for key, event in events.items()
    }


def _matching_deadlines(event: Event, deadlines: Sequence[Deadline]) -> list[Deadline]:
    """Return the deadlines for which an event counts as a submission."""
    if event.kind is not EventKind.SUBMISSION or not deadlines:
        return []
    matches = [deadline for deadline in deadlines if deadline.id in event.about]
    obligation = deadlines[0].obligation
    if matches or obligation.id not in event.about:
        # With a date, it is the recorder who says what it counts for.
        return matches
    if not any(map(obligation.is_addressee, event.by or (event.speaker,))):
        return []
    return [min(deadlines, key=lambda d: (abs((d.due - event.on).days), d.due))]


def effect(
    event: Event, schedules: Sequence[Schedule], others: Iterable[Event] = ()
) -> EventEffect:
    """Return what an event counts for, by the schedules of what it is about.

    With `others`, it is compared with those on record.
    """
    others = tuple(others)
    parts = []
    if event.kind is EventKind.SUBMISSION:
        parts.append(_submission_effect(event, schedules, others))
    if event.extends_to:
        parts.append(_extension_effect(event, schedules))
    if event.trigger:
        parts.append(_trigger_effect(event, schedules, others))
    if event.ends:
        parts.append(_ending_effect(event, schedules))
    if not parts:
        return EventEffect(text=_(_WITHOUT_EFFECT[event.kind]))
    return EventEffect(
        text=clauses(part.text for part in parts),
        deadlines=tuple(dict.fromkeys(id_ for part in parts for id_ in part.deadlines)),
        is_void=any(part.is_void for part in parts),
    )


_WITHOUT_EFFECT: Mapping[EventKind, str] = {
    EventKind.COURT_DECISION: mark("counts for no deadline: it is a decision of the Court"),
    EventKind.ASSESSMENT: mark("counts for no deadline: it is an assessment"),
    EventKind.STATEMENT: mark("counts for no deadline: it is a statement"),
    EventKind.STEP: mark("counts for no deadline: it is a step"),
    EventKind.DEVELOPMENT: mark("counts for no deadline: it is a development"),
    EventKind.NOTE: mark("counts for no deadline: it is a note"),
}


def _submission_effect(
    event: Event, schedules: Sequence[Schedule], others: Iterable[Event]
) -> EventEffect:
    history = sorted((*others, event), key=lambda item: item.sort_key)
    matches: list[Deadline] = []
    phrases: list[str] = []
    for schedule in schedules:
        counting = _submissions(schedule.deadlines, history)
        for deadline in _matching_deadlines(event, schedule.deadlines):
            matches.append(deadline)
            first = counting[deadline.id].event
            due = format_day(deadline.due)
            if len(schedules) > 1:
                due = f"{due} ({_short_name(schedule.obligation)})"
            if first is event:
                phrases.append(_("counts as the submission for {due}").format(due=due))
            else:
                message = _(
                    "is another submission for {due}: the submission of {day} by {speaker} counts"
                )
                day = format_day(first.on)
                phrases.append(message.format(due=due, day=day, speaker=first.speaker))
    if matches:
        return EventEffect(
            text=clauses(phrases), deadlines=tuple(deadline.id for deadline in matches)
        )
    text = _("counts for no deadline: {cause}").format(cause=_cause(event, schedules))
    return EventEffect(text=text, is_void=True)


def _cause(event: Event, schedules: Sequence[Schedule]) -> str:
    """Return why a submission counts for nothing, and what to change."""
    cited = [item for item in schedules if is_about(event, item.obligation)]
    if not cited:
        names = [_short_name(item.obligation) for item in schedules if item.deadlines]
        message = _("no obligation is named; add the id of one, such as {id}")
        return message.format(id=names[0]) if names else _("no obligation is named")
    dated = [item for item in cited if item.deadlines]
    if not dated:
        [item, *_rest] = cited
        name = _short_name(item.obligation)
        if item.awaiting:
            return _("{id} waits for the {trigger}; log it with --trigger").format(
                id=name, trigger=item.awaiting
            )
        return _("{id} has no date").format(id=name)
    if not any(item.obligation.id in event.about for item in dated):
        return _("the date after @ is not a deadline of {obligation}").format(
            obligation=_short_name(dated[0].obligation)
        )
    states = dict.fromkeys(name for item in dated for name in item.obligation.addressees)
    if not states:
        return _("{id} names no addressee").format(id=_short_name(dated[0].obligation))
    options = (f'--by "{name}"' if " " in name else f"--by {name}" for name in states)
    choice = reduce(
        lambda left, right: _("{left} or {right}").format(left=left, right=right), options
    )
    return _("no addressee is named; add {options}").format(options=choice)


def _extension_effect(event: Event, schedules: Sequence[Schedule]) -> EventEffect:
    moved = [
        deadline
        for schedule in schedules
        for deadline in schedule.deadlines
        if deadline.due == event.extends_to != deadline.first_due
        and not {deadline.id, deadline.obligation.id}.isdisjoint(event.about)
    ]
    if not moved:
        return EventEffect(
            text=_("counts for no deadline: it moves none, or a later extension does"), is_void=True
        )
    moves = (
        _("moves the deadline of {old} to {new}").format(
            old=format_day(item.first_due), new=format_day(item.due)
        )
        for item in moved
    )
    return EventEffect(
        text=clauses(moves),
        deadlines=tuple(item.id for item in moved),
    )


def _trigger_effect(
    event: Event, schedules: Sequence[Schedule], others: Sequence[Event]
) -> EventEffect:
    cited = [
        item.obligation
        for item in schedules
        if deadlines.concerns(event, item.obligation)
        and not isinstance(item.obligation.limit, On)
        and name_key(item.obligation.limit.after or "") == name_key(event.trigger or "")
    ]
    if not cited:
        return EventEffect(
            text=_(
                'counts for no deadline: no time-limit of its subjects waits for "{trigger}"'
            ).format(trigger=event.trigger),
            is_void=True,
        )
    dates = [
        item
        for item in others
        if name_key(item.trigger or "") == name_key(event.trigger or "")
        and any(deadlines.concerns(item, obligation) for obligation in cited)
    ]
    first = min((*dates, event), key=lambda item: item.sort_key)
    if first is not event:
        return EventEffect(
            text=_("is another date for the {trigger}: {on}, by {speaker}, counts").format(
                trigger=event.trigger, on=format_day(first.on), speaker=first.speaker
            )
        )
    return EventEffect(
        text=_("counts as the {trigger}, from which time runs").format(trigger=event.trigger)
    )


def _ending_effect(event: Event, schedules: Sequence[Schedule]) -> EventEffect:
    cited = [item for item in schedules if deadlines.concerns(event, item.obligation)]
    ended = [item.ended.last_day for item in cited if item.ended]
    if not cited or (ended and max(ended) < event.on):
        if cited:
            text = _("ends nothing: it ended before {day}").format(day=format_day(event.on))
        else:
            text = _("ends nothing: no obligation is named")
        return EventEffect(text=text, is_void=True)
    text = _("ends {ids} on {day}").format(ids=", ".join(event.about), day=format_day(event.on))
    return EventEffect(text=text)


def _short_name(obligation: Obligation) -> str:
    return obligation.alias or obligation.id


def _assessments(history: Sequence[Event]) -> tuple[Event, ...]:
    """Return the latest assessment of each speaker on each scale, oldest first."""
    latest: dict[tuple[str, str | None], Event] = {}
    for event in history:
        if event.kind is EventKind.ASSESSMENT:
            key = name_key(event.speaker), event.scale and name_key(event.scale)
            latest.pop(key, None)
            latest[key] = event
    return tuple(latest.values())


def assess_within(
    obligation: Obligation, events: Iterable[Event], *, today: date, days: int
) -> Status:
    """Assess an obligation today, with every deadline due within `days`.

    The schedule of a series stops at its next date; a weekly series has more dates
    within a month.
    """
    current_events = [event for event in events if event.on <= today]
    current_schedule = deadlines.schedule(obligation, current_events, until=today)
    current_status = assess(current_schedule, current_events, today=today)
    limit = obligation.limit
    is_single = not isinstance(limit, Within) or limit.then_every is None
    if current_status.timing is Timing.ENDED or is_single or not current_schedule.deadlines:
        return current_status
    horizon = min(days, (date.max - today).days)
    # Ignore the end of the case: an end after today is not in effect yet.
    future_schedule = deadlines.schedule(
        without_end(obligation), current_events, until=today + timedelta(horizon)
    )
    future_status = assess(future_schedule, current_events, today=today)
    listed_ids = {item.deadline.id for item in current_status.deadlines}
    future_deadlines = tuple(
        item
        for item in future_status.deadlines
        if item.deadline.id not in listed_ids and item.days_left <= horizon
    )
    return replace(current_status, deadlines=(*current_status.deadlines, *future_deadlines))


def without_end(obligation: Obligation) -> Obligation:
    """Return an obligation as if neither it nor its order or case had ended."""
    if obligation.end is None:
        return obligation
    case = replace(obligation.order.case, ended=None)
    return replace(obligation, ended=None, order=replace(obligation.order, ended=None, case=case))
