"""Render plain text for pipes, mail and screen readers: `field: value`, untruncated."""

from collections.abc import Sequence

from orderwatch.model import (
    CaseFile,
    Event,
    Obligation,
    Order,
    Provenance,
    Schedule,
    Status,
)
from orderwatch.render import blocks, phrases
from orderwatch.render import layout as views
from orderwatch.render.blocks import Block
from orderwatch.render.parts import addressees


def status(view: Provenance, statuses: Sequence[Status], *, overview: bool) -> str:
    """Render obligation statuses; of an overview, deadlines and orders in force."""
    if not overview:
        parts = [blocks.status(view, item) for item in statuses]
        return blocks.render_blocks(view, parts or [[("obligations", "none")]])
    summary = views.overview(view, statuses)
    return blocks.render_blocks(
        view,
        [
            [("section", "to come"), ("deadlines", str(len(summary.to_come)))],
            *(blocks.deadline_block(view, item) for item in summary.to_come),
            *(blocks.awaiting_block(item) for item in summary.awaiting),
            [("section", "latest passed"), ("deadlines", str(len(summary.passed)))],
            *(blocks.deadline_block(view, item) for item in summary.passed),
            [
                ("section", "orders in force"),
                ("orders", str(len(summary.orders))),
                *(("order", blocks.order_line(line)) for line in summary.orders),
            ],
        ],
    )


def countdown(view: Provenance, statuses: Sequence[Status]) -> str:
    """Render the deadlines to come, nearest first."""
    upcoming = views.overview(view, statuses).to_come
    parts = [blocks.deadline_block(view, item) for item in upcoming]
    return blocks.render_blocks(view, parts or [[("deadlines to come", "none")]])


def show(view: Provenance, dossier: CaseFile) -> str:
    """Render a dossier: a case, an order or an obligation."""
    parts = [blocks.case_block(view, dossier.case)]
    for order in dossier.orders:
        parts.append(blocks.order_block(view, order))
        parts += [
            blocks.decision_block(item)
            for item in dossier.decisions
            if item.order.id == order.id
        ]
        parts += [
            blocks.status_details(view, item)
            for item in dossier.statuses
            if item.obligation.order.id == order.id
        ]
    parts += [blocks.event_block(item) for item in dossier.events]
    return blocks.render_blocks(view, parts)


def explain(view: Provenance, schedules: Sequence[Schedule]) -> str:
    """Render how each date was computed."""
    parts = [block for schedule in schedules for block in _explanation(schedule)]
    return blocks.render_blocks(view, parts or [[("obligations", "none")]])


def events(view: Provenance, events: Sequence[Event]) -> str:
    """Render the events of the public record and the log."""
    # A generator, so that blocks of a large log are not held in memory at once.
    parts = (blocks.event_block(event) for event in events)
    return blocks.render_blocks(view, parts if events else [[("events", "none")]])


def orders(
    view: Provenance, orders: Sequence[Order], obligations: Sequence[Obligation]
) -> str:
    """Render the orders of the register as a list."""
    parts: list[Block] = [
        [
            ("id", order.id),
            ("alias", order.alias),
            ("case", f"{order.case.short} (No. {order.case.number})"),
            ("date", str(order.made)),
            ("outcome", order.outcome.value),
            ("title", order.title),
            ("addressees", blocks.join_names(addressees(order, obligations)) or "none"),
            (
                "obligations",
                str(sum(obligation.order.id == order.id for obligation in obligations)),
            ),
            ("document", order.document),
            ("url", order.url),
            ("in force", blocks.yes_or_no(in_force=order.in_force(view.as_of))),
        ]
        for order in orders
    ]
    return blocks.render_blocks(view, parts or [[("orders", "none")]])


def _explanation(schedule: Schedule) -> list[Block]:
    """Build the block of an obligation, and one for each of its dates."""
    obligation = schedule.obligation
    head: Block = [
        ("id", obligation.id),
        ("paragraph", obligation.paragraph),
        ("case", f"{obligation.order.case.short} (No. {obligation.order.case.number})"),
        ("summary", obligation.summary),
        ("time limit", phrases.time_limit(obligation.limit)),
        *(("note", note) for note in schedule.notes),
    ]
    dates: list[Block] = [
        [
            ("deadline", deadline.id),
            ("due", f"{deadline.due} ({phrases.long_day(deadline.due)})"),
            *(("step", step) for step in deadline.steps),
            *(("note", note) for note in deadline.notes),
        ]
        for deadline in schedule.deadlines
    ]
    return [head, *dates]
