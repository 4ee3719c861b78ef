"""The parts of which the JSON documents are made; every field is always there."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date

from orderwatch.model import (
    Case,
    Contested,
    Deadline,
    DeadlineStatus,
    Decision,
    End,
    Event,
    Obligation,
    On,
    Order,
    Schedule,
    Source,
    Status,
    Submission,
    TimeLimit,
    Undated,
    View,
    Votes,
)
from orderwatch.render import phrases

Document = dict[str, object]


def obligation(view: View, status: Status) -> Document:
    """Describe one obligation and where it stands."""
    duty = status.obligation
    case = duty.order.case
    return {
        "id": duty.id,
        "alias": duty.alias,
        "point": duty.point,
        "paragraph": duty.paragraph,
        "kind": duty.kind.value,
        "also": [kind.value for kind in duty.also],
        "case": {
            "number": case.number,
            "short": case.short,
            "last_seen": _day(case.seen),
            "ended": _end(case.ended, view.as_of),
        },
        "order": {
            "id": duty.order.id,
            "date": str(duty.order.made),
            "url": duty.order.url,
        },
        "addressees": list(duty.addressees),
        "summary": duty.summary,
        "votes": _votes(duty.votes),
        "in_force": status.in_force,
        "timing": status.timing.value,
        "time_limit": phrases.time_limit(duty.limit),
        "time_limit_kind": _limit_kind(duty.limit),
        "awaiting": status.awaiting,
        "deadlines": [deadline(item) for item in status.deadlines],
        "assessments": [_assessment(item) for item in status.assessments],
        "events": status.count,
        "latest_event": _latest(status.latest) if status.latest else None,
        "contested": _contested(duty.contested),
        "grade": duty.grade,
        "time_limit_grade": duty.limit_grade,
        "note": duty.note,
        "notes": list(status.notes),
        "sources": _sources(duty.sources),
    }


def deadline(item: DeadlineStatus) -> Document:
    """Describe one deadline, seen from one day."""
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
    """Describe how the dates of one obligation were computed."""
    duty = schedule.obligation
    return {
        "id": duty.id,
        "alias": duty.alias,
        "paragraph": duty.paragraph,
        "summary": duty.summary,
        "time_limit": phrases.time_limit(duty.limit),
        "awaiting": schedule.awaiting,
        "deadlines": [explained(item) for item in schedule.deadlines],
        "notes": list(schedule.notes),
    }


def explained(item: Deadline) -> Document:
    """Describe how one date was computed."""
    return {
        "id": item.id,
        "due": str(item.due),
        "weekday": phrases.WEEKDAYS[item.due.weekday()],
        "non_working_day": item.non_working is not None,
        "extended_from": _day(item.extended_from),
        "steps": list(item.steps),
        "notes": list(item.notes),
    }


def event(item: Event) -> Document:
    """Describe what somebody says has happened."""
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
        "attachments": [asdict(file) for file in item.attachments],
        "recorded": item.recorded and phrases.instant(item.recorded),
        "recorder": item.recorder,
        "fate": item.fate,
    }


def case_in_full(view: View, case: Case) -> Document:
    """Describe a case, without what came after the day of the view."""
    return {
        "number": case.number,
        "short": case.short,
        "title": case.title,
        "applicants": list(case.applicants),
        "respondents": list(case.respondents),
        "url": case.url,
        "last_seen": _day(case.seen),
        "ended": _end(case.ended, view.as_of),
        "state": phrases.case_state(case, view.as_of),
        "note": case.note,
        "sources": _sources(case.sources),
    }


def order_in_short(view: View, order: Order) -> Document:
    """Describe an order on one row."""
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


def order_in_full(view: View, order: Order, decisions: Iterable[Decision]) -> Document:
    """Describe an order with the points that ask nothing of anybody."""
    return {
        **order_in_short(view, order),
        "document_grade": order.document_grade,
        "organ": order.organ,
        "citation": order.citation,
        "bench": order.bench,
        "reaffirms": list(order.reaffirms),
        "modifies": list(order.modifies),
        "ended": _end(order.ended, view.as_of),
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


def addressees(order: Order, duties: Iterable[Obligation]) -> list[str]:
    """List who was asked for anything by an order, each once."""
    names = (
        name for duty in duties if duty.order.id == order.id for name in duty.addressees
    )
    return list(dict.fromkeys(names))


def _submission(found: Submission | None) -> Document | None:
    if found is None:
        return None
    return {
        "state": found.state.value,
        "on": str(found.event.on),
        "days_late": found.days_late,
        "event": found.event.id,
        "speaker": found.event.speaker,
        "by": list(found.event.by),
        "source": found.event.source,
    }


def _assessment(item: Event) -> Document:
    return {
        "speaker": item.speaker,
        "role": item.role.value,
        "finding": item.finding,
        "scale": item.scale,
        "on": str(item.on),
        "source": item.source,
        "event": item.id,
        "summary": item.summary,
    }


def _latest(item: Event) -> Document:
    return {
        "id": item.id,
        "on": str(item.on),
        "kind": item.kind.value,
        "speaker": item.speaker,
        "summary": item.summary,
        "source": item.source,
    }


def _votes(cast: Votes | None) -> Document | None:
    if cast is None:
        return None
    return {
        "for": cast.in_favour,
        "against": cast.against,
        "unanimous": cast.unanimous,
        "dissenting": None if cast.dissenting is None else list(cast.dissenting),
        "grade": cast.grade,
        "names_grade": cast.names_grade,
        "note": cast.note,
    }


def _contested(found: Contested | None) -> Document | None:
    if found is None:
        return None
    return {"text": found.text, "sources": _sources(found.sources)}


def _sources(sources: Iterable[Source]) -> list[Document]:
    return [
        {"url": item.url, "grade": item.grade.value, "title": item.title}
        for item in sources
    ]


def _end(end: End | None, day: date) -> Document | None:
    if end is None or not end.by(day):
        return None
    return {"year": end.year, "date": _day(end.day), "text": end.text}


def _limit_kind(limit: TimeLimit) -> str:
    if isinstance(limit, Undated):
        return limit.standing.value
    return "on" if isinstance(limit, On) else "within"


def _day(day: date | None) -> str | None:
    return str(day) if day else None
