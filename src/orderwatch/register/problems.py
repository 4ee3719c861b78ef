"""Describe the problems of a register file, with location and correction."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any

from pydantic_core import ErrorDetails

from orderwatch.register.positions import Lines, Loc
from orderwatch.register.schema import PARTS, REGISTER
from orderwatch.register.schema_types import Shape, said

Finding = tuple[Loc, str]
"""Location in the parsed file, and the problem."""

_LONGEST = 80
_NAMES = {
    "case": "number",
    "order": "date",
    "obligation": "point",
    "decision": "point",
    "event": "id",
}
"""Key that identifies a table among those of its kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A problem of a register file."""

    file: str
    message: str
    """What is wrong, and what would be valid."""
    line: int | None = None
    place: str = ""
    """Path of the key, in the words of the file; empty for the whole file."""

    def __str__(self) -> str:
        """Format the problem on one line, as compilers do."""
        source = self.file if self.line is None else f"{self.file}:{self.line}"
        return ": ".join(part for part in (source, self.place, self.message) if part)


def problem(
    file: str, raw: Mapping[str, Any], lines: Lines, finding: Finding
) -> Problem:
    """Build the problem of a finding."""
    loc, message = finding
    return Problem(
        file=file, line=lines.of(loc), place=_place(raw, loc), message=message
    )


def misshapen(error: ErrorDetails) -> Finding:
    """Convert an error of pydantic to a finding."""
    value = error["input"]
    if error["type"] == "extra_forbidden":
        return _unknown_key(error["loc"])
    loc, expected, _ = _shape(error["loc"])
    if error["type"] == "missing":
        return loc, f"is missing; should be {expected}"
    hint = ""
    if error["type"] == "literal_error" and isinstance(value, str):
        hint = nearest(value, re.findall(r"'([^']*)'", error["ctx"]["expected"]))
    return loc, f"is {shown(value)}; should be {expected}{hint}"


def _unknown_key(loc: Loc) -> Finding:
    *table, name = loc
    parent, _, node = _shape(table)
    hint = nearest(str(name), node["fields"])
    hint = hint or f"; its keys are {', '.join(node['fields'])}"
    return (*parent, name), f"is not a key of this table{hint}"


def _shape(loc: Iterable[int | str]) -> tuple[Loc, str, Shape]:
    """Return location, description and schema, without pydantic's variant names."""
    location: list[int | str] = []
    expected = ""
    node: Shape = REGISTER
    for step in loc:
        if "choices" in node:
            # The description of the union covers its variants.
            node = node["choices"][step]
        else:
            location.append(step)
            child = node["fields"][step] if "fields" in node else _items(node)
            expected = said(child) or expected
            node = child.get("schema", child) if "fields" in node else child
        node = PARTS.get(node.get("schema_ref", ""), node)
    return tuple(location), expected, node


def _items(node: Shape) -> Shape:
    items: Shape = node.get("items_schema") or node["values_schema"]
    return items


def nearest(word: str, candidates: Iterable[str]) -> str:
    """Suggest the nearest candidate; return an empty text if there is none."""
    matches = get_close_matches(cut(word), list(candidates), n=1)
    return f"; did you mean {matches[0]}?" if matches else ""


def cut(text: str) -> str:
    """Normalize whitespace and truncate a text to one line."""
    line = " ".join(text[: 2 * _LONGEST].split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def shown(value: object) -> str:
    """Describe a value in a few words."""
    match value:
        case bool():
            label = str(value).lower()
        case int() | float():
            label = f"the number {cut(_digits(value))}"
        case str():
            label = f'the text "{cut(value)}"' if value.strip() else "an empty text"
        case datetime():
            label = f"a date with a time of day, {value}"
        case date():
            label = f"the date {value}"
        case list():
            label = "a list" if value else "an empty list"
        case dict():
            keys = cut(", ".join(value))
            label = f"a table with {keys}" if value else "an empty table"
        case _:
            label = f"a time of day, {value}"
    return label


def _digits(value: float) -> str:
    # Python refuses to convert very long integers to decimal.
    is_huge = isinstance(value, int) and value.bit_length() > _LONGEST
    return hex(int(value)) if is_huge else str(value)


def _place(raw: Mapping[str, Any], loc: Loc) -> str:
    node: Any = raw
    parts: list[str] = []
    for step in loc:
        if isinstance(node, dict | list):
            node = _step(node, step)
        if isinstance(step, str):
            parts.append(cut(step))
        elif parts[-1] in _NAMES and isinstance(node, dict):
            parts[-1] += f" {_called(node.get(_NAMES[parts[-1]]), step)}"
        else:
            parts.append(f"item {step + 1}")
    if parts[:1] == ["source"] and len(parts) > 1:
        parts[:2] = [f"source {parts[1]}"]
    return ", ".join(parts)


def _step(node: dict[str, Any] | list[Any], step: int | str) -> object:
    if isinstance(node, dict):
        return node.get(str(step))
    return node[step] if isinstance(step, int) and step < len(node) else None


def _called(name: object, index: int) -> str:
    if isinstance(name, str) and name.strip():
        return cut(name)
    if type(name) in {int, date}:
        return cut(_digits(name) if isinstance(name, int) else str(name))
    return f"#{index + 1}"
