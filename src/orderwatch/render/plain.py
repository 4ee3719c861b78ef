"""Plain text for pipes, mail and screen readers: `field: value`, nothing cut."""

from collections.abc import Sequence

from orderwatch.model import Dossier, Event, Obligation, Order, Schedule, Status, View
from orderwatch.render import blocks, phrases
from orderwatch.render import layout as views
from orderwatch.render.blocks import Block
from orderwatch.render.parts import addressees


def status(view: View, statuses: Sequence[Status], *, overview: bool) -> str:
    """Write where obligations stand; an overview writes the dated ones only."""
    if not overview:
        found = [blocks.status(view, item) for item in statuses]
        return blocks.document(view, found or [[("obligations", "none")]])
    seen = views.overview(view, statuses)
    return blocks.document(
        view,
        [
            [("section", "to come"), ("deadlines", str(len(seen.to_come)))],
            *(blocks.deadline(view, item) for item in seen.to_come),
            *(blocks.waiting(item) for item in seen.awaiting),
            [("section", "latest passed"), ("deadlines", str(len(seen.passed)))],
            *(blocks.deadline(view, item) for item in seen.passed),
            [
                ("section", "orders in force"),
                ("orders", str(len(seen.orders))),
                *(("order", blocks.line(line)) for line in seen.orders),
            ],
        ],
    )


def countdown(view: View, statuses: Sequence[Status]) -> str:
    """Write the deadlines to come, nearest first."""
    coming = views.overview(view, statuses).to_come
    found = [blocks.deadline(view, item) for item in coming]
    return blocks.document(view, found or [[("deadlines to come", "none")]])


def show(view: View, dossier: Dossier) -> str:
    """Write all about one case, order or obligation."""
    found = [blocks.case(view, dossier.case)]
    for order in dossier.orders:
        found.append(blocks.order(view, order))
        found += [
            blocks.decision(item)
            for item in dossier.decisions
            if item.order.id == order.id
        ]
        found += [
            blocks.in_full(view, item)
            for item in dossier.statuses
            if item.obligation.order.id == order.id
        ]
    found += [blocks.event(item) for item in dossier.events]
    return blocks.document(view, found)


def explain(view: View, schedules: Sequence[Schedule]) -> str:
    """Write how dates were computed."""
    found = [block for item in schedules for block in _explained(item)]
    return blocks.document(view, found or [[("obligations", "none")]])


def events(view: View, events: Sequence[Event]) -> str:
    """Write public record and log."""
    # One by one: a log can hold a million.
    found = (blocks.event(item) for item in events)
    return blocks.document(view, found if events else [[("events", "none")]])


def orders(view: View, orders: Sequence[Order], duties: Sequence[Obligation]) -> str:
    """Write the register as a list."""
    found: list[Block] = [
        [
            ("id", order.id),
            ("alias", order.alias),
            ("case", f"{order.case.short} (No. {order.case.number})"),
            ("date", str(order.made)),
            ("outcome", order.outcome.value),
            ("title", order.title),
            ("addressees", blocks.names(addressees(order, duties)) or "none"),
            ("obligations", str(sum(duty.order.id == order.id for duty in duties))),
            ("document", order.document),
            ("url", order.url),
            ("in force", blocks.yes(in_force=order.in_force(view.as_of))),
        ]
        for order in orders
    ]
    return blocks.document(view, found or [[("orders", "none")]])


def _explained(item: Schedule) -> list[Block]:
    """Describe an obligation, then each of its dates."""
    duty = item.obligation
    about: Block = [
        ("id", duty.id),
        ("paragraph", duty.paragraph),
        ("case", f"{duty.order.case.short} (No. {duty.order.case.number})"),
        ("summary", duty.summary),
        ("time limit", phrases.time_limit(duty.limit)),
        *(("note", note) for note in item.notes),
    ]
    dates: list[Block] = [
        [
            ("deadline", found.id),
            ("due", f"{found.due} ({phrases.long_day(found.due)})"),
            *(("step", step) for step in found.steps),
            *(("note", note) for note in found.notes),
        ]
        for found in item.deadlines
    ]
    return [about, *dates]
