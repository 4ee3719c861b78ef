"""CSV as RFC 4180 has it, with formulas made inert; one row for each thing."""

import csv
import io
from collections.abc import Iterable, Sequence

from orderwatch.model import Dossier, Event, Obligation, Order, Schedule, Status, View
from orderwatch.render import rows
from orderwatch.render.rows import Row, Value
from orderwatch.render.sanitize import csv_cell


def status(view: View, statuses: Sequence[Status], *, overview: bool) -> str:
    """Write every obligation, of an overview too."""
    del overview
    return table(rows.STATUS, rows.status(view, statuses))


def countdown(view: View, statuses: Sequence[Status]) -> str:
    """Write the deadlines to come."""
    return table(rows.COUNTDOWN, rows.countdown(view, statuses))


def show(view: View, dossier: Dossier) -> str:
    """Write the obligations of a dossier."""
    return table(rows.STATUS, rows.show(view, dossier))


def explain(view: View, schedules: Sequence[Schedule]) -> str:
    """Write how dates were computed."""
    return table(rows.EXPLAIN, rows.explain(view, schedules))


def events(view: View, events: Sequence[Event]) -> str:
    """Write public record and log."""
    return table(rows.EVENTS, rows.events(view, events))


def orders(view: View, orders: Sequence[Order], duties: Sequence[Obligation]) -> str:
    """Write the register as a list."""
    return table(rows.ORDERS, rows.orders(view, orders, duties))


def table(columns: Sequence[str], records: Iterable[Row]) -> str:
    """Write records under their columns; all columns, whatever the records hold."""
    written = io.StringIO(newline="")
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(columns)
    for record in records:
        writer.writerow([cell(record[name]) for name in columns])
    return written.getvalue()


def cell(value: Value) -> str:
    """Write one value; only text from outside can be a formula."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    return csv_cell(value or "")
