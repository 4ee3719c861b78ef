"""Render JSON: one document per command, with control characters escaped."""

import json
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
from orderwatch.render import documents
from orderwatch.render.documents import Document
from orderwatch.render.sanitize import escape_json


def status(view: Provenance, statuses: Sequence[Status], *, overview: bool) -> str:
    """Render all obligation statuses, also for an overview."""
    del overview
    return text(documents.status(view, statuses))


def countdown(view: Provenance, statuses: Sequence[Status]) -> str:
    """Render the deadlines to come, nearest first."""
    return text(documents.countdown(view, statuses))


def show(view: Provenance, dossier: CaseFile) -> str:
    """Render a dossier: a case, an order or an obligation."""
    return text(documents.show(view, dossier))


def explain(view: Provenance, schedules: Sequence[Schedule]) -> str:
    """Render how each date was computed."""
    return text(documents.explain(view, schedules))


def events(view: Provenance, events: Sequence[Event]) -> str:
    """Render the events of the public record and the log."""
    return text(documents.events(view, events))


def orders(
    view: Provenance, orders: Sequence[Order], obligations: Sequence[Obligation]
) -> str:
    """Render the orders of the register as a list."""
    return text(documents.orders(view, orders, obligations))


def text(document: Document) -> str:
    """Encode a document as indented JSON; non-ASCII letters are not escaped."""
    return f"{escape_json(json.dumps(document, ensure_ascii=False, indent=2))}\n"
