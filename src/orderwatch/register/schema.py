"""Schemas of the tables of a register file, with a description of every key.

They are written in pydantic's core language: the same checks, written as model
classes, take some 50 ms longer to build, which would delay every command that reads
the register.
"""

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Any, cast

from pydantic_core import SchemaValidator
from pydantic_core import core_schema as core

from orderwatch.model import Access, EventKind, Grade, Kind, Outcome, Role, Standing
from orderwatch.register.build import CASE_NUMBER, CASE_NUMBER_MAX, ORDER_ID

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
    return cast("core.CoreSchema", {**schema, "metadata": {"pydantic_js_updates": updates}})


def description(node: SchemaNode) -> str:
    """Return the description of a type or a key."""
    return str(node.get("metadata", {}).get("pydantic_js_updates", {}).get("description", ""))


def optional(label: str, schema: core.CoreSchema, *, required: bool = False) -> core.TypedDictField:
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


TEXT = described(core.str_schema(strip_whitespace=True, min_length=1, strict=True), "some text")
NAME_LIST = list_of(TEXT, "a list of names")
BOOLEAN = described(core.bool_schema(strict=True), "true or false")
DATE = described(
    core.date_schema(strict=True),
    "a date like 2024-05-24",
    # Not every validator checks the format.
    pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
)
LABEL = described(
    core.str_schema(strip_whitespace=True, min_length=1, max_length=LABEL_MAX, strict=True),
    f"a text of at most {LABEL_MAX} characters",
)
VOTE_COUNT = number(999, minimum=0)
GRADE = one_of(Grade)
KIND = one_of(Kind)
URL = text("an address that begins with http:// or https:// and a host", _URL_PATTERN)
SLUG = text("small letters, digits and hyphens, the first a letter", "^[a-z][a-z0-9-]*$")
END_DATE = either(
    {"(day)": DATE, "(year)": number(9999, minimum=1000)},
    "a date like 2015-12-16, or a year",
    _end_variant,
)
POINT = text(
    "a point like (2)(a), of letters, digits, parentheses, dots and spaces",
    r"^[A-Za-z0-9(). ]*[A-Za-z0-9][A-Za-z0-9(). ]*$",
)

_DEADLINE_FORMS = ("time", "on", "within")


def _source_variant(value: object) -> str | None:
    if isinstance(value, str):
        return "(name)"
    return "(table)" if isinstance(value, dict) else None


def _order_id_variant(value: object) -> str:
    return "(id)" if type(value) is str else "(day)"


def _number_variant(value: object) -> str:
    return "(text)" if type(value) is str else "(number)"


def _deadline_variant(value: object) -> str | None:
    if isinstance(value, str):
        return "(word)"
    forms = [form for form in _DEADLINE_FORMS if isinstance(value, dict) and form in value]
    return f"({forms[0]})" if len(forms) == 1 else None


