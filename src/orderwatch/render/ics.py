"""Render iCalendar files (RFC 5545): one all-day event per deadline.

The UID of a deadline is stable when its date moves, since its id holds the date first
computed. `SEQUENCE` counts extensions, and once more each that was withdrawn. The
content depends on the record alone, never on the clock.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from orderwatch.model import (
    CaseFile,
    Deadline,
    DeadlineStatus,
    Event,
    Obligation,
    Provenance,
    Status,
)
from orderwatch.render import phrases
from orderwatch.render.sanitize import safe_url, sanitize

if TYPE_CHECKING:
    from icalendar import Calendar, Component

_ONE_DAY = timedelta(days=1)


def calendar(
    view: Provenance,
    cases: Iterable[CaseFile],
    *,
    history: Sequence[Event] = (),
    cancelled: Sequence[Deadline] = (),
    alarms: Sequence[int] = (),
) -> bytes:
    """Render the deadlines of some cases; `alarms` are days before each.

    `history` holds events that moved dates, including withdrawn ones; `cancelled` holds
    deadlines that were dropped because a case, order or obligation ended.
    """
    vcalendar = _calendar("deadlines")
    vcalendar.add("name", "orderwatch: deadlines")
    vcalendar.add("x-wr-calname", "orderwatch: deadlines")
    vcalendar.add("description", f"{phrases.as_of(view)}. {phrases.reviewed(view)}")
    for dossier in cases:
        # Events of the register are in the dossier but not in the log's history.
        events = {event.id: event for event in (*dossier.events, *history)}.values()
        for status in dossier.statuses:
            for item in status.deadlines:
                component = _event(status.obligation, item.deadline, events)
                component.add("description", _description(view, status, item))
                _set_timestamps(component, last_modified(status.obligation, events, item))
                for days in alarms:
                    component.add_component(_alarm(days, item.deadline))
                vcalendar.add_component(component)
    for deadline in cancelled:
        vcalendar.add_component(_cancelled_event(deadline, history))
    return bytes(vcalendar.to_ical())


def reminder(items: Iterable[tuple[Status, DeadlineStatus]], now: datetime) -> bytes:
    """Render the deadlines of a reminder; `now` is its creation time."""
    vcalendar = _calendar("reminder")
    vcalendar.add("method", "PUBLISH")
    for status, item in items:
        obligation = status.obligation
        component = _event(obligation, item.deadline, status.events)
        component.add(
            "description",
            sanitize(f"{obligation.order.case.short}: {obligation.summary}"),
        )
        component.add("dtstamp", now.replace(microsecond=0))
        vcalendar.add_component(component)
    return bytes(vcalendar.to_ical())


def _calendar(name: str) -> "Calendar":
    from icalendar import Calendar

    vcalendar = Calendar()
    vcalendar.add("prodid", f"-//orderwatch//{name}//EN")
    vcalendar.add("version", "2.0")
    return vcalendar


def _event(obligation: Obligation, deadline: Deadline, events: Iterable[Event]) -> "Component":
    from icalendar import Event as Made

    component = Made()
    component.add("uid", f"{deadline.id}@orderwatch")
    component.add("sequence", _sequence(obligation, events))
    component.add("dtstart", deadline.due)
    if deadline.due < date.max:
        component.add("dtend", deadline.due + _ONE_DAY)
    component.add("transp", "TRANSPARENT")
    addressees = ", ".join(obligation.addressees) or "Nobody named"
    component.add("summary", sanitize(f"{addressees}: {obligation.id} is due"))
    component.add("categories", [sanitize(obligation.order.case.short), obligation.kind.value])
    link = obligation.order.url and safe_url(obligation.order.url)
    if link:
        component.add("url", link)
    return component


def _cancelled_event(deadline: Deadline, history: Iterable[Event]) -> "Component":
    """Build a cancelled event, for calendars that hold the deadline."""
    obligation, ending = deadline.obligation, deadline.obligation.end
    component = _event(obligation, deadline, history)
    component["sequence"] = _sequence(obligation, history) + 1
    component.add("status", "CANCELLED")
    component.add("description", sanitize(phrases.ending(ending)) if ending else "")
    _set_timestamps(
        component,
        _midnight_utc(ending.last_day) if ending else None,
    )
    return component


def _alarm(days: int, deadline: Deadline) -> "Component":
    from icalendar import Alarm

    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", timedelta(days=-days))
    alarm.add("description", sanitize(f"{deadline.id}: {phrases.count(days, 'day')} left"))
    return alarm


def _description(view: Provenance, status: Status, item: DeadlineStatus) -> str:
    obligation, order = status.obligation, status.obligation.order
    case, day = order.case, phrases.bare_day(order.made)
    lines = [
        f"{case.short} (No. {case.number}), order of {day}, {obligation.paragraph}",
        obligation.summary,
        f"Time-limit: {phrases.time_limit(obligation.limit)}",
        *phrases.date_remarks(item.deadline),
        f"On record: {phrases.submission_or_none(item)}",
        phrases.NO_JUDGE,
        phrases.reviewed(view),
    ]
    if item.submission and item.submission.event.source:
        lines.insert(-2, f"Source: {item.submission.event.source}")
    return "\n".join(sanitize(line) for line in lines)


def _set_timestamps(component: "Component", timestamp: datetime | None) -> None:
    if timestamp is not None:
        component.add("dtstamp", timestamp)
        component.add("last-modified", timestamp)


def last_modified(
    obligation: Obligation, events: Iterable[Event], item: DeadlineStatus
) -> datetime:
    """Return the time of the last change to a deadline or its submission."""
    timestamps = [_midnight_utc(obligation.order.made)]
    timestamps += [event_timestamp(event) for event in _extensions(obligation, events)]
    if item.submission:
        timestamps.append(event_timestamp(item.submission.event))
    return max(timestamps)


def _sequence(obligation: Obligation, events: Iterable[Event]) -> int:
    return sum(1 + (event.amended_by is not None) for event in _extensions(obligation, events))


def _extensions(obligation: Obligation, events: Iterable[Event]) -> list[Event]:
    names = {obligation.id, obligation.order.id, obligation.order.case.id}
    return [
        event
        for event in events
        if event.extends_to is not None and not names.isdisjoint(event.subjects)
    ]


def event_timestamp(event: Event) -> datetime:
    """Return when an event was logged, or else midnight of its own date."""
    if event.recorded is not None:
        return event.recorded.astimezone(UTC).replace(microsecond=0)
    return _midnight_utc(event.on)


def _midnight_utc(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
