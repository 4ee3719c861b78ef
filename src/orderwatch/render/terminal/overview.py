"""The first screen, and the countdown."""

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.style import Style
from rich.text import Text

from orderwatch.model import DeadlineStatus, Obligation, Order, Status, Timing, View
from orderwatch.render import layout as views
from orderwatch.render import phrases
from orderwatch.render.layout import OrderLine
from orderwatch.render.terminal.canvas import (
    HEADING,
    NAME,
    QUIET,
    SOON,
    STRONG,
    Paper,
    columns,
    indented,
    joined,
    phrase,
    text,
    widest,
)

_PASSED = 2
"""How many passed deadlines the first screen shows while others are to come."""
_SOON = 7
_WIDE = 130
_DUE = len("passed 10000 days ago")
_MADE = len("24 September 2024")
_RECORD = 30

Parts = Iterator[RenderableType]


def overview(paper: Paper, view: View, statuses: Sequence[Status]) -> Parts:
    """Draw what is to come, what has passed last, and the orders in force."""
    seen = views.overview(view, statuses)
    yield from top(view)
    yield from _section("To come", phrases.count(len(seen.to_come), "deadline"))
    if seen.to_come:
        yield _dates(paper, view, seen.to_come)
    for item in seen.awaiting:
        yield _waiting(view, item)
    shown = seen.passed[:_PASSED] if seen.to_come else seen.passed
    yield from _section("Latest passed", phrases.count(len(seen.passed), "deadline"))
    if shown:
        yield _dates(paper, view, shown)
    if hidden := len(seen.passed) - len(shown):
        yield text(f"and {hidden} more: orderwatch status --passed", QUIET)
    yield from _section("Orders in force", str(len(seen.orders)))
    if seen.orders:
        yield _orders(paper, seen.orders)
    dated = (*seen.to_come, *seen.passed)
    yield from bottom(view, short(dated[0].deadline.obligation) if dated else None)


def countdown(paper: Paper, view: View, statuses: Sequence[Status]) -> Parts:
    """Draw the deadlines to come, nearest first."""
    coming = views.overview(view, statuses).to_come
    yield from top(view)
    yield from _section("To come", phrases.count(len(coming), "deadline"))
    if coming:
        yield _dates(paper, view, coming)
    yield from bottom(view, short(coming[0].deadline.obligation) if coming else None)


def top(view: View) -> Parts:
    """Say what this is, and from which day it looks."""
    yield text(phrases.TITLE, HEADING)
    yield text(phrases.as_of(view))


def bottom(
    view: View, name: str | None, commands: Sequence[str] = ("show", "explain")
) -> Parts:
    """Say how fresh this is, what it cannot say, and how to go on.

    `name` is what the commands would tell more of; where there is nothing, the list
    of all orders is named.
    """
    yield Text()
    yield text(phrases.reviewed(view), QUIET)
    yield text(phrases.log(view), QUIET)
    yield text(phrases.CONFIDENTIAL, QUIET)
    yield text(phrases.NO_JUDGE, QUIET)
    if name is None:
        yield text("More: orderwatch orders", QUIET)
        return
    named = [
        phrase(text(f"orderwatch {command} ", QUIET), text(name, NAME))
        for command in commands
    ]
    named[0] = phrase(text("More: ", QUIET), named[0])
    yield joined(*named)


def short(item: Obligation | Order) -> str:
    """Name an obligation or an order by its alias, if it has one."""
    return item.alias or item.id


def days_style(item: DeadlineStatus) -> Style | None:
    """Make what falls due within a week stand out."""
    if item.timing is Timing.PASSED:
        return None
    return SOON if item.days_left <= _SOON else STRONG


def _section(title: str, said: str) -> Parts:
    yield Text()
    yield phrase(text(title, HEADING), text(f"  {said}", QUIET))


def _dates(paper: Paper, view: View, items: Sequence[DeadlineStatus]) -> RenderableType:
    if paper.is_narrow:
        return Group(*(_stacked(view, item) for item in items))
    record = _RECORD if paper.width < _WIDE else 2 * _RECORD
    return columns(
        (("Due", _DUE), ("Who is to do what", None), ("On record", record)),
        (
            (
                Group(
                    text(phrases.short_day(item.deadline.due), STRONG),
                    text(phrases.days(item), days_style(item)),
                ),
                Group(_what(item), _where(item)),
                _record(view, item),
            )
            for item in items
        ),
    )


def _stacked(view: View, item: DeadlineStatus) -> Group:
    """Draw a deadline on lines below each other, for a narrow screen."""
    due = text(phrases.short_day(item.deadline.due), STRONG)
    return Group(
        joined(due, text(phrases.days(item), days_style(item))),
        indented(_what(item)),
        indented(_where(item)),
        indented(_record(view, item)),
    )


def _what(item: DeadlineStatus) -> Text:
    duty = item.deadline.obligation
    who = ", ".join(duty.addressees)
    return text(f"{who}: {duty.summary}" if who else duty.summary)


def _where(item: DeadlineStatus) -> Text:
    duty = item.deadline.obligation
    return joined(text(duty.order.case.short, QUIET), text(duty.alias or duty.id, NAME))


def _record(view: View, item: DeadlineStatus) -> Text:
    case = item.deadline.obligation.order.case
    said = [phrases.recorded(item), *phrases.moved(item.deadline)]
    # Whether the duty still stands on a day that was not seen is not known.
    seen = phrases.last_seen(case, min(item.deadline.due, view.as_of))
    return text("; ".join([*said, *([seen] if seen else [])]))


def _waiting(view: View, item: Status) -> Group:
    duty = item.obligation
    who = ", ".join(duty.addressees)
    return Group(
        text(phrases.timing(item, view.as_of), STRONG),
        indented(text(f"{who}: {duty.summary}")),
        indented(
            joined(
                text(duty.order.case.short, QUIET),
                text(duty.alias or duty.id, NAME),
                phrases.time_limit(duty.limit),
            )
        ),
    )


def _orders(paper: Paper, lines: Sequence[OrderLine]) -> RenderableType:
    if paper.is_narrow:
        return Group(
            *(
                Group(
                    joined(
                        phrases.bare_day(line.order.made), _named(line), _measures(line)
                    ),
                    indented(text(line.order.case.short)),
                    indented(text(", ".join(line.kinds), QUIET)),
                )
                for line in lines
            )
        )
    names = [_named(line) for line in lines]
    cases = [text(line.order.case.short) for line in lines]
    # One line each: the kinds are shown where they fit.
    with_kinds = paper.width >= _WIDE
    measures = [
        text(_measures(line) + (f": {', '.join(line.kinds)}" if with_kinds else ""))
        for line in lines
    ]
    return columns(
        (
            ("Made", _MADE),
            ("Name", widest(names, "Name", most=20)),
            ("Case", widest(cases, "Case", most=44)),
            ("Measures", None),
        ),
        (
            (text(phrases.bare_day(line.order.made)), name, case, said)
            for line, name, case, said in zip(
                lines, names, cases, measures, strict=True
            )
        ),
    )


def _named(line: OrderLine) -> Text:
    return text(line.order.alias or line.order.id, NAME)


def _measures(line: OrderLine) -> str:
    return phrases.count(line.measures, "measure")
