"""Render the obligations of orders on a terminal, point by point."""

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from orderwatch.model import DeadlineStatus, Order, Status, Timing, View
from orderwatch.render import phrases
from orderwatch.render.layout import by_order
from orderwatch.render.terminal.canvas import (
    HEADING,
    NAME,
    QUIET,
    STRONG,
    Paper,
    indented,
    joined,
    pairs,
    phrase,
    text,
)
from orderwatch.render.terminal.overview import bottom, days_style, short, top

Parts = Iterator[RenderableType]
Facts = Iterator[tuple[RenderableType, RenderableType]]


def status(canvas: Paper, view: View, statuses: Sequence[Status]) -> Parts:
    """Render each order with its selected obligations."""
    yield from top(view)
    for order, group in by_order(statuses):
        yield Text()
        yield from heading(canvas, view, order, with_title=True)
        if last_seen := phrases.last_seen(order.case, view.as_of):
            yield text(last_seen)
        elif order.case.ended and order.case.ended.by(view.as_of):
            yield text(f"case {phrases.ended(order.case.ended)}")
        for item in group:
            yield Text()
            yield duty(canvas, view, item)
    if not statuses:
        yield Text()
        yield text("No obligation in this selection.")
    with_dates = [item for item in statuses if item.deadlines] or statuses
    yield from bottom(view, short(with_dates[0].obligation) if with_dates else None)


def heading(canvas: Paper, view: View, order: Order, *, with_title: bool) -> Parts:
    """Render the heading of an order: case, date, paragraph, URL."""
    case = order.case
    yield text(f"{case.short}, order of {phrases.long_day(order.made)}", HEADING)
    if with_title:
        yield canvas.running(text(case.title, QUIET))
    facts: list[Text | str] = [text(order.alias or order.id, NAME)]
    if order.alias:
        facts.append(text(order.id, NAME))
    facts += [f"No. {case.number}", order.outcome.value]
    if order.organ != "Court":
        facts.append(f"by the {order.organ}")
    if order.paragraph:
        facts.append(f"operative paragraph {order.paragraph}")
    facts.append("in force" if order.in_force(view.as_of) else "no measures in force")
    yield joined(*facts)
    if order.reaffirms:
        yield text(f"reaffirms {', '.join(order.reaffirms)}")
    if order.modifies:
        yield text(f"modifies {', '.join(order.modifies)}")
    if order.url:
        yield canvas.url(order.url)


def duty(canvas: Paper, view: View, status: Status) -> RenderableType:
    """Render an obligation: point, summary, addressees, votes, time, record."""
    obligation = status.obligation
    return Group(
        phrase(
            text(f"{obligation.point}  ", STRONG), text(short(status.obligation), NAME)
        ),
        indented(canvas.running(text(obligation.summary))),
        indented(pairs(_facts(canvas, view, status), canvas.prose - 2)),
    )


def dates(deadlines: Sequence[DeadlineStatus]) -> Facts:
    """Render deadlines, one line each."""
    for item in deadlines:
        passed = item.days_left < 0
        line = joined(
            text(phrases.long_day(item.deadline.due), STRONG),
            text(phrases.days(item), days_style(item)),
            *phrases.moved(item.deadline),
            phrases.recorded(item),
        )
        yield label("was due" if passed else "due"), line


def label(name: str) -> Text:
    """Render a key of a key-value grid."""
    return text(name, QUIET)


def stands(view: View, status: Status) -> str:
    """Return whether an obligation is in force, awaits its trigger, or has ended."""
    if status.timing in {Timing.AWAITING_TRIGGER, Timing.ENDED}:
        return phrases.timing(status, view.as_of)
    return "in force" if status.in_force else "not in force"


def _facts(canvas: Paper, view: View, status: Status) -> Facts:
    obligation = status.obligation
    addressees = ", ".join(obligation.addressees) or "nobody named"
    yield label("asked of"), text(addressees)
    yield label("vote"), text(phrases.vote(obligation.votes))
    yield label("time"), text(phrases.time_limit(obligation.limit))
    if not status.in_force or status.timing is Timing.AWAITING_TRIGGER:
        yield label("stands"), text(stands(view, status))
    latest, earlier = _worth_showing(status)
    yield from dates(latest)
    if earlier:
        more = phrases.count(earlier, "earlier date")
        name = short(status.obligation)
        yield label("before"), text(f"{more}: orderwatch show {name}", QUIET)
    for event in status.assessments:
        lines = [text(phrases.said(event))]
        if event.source:
            lines.append(canvas.url(event.source))
        yield label("says"), Group(*lines)
    other_count = status.count - len(status.assessments)
    if other_count:
        more = f"{phrases.count(other_count, 'event')}: orderwatch log {short(status.obligation)}"
        yield label("record"), text(more, QUIET)


def _worth_showing(status: Status) -> tuple[list[DeadlineStatus], int]:
    """Return the last two deadlines, and the number of earlier ones."""
    last = list(status.deadlines[-2:])
    return last, len(status.deadlines) - len(last)
