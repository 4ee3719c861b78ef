"""JSON: one document with its schema, the exact text, nothing in it that acts."""

import json
from collections.abc import Sequence

from orderwatch.model import Dossier, Event, Obligation, Order, Schedule, Status, View
from orderwatch.render import documents
from orderwatch.render.documents import Document
from orderwatch.render.sanitize import json_escaped


def status(view: View, statuses: Sequence[Status], *, overview: bool) -> str:
    """Write every obligation, of an overview too."""
    del overview
    return text(documents.status(view, statuses))


def countdown(view: View, statuses: Sequence[Status]) -> str:
    """Write the deadlines to come."""
    return text(documents.countdown(view, statuses))


def show(view: View, dossier: Dossier) -> str:
    """Write all about one case, order or obligation."""
    return text(documents.show(view, dossier))


def explain(view: View, schedules: Sequence[Schedule]) -> str:
    """Write how dates were computed."""
    return text(documents.explain(view, schedules))


def events(view: View, events: Sequence[Event]) -> str:
    """Write public record and log."""
    return text(documents.events(view, events))


def orders(view: View, orders: Sequence[Order], duties: Sequence[Obligation]) -> str:
    """Write the register as a list; `duties` are the obligations of the orders."""
    return text(documents.orders(view, orders, duties))


def text(document: Document) -> str:
    """Write a document; other scripts stay readable."""
    return f"{json_escaped(json.dumps(document, ensure_ascii=False, indent=2))}\n"
