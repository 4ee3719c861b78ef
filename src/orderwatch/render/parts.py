"""The parts of which the JSON documents are made; every field is always there."""

from collections.abc import Iterable
from datetime import date

from orderwatch.model import (
    Case,
    Contested,
    Deadline,
    DeadlineStatus,
    Decision,
    Ending,
    Event,
    Obligation,
    On,
    Order,
    Provenance,
    Schedule,
    Source,
    Status,
    Submission,
    TimeLimit,
    Undated,
    Votes,
)
from orderwatch.render import phrases

Document = dict[str, object]


def obligation(view: Provenance, status: Status) -> Document:
    """Build the object of an obligation and its status."""
    entry = status.obligation
    case = entry.order.case
    return {
        "id": entry.id,
        "alias": entry.alias,
        "point": entry.point,
        "paragraph": entry.paragraph,
        "kind": entry.kind.value,
        "also": [kind.value for kind in entry.also],
        "case": {
            "number": case.number,
            "short": case.short,
            "last_seen": _day(case.seen),
            "ended": _ending(case.ended, view.as_of),
        },
        "order": {
            "id": entry.order.id,
            "date": str(entry.order.made),
            "url": entry.order.url,
        },
        "addressees": list(entry.addressees),
        "summary": entry.summary,
        "votes": _votes(entry.votes),
        "in_force": status.in_force,
        "timing": status.timing.value,
        "time_limit": phrases.time_limit(entry.limit),
        "time_limit_kind": _limit_kind(entry.limit),
        "awaiting": status.awaiting,
        "deadlines": [deadline(item) for item in status.deadlines],
        "assessments": [_assessment(item) for item in status.assessments],
        "events": status.count,
        "latest_event": _latest(status.latest) if status.latest else None,
        "contested": _contested(entry.contested),
        "grade": entry.grade,
        "time_limit_grade": entry.limit_grade,
        "note": entry.note,
        "notes": list(status.notes),
        "sources": _sources(entry.sources),
    }


def deadline(item: DeadlineStatus) -> Document:
    """Build the object of a deadline and its status."""
    due = item.deadline.due
    return {
        "id": item.deadline.id,
        "due": str(due),
        "weekday": phrases.WEEKDAYS[due.weekday()],
        "non_working_day": item.deadline.non_working is not None,
        "days_left": item.days_left,
        "timing": item.timing.value,
        "extended_from": _day(item.deadline.extended_from),
        "submission": _submission(item.submission),
    }


def explanation(schedule: Schedule) -> Document:
    """Build the object that explains the dates of an obligation."""
    obligation = schedule.obligation
    return {
        "id": obligation.id,
        "alias": obligation.alias,
        "paragraph": obligation.paragraph,
        "summary": obligation.summary,
        "time_limit": phrases.time_limit(obligation.limit),
        "awaiting": schedule.awaiting,
        "deadlines": [deadline_explanation(item) for item in schedule.deadlines],
        "notes": list(schedule.notes),
    }


def deadline_explanation(deadline: Deadline) -> Document:
    """Build the object that explains one date."""
    return {
        "id": deadline.id,
        "due": str(deadline.due),
        "weekday": phrases.WEEKDAYS[deadline.due.weekday()],
        "non_working_day": deadline.non_working is not None,
        "extended_from": _day(deadline.extended_from),
        "steps": list(deadline.steps),
        "notes": list(deadline.notes),
    }


def event(item: Event) -> Document:
    """Build the object of an event."""
    return {
        "id": item.id,
        "seq": item.seq,
        "origin": item.origin.value,
        "on": str(item.on),
        "kind": item.kind.value,
        "speaker": item.speaker,
        "role": item.role.value,
        "by": list(item.by),
        "summary": item.summary,
        "about": list(item.about),
        "source": item.source,
        "further": list(item.further),
        "archive": item.archive,
        "grade": item.grade,
        "inferred": item.inferred,
        "finding": item.finding,
        "scale": item.scale,
        "extends_to": _day(item.extends_to),
        "trigger": item.trigger,
        "ends": item.ends,
        "attachments": [dict(vars(file)) for file in item.attachments],
        "recorded": item.recorded and phrases.timestamp(item.recorded),
        "recorder": item.recorder,
        "fate": item.amended_by,
    }


