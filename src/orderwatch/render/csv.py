"""Render CSV (RFC 4180), one row per item, with formulas neutralized."""

import csv
import io
from collections.abc import Iterable, Sequence

from orderwatch.model import Dossier, Event, Obligation, Order, Schedule, Status, View
from orderwatch.render import rows
from orderwatch.render.rows import Row, Value
from orderwatch.render.sanitize import csv_cell


def status(view: View, statuses: Sequence[Status], *, overview: bool) -> str:
    """Render all obligation statuses, also for an overview."""
    del overview
    return table(rows.STATUS, rows.status(view, statuses))


def countdown(view: View, statuses: Sequence[Status]) -> str:
    """Render the deadlines to come, nearest first."""
    return table(rows.COUNTDOWN, rows.countdown(view, statuses))


def show(view: View, dossier: Dossier) -> str:
    """Render the obligations of a dossier."""
    return table(rows.STATUS, rows.show(view, dossier))


def explain(view: View, schedules: Sequence[Schedule]) -> str:
    """Render the computation steps of each date."""
    return table(rows.EXPLAIN, rows.explain(view, schedules))


def events(view: View, events: Sequence[Event]) -> str:
    """Render the events of the public record and the log."""
    return table(rows.EVENTS, rows.events(view, events))


def orders(
    view: View, orders: Sequence[Order], obligations: Sequence[Obligation]
) -> str:
    """Render the orders of the register."""
    return table(rows.ORDERS, rows.orders(view, orders, obligations))


def table(columns: Sequence[str], records: Iterable[Row]) -> str:
    """Write a header row and one row per record, always with all columns."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(columns)
    for record in records:
        writer.writerow([cell(record[name]) for name in columns])
    return buffer.getvalue()


def cell(value: Value) -> str:
    """Format one value; only text can hold a formula."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    return csv_cell(value or "")
