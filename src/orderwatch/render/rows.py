"""Flat records for the outputs that have columns: one name, one value."""

from collections.abc import Iterable, Iterator, Sequence

from orderwatch.model import (
    CaseFile,
    Event,
    Obligation,
    Order,
    Provenance,
    Schedule,
    Status,
    Submission,
)
from orderwatch.render import phrases
from orderwatch.render.layout import overview
from orderwatch.render.parts import addressees

Value = str | int | bool | None
Row = dict[str, Value]

PROVENANCE_COLUMNS = ("as_of", "known_on", "register_reviewed", "log_size", "log_root")
"""The last columns of every table: dates, register and log it was computed from."""

_DEADLINE_COLUMNS = (
    *("deadline", "due", "weekday", "non_working_day", "days_left", "extended_from"),
    *("submission_state", "submission_on", "submission_days_late"),
    *("submission_speaker", "submission_source"),
)
STATUS_COLUMNS = (
    *("id", "alias", "paragraph", "kind", "case_number", "case", "order"),
    *("order_date", "order_url", "addressees", "summary", "votes_for"),
    *("votes_against", "dissenting", "in_force", "timing", "time_limit", "awaiting"),
    *_DEADLINE_COLUMNS,
    *("deadlines", "assessments", "events", "latest_event_on", "latest_event"),
    *("case_last_seen", *PROVENANCE_COLUMNS),
)
COUNTDOWN_COLUMNS = (
    *("id", "alias", "case", "addressees", "summary", "order_url", "timing"),
    *(*_DEADLINE_COLUMNS, "case_last_seen", *PROVENANCE_COLUMNS),
)
EXPLAIN_COLUMNS = (
    *("id", "time_limit", "deadline", "due", "weekday", "non_working_day"),
    *("extended_from", "steps", "notes", *PROVENANCE_COLUMNS),
)
EVENT_COLUMNS = (
    *("id", "seq", "origin", "on", "kind", "speaker", "role", "by", "summary"),
    *("about", "source", "further", "archive", "grade", "inferred", "finding"),
    *("scale", "extends_to", "trigger", "ends", "attachments"),
    *("recorded", "recorder", "fate", *PROVENANCE_COLUMNS),
)
ORDER_COLUMNS = (
    *("id", "case_number", "case", "date", "alias", "outcome", "title"),
    *("addressees", "obligations", "document", "url", "in_force", *PROVENANCE_COLUMNS),
)


def status(view: Provenance, statuses: Sequence[Status]) -> list[Row]:
    """Flatten each obligation, with the deadline that counts now."""
    return [_status_row(view, item) for item in statuses]


def countdown(view: Provenance, statuses: Sequence[Status]) -> list[Row]:
    """Flatten the deadlines to come, nearest first."""
    coming = {item.deadline.obligation.id for item in overview(view, statuses).to_come}
    found = [
        _status_row(view, item) for item in statuses if item.obligation.id in coming
    ]
    found.sort(key=lambda row: (str(row["due"]), str(row["id"])))
    return [{name: row[name] for name in COUNTDOWN_COLUMNS} for row in found]


def show(view: Provenance, dossier: CaseFile) -> list[Row]:
    """Flatten the obligations of a dossier."""
    return status(view, dossier.statuses)


def explain(view: Provenance, schedules: Sequence[Schedule]) -> list[Row]:
    """Flatten each date with its steps, or each obligation without one."""
    return [row for item in schedules for row in _schedule_rows(view, item)]


def events(view: Provenance, events: Sequence[Event]) -> Iterator[Row]:
    """Flatten public record and log, one by one: a log can hold a million."""
    return (_event_row(view, item) for item in events)


def orders(
    view: Provenance, orders: Sequence[Order], duties: Sequence[Obligation]
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
            "addressees": _join(addressees(order, duties)),
            "obligations": sum(duty.order.id == order.id for duty in duties),
            "document": order.document,
            "url": order.url,
            "in_force": order.in_force(view.as_of),
            **_provenance(view),
        }
        for order in orders
    ]


