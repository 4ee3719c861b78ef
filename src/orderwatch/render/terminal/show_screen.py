"""All about one case, order or obligation on the terminal."""

from collections.abc import Iterable, Iterator

from rich.console import Group, RenderableType
from rich.text import Text

from orderwatch.model import Case, Decision, Dossier, Order, Source, Status, View
from orderwatch.render import phrases
from orderwatch.render.terminal.canvas import (
    HEADING,
    QUIET,
    STRONG,
    Paper,
    indented,
    joined,
    pairs,
    phrase,
    text,
)
from orderwatch.render.terminal.lists import event
from orderwatch.render.terminal.overview import bottom, top
from orderwatch.render.terminal.status_screen import dates, heading, label, stands

Parts = Iterator[RenderableType]
Facts = Iterator[tuple[RenderableType, RenderableType]]


def show(paper: Paper, view: View, dossier: Dossier) -> Parts:
    """Draw a case, its orders, their points, and what is on record."""
    yield from top(view)
    yield Text()
    yield from _case(paper, view, dossier.case)
    for order in dossier.orders:
        yield Text()
        yield from heading(paper, view, order, with_title=False)
        yield pairs(_order(paper, view, order), paper.prose)
        for decision in dossier.decisions:
            if decision.order.id == order.id:
                yield Text()
                yield _decision(paper, decision)
        for item in dossier.statuses:
            if item.obligation.order.id == order.id:
                yield Text()
                yield _duty(paper, view, item)
    yield Text()
    found = phrases.count(len(dossier.events), "event")
    yield phrase(text("On record", HEADING), text(f"  {found}", QUIET))
    for said in dossier.events:
        yield Text()
        yield paper.running(event(paper, said))
    yield from bottom(view, dossier.subject, ("explain", "log"))


def _case(paper: Paper, view: View, case: Case) -> Parts:
    yield text(f"No. {case.number}: {case.short}", HEADING)
    yield paper.running(text(case.title))
    facts: list[tuple[RenderableType, RenderableType]] = [
        (label("state"), text(phrases.state(case, view.as_of)))
    ]
    if state := phrases.case_state(case, view.as_of):
        facts.append((label(""), text(state)))
    if case.url:
        facts.append((label("page"), paper.url(case.url)))
    if case.note:
        facts.append((label("note"), text(case.note)))
    facts += _sources(paper, case.sources)
    yield pairs(facts, paper.prose)


def _order(paper: Paper, view: View, order: Order) -> Facts:
    if order.title:
        yield label("title"), text(order.title)
    if order.document:
        grade = order.document_grade
        seen = f" ({phrases.GRADES[grade]})" if grade else ""
        yield label("document"), text(f"{order.document}{seen}")
    if order.citation:
        yield label("cited as"), text(order.citation)
    if order.bench:
        yield label("bench"), text(phrases.count(order.bench, "judge"))
    if order.ended and order.ended.by(view.as_of):
        yield label("measures"), text(phrases.ended(order.ended))
    if order.note:
        yield label("note"), text(order.note)
    yield from _sources(paper, order.sources)


def _decision(paper: Paper, found: Decision) -> Group:
    facts: list[tuple[RenderableType, RenderableType]] = [
        (label("vote"), text(phrases.vote(found.votes)))
    ]
    if found.note:
        facts.append((label("note"), text(found.note)))
    return Group(
        joined(text(found.point, STRONG), f"decides ({found.kind.value})"),
        indented(paper.running(text(found.summary))),
        indented(pairs([*facts, *_sources(paper, found.sources)], paper.prose - 2)),
    )


def _duty(paper: Paper, view: View, item: Status) -> Group:
    duty = item.obligation
    return Group(
        joined(text(duty.point, STRONG), text(duty.id, QUIET), _kinds(item)),
        indented(paper.running(text(duty.summary))),
        indented(pairs(_facts(paper, view, item), paper.prose - 2)),
    )


def _facts(paper: Paper, view: View, item: Status) -> Facts:
    duty = item.obligation
    yield label("asked of"), text(", ".join(duty.addressees) or "nobody named")
    yield label("vote"), text(phrases.vote(duty.votes))
    if duty.votes and duty.votes.grade:
        seen = f"count {phrases.GRADES[duty.votes.grade]}"
        if duty.votes.names_grade:
            seen += f"; names {phrases.GRADES[duty.votes.names_grade]}"
        yield label(""), text(seen, QUIET)
    if duty.votes and duty.votes.note:
        yield label(""), text(duty.votes.note)
    yield label("time"), text(phrases.time_limit(duty.limit))
    if duty.limit_grade:
        yield label(""), text(phrases.GRADES[duty.limit_grade], QUIET)
    yield label("stands"), text(stands(view, item))
    yield from dates(item.deadlines)
    for note in item.notes:
        yield label(""), text(note)
    for said in item.assessments:
        yield label("says"), text(phrases.said(said))
    if duty.contested:
        yield label("contested"), text(duty.contested.text)
        yield from _sources(paper, duty.contested.sources)
    if duty.note:
        yield label("note"), text(duty.note)
    if duty.grade:
        yield label("text"), text(phrases.GRADES[duty.grade], QUIET)
    yield from _sources(paper, duty.sources)


def _kinds(item: Status) -> str:
    kinds = (item.obligation.kind, *item.obligation.also)
    return ", ".join(kind.value for kind in kinds)


def _sources(paper: Paper, sources: Iterable[Source]) -> Facts:
    for source in sources:
        said = text(f"{phrases.GRADES[source.grade]}", QUIET)
        named = [text(source.title)] if source.title else []
        yield label("source"), Group(*named, paper.url(source.url), said)
