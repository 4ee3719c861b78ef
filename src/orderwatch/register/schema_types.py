"""Building blocks of the register schema: keys, tables, types of values."""

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Any, cast

from pydantic_core import core_schema as core

from orderwatch.model import Grade, Kind

SchemaNode = Mapping[str, Any]

LABEL_MAX = 60
"""Characters of a label."""

# A host, then port and path; "user@host" is rejected, since it can mislead.
_URL_PATTERN = (
    r"^https?://(\[[0-9A-Fa-f:.]+\]|[^\s\x00-\x1f\x7f/?#@:\[\]\\.-]"
    r"[^\s\x00-\x1f\x7f/?#@:\[\]\\]*)(:[0-9]{1,5})?([/?#][^\s\x00-\x1f\x7f]*)?$"
)


def described(schema: core.CoreSchema, label: str, **extra: object) -> core.CoreSchema:
    """Return a schema with a description of what it accepts."""
    updates = {"description": label, **extra}
    return cast(
        "core.CoreSchema", {**schema, "metadata": {"pydantic_js_updates": updates}}
    )


def description(node: SchemaNode) -> str:
    """Return the description of a type or a key."""
    return str(
        node.get("metadata", {}).get("pydantic_js_updates", {}).get("description", "")
    )


def optional(
    label: str, schema: core.CoreSchema, *, required: bool = False
) -> core.TypedDictField:
    """Return the schema of a key that may be left out."""
    updates = {"description": f"{label}: {description(schema)}"}
    return core.typed_dict_field(
        schema, required=required, metadata={"pydantic_js_updates": updates}
    )


def required(label: str, schema: core.CoreSchema) -> core.TypedDictField:
    """Return the schema of a required key."""
    return optional(label, schema, required=True)


def table(
    title: str,
    keys: dict[str, core.TypedDictField],
    ref: str | None = None,
    **extra: object,
) -> core.CoreSchema:
    """Return the schema of a table without unknown keys."""
    updates = {"title": title, "additionalProperties": False, **extra}
    return core.typed_dict_schema(
        keys,
        extra_behavior="forbid",
        # Without strict, pydantic accepts a date-time and 1716508800 as a date.
        config=core.CoreConfig(strict=True),
        ref=ref,
        metadata={"pydantic_js_updates": updates},
    )


def number(maximum: int, *, minimum: int = 1) -> core.CoreSchema:
    """Return the schema of an integer, small enough for all later arithmetic."""
    schema = core.int_schema(ge=minimum, le=maximum, strict=True)
    return described(schema, f"a whole number from {minimum} to {maximum}")


def one_of(members: Iterable[StrEnum]) -> core.CoreSchema:
    """Return the schema of a value of an enum."""
    names = [str(value) for value in members]
    return described(core.literal_schema(names), f"one of {', '.join(names)}")


def exactly(word: str) -> core.CoreSchema:
    """Return the schema of one word."""
    return described(core.literal_schema([word]), f'"{word}"')


def list_of(
    items: core.CoreSchema, label: str, *, min_length: int | None = None
) -> core.CoreSchema:
    """Return the schema of a list."""
    return described(core.list_schema(items, min_length=min_length, strict=True), label)


def text(label: str, pattern: str) -> core.CoreSchema:
    """Return the schema of a text that matches a pattern."""
    return described(core.str_schema(pattern=pattern, strict=True), label)


def either(
    variants: dict[str, core.CoreSchema],
    label: str,
    discriminator: Callable[[object], str | None],
) -> core.CoreSchema:
    """Return the schema of a union whose variant `discriminator` selects."""
    # Without a discriminator, pydantic reports one error for each variant.
    return described(core.tagged_union_schema(variants, discriminator), label)


def _end_variant(value: object) -> str:
    return "(year)" if type(value) is int else "(day)"


TEXT = described(
    core.str_schema(strip_whitespace=True, min_length=1, strict=True), "some text"
)
NAME_LIST = list_of(TEXT, "a list of names")
BOOLEAN = described(core.bool_schema(strict=True), "true or false")
DATE = described(
    core.date_schema(strict=True),
    "a date like 2024-05-24",
    # Not every validator checks the format.
    pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
)
LABEL = described(
    core.str_schema(
        strip_whitespace=True, min_length=1, max_length=LABEL_MAX, strict=True
    ),
    f"a text of at most {LABEL_MAX} characters",
)
VOTE_COUNT = number(999, minimum=0)
GRADE = one_of(Grade)
KIND = one_of(Kind)
URL = text("an address that begins with http:// or https:// and a host", _URL_PATTERN)
SLUG = text(
    "small letters, digits and hyphens, the first a letter", "^[a-z][a-z0-9-]*$"
)
END_DATE = either(
    {"(day)": DATE, "(year)": number(9999, minimum=1000)},
    "a date like 2015-12-16, or a year",
    _end_variant,
)
POINT = text(
    "a point like (2)(a), of letters, digits, parentheses, dots and spaces",
    r"^[A-Za-z0-9(). ]*[A-Za-z0-9][A-Za-z0-9(). ]*$",
)
