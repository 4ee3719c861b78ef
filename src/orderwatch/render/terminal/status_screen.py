"""Where the obligations of orders stand, point by point."""

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


def status(paper: Paper, view: View, statuses: Sequence[Status]) -> Parts:
    """Draw each order with all of its obligations that were selected."""
    yield from top(view)
    for order, found in by_order(statuses):
        yield Text()
        yield from heading(paper, view, order, with_title=True)
        if seen := phrases.last_seen(order.case, view.as_of):
            yield text(seen)
        elif order.case.ended and order.case.ended.by(view.as_of):
            yield text(f"case {phrases.ended(order.case.ended)}")
        for item in found:
            yield Text()
            yield duty(paper, view, item)
    if not statuses:
        yield Text()
        yield text("No obligation in this selection.")
    dated = [item for item in statuses if item.deadlines] or statuses
    yield from bottom(view, short(dated[0].obligation) if dated else None)


def heading(paper: Paper, view: View, order: Order, *, with_title: bool) -> Parts:
    """Draw what an order is: case, day, paragraph, address."""
    case = order.case
    yield text(f"{case.short}, order of {phrases.long_day(order.made)}", HEADING)
    if with_title:
        yield paper.running(text(case.title, QUIET))
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
        yield paper.url(order.url)


def duty(paper: Paper, view: View, item: Status) -> RenderableType:
    """Draw one obligation: its point, what is asked of whom, votes, time, record."""
    found = item.obligation
    return Group(
        phrase(text(f"{found.point}  ", STRONG), text(short(item.obligation), NAME)),
        indented(paper.running(text(found.summary))),
        indented(pairs(_facts(paper, view, item), paper.prose - 2)),
    )


def dates(deadlines: Sequence[DeadlineStatus]) -> Facts:
    """Draw deadlines, one line each."""
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
    """Draw the name of a value."""
    return text(name, QUIET)


def stands(view: View, item: Status) -> str:
    """Say whether an obligation is in force, waits, or has ended."""
    if item.timing in {Timing.AWAITING_TRIGGER, Timing.ENDED}:
        return phrases.timing(item, view.as_of)
    return "in force" if item.in_force else "not in force"


def _facts(paper: Paper, view: View, item: Status) -> Facts:
    found = item.obligation
    who = ", ".join(found.addressees) or "nobody named"
    yield label("asked of"), text(who)
    yield label("vote"), text(phrases.vote(found.votes))
    yield label("time"), text(phrases.time_limit(found.limit))
    if not item.in_force or item.timing is Timing.AWAITING_TRIGGER:
        yield label("stands"), text(stands(view, item))
    shown, earlier = _worth_showing(item)
    yield from dates(shown)
    if earlier:
        more = phrases.count(earlier, "earlier date")
        name = short(item.obligation)
        yield label("before"), text(f"{more}: orderwatch show {name}", QUIET)
    for event in item.assessments:
        said = [text(phrases.said(event))]
        if event.source:
            said.append(paper.url(event.source))
        yield label("says"), Group(*said)
    others = item.count - len(item.assessments)
    if others:
        more = (
            f"{phrases.count(others, 'event')}: orderwatch log {short(item.obligation)}"
        )
        yield label("record"), text(more, QUIET)


def _worth_showing(item: Status) -> tuple[list[DeadlineStatus], int]:
    """Keep the deadline that counts now and the one before; count the others."""
    last = list(item.deadlines[-2:])
    return last, len(item.deadlines) - len(last)
