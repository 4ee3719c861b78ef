"""Paths within a published folder."""

from hashlib import sha256
from re import sub

from orderwatch.model import Case, CaseFile, Event, Obligation, Order, State
from orderwatch.text import fold

PAGE_SIZE = 200
"""Events on one page."""


def slug(item: Case | Order | State) -> str:
    """Return the file name of a case, an order or a State: `192-2024-05-24`, `israel`."""
    if isinstance(item, State):
        english = item.english or item.name
        name = sub(r"[^a-z0-9]+", "-", fold(english)).strip("-")
        return name or sha256(english.encode("utf-8", "replace")).hexdigest()[:12]
    return item.id.replace("/", "-").replace(":", "-")


def obligation_slug(obligation: Obligation) -> str:
    """Return the name of the folder of an obligation in that of its order: `p-2a`."""
    return f"p-{sub(r'[^A-Za-z0-9.]+', '-', obligation.key)}"


def order_path(order: Order) -> str:
    """Return the path of the folder of an order."""
    return f"orders/{slug(order)}/"


def obligation_path(obligation: Obligation) -> str:
    """Return the path of the folder of an obligation."""
    return f"{order_path(obligation.order)}{obligation_slug(obligation)}/"


def event_path(case_file: CaseFile, position: int, event: Event) -> str:
    """Return the path of an event, whose position in the record counts from 0.

    The page of a case holds the latest events; earlier ones are on the pages of the record.
    """
    count = len(case_file.events)
    is_latest = position >= count - PAGE_SIZE
    page = "index" if is_latest else f"record-{position // PAGE_SIZE + 1}"
    return f"cases/{slug(case_file.case)}/{page}.html#e-{event.id}"
