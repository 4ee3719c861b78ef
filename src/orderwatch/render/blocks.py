"""The blocks of the plain output: fields and values, one block a thing."""

from collections.abc import Iterable

from orderwatch.model import (
    Case,
    DeadlineStatus,
    Decision,
    Event,
    Order,
    Source,
    Status,
    View,
)
from orderwatch.render import phrases
from orderwatch.render.layout import OrderLine
from orderwatch.render.sanitize import visible

Field = tuple[str, str | None]
Block = list[Field]


def document(view: View, blocks: Iterable[Block]) -> str:
    """Write a whole result: from where its reader looks, then the blocks."""
    top: Block = [
        ("about", phrases.TITLE),
        ("as of", f"{view.as_of} ({phrases.long_day(view.as_of)}, {view.time_zone})"),
        ("known on", str(view.known_on) if view.known_on else None),
        ("register reviewed", str(view.reviewed)),
        ("note", phrases.STALE if view.stale else None),
        ("decisions seen to", str(view.seen_to) if view.seen_to else "not seen"),
        ("log entries", str(view.log.size)),
        ("log root", phrases.root(view)),
        ("note", phrases.CONFIDENTIAL),
        ("note", phrases.NO_JUDGE),
    ]
    return "\n".join(text(block) for block in (top, *blocks))


def text(block: Block) -> str:
    """Write one block, a line for each field; one without a value is left out."""
    return "".join(
        f"{name}: {visible(value)}\n" for name, value in block if value is not None
    )


def case(view: View, found: Case) -> Block:
    """Describe a case."""
    return [
        ("case", f"{found.short} (No. {found.number})"),
        ("title", found.title),
        ("applicants", names(found.applicants)),
        ("respondents", names(found.respondents)),
        ("state", phrases.state(found, view.as_of)),
        ("state", phrases.case_state(found, view.as_of)),
        ("url", found.url),
        ("note", found.note),
        *sources(found.sources),
    ]


def order(view: View, found: Order) -> Block:
    """Describe an order."""
    end = found.ended if found.ended and found.ended.by(view.as_of) else None
    return [
        ("order", found.id),
        ("alias", found.alias),
        ("date", f"{found.made} ({phrases.long_day(found.made)})"),
        ("title", found.title),
        ("outcome", found.outcome.value),
        ("organ", found.organ),
        ("operative paragraph", str(found.paragraph) if found.paragraph else None),
        ("document", found.document),
        (
            "document number",
            found.document_grade and phrases.GRADES[found.document_grade],
        ),
        ("citation", found.citation),
        ("bench", f"{found.bench} judges" if found.bench else None),
        ("reaffirms", names(found.reaffirms)),
        ("modifies", names(found.modifies)),
        ("in force", yes(in_force=found.in_force(view.as_of))),
        ("measures", phrases.ended(end) if end else None),
        ("url", found.url),
        ("note", found.note),
        *sources(found.sources),
    ]


def decision(found: Decision) -> Block:
    """Describe a point that asks nothing of anybody."""
    return [
        ("point", found.point),
        ("decides", found.summary),
        ("kind", found.kind.value),
        ("votes", phrases.vote(found.votes)),
        ("grade", found.grade and phrases.GRADES[found.grade]),
        ("note", found.note),
        *sources(found.sources),
    ]


def line(found: OrderLine) -> str:
    """Describe an order in force on one line."""
    alias = f" ({found.order.alias})" if found.order.alias else ""
    measures = phrases.count(found.measures, "measure")
    return (
        f"{found.order.id}{alias}: {found.order.case.short}, {measures}: "
        f"{', '.join(found.kinds)}"
    )


def event(found: Event) -> Block:
    """Describe what somebody says has happened."""
    inferred = " (day worked out)" if found.inferred else ""
    return [
        ("event", found.id),
        ("on", f"{found.on} ({phrases.long_day(found.on)}){inferred}"),
        ("kind", found.kind.value),
        ("speaker", f"{found.speaker} ({phrases.ROLES[found.role]})"),
        ("by", names(found.by)),
        ("summary", found.summary),
        ("finding", found.finding),
        ("scale", found.scale),
        ("extends to", str(found.extends_to) if found.extends_to else None),
        ("trigger", found.trigger),
        ("ends", "what it is about has ended with it" if found.ends else None),
        ("about", names(found.about)),
        ("source", found.source or "none"),
        ("grade", found.grade and phrases.GRADES[found.grade]),
        *(("further source", url) for url in found.further),
        ("archive", found.archive),
        *(("attachment", f"{f.name} (sha256 {f.sha256})") for f in found.attachments),
        ("kept in", origin(found)),
        ("logged", phrases.entered(found)),
        ("later", found.fate),
    ]