def case_details(view: Provenance, case: Case) -> Document:
    """Build the object of a case; omit an end after the as-of date."""
    return {
        "number": case.number,
        "short": case.short,
        "title": case.title,
        "applicants": list(case.applicants),
        "respondents": list(case.respondents),
        "url": case.url,
        "last_seen": _day(case.seen),
        "ended": _ending(case.ended, view.as_of),
        "state": phrases.state_text(case, view.as_of),
        "note": case.note,
        "sources": _sources(case.sources),
    }


def order_summary(view: Provenance, order: Order) -> Document:
    """Build the object of an order in a list."""
    return {
        "id": order.id,
        "case": order.case.number,
        "short": order.case.short,
        "date": str(order.made),
        "alias": order.alias,
        "outcome": order.outcome.value,
        "title": order.title,
        "document": order.document,
        "url": order.url,
        "paragraph": order.paragraph,
        "in_force": order.in_force(view.as_of),
    }


def order_details(
    view: Provenance, order: Order, decisions: Iterable[Decision]
) -> Document:
    """Build the object of an order with the points that impose no obligation."""
    return {
        **order_summary(view, order),
        "document_grade": order.document_grade,
        "organ": order.organ,
        "citation": order.citation,
        "bench": order.bench,
        "reaffirms": list(order.reaffirms),
        "modifies": list(order.modifies),
        "ended": _ending(order.ended, view.as_of),
        "note": order.note,
        "sources": _sources(order.sources),
        "decisions": [
            {
                "point": item.point,
                "kind": item.kind.value,
                "summary": item.summary,
                "votes": _votes(item.votes),
                "grade": item.grade,
                "note": item.note,
                "sources": _sources(item.sources),
            }
            for item in decisions
            if item.order.id == order.id
        ],
    }


def addressees(order: Order, obligations: Iterable[Obligation]) -> list[str]:
    """List the addressees of the obligations of an order, without duplicates."""
    names = (
        name
        for obligation in obligations
        if obligation.order.id == order.id
        for name in obligation.addressees
    )
    return list(dict.fromkeys(names))


def _submission(submission: Submission | None) -> Document | None:
    if submission is None:
        return None
    return {
        "state": submission.state.value,
        "on": str(submission.event.on),
        "days_late": submission.days_late,
        "event": submission.event.id,
        "speaker": submission.event.speaker,
        "by": list(submission.event.by),
        "source": submission.event.source,
    }


def _assessment(event: Event) -> Document:
    return {
        "speaker": event.speaker,
        "role": event.role.value,
        "finding": event.finding,
        "scale": event.scale,
        "on": str(event.on),
        "source": event.source,
        "event": event.id,
        "summary": event.summary,
    }


def _latest(event: Event) -> Document:
    return {
        "id": event.id,
        "on": str(event.on),
        "kind": event.kind.value,
        "speaker": event.speaker,
        "summary": event.summary,
        "source": event.source,
    }


def _votes(votes: Votes | None) -> Document | None:
    if votes is None:
        return None
    return {
        "for": votes.in_favour,
        "against": votes.against,
        "unanimous": votes.unanimous,
        "dissenting": None if votes.dissenting is None else list(votes.dissenting),
        "grade": votes.grade,
        "names_grade": votes.names_grade,
        "note": votes.note,
    }


def _contested(contested: Contested | None) -> Document | None:
    if contested is None:
        return None
    return {"text": contested.text, "sources": _sources(contested.sources)}


def _sources(sources: Iterable[Source]) -> list[Document]:
    return [
        {"url": item.url, "grade": item.grade.value, "title": item.title}
        for item in sources
    ]


def _ending(ending: Ending | None, day: date) -> Document | None:
    if ending is None or not ending.is_over_on(day):
        return None
    return {"year": ending.year, "date": _day(ending.day), "text": ending.text}


def _limit_kind(limit: TimeLimit) -> str:
    if isinstance(limit, Undated):
        return limit.standing.value
    return "on" if isinstance(limit, On) else "within"


def _day(day: date | None) -> str | None:
    return str(day) if day else None
