"""Describe the problems of a register file, with location and correction."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from pydantic_core import ErrorDetails

from orderwatch.register.schema import DEFINITIONS, REGISTER, SchemaNode, description
from orderwatch.register.validate import LINE_MAX, Finding, Loc, Problem, did_you_mean, truncate
from orderwatch.translation import _

_ID_KEYS = {
    "case": "number",
    "order": "date",
    "obligation": "point",
    "decision": "point",
    "event": "id",
}
"""Key that identifies a table among those of its kind."""


_TOKEN = re.compile(
    r"""
    (?P<comment>\#[^\n]*)
    | (?P<long>\"{3}(?:\\.|[^\\])*?\"{3,5} | '{3}.*?'{3,5})
    | (?P<quoted>"(?:\\.|[^"\\\n])*" | '[^'\n]*')
    | (?P<newline>\n)
    | (?P<sign>[\[\]{},=])
    | (?P<space>[^\S\n]+)
    | (?P<bare>[^\s\[\]{},=\#"']+)
    """,
    re.VERBOSE | re.DOTALL,
)


class _Frame:
    """An open array or inline table."""

    __slots__ = ("count", "is_list", "loc")

    def __init__(self, loc: Loc, *, is_list: bool) -> None:
        self.loc = loc
        self.is_list = is_list
        self.count = 0


class Lines:
    """Line numbers of the keys of a valid TOML text."""

    def __init__(self, text: str) -> None:
        self._lines: dict[Loc, int] = {}
        self._tables: dict[Loc, int] = {}
        self._base: Loc = ()
        self._frames: list[_Frame] = []
        self._key: list[str] = []
        self._value: Loc | None = None
        self._scan(text)

    def line_of(self, loc: Loc) -> int | None:
        """Return the line of `loc`, or of the nearest table around it."""
        for length in range(len(loc), 0, -1):
            if loc[:length] in self._lines:
                return self._lines[loc[:length]]
        return None

    def _scan(self, text: str) -> None:
        line, header = 1, 0
        for token in _TOKEN.finditer(text):
            word, kind = token[0], token.lastgroup
            at_start = not self._frames and self._value is None
            if kind == "newline":
                if not self._frames:
                    self._key, self._value, header = [], None, 0
            elif word == "[" and at_start:
                header += 1
            elif word == "]" and at_start:
                self._add_header(line, is_list=header > 1)
            elif kind == "sign":
                self._add_delimiter(word, line)
            elif kind in {"bare", "quoted", "long"}:
                self._add_word(word, line, is_quoted=kind != "bare")
            line += word.count("\n")

    def _add_header(self, line: int, *, is_list: bool) -> None:
        if not self._key:  # second bracket of an array of tables
            return
        loc: Loc = ()
        for depth, part in enumerate(self._key, 1):
            loc = (*loc, part)
            self._lines.setdefault(loc, line)
            if is_list and depth == len(self._key):
                self._tables[loc] = self._tables.get(loc, 0) + 1
            if loc in self._tables:
                loc = (*loc, self._tables[loc] - 1)
        self._key, self._base = [], loc
        self._lines.setdefault(loc, line)

    def _add_delimiter(self, sign: str, line: int) -> None:
        frame = self._frames[-1] if self._frames else None
        if sign == "=":
            self._value = frame.loc if frame else self._base
            for part in self._key:
                self._value = (*self._value, part)
                self._lines.setdefault(self._value, line)
            self._key = []
        elif sign in "[{":
            self._frames.append(_Frame(self._add_value(line), is_list=sign == "["))
            self._value = None
        elif sign in "]}":
            top = self._frames.pop()
            self._value = top.loc
        elif frame:
            frame.count += 1
            self._key, self._value = [], None

    def _add_word(self, word: str, line: int, *, is_quoted: bool) -> None:
        frame = self._frames[-1] if self._frames else None
        if self._value is None and not (frame and frame.is_list):
            parts = [word[1:-1]] if is_quoted else word.split(".")
            self._key += [part for part in parts if part or is_quoted]
        else:
            self._add_value(line)

    def _add_value(self, line: int) -> Loc:
        """Record the line of the value that begins here; return its location."""
        if self._value is not None:
            return self._value
        frame = self._frames[-1]
        loc = (*frame.loc, frame.count)
        self._lines.setdefault(loc, line)
        return loc


def to_problem(file: str, raw: Mapping[str, Any], lines: Lines, finding: Finding) -> Problem:
    """Build the problem of a finding."""
    loc, message = finding
    return Problem(
        file=file,
        line=lines.line_of(loc),
        location=_location(raw, loc),
        message=message,
    )


def from_pydantic(error: ErrorDetails) -> Finding:
    """Convert an error of pydantic to a finding."""
    value = error["input"]
    if error["type"] == "extra_forbidden":
        return _unknown_key(error["loc"])
    loc, expected = _resolve_schema(error["loc"])[:2]
    if error["type"] == "missing":
        return loc, _("missing; expected {expected}").format(expected=expected)
    hint = ""
    if error["type"] == "literal_error" and isinstance(value, str):
        hint = did_you_mean(value, re.findall(r"'([^']*)'", error["ctx"]["expected"]))
    return loc, _("is {value}; expected {expected}").format(
        value=describe(value), expected=expected
    ) + hint


def _unknown_key(loc: Loc) -> Finding:
    *table, name = loc
    parent, node = _resolve_schema(table)[::2]
    hint = did_you_mean(str(name), node["fields"])
    hint = hint or _("; known keys: {keys}").format(keys=", ".join(node["fields"]))
    return (*parent, name), _("unknown key") + hint


def _resolve_schema(loc: Iterable[int | str]) -> tuple[Loc, str, SchemaNode]:
    """Return location, description and schema, without pydantic's variant names."""
    location: list[int | str] = []
    expected = ""
    node: SchemaNode = REGISTER
    for step in loc:
        if "choices" in node:
            # The description of the union covers its variants.
            node = node["choices"][step]
        else:
            location.append(step)
            child = node["fields"][step] if "fields" in node else _items(node)
            expected = description(child) or expected
            node = child.get("schema", child) if "fields" in node else child
        node = DEFINITIONS.get(node.get("schema_ref", ""), node)
    return tuple(location), expected, node


def _items(node: SchemaNode) -> SchemaNode:
    items: SchemaNode = node.get("items_schema") or node["values_schema"]
    return items


def describe(value: object) -> str:
    """Describe a value in a few words."""
    match value:
        case bool():
            label = str(value).lower()
        case int() | float():
            label = _("the number {value}").format(value=truncate(_digits(value)))
        case str():
            label = (
                _('the text "{value}"').format(value=truncate(value))
                if value.strip()
                else _("an empty text")
            )
        case datetime():
            label = _("a date with a time, {value}").format(value=value)
        case date():
            label = _("the date {value}").format(value=value)
        case list():
            label = _("a list") if value else _("an empty list")
        case dict():
            keys = truncate(", ".join(value))
            label = _("a table with {keys}").format(keys=keys) if value else _("an empty table")
        case _:
            label = _("a time of day, {value}").format(value=value)
    return label


def _digits(value: float) -> str:
    # Python refuses to convert very long integers to decimal.
    is_huge = isinstance(value, int) and value.bit_length() > LINE_MAX
    return hex(int(value)) if is_huge else str(value)


def _location(raw: Mapping[str, Any], loc: Loc) -> str:
    node: Any = raw
    parts: list[str] = []
    for step in loc:
        if isinstance(node, dict | list):
            node = _descend(node, step)
        if isinstance(step, str):
            parts.append(truncate(step))
        elif parts[-1] in _ID_KEYS and isinstance(node, dict):
            parts[-1] += f" {_display_name(node.get(_ID_KEYS[parts[-1]]), step)}"
        else:
            parts.append(_("item {n}").format(n=step + 1))
    if parts[:1] in (["source"], ["state"]) and len(parts) > 1:
        parts[:2] = [f"{parts[0]} {parts[1]}"]
    return ", ".join(parts)


def _descend(node: dict[str, Any] | list[Any], step: int | str) -> object:
    if isinstance(node, dict):
        return node.get(str(step))
    return node[step] if isinstance(step, int) and step < len(node) else None


def _display_name(name: object, index: int) -> str:
    if isinstance(name, str) and name.strip():
        return truncate(name)
    if type(name) in {int, date}:
        return truncate(_digits(name) if isinstance(name, int) else str(name))
    return f"#{index + 1}"