def _status_row(view: Provenance, status: Status) -> Row:
    obligation = status.obligation
    case, votes = obligation.order.case, obligation.votes
    last = status.latest
    return {
        "id": obligation.id,
        "alias": obligation.alias,
        "paragraph": obligation.paragraph,
        "kind": obligation.kind.value,
        "case_number": case.number,
        "case": case.short,
        "order": obligation.order.id,
        "order_date": str(obligation.order.made),
        "order_url": obligation.order.url,
        "addressees": _join(obligation.addressees),
        "summary": obligation.summary,
        "votes_for": votes.in_favour if votes else None,
        "votes_against": votes.against if votes else None,
        "dissenting": _join(votes.dissenting or ()) if votes else None,
        "in_force": status.in_force,
        "timing": status.timing.value,
        "time_limit": phrases.time_limit(obligation.limit),
        "awaiting": status.awaiting,
        **_deadline_cells(status),
        "deadlines": len(status.deadlines),
        "assessments": _join(phrases.assessment(event) for event in status.assessments),
        "events": status.count,
        "latest_event_on": str(last.on) if last else None,
        "latest_event": last.summary if last else None,
        "case_last_seen": str(case.seen) if case.seen else None,
        **_provenance(view),
    }


def _deadline_cells(status: Status) -> Row:
    if status.current is None:
        return dict.fromkeys(_DEADLINE_COLUMNS)
    deadline = status.current.deadline
    return {
        "deadline": deadline.id,
        "due": str(deadline.due),
        "weekday": phrases.WEEKDAYS[deadline.due.weekday()],
        "non_working_day": deadline.non_working is not None,
        "days_left": status.current.days_left,
        "extended_from": str(deadline.extended_from)
        if deadline.extended_from
        else None,
        **_submission_cells(status.current.submission),
    }


def _submission_cells(submission: Submission | None) -> Row:
    return {
        "submission_state": submission.state.value if submission else None,
        "submission_on": str(submission.event.on) if submission else None,
        "submission_days_late": submission.days_late if submission else None,
        "submission_speaker": submission.event.speaker if submission else None,
        "submission_source": submission.event.source if submission else None,
    }


def _schedule_rows(view: Provenance, schedule: Schedule) -> list[Row]:
    head: Row = {
        "id": schedule.obligation.id,
        "time_limit": phrases.time_limit(schedule.obligation.limit),
    }
    rows: list[Row] = [
        {
            "deadline": deadline.id,
            "due": str(deadline.due),
            "weekday": phrases.WEEKDAYS[deadline.due.weekday()],
            "non_working_day": deadline.non_working is not None,
            "extended_from": str(deadline.extended_from)
            if deadline.extended_from
            else None,
            "steps": _join(deadline.steps),
            "notes": " ".join(deadline.notes),
        }
        for deadline in schedule.deadlines
    ]
    if not rows:
        rows = [
            {**dict.fromkeys(EXPLAIN_COLUMNS[2:-6]), "notes": " ".join(schedule.notes)}
        ]
    return [{**head, **row, **_provenance(view)} for row in rows]


def _event_row(view: Provenance, event: Event) -> Row:
    return {
        "id": event.id,
        "seq": event.seq,
        "origin": event.origin.value,
        "on": str(event.on),
        "kind": event.kind.value,
        "speaker": event.speaker,
        "role": event.role.value,
        "by": _join(event.by),
        "summary": event.summary,
        "about": _join(event.about),
        "source": event.source,
        "further": _join(event.further),
        "archive": event.archive,
        "grade": event.grade,
        "inferred": event.inferred,
        "finding": event.finding,
        "scale": event.scale,
        "extends_to": str(event.extends_to) if event.extends_to else None,
        "trigger": event.trigger,
        "ends": event.ends,
        "attachments": _join(
            f"{file.name} ({file.sha256})" for file in event.attachments
        ),
        "recorded": phrases.timestamp(event.recorded) if event.recorded else None,
        "recorder": event.recorder,
        "fate": event.amended_by,
        **_provenance(view),
    }


def _provenance(view: Provenance) -> Row:
    return {
        "as_of": str(view.as_of),
        "known_on": str(view.known_on) if view.known_on else None,
        "register_reviewed": str(view.reviewed),
        "log_size": view.log.size,
        "log_root": phrases.log_root(view),
    }


def _join(names: Iterable[str]) -> str:
    return "; ".join(names)
