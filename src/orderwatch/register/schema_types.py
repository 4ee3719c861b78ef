"""The language in which the shapes are written: keys, tables, types of values."""

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Any, cast

from pydantic_core import core_schema as core

from orderwatch.model import Grade, Kind

Shape = Mapping[str, Any]

# A host, then what may follow it; whoever writes "user@host" means to mislead.
_ADDRESS = (
    r"^https?://(\[[0-9A-Fa-f:.]+\]|[^\s\x00-\x1f\x7f/?#@:\[\]\\.-]"
    r"[^\s\x00-\x1f\x7f/?#@:\[\]\\]*)(:[0-9]{1,5})?([/?#][^\s\x00-\x1f\x7f]*)?$"
)


def says(schema: core.CoreSchema, words: str, **more: object) -> core.CoreSchema:
    """Give a type the plain words that say what it takes."""
    updates = {"description": words, **more}
    return cast(
        "core.CoreSchema", {**schema, "metadata": {"pydantic_js_updates": updates}}
    )


def said(shape: Shape) -> str:
    """Tell in plain words what a type or a key takes."""
    return str(
        shape.get("metadata", {}).get("pydantic_js_updates", {}).get("description", "")
    )


def key(
    about: str, schema: core.CoreSchema, *, required: bool = False
) -> core.TypedDictField:
    """Describe a key that may be left out."""
    updates = {"description": f"{about}: {said(schema)}"}
    return core.typed_dict_field(
        schema, required=required, metadata={"pydantic_js_updates": updates}
    )


def need(about: str, schema: core.CoreSchema) -> core.TypedDictField:
    """Describe a key that every such table has."""
    return key(about, schema, required=True)


def table(
    title: str,
    keys: dict[str, core.TypedDictField],
    ref: str | None = None,
    **more: object,
) -> core.CoreSchema:
    """Describe a table; a key that it does not name is a problem."""
    updates = {"title": title, "additionalProperties": False, **more}
    return core.typed_dict_schema(
        keys,
        extra_behavior="forbid",
        # Not strict, pydantic takes a date-time and 1716508800 for a date.
        config=core.CoreConfig(strict=True),
        ref=ref,
        metadata={"pydantic_js_updates": updates},
    )


def number(most: int, *, least: int = 1) -> core.CoreSchema:
    """Take whole numbers, of a size that no later arithmetic stumbles over."""
    schema = core.int_schema(ge=least, le=most, strict=True)
    return says(schema, f"a whole number from {least} to {most}")


def one_of(values: Iterable[StrEnum]) -> core.CoreSchema:
    """Take one of the words of the model."""
    names = [str(value) for value in values]
    return says(core.literal_schema(names), f"one of {', '.join(names)}")


def list_of(
    items: core.CoreSchema, words: str, *, least: int | None = None
) -> core.CoreSchema:
    """Take a list."""
    return says(core.list_schema(items, min_length=least, strict=True), words)


def text(words: str, pattern: str) -> core.CoreSchema:
    """Take a text of a certain form."""
    return says(core.str_schema(pattern=pattern, strict=True), words)


def either(
    choices: dict[str, core.CoreSchema],
    words: str,
    choose: Callable[[object], str | None],
) -> core.CoreSchema:
    """Take one of several forms, which `choose` tells apart."""
    # Left to choose by itself, pydantic reports one mistake once for each form.
    return says(core.tagged_union_schema(choices, choose), words)


def _dated(value: object) -> str:
    return "(year)" if type(value) is int else "(day)"


WORDS = says(
    core.str_schema(strip_whitespace=True, min_length=1, strict=True), "some text"
)
NAMES = list_of(WORDS, "a list of names")
TRUTH = says(core.bool_schema(strict=True), "true or false")
DAY = says(
    core.date_schema(strict=True),
    "a date like 2024-05-24",
    # Not every reader of a schema looks at its format.
    pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
)
VOICES = number(999, least=0)
GRADE = one_of(Grade)
KIND = one_of(Kind)
URL = text("an address that begins with http:// or https:// and a host", _ADDRESS)
NAME = text(
    "small letters, digits and hyphens, the first a letter", "^[a-z][a-z0-9-]*$"
)
ENDED = either(
    {"(day)": DAY, "(year)": number(9999, least=1000)},
    "a date like 2015-12-16, or a year",
    _dated,
)
POINT = text(
    "a point like (2)(a), of letters, digits, parentheses, dots and spaces",
    r"^[A-Za-z0-9(). ]*[A-Za-z0-9][A-Za-z0-9(). ]*$",
)
