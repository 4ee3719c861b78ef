"""Build the tables of a data package, and render it: CSV files and `datapackage.json`.

Frictionless Data Package, version 1. `render/sqlite.py` writes the same tables.
"""

import os
import tempfile
import weakref
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from functools import partial
from hashlib import sha256
from itertools import islice
from json import dumps, loads
from typing import IO, TypeVar

from orderwatch.event_list import EventList
from orderwatch.frozen import Frozen
from orderwatch.model import (
    Access,
    CaseFile,
    Decision,
    Event,
    EventKind,
    Grade,
    Kind,
    Licence,
    Obligation,
    Origin,
    Outcome,
    Provenance,
    Role,
    Source,
    Timing,
)
from orderwatch.render import csv, json, phrases, survey

_T = TypeVar("_T")
_SCOPE = (
    "The licence covers wording, coding and compilation of the register. Summaries are not the "
    "Court's words. Events with the origin log are by the publisher of this package."
)
_NON_COMMERCIAL = "CC-BY-NC-4.0"


class Column(Frozen):
    """A column: name, meaning, type, and what it refers to."""

    name: str
    description: str
    type: str = "string"
    """A type of Table Schema, or `list`: texts separated by a semicolon."""
    required: bool = False
    table: str | None = None
    """Table whose first column it refers to."""
    values: tuple[str, ...] = ()
    unit: str | None = None
    path: str = ""
    """Keys of the JSON object of a row, with full stops; the name if it is empty."""

    def value(self, row: Mapping[str, object]) -> object:
        """Return the value of a row."""
        value: object = row
        for key in (self.path or self.name).split("."):
            value = value.get(key) if isinstance(value, Mapping) else None
        return value


_Row = tuple[object, ...]
_BLOCK = 500
"""Rows or lines that are written at once."""


class Spool:
    """Rows that are built when they are first read, and then are in a temporary file."""

    def __init__(self, rows: Iterable[_Row]) -> None:
        """Build nothing yet."""
        self._rows = iter(rows)
        self._file: IO[bytes] | None = None

    def __iter__(self) -> Iterator[_Row]:
        """Yield the rows; several readers do not disturb each other."""
        if self._file is None:
            self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the rows
            weakref.finalize(self, self._file.close)
            for block in _blocks(self._rows):
                self._file.write(f"{dumps(block, default=json.encode)}\n".encode())
        file, place, end = self._file, 0, self._file.seek(0, os.SEEK_END)
        while place < end:
            file.seek(place)
            line = file.readline()
            place = file.tell()
            yield from map(tuple, loads(line))


class Table(Frozen):
    """A table: columns, primary key and rows."""

    name: str
    title: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    rows: "tuple[_Row, ...] | Spool"


class _DataSet(Frozen):
    """A public data set that a register cites as a source."""

    prefix: str
    """First characters of the address of each of its files."""
    title: str
    license: str | None


_DATA_SETS = (
    _DataSet(
        prefix="https://github.com/Suraya994/icj-un-provisional-measures-replication/",
        title="S. Bazarova, Replication package for UN practice concerning ICJ provisional "
        "measures (2002-2025), v1.3.0",
        license=_NON_COMMERCIAL,
    ),
    _DataSet(
        prefix="https://zenodo.org/record/7051934",
        title="S. Fobbe, Corpus of Decisions: International Court of Justice (CD-ICJ)",
        license="CC0-1.0",
    ),
    _DataSet(
        prefix="https://github.com/jc0h3n/icj-remedies/",
        title="icj-remedies, What the Court Ordered",
        license=None,
    ),
)

_list = partial(Column, type="list")
_flag = partial(Column, type="boolean", required=True)
_day = partial(Column, type="date")
_count = partial(Column, type="integer")
_id = partial(Column, required=True)


def _choice(name: str, description: str, values: type[StrEnum], *, required: bool = True) -> Column:
    return Column(
        name=name, description=description, values=tuple(map(str, values)), required=required
    )


def _grade(name: str, description: str) -> Column:
    return _choice(name, description, Grade, required=False)


