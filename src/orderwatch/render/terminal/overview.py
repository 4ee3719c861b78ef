"""Render the overview and the countdown."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, repeat

from rich.console import RenderableType
from rich.text import Text

from orderwatch.model import DeadlineStatus, Provenance, Status, Timing
from orderwatch.render import layout as views
from orderwatch.render import phrases
from orderwatch.render.layout import OrderLine, short_name
from orderwatch.render.terminal.canvas import (
    HEADING,
    NAME,
    STRONG,
    Canvas,
    concat,
    indent,
    join_with_dots,
    natural_widths,
    table,
    text,
)
from orderwatch.render.terminal.frame import (
    Renderables,
    commands_about,
    date_remarks,
    days_style,
    footer,
    header,
    is_filing_unknown,
    latest_information,
    no_filing,
    our_summary,
    remarks,
    shown_of,
)
from orderwatch.translation import _, clauses, ngettext

_MAX_UPCOMING, _MAX_PASSED = 3, 2
_MAX_CASE_LINES = 4
"""Where that and the deadlines fit on 24 lines: from 80 columns."""
_FULL_WIDTH = 80
_MAX_PASSED_ALONE = 5
"""Passed deadlines to show when none is to come."""
_GAP = 2

_WHAT, _MIN_WHAT_WIDTH = 3, 30
"""Column of the obligation, and its width from which each has one line."""

Row = tuple[Text, Text, Text, Text, Text, Text]
"""Heading, date, days, obligation, record, name."""


def overview(canvas: Canvas, view: Provenance, statuses: Sequence[Status]) -> Renderables:
    """Render the next and the last deadlines, and the cases with orders in force."""
    summary = views.overview(view, statuses)
    yield _first_line(canvas, view)
    yield from remarks(view)
    upcoming: list[DeadlineStatus | Status] = [*summary.to_come, *summary.awaiting]
    passed = summary.passed[: _MAX_PASSED if upcoming else _MAX_PASSED_ALONE]
    rows = [
        *_rows(_("NEXT"), view, upcoming[:_MAX_UPCOMING]),
        *_rows(_("LAST"), view, passed),
    ]
    yield from _lines(canvas, rows)
    yield canvas.edges(
        concat(
            text(" " * (len(_("NEXT")) + _GAP)),
            join_with_dots(
                *_more(len(upcoming) - _MAX_UPCOMING, "countdown"),
                *_more(len(summary.passed) - len(passed), "deadlines --passed"),
            ),
        ),
        our_summary(),
    )
    if any(is_filing_unknown(item) for item in passed):
        yield text(f"* {phrases.caveat(view)}")
    yield from _orders_in_force(canvas, summary.orders)
    orders = [
        *(item.deadline.obligation.order for item in (*summary.to_come, *summary.passed)),
        *(line.order for line in summary.orders),
    ]
    names = [*list(dict.fromkeys(map(short_name, orders)))[:2], "find WORDS"]
    labels = [_("Look one up: {command}"), *("{command}" for _name in names[1:])]
    yield from footer(canvas, view, list(zip(labels, names, strict=True)))


def countdown(canvas: Canvas, view: Provenance, statuses: Sequence[Status]) -> Renderables:
    """Render the deadlines to come, nearest first."""
    upcoming = views.overview(view, statuses).to_come
    yield from header(canvas, view)
    if not upcoming:
        yield text(_("No deadline to come in this selection."))
        yield from footer(canvas, view, [(_("Past ones: {command}"), "deadlines --passed")])
        return
    yield from _lines(canvas, _rows("", view, upcoming))
    yield our_summary()
    yield from footer(canvas, view, commands_about(upcoming[0].deadline.obligation))


def deadlines(
    canvas: Canvas, view: Provenance, items: Sequence[DeadlineStatus], *, total: int
) -> Renderables:
    """Render a list of deadlines, past and to come, of a longer one of `total`."""
    yield from header(canvas, view)
    if not items:
        yield text(_("No deadline in this selection."))
        yield from footer(canvas, view, [(_("All orders: {command}"), "orders")])
        return
    yield from _lines(canvas, _rows("", view, items))
    yield our_summary()
    if any(map(is_filing_unknown, items)):
        yield text(f"* {phrases.caveat(view)}")
    commands = commands_about(items[0].deadline.obligation)
    yield from footer(canvas, view, commands, remark=shown_of(len(items), total))


def _first_line(canvas: Canvas, view: Provenance) -> RenderableType:
    """Render court, day and age of the data; the day is short where the line is too long."""
    age = text(phrases.age(view))
    court = _("{court} provisional measures").format(court=view.court.short) if view.court else ""
    lefts = [
        [court or _("Provisional measures"), phrases.long_day(view.as_of)],
        [view.court.short if view.court else "", phrases.short_day(view.as_of)],
    ]
    if view.known_on or len({day for _zone, day in view.days}) > 1:
        lefts = [[phrases.short_as_of(view)]]
    texts = [join_with_dots(*filter(None, left)) for left in lefts]
    fitting = (item for item in texts if item.cell_len + _GAP + age.cell_len <= canvas.width)
    left = next(fitting, texts[0])
    left.stylize(HEADING)
    return canvas.edges(left, age)


def _rows(heading: str, view: Provenance, items: Iterable[DeadlineStatus | Status]) -> list[Row]:
    headings = chain([text(heading, HEADING)], repeat(text("")))
    return [(head, *_cells(view, item)) for head, item in zip(headings, items, strict=False)]


def _cells(view: Provenance, item: DeadlineStatus | Status) -> tuple[Text, Text, Text, Text, Text]:
    if isinstance(item, Status):
        trigger = _("after {trigger}").format(trigger=item.awaiting)
        date_cell, days_cell, record_cell = text(_("no date yet")), text(""), text(trigger)
        obligation = item.obligation
    else:
        obligation = item.deadline.obligation
        date_cell = text(phrases.short_day(item.deadline.due), STRONG)
        days_cell = text(phrases.days_from_now(item.days_left), days_style(item))
        record_cell = text(clauses(_record(view, item)))
    return (
        date_cell,
        days_cell,
        text(phrases.obligation_label(obligation)),
        record_cell,
        text(short_name(obligation), NAME),
    )


def _record(view: Provenance, item: DeadlineStatus) -> Iterator[str]:
    """Yield the submission, what is special about the date, and older information."""
    if item.submission:
        yield phrases.filing(item.submission)
    elif item.timing is Timing.PASSED:
        yield no_filing(item)
    elif item.timing is Timing.ENDED:
        yield phrases.days_left(item)
    if item.timing is not Timing.PASSED:
        yield from date_remarks(item.deadline)
    seen = latest_information(view, item.deadline.obligation.order.case, item.deadline.due)
    if seen:
        yield seen


def _lines(canvas: Canvas, rows: Sequence[Row]) -> Renderables:
    """Render each row on one line, or on two where the screen is too narrow."""
    if not rows:
        yield text(_("No deadline in a pending case."))
        return
    widths = natural_widths(rows)
    start = 0 if widths[0] else 1
    rest = canvas.width - sum(width + _GAP for width in widths) + widths[_WHAT] + _GAP
    if rest >= min(widths[_WHAT], _MIN_WHAT_WIDTH):
        widths[_WHAT] = min(widths[_WHAT], rest)
        yield table([row[start:] for row in rows], widths[start:])
        return
    margin = widths[0] + _GAP if widths[0] else 0
    for heading, day, days, obligation, record, name in rows:
        if margin:
            yield table([(heading, day, days, name)], [*widths[:3], None])
        else:
            yield table([(day, days, name)], [*widths[1:3], None])
        yield indent(join_with_dots(*filter(None, (obligation, record))), margin or _GAP)


def _more(number: int, command: str) -> list[Text]:
    if number <= 0:
        return []
    label = ngettext("{n} more: {command}", "{n} more: {command}", number)
    return [text(label.format(n=number, command=f"orderwatch {command}"))]


def _orders_in_force(canvas: Canvas, lines: Sequence[OrderLine]) -> Renderables:
    """Render the cases with the number of their orders in force, the newest order first."""
    cases = Counter(line.order.case for line in lines)
    counts = _("{orders} in {cases}").format(
        orders=ngettext("{n} order", "{n} orders", len(lines)).format(n=len(lines)),
        cases=ngettext("{n} case", "{n} cases", len(cases)).format(n=len(cases)),
    )
    yield concat(text(_("IN FORCE"), HEADING), text(f"  {counts if lines else _('no order')}"))
    parts = [text(f"{case.short} ({number})") for case, number in cases.items()]
    rows = canvas.flow(parts)
    shown = rows[:_MAX_CASE_LINES] if canvas.width >= _FULL_WIDTH else rows
    yield from (indent(line) for line in shown)
    if len(rows) > len(shown):
        yield indent(text(_("and more: orderwatch orders")))
