"""Render the overview and the countdown on a terminal."""

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
"""Passed deadlines to show when there are deadlines to come."""
_SOON = 7
_WIDE = 130
_DUE = len("passed 10000 days ago")
_MADE = len("24 September 2024")
_RECORD = 30

Parts = Iterator[RenderableType]


def overview(canvas: Paper, view: View, statuses: Sequence[Status]) -> Parts:
    """Render deadlines to come, latest passed, and orders in force."""
    summary = views.overview(view, statuses)
    yield from top(view)
    yield from _section("To come", phrases.count(len(summary.to_come), "deadline"))
    if summary.to_come:
        yield _dates(canvas, view, summary.to_come)
    for item in summary.awaiting:
        yield _waiting(view, item)
    visible_passed = summary.passed[:_PASSED] if summary.to_come else summary.passed
    yield from _section("Latest passed", phrases.count(len(summary.passed), "deadline"))
    if visible_passed:
        yield _dates(canvas, view, visible_passed)
    if hidden := len(summary.passed) - len(visible_passed):
        yield text(f"and {hidden} more: orderwatch status --passed", QUIET)
    yield from _section("Orders in force", str(len(summary.orders)))
    if summary.orders:
        yield _orders(canvas, summary.orders)
    deadlines = (*summary.to_come, *summary.passed)
    yield from bottom(
        view, short(deadlines[0].deadline.obligation) if deadlines else None
    )


def countdown(canvas: Paper, view: View, statuses: Sequence[Status]) -> Parts:
    """Render the deadlines to come, nearest first."""
    upcoming = views.overview(view, statuses).to_come
    yield from top(view)
    yield from _section("To come", phrases.count(len(upcoming), "deadline"))
    if upcoming:
        yield _dates(canvas, view, upcoming)
    yield from bottom(
        view, short(upcoming[0].deadline.obligation) if upcoming else None
    )


def top(view: View) -> Parts:
    """Render the title and the as-of date."""
    yield text(phrases.TITLE, HEADING)
    yield text(phrases.as_of(view))


def bottom(
    view: View, name: str | None, commands: Sequence[str] = ("show", "explain")
) -> Parts:
    """Render the state of register and log, the disclaimers, and next commands.

    `name` is the argument of those commands; without one, `orderwatch orders` is shown.
    """
    yield Text()
    yield text(phrases.reviewed(view), QUIET)
    yield text(phrases.log(view), QUIET)
    yield text(phrases.CONFIDENTIAL, QUIET)
    yield text(phrases.NO_JUDGE, QUIET)
    if name is None:
        yield text("More: orderwatch orders", QUIET)
        return
    links = [
        phrase(text(f"orderwatch {command} ", QUIET), text(name, NAME))
        for command in commands
    ]
    links[0] = phrase(text("More: ", QUIET), links[0])
    yield joined(*links)


def short(item: Obligation | Order) -> str:
    """Return the alias of an obligation or order, or else its id."""
    return item.alias or item.id


def days_style(item: DeadlineStatus) -> Style | None:
    """Return a style that highlights what is due within a week."""
    if item.timing is Timing.PASSED:
        return None
    return SOON if item.days_left <= _SOON else STRONG


def _section(title: str, count: str) -> Parts:
    yield Text()
    yield phrase(text(title, HEADING), text(f"  {count}", QUIET))


def _dates(
    canvas: Paper, view: View, items: Sequence[DeadlineStatus]
) -> RenderableType:
    if canvas.is_narrow:
        return Group(*(_stacked(view, item) for item in items))
    record = _RECORD if canvas.width < _WIDE else 2 * _RECORD
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
    """Render a deadline on several lines, for a narrow screen."""
    due = text(phrases.short_day(item.deadline.due), STRONG)
    return Group(
        joined(due, text(phrases.days(item), days_style(item))),
        indented(_what(item)),
        indented(_where(item)),
        indented(_record(view, item)),
    )


def _what(item: DeadlineStatus) -> Text:
    obligation = item.deadline.obligation
    addressees = ", ".join(obligation.addressees)
    return text(
        f"{addressees}: {obligation.summary}" if addressees else obligation.summary
    )


def _where(item: DeadlineStatus) -> Text:
    obligation = item.deadline.obligation
    return joined(
        text(obligation.order.case.short, QUIET),
        text(obligation.alias or obligation.id, NAME),
    )


def _record(view: View, item: DeadlineStatus) -> Text:
    case = item.deadline.obligation.order.case
    remarks = [phrases.recorded(item), *phrases.moved(item.deadline)]
    # After the day the case was last checked it may have ended: print that day.
    last_seen = phrases.last_seen(case, min(item.deadline.due, view.as_of))
    return text("; ".join([*remarks, *([last_seen] if last_seen else [])]))


def _waiting(view: View, status: Status) -> Group:
    obligation = status.obligation
    addressees = ", ".join(obligation.addressees)
    return Group(
        text(phrases.timing(status, view.as_of), STRONG),
        indented(text(f"{addressees}: {obligation.summary}")),
        indented(
            joined(
                text(obligation.order.case.short, QUIET),
                text(obligation.alias or obligation.id, NAME),
                phrases.time_limit(obligation.limit),
            )
        ),
    )


def _orders(canvas: Paper, lines: Sequence[OrderLine]) -> RenderableType:
    if canvas.is_narrow:
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
    # Keep each order on one line: add its kinds only on a wide screen.
    with_kinds = canvas.width >= _WIDE
    measures = [
        text(_measures(line) + (f": {', '.join(line.kinds)}" if with_kinds else ""))
        for line in lines
    ]
    return columns(
        (
            ("Made", _MADE),
            ("Name", widest(names, "Name", maximum=20)),
            ("Case", widest(cases, "Case", maximum=44)),
            ("Measures", None),
        ),
        (
            (text(phrases.bare_day(line.order.made)), name, case, measure)
            for line, name, case, measure in zip(
                lines, names, cases, measures, strict=True
            )
        ),
    )


def _named(line: OrderLine) -> Text:
    return text(line.order.alias or line.order.id, NAME)


def _measures(line: OrderLine) -> str:
    return phrases.count(line.measures, "measure")