_CASE = Column(name="case", description="Case.", table="cases", required=True)
_ORDER = Column(name="order", description="Order.", table="orders", required=True)
_SOURCES = (
    _list(name="sources", description="Addresses of sources."),
    Column(
        name="coding_licence",
        description="Licence of the coding of a data set, if a source of this row is that coding: "
        "a value that the other sources lack is under that licence.",
    ),
)
_ENDED = (
    _count(name="ended_year", description="Year of the end.", path="ended.year"),
    _day(name="ended_on", description="Day of the end, if it was seen.", path="ended.date"),
)
_CASES = (
    _id(name="id", description="Id of the case: its number, a hyphen for a slash."),
    Column(name="number", description="Number on the court's list.", required=True),
    Column(name="court", description="Id of the court."),
    Column(name="short", description="Short title.", required=True),
    Column(name="title", description="Title.", required=True),
    _list(name="applicants", description="Applicants."),
    _list(name="respondents", description="Respondents."),
    Column(name="url", description="Page of the case."),
    _day(name="last_seen", description="Day on which its state was last checked."),
    _day(name="searched", description="Day on which its record was last searched."),
    *_ENDED,
    Column(name="state", description="State of the case, in a sentence."),
    Column(name="note", description="Note."),
    *_SOURCES,
)
_ORDERS = (
    _id(name="id", description="Id of the order: case and date."),
    _CASE,
    _day(name="date", description="Date of the order.", required=True),
    Column(name="alias", description="Short name."),
    _choice("outcome", "What the order did with provisional measures.", Outcome),
    Column(name="title", description="Heading of the order."),
    Column(name="document", description="Number of the court's document."),
    _grade("document_grade", "How well the number was verified."),
    Column(name="url", description="Page or PDF of the court."),
    _count(name="paragraph", description="Operative paragraph."),
    Column(name="organ", description="Court, Chamber or President."),
    Column(name="citation", description="Place in the court's reports."),
    _count(name="bench", description="Number of judges who sat."),
    _list(name="reaffirms", description="Ids of orders that it reaffirms."),
    _list(name="modifies", description="Ids of orders that it modifies."),
    _flag(name="in_force", description="Whether its measures are in force."),
    *_ENDED,
    Column(name="note", description="Note."),
    *_SOURCES,
)
_OBLIGATIONS = (
    _id(name="id", description="Id of the obligation: case, date and point."),
    _CASE,
    _ORDER,
    Column(name="alias", description="Id with the alias of the order."),
    Column(name="point", description="Point as the order prints it.", required=True),
    Column(name="paragraph", description="Operative paragraph and point.", required=True),
    Column(name="label", description="A few words, ours.", required=True),
    _choice("kind", "What it requires.", Kind),
    _list(name="also", description="Further kinds."),
    _list(name="addressees", description="Whom it binds."),
    Column(name="summary", description="Our summary, not a quotation.", required=True),
    _flag(name="in_force", description="Whether it is in force."),
    _choice("timing", "Where its current deadline stands.", Timing),
    Column(name="time_limit", description="How the order sets the time.", required=True),
    Column(
        name="time_limit_kind",
        description="Kind of the time-limit.",
        values=("immediate", "continuing", "unspecified", "on", "within"),
        required=True,
    ),
    Column(name="awaiting", description="Trigger that is not on record."),
    Column(name="contested", description="How its reading is disputed."),
    _count(name="events", description="Number of events that name it.", required=True),
    _grade("grade", "How well the content was verified."),
    _grade("time_limit_grade", "How well the time-limit was verified."),
    Column(name="note", description="Note."),
    *_SOURCES,
)
_DEADLINES = (
    _id(name="id", description="Id of the deadline: obligation and date first computed."),
    _day(name="due", description="Due date.", required=True),
    Column(name="weekday", description="Day of the week of the due date.", required=True),
    _count(
        name="days_left",
        description="Days to the due date; negative if it has passed.",
        required=True,
        unit="day",
    ),
    _choice("timing", "Where the deadline stands.", Timing),
    _flag(name="non_working_day", description="Whether it is due on a weekend."),
    _day(name="computed", description="Date first computed.", required=True),
    _day(name="extended_from", description="Date first computed, if it was extended."),
    Column(name="obligation", description="Obligation.", table="obligations", required=True),
    Column(name="alias", description="Alias of the obligation."),
    Column(name="label", description="Label of the obligation.", required=True),
    _choice("kind", "Kind of the obligation.", Kind),
    _CASE,
    Column(name="case_short", description="Short title of the case.", required=True),
    _ORDER,
    _day(name="order_date", description="Date of the order.", required=True),
    _list(name="addressees", description="Whom it binds."),
    Column(
        name="submission_state",
        description="Source of a submission on record; empty if no filing is known.",
        values=("reported", "confirmed"),
    ),
    _day(name="submission_on", description="Day of the submission."),
    _count(name="submission_days_late", description="Days after the due date.", unit="day"),
    Column(name="submission_speaker", description="Who says so."),
    Column(name="submission_source", description="Address of the source."),
    Column(name="url", description="Page of the order."),
)
_EVENTS = (
    _id(name="id", description="Id of the event."),
    _count(name="seq", description="Number of the entry in the log."),
    _choice("origin", "Public record of the register, or log.", Origin),
    _day(name="on", description="Day of the event.", required=True),
    _choice("kind", "Kind of the event.", EventKind),
    Column(name="speaker", description="Who says so.", required=True),
    _choice("role", "Capacity of the speaker.", Role),
    _list(name="by", description="Who did it, if not the speaker."),
    Column(name="summary", description="Our summary, not a quotation.", required=True),
    _list(name="about", description="Ids that it is about: see event_subjects."),
    Column(name="source", description="Address of the source."),
    _list(name="further", description="Further addresses."),
    Column(name="archive", description="Address of an archived copy."),
    _grade("grade", "How well it was verified."),
    _flag(name="inferred", description="Whether the day was inferred."),
    Column(name="finding", description="Result of an assessment, in the terms of its scale."),
    Column(name="scale", description="Scale of the assessment."),
    _choice("access", "Whether a submission can be read.", Access, required=False),
    Column(name="answers", description="Id of the event that it answers."),
    _day(name="extends_to", description="New due date."),
    Column(name="trigger", description="Trigger of a time-limit."),
    _flag(name="ends", description="Whether it ends what it is about."),
    _list(name="attachments", description="Names and SHA-256 of attached files."),
    Column(name="recorded", description="When the log recorded it, in UTC.", type="datetime"),
    Column(name="recorder", description="Who recorded it."),
    Column(name="fate", description="Effect of a later entry."),
    _flag(name="counts", description="Whether it counts."),
    Column(name="void", description="Why it counts for no deadline."),
)
_EVENT_SUBJECTS = (
    Column(name="event", description="Event.", table="events", required=True),
    _id(name="subject", description="Id of a case, order, obligation or deadline."),
    _CASE,
    Column(name="order", description="Order.", table="orders"),
    Column(name="obligation", description="Obligation.", table="obligations"),
)
_VOTES = (
    _id(name="id", description="Id of the point: of the obligation, or order and point."),
    _CASE,
    _ORDER,
    Column(
        name="obligation",
        description="Obligation; empty for a point that imposes none.",
        table="obligations",
    ),
    Column(name="point", description="Point as the order prints it.", required=True),
    _choice("kind", "What the point requires or decides.", Kind),
    Column(name="summary", description="Our summary, not a quotation.", required=True),
    _count(name="votes_for", description="Votes for.", path="votes.for", unit="vote"),
    _count(name="votes_against", description="Votes against.", path="votes.against", unit="vote"),
    _flag(name="unanimous", description="Whether it was unanimous.", path="votes.unanimous"),
    _list(name="dissenting", description="Who voted against.", path="votes.dissenting"),
    Column(
        name="scope",
        description="clause if this is one vote on the whole clause.",
        values=("clause",),
        path="votes.scope",
    ),
    _flag(
        name="names_printed",
        description="Whether the order prints the names of those who voted.",
        path="votes.names_printed",
    ),
    _grade("grade", "How well the count was verified."),
    _grade("names_grade", "How well the names were verified."),
    Column(name="note", description="Note on the vote.", path="votes.note"),
    *_SOURCES,
)


