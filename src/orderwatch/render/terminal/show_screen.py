"""Render a case, an order or an obligation on a terminal."""

from collections.abc import Iterable, Iterator

from rich.console import Group, RenderableType
from rich.text import Text

from orderwatch.model import Case, CaseFile, Decision, Order, Provenance, Source, Status
from orderwatch.render import phrases
from orderwatch.render.terminal.canvas import (
    HEADING,
    QUIET,
    STRONG,
    Canvas,
    concat,
    indent,
    join_with_dots,
    key_values,
    text,
)
from orderwatch.render.terminal.lists import event
from orderwatch.render.terminal.overview import footer, header
from orderwatch.render.terminal.status_screen import (
    deadline_rows,
    heading,
    label,
    standing,
)

Renderables = Iterator[RenderableType]
KeyValues = Iterator[tuple[RenderableType, RenderableType]]


def show(canvas: Canvas, view: Provenance, dossier: CaseFile) -> Renderables:
    """Render a case, its orders, their points, and the events on record."""
    yield from header(view)
    yield Text()
    yield from _case(canvas, view, dossier.case)
    for order in dossier.orders:
        yield Text()
        yield from heading(canvas, view, order, with_title=False)
        yield key_values(_order(canvas, view, order), canvas.text_width)
        for decision in dossier.decisions:
            if decision.order.id == order.id:
                yield Text()
                yield _decision(canvas, decision)
        for status in dossier.statuses:
            if status.obligation.order.id == order.id:
                yield Text()
                yield _obligation(canvas, view, status)
    yield Text()
    count = phrases.count(len(dossier.events), "event")
    yield concat(text("On record", HEADING), text(f"  {count}", QUIET))
    for record in dossier.events:
        yield Text()
        yield canvas.limit_width(event(canvas, record))
    yield from footer(view, dossier.subject, ("explain", "log"))


def _case(canvas: Canvas, view: Provenance, case: Case) -> Renderables:
    yield text(f"No. {case.number}: {case.short}", HEADING)
    yield canvas.limit_width(text(case.title))
    facts: list[tuple[RenderableType, RenderableType]] = [
        (label("state"), text(phrases.case_state(case, view.as_of)))
    ]
    if state := phrases.state_text(case, view.as_of):
        facts.append((label(""), text(state)))
    if case.url:
        facts.append((label("page"), canvas.url(case.url)))
    if case.note:
        facts.append((label("note"), text(case.note)))
    facts += _sources(canvas, case.sources)
    yield key_values(facts, canvas.text_width)


def _order(canvas: Canvas, view: Provenance, order: Order) -> KeyValues:
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
    if order.ended and order.ended.is_over_on(view.as_of):
        yield label("measures"), text(phrases.ending(order.ended))
    if order.note:
        yield label("note"), text(order.note)
    yield from _sources(canvas, order.sources)


def _decision(canvas: Canvas, decision: Decision) -> Group:
    facts: list[tuple[RenderableType, RenderableType]] = [
        (label("vote"), text(phrases.vote(decision.votes)))
    ]
    if decision.note:
        facts.append((label("note"), text(decision.note)))
    return Group(
        join_with_dots(
            text(decision.point, STRONG), f"decides ({decision.kind.value})"
        ),
        indent(canvas.limit_width(text(decision.summary))),
        indent(
            key_values(
                [*facts, *_sources(canvas, decision.sources)], canvas.text_width - 2
            )
        ),
    )


def _obligation(canvas: Canvas, view: Provenance, status: Status) -> Group:
    obligation = status.obligation
    return Group(
        join_with_dots(
            text(obligation.point, STRONG), text(obligation.id, QUIET), _kinds(status)
        ),
        indent(canvas.limit_width(text(obligation.summary))),
        indent(key_values(_facts(canvas, view, status), canvas.text_width - 2)),
    )


def _facts(canvas: Canvas, view: Provenance, status: Status) -> KeyValues:
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
    yield label("stands"), text(standing(view, status))
    yield from deadline_rows(status.deadlines)
    for note in status.notes:
        yield label(""), text(note)
    for assessment in status.assessments:
        yield label("says"), text(phrases.assessment(assessment))
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


def _sources(canvas: Canvas, sources: Iterable[Source]) -> KeyValues:
    for source in sources:
        grade = text(f"{phrases.GRADES[source.grade]}", QUIET)
        title = [text(source.title)] if source.title else []
        yield label("source"), Group(*title, canvas.url(source.url), grade)
