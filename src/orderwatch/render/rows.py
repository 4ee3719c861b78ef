"""Flat records for the outputs that have columns: one name, one value."""

from collections.abc import Iterable, Iterator, Sequence

from orderwatch.model import (
    Dossier,
    Event,
    Obligation,
    Order,
    Schedule,
    Status,
    Submission,
    View,
)
from orderwatch.render import phrases
from orderwatch.render.layout import overview
from orderwatch.render.parts import addressees

Value = str | int | bool | None
Row = dict[str, Value]

HEAD = ("as_of", "known_on", "register_reviewed", "log_size", "log_root")
"""The last columns of every table: from where its reader looks."""

_DEADLINE = (
    *("deadline", "due", "weekday", "non_working_day", "days_left", "extended_from"),
    *("submission_state", "submission_on", "submission_days_late"),
    *("submission_speaker", "submission_source"),
)
STATUS = (
    *("id", "alias", "paragraph", "kind", "case_number", "case", "order"),
    *("order_date", "order_url", "addressees", "summary", "votes_for"),
    *("votes_against", "dissenting", "in_force", "timing", "time_limit", "awaiting"),
    *_DEADLINE,
    *("deadlines", "assessments", "events", "latest_event_on", "latest_event"),
    *("case_last_seen", *HEAD),
)
COUNTDOWN = (
    *("id", "alias", "case", "addressees", "summary", "order_url", "timing"),
    *(*_DEADLINE, "case_last_seen", *HEAD),
)
EXPLAIN = (
    *("id", "time_limit", "deadline", "due", "weekday", "non_working_day"),
    *("extended_from", "steps", "notes", *HEAD),
)
EVENTS = (
    *("id", "seq", "origin", "on", "kind", "speaker", "role", "by", "summary"),
    *("about", "source", "further", "archive", "grade", "inferred", "finding"),
    *("scale", "extends_to", "trigger", "ends", "attachments"),
    *("recorded", "recorder", "fate", *HEAD),
)
ORDERS = (
    *("id", "case_number", "case", "date", "alias", "outcome", "title"),
    *("addressees", "obligations", "document", "url", "in_force", *HEAD),
)


def status(view: View, statuses: Sequence[Status]) -> list[Row]:
    """Flatten each obligation, with the deadline that counts now."""
    return [_status(view, item) for item in statuses]


def countdown(view: View, statuses: Sequence[Status]) -> list[Row]:
    """Flatten the deadlines to come, nearest first."""
    coming = {item.deadline.obligation.id for item in overview(view, statuses).to_come}
    found = [_status(view, item) for item in statuses if item.obligation.id in coming]
    found.sort(key=lambda row: (str(row["due"]), str(row["id"])))
    return [{name: row[name] for name in COUNTDOWN} for row in found]


def show(view: View, dossier: Dossier) -> list[Row]:
    """Flatten the obligations of a dossier."""
    return status(view, dossier.statuses)


def explain(view: View, schedules: Sequence[Schedule]) -> list[Row]:
    """Flatten each date with its steps, or each obligation without one."""
    return [row for item in schedules for row in _explained(view, item)]


def events(view: View, events: Sequence[Event]) -> Iterator[Row]:
    """Flatten public record and log, one by one: a log can hold a million."""
    return (_event(view, item) for item in events)


def orders(
    view: View, orders: Sequence[Order], duties: Sequence[Obligation]
) -> list[Row]:
    """Flatten the register, one row an order."""
    return [
        {
            "id": order.id,
            "case_number": order.case.number,
            "case": order.case.short,
            "date": str(order.made),
            "alias": order.alias,
            "outcome": order.outcome.value,
            "title": order.title,
            "addressees": _listed(addressees(order, duties)),
            "obligations": sum(duty.order.id == order.id for duty in duties),
            "document": order.document,
            "url": order.url,
            "in_force": order.in_force(view.as_of),
            **_head(view),
        }
        for order in orders
    ]


