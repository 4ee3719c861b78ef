"""Checks across tables: duplicates, unknown ids, votes that do not add up.

The checks read the parsed file and look only at values of the right type, so that one
run reports these problems with those of the schema, and none of them twice.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from orderwatch.errors import suggest
from orderwatch.frozen import Frozen
from orderwatch.model import Outcome
from orderwatch.register.build import (
    LANGUAGES,
    ORDER_ID,
    TRANSLATED,
    case_id,
    order_key,
    point_key,
)
from orderwatch.text import fold, name_key
from orderwatch.translation import _

Loc = tuple[int | str, ...]

Finding = tuple[Loc, str]
"""Location in the parsed file, and the problem."""

LINE_MAX = 80


class Problem(Frozen):
    """A problem of a register file."""

    file: str
    message: str
    """What is wrong, and what would be valid."""
    line: int | None = None
    location: str = ""
    """Path of the key, in the words of the file; empty for the whole file."""

    def __str__(self) -> str:
        """Format the problem on one line, as compilers do."""
        source = self.file if self.line is None else f"{self.file}:{self.line}"
        return ": ".join(part for part in (source, self.location, self.message) if part)


def did_you_mean(word: str, candidates: Iterable[str]) -> str:
    """Return the nearest candidate as the end of a message; empty if there is none."""
    matches = suggest(word, candidates, limit=1)
    return _("; did you mean {match}?").format(match=matches[0]) if matches else ""


def truncate(text: str) -> str:
    """Normalize whitespace and truncate a text to one line."""
    line = " ".join(text[: 2 * LINE_MAX].split())
    return line if len(line) <= LINE_MAX else f"{line[: LINE_MAX - 1]}…"


Table = Mapping[str, Any]
_T = TypeVar("_T")

_IMPOSES_NOTHING = {"declined", "withdrawn"}


@dataclass(slots=True)
class Index:
    """Ids, aliases and names of sources collected so far."""

    sources: set[str] = field(default_factory=set)
    ids: set[str] = field(default_factory=set)
    orders: set[str] = field(default_factory=set)
    aliases: dict[str, str] = field(default_factory=dict)
    events: dict[str, date | None] = field(default_factory=dict)
    court: str | None = None
    incomplete: set[str] = field(default_factory=set)
    """Parents of an invalid id; the empty text is the parent of the cases."""

    def is_unknown(self, name: str) -> bool:
        """Return whether an id is unknown, and not only because of another problem."""
        parent = ""
        for length in range(1, len(parts := name.split("/")) + 1):
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
    yield from _court(index, raw)
    yield from _states(index, raw)
    for loc, case in tables((), raw, "case"):
        number = case_id(case.get("number"))
        if number in index.ids:
            yield (*loc, "number"), _("duplicate case number: {number}").format(number=number)
        if number is None or number in index.ids:
            index.incomplete.add("")
        else:
            index.ids.add(number)
        if case.get("applicants") == [] == case.get("respondents"):
            yield (*loc, "applicants"), _("is empty, like respondents; add a party")
        yield from _sources(index, loc, case)
        yield from _names_in_languages(index, loc, case)
        yield from _names(index, loc, case, str(number))
        yield from _orders(index, loc, case, str(number), reviewed)
        yield from _searched(loc, case, reviewed)
    for loc, case in tables((), raw, "case"):
        yield from _earlier_orders(index, loc, case)
    yield from _events(index, raw, reviewed)
    for loc, change in tables((), raw, "change"):
        for position, name in enumerate(get(change, "ids", list) or []):
            if isinstance(name, str) and name.strip():
                yield from _about(index, (*loc, "ids", position), name, events=True)


def _court(index: Index, raw: Table) -> Iterator[Finding]:
    court = get(raw, "court", dict) or {}
    index.court = get(court, "id", str)
    yield from _names_in_languages(index, ("court",), court)
    zone = get(court, "time_zone", str)
    if zone and zone.strip() and not _is_time_zone(zone):
        message = _("not a time zone of the IANA database: {zone}").format(zone=truncate(zone))
        yield ("court", "time_zone"), message


def _is_time_zone(name: str) -> bool:
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        return False
    return True


def _states(index: Index, raw: Table) -> Iterator[Finding]:
    states = get(raw, "state", dict) or {}
    names = {fold(name): str(name) for name in states}
    codes: dict[str, str] = {}
    for name, state in states.items():
        loc: Loc = ("state", name)
        if not name.strip():
            yield loc, _("empty name")
        if not isinstance(state, dict):
            continue
        code = get(state, "code", str)
        owner = str(name) if code is None else codes.setdefault(code, name)
        if owner != name:
            yield (
                (*loc, "code"),
                _("duplicate code {code}, also used by {owner}").format(
                    code=code, owner=truncate(owner)
                ),
            )
        yield from _names_in_languages(index, loc, state)
        aliases = get(state, "aliases", list) or []
        typed: dict[Loc, object] = {("aliases", n): alias for n, alias in enumerate(aliases)}
        typed |= {(f"name_{x}",): state.get(f"name_{x}") for x in LANGUAGES}
        for place, alias in typed.items():
            if not isinstance(alias, str) or not alias.strip():
                continue
            other = names.setdefault(fold(alias), name)
            if other != name:
                message = _("duplicate name {alias}, also used by {other}").format(
                    alias=truncate(alias), other=truncate(other)
                )
                yield (*loc, *place), message


def _searched(loc: Loc, case: Table, reviewed: date | None) -> Iterator[Finding]:
    searched = get(case, "searched", date)
    days = [get(order, "date", date) for _, order in tables(loc, case, "order")]
    end = reviewed or date.max
    last = max((day for day in days if day and day <= end), default=None)
    if searched and last and searched < last:
        yield (*loc, "searched"), _("before the last order of the case, {last}").format(last=last)


def _orders(
    index: Index, parent: Loc, case: Table, number: str, reviewed: date | None
) -> Iterator[Finding]:
    keys: set[str] = set()
    for loc, order in tables(parent, case, "order"):
        day = get(order, "date", date)
        is_coded = "awaiting" not in order
        is_late = is_coded and day is not None and reviewed is not None and day > reviewed
        if is_late:
            message = _("{day} is after the review date of the file, {reviewed}").format(
                day=day, reviewed=reviewed
            )
            yield (*loc, "date"), message
        key = None if day is None else order_key(day, get(order, "sequence", int))
        if key in keys and not is_late:
            message = _("duplicate date {day}").format(day=day)
            if "sequence" not in order:
                message = _(
                    "duplicate date {day}; number the second order of the day with sequence = 2"
                ).format(day=day)
            yield (*loc, "date"), message
        name = f"{number}/{key}"
        if key is None or key in keys or is_late:
            index.incomplete.add(number)
        else:
            keys.add(key)
            index.orders.add(name)
        index.ids.add(name)
        yield from _coding(loc, order)
        yield from _names(index, loc, order, name)
        yield from _ended_why(loc, order)
        yield from _sources(index, loc, order)
        yield from _points(index, loc, order, name)


def _coding(loc: Loc, order: Table) -> Iterator[Finding]:
    """Check that an order has an outcome, or awaits coding and has none of its content."""
    if "awaiting" not in order and "outcome" not in order:
        outcomes = ", ".join(o for o in Outcome if o is not Outcome.AWAITING_CODING)
        text = _("missing; expected one of {outcomes}, or awaiting instead")
        yield (*loc, "outcome"), text.format(outcomes=outcomes)
    for key in ("outcome", "obligation", "decision"):
        if "awaiting" in order and key in order:
            yield (*loc, key), _("not allowed: the order awaits coding; remove one of the two")


def _names(index: Index, loc: Loc, table: Table, name: str) -> Iterator[Finding]:
    """Check the alias and the aliases of a case or an order."""
    aliases = [((*loc, "alias"), get(table, "alias", str))] + [
        ((*loc, "aliases", position), alias)
        for position, alias in enumerate(get(table, "aliases", list) or [])
    ]
    for location, alias in aliases:
        if not isinstance(alias, str):
            continue
        if alias in index.aliases:
            other = index.aliases[alias]
            yield (
                location,
                _("duplicate alias {alias}, also used by {other}").format(
                    alias=truncate(alias), other=other
                ),
            )
        elif alias.startswith("ev-"):
            yield (
                location,
                _("looks like the id of an event: {alias}").format(alias=truncate(alias)),
            )
        elif alias == index.court:
            yield location, _("already the id of the court: {alias}").format(alias=truncate(alias))
        index.aliases.setdefault(alias, name)


def _points(index: Index, parent: Loc, order: Table, name: str) -> Iterator[Finding]:
    outcome = order.get("outcome")
    bench = get(order, "bench", int)
    keys: set[str] = set()
    labels: set[str] = set()
    counts: set[tuple[object, object]] = set()
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
            message = _(
                "missing; another obligation of this point has a part, so number all of them"
            )
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
            yield (
                loc,
                _(
                    'not allowed: an order with outcome "{outcome}" has '
                    "[[case.order.decision]] tables only"
                ).format(outcome=outcome),
            )
        yield from _label(labels, loc, row)
        yield from _names_in_languages(index, loc, row)
        yield from _votes(loc, row, bench)
        yield from _clause_vote(counts, loc, row)
        yield from _empty_periods(loc, row)
        yield from _ended_why(loc, row)
        yield from _sources(index, loc, row)
        contested = row.get("contested")
        if isinstance(contested, dict):
            yield from _sources(index, (*loc, "contested"), contested)


def _names_in_languages(index: Index, loc: Loc, table: Table) -> Iterator[Finding]:
    """Require the source of a name that others gave, and that names in other languages exist."""
    for language in LANGUAGES:
        for key in TRANSLATED:
            name = f"{key}_{language}"
            if name in table and key not in table and loc[:1] != ("state",):
                yield (*loc, key), _("missing; it has a name in another language")
            if key not in {"name", "title"}:
                continue
            source = f"{name}_source"
            if (name in table) != (source in table):
                missing = name if source in table else source
                yield (*loc, missing), _("missing; a name in another language has a source")
            yield from _source(index, (*loc, source), table.get(source))
    unreviewed = table.get("unreviewed")
    for position, name in enumerate(unreviewed if isinstance(unreviewed, list) else ()):
        if isinstance(name, str) and name not in table:
            text = _("no such key here: {name}").format(name=truncate(name))
            yield (*loc, "unreviewed", position), text


def _duplicate_message(point: str, part: int | None, *, is_obligation: bool) -> str:
    if part is not None:
        return _("duplicate point {point} with part {part} in this order").format(
            point=truncate(point), part=part
        )
    hint = _("; number its obligations with part = 1, part = 2") if is_obligation else ""
    return _("duplicate point {point} in this order").format(point=truncate(point)) + hint


def _label(labels: set[str], loc: Loc, row: Table) -> Iterator[Finding]:
    label = get(row, "label", str)
    if label is None:
        return
    folded = name_key(label)
    if folded in labels:
        message = _("duplicate label in this order: {label}").format(label=truncate(label))
        yield (*loc, "label"), message
    labels.add(folded)


def _clause_vote(counts: set[tuple[object, object]], loc: Loc, row: Table) -> Iterator[Finding]:
    votes = get(row, "votes", dict) or {}
    if votes.get("scope") != "clause":
        return
    count = (votes.get("for"), votes.get("against"))
    if counts and count not in counts:
        message = _("one vote on the whole clause, but another point has a different count")
        yield (*loc, "votes", "scope"), message
    counts.add(count)


def _votes(parent: Loc, row: Table, bench: int | None) -> Iterator[Finding]:
    votes = row.get("votes")
    if not isinstance(votes, dict):
        return
    loc = (*parent, "votes")
    in_favour, against = get(votes, "for", int), get(votes, "against", int)
    names = get(votes, "dissenting", list)
    total = (in_favour or 0) + (against or 0)
    if votes.get("unanimous") is True and (against or names):
        yield (
            (*loc, "unanimous"),
            _("true, although there are votes against; remove one of the two"),
        )
    elif against is not None and names is not None and len(names) > against:
        message = _("{n} names, but only {against} votes against").format(
            n=len(names), against=against
        )
        yield (*loc, "dissenting"), message
    for name in ("dissenting", "unanimous"):
        if votes.get("names") == "not-printed" and votes.get(name):
            yield (
                (*loc, "names"),
                _("not-printed, although {name} is present; remove one of the two").format(
                    name=name
                ),
            )
    if bench and total > bench:
        yield (
            loc,
            _("{total} votes in all, but the bench of this order has {bench} judges").format(
                total=total, bench=bench
            ),
        )


def _empty_periods(parent: Loc, row: Table) -> Iterator[Finding]:
    deadline = row.get("deadline")
    if isinstance(deadline, dict):
        for name in ("within", "then_every"):
            if deadline.get(name) == {}:
                message = _("empty table; expected a table like { months = 1 }")
                yield (*parent, "deadline", name), message


def _ended_why(loc: Loc, table: Table) -> Iterator[Finding]:
    if "ended_why" in table and "ended" not in table:
        yield (*loc, "ended_why"), _('no "ended" with it; add the date or the year')


def _earlier_orders(index: Index, parent: Loc, case: Table) -> Iterator[Finding]:
    number = case_id(case.get("number"))
    for loc, order in tables(parent, case, "order"):
        day = get(order, "date", date)
        key = day and order_key(day, get(order, "sequence", int))
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
                    hint = did_you_mean(target, sorted(index.orders))
                    yield (
                        location,
                        (_("no such order in this file: {id}").format(id=truncate(target)) + hint),
                    )
                elif key and target.partition("/")[2] >= key:
                    yield (
                        location,
                        _("not earlier than this order: {target}").format(target=truncate(target)),
                    )


def _events(index: Index, raw: Table, reviewed: date | None) -> Iterator[Finding]:
    for loc, event in tables((), raw, "event"):
        yield from _event(index, loc, event, reviewed)
    for loc, event in tables((), raw, "event"):
        yield from _answers(index, loc, event)


def _event(index: Index, loc: Loc, event: Table, reviewed: date | None) -> Iterator[Finding]:
    name, day = get(event, "id", str), get(event, "date", date)
    if name in index.events:
        yield (
            (*loc, "id"),
            _("duplicate event id: {name}").format(name=truncate(name or "")),
        )
    index.events.setdefault(name or "", day)
    if day and reviewed and day > reviewed:
        problem = _("{day} is after the review date of the file, {reviewed}").format(
            day=day, reviewed=reviewed
        )
        yield (*loc, "date"), problem
    until = get(event, "extends_to", date)
    if day and until and until <= day:
        yield (
            (*loc, "extends_to"),
            _("{until} is not later than the event, {day}").format(until=until, day=day),
        )
    if "source" not in event and event.get("kind") != "note":
        message = _('missing; only an event of kind "note" can omit it: name the source')
        yield (*loc, "source"), message
    yield from _source(index, (*loc, "source"), event.get("source"))
    yield from _sources(index, loc, event, "further")
    for position, about in enumerate(get(event, "about", list) or []):
        if isinstance(about, str) and about.strip():
            yield from _about(index, (*loc, "about", position), about)
    for key, kind in (("access", "submission"), ("answers", "statement")):
        if key in event and get(event, "kind", str) not in {None, kind}:
            yield (*loc, key), _('allowed for events of kind "{kind}" only').format(kind=kind)


def _answers(index: Index, loc: Loc, event: Table) -> Iterator[Finding]:
    target, day = get(event, "answers", str), get(event, "date", date)
    if target is None or not target.strip() or event.get("kind") != "statement":
        return
    location = (*loc, "answers")
    if target not in index.events:
        hint = did_you_mean(target, sorted(index.events))
        message = _("no such event in this file: {id}").format(id=truncate(target)) + hint
        yield location, message
        return
    other = index.events[target]
    if target == event.get("id"):
        yield location, _("the event itself: {target}").format(target=truncate(target))
    elif day and other and other > day:
        yield (
            location,
            _("later than this event: {target}, of {other}").format(
                target=truncate(target), other=other
            ),
        )


def _about(index: Index, loc: Loc, text: str, *, events: bool = False) -> Iterator[Finding]:
    if events and text.lower() in index.events:
        return
    name, separator, day = text.lower().partition("@")
    if separator and name.count("/") != 2:  # noqa: PLR2004
        yield loc, _("has a date, but only a deadline has one: {text}").format(text=truncate(text))
    elif separator and not _is_day(day):
        yield loc, _("does not end in a date like @2026-11-23: {text}").format(text=truncate(text))
    elif index.is_unknown(name):
        alias, key = name.partition("/")[::2]
        if alias in index.aliases:
            full_id = index.aliases[alias] + (f"/{key}" if key else "")
            yield (
                loc,
                (
                    _("is an alias: {text}; use the id, {full_id}").format(
                        text=truncate(text), full_id=truncate(full_id)
                    )
                ),
            )
        else:
            hint = did_you_mean(name, sorted(index.ids))
            yield loc, _("unknown id: {id}").format(id=truncate(text)) + hint


def _is_day(text: str) -> bool:
    try:
        return str(date.fromisoformat(text)) == text
    except ValueError:
        return False


def _sources(index: Index, loc: Loc, table: Table, name: str = "sources") -> Iterator[Finding]:
    for position, source in enumerate(get(table, name, list) or []):
        yield from _source(index, (*loc, name, position), source)


def _source(index: Index, loc: Loc, source: object) -> Iterator[Finding]:
    if not isinstance(source, str) or not source.strip() or source in index.sources:
        return
    if "://" in source:
        yield (
            loc,
            _(
                'a URL: {source}; write {{ url = "…", grade = "…" }} or the name of a '
                "[source.NAME] table"
            ).format(source=truncate(source)),
        )
    else:
        hint = did_you_mean(source, sorted(index.sources))
        yield (
            loc,
            _("no [source.NAME] table of this name: {name}").format(name=truncate(source)) + hint,
        )


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
