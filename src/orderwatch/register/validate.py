"""Checks across tables: duplicates, unknown ids, votes that do not add up.

The checks read the parsed file and look only at values of the right type, so that one
run reports these problems with those of the schema, and none of them twice.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from orderwatch.register.build import CASE_NUMBER_MAX, ORDER_ID, point_key
from orderwatch.register.positions import Loc
from orderwatch.register.problems import Finding, suggestion, truncate

Table = Mapping[str, Any]
_T = TypeVar("_T")

_FULL_BENCH = 17
"""Largest bench: fifteen judges and two ad hoc."""
_IMPOSES_NOTHING = {"declined", "withdrawn"}


@dataclass(slots=True)
class Index:
    """Ids, aliases and names of sources collected so far."""

    sources: set[str] = field(default_factory=set)
    ids: set[str] = field(default_factory=set)
    orders: set[str] = field(default_factory=set)
    aliases: dict[str, str] = field(default_factory=dict)
    incomplete: set[str] = field(default_factory=set)
    """Parents of an invalid id; the empty text is the parent of the cases."""

    def is_unknown(self, name: str) -> bool:
        """Return whether an id is unknown, and not only because of another problem."""
        parent = ""
        for length, _ in enumerate(parts := name.split("/"), 1):
            prefix = "/".join(parts[:length])
            if prefix not in self.ids:
                return parent not in self.incomplete
            parent = prefix
        return False


def findings(raw: Table) -> Iterator[Finding]:
    """Yield the problems between the tables of a file."""
    sources = raw.get("source")
    index = Index(sources=set(sources) if isinstance(sources, dict) else set())
    reviewed = get(raw, "reviewed", date)
    numbers: set[int] = set()
    for loc, case in tables((), raw, "case"):
        number = get(case, "number", int)
        if number in numbers:
            yield (*loc, "number"), f"is the number of another case too: {number}"
        if number is None or number in numbers or not 0 < number <= CASE_NUMBER_MAX:
            index.incomplete.add("")
        else:
            numbers.add(number)
            index.ids.add(str(number))
        if case.get("applicants") == [] == case.get("respondents"):
            yield (*loc, "applicants"), "is empty, and so is respondents; name a party"
        yield from _sources(index, loc, case)
        yield from _orders(index, loc, case, reviewed)
    for loc, case in tables((), raw, "case"):
        yield from _earlier_orders(index, loc, case)
    yield from _events(index, raw, reviewed)


def _orders(
    index: Index, parent: Loc, case: Table, reviewed: date | None
) -> Iterator[Finding]:
    number = get(case, "number", int)
    days: set[date] = set()
    for loc, order in tables(parent, case, "order"):
        day = get(order, "date", date)
        is_late = day is not None and reviewed is not None and day > reviewed
        if is_late:
            message = f"is {day}, after the file was reviewed; reviewed is {reviewed}"
            yield (*loc, "date"), message
        elif day in days:
            yield (*loc, "date"), f"is the date of another order too: {day}"
        if day is None or day in days or is_late:
            index.incomplete.add(str(number))
        else:
            days.add(day)
            index.orders.add(f"{number}/{day}")
        name = f"{number}/{day}"
        index.ids.add(name)
        yield from _alias(index, loc, order, name)
        yield from _ended_why(loc, order)
        yield from _sources(index, loc, order)
        yield from _points(index, loc, order, name)


def _alias(index: Index, loc: Loc, order: Table, name: str) -> Iterator[Finding]:
    alias = get(order, "alias", str)
    if alias is None:
        return
    if alias in index.aliases:
        other = index.aliases[alias]
        yield (*loc, "alias"), f"is the alias of {other} too: {truncate(alias)}"
    elif alias.startswith("ev-"):
        yield (*loc, "alias"), f"looks like the id of an event: {truncate(alias)}"
    index.aliases.setdefault(alias, name)


def _points(index: Index, parent: Loc, order: Table, name: str) -> Iterator[Finding]:
    outcome = order.get("outcome")
    bench = get(order, "bench", int)
    keys: set[str] = set()
    rows = [*tables(parent, order, "obligation"), *tables(parent, order, "decision")]
    with_parts = {
        point_key(row["point"], None)
        for loc, row in rows
        if isinstance(row.get("point"), str) and "part" in row
    }
    for loc, row in rows:
        is_obligation = loc[-2] == "obligation"
        point, part = get(row, "point", str), get(row, "part", int)
        full_key = None if point is None else point_key(point, part)
        if point is not None and "part" not in row and full_key in with_parts:
            message = "is missing; another duty of this point has a part, so number all"
            yield (*loc, "part"), message
        elif point is not None and full_key in keys:
            yield (
                (*loc, "point"),
                _duplicate_message(point, part, is_obligation=is_obligation),
            )
        if full_key is None or full_key in keys or full_key in with_parts:
            index.incomplete.add(name)
        else:
            keys.add(full_key)
            if is_obligation:
                index.ids.add(f"{name}/{full_key}")
        if is_obligation and outcome in _IMPOSES_NOTHING:
            message = f"stands under an order that is {outcome}"
            yield loc, f"{message}; such an order has [[case.order.decision]] only"
        yield from _votes(loc, row, bench)
        yield from _empty_periods(loc, row)
        yield from _ended_why(loc, row)
        yield from _sources(index, loc, row)
        contested = row.get("contested")
        if isinstance(contested, dict):
            yield from _sources(index, (*loc, "contested"), contested)


def _duplicate_message(point: str, part: int | None, *, is_obligation: bool) -> str:
    if part is not None:
        return f"stands twice with part {part} in this order: {truncate(point)}"
    hint = "; number its duties with part = 1, part = 2" if is_obligation else ""
    return f"stands twice in this order: {truncate(point)}{hint}"


def _votes(parent: Loc, row: Table, bench: int | None) -> Iterator[Finding]:
    votes = row.get("votes")
    if not isinstance(votes, dict):
        return
    loc = (*parent, "votes")
    in_favour, against = get(votes, "for", int), get(votes, "against", int)
    names = get(votes, "dissenting", list)
    limit = bench or _FULL_BENCH
    total = (in_favour or 0) + (against or 0)
    if votes.get("unanimous") is True and (against or names):
        yield (*loc, "unanimous"), "is true beside votes against; drop one of the two"
    elif against is not None and names is not None and len(names) > against:
        message = f"names {len(names)}, more than the votes against: {against}"
        yield (*loc, "dissenting"), message
    if total > limit:
        seats = "the bench of this order" if bench else "fifteen judges and two ad hoc"
        yield loc, f"are {total} votes in all, more than {seats}: at most {limit}"


def _empty_periods(parent: Loc, row: Table) -> Iterator[Finding]:
    deadline = row.get("deadline")
    if isinstance(deadline, dict):
        for name in ("within", "then_every"):
            if deadline.get(name) == {}:
                message = "is an empty table; should be a table like { months = 1 }"
                yield (*parent, "deadline", name), message


def _ended_why(loc: Loc, table: Table) -> Iterator[Finding]:
    if "ended_why" in table and "ended" not in table:
        yield (*loc, "ended_why"), "stands without ended; add the date or the year"


def _earlier_orders(index: Index, parent: Loc, case: Table) -> Iterator[Finding]:
    number = get(case, "number", int)
    for loc, order in tables(parent, case, "order"):
        day = get(order, "date", date)
        for name in ("reaffirms", "modifies"):
            for position, other in enumerate(get(order, name, list) or []):
                if type(other) is date and number is not None:
                    target = f"{number}/{other}"
                elif isinstance(other, str) and re.match(ORDER_ID, other):
                    target = other
                else:
                    continue
                location = (*loc, name, position)
                if index.is_unknown(target):
                    hint = suggestion(target, sorted(index.orders))
                    yield (
                        location,
                        (
                            "is an order that is not in this file: "
                            f"{truncate(target)}{hint}"
                        ),
                    )
                elif day and target.partition("/")[2] >= str(day):
                    yield (
                        location,
                        f"is not earlier than this order: {truncate(target)}",
                    )


def _events(index: Index, raw: Table, reviewed: date | None) -> Iterator[Finding]:
    ids: set[str] = set()
    for loc, event in tables((), raw, "event"):
        name, day = get(event, "id", str), get(event, "date", date)
        if name in ids:
            yield (
                (*loc, "id"),
                f"is the id of another event too: {truncate(name or '')}",
            )
        ids.add(name or "")
        if day and reviewed and day > reviewed:
            problem = f"is {day}, after the file was reviewed; reviewed is {reviewed}"
            yield (*loc, "date"), problem
        until = get(event, "extends_to", date)
        if day and until and until <= day:
            yield (*loc, "extends_to"), f"is {until}, not later than the event: {day}"
        if "source" not in event and event.get("kind") != "note":
            message = "is missing; only a note can do without: name where it is written"
            yield (*loc, "source"), message
        yield from _source(index, (*loc, "source"), event.get("source"))
        yield from _sources(index, loc, event, "further")
        for position, about in enumerate(get(event, "about", list) or []):
            if isinstance(about, str) and about.strip():
                yield from _about(index, (*loc, "about", position), about)


def _about(index: Index, loc: Loc, text: str) -> Iterator[Finding]:
    name, separator, day = text.lower().partition("@")
    if separator and name.count("/") != 2:  # noqa: PLR2004
        yield loc, f"has a date, but only a deadline has: {truncate(text)}"
    elif separator and not _is_day(day):
        yield loc, f"ends in no date like @2026-11-23: {truncate(text)}"
    elif index.is_unknown(name):
        alias, _, key = name.partition("/")
        if alias in index.aliases:
            full_id = index.aliases[alias] + (f"/{key}" if key else "")
            yield (
                loc,
                (
                    f"is written with an alias: {truncate(text)}; the id is "
                    f"{truncate(full_id)}"
                ),
            )
        else:
            hint = suggestion(name, sorted(index.ids))
            yield loc, f"is the id of nothing in this file: {truncate(text)}{hint}"


def _is_day(text: str) -> bool:
    try:
        return str(date.fromisoformat(text)) == text
    except ValueError:
        return False


def _sources(
    index: Index, loc: Loc, table: Table, name: str = "sources"
) -> Iterator[Finding]:
    for position, source in enumerate(get(table, name, list) or []):
        yield from _source(index, (*loc, name, position), source)


def _source(index: Index, loc: Loc, source: object) -> Iterator[Finding]:
    if not isinstance(source, str) or not source.strip() or source in index.sources:
        return
    if "://" in source:
        message = 'is an address; write { url = "…", grade = "…" } or name its table'
        yield loc, f"{message}: {truncate(source)}"
    else:
        hint = suggestion(source, sorted(index.sources))
        yield loc, f"is the name of no [source.NAME] table: {truncate(source)}{hint}"


def tables(parent: Loc, table: Table, name: str) -> Iterator[tuple[Loc, Table]]:
    """Yield the tables of an array of tables, each with its location."""
    rows = table.get(name)
    for position, row in enumerate(rows if isinstance(rows, list) else ()):
        if isinstance(row, dict):
            yield (*parent, name, position), row


def get(table: Table, name: str, kind: type[_T]) -> _T | None:
    """Return a value if it has exactly this type: a date-time is not a date."""
    value = table.get(name)
    return value if type(value) is kind else None