def _status(view: View, item: Status) -> Row:
    duty = item.obligation
    case, cast = duty.order.case, duty.votes
    last = item.latest
    return {
        "id": duty.id,
        "alias": duty.alias,
        "paragraph": duty.paragraph,
        "kind": duty.kind.value,
        "case_number": case.number,
        "case": case.short,
        "order": duty.order.id,
        "order_date": str(duty.order.made),
        "order_url": duty.order.url,
        "addressees": _listed(duty.addressees),
        "summary": duty.summary,
        "votes_for": cast.in_favour if cast else None,
        "votes_against": cast.against if cast else None,
        "dissenting": _listed(cast.dissenting or ()) if cast else None,
        "in_force": item.in_force,
        "timing": item.timing.value,
        "time_limit": phrases.time_limit(duty.limit),
        "awaiting": item.awaiting,
        **_deadline(item),
        "deadlines": len(item.deadlines),
        "assessments": _listed(phrases.said(event) for event in item.assessments),
        "events": item.count,
        "latest_event_on": str(last.on) if last else None,
        "latest_event": last.summary if last else None,
        "case_last_seen": str(case.seen) if case.seen else None,
        **_head(view),
    }


def _deadline(item: Status) -> Row:
    if item.current is None:
        return dict.fromkeys(_DEADLINE)
    found = item.current.deadline
    return {
        "deadline": found.id,
        "due": str(found.due),
        "weekday": phrases.WEEKDAYS[found.due.weekday()],
        "non_working_day": found.non_working is not None,
        "days_left": item.current.days_left,
        "extended_from": str(found.extended_from) if found.extended_from else None,
        **_submission(item.current.submission),
    }


def _submission(found: Submission | None) -> Row:
    return {
        "submission_state": found.state.value if found else None,
        "submission_on": str(found.event.on) if found else None,
        "submission_days_late": found.days_late if found else None,
        "submission_speaker": found.event.speaker if found else None,
        "submission_source": found.event.source if found else None,
    }


def _explained(view: View, item: Schedule) -> list[Row]:
    about: Row = {
        "id": item.obligation.id,
        "time_limit": phrases.time_limit(item.obligation.limit),
    }
    dated: list[Row] = [
        {
            "deadline": found.id,
            "due": str(found.due),
            "weekday": phrases.WEEKDAYS[found.due.weekday()],
            "non_working_day": found.non_working is not None,
            "extended_from": str(found.extended_from) if found.extended_from else None,
            "steps": _listed(found.steps),
            "notes": " ".join(found.notes),
        }
        for found in item.deadlines
    ]
    if not dated:
        dated = [{**dict.fromkeys(EXPLAIN[2:-6]), "notes": " ".join(item.notes)}]
    return [{**about, **row, **_head(view)} for row in dated]


def _event(view: View, item: Event) -> Row:
    return {
        "id": item.id,
        "seq": item.seq,
        "origin": item.origin.value,
        "on": str(item.on),
        "kind": item.kind.value,
        "speaker": item.speaker,
        "role": item.role.value,
        "by": _listed(item.by),
        "summary": item.summary,
        "about": _listed(item.about),
        "source": item.source,
        "further": _listed(item.further),
        "archive": item.archive,
        "grade": item.grade,
        "inferred": item.inferred,
        "finding": item.finding,
        "scale": item.scale,
        "extends_to": str(item.extends_to) if item.extends_to else None,
        "trigger": item.trigger,
        "ends": item.ends,
        "attachments": _listed(f"{f.name} ({f.sha256})" for f in item.attachments),
        "recorded": phrases.instant(item.recorded) if item.recorded else None,
        "recorder": item.recorder,
        "fate": item.fate,
        **_head(view),
    }


def _head(view: View) -> Row:
    return {
        "as_of": str(view.as_of),
        "known_on": str(view.known_on) if view.known_on else None,
        "register_reviewed": str(view.reviewed),
        "log_size": view.log.size,
        "log_root": phrases.root(view),
    }


def _listed(names: Iterable[str]) -> str:
    return "; ".join(names)
