"""Render JSON: one document per command, with control characters escaped."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from orderwatch.dates import WEEKDAY_NAMES
from orderwatch.frozen import Frozen
from orderwatch.model import (
    Case,
    CaseFile,
    Deadline,
    DeadlineStatus,
    Decision,
    Ending,
    Event,
    FactChange,
    Hit,
    Obligation,
    On,
    Order,
    Provenance,
    RecordChange,
    RegisterName,
    RegisterStatus,
    Schedule,
    Status,
    Submission,
    TimeLimit,
    Undated,
    Votes,
)
from orderwatch.model.entry import (
    AppendedEntry,
    Appointment,
    Authority,
    EntryKind,
    ImportResult,
    Rank,
    Shortfall,
    StoredEntry,
    VerificationReport,
    to_event,
)
from orderwatch.model.proof import Attested, Cosigned
from orderwatch.render import phrases
from orderwatch.render.layout import addressees, by_order, overview
from orderwatch.render.sanitize import escape_json

if TYPE_CHECKING:
    # 40 TypedDicts take five milliseconds.
    from orderwatch.render import documents


def status(
    view: Provenance,
    statuses: Sequence[Status],
    *,
    overview: bool,
    full: bool = False,
    empty: str | None = None,
) -> str:
    """Render all obligation statuses, also for an overview."""
    del overview, full, empty
    document: documents.StatusDocument = {
        **answer("status", view),
        "obligations": [obligation(view, item) for item in statuses],
    }
    return text(document)


def countdown(view: Provenance, statuses: Sequence[Status]) -> str:
    """Render the deadlines to come, nearest first."""
    document: documents.CountdownDocument = {
        **answer("countdown", view),
        "deadlines": [_upcoming(item) for item in overview(view, statuses).to_come],
    }
    return text(document)


def deadlines(view: Provenance, items: Sequence[DeadlineStatus], *, total: int) -> str:
    """Render deadlines as flat records, with the columns of the API."""
    del total
    document: documents.DeadlinesDocument = {
        **answer("deadlines", view),
        "deadlines": [item.row() for item in items],
    }
    return text(document)


def show(
    view: Provenance, case_file: CaseFile, *, sources: bool = False, limit: int | None = None
) -> str:
    """Render a case file: a case, an order or an obligation."""
    del sources
    return "".join(show_chunks(view, case_file, limit=limit))


def show_chunks(
    view: Provenance, case_file: CaseFile, *, limit: int | None = None
) -> Iterator[str]:
    """Yield the text of `show` an event at a time."""
    del limit
    document: documents.ShowDocument = {
        **answer("show", view),
        "subject": case_file.subject,
        "case": case(view, case_file.case),
        "orders": [order(view, item, case_file.decisions) for item in case_file.orders],
        "obligations": [obligation(view, item) for item in case_file.statuses],
        "explanations": [explanation(item) for item in case_file.schedules],
        "events": [],
    }
    return _with_events(document, case_file.events)


def explain(view: Provenance, schedules: Sequence[Schedule], *, every: bool = True) -> str:
    """Render how each date was computed."""
    del every
    single = schedules[0].obligation if len(schedules) == 1 else None
    explanations = [explanation(item) for item in schedules]
    document: documents.ExplainDocument = {
        **answer("explain", view),
        "id": single.id if single else _common_id(schedules),
        "time_limit": phrases.time_limit(single.limit) if single else None,
        "deadlines": [date for item in explanations for date in item["deadlines"]],
        "notes": [note for item in explanations for note in item["notes"]],
        "obligations": explanations,
    }
    return text(document)


def events(view: Provenance, events: Sequence[Event], *, total: int = 0) -> str:
    """Render the events of the public record and the log."""
    del total
    return "".join(event_chunks(view, events))


def event_chunks(view: Provenance, events: Iterable[Event]) -> Iterator[str]:
    """Yield the text of `events` an event at a time."""
    document: documents.LogDocument = {**answer("log", view), "events": []}
    return _with_events(document, events)


def _with_events(document: Mapping[str, object], events: Iterable[Event]) -> Iterator[str]:
    """Yield a document, whose last member is an empty list, with events in that list."""
    head, tail = text(document).rsplit("[]", 1)
    yield f"{head}["
    separator = ""
    for item in events:
        lines = text(event(item)).rstrip("\n").replace("\n", "\n    ")
        yield f"{separator}\n    {lines}"
        separator = ","
    yield f"\n  ]{tail}" if separator else f"]{tail}"


def changes(view: Provenance, changes: Sequence[RecordChange], *, since: date, total: int) -> str:
    """Render what register and log have gained or corrected."""
    del total
    document: documents.ChangesDocument = {
        **answer("changes", view),
        "since": since,
        "changes": [change(item) for item in changes],
    }
    return text(document)


def change(item: RecordChange) -> documents.RecordChange:
    """Build the object of a change of register or log."""
    return {
        "day": item.day,
        "origin": item.origin,
        "kind": item.kind,
        "ids": item.ids,
        "what": item.what,
        "was": item.was,
        "why": item.why,
        "moved_to": item.moved_to,
        "entry": item.entry,
        "recorder": item.recorder,
        "counts": item.counts,
    }


def register_diff(old: RegisterName, new: RegisterName, changes: Sequence[FactChange]) -> str:
    """Render what differs between two registers."""
    document: documents.RegisterDiffDocument = {
        "schema": "orderwatch/register-diff/1",
        "old": old,
        "new": new,
        "differences": tuple(changes),
    }
    return text(document)


def register_status(status: RegisterStatus) -> str:
    """Render the register in use, and where releases come from."""
    return text({"schema": "orderwatch/register-status/1", **vars(status)})


def orders(
    view: Provenance,
    orders: Sequence[Order],
    obligations: Sequence[Obligation],
    *,
    total: int = 0,
) -> str:
    """Render the orders of the register as a list."""
    del total
    groups = by_order(obligations)
    document: documents.OrdersDocument = {
        **answer("orders", view),
        "orders": [listed_order(view, item, groups[item.id]) for item in orders],
    }
    return text(document)


def find(view: Provenance, query: str, hits: Sequence[Hit], total: int | None = None) -> str:
    """Render the results of a search, best first."""
    document: documents.FindDocument = {
        **answer("find", view),
        "query": query,
        "total": len(hits) if total is None else total,
        "matches": list(map(hit, hits)),
    }
    return text(document)


def hit(item: Hit) -> documents.Found:
    """Build the object of a result of a search."""
    from orderwatch.render import hits as words

    order, source = item.order, item.event
    return {
        "type": item.type,
        "id": item.id,
        "alias": item.alias,
        "label": words.label(item),
        "case": {
            "number": item.case.number,
            "short": item.case.short,
            "title": item.case.title,
        },
        "about": source.about if source else (),
        "date": item.day,
        "in_force": item.in_force,
        "due": item.due,
        "url": source.source if source else order.url if order else item.case.url,
        "fields": item.fields,
    }


def text(document: Mapping[str, object]) -> str:
    """Encode a document as indented JSON; non-ASCII letters are not escaped."""
    encoded = json.dumps(document, ensure_ascii=False, indent=2, default=encode)
    return f"{escape_json(encoded)}\n"


def encode(value: object) -> object:
    """Encode what JSON lacks: instants, dates, and values whose fields are the keys."""
    if isinstance(value, datetime):
        return phrases.timestamp(value)
    return vars(value) if isinstance(value, Frozen) else str(value)


def answer(name: str, view: Provenance) -> documents.Answer:
    """Build the first keys: schema, dates, register and log."""
    return {
        "schema": f"orderwatch/{name}/1",
        "as_of": view.as_of,
        "known_on": view.known_on,
        "time_zone": view.time_zone,
        "follow": view.follow,
        "register": {
            "reviewed": view.reviewed,
            "sha256": view.register_sha256,
            "seen_to": view.seen_to,
            "age_days": max(0, view.age_days),
            "stale": view.stale,
            "awaiting": [order.id for order in view.awaiting],
            "release": view.release,
            "note": view.register_note,
        },
        "log": {
            "origin": view.log.origin,
            "size": view.log.size,
            "root": phrases.log_root(view),
        },
    }


def obligation(view: Provenance, status: Status) -> documents.Obligation:
    """Build the object of an obligation and its status."""
    item, latest = status.obligation, status.latest
    case = item.order.case
    return {
        "id": item.id,
        "alias": item.alias,
        "label": item.display_label,
        "point": item.point,
        "paragraph": item.paragraph,
        "kind": item.kind,
        "also": item.also,
        "case": {
            "number": case.number,
            "short": case.short,
            "last_seen": case.seen,
            "ended": _ending(case.ended, view.as_of),
        },
        "order": {"id": item.order.id, "date": item.order.made, "url": item.order.url},
        "addressees": item.addressees,
        "summary": item.summary,
        "votes": votes(item.votes),
        "in_force": status.in_force,
        "timing": status.timing,
        "time_limit": phrases.time_limit(item.limit),
        "time_limit_kind": _limit_kind(item.limit),
        "awaiting": status.awaiting,
        "deadlines": [deadline(item) for item in status.deadlines],
        "assessments": [_assessment(item) for item in status.assessments],
        "events": status.count,
        "latest_event": _latest(latest) if latest else None,
        "contested": item.contested,
        "grade": item.grade,
        "time_limit_grade": item.limit_grade,
        "note": item.note,
        "notes": status.notes,
        "sources": item.sources,
    }


def deadline(item: DeadlineStatus) -> documents.Deadline:
    """Build the object of a deadline and its status."""
    return {
        **_date(item.deadline),
        "days_left": item.days_left,
        "timing": item.timing,
        "extended_from": item.deadline.extended_from,
        "submission": _submission(item.submission) if item.submission else None,
    }


def explanation(schedule: Schedule) -> documents.Explanation:
    """Build the object that explains the dates of an obligation."""
    obligation = schedule.obligation
    return {
        "id": obligation.id,
        "alias": obligation.alias,
        "label": obligation.display_label,
        "paragraph": obligation.paragraph,
        "summary": obligation.summary,
        "time_limit": phrases.time_limit(obligation.limit),
        "awaiting": schedule.awaiting,
        "deadlines": [
            {
                **_date(item),
                "extended_from": item.extended_from,
                "steps": item.steps,
                "notes": item.notes,
            }
            for item in schedule.deadlines
        ],
        "notes": schedule.notes,
    }


def event(item: Event) -> documents.Event:
    """Build the object of an event."""
    return {
        "id": item.id,
        "seq": item.seq,
        "origin": item.origin,
        "on": item.on,
        "kind": item.kind,
        "speaker": item.speaker,
        "role": item.role,
        "by": item.by,
        "summary": item.summary,
        "about": item.about,
        "source": item.source,
        "further": item.further,
        "archive": item.archive,
        "grade": item.grade,
        "inferred": item.inferred,
        "finding": item.finding,
        "scale": item.scale,
        "access": item.access,
        "answers": item.answers,
        "extends_to": item.extends_to,
        "trigger": item.trigger,
        "ends": item.ends,
        "attachments": item.attachments,
        "recorded": item.recorded,
        "recorder": item.recorder,
        "fate": item.amended_by,
        "counts": item.counts,
        "void": item.void,
    }


def handover(entry: StoredEntry) -> documents.Handover:
    """Build the row of an entry of kind `handover`."""
    header, content = entry.header, entry.handover
    return {
        "seq": entry.seq,
        "id": header.id,
        "recorded": header.recorded,
        "recorder": header.recorder,
        "key": header.key,
        "date": content.date if content else None,
        "giver": content.giver if content else None,
        "receiver": content.receiver if content else None,
        "what": content.what if content else None,
        "file": content.file if content else None,
    }


def log_entry(entry: StoredEntry, leaf: bytes, custody: Sequence[StoredEntry] = ()) -> str:
    """Render an entry of the log, its leaf hash, and its handovers."""
    header = entry.header
    document: documents.LogEntryDocument = {
        "schema": "orderwatch/log-entry/1",
        "id": header.id,
        "seq": entry.seq,
        "kind": header.kind,
        "target": header.target,
        "recorded": header.recorded,
        "recorder": header.recorder,
        "leaf": b64encode(leaf).decode(),
        "payload": header.payload,
        "redacted": entry.redacted,
        "withheld": entry.withheld,
        "private": entry.private,
        "why": entry.why,
        "event": event(to_event(entry)) if entry.event else None,
        "effects": entry.effects,
        "void_effects": entry.void_effects,
        "counts": entry.counts,
        "key": header.key,
        "appointment": entry.appointment,
        "handover": handover(entry) if header.kind is EntryKind.HANDOVER else None,
        "custody": tuple(map(handover, custody)),
    }
    return text(document)


def appended(result: AppendedEntry) -> str:
    """Render the place of a new entry, and what its event counts for."""
    document: documents.EntryDocument = {
        "schema": "orderwatch/entry/1",
        "id": result.id,
        "seq": result.seq,
        "leaf": b64encode(result.leaf).decode(),
        "root": b64encode(result.root).decode(),
        "size": result.size,
        "effect": result.effect.text if result.effect else None,
        "counts_for": result.effect.deadlines if result.effect else (),
    }
    return text(document)


def imported(result: ImportResult, *, dry_run: bool) -> str:
    """Render what an import added to the log."""
    document: documents.ImportDocument = {
        "schema": "orderwatch/import/1",
        "added": result.added,
        "skipped": result.skipped,
        "filled": result.filled,
        "withheld": result.withheld,
        "dry_run": dry_run,
        "recorders": result.recorders,
        "amendments": result.amendments,
        "appointments": result.appointments,
        "size": result.size,
        "root": b64encode(result.root).decode(),
    }
    return text(document)


def _cosigned(state: Cosigned) -> documents.CosignedState:
    return {
        "entries": state.size,
        "witnesses": [
            {"name": name, "time": phrases.timestamp(time)} for name, time in state.witnesses
        ],
    }


def verified(
    report: VerificationReport,
    *,
    files: int,
    checkpoints: int,
    attested: Attested,
    shortfalls: Sequence[Shortfall] | None = None,
) -> str:
    """Render what was recomputed, who cosigned, and what entries lack of a standard."""
    rows: Iterable[documents.ShortfallRow] = (
        {"seq": item.seq, "id": item.event.id, "lacks": item.lacks} for item in shortfalls or ()
    )
    document: documents.VerifyDocument = {
        "schema": "orderwatch/verify/1",
        "size": report.size,
        "root": b64encode(report.root).decode(),
        "redacted": report.redacted,
        "withheld": report.withheld,
        "files": files,
        "checkpoints": checkpoints,
        "shortfalls": None if shortfalls is None else tuple(rows),
        "cosigned": _cosigned(attested.cosigned) if attested.cosigned else None,
        "stamps": [
            {
                "entries": item.size,
                "before": phrases.timestamp(item.time),
                "authority": item.authority,
            }
            for item in attested.stamps
        ],
    }
    return text(document)


def reminders(rows: Sequence[documents.Reminder]) -> str:
    """Render the reminders that were sent."""
    document: documents.RemindersDocument = {
        "schema": "orderwatch/reminders/1",
        "reminders": [*rows],
    }
    return text(document)


def recorders(
    authority: Authority, appointments: Sequence[tuple[int, Appointment]], home: str | None
) -> str:
    """Render the owner and the editors of a log, and the key of the home."""
    document: documents.RecordersDocument = {
        "schema": "orderwatch/recorders/1",
        "recorders": recorder_rows(authority, appointments, home),
        "home": home,
    }
    return text(document)


def recorder_rows(
    authority: Authority, appointments: Sequence[tuple[int, Appointment]], home: str | None
) -> list[documents.Recorder]:
    """Return the owner, then the editors, each with the entry that appointed it."""
    latest = {item.key: (seq, item) for seq, item in appointments}
    keys = [*filter(None, [authority.owner]), *sorted(authority.editors)]
    rows: list[documents.Recorder] = []
    for key in keys:
        seq, item = latest.get(key, (None, None))
        rank = Rank.OWNER if key == authority.owner else Rank.EDITOR
        name = item.name if item else None
        rows.append({"key": key, "rank": rank, "name": name, "entry": seq, "home": key == home})
    return rows


def settings(settings: Iterable[tuple[str, str | None, str]]) -> str:
    """Render settings: the name, value and source of each."""
    document: documents.ConfigDocument = {
        "schema": "orderwatch/config/1",
        "settings": {name: {"value": value, "source": source} for name, value, source in settings},
    }
    return text(document)


def doctor(checks: Iterable[tuple[str, str, str, str | None]], *, version: str, code: int) -> str:
    """Render the results of `doctor`: check, state, finding, advice."""
    document: documents.DoctorDocument = {
        "schema": "orderwatch/doctor/1",
        "version": version,
        "exit_code": code,
        "findings": [
            {"check": check, "state": state, "says": says, "advice": advice}
            for check, state, says, advice in checks
        ],
    }
    return text(document)


def listed_order(
    view: Provenance,
    order: Order,
    obligations: Sequence[Obligation],
) -> documents.ListedOrder:
    """Build the object of an order in a list, with its obligations."""
    return {
        **_order_summary(view, order),
        "addressees": addressees(obligations),
        "obligations": len(obligations),
    }


def _upcoming(item: DeadlineStatus) -> documents.UpcomingDeadline:
    obligation = item.deadline.obligation
    case = obligation.order.case
    return {
        **deadline(item),
        "obligation": obligation.id,
        "alias": obligation.alias,
        "label": obligation.display_label,
        "case": {"number": case.number, "short": case.short},
        "addressees": obligation.addressees,
        "kind": obligation.kind,
        "summary": obligation.summary,
        "url": obligation.order.url,
    }


def case(view: Provenance, case: Case) -> documents.Case:
    """Build the object of a case."""
    return {
        "number": case.number,
        "short": case.short,
        "title": case.title,
        "applicants": case.applicants,
        "respondents": case.respondents,
        "url": case.url,
        "last_seen": case.seen,
        "searched": case.searched,
        "confidentiality": case.court.confidentiality if case.court else None,
        "ended": _ending(case.ended, view.as_of),
        "state": phrases.state_text(case, view.as_of),
        "note": case.note,
        "sources": case.sources,
    }


def _order_summary(view: Provenance, order: Order) -> documents.OrderSummary:
    return {
        "id": order.id,
        "case": order.case.number,
        "short": order.case.short,
        "date": order.made,
        "alias": order.alias,
        "outcome": order.outcome,
        "title": order.title,
        "document": order.document,
        "url": order.url,
        "paragraph": order.paragraph,
        "in_force": order.in_force(view.as_of),
    }


def order(view: Provenance, order: Order, decisions: Iterable[Decision]) -> documents.Order:
    """Build the object of an order and its decisions."""
    return {
        **_order_summary(view, order),
        "document_grade": order.document_grade,
        "organ": order.organ,
        "citation": order.citation,
        "bench": order.bench,
        "reaffirms": order.reaffirms,
        "modifies": order.modifies,
        "ended": _ending(order.ended, view.as_of),
        "note": order.note,
        "sources": order.sources,
        "decisions": [
            {
                "point": item.point,
                "kind": item.kind,
                "summary": item.summary,
                "votes": votes(item.votes),
                "grade": item.grade,
                "note": item.note,
                "sources": item.sources,
            }
            for item in decisions
            if item.order.id == order.id
        ],
    }


def _date(deadline: Deadline) -> documents.ComputedDate:
    return {
        "id": deadline.id,
        "due": deadline.due,
        "weekday": WEEKDAY_NAMES[deadline.due.weekday()],
        "non_working_day": deadline.non_working is not None,
    }


def _submission(submission: Submission) -> documents.Submission:
    return {
        "state": submission.state,
        "on": submission.event.on,
        "days_late": submission.days_late,
        "event": submission.event.id,
        "speaker": submission.event.speaker,
        "by": submission.event.by,
        "source": submission.event.source,
    }


def _assessment(event: Event) -> documents.Assessment:
    return {
        "speaker": event.speaker,
        "role": event.role,
        "finding": event.finding,
        "scale": event.scale,
        "on": event.on,
        "source": event.source,
        "event": event.id,
        "summary": event.summary,
    }


def _latest(event: Event) -> documents.LatestEvent:
    return {
        "id": event.id,
        "on": event.on,
        "kind": event.kind,
        "speaker": event.speaker,
        "summary": event.summary,
        "source": event.source,
    }


def votes(votes: Votes | None) -> documents.Votes | None:
    """Build the object of votes."""
    if votes is None:
        return None
    return {
        "for": votes.in_favour,
        "against": votes.against,
        "unanimous": votes.unanimous,
        "dissenting": votes.dissenting,
        "grade": votes.grade,
        "names_grade": votes.names_grade,
        "note": votes.note,
        "scope": "clause" if votes.on_clause else None,
        "names_printed": votes.names_printed,
    }


def _ending(ending: Ending | None, day: date) -> documents.Ending | None:
    if ending is None or not ending.is_over_on(day):
        return None
    return {"year": ending.year, "date": ending.day, "text": ending.text}


def _limit_kind(limit: TimeLimit) -> str:
    if isinstance(limit, Undated):
        return limit.standing
    return "on" if isinstance(limit, On) else "within"


def _common_id(schedules: Sequence[Schedule]) -> str | None:
    """Return the id of the order, or else the case, common to all schedules."""
    for ids in (
        {item.obligation.order.id for item in schedules},
        {item.obligation.order.case.id for item in schedules},
    ):
        if len(ids) == 1:
            return ids.pop()
    return None
