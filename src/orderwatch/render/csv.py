"""Render CSV (RFC 4180), one row per item, with formulas neutralized.

A column is a path into the JSON object of the row: `case_number=case.number`.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import chain

from orderwatch.model import (
    CaseFile,
    DeadlineRow,
    DeadlineStatus,
    Event,
    Hit,
    Obligation,
    Order,
    Provenance,
    RecordChange,
    Schedule,
    Status,
)
from orderwatch.render import json, phrases
from orderwatch.render.layout import by_order
from orderwatch.render.layout import overview as select_overview
from orderwatch.render.sanitize import escape_csv_cell

Columns = Mapping[str, Sequence[str]]
"""The path of each column."""


def _columns(paths: str) -> Columns:
    """Parse `column=path` items; a column without a path is a key itself."""
    pairs = (item.partition("=") for item in paths.split())
    return {name: (path or name).split(".") for name, _, path in pairs}


_PROVENANCE = _columns(
    "as_of known_on register_reviewed=register.reviewed log_size=log.size log_root=log.root"
)
"""The last columns of every table: dates, register and log it was computed from."""
_DEADLINE = (
    "deadline=current.id due=current.due weekday=current.weekday "
    "non_working_day=current.non_working_day days_left=current.days_left "
    "extended_from=current.extended_from submission_state=current.submission.state "
    "submission_on=current.submission.on "
    "submission_days_late=current.submission.days_late "
    "submission_speaker=current.submission.speaker "
    "submission_source=current.submission.source "
)
_STATUS = _columns(
    "id alias label paragraph kind case_number=case.number case=case.short order=order.id "
    "order_date=order.date order_url=order.url addressees summary votes_for=votes.for "
    "votes_against=votes.against dissenting=votes.dissenting in_force timing "
    f"time_limit awaiting {_DEADLINE} deadlines assessments events "
    "latest_event_on=latest_event.on latest_event=latest_event.summary "
    "case_last_seen=case.last_seen"
)
_COUNTDOWN = _columns(
    "id alias label case=case.short addressees summary order_url=order.url timing "
    f"{_DEADLINE} case_last_seen=case.last_seen"
)
_EXPLAIN = _columns(
    "id alias label time_limit deadline=date.id due=date.due weekday=date.weekday "
    "non_working_day=date.non_working_day extended_from=date.extended_from "
    "steps=date.steps notes"
)
_EVENTS = _columns(
    "id seq origin on kind speaker role by summary about source further archive grade "
    "inferred finding scale extends_to trigger ends attachments recorded recorder fate counts void"
)
_CHANGES = _columns("day origin kind ids what was why moved_to entry recorder counts")
_ORDERS = _columns(
    "id case_number=case case=short date alias outcome title addressees obligations "
    "document url in_force"
)

_FIND = _columns(
    "type id alias label case_number=case.number case=case.short about date in_force due url fields"
)


def status(
    view: Provenance,
    statuses: Sequence[Status],
    *,
    overview: bool,
    full: bool = False,
    empty: str | None = None,
) -> str:
    """Render all obligation statuses, also for an overview."""
    del overview, full, empty
    return table(view, _STATUS, (_status(view, item) for item in statuses))


def countdown(view: Provenance, statuses: Sequence[Status]) -> str:
    """Render the deadlines to come, nearest first."""
    deadlines = select_overview(view, statuses).to_come
    rank = {item.deadline.obligation.id: rank for rank, item in enumerate(deadlines)}
    selection = [item for item in statuses if item.obligation.id in rank]
    selection.sort(key=lambda item: rank[item.obligation.id])
    return table(view, _COUNTDOWN, (_status(view, item) for item in selection))


def deadlines(view: Provenance, items: Sequence[DeadlineStatus], *, total: int) -> str:
    """Render deadlines with the columns of the API, and no others."""
    del view, total
    columns = {name: (name,) for name in DeadlineRow.__annotations__}
    # The number of a case is one for a spreadsheet too.
    rows = ({**row, "case": _number(row["case"])} for row in (item.row() for item in items))
    return "".join(
        records(columns, ([_cell(row, path) for path in columns.values()] for row in rows))
    )


def show(
    view: Provenance, case_file: CaseFile, *, sources: bool = False, limit: int | None = None
) -> str:
    """Render the obligations of a case file."""
    del sources, limit
    return status(view, case_file.statuses, overview=False)


def explain(view: Provenance, schedules: Sequence[Schedule], *, every: bool = True) -> str:
    """Render each date with its steps, or each obligation without one."""
    del every
    rows = (
        {**item, "date": date, "notes": " ".join((date or item)["notes"])}
        for item in map(json.explanation, schedules)
        for date in (*item["deadlines"],) or (None,)
    )
    return table(view, _EXPLAIN, rows)


def events(view: Provenance, events: Sequence[Event], *, total: int = 0) -> str:
    """Render the events of the public record and the log."""
    del total
    return "".join(event_chunks(view, events))


def event_chunks(view: Provenance, events: Iterable[Event]) -> Iterator[str]:
    """Yield the text of `events` a row at a time."""
    rows = (
        {
            **json.event(item),
            "attachments": [f"{file.name} ({file.sha256})" for file in item.attachments],
            "recorded": item.recorded and phrases.timestamp(item.recorded),
        }
        for item in events
    )
    return _table_chunks(view, _EVENTS, rows)


def changes(view: Provenance, changes: Sequence[RecordChange], *, since: date, total: int) -> str:
    """Render what register and log have gained or corrected."""
    del since, total
    return table(view, _CHANGES, map(json.change, changes))


def orders(
    view: Provenance,
    orders: Sequence[Order],
    obligations: Sequence[Obligation],
    *,
    total: int = 0,
) -> str:
    """Render the orders of the register."""
    del total
    groups = by_order(obligations)
    rows = (json.listed_order(view, order, groups[order.id]) for order in orders)
    return table(view, _ORDERS, rows)


def find(view: Provenance, query: str, hits: Sequence[Hit], total: int | None = None) -> str:
    """Render the results of a search, best first."""
    del query, total
    return table(view, _FIND, map(json.hit, hits))


def table(view: Provenance, columns: Columns, rows: Iterable[Mapping[str, object]]) -> str:
    """Write a header row and one row per object, always with all columns."""
    return "".join(_table_chunks(view, columns, rows))


def _table_chunks(
    view: Provenance, columns: Columns, rows: Iterable[Mapping[str, object]]
) -> Iterator[str]:
    answer = json.answer("", view)
    provenance = [_cell(answer, path) for path in _PROVENANCE.values()]
    return records(
        [*columns, *_PROVENANCE],
        ([_cell(row, path) for path in columns.values()] + provenance for row in rows),
    )


def records(header: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """Yield a header and rows of cells, a line at a time."""
    lines: list[str] = []
    writer = csv.writer(_Lines(lines), lineterminator="\r\n")
    for row in chain([header], rows):
        writer.writerow(row)
        yield lines.pop()


class _Lines:
    """A file that appends what is written to a list."""

    def __init__(self, lines: list[str]) -> None:
        self.write = lines.append


def _number(text: str) -> int | str:
    return int(text) if text.isdecimal() else text


def _status(view: Provenance, status: Status) -> Mapping[str, object]:
    """Build the object of an obligation, with the deadline that counts now."""
    return {
        **json.obligation(view, status),
        "current": status.current and json.deadline(status.current),
        "deadlines": len(status.deadlines),
        "assessments": [phrases.assessment(item) for item in status.assessments],
    }


def _cell(value: object, path: Sequence[str]) -> str:
    """Format the value at a path."""
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return cell(value)


def cell(value: object) -> str:
    """Format a value; only text can hold a formula."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        value = "; ".join(value)
    if isinstance(value, str):
        return escape_csv_cell(value)
    return "" if value is None else str(value)
