"""Format of ids, for checking and building."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from orderwatch.model import (
    Access,
    Case,
    Change,
    Contested,
    Court,
    Decision,
    Ending,
    Event,
    EventKind,
    Grade,
    Kind,
    Obligation,
    On,
    Order,
    Outcome,
    Period,
    Register,
    Role,
    Source,
    Standing,
    State,
    TimeLimit,
    Undated,
    Votes,
    Within,
)

Table = Mapping[str, Any]
NamedSources = Mapping[str, Source]


def register(raw: Table, sha256: str) -> Register:
    """Build the register from validated data."""
    sources = {name: _inline(table) for name, table in raw.get("source", {}).items()}
    court = _court(raw["court"]) if "court" in raw else None
    cases: list[Case] = []
    orders: list[tuple[Order, Table]] = []
    for table in raw.get("case", ()):
        case = _case(table, sources, court)
        cases.append(case)
        orders += ((_order(row, case, sources), row) for row in table.get("order", ()))
    orders.sort(key=lambda pair: pair[0].sort_key)
    return Register(
        reviewed=raw["reviewed"],
        sha256=sha256,
        cases=tuple(sorted(cases, key=lambda case: case.sort_key)),
        orders=tuple(order for order, _ in orders),
        obligations=tuple(
            _obligation(row, order, sources)
            for order, table in orders
            for row in table.get("obligation", ())
        ),
        decisions=tuple(
            _decision(row, order, sources)
            for order, table in orders
            for row in table.get("decision", ())
        ),
        events=tuple(
            sorted(
                (_event(row, sources) for row in raw.get("event", ())),
                key=lambda event: event.sort_key,
            )
        ),
        seen_to=raw.get("seen_to"),
        coverage=raw.get("coverage"),
        court=court,
        states=tuple(
            State(
                name=name,
                aliases=tuple(table.get("aliases", ())),
                code=table.get("code"),
            )
            for name, table in raw.get("state", {}).items()
        ),
        changes=tuple(
            sorted(
                map(_change, raw.get("change", ())),
                key=lambda change: change.day,
                reverse=True,
            )
        ),
    )


def _court(table: Table) -> Court:
    return Court(
        id=table["id"],
        name=table["name"],
        short=table.get("short", table["name"]),
        seat=table.get("seat"),
        time_zone=table.get("time_zone", "UTC"),
        confidentiality=table.get("confidentiality"),
    )


def _change(table: Table) -> Change:
    return Change(
        day=table["day"],
        ids=tuple(name.lower() for name in table["ids"]),
        what=table["what"],
        why=table["why"],
        was=table.get("was"),
    )


def _case(table: Table, sources: NamedSources, court: Court | None) -> Case:
    return Case(
        number=table["number"],
        short=table["short"],
        title=table["title"],
        applicants=tuple(table["applicants"]),
        respondents=tuple(table["respondents"]),
        url=table.get("url"),
        seen=table.get("seen"),
        ended=_ending(table),
        state=table.get("state"),
        note=table.get("note"),
        sources=_sources(table, sources),
        aliases=tuple(table.get("aliases", ())),
        searched=table.get("searched"),
        court=court,
    )


def _order(table: Table, case: Case, sources: NamedSources) -> Order:
    return Order(
        case=case,
        made=table["date"],
        outcome=Outcome(table["outcome"]),
        title=table.get("title"),
        alias=table.get("alias"),
        document=table.get("document"),
        document_grade=_grade(table, "document_grade"),
        url=table.get("url"),
        paragraph=table.get("paragraph"),
        organ=table.get("organ", "Court"),
        citation=table.get("citation"),
        bench=table.get("bench"),
        reaffirms=tuple(_order_ids(table, "reaffirms", case)),
        modifies=tuple(_order_ids(table, "modifies", case)),
        ended=_ending(table),
        note=table.get("note"),
        sources=_sources(table, sources),
        aliases=tuple(table.get("aliases", ())),
        sequence=table.get("sequence", 1),
    )


def _obligation(table: Table, order: Order, sources: NamedSources) -> Obligation:
    contested = table.get("contested")
    return Obligation(
        order=order,
        key=point_key(table["point"], table.get("part")),
        point=table["point"],
        kind=Kind(table["kind"]),
        addressees=tuple(table["addressees"]),
        summary=table["summary"],
        limit=_time_limit(table["deadline"]),
        label=table.get("label", Kind(table["kind"]).label),
        also=tuple(Kind(kind) for kind in table.get("also", ())),
        votes=_votes(table),
        grade=_grade(table),
        limit_grade=_grade(table, "deadline_grade"),
        ended=_ending(table),
        contested=contested
        and Contested(text=contested["text"], sources=_sources(contested, sources)),
        note=table.get("note"),
        sources=_sources(table, sources),
    )


def _decision(table: Table, order: Order, sources: NamedSources) -> Decision:
    return Decision(
        order=order,
        point=table["point"],
        kind=Kind(table["kind"]),
        summary=table["summary"],
        votes=_votes(table),
        grade=_grade(table),
        note=table.get("note"),
        sources=_sources(table, sources),
    )


def _event(table: Table, sources: NamedSources) -> Event:
    source = _source(table["source"], sources) if "source" in table else None
    further = _sources(table, sources, "further")
    return Event(
        id=table["id"],
        on=table["date"],
        kind=EventKind(table["kind"]),
        speaker=table["speaker"],
        role=Role(table["role"]),
        summary=table["summary"],
        about=tuple(name.lower() for name in table["about"]),
        by=tuple(table.get("by", ())),
        source=source.url if source else None,
        further=tuple(item.url for item in further),
        archive=table.get("archive"),
        grade=source.grade if source else None,
        inferred=table.get("inferred", False),
        finding=table.get("finding"),
        scale=table.get("scale"),
        extends_to=table.get("extends_to"),
        trigger=table.get("trigger"),
        ends=table.get("ends", False),
        access=Access(table["access"]) if "access" in table else None,
        answers=table.get("answers"),
    )


def _time_limit(value: str | Table) -> TimeLimit:
    if isinstance(value, str):
        return Undated(standing=Standing(value))
    if "time" in value:
        return Undated(standing=Standing(value["time"]), after=value.get("after"))
    if "on" in value:
        return On(day=value["on"], before=value.get("before", False))
    interval = value.get("then_every")
    return Within(
        first=Period(**value["within"]),
        after=value.get("after"),
        then_every=Period(**interval) if interval else None,
        until=value.get("until"),
    )


def _votes(table: Table) -> Votes | None:
    votes = table.get("votes")
    if votes is None:
        return None
    names = votes.get("dissenting")
    return Votes(
        in_favour=votes.get("for"),
        against=votes.get("against"),
        unanimous=votes.get("unanimous", False),
        dissenting=None if names is None else tuple(names),
        grade=_grade(votes),
        names_grade=_grade(votes, "names_grade"),
        note=votes.get("note"),
        on_clause="scope" in votes,
        names_printed="names" not in votes,
    )


def _ending(table: Table) -> Ending | None:
    ended, text = table.get("ended"), table.get("ended_why")
    if ended is None:
        return None
    if isinstance(ended, date):
        return Ending(year=ended.year, day=ended, text=text)
    return Ending(year=ended, text=text)


def _order_ids(table: Table, name: str, case: Case) -> Iterator[str]:
    for value in table.get(name, ()):
        yield value if isinstance(value, str) else f"{case.id}/{value}"


def _grade(table: Table, name: str = "grade") -> Grade | None:
    return Grade(table[name]) if name in table else None


def _sources(table: Table, sources: NamedSources, name: str = "sources") -> tuple[Source, ...]:
    return tuple(_source(value, sources) for value in table.get(name, ()))


def _source(value: str | Table, sources: NamedSources) -> Source:
    return sources[value] if isinstance(value, str) else _inline(value)


def _inline(table: Table) -> Source:
    return Source(url=table["url"], grade=Grade(table["grade"]), title=table.get("title"))


CASE_NUMBER_MAX = 999_999
"""Highest number of a case that has no slash."""

CASE_NUMBER = r"^[1-9][0-9]{0,8}/[0-9]{1,4}$"
"""Pattern of the number of a case that is no integer."""

ORDER_ID = r"^[1-9][0-9]*(-[0-9]+)?/[0-9]{4}-[0-9]{2}-[0-9]{2}(-[2-9])?$"
"""Pattern of the id of an order."""


def case_id(number: object) -> str | None:
    """Return the id of a case, or `None` for an invalid number."""
    if type(number) is int and 0 < number <= CASE_NUMBER_MAX:
        return str(number)
    if isinstance(number, str) and re.match(CASE_NUMBER, number):
        return number.replace("/", "-")
    return None


def order_key(day: date, sequence: int | None) -> str:
    """Return the last part of the id of an order: `2024-05-24`, `2024-05-24-2`."""
    return f"{day}-{sequence}" if sequence and sequence > 1 else str(day)


def point_key(point: str, part: int | None) -> str:
    """Return the last part of an id: `(2)(a)` -> `2a`, with part `2a.1`."""
    plain = re.sub(r"[(). ]", "", point).lower()
    return plain if part is None else f"{plain}.{part}"