def tables(view: Provenance, case_files: Sequence[CaseFile]) -> tuple[Table, ...]:
    """Build the tables; each refers to tables before it."""
    items = survey.union(case_files)
    is_long = isinstance(items, EventList)
    events = _table("events", "Events", _EVENTS, map(_event, items), is_long=is_long)
    deadlines = [
        item
        for case_file in case_files
        for status in case_file.statuses
        for item in status.deadlines
    ]
    deadlines.sort(key=lambda item: (item.deadline.due, item.deadline.id))
    return (
        _table("cases", "Cases", _CASES, (_case(view, item) for item in case_files)),
        _table("orders", "Orders", _ORDERS, _orders(view, case_files)),
        _table("obligations", "Obligations", _OBLIGATIONS, _obligations(view, case_files)),
        _table("deadlines", "Deadlines", _DEADLINES, (item.row() for item in deadlines)),
        events,
        _table("votes", "Votes on points of orders", _VOTES, _votes(case_files)),
        _table(
            "event_subjects",
            "What each event is about",
            _EVENT_SUBJECTS,
            _event_subjects(case_files, events),
            key=("event", "subject"),
            is_long=is_long,
        ),
    )


def _table(  # noqa: PLR0913 - the fields of a table
    name: str,
    title: str,
    columns: tuple[Column, ...],
    rows: Iterable[Mapping[str, object]],
    key: tuple[str, ...] = ("id",),
    *,
    is_long: bool = False,
) -> Table:
    values = (tuple(column.value(row) for column in columns) for row in rows)
    rows_ = Spool(values) if is_long else tuple(values)
    return Table(name=name, title=title, columns=columns, key=key, rows=rows_)


