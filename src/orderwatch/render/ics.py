"""Calendar files as RFC 5545 has them: whole days, one event for each deadline.

A deadline keeps its UID when its date moves, since its id holds the date first
computed. `SEQUENCE` then counts on: every extension counts, and once more if it was
taken back. What a file says depends on the record alone, never on the clock.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from orderwatch.model import (
    Deadline,
    DeadlineStatus,
    Dossier,
    Event,
    Obligation,
    Status,
    View,
)
from orderwatch.render import phrases
from orderwatch.render.sanitize import safe_url, visible

if TYPE_CHECKING:
    from icalendar import Calendar, Component

_DAY = timedelta(days=1)


def calendar(
    view: View,
    cases: Iterable[Dossier],
    *,
    history: Sequence[Event] = (),
    cancelled: Sequence[Deadline] = (),
    alarms: Sequence[int] = (),
) -> bytes:
    """Write every deadline of some cases; `alarms` are days before each.

    `history` holds what moved dates, also what was taken back since; `cancelled` are
    deadlines that no longer come, since what they belong to has ended.
    """
    made = _calendar("deadlines")
    made.add("name", "orderwatch: deadlines")
    made.add("x-wr-calname", "orderwatch: deadlines")
    made.add("description", f"{phrases.as_of(view)}. {phrases.reviewed(view)}")
    for dossier in cases:
        # What is on record and not in the log's history is of the register.
        past = {event.id: event for event in (*dossier.events, *history)}.values()
        for status in dossier.statuses:
            for item in status.deadlines:
                found = _event(status.obligation, item.deadline, past)
                found.add("description", _about(view, status, item))
                _stamp(found, changed(status.obligation, past, item))
                for days in alarms:
                    found.add_component(_alarm(days, item.deadline))
                made.add_component(found)
    for deadline in cancelled:
        made.add_component(_cancelled(deadline, history))
    return bytes(made.to_ical())


def reminder(items: Iterable[tuple[Status, DeadlineStatus]], now: datetime) -> bytes:
    """Write the deadlines that a message is about; `now` is when it is made."""
    made = _calendar("reminder")
    made.add("method", "PUBLISH")
    for status, item in items:
        duty = status.obligation
        found = _event(duty, item.deadline, status.events)
        found.add("description", visible(f"{duty.order.case.short}: {duty.summary}"))
        found.add("dtstamp", now.replace(microsecond=0))
        made.add_component(found)
    return bytes(made.to_ical())


def _calendar(what: str) -> "Calendar":
    from icalendar import Calendar

    made = Calendar()
    made.add("prodid", f"-//orderwatch//{what}//EN")
    made.add("version", "2.0")
    return made


def _event(
    duty: Obligation, deadline: Deadline, events: Iterable[Event]
) -> "Component":
    from icalendar import Event as Made

    found = Made()
    found.add("uid", f"{deadline.id}@orderwatch")
    found.add("sequence", _revisions(duty, events))
    found.add("dtstart", deadline.due)
    if deadline.due < date.max:
        found.add("dtend", deadline.due + _DAY)
    found.add("transp", "TRANSPARENT")
    who = ", ".join(duty.addressees) or "Nobody named"
    found.add("summary", visible(f"{who}: {duty.id} is due"))
    found.add("categories", [visible(duty.order.case.short), duty.kind.value])
    link = duty.order.url and safe_url(duty.order.url)
    if link:
        found.add("url", link)
    return found


def _cancelled(deadline: Deadline, history: Iterable[Event]) -> "Component":
    """Write a deadline that no longer comes, for those whose calendars have it."""
    duty, end = deadline.obligation, deadline.obligation.end
    found = _event(duty, deadline, history)
    found["sequence"] = _revisions(duty, history) + 1
    found.add("status", "CANCELLED")
    found.add("description", visible(phrases.ended(end)) if end else "")
    _stamp(found, _midnight(end.day or date(end.year, 12, 31)) if end else None)
    return found


def _alarm(days: int, deadline: Deadline) -> "Component":
    from icalendar import Alarm

    made = Alarm()
    made.add("action", "DISPLAY")
    made.add("trigger", timedelta(days=-days))
    made.add(
        "description", visible(f"{deadline.id}: {phrases.count(days, 'day')} left")
    )
    return made


def _about(view: View, status: Status, item: DeadlineStatus) -> str:
    duty, order = status.obligation, status.obligation.order
    case, day = order.case, phrases.bare_day(order.made)
    lines = [
        f"{case.short} (No. {case.number}), order of {day}, {duty.paragraph}",
        duty.summary,
        f"Time-limit: {phrases.time_limit(duty.limit)}",
        *phrases.moved(item.deadline),
        f"On record: {phrases.recorded(item)}",
        phrases.NO_JUDGE,
        phrases.reviewed(view),
    ]
    if item.submission and item.submission.event.source:
        lines.insert(-2, f"Source: {item.submission.event.source}")
    return "\n".join(visible(line) for line in lines)


def _stamp(found: "Component", moment: datetime | None) -> None:
    if moment is not None:
        found.add("dtstamp", moment)
        found.add("last-modified", moment)


def changed(
    duty: Obligation, events: Iterable[Event], item: DeadlineStatus
) -> datetime:
    """Find when the last of what a deadline rests on came to be known."""
    moments = [_midnight(duty.order.made)]
    moments += [known_at(event) for event in _movers(duty, events)]
    if item.submission:
        moments.append(known_at(item.submission.event))
    return max(moments)


def _revisions(duty: Obligation, events: Iterable[Event]) -> int:
    return sum(1 + (event.fate is not None) for event in _movers(duty, events))


def _movers(duty: Obligation, events: Iterable[Event]) -> list[Event]:
    names = {duty.id, duty.order.id, duty.order.case.id}
    return [
        event
        for event in events
        if event.extends_to is not None
        and any(name.partition("@")[0] in names for name in event.about)
    ]


def known_at(event: Event) -> datetime:
    """Say when an event came to be known: recorded in the log, else its own day."""
    if event.recorded is not None:
        return event.recorded.astimezone(UTC).replace(microsecond=0)
    return _midnight(event.on)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