_PERIOD = table(
    "Period",
    {
        unit: optional(f"how many {unit}", number(most))
        for unit, most in (
            ("years", 100),
            ("months", 1200),
            ("weeks", 5200),
            ("days", 36500),
        )
    },
    "period",
    minProperties=1,
)
_SOURCE = table(
    "Source",
    {
        "url": required("where it was seen", URL),
        "grade": required("how well it was seen there", GRADE),
        "title": optional("what stands there", TEXT),
    },
    "source",
)
_VOTES = table(
    "Votes",
    {
        "for": optional("how many voted for it", VOTE_COUNT),
        "against": optional("how many voted against it", VOTE_COUNT),
        "unanimous": optional("whether the order says unanimously", BOOLEAN),
        "dissenting": optional("who voted against it", NAME_LIST),
        "grade": optional("how well the count was seen", GRADE),
        "names_grade": optional("how well the names were seen", GRADE),
        "note": optional("a note on the votes", TEXT),
        "scope": optional("what was voted on, if not the point alone", exactly("clause")),
        "names": optional("whether the order prints who voted how", exactly("not-printed")),
    },
    "votes",
)
_ALIASES = list_of(SLUG, "a list of short names")
_PERIOD_REF = described(core.definition_reference_schema("period"), "a table like { months = 1 }")
_SOURCE_OR_NAME = either(
    {"(name)": TEXT, "(table)": core.definition_reference_schema("source")},
    'the name of a [source.NAME] table, or a table like { url = "…", grade = "court" }',
    _source_variant,
)
_SOURCES = list_of(_SOURCE_OR_NAME, "a list of names of [source.NAME] tables, or of tables")
_AFTER = optional("the event from which it runs, if not from the order", TEXT)
_DEADLINE = either(
    {
        "(word)": core.literal_schema([str(standing) for standing in Standing]),
        "(time)": table(
            "Without a day",
            {
                "time": required("how the order words it", one_of(Standing)),
                "after": _AFTER,
            },
        ),
        "(on)": table(
            "On a day",
            {
                "on": required("the day that the order names", DATE),
                "before": optional("whether the order says before that day", BOOLEAN),
            },
        ),
        "(within)": table(
            "Within a period",
            {
                "within": required("the period", _PERIOD_REF),
                "after": _AFTER,
                "then_every": optional("the interval of later dates", _PERIOD_REF),
                "until": optional("what ends the series", TEXT),
            },
        ),
    },
    '"immediate", "continuing", "unspecified", or a table with one of on, within, time',
    _deadline_variant,
)
_POINT_KEYS = {
    "point": required("the point as the order prints it", POINT),
    "kind": required("what it asks for or decides", KIND),
    "summary": required("what it says, in a sentence", TEXT),
    "votes": optional(
        "how it was adopted",
        described(
            core.definition_reference_schema("votes"),
            "a table like { for = 13, against = 2 }",
        ),
    ),
    "grade": optional("how well the point was seen", GRADE),
    "note": optional("a note", TEXT),
    "sources": optional("where it was seen", _SOURCES),
}
_DECISION = table("Decision", _POINT_KEYS)
_OBLIGATION = table(
    "Obligation",
    {
        **_POINT_KEYS,
        "label": optional("what screens call it", LABEL),
        "part": optional("which of several duties of the point", number(99)),
        "also": optional("what else it asks for", list_of(KIND, "a list of kinds")),
        "addressees": required("who must do it", NAME_LIST),
        "deadline": required("the time-limit", _DEADLINE),
        "deadline_grade": optional("how well the time-limit was seen", GRADE),
        "ended": optional("when it ended", END_DATE),
        "ended_why": optional("why it ended", TEXT),
        "contested": optional(
            "a reading on which serious readers differ",
            described(
                table(
                    "Contested",
                    {
                        "text": required("the readings", TEXT),
                        "sources": optional("where they stand", _SOURCES),
                    },
                ),
                'a table like { text = "…", sources = ["…"] }',
                title="Contested",
                additionalProperties=False,
            ),
        ),
    },
)
_ORDER_IDS = list_of(
    either(
        {
            "(day)": DATE,
            "(id)": text("the id of an order", ORDER_ID),
        },
        'a date like 2024-01-26, or an order of another case like "150/2011-03-08"',
        _order_id_variant,
    ),
    "a list of dates",
)
_ORDER = table(
    "Order",
    {
        "date": required("the day of the order", DATE),
        "outcome": required("what the order did", one_of(Outcome)),
        "title": optional("its title", TEXT),
        "sequence": optional(
            "its position among the orders of one day, from the second on",
            number(9, minimum=2),
        ),
        "alias": optional("a short name", SLUG),
        "aliases": optional("further names that people type", _ALIASES),
        "document": optional("the court's number of the document", TEXT),
        "document_grade": optional("how well that number was seen", GRADE),
        "url": optional("the court's own page or PDF", URL),
        "paragraph": optional("the operative paragraph", number(99_999)),
        "organ": optional("who made it", TEXT),
        "citation": optional("how it is cited", TEXT),
        "bench": optional("how many judges sat", number(999)),
        "reaffirms": optional("the earlier orders that it restates", _ORDER_IDS),
        "modifies": optional("the earlier orders that it changes", _ORDER_IDS),
        "ended": optional("when its measures ended", END_DATE),
        "ended_why": optional("why they ended", TEXT),
        "note": optional("a note", TEXT),
        "sources": optional("where it was seen", _SOURCES),
        "obligation": optional(
            "the points that ask for something",
            list_of(_OBLIGATION, "tables headed [[case.order.obligation]]"),
        ),
        "decision": optional(
            "the points that ask nothing of anybody",
            list_of(_DECISION, "tables headed [[case.order.decision]]"),
        ),
    },
)
_NUMBER = either(
    {
        "(number)": number(CASE_NUMBER_MAX),
        "(text)": text('a text like "36925/10"', CASE_NUMBER),
    },
    f'a whole number from 1 to {CASE_NUMBER_MAX}, or a text like "36925/10"',
    _number_variant,
)
_CASE = table(
    "Case",
    {
        "number": required("the number of the case", _NUMBER),
        "short": required("the short name", TEXT),
        "aliases": optional("further names that people type", _ALIASES),
        "title": required("the title", TEXT),
        "applicants": required("who applied", NAME_LIST),
        "respondents": required("against whom", NAME_LIST),
        "url": optional("the court's own page", URL),
        "seen": optional("the last day on which its state was seen", DATE),
        "searched": optional("the last day on which its record was searched", DATE),
        "ended": optional("when it ended", END_DATE),
        "state": optional("its state, in a sentence", TEXT),
        "note": optional("a note", TEXT),
        "sources": optional("where it was seen", _SOURCES),
        "order": optional("its orders", list_of(_ORDER, "tables headed [[case.order]]")),
    },
)
_EVENT = table(
    "Event",
    {
        "id": required("its id, like ev-192-2024-02-26-1", SLUG),
        "date": required("the day it happened", DATE),
        "kind": required("what sort of thing happened", one_of(EventKind)),
        "speaker": required("who says so", TEXT),
        "role": required("in what capacity", one_of(Role)),
        "summary": required("what happened, in a sentence", TEXT),
        "about": required(
            "what it is about",
            list_of(TEXT, "a list of at least one id", min_length=1),
        ),
        "by": optional("who did it, if not the speaker", NAME_LIST),
        "source": optional("where it is written", _SOURCE_OR_NAME),
        "further": optional("where else it is written", _SOURCES),
        "archive": optional("a copy of the source", URL),
        "inferred": optional("whether the day was worked out", BOOLEAN),
        "finding": optional("what the speaker found", TEXT),
        "scale": optional("the scale of the finding", TEXT),
        "extends_to": optional("the day to which it extends a deadline", DATE),
        "trigger": optional("the trigger of a time-limit that it is", TEXT),
        "ends": optional("whether what it is about has ended with it", BOOLEAN),
        "access": optional("whether a submission can be read", one_of(Access)),
        "answers": optional("the event that a statement answers", TEXT),
    },
)
_COURT = table(
    "Court",
    {
        "id": required("the prefix of ids beside other registers", SLUG),
        "name": required("its name", TEXT),
        "short": optional("its short name", TEXT),
        "seat": optional("the city of its seat", TEXT),
        "time_zone": optional('its time zone, like "Europe/Berlin"', TEXT),
        "confidentiality": optional("its rule on reports, in a sentence", TEXT),
    },
)
_STATE = table(
    "State",
    {
        "code": optional("its ISO 3166 code", text("two capital letters", "^[A-Z]{2}$")),
        "aliases": optional("further names that people use for it", NAME_LIST),
    },
)
_CHANGE = table(
    "Change",
    {
        "day": required("the day of the change", DATE),
        "ids": required(
            "what it concerns", list_of(TEXT, "a list of at least one id", min_length=1)
        ),
        "what": required("what changed, in a sentence", TEXT),
        "was": optional("what stood before", TEXT),
        "why": required("why it changed, in a sentence", TEXT),
    },
)
REGISTER = table(
    "Register",
    {
        # A literal 1 would accept `true`, too.
        "schema": required(
            "the version of this shape",
            described(core.int_schema(ge=1, le=1, strict=True), "1", const=1),
        ),
        "reviewed": required("the day of the last check against the sources", DATE),
        "seen_to": optional("how far the list of decisions was seen", DATE),
        "coverage": optional("how far the sources reach", TEXT),
        "court": optional("the court", described(_COURT, "a table headed [court]", title="Court")),
        "state": optional(
            "the States that are parties",
            described(
                core.dict_schema(core.str_schema(), _STATE, strict=True),
                "tables headed [state.NAME]",
            ),
        ),
        "source": optional(
            "the sources that have a name",
            described(
                core.dict_schema(
                    core.str_schema(),
                    core.definition_reference_schema("source"),
                    strict=True,
                ),
                "tables headed [source.NAME]",
            ),
        ),
        "case": optional("the cases", list_of(_CASE, "tables headed [[case]]")),
        "event": optional("the public record", list_of(_EVENT, "tables headed [[event]]")),
        "change": optional(
            "the history of this file", list_of(_CHANGE, "tables headed [[change]]")
        ),
    },
)
DEFINITIONS = {"period": _PERIOD, "source": _SOURCE, "votes": _VOTES}
SCHEMA = core.definitions_schema(REGISTER, list(DEFINITIONS.values()))
VALIDATOR = SchemaValidator(SCHEMA)