def in_full(view: View, item: Status) -> Block:
    """Describe an obligation with all that is only said when it is asked for."""
    duty = item.obligation
    found = status(view, item)
    found += [
        ("text", duty.grade and phrases.GRADES[duty.grade]),
        ("time limit", duty.limit_grade and phrases.GRADES[duty.limit_grade]),
        ("note", duty.note),
        *(("timing note", note) for note in item.notes),
    ]
    if duty.contested:
        found.append(("contested", duty.contested.text))
        found += sources(duty.contested.sources, "contested source")
    return [*found, *sources(duty.sources)]


def status(view: View, item: Status) -> Block:
    """Describe an obligation and where it stands."""
    duty = item.obligation
    block: Block = [
        ("id", duty.id),
        ("alias", duty.alias),
        ("case", f"{duty.order.case.short} (No. {duty.order.case.number})"),
        ("order of", phrases.bare_day(duty.order.made)),
        ("paragraph", duty.paragraph),
        ("url", duty.order.url),
        ("kind", ", ".join([duty.kind.value, *(kind.value for kind in duty.also)])),
        ("addressees", names(duty.addressees) or "none named"),
        ("summary", duty.summary),
        ("votes", phrases.vote(duty.votes)),
        ("time limit", phrases.time_limit(duty.limit)),
        ("in force", yes(in_force=item.in_force)),
        ("timing", item.timing.value),
    ]
    if not item.deadlines:
        block.append(("due", phrases.timing(item, view.as_of)))
    for found in item.deadlines:
        block += dated(found)
    block += [("assessment", phrases.said(event)) for event in item.assessments]
    block.append(("events on record", str(item.count)))
    seen = phrases.last_seen(duty.order.case, view.as_of)
    return [*block, ("state", seen)] if seen else block


def deadline(view: View, item: DeadlineStatus) -> Block:
    """Describe a deadline and what it is about."""
    duty = item.deadline.obligation
    case = duty.order.case
    block: Block = [
        *dated(item),
        ("id", duty.id),
        ("alias", duty.alias),
        ("case", f"{case.short} (No. {case.number})"),
        ("addressees", names(duty.addressees) or "none named"),
        ("summary", duty.summary),
        ("time limit", phrases.time_limit(duty.limit)),
        ("url", duty.order.url),
    ]
    # Whether the duty still stands on a day that was not seen is not known.
    seen = phrases.last_seen(case, min(item.deadline.due, view.as_of))
    return [*block, ("state", seen)] if seen else block


def dated(item: DeadlineStatus) -> Block:
    """Describe one date and what is on record for it."""
    due = item.deadline.due
    return [
        ("due", f"{due} ({phrases.long_day(due)})"),
        ("days", phrases.days(item)),
        *(("date", said) for said in phrases.moved(item.deadline)),
        ("on record", phrases.recorded(item)),
    ]


def waiting(item: Status) -> Block:
    """Describe an obligation whose time has not begun to run."""
    duty = item.obligation
    return [
        ("due", f"no date yet: waits for {item.awaiting}"),
        ("id", duty.id),
        ("case", f"{duty.order.case.short} (No. {duty.order.case.number})"),
        ("addressees", names(duty.addressees) or "none named"),
        ("summary", duty.summary),
        ("time limit", phrases.time_limit(duty.limit)),
    ]


def sources(found: Iterable[Source], name: str = "source") -> Block:
    """Name the sources, each with how well the fact was seen there."""
    return [
        (
            name,
            f"{item.url} ({phrases.GRADES[item.grade]})"
            + (f", {item.title}" if item.title else ""),
        )
        for item in found
    ]


def origin(found: Event) -> str:
    """Say where an event is kept."""
    return f"log, entry {found.seq}" if found.seq is not None else "public record"


def names(found: Iterable[str]) -> str | None:
    """List names on one line."""
    return ", ".join(found) or None


def yes(*, in_force: bool) -> str:
    """Say yes or no."""
    return "yes" if in_force else "no"
