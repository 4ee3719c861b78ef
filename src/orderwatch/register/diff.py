"""Differences between two registers: each fact that changed, once."""

from collections import Counter
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import tomli

from orderwatch import fs
from orderwatch.errors import RegisterError
from orderwatch.frozen import Frozen
from orderwatch.model import FactChange, FactKind, RegisterName
from orderwatch.register import SIZE_MAX, validate_file
from orderwatch.register.build import case_id, order_key, point_key
from orderwatch.text import decode

Table = Mapping[str, Any]
Key = tuple[str, str]
"""What a fact is about, such as `event`, and its id."""

_PROBLEMS_MAX = 5
"""Problems of an invalid register that are listed."""
_NAMES = ("summary", "what", "title", "short", "name", "url", "label")
"""The keys whose value stands for what was added or removed."""


class RegisterFacts(Frozen):
    """The facts of a register, by what they are about."""

    state: RegisterName
    tables: Mapping[Key, Table]

    @classmethod
    def load(cls, path: Path, name: str) -> "RegisterFacts":
        """Load a register that is valid."""
        if problems := validate_file(path):
            raise RegisterError("\n".join(map(str, problems[:_PROBLEMS_MAX])))
        data = fs.read(path, SIZE_MAX)
        raw = tomli.loads(decode(data))
        state = RegisterName(
            name=name,
            reviewed=raw["reviewed"],
            seen_to=raw.get("seen_to"),
            sha256=sha256(data).hexdigest(),
        )
        return cls(state=state, tables=dict(_tables(raw)))


def diff(old: RegisterFacts, new: RegisterFacts) -> tuple[FactChange, ...]:
    """Compare two registers; return what was removed, changed and added."""
    return tuple(_changes(old.tables, new.tables))


def _changes(old: Mapping[Key, Table], new: Mapping[Key, Table]) -> Iterator[FactChange]:
    for key in dict.fromkeys((*old, *new)):
        before, after = old.get(key), new.get(key)
        part, id_ = key
        if before is None and after is not None:
            yield FactChange(kind=FactKind.ADDED, part=part, id=id_, now=_name(after))
        elif after is None and before is not None:
            yield FactChange(kind=FactKind.REMOVED, part=part, id=id_, was=_name(before))
        elif before is not None and after is not None:
            for field, was, now in _fields(before, after):
                yield FactChange(
                    kind=FactKind.CHANGED,
                    part=part,
                    id=id_,
                    field=field,
                    was=_text(was),
                    now=_text(now),
                )


def _fields(before: Table, after: Table, prefix: str = "") -> Iterator[tuple[str, object, object]]:
    """Yield what differs in two tables: field, old value, new value."""
    for field in dict.fromkeys((*before, *after)):
        was, now = before.get(field), after.get(field)
        # TOML tells 1 from true and 1.0, which Python takes for equal.
        if was == now and type(was) is type(now):
            continue
        if isinstance(was, dict) and isinstance(now, dict):
            yield from _fields(was, now, f"{prefix}{field}.")
        elif isinstance(was, list) and isinstance(now, list):
            # Only what differs, unless the order alone does.
            gone = [item for item in was if item not in now]
            come = [item for item in now if item not in was]
            yield (f"{prefix}{field}", *((gone, come) if gone or come else (was, now)))
        else:
            yield f"{prefix}{field}", was, now


def _tables(raw: Table) -> Iterator[tuple[Key, Table]]:
    """Yield each table of a register that has an id, without the tables in it that have."""
    nested = {"court", "state", "source", "case", "event", "change"}
    yield ("register", "register"), _without(raw, nested)
    if "court" in raw:
        yield ("court", raw["court"]["id"]), raw["court"]
    for part in ("state", "source"):
        for name, table in raw.get(part, {}).items():
            yield (part, name), table
    for case in raw.get("case", ()):
        yield from _case_tables(case)
    for event in raw.get("event", ()):
        yield ("event", event["id"]), event
    for change in raw.get("change", ()):
        ids = ", ".join(change["ids"])
        yield ("change", f"{change['day']} {ids}: {change['what']}"), change


def _case_tables(case: Table) -> Iterator[tuple[Key, Table]]:
    case_key = str(case_id(case["number"]))
    yield ("case", case_key), _without(case, {"order"})
    for order in case.get("order", ()):
        order_id = f"{case_key}/{order_key(order['date'], order.get('sequence'))}"
        yield ("order", order_id), _without(order, {"obligation", "decision"})
        for item in order.get("obligation", ()):
            yield ("obligation", f"{order_id}/{point_key(item['point'], item.get('part'))}"), item
        points = Counter[str]()
        for item in order.get("decision", ()):
            points[item["point"]] += 1
            number = points[item["point"]]
            suffix = f" ({number})" if number > 1 else ""
            yield ("decision", f"{order_id} {item['point']}{suffix}"), item


def _without(table: Table, names: set[str]) -> Table:
    return {name: value for name, value in table.items() if name not in names}


def _name(table: Table) -> str:
    day = f"{table['date']} " if "date" in table else ""
    speaker = f"{table['speaker']}: " if "speaker" in table else ""
    name = next((table[key] for key in _NAMES if key in table), "")
    return f"{day}{speaker}{name}".strip()


def _text(value: object) -> str | None:
    """Format a value of TOML on one line; `None` where there is none."""
    match value:
        case None:
            return None
        case bool():
            return str(value).lower()
        case list():
            return "; ".join(str(_text(item)) for item in value) or None
        case dict():
            return ", ".join(f"{name} = {_text(item)}" for name, item in value.items())
        case _:
            return str(value)
