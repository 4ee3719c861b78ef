"""Render the fields of items on a terminal: a dossier, events, computed dates."""

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.text import Text

from orderwatch.model import CaseFile, Event, Provenance, Schedule
from orderwatch.render import phrases, plain
from orderwatch.render.plain import Block
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
from orderwatch.render.terminal.overview import footer, header, short_name

Renderables = Iterator[RenderableType]

_EVENT_TITLE = ("on", "speaker", "kind")


def show(canvas: Canvas, view: Provenance, dossier: CaseFile) -> Renderables:
    """Render a case, its orders, their points, and the events on record."""
    yield from header(view)
    yield from _item(canvas, plain.case_block(view, dossier.case), "case")
    for order in dossier.orders:
        yield from _item(canvas, plain.order_block(view, order), "order", "date")
        for decision in dossier.decisions:
            if decision.order.id == order.id:
                block = plain.decision_block(decision)
                yield from _item(canvas, block, "point", "kind")
        for status in dossier.statuses:
            if status.obligation.order.id == order.id:
                block = plain.status_details(view, status)
                yield from _item(canvas, block, "paragraph", "id", "kind")
    yield Text()
    count = phrases.count(len(dossier.events), "event")
    yield concat(text("On record", HEADING), text(f"  {count}", QUIET))
    for event in dossier.events:
        yield from _item(canvas, plain.event_block(event), *_EVENT_TITLE)
    yield from footer(view, dossier.subject, ("explain", "log"))


def explain(
    canvas: Canvas, view: Provenance, schedules: Sequence[Schedule]
) -> Renderables:
    """Render each date with its computation steps, or why there is none."""
    yield from header(view)
    for schedule in schedules:
        head, *dates = plain.explanation_blocks(schedule)
        yield from _item(canvas, head, "paragraph", "case", "id")
        for block in dates:
            yield from _item(canvas, block, "due", "deadline")
    if not schedules:
        yield Text()
        yield text("No obligation in this selection.")
    target = short_name(schedules[0].obligation) if schedules else None
    yield from footer(view, target, ("show", "status"))


def events(canvas: Canvas, view: Provenance, events: Sequence[Event]) -> Renderables:
    """Render the events of the public record and the log, oldest first."""
    yield from header(view)
    for event in events:
        yield from _item(canvas, plain.event_block(event), *_EVENT_TITLE)
    if not events:
        yield Text()
        yield text("No event in this selection.")
    names = (name.partition("@")[0] for item in events for name in item.about)
    yield from footer(view, next(names, None))


def _item(canvas: Canvas, block: Block, first: str, *others: str) -> Renderables:
    """Render a block: fields of the title on a line, the summary, the other fields."""
    fields = {name: value for name, value in block if value is not None}
    yield Text()
    yield join_with_dots(
        text(fields.pop(first), STRONG), *(fields.pop(name) for name in others)
    )
    summary = fields.pop("summary", None)
    if summary is not None:
        yield indent(canvas.limit_width(text(summary)))
    rows: list[tuple[RenderableType, RenderableType]] = []
    shown = None
    for name, value in block:
        if value is not None and name in fields:
            label = text("" if name == shown else name, QUIET)
            rows.append((label, _value(canvas, value)))
            shown = name
    yield indent(key_values(rows, canvas.text_width - 2))


def _value(canvas: Canvas, value: str) -> Text:
    """Render a value; a URL at its beginning is a link."""
    address, space, remark = value.partition(" ")
    if not address.startswith(("https://", "http://")):
        return text(value)
    return concat(canvas.url(address), text(f"{space}{remark}", QUIET))
