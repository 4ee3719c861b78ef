"""Render the obligations of orders on a terminal, point by point."""

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from orderwatch.model import DeadlineStatus, Order, Provenance, Status, Timing
from orderwatch.render import phrases
from orderwatch.render.layout import group_by_order
from orderwatch.render.terminal.canvas import (
    HEADING,
    NAME,
    QUIET,
    STRONG,
    Canvas,
    concat,
    indent,
    join_with_dots,
    key_values,
    text,
)
from orderwatch.render.terminal.overview import days_style, footer, header, short_name

Renderables = Iterator[RenderableType]
KeyValues = Iterator[tuple[RenderableType, RenderableType]]


def status(canvas: Canvas, view: Provenance, statuses: Sequence[Status]) -> Renderables:
    """Render each order with its selected obligations."""
    yield from header(view)
    for order, group in group_by_order(statuses):
        yield Text()
        yield from heading(canvas, view, order, with_title=True)
        if last_seen := phrases.last_seen(order.case, view.as_of):
            yield text(last_seen)
        elif order.case.ended and order.case.ended.is_over_on(view.as_of):
            yield text(f"case {phrases.ending(order.case.ended)}")
        for item in group:
            yield Text()
            yield obligation_block(canvas, view, item)
    if not statuses:
        yield Text()
        yield text("No obligation in this selection.")
    with_dates = [item for item in statuses if item.deadlines] or statuses
    yield from footer(
        view, short_name(with_dates[0].obligation) if with_dates else None
    )


def heading(
    canvas: Canvas, view: Provenance, order: Order, *, with_title: bool
) -> Renderables:
    """Render the heading of an order: case, date, paragraph, URL."""
    case = order.case
    yield text(f"{case.short}, order of {phrases.long_day(order.made)}", HEADING)
    if with_title:
        yield canvas.limit_width(text(case.title, QUIET))
    facts: list[Text | str] = [text(order.alias or order.id, NAME)]
    if order.alias:
        facts.append(text(order.id, NAME))
    facts += [f"No. {case.number}", order.outcome.value]
    if order.organ != "Court":
        facts.append(f"by the {order.organ}")
    if order.paragraph:
        facts.append(f"operative paragraph {order.paragraph}")
    facts.append("in force" if order.in_force(view.as_of) else "no measures in force")
    yield join_with_dots(*facts)
    if order.reaffirms:
        yield text(f"reaffirms {', '.join(order.reaffirms)}")
    if order.modifies:
        yield text(f"modifies {', '.join(order.modifies)}")
    if order.url:
        yield canvas.url(order.url)


def obligation_block(
    canvas: Canvas, view: Provenance, status: Status
) -> RenderableType:
    """Render an obligation: point, summary, addressees, votes, time, record."""
    obligation = status.obligation
    return Group(
        concat(
            text(f"{obligation.point}  ", STRONG),
            text(short_name(status.obligation), NAME),
        ),
        indent(canvas.limit_width(text(obligation.summary))),
        indent(key_values(_facts(canvas, view, status), canvas.text_width - 2)),
    )


def deadline_rows(deadlines: Sequence[DeadlineStatus]) -> KeyValues:
    """Render deadlines, one line each."""
    for item in deadlines:
        passed = item.days_left < 0
        line = join_with_dots(
            text(phrases.long_day(item.deadline.due), STRONG),
            text(phrases.days_left(item), days_style(item)),
            *phrases.date_remarks(item.deadline),
            phrases.submission_or_none(item),
        )
        yield label("was due" if passed else "due"), line


def label(name: str) -> Text:
    """Render a key of a key-value grid."""
    return text(name, QUIET)


def standing(view: Provenance, status: Status) -> str:
    """Return whether an obligation is in force, awaits its trigger, or has ended."""
    if status.timing in {Timing.AWAITING_TRIGGER, Timing.ENDED}:
        return phrases.timing(status, view.as_of)
    return "in force" if status.in_force else "not in force"


def _facts(canvas: Canvas, view: Provenance, status: Status) -> KeyValues:
    obligation = status.obligation
    addressees = ", ".join(obligation.addressees) or "nobody named"
    yield label("asked of"), text(addressees)
    yield label("vote"), text(phrases.vote(obligation.votes))
    yield label("time"), text(phrases.time_limit(obligation.limit))
    if not status.in_force or status.timing is Timing.AWAITING_TRIGGER:
        yield label("stands"), text(standing(view, status))
    latest, earlier = _latest_deadlines(status)
    yield from deadline_rows(latest)
    if earlier:
        more = phrases.count(earlier, "earlier date")
        name = short_name(status.obligation)
        yield label("before"), text(f"{more}: orderwatch show {name}", QUIET)
    for event in status.assessments:
        lines = [text(phrases.assessment(event))]
        if event.source:
            lines.append(canvas.url(event.source))
        yield label("says"), Group(*lines)
    other_count = status.count - len(status.assessments)
    if other_count:
        more = (
            f"{phrases.count(other_count, 'event')}: orderwatch log "
            f"{short_name(status.obligation)}"
        )
        yield label("record"), text(more, QUIET)


def _latest_deadlines(status: Status) -> tuple[list[DeadlineStatus], int]:
    """Return the last two deadlines, and the number of earlier ones."""
    last = list(status.deadlines[-2:])
    return last, len(status.deadlines) - len(last)