def _case(view: Provenance, case_file: CaseFile) -> dict[str, object]:
    case = case_file.case
    return {
        **json.case(view, case),
        "id": case.id,
        "number": str(case.number),
        "court": case.court.id if case.court else None,
        **_sources(case.sources),
    }


def _orders(view: Provenance, case_files: Iterable[CaseFile]) -> Iterator[dict[str, object]]:
    for case_file in case_files:
        for order in case_file.orders:
            yield {
                **json.order(view, order, ()),
                "case": order.case.id,
                **_sources(order.sources),
            }


def _obligations(view: Provenance, case_files: Iterable[CaseFile]) -> Iterator[dict[str, object]]:
    for case_file in case_files:
        for status in case_file.statuses:
            item = status.obligation
            yield {
                **json.obligation(view, status),
                "case": item.order.case.id,
                "order": item.order.id,
                "contested": item.contested.text if item.contested else None,
                **_sources(item.sources),
            }


def _event(event: Event) -> dict[str, object]:
    files = [f"{file.name} ({file.sha256})" for file in event.attachments]
    return {**json.event(event), "attachments": files}


def _votes(case_files: Iterable[CaseFile]) -> Iterator[dict[str, object]]:
    for case_file in case_files:
        items: list[Obligation | Decision] = [item.obligation for item in case_file.statuses]
        items += case_file.decisions
        for item in items:
            if item.votes is None:
                continue
            order = item.order
            obligation = item.id if isinstance(item, Obligation) else None
            yield {
                "id": obligation or f"{order.id}/{item.point}",
                "case": order.case.id,
                "order": order.id,
                "obligation": obligation,
                "point": item.point,
                "kind": item.kind,
                "summary": item.summary,
                "votes": json.votes(item.votes),
                "grade": item.votes.grade,
                "names_grade": item.votes.names_grade,
                **_sources(item.sources),
            }


def _event_subjects(case_files: Iterable[CaseFile], events: Table) -> Iterator[dict[str, object]]:
    """Yield an event and what it is about, as far as the package has that."""
    parents: dict[str, tuple[str, str | None, str | None]] = {}
    for case_file in case_files:
        case = case_file.case.id
        parents[case] = case, None, None
        parents |= {order.id: (case, order.id, None) for order in case_file.orders}
        for status in case_file.statuses:
            item = status.obligation
            parents[item.id] = case, item.order.id, item.id
    about = [column.name for column in events.columns].index("about")
    for row in events.rows:
        for subject in dict.fromkeys(_texts(row[about])):
            if ids := parents.get(subject.partition("@")[0]):
                case, order, obligation = ids
                yield {
                    "event": row[0],
                    "subject": subject,
                    "case": case,
                    "order": order,
                    "obligation": obligation,
                }


def _sources(sources: Iterable[Source]) -> dict[str, object]:
    """Return the addresses of sources, and the licence of a coding among them."""
    urls = tuple(dict.fromkeys(source.url for source in sources))
    coded = any(
        source.grade is Grade.SECONDARY and data_set.license == _NON_COMMERCIAL
        for source in sources
        for data_set in _DATA_SETS
        if source.url.startswith(data_set.prefix)
    )
    return {"sources": urls, "coding_licence": _NON_COMMERCIAL if coded else None}


