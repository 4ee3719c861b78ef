"""What is wrong, where, and what would be right, in the words of the file."""

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
"""Where in the parsed file, and what is wrong there."""

_LONGEST = 80
_NAMES = {
    "case": "number",
    "order": "date",
    "obligation": "point",
    "decision": "point",
    "event": "id",
}
"""What tells the tables of one kind apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One mistake in a register file."""

    file: str
    message: str
    """What is wrong, and what would be right."""
    line: int | None = None
    place: str = ""
    """The way to the key in the words of the file; empty if all of it is meant."""

    def __str__(self) -> str:
        """Write it on one line, as compilers do."""
        spot = self.file if self.line is None else f"{self.file}:{self.line}"
        return ": ".join(part for part in (spot, self.place, self.message) if part)


def problem(file: str, raw: Mapping[str, Any], lines: Lines, found: Finding) -> Problem:
    """Write out what was found."""
    loc, message = found
    return Problem(
        file=file, line=lines.of(loc), place=_place(raw, loc), message=message
    )


def misshapen(error: ErrorDetails) -> Finding:
    """Translate an error of pydantic."""
    value = error["input"]
    if error["type"] == "extra_forbidden":
        return _unknown_key(error["loc"])
    loc, takes, _ = _shape(error["loc"])
    if error["type"] == "missing":
        return loc, f"is missing; should be {takes}"
    hint = ""
    if error["type"] == "literal_error" and isinstance(value, str):
        hint = nearest(value, re.findall(r"'([^']*)'", error["ctx"]["expected"]))
    return loc, f"is {shown(value)}; should be {takes}{hint}"


def _unknown_key(loc: Loc) -> Finding:
    *table, name = loc
    outer, _, shape = _shape(table)
    hint = nearest(str(name), shape["fields"])
    hint = hint or f"; its keys are {', '.join(shape['fields'])}"
    return (*outer, name), f"is not a key of this table{hint}"


def _shape(loc: Iterable[int | str]) -> tuple[Loc, str, Shape]:
    """Find what a place should hold; drop pydantic's names of forms from the place."""
    plain: list[int | str] = []
    takes = ""
    shape: Shape = REGISTER
    for step in loc:
        if "choices" in shape:
            # What may stand here in any form has been said where the forms part.
            shape = shape["choices"][step]
        else:
            plain.append(step)
            part = shape["fields"][step] if "fields" in shape else _items(shape)
            takes = said(part) or takes
            shape = part.get("schema", part) if "fields" in shape else part
        shape = PARTS.get(shape.get("schema_ref", ""), shape)
    return tuple(plain), takes, shape


def _items(shape: Shape) -> Shape:
    found: Shape = shape.get("items_schema") or shape["values_schema"]
    return found


def nearest(word: str, known: Iterable[str]) -> str:
    """Suggest the one that was probably meant; nothing if none is near."""
    found = get_close_matches(cut(word), list(known), n=1)
    return f"; did you mean {found[0]}?" if found else ""


def cut(text: str) -> str:
    """Bring a text of the file onto one line of bearable length."""
    line = " ".join(text[: 2 * _LONGEST].split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def shown(value: object) -> str:
    """Say what a value is, in a few words."""
    match value:
        case bool():
            words = str(value).lower()
        case int() | float():
            words = f"the number {cut(_digits(value))}"
        case str():
            words = f'the text "{cut(value)}"' if value.strip() else "an empty text"
        case datetime():
            words = f"a date with a time of day, {value}"
        case date():
            words = f"the date {value}"
        case list():
            words = "a list" if value else "an empty list"
        case dict():
            keys = cut(", ".join(value))
            words = f"a table with {keys}" if value else "an empty table"
        case _:
            words = f"a time of day, {value}"
    return words


def _digits(value: float) -> str:
    # A hexadecimal number can be longer than Python is willing to write in decimal.
    huge = isinstance(value, int) and value.bit_length() > _LONGEST
    return hex(int(value)) if huge else str(value)


def _place(raw: Mapping[str, Any], loc: Loc) -> str:
    here: Any = raw
    words: list[str] = []
    for step in loc:
        if isinstance(here, dict | list):
            here = _step(here, step)
        if isinstance(step, str):
            words.append(cut(step))
        elif words[-1] in _NAMES and isinstance(here, dict):
            words[-1] += f" {_called(here.get(_NAMES[words[-1]]), step)}"
        else:
            words.append(f"item {step + 1}")
    if words[:1] == ["source"] and len(words) > 1:
        words[:2] = [f"source {words[1]}"]
    return ", ".join(words)


def _step(here: dict[str, Any] | list[Any], step: int | str) -> object:
    if isinstance(here, dict):
        return here.get(str(step))
    return here[step] if isinstance(step, int) and step < len(here) else None


def _called(name: object, index: int) -> str:
    if isinstance(name, str) and name.strip():
        return cut(name)
    if type(name) in {int, date}:
        return cut(_digits(name) if isinstance(name, int) else str(name))
    return f"#{index + 1}"
