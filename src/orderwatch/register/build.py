"""Format of ids, for checking and building."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from hashlib import sha256
from typing import Any

from orderwatch.frozen import Frozen
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
from orderwatch.text import fold, name_key

LANGUAGES = ("fr",)
"""Codes of the languages in which a register can have names, beside English."""
TRANSLATED = ("name", "short", "title", "label")
"""Keys that can have a name in another language, such as `title_fr`."""

Table = Mapping[str, Any]
NamedSources = Mapping[str, Source]


class File(Frozen):
    """A parsed and validated file."""

    raw: Table
    sha256: str


class _Part(File):
    """A file, and what its tables refer to."""

    sources: NamedSources
    court: Court | None
    prefix: str
    """Of ids; empty for a single file."""
    shared: frozenset[str]
    """Aliases that another file has, too."""


def register(files: Sequence[File]) -> Register:
    """Build the register from validated files.

    Of several, the ids begin with that of the court, `reviewed` and `seen_to` are the
    earliest, and `sha256` is that of their digests in hexadecimal, a line each.
    """
    parts = _parts(files)
    cases: list[Case] = []
    orders: list[tuple[Order, Table, _Part]] = []
    for part in parts:
        for table in part.raw.get("case", ()):
            case = _case(table, part)
            cases.append(case)
            orders += ((_order(row, case, part), row, part) for row in table.get("order", ()))
    orders.sort(key=lambda item: item[0].sort_key)
    events = [_event(row, part) for part in parts for row in part.raw.get("event", ())]
    changes = [_change(row, part) for part in parts for row in part.raw.get("change", ())]
    states = _states(parts)
    names = _state_keys(states)
    seen_to = [part.raw["seen_to"] for part in parts if "seen_to" in part.raw]
    return Register(
        reviewed=min(part.raw["reviewed"] for part in parts),
        sha256=_digest([part.sha256 for part in parts]),
        cases=tuple(sorted(cases, key=lambda case: case.sort_key)),
        orders=tuple(order for order, _, _ in orders),
        obligations=tuple(
            _obligation(row, order, part.sources, names)
            for order, table, part in orders
            for row in table.get("obligation", ())
        ),
        decisions=tuple(
            _decision(row, order, part.sources)
            for order, table, part in orders
            for row in table.get("decision", ())
        ),
        events=tuple(sorted(events, key=lambda event: event.sort_key)),
        seen_to=min(seen_to) if len(seen_to) == len(parts) else None,
        coverage=_coverage(parts),
        courts=tuple(part.court for part in parts if part.court),
        states=states,
        names=tuple(dict.fromkeys(name for part in parts for name in _names(part.raw))),
        changes=tuple(sorted(changes, key=lambda change: change.day, reverse=True)),
    )


def _parts(files: Sequence[File]) -> list[_Part]:
    aliases = Counter(name for file in files for name in _aliases(file.raw))
    parts = []
    for file in files:
        raw = file.raw
        court = _court(raw["court"]) if "court" in raw else None
        part = _Part(
            raw=raw,
            sha256=file.sha256,
            sources={name: _inline(table) for name, table in raw.get("source", {}).items()},
            court=court,
            prefix=f"{court.id}:" if court and len(files) > 1 else "",
            shared=frozenset(name for name, count in aliases.items() if count > 1),
        )
        parts.append(part)
    return sorted(parts, key=lambda part: part.prefix)


def _aliases(raw: Table) -> set[str]:
    """Return the names of the cases and orders of a file, without their ids."""
    cases = raw.get("case", ())
    tables = [*cases, *(order for case in cases for order in case.get("order", ()))]
    names = {name for table in tables for name in table.get("aliases", ())}
    return names | {table["alias"] for table in tables if "alias" in table}


def _digest(digests: Sequence[str]) -> str:
    if len(digests) == 1:
        return digests[0]
    return sha256("".join(f"{digest}\n" for digest in digests).encode()).hexdigest()


def _coverage(parts: Sequence[_Part]) -> str | None:
    texts = [(part.court, part.raw["coverage"]) for part in parts if "coverage" in part.raw]
    if len(parts) == 1:
        return texts[0][1] if texts else None
    return " ".join(f"{court.short}: {text}" for court, text in texts if court) or None


def _names(raw: Table) -> Iterator[tuple[str, str, str]]:
    """Yield the names in other languages: the language, the English name, the other."""
    states = [{**table, "name": name} for name, table in raw.get("state", {}).items()]
    orders = [order for case in raw.get("case", ()) for order in case.get("order", ())]
    obligations = [item for order in orders for item in order.get("obligation", ())]
    for table in (raw.get("court", {}), *states, *raw.get("case", ()), *obligations):
        for language in LANGUAGES:
            for key in TRANSLATED:
                if name := table.get(f"{key}_{language}"):
                    yield language, table[key], name


def _states(parts: Sequence[_Part]) -> tuple[State, ...]:
    """Build the States; one that several files have gets the names of all."""
    aliases: dict[str, dict[str, None]] = {}
    codes: dict[str, str] = {}
    for part in parts:
        for name, table in part.raw.get("state", {}).items():
            others = [table[key] for x in LANGUAGES if (key := f"name_{x}") in table]
            new = [other for other in others if fold(other) != fold(name)]
            names = (*table.get("aliases", ()), *new)
            aliases.setdefault(name, {}).update(dict.fromkeys(names))
            if "code" in table:
                codes.setdefault(name, table["code"])
    return tuple(
        State(name=name, aliases=tuple(names), code=codes.get(name))
        for name, names in aliases.items()
    )


def _state_keys(states: Sequence[State]) -> dict[str, frozenset[str]]:
    """Return the names of each State as they are compared, by each of its names."""
    keys: dict[str, frozenset[str]] = {}
    for state in states:
        names = frozenset(map(name_key, (state.name, *state.aliases)))
        keys |= dict.fromkeys(names - keys.keys(), names) | {name_key(state.name): names}
    return keys


def _court(table: Table) -> Court:
    return Court(
        id=table["id"],
        name=table["name"],
        short=table.get("short", table["name"]),
        seat=table.get("seat"),
        time_zone=table.get("time_zone", "UTC"),
        confidentiality=table.get("confidentiality"),
    )


def _change(table: Table, part: _Part) -> Change:
    return Change(
        day=table["day"],
        ids=_ids(table["ids"], part.prefix),
        what=table["what"],
        why=table["why"],
        was=table.get("was"),
    )


def _case(table: Table, part: _Part) -> Case:
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
        sources=_sources(table, part.sources),
        aliases=tuple(table.get("aliases", ())),
        searched=table.get("searched"),
        court=part.court,
        prefix=part.prefix,
    )


def _order(table: Table, case: Case, part: _Part) -> Order:
    alias = table.get("alias")
    return Order(
        case=case,
        made=table["date"],
        outcome=Outcome(table.get("outcome", Outcome.AWAITING_CODING)),
        title=table.get("title"),
        alias=f"{part.prefix}{alias}" if alias in part.shared else alias,
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
        sources=_sources(table, part.sources),
        aliases=tuple(table.get("aliases", ())),
        sequence=table.get("sequence", 1),
    )


def _obligation(
    table: Table, order: Order, sources: NamedSources, names: Mapping[str, frozenset[str]]
) -> Obligation:
    addressees = tuple(table["addressees"])
    contested = table.get("contested")
    return Obligation(
        order=order,
        key=point_key(table["point"], table.get("part")),
        point=table["point"],
        kind=Kind(table["kind"]),
        addressees=addressees,
        addressee_keys=frozenset().union(
            *(names.get(key, {key}) for key in map(name_key, addressees))
        ),
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


def _event(table: Table, part: _Part) -> Event:
    sources, answers = part.sources, table.get("answers")
    source = _source(table["source"], sources) if "source" in table else None
    further = _sources(table, sources, "further")
    return Event(
        id=f"{part.prefix}{table['id']}",
        on=table["date"],
        kind=EventKind(table["kind"]),
        speaker=table["speaker"],
        role=Role(table["role"]),
        summary=table["summary"],
        about=_ids(table["about"], part.prefix),
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
        answers=answers and f"{part.prefix}{answers}",
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
        yield f"{case.prefix}{value}" if isinstance(value, str) else f"{case.id}/{value}"


def _ids(names: Sequence[str], prefix: str) -> tuple[str, ...]:
    return tuple(f"{prefix}{name.lower()}" for name in names)


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
