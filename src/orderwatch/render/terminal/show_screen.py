"""Render a case, an order or an obligation on a terminal."""

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


def show(canvas: Paper, view: View, dossier: Dossier) -> Parts:
    """Render a case, its orders, their points, and the events on record."""
    yield from top(view)
    yield Text()
    yield from _case(canvas, view, dossier.case)
    for order in dossier.orders:
        yield Text()
        yield from heading(canvas, view, order, with_title=False)
        yield pairs(_order(canvas, view, order), canvas.prose)
        for decision in dossier.decisions:
            if decision.order.id == order.id:
                yield Text()
                yield _decision(canvas, decision)
        for status in dossier.statuses:
            if status.obligation.order.id == order.id:
                yield Text()
                yield _duty(canvas, view, status)
    yield Text()
    count = phrases.count(len(dossier.events), "event")
    yield phrase(text("On record", HEADING), text(f"  {count}", QUIET))
    for record in dossier.events:
        yield Text()
        yield canvas.running(event(canvas, record))
    yield from bottom(view, dossier.subject, ("explain", "log"))


def _case(canvas: Paper, view: View, case: Case) -> Parts:
    yield text(f"No. {case.number}: {case.short}", HEADING)
    yield canvas.running(text(case.title))
    facts: list[tuple[RenderableType, RenderableType]] = [
        (label("state"), text(phrases.state(case, view.as_of)))
    ]
    if state := phrases.case_state(case, view.as_of):
        facts.append((label(""), text(state)))
    if case.url:
        facts.append((label("page"), canvas.url(case.url)))
    if case.note:
        facts.append((label("note"), text(case.note)))
    facts += _sources(canvas, case.sources)
    yield pairs(facts, canvas.prose)


def _order(canvas: Paper, view: View, order: Order) -> Facts:
    if order.title:
        yield label("title"), text(order.title)
    if order.document:
        grade = order.document_grade
        grade_text = f" ({phrases.GRADES[grade]})" if grade else ""
        yield label("document"), text(f"{order.document}{grade_text}")
    if order.citation:
        yield label("cited as"), text(order.citation)
    if order.bench:
        yield label("bench"), text(phrases.count(order.bench, "judge"))
    if order.ended and order.ended.by(view.as_of):
        yield label("measures"), text(phrases.ended(order.ended))
    if order.note:
        yield label("note"), text(order.note)
    yield from _sources(canvas, order.sources)


def _decision(canvas: Paper, decision: Decision) -> Group:
    facts: list[tuple[RenderableType, RenderableType]] = [
        (label("vote"), text(phrases.vote(decision.votes)))
    ]
    if decision.note:
        facts.append((label("note"), text(decision.note)))
    return Group(
        joined(text(decision.point, STRONG), f"decides ({decision.kind.value})"),
        indented(canvas.running(text(decision.summary))),
        indented(
            pairs([*facts, *_sources(canvas, decision.sources)], canvas.prose - 2)
        ),
    )


def _duty(canvas: Paper, view: View, status: Status) -> Group:
    obligation = status.obligation
    return Group(
        joined(
            text(obligation.point, STRONG), text(obligation.id, QUIET), _kinds(status)
        ),
        indented(canvas.running(text(obligation.summary))),
        indented(pairs(_facts(canvas, view, status), canvas.prose - 2)),
    )


def _facts(canvas: Paper, view: View, status: Status) -> Facts:
    obligation = status.obligation
    yield label("asked of"), text(", ".join(obligation.addressees) or "nobody named")
    yield label("vote"), text(phrases.vote(obligation.votes))
    if obligation.votes and obligation.votes.grade:
        grades = f"count {phrases.GRADES[obligation.votes.grade]}"
        if obligation.votes.names_grade:
            grades += f"; names {phrases.GRADES[obligation.votes.names_grade]}"
        yield label(""), text(grades, QUIET)
    if obligation.votes and obligation.votes.note:
        yield label(""), text(obligation.votes.note)
    yield label("time"), text(phrases.time_limit(obligation.limit))
    if obligation.limit_grade:
        yield label(""), text(phrases.GRADES[obligation.limit_grade], QUIET)
    yield label("stands"), text(stands(view, status))
    yield from dates(status.deadlines)
    for note in status.notes:
        yield label(""), text(note)
    for assessment in status.assessments:
        yield label("says"), text(phrases.said(assessment))
    if obligation.contested:
        yield label("contested"), text(obligation.contested.text)
        yield from _sources(canvas, obligation.contested.sources)
    if obligation.note:
        yield label("note"), text(obligation.note)
    if obligation.grade:
        yield label("text"), text(phrases.GRADES[obligation.grade], QUIET)
    yield from _sources(canvas, obligation.sources)


def _kinds(status: Status) -> str:
    kinds = (status.obligation.kind, *status.obligation.also)
    return ", ".join(kind.value for kind in kinds)


def _sources(canvas: Paper, sources: Iterable[Source]) -> Facts:
    for source in sources:
        grade = text(f"{phrases.GRADES[source.grade]}", QUIET)
        title = [text(source.title)] if source.title else []
        yield label("source"), Group(*title, canvas.url(source.url), grade)
