"""Render iCalendar files (RFC 5545 and 7986): one all-day event per deadline.

The UID of a deadline is stable when its date moves, since its id holds the date first
computed. `SEQUENCE`, `DTSTAMP` and `LAST-MODIFIED` come from `revisions`.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from orderwatch.model import (
    CaseFile,
    Deadline,
    DeadlineStatus,
    Ending,
    Provenance,
    Revision,
    Status,
)
from orderwatch.render import phrases
from orderwatch.render.sanitize import safe_url, sanitize
from orderwatch.revisions import Revisions
from orderwatch.translation import _

if TYPE_CHECKING:
    from icalendar import Calendar, Component

FILE_NAME = "deadlines.ics"
"""A calendar of a published folder."""
_ONE_DAY = timedelta(days=1)


def calendar(  # noqa: PLR0913 - each is an option of the export
    view: Provenance,
    cases: Iterable[CaseFile],
    revisions: Revisions,
    *,
    cancelled: Iterable[tuple[Deadline, Ending]] = (),
    alarms: Sequence[int] = (),
    base_url: str | None = None,
    ended: bool = False,
    name: str | None = None,
    folder: str = "",
) -> bytes:
    """Render the deadlines of some cases; `alarms` are days before each.

    In a published folder, `name` and `folder` are those of the State or the case.

    `cancelled` holds deadlines that were dropped because a case, order or obligation
    ended. With `ended`, past deadlines of cases that have ended are among them.
    """
    components = [
        (_status_event(status, item, revision := revisions.of(item.deadline), alarms), revision)
        for case_file in cases
        for status in case_file.statuses
        for item in status.deadlines
        if ended or not _is_history(item.deadline, view.as_of)
    ]
    components += [
        (_cancelled_event(deadline, ending, revision := revisions.of(deadline, ending)), revision)
        for deadline, ending in cancelled
        if ended or not _is_history(deadline, view.as_of)
    ]
    vcalendar = _calendar("deadlines")
    title = _("orderwatch: deadlines")
    if name:
        title = _("orderwatch: deadlines, {name}").format(name=sanitize(name))
    vcalendar.add("name", title)
    vcalendar.add("x-wr-calname", title)
    sentences = [*phrases.data_remarks(view), phrases.as_of(view)]
    head = " ".join(f"{sentence}." for sentence in sentences)
    vcalendar.add("description", sanitize(f"{head} {phrases.reviewed(view)}"))
    instants = [revision.modified for _component, revision in components]
    instants += [] if revisions.latest is None else [revisions.latest.replace(microsecond=0)]
    if instants:
        vcalendar.add("last-modified", max(instants))
    vcalendar.add("refresh-interval", _ONE_DAY, parameters={"VALUE": "DURATION"})
    vcalendar.add("x-published-ttl", "P1D")
    if base_url:
        vcalendar.add("source", f"{base_url}{folder}{FILE_NAME}", parameters={"VALUE": "URI"})
        vcalendar.add("url", f"{base_url}{folder}")
    for component, _revision in components:
        vcalendar.add_component(component)
    return bytes(vcalendar.to_ical())


def reminder(items: Iterable[tuple[Status, DeadlineStatus, Revision]]) -> bytes:
    """Render the deadlines of a reminder, as `calendar` does."""
    vcalendar = _calendar("reminder")
    vcalendar.add("method", "PUBLISH")
    for status, item, revision in items:
        vcalendar.add_component(_status_event(status, item, revision))
    return bytes(vcalendar.to_ical())


def _is_history(deadline: Deadline, day: date) -> bool:
    """Return whether a deadline is past, and its case had ended by `day`."""
    end = deadline.obligation.order.case.ended
    return end is not None and end.is_over_on(day) and deadline.due < day


def _calendar(name: str) -> "Calendar":
    from icalendar import Calendar

    vcalendar = Calendar()
    vcalendar.add("prodid", f"-//orderwatch//{name}//EN")
    vcalendar.add("version", "2.0")
    return vcalendar


def _event(deadline: Deadline, revision: Revision) -> "Component":
    from icalendar import Event

    obligation = deadline.obligation
    component = Event()
    component.add("uid", f"{deadline.id}@orderwatch")
    component.add("sequence", revision.sequence)
    component.add("dtstamp", revision.modified)
    component.add("last-modified", revision.modified)
    component.add("dtstart", deadline.due)
    if deadline.due < date.max:
        component.add("dtend", deadline.due + _ONE_DAY)
    component.add("transp", "TRANSPARENT")
    component.add("summary", sanitize(phrases.deadline_sentence(obligation)))
    component.add("categories", [sanitize(obligation.order.case.short), obligation.kind.value])
    link = obligation.order.url and safe_url(obligation.order.url)
    if link:
        component.add("url", link)
    return component


def _status_event(
    status: Status, item: DeadlineStatus, revision: Revision, alarms: Sequence[int] = ()
) -> "Component":
    component = _event(item.deadline, revision)
    component.add("description", _description(status, item))
    for days in alarms:
        # An alarm sounds at midnight: that of today is over.
        if item.submission is None and item.days_left > days:
            component.add_component(_alarm(days, item.deadline))
    return component


def _cancelled_event(deadline: Deadline, ending: Ending, revision: Revision) -> "Component":
    """Build a cancelled event, for calendars that hold the deadline."""
    component = _event(deadline, revision)
    component.add("status", "CANCELLED")
    component.add("description", sanitize(phrases.ending(ending)))
    return component


def _alarm(days: int, deadline: Deadline) -> "Component":
    from icalendar import Alarm

    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", timedelta(days=-days))
    sentence = phrases.deadline_sentence(deadline.obligation)
    text = _("{sentence} {days}").format(sentence=sentence, days=phrases.days_from_now(days))
    alarm.add("description", sanitize(text))
    return alarm


def _description(status: Status, item: DeadlineStatus) -> str:
    obligation, order = status.obligation, status.obligation.order
    case, day = order.case, phrases.bare_day(order.made)
    lines = [
        _("{case} (No. {number}), order of {day}, {point}").format(
            case=case.short, number=case.number, day=day, point=obligation.paragraph
        ),
        _("Our summary: {summary}").format(summary=obligation.summary),
        _("Time-limit: {limit}").format(limit=phrases.time_limit(obligation.limit)),
        *phrases.date_remarks(item.deadline),
        _("On record: {event}").format(event=phrases.submission_or_none(item)),
        _(phrases.NO_JUDGE),
        _("Id: {id}").format(id=item.deadline.id),
    ]
    if item.submission and item.submission.event.source:
        lines.insert(-2, _("Source: {url}").format(url=item.submission.event.source))
    return "\n".join(sanitize(line) for line in lines)
