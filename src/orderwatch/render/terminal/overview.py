"""Render lists on a terminal: the overview, the countdown and the orders."""

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.style import Style
from rich.text import Text

from orderwatch.model import (
    DeadlineStatus,
    Obligation,
    Order,
    Provenance,
    Status,
    Timing,
)
from orderwatch.render import layout as views
from orderwatch.render import phrases
from orderwatch.render.layout import OrderLine, addressees
from orderwatch.render.terminal.canvas import (
    HEADING,
    NAME,
    QUIET,
    SOON,
    STRONG,
    Canvas,
    column_width,
    columns,
    concat,
    indent,
    join_with_dots,
    text,
)

_MAX_PASSED = 2
"""Passed deadlines to show when there are deadlines to come."""
_SOON_DAYS = 7
_WIDE_WIDTH = 130
_DUE_WIDTH = len("passed 10000 days ago")
_DATE_WIDTH = len("24 September 2024")
_RECORD_WIDTH = 30

Renderables = Iterator[RenderableType]


def overview(canvas: Canvas, view: Provenance, statuses: Sequence[Status]) -> Renderables:
    """Render deadlines to come, latest passed, and orders in force."""
    summary = views.overview(view, statuses)
    yield from header(view)
    yield from _section("To come", phrases.count(len(summary.to_come), "deadline"))
    if summary.to_come:
        yield _deadline_table(canvas, view, summary.to_come)
    for item in summary.awaiting:
        yield _awaiting(view, item)
    visible_passed = summary.passed[:_MAX_PASSED] if summary.to_come else summary.passed
    yield from _section("Latest passed", phrases.count(len(summary.passed), "deadline"))
    if visible_passed:
        yield _deadline_table(canvas, view, visible_passed)
    if hidden := len(summary.passed) - len(visible_passed):
        yield text(f"and {hidden} more: orderwatch status --passed", QUIET)
    yield from _section("Orders in force", str(len(summary.orders)))
    if summary.orders:
        yield _order_table(canvas, summary.orders)
    deadlines = (*summary.to_come, *summary.passed)
    yield from footer(view, short_name(deadlines[0].deadline.obligation) if deadlines else None)


def countdown(canvas: Canvas, view: Provenance, statuses: Sequence[Status]) -> Renderables:
    """Render the deadlines to come, nearest first."""
    upcoming = views.overview(view, statuses).to_come
    yield from header(view)
    yield from _section("To come", phrases.count(len(upcoming), "deadline"))
    if upcoming:
        yield _deadline_table(canvas, view, upcoming)
    yield from footer(view, short_name(upcoming[0].deadline.obligation) if upcoming else None)


def orders(
    canvas: Canvas,
    view: Provenance,
    orders: Sequence[Order],
    obligations: Sequence[Obligation],
) -> Renderables:
    """Render the orders of the register as a list."""
    yield from header(view)
    yield Text()
    if not orders:
        yield text("No order in this selection.")
    elif canvas.is_narrow:
        yield Group(*(_stacked_order(view, order, obligations) for order in orders))
    else:
        yield _register_table(view, orders, obligations)
    yield from footer(view, short_name(orders[-1]) if orders else None)


def header(view: Provenance) -> Renderables:
    """Render the title and the as-of date."""
    yield text(phrases.title(view), HEADING)
    yield text(phrases.as_of(view))
    if following := phrases.following(view):
        yield text(following)


def footer(
    view: Provenance, name: str | None, commands: Sequence[str] = ("show", "explain")
) -> Renderables:
    """Render the state of register and log, the disclaimers, and next commands.

    `name` is the argument of those commands; without one, `orderwatch orders` is shown.
    """
    yield Text()
    yield text(phrases.reviewed(view), QUIET)
    yield text(phrases.log(view), QUIET)
    yield text(phrases.caveat(view), QUIET)
    yield text(phrases.NO_JUDGE, QUIET)
    if name is None:
        yield text("More: orderwatch orders", QUIET)
        return
    links = [
        concat(text(f"orderwatch {command} ", QUIET), text(name, NAME)) for command in commands
    ]
    links[0] = concat(text("More: ", QUIET), links[0])
    yield join_with_dots(*links)


def short_name(item: Obligation | Order) -> str:
    """Return the alias of an obligation or order, or else its id."""
    return item.alias or item.id


def days_style(item: DeadlineStatus) -> Style | None:
    """Return a style that highlights what is due within a week."""
    if item.timing is Timing.PASSED:
        return None
    return SOON if item.days_left <= _SOON_DAYS else STRONG


def _section(title: str, count: str) -> Renderables:
    yield Text()
    yield concat(text(title, HEADING), text(f"  {count}", QUIET))


def _deadline_table(
    canvas: Canvas, view: Provenance, items: Sequence[DeadlineStatus]
) -> RenderableType:
    if canvas.is_narrow:
        return Group(*(_stacked_deadline(view, item) for item in items))
    record = _RECORD_WIDTH if canvas.width < _WIDE_WIDTH else 2 * _RECORD_WIDTH
    return columns(
        (("Due", _DUE_WIDTH), ("Who is to do what", None), ("On record", record)),
        (
            (
                Group(
                    text(phrases.short_day(item.deadline.due), STRONG),
                    text(phrases.days_left(item), days_style(item)),
                ),
                Group(_summary(item), _case_and_name(item)),
                _submission(view, item),
            )
            for item in items
        ),
    )


