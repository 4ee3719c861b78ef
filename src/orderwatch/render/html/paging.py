"""Split the events of a case into pages; pure."""

from collections.abc import Iterator, Sequence

from orderwatch.frozen import Frozen
from orderwatch.model import CaseFile, Event, Order

PAGE_SIZE = 200
"""Events on one page."""


class RecordPage(Frozen):
    """One page of events; its position is stable when events are added."""

    number: int
    first: int
    """Position of its first event, from 1."""
    events: Sequence[Event]


def record_pages(events: Sequence[Event]) -> Iterator[RecordPage]:
    """Split events into pages, oldest first; yield none if the case page holds all."""
    if len(events) <= PAGE_SIZE:
        return
    for number, start in enumerate(range(0, len(events), PAGE_SIZE), 1):
        chunk = events[start : start + PAGE_SIZE]
        yield RecordPage(number=number, first=start + 1, events=chunk)


def page_count(events: Sequence[Event]) -> int:
    """Return the number of pages for some events."""
    return -(-len(events) // PAGE_SIZE)


def latest(events: Sequence[Event]) -> list[Event]:
    """Return the events on the page of a case or order, newest first."""
    return list(reversed(events[-PAGE_SIZE:]))


def page_links(page: int, last: int) -> list[int]:
    """List the page numbers to link to: first, last and neighbours."""
    neighbours = range(max(1, page - 2), min(last, page + 2) + 1)
    return sorted({1, last, *neighbours})


def events_by_order(dossier: CaseFile) -> dict[str, list[Event]]:
    """Group the events of a case by the orders they name, each event once."""
    groups: dict[str, list[Event]] = {order.id: [] for order in dossier.orders}
    for event in dossier.events:
        ids = {"/".join(name.split("/")[:2]).partition("@")[0] for name in event.about}
        for order in ids & groups.keys():
            groups[order].append(event)
    return groups


def order_slug(order: Order) -> str:
    """Return the file name of an order: `192-2024-05-24`."""
    return f"{order.case.number}-{order.made}"