def provenance(
    view: Provenance, contents: Sequence[Table], licence: Licence | None
) -> dict[str, object]:
    """Build what is true of all tables: day, register, log, licence and data sets."""
    answer = json.answer("data-package", view)
    court, caveat = view.court, phrases.caveat(view)
    cited = {
        url
        for table in contents
        for index, column in enumerate(table.columns)
        if column.name == "sources"
        for row in table.rows
        for url in _texts(row[index])
    }
    return {
        "name": f"orderwatch-{court.id}" if court else "orderwatch",
        "title": f"{court.name}: provisional measures" if court else "Provisional measures",
        "description": f"{_SCOPE} {caveat}" if licence else caveat,
        "version": str(view.release or view.reviewed),
        "as_of": answer["as_of"],
        "known_on": answer["known_on"],
        "time_zone": answer["time_zone"],
        "register": answer["register"],
        "log": answer["log"],
        "licenses": [{"name": licence.id, "title": licence.title, "path": licence.url}]
        if licence
        else [],
        "sources": [
            {"title": item.title, "path": item.prefix, "license": item.license}
            for item in _DATA_SETS
            if any(url.startswith(item.prefix) for url in cited)
        ],
    }


def files(
    view: Provenance, contents: Sequence[Table], licence: Licence | None
) -> Iterator[tuple[str, str | Iterable[bytes]]]:
    """Yield the CSV files and `datapackage.json`."""
    package = provenance(view, contents, licence)
    resources = []
    for table in contents:
        path, content = f"{table.name}.csv", _Csv(table)
        yield path, content if isinstance(table.rows, Spool) else b"".join(content).decode()
        size, digest = content.measure()
        resources.append(
            {
                "name": table.name,
                "path": path,
                "title": table.title,
                "profile": "tabular-data-resource",
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "bytes": size,
                "hash": f"sha256:{digest}",
                **({"licenses": package["licenses"]} if licence else {}),
                "schema": _schema(table),
            }
        )
    # The specification allows no empty list.
    lists = {key: package.pop(key) for key in ("licenses", "sources")}
    package |= {key: value for key, value in lists.items() if value}
    yield (
        "datapackage.json",
        json.text({**package, "profile": "tabular-data-package", "resources": resources}),
    )


class _Csv:
    """The CSV file of a table, in chunks."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._measured: tuple[int, str] | None = None

    def __iter__(self) -> Iterator[bytes]:
        header = [column.name for column in self._table.columns]
        lines = csv.records(header, (map(_cell, row) for row in self._table.rows))
        size, digest = 0, sha256()
        for block in _blocks(lines):
            chunk = "".join(block).encode()
            size += len(chunk)
            digest.update(chunk)
            yield chunk
        self._measured = size, digest.hexdigest()

    def measure(self) -> tuple[int, str]:
        """Return size and SHA-256; read the rows unless that was done."""
        if self._measured is None:
            deque(self, maxlen=0)
        assert self._measured is not None  # noqa: S101 - for the type checker: read above
        return self._measured


def _blocks(items: Iterable[_T]) -> Iterator[list[_T]]:
    remaining = iter(items)
    while block := list(islice(remaining, _BLOCK)):
        yield block


def _schema(table: Table) -> dict[str, object]:
    return {
        "fields": list(map(_field, table.columns)),
        "primaryKey": list(table.key),
        "foreignKeys": [
            {
                "fields": [column.name],
                "reference": {"resource": column.table, "fields": ["id"]},
            }
            for column in table.columns
            if column.table
        ],
        "missingValues": [""],
    }


def _field(column: Column) -> dict[str, object]:
    is_list = column.type == "list"
    suffix = " Separated by semicolon and space." if is_list else ""
    constraints: dict[str, object] = {"required": True} if column.required else {}
    if column.values:
        constraints["enum"] = column.values
    return {
        "name": column.name,
        "type": "string" if is_list else column.type,
        "description": f"{column.description}{suffix}",
        **({"unit": column.unit} if column.unit else {}),
        **({"constraints": constraints} if constraints else {}),
    }


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list | tuple) else ()


def _cell(value: object) -> str:
    """Format a value as `readr` and pandas read it."""
    if isinstance(value, bool):
        return str(value).upper()
    # The number of a case: a spreadsheet shows the same digits.
    if isinstance(value, str) and value.isdecimal() and value == str(int(value)):
        return value
    return csv.cell(phrases.timestamp(value) if isinstance(value, datetime) else value)