def _stacked_deadline(view: Provenance, item: DeadlineStatus) -> Group:
    """Render a deadline on several lines, for a narrow screen."""
    due = text(phrases.short_day(item.deadline.due), STRONG)
    return Group(
        join_with_dots(due, text(phrases.days_left(item), days_style(item))),
        indent(_summary(item)),
        indent(_case_and_name(item)),
        indent(_submission(view, item)),
    )


def _summary(item: DeadlineStatus) -> Text:
    obligation = item.deadline.obligation
    addressees = ", ".join(obligation.addressees)
    return text(f"{addressees}: {obligation.summary}" if addressees else obligation.summary)


def _case_and_name(item: DeadlineStatus) -> Text:
    obligation = item.deadline.obligation
    return join_with_dots(
        text(obligation.order.case.short, QUIET),
        text(obligation.alias or obligation.id, NAME),
    )


def _submission(view: Provenance, item: DeadlineStatus) -> Text:
    case = item.deadline.obligation.order.case
    remarks = [phrases.submission_or_none(item), *phrases.date_remarks(item.deadline)]
    # After the day the case was last checked it may have ended: print that day.
    last_seen = phrases.last_seen(case, min(item.deadline.due, view.as_of))
    return text("; ".join([*remarks, *([last_seen] if last_seen else [])]))


def _awaiting(view: Provenance, status: Status) -> Group:
    obligation = status.obligation
    addressees = ", ".join(obligation.addressees)
    return Group(
        text(phrases.timing(status, view.as_of), STRONG),
        indent(text(f"{addressees}: {obligation.summary}")),
        indent(
            join_with_dots(
                text(obligation.order.case.short, QUIET),
                text(obligation.alias or obligation.id, NAME),
                phrases.time_limit(obligation.limit),
            )
        ),
    )


def _order_table(canvas: Canvas, lines: Sequence[OrderLine]) -> RenderableType:
    if canvas.is_narrow:
        return Group(
            *(
                Group(
                    join_with_dots(
                        phrases.bare_day(line.order.made),
                        _order_name(line),
                        _measures(line),
                    ),
                    indent(text(line.order.case.short)),
                    indent(text(", ".join(line.kinds), QUIET)),
                )
                for line in lines
            )
        )
    names = [_order_name(line) for line in lines]
    cases = [text(line.order.case.short) for line in lines]
    # Keep each order on one line: add its kinds only on a wide screen.
    with_kinds = canvas.width >= _WIDE_WIDTH
    measures = [
        text(_measures(line) + (f": {', '.join(line.kinds)}" if with_kinds else ""))
        for line in lines
    ]
    return columns(
        (
            ("Made", _DATE_WIDTH),
            ("Name", column_width(names, "Name", maximum=20)),
            ("Case", column_width(cases, "Case", maximum=44)),
            ("Measures", None),
        ),
        (
            (text(phrases.bare_day(line.order.made)), name, case, measure)
            for line, name, case, measure in zip(lines, names, cases, measures, strict=True)
        ),
    )


def _order_name(line: OrderLine) -> Text:
    return text(line.order.alias or line.order.id, NAME)


def _measures(line: OrderLine) -> str:
    return phrases.count(line.measures, "measure")


def _register_table(
    view: Provenance, orders: Sequence[Order], obligations: Sequence[Obligation]
) -> RenderableType:
    names = [text(order.alias or order.id, NAME) for order in orders]
    return columns(
        (
            ("Made", len("24 September 2024")),
            ("Name", column_width(names, "Name", maximum=20)),
            ("Case, and who was asked", None),
            ("Outcome", len("reaffirmed")),
            ("Points", len("Points")),
            ("In force", len("In force")),
        ),
        (
            (
                text(phrases.bare_day(order.made)),
                name,
                join_with_dots(order.case.short, text(_addressee_names(order, obligations), QUIET)),
                text(order.outcome.value),
                text(str(_obligation_count(order, obligations))),
                text("yes" if order.in_force(view.as_of) else "no"),
            )
            for order, name in zip(orders, names, strict=True)
        ),
    )


def _addressee_names(order: Order, obligations: Sequence[Obligation]) -> str:
    return ", ".join(addressees(order, obligations)) or "nobody asked"


def _stacked_order(view: Provenance, order: Order, obligations: Sequence[Obligation]) -> Group:
    force = "in force" if order.in_force(view.as_of) else "not in force"
    points = phrases.count(_obligation_count(order, obligations), "obligation")
    return Group(
        join_with_dots(
            phrases.bare_day(order.made),
            text(order.alias or order.id, NAME),
            order.outcome.value,
        ),
        indent(text(order.case.short)),
        indent(join_with_dots(points, force)),
    )


def _obligation_count(order: Order, obligations: Sequence[Obligation]) -> int:
    return sum(obligation.order.id == order.id for obligation in obligations)
