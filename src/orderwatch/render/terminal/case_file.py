"""Render a case file, and how its dates were computed."""

from collections.abc import Sequence

from rich.text import Text

from orderwatch.model import CaseFile, Event, Provenance, Schedule
from orderwatch.render import phrases, plain
from orderwatch.render.layout import last_and_next, short_name, split_events
from orderwatch.render.terminal.blocks import Notes, obligation_fields, render_block
from orderwatch.render.terminal.canvas import HEADING, Canvas, concat, indent, text
from orderwatch.render.terminal.frame import (
    Renderables,
    footer,
    header,
    is_filing_unknown,
    our_summary,
)
from orderwatch.render.terminal.lists import event_lines
from orderwatch.translation import _, ngettext


def show(
    canvas: Canvas, view: Provenance, case_file: CaseFile, *, sources: bool, limit: int | None
) -> Renderables:
    """Render a case, its orders, their points, and the newest events on record."""
    yield from header(canvas, view)
    yield our_summary()
    notes = None if sources else Notes(case_file.sources)
    yield from render_block(canvas, plain.case_block(view, case_file.case), "case", notes=notes)
    has_caveat = False
    for order in case_file.orders:
        block = plain.order_block(view, order)
        yield from render_block(canvas, block, "order", "date", notes=notes)
        for decision in case_file.decisions:
            if decision.order.id == order.id:
                block = plain.decision_block(decision)
                yield from render_block(canvas, block, "point", "kind", notes=notes)
        for status in case_file.statuses:
            if status.obligation.order.id == order.id:
                yield from obligation_fields(canvas, view, status, notes)
                if not has_caveat and any(map(is_filing_unknown, status.deadlines)):
                    has_caveat = True
                    yield indent(canvas.limit_width(text(phrases.caveat(view))))
    own, others = split_events(case_file)
    yield from _events(canvas, _("ON RECORD"), own, limit, notes)
    if others:
        yield from _events(canvas, _("ON THE ORDER OR THE CASE"), others, limit, notes)
    if notes is not None:
        yield from notes.render(canvas)
    name = case_file.subject
    commands = [(_("Dates: {command}"), f"explain {name}"), (_("Events: {command}"), f"log {name}")]
    if notes is not None:
        commands.append((_("Sources in full: {command}"), f"show {name} --sources"))
    yield from footer(canvas, view, commands)


def _events(
    canvas: Canvas, heading: str, events: Sequence[Event], limit: int | None, notes: Notes | None
) -> Renderables:
    shown = events[::-1][:limit]
    count = phrases.events(len(events))
    if len(shown) < len(events):
        count = _("{n} of {events}").format(n=len(shown), events=count)
    yield Text()
    yield concat(text(heading, HEADING), text(f"  {count}"))
    for event in shown:
        yield Text()
        if notes is None:
            yield from event_lines(canvas, event)
        else:
            addresses = filter(None, (event.source, *event.further, event.archive))
            yield from event_lines(canvas, event, "".join(map(notes.add, addresses)))


def explain(
    canvas: Canvas, view: Provenance, schedules: Sequence[Schedule], *, every: bool
) -> Renderables:
    """Render each date with its computation steps, or why there is none."""
    yield from header(canvas, view)
    if schedules:
        yield our_summary()
    hidden = 0
    for item in schedules:
        schedule, others = (item, 0) if every else last_and_next(view, item)
        hidden += others
        head, *dates = plain.explanation_blocks(schedule)
        yield from render_block(canvas, head, "paragraph", "case", "id")
        for block in dates:
            yield from render_block(canvas, block, "due", "deadline")
    if not schedules:
        yield text(_("No obligation in this selection."))
        yield from footer(canvas, view, [(_("All orders: {command}"), "orders")])
        return
    obligations = [item.obligation for item in schedules]
    name = short_name(obligations[0] if len(obligations) == 1 else obligations[0].order)
    commands = [(_("All: {command}"), f"show {name}"), (_("Status: {command}"), f"status {name}")]
    more = ngettext("{n} more date: --all", "{n} more dates: --all", hidden).format(n=hidden)
    yield Text()
    yield from footer(canvas, view, commands, remark=more if hidden else "")
