"""Render the list of orders and the list of events."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from rich.text import Text

from orderwatch.model import Event, Obligation, Order, Provenance
from orderwatch.render import phrases, plain
from orderwatch.render.layout import short_name
from orderwatch.render.terminal.canvas import (
    NAME,
    STRONG,
    Canvas,
    crop,
    indent,
    join_with_dots,
    natural_widths,
    table,
    text,
)
from orderwatch.render.terminal.frame import (
    Renderables,
    footer,
    header,
    our_summary,
    shown_of,
)
from orderwatch.translation import _, mark, ngettext

_GAP = 2
_MIN_WIDTH = 8
"""Of a column that is cut."""


def orders(
    canvas: Canvas,
    view: Provenance,
    orders: Sequence[Order],
    obligations: Sequence[Obligation],
    *,
    total: int,
) -> Renderables:
    """Render one line per order."""
    yield from header(canvas, view)
    if not orders:
        yield text(_("No order in this selection."))
        yield from footer(canvas, view, [(_("All orders: {command}"), "orders")])
        return
    counts = Counter(item.order.id for item in obligations)
    rows = [_order_row(view, order, counts[order.id]) for order in orders]
    widths = _order_widths(canvas, rows)
    yield table(
        [[crop(cell, size) for cell, size in zip(row, widths, strict=False)] for row in rows],
        widths,
    )
    command = (_("Look one up: {command}"), f"status {short_name(orders[0])}")
    yield from footer(canvas, view, [command], remark=shown_of(len(orders), total))


def _order_row(view: Provenance, order: Order, count: int) -> list[Text]:
    points = ngettext("{n} point", "{n} points", count).format(n=count)
    ended = _("ended") if order.indicates else _("no measures")
    return [
        text(phrases.compact_day(order.made)),
        text(short_name(order), NAME),
        text(_("in force") if order.in_force(view.as_of) else ended),
        text(order.case.short),
        text(points if order.indicates else ""),
        text(phrases.outcome(order)),
    ]


def _order_widths(canvas: Canvas, rows: Sequence[Sequence[Text]]) -> list[int]:
    """Return the widths of the columns that fit on one line; the last is cut."""
    widths: list[int] = []
    rest = canvas.width
    for width in natural_widths(rows):
        if rest < min(width, _MIN_WIDTH):
            break
        widths.append(min(width, rest))
        rest -= width + _GAP
    return widths


def events(canvas: Canvas, view: Provenance, events: Sequence[Event], *, total: int) -> Renderables:
    """Render the events of the public record and the log."""
    yield from header(canvas, view)
    for number, event in enumerate(events):
        if number:
            yield Text()
        yield from event_lines(canvas, event)
    if not events:
        yield text(_("No event in this selection."))
    name = next((name for item in events for name in item.subjects), None)
    command = (_("All on it: {command}"), f"show {name}") if name else None
    yield our_summary()
    yield from footer(
        canvas,
        view,
        [command or (_("All orders: {command}"), "orders")],
        remark=shown_of(len(events), total),
    )


def event_lines(canvas: Canvas, event: Event, source_mark: str | None = None) -> Renderables:
    """Render an event: day, speaker and kind; summary; other fields; about and source."""
    facts = [phrases.speaker(event), event.kind.value]
    if event.seq is not None:
        facts.append(plain.event_origin(event))
    yield join_with_dots(text(phrases.short_day(event.on), STRONG), *facts)
    yield indent(canvas.limit_width(text(event.summary)))
    for name, value in _details(event):
        words = _("{field}: {value}").format(field=_(name), value=value)
        yield indent(canvas.limit_width(text(words)))
    about = text(", ".join(event.about), NAME)
    if source_mark is not None:
        yield indent(join_with_dots(*filter(None, (about, text(source_mark)))))
        return
    yield indent(about)
    for address in filter(None, (event.source, *event.further, event.archive)):
        yield indent(canvas.url(address))


def _details(event: Event) -> Iterator[tuple[str, str]]:
    """Yield the fields of an event that say more than its summary."""
    names = {
        *(mark("finding"), mark("scale"), mark("by"), mark("answers"), mark("extends to")),
        *(mark("trigger"), mark("ends"), mark("later"), mark("effect"), mark("attachment")),
        *(mark("access"), mark("capture")),
    }
    block: Iterable[tuple[str, str | None]] = plain.event_block(event)
    yield from ((name, value) for name, value in block if name in names and value)
