"""Render CSV (RFC 4180), one row per item, with formulas neutralized."""

import csv
import io
from collections.abc import Iterable, Sequence

from orderwatch.model import (
    CaseFile,
    Event,
    Obligation,
    Order,
    Provenance,
    Schedule,
    Status,
)
from orderwatch.render import rows
from orderwatch.render.rows import Row, Value
from orderwatch.render.sanitize import escape_csv_cell


def status(view: Provenance, statuses: Sequence[Status], *, overview: bool) -> str:
    """Render all obligation statuses, also for an overview."""
    del overview
    return table(rows.STATUS_COLUMNS, rows.status(view, statuses))


def countdown(view: Provenance, statuses: Sequence[Status]) -> str:
    """Render the deadlines to come, nearest first."""
    return table(rows.COUNTDOWN_COLUMNS, rows.countdown(view, statuses))


def show(view: Provenance, dossier: CaseFile) -> str:
    """Render the obligations of a dossier."""
    return table(rows.STATUS_COLUMNS, rows.show(view, dossier))


def explain(view: Provenance, schedules: Sequence[Schedule]) -> str:
    """Render the computation steps of each date."""
    return table(rows.EXPLAIN_COLUMNS, rows.explain(view, schedules))


def events(view: Provenance, events: Sequence[Event]) -> str:
    """Render the events of the public record and the log."""
    return table(rows.EVENT_COLUMNS, rows.events(view, events))


def orders(
    view: Provenance, orders: Sequence[Order], obligations: Sequence[Obligation]
) -> str:
    """Render the orders of the register."""
    return table(rows.ORDER_COLUMNS, rows.orders(view, orders, obligations))


def table(columns: Sequence[str], records: Iterable[Row]) -> str:
    """Write a header row and one row per record, always with all columns."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(columns)
    for record in records:
        writer.writerow([format_cell(record[name]) for name in columns])
    return buffer.getvalue()


def format_cell(value: Value) -> str:
    """Format one value; only text can hold a formula."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    return escape_csv_cell(value or "")
