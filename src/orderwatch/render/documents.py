"""The documents of the JSON outputs; the JSON Schemas beside say the same."""

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
from orderwatch.render import phrases
from orderwatch.render.layout import overview
from orderwatch.render.parts import (
    Document,
    addressees,
    case_details,
    deadline,
    deadline_explanation,
    event,
    explanation,
    obligation,
    order_details,
    order_summary,
)

__all__ = ["Document", "countdown", "events", "explain", "orders", "show", "status"]


def status(view: Provenance, statuses: Sequence[Status]) -> Document:
    """Build `orderwatch/status/1`: every obligation of a selection."""
    return {
        **_provenance("status", view),
        "obligations": [obligation(view, item) for item in statuses],
    }


def countdown(view: Provenance, statuses: Sequence[Status]) -> Document:
    """Build `orderwatch/countdown/1`: the deadlines to come, nearest first."""
    return {
        **_provenance("countdown", view),
        "deadlines": [
            {
                **deadline(item),
                "obligation": item.deadline.obligation.id,
                "alias": item.deadline.obligation.alias,
                "case": {
                    "number": item.deadline.obligation.order.case.number,
                    "short": item.deadline.obligation.order.case.short,
                },
                "addressees": list(item.deadline.obligation.addressees),
                "kind": item.deadline.obligation.kind.value,
                "summary": item.deadline.obligation.summary,
                "url": item.deadline.obligation.order.url,
            }
            for item in overview(view, statuses).to_come
        ],
    }


def show(view: Provenance, dossier: CaseFile) -> Document:
    """Build `orderwatch/show/1`: all about one case, order or obligation."""
    return {
        **_provenance("show", view),
        "subject": dossier.subject,
        "case": case_details(view, dossier.case),
        "orders": [
            order_details(view, order, dossier.decisions) for order in dossier.orders
        ],
        "obligations": [obligation(view, item) for item in dossier.statuses],
        "explanations": [explanation(item) for item in dossier.schedules],
        "events": [event(item) for item in dossier.events],
    }


def explain(view: Provenance, schedules: Sequence[Schedule]) -> Document:
    """Build `orderwatch/explain/1`: how dates were computed.

    Of several obligations, `id` is what they share, and `time_limit` is `null`.
    """
    only = schedules[0] if len(schedules) == 1 else None
    return {
        **_provenance("explain", view),
        "id": only.obligation.id if only else _common_id(schedules),
        "time_limit": phrases.time_limit(only.obligation.limit) if only else None,
        "deadlines": [
            deadline_explanation(found)
            for item in schedules
            for found in item.deadlines
        ],
        "notes": [note for item in schedules for note in item.notes],
        "obligations": [explanation(item) for item in schedules],
    }


def events(view: Provenance, events: Sequence[Event]) -> Document:
    """Build `orderwatch/log/1`: public record and log."""
    return {**_provenance("log", view), "events": [event(item) for item in events]}


def orders(
    view: Provenance, orders: Sequence[Order], duties: Sequence[Obligation]
) -> Document:
    """Build `orderwatch/orders/1`: the register as a list."""
    return {
        **_provenance("orders", view),
        "orders": [
            {
                **order_summary(view, order),
                "addressees": addressees(order, duties),
                "obligations": sum(duty.order.id == order.id for duty in duties),
            }
            for order in orders
        ],
    }


def _provenance(name: str, view: Provenance) -> Document:
    """Build the first keys: schema, dates, register and log."""
    return {
        "schema": f"orderwatch/{name}/1",
        "as_of": str(view.as_of),
        "known_on": str(view.known_on) if view.known_on else None,
        "time_zone": view.time_zone,
        "register": {
            "reviewed": str(view.reviewed),
            "sha256": view.register_sha256,
            "seen_to": str(view.seen_to) if view.seen_to else None,
            "stale": view.stale,
        },
        "log": {
            "origin": view.log.origin,
            "size": view.log.size,
            "root": phrases.log_root(view),
        },
    }


def _common_id(schedules: Sequence[Schedule]) -> str | None:
    """Return the id of the order, or else the case, common to all schedules."""
    for ids in (
        {item.obligation.order.id for item in schedules},
        {item.obligation.order.case.id for item in schedules},
    ):
        if len(ids) == 1:
            return ids.pop()
    return None
