"""The record of one case, cut into pages; pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from orderwatch.model import Dossier, Event, Order

PAGE = 200
"""Events on one page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One page of a record; its place does not change when events are added."""

    number: int
    first: int
    """The place of its first event, from 1."""
    events: Sequence[Event]


def sheets(events: Sequence[Event]) -> Iterator[Sheet]:
    """Cut a record into pages, oldest first; one that fits the case page gives none."""
    if len(events) <= PAGE:
        return
    for number, start in enumerate(range(0, len(events), PAGE), 1):
        part = events[start : start + PAGE]
        yield Sheet(number=number, first=start + 1, events=part)


def pages(events: Sequence[Event]) -> int:
    """Count the pages of a record."""
    return -(-len(events) // PAGE)


def latest(events: Sequence[Event]) -> list[Event]:
    """Give what the page of a case or order shows, newest first."""
    return list(reversed(events[-PAGE:]))


def near(page: int, last: int) -> list[int]:
    """List the pages that a page links to: the ends, and those around it."""
    around = range(max(1, page - 2), min(last, page + 2) + 1)
    return sorted({1, last, *around})


def by_order(dossier: Dossier) -> dict[str, list[Event]]:
    """Sort the record of a case by the orders that it names, each event once."""
    found: dict[str, list[Event]] = {order.id: [] for order in dossier.orders}
    for event in dossier.events:
        named = {
            "/".join(name.split("/")[:2]).partition("@")[0] for name in event.about
        }
        for order in named & found.keys():
            found[order].append(event)
    return found


def place(order: Order) -> str:
    """Name an order in a path: `192-2024-05-24`."""
    return f"{order.case.number}-{order.made}"
