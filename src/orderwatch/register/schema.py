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
from orderwatch.register.build import CASE_NUMBER, CASE_NUMBER_MAX, LANGUAGES, ORDER_ID
from orderwatch.translation import _, mark

SchemaNode = Mapping[str, Any]

LABEL_MAX = 60
"""Characters of a label."""

# A host, then port and path; "user@host" is rejected, since it can mislead.
_URL_PATTERN = (
    r"^https?://(\[[0-9A-Fa-f:.]+\]|[^\s\x00-\x1f\x7f/?#@:\[\]\\.-]"
    r"[^\s\x00-\x1f\x7f/?#@:\[\]\\]*)(:[0-9]{1,5})?([/?#][^\s\x00-\x1f\x7f]*)?$"
)


def described(
    schema: core.CoreSchema,
    label: str,
    values: Mapping[str, object] | None = None,
    **extra: object,
) -> core.CoreSchema:
    """Return a schema with a description of what it accepts.

    `values` are those of the placeholders in `label`.
    """
    parts = [(label, values)]
    updates = {"description": _describe(parts), **extra}
    metadata = {"pydantic_js_updates": updates, "parts": parts}
    return cast("core.CoreSchema", {**schema, "metadata": metadata})


def description(node: SchemaNode) -> str:
    """Return the description of a type or a key, in the active language."""
    return _describe([(_(label), values) for label, values in _parts(node)])


def _parts(node: SchemaNode) -> list[tuple[str, Mapping[str, object] | None]]:
    parts: list[tuple[str, Mapping[str, object] | None]] = node.get("metadata", {}).get("parts", [])
    return parts


def _describe(parts: Iterable[tuple[str, Mapping[str, object] | None]]) -> str:
    return ": ".join(label if values is None else label.format(**values) for label, values in parts)


def optional(label: str, schema: core.CoreSchema, *, required: bool = False) -> core.TypedDictField:
    """Return the schema of a key that may be left out."""
    parts = [(label, None), *_parts(schema)]
    updates = {"description": _describe(parts)}
    metadata = {"pydantic_js_updates": updates, "parts": parts}
    return core.typed_dict_field(schema, required=required, metadata=metadata)


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
    values = {"minimum": minimum, "maximum": maximum}
    return described(schema, mark("a whole number from {minimum} to {maximum}"), values)


def one_of(members: Iterable[StrEnum]) -> core.CoreSchema:
    """Return the schema of a value of an enum."""
    names = [str(value) for value in members]
    values = {"names": ", ".join(names)}
    return described(core.literal_schema(names), mark("one of {names}"), values)


def exactly(word: str) -> core.CoreSchema:
    """Return the schema of one word."""
    return described(core.literal_schema([word]), '"{word}"', {"word": word})


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
    values: Mapping[str, object] | None = None,
) -> core.CoreSchema:
    """Return the schema of a union whose variant `discriminator` selects."""
    # Without a discriminator, pydantic reports one error for each variant.
    return described(core.tagged_union_schema(variants, discriminator), label, values)


def _end_variant(value: object) -> str:
    return "(year)" if type(value) is int else "(day)"


TEXT = described(core.str_schema(strip_whitespace=True, min_length=1, strict=True), mark("a text"))
NAME_LIST = list_of(TEXT, mark("a list of names"))
BOOLEAN = described(core.bool_schema(strict=True), mark("true or false"))
DATE = described(
    core.date_schema(strict=True),
    mark("a date like 2024-05-24"),
    # Not every validator checks the format.
    pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
)
LABEL = described(
    core.str_schema(strip_whitespace=True, min_length=1, max_length=LABEL_MAX, strict=True),
    mark("a text of at most {n} characters"),
    {"n": LABEL_MAX},
)
VOTE_COUNT = number(999, minimum=0)
GRADE = one_of(Grade)
KIND = one_of(Kind)
URL = text(mark("an address that begins with http:// or https:// and a host"), _URL_PATTERN)
SLUG = text(
    mark("small letters, digits and hyphens, the first a letter, the last no hyphen"),
    "^[a-z]([a-z0-9-]*[a-z0-9])?$",
)
END_DATE = either(
    {"(day)": DATE, "(year)": number(9999, minimum=1000)},
    mark("a date like 2015-12-16, or a year"),
    _end_variant,
)
POINT = text(
    mark("a point like (2)(a), of letters, digits, parentheses, dots and spaces"),
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
        "years": optional(mark("how many years"), number(100)),
        "months": optional(mark("how many months"), number(1200)),
        "weeks": optional(mark("how many weeks"), number(5200)),
        "days": optional(mark("how many days"), number(36500)),
    },
    "period",
    minProperties=1,
)
_SOURCE = table(
    "Source",
    {
        "url": required(mark("where it was seen"), URL),
        "grade": required(mark("how well it was seen there"), GRADE),
        "title": optional(mark("its title"), TEXT),
    },
    "source",
)
_VOTES = table(
    "Votes",
    {
        "for": optional(mark("how many voted for it"), VOTE_COUNT),
        "against": optional(mark("how many voted against it"), VOTE_COUNT),
        "unanimous": optional(mark("whether the order says unanimously"), BOOLEAN),
        "dissenting": optional(mark("who voted against it"), NAME_LIST),
        "grade": optional(mark("how well the count was seen"), GRADE),
        "names_grade": optional(mark("how well the names were seen"), GRADE),
        "note": optional(mark("a note on the votes"), TEXT),
        "scope": optional(mark("what was voted on, if not the point alone"), exactly("clause")),
        "names": optional(mark("whether the order prints who voted how"), exactly("not-printed")),
    },
    "votes",
)
_ALIASES = list_of(SLUG, mark("a list of short names"))
_PERIOD_REF = described(
    core.definition_reference_schema("period"), mark("a table like { months = 1 }")
)
_SOURCE_OR_NAME = either(
    {"(name)": TEXT, "(table)": core.definition_reference_schema("source")},
    mark('the name of a [source.NAME] table, or a table like { url = "…", grade = "court" }'),
    _source_variant,
)
_SOURCES = list_of(_SOURCE_OR_NAME, mark("a list of names of [source.NAME] tables, or of tables"))
_AFTER = optional(mark("the event that starts the period, if not the order"), TEXT)
_DEADLINE = either(
    {
        "(word)": core.literal_schema([str(standing) for standing in Standing]),
        "(time)": table(
            "Without a day",
            {
                "time": required(mark("how the order words it"), one_of(Standing)),
                "after": _AFTER,
            },
        ),
        "(on)": table(
            "On a day",
            {
                "on": required(mark("the day that the order names"), DATE),
                "before": optional(mark("whether the order says before that day"), BOOLEAN),
            },
        ),
        "(within)": table(
            "Within a period",
            {
                "within": required(mark("the period"), _PERIOD_REF),
                "after": _AFTER,
                "then_every": optional(mark("the interval of later dates"), _PERIOD_REF),
                "until": optional(mark("what ends the series"), TEXT),
            },
        ),
    },
    mark('"immediate", "continuing", "unspecified", or a table with one of on, within, time'),
    _deadline_variant,
)


def _in_languages(
    key: str, schema: core.CoreSchema, *, with_source: bool = False
) -> dict[str, core.TypedDictField]:
    """Return the keys of a name in other languages, such as `title_fr`, and of their sources."""
    names = {
        f"{key}_{x}": optional(mark("the name in another language"), schema) for x in LANGUAGES
    }
    if not with_source:
        return names
    return names | {
        f"{key}_{x}_source": optional(mark("where that name was seen"), _SOURCE_OR_NAME)
        for x in LANGUAGES
    }


_POINT_KEYS = {
    "point": required(mark("the point as the order prints it"), POINT),
    "kind": required(mark("what it asks for or decides"), KIND),
    "summary": required(mark("what it says, in a sentence"), TEXT),
    "votes": optional(
        mark("how it was adopted"),
        described(
            core.definition_reference_schema("votes"),
            mark("a table like { for = 13, against = 2 }"),
        ),
    ),
    "grade": optional(mark("how well the point was seen"), GRADE),
    "note": optional(mark("a note"), TEXT),
    "sources": optional(mark("where it was seen"), _SOURCES),
}
_DECISION = table("Decision", _POINT_KEYS)
_OBLIGATION = table(
    "Obligation",
    {
        **_POINT_KEYS,
        "label": optional(mark("the label on screens"), LABEL),
        **_in_languages("label", LABEL),
        "unreviewed": optional(
            mark("the keys in other languages that no person has signed for"),
            list_of(
                described(core.literal_schema([f"label_{x}" for x in LANGUAGES]), mark("a key")),
                mark("a list of keys"),
            ),
        ),
        "part": optional(
            mark("the number of the obligation, if the point has several"), number(99)
        ),
        "also": optional(mark("what else it asks for"), list_of(KIND, mark("a list of kinds"))),
        "addressees": required(mark("who must do it"), NAME_LIST),
        "deadline": required(mark("the time-limit"), _DEADLINE),
        "deadline_grade": optional(mark("how well the time-limit was seen"), GRADE),
        "ended": optional(mark("when it ended"), END_DATE),
        "ended_why": optional(mark("why it ended"), TEXT),
        "contested": optional(
            mark("a disputed reading"),
            described(
                table(
                    "Contested",
                    {
                        "text": required(mark("the readings"), TEXT),
                        "sources": optional(mark("where they are published"), _SOURCES),
                    },
                ),
                mark('a table like { text = "…", sources = ["…"] }'),
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
            "(id)": text(mark("the id of an order"), ORDER_ID),
        },
        mark('a date like 2024-01-26, or an order of another case like "150/2011-03-08"'),
        _order_id_variant,
    ),
    mark("a list of dates"),
)
_ORDER = table(
    "Order",
    {
        "date": required(mark("the day of the order"), DATE),
        "outcome": optional(
            mark("what the order did"),
            one_of(outcome for outcome in Outcome if outcome is not Outcome.AWAITING_CODING),
        ),
        "awaiting": optional(
            mark("what is missing, if the order has no outcome yet"), exactly("coding")
        ),
        "title": optional(mark("its title"), TEXT),
        "sequence": optional(
            mark("its position among the orders of one day, from the second on"),
            number(9, minimum=2),
        ),
        "alias": optional(mark("a short name"), SLUG),
        "aliases": optional(mark("other names"), _ALIASES),
        "document": optional(mark("the court's number of the document"), TEXT),
        "document_grade": optional(mark("how well that number was seen"), GRADE),
        "url": optional(mark("the court's own page or PDF"), URL),
        "paragraph": optional(mark("the operative paragraph"), number(99_999)),
        "organ": optional(mark("the body that made it"), TEXT),
        "citation": optional(mark("how it is cited"), TEXT),
        "bench": optional(mark("how many judges sat"), number(999)),
        "reaffirms": optional(mark("the earlier orders that it restates"), _ORDER_IDS),
        "modifies": optional(mark("the earlier orders that it changes"), _ORDER_IDS),
        "ended": optional(mark("when its measures ended"), END_DATE),
        "ended_why": optional(mark("why they ended"), TEXT),
        "note": optional(mark("a note"), TEXT),
        "sources": optional(mark("where it was seen"), _SOURCES),
        "obligation": optional(
            mark("the points that impose an obligation"),
            list_of(_OBLIGATION, mark("tables headed [[case.order.obligation]]")),
        ),
        "decision": optional(
            mark("the points that impose no obligation"),
            list_of(_DECISION, mark("tables headed [[case.order.decision]]")),
        ),
    },
)
_NUMBER = either(
    {
        "(number)": number(CASE_NUMBER_MAX),
        "(text)": text(mark('a text like "36925/10"'), CASE_NUMBER),
    },
    mark('a whole number from 1 to {maximum}, or a text like "36925/10"'),
    _number_variant,
    {"maximum": CASE_NUMBER_MAX},
)
_CASE = table(
    "Case",
    {
        "number": required(mark("the number of the case"), _NUMBER),
        "short": required(mark("the short name"), TEXT),
        **_in_languages("short", TEXT),
        "aliases": optional(mark("other names"), _ALIASES),
        "title": required(mark("the title"), TEXT),
        **_in_languages("title", TEXT, with_source=True),
        "applicants": required(mark("who applied"), NAME_LIST),
        "respondents": required(mark("against whom"), NAME_LIST),
        "url": optional(mark("the court's own page"), URL),
        "seen": optional(mark("the last day on which its state was seen"), DATE),
        "searched": optional(mark("the last day on which its record was searched"), DATE),
        "ended": optional(mark("when it ended"), END_DATE),
        "state": optional(mark("its state, in a sentence"), TEXT),
        "note": optional(mark("a note"), TEXT),
        "sources": optional(mark("where it was seen"), _SOURCES),
        "order": optional(
            mark("its orders"), list_of(_ORDER, mark("tables headed [[case.order]]"))
        ),
    },
)
_EVENT = table(
    "Event",
    {
        "id": required(mark("its id, like ev-192-2024-02-26-1"), SLUG),
        "date": required(mark("the day it happened"), DATE),
        "kind": required(mark("the kind of event"), one_of(EventKind)),
        "speaker": required(mark("the speaker"), TEXT),
        "role": required(mark("the role of the speaker"), one_of(Role)),
        "summary": required(mark("what happened, in a sentence"), TEXT),
        "about": required(
            mark("the ids of its subjects"),
            list_of(TEXT, mark("a list of at least one id"), min_length=1),
        ),
        "by": optional(mark("who did it, if not the speaker"), NAME_LIST),
        "source": optional(mark("where it is written"), _SOURCE_OR_NAME),
        "further": optional(mark("where else it is written"), _SOURCES),
        "archive": optional(mark("a copy of the source"), URL),
        "inferred": optional(mark("whether the day was inferred"), BOOLEAN),
        "finding": optional(mark("what the speaker found"), TEXT),
        "scale": optional(mark("the scale of the finding"), TEXT),
        "extends_to": optional(mark("the day to which it extends a deadline"), DATE),
        "trigger": optional(mark("the time-limit that it starts"), TEXT),
        "ends": optional(mark("whether its subjects ended with it"), BOOLEAN),
        "access": optional(mark("whether a submission can be read"), one_of(Access)),
        "answers": optional(mark("the event that a statement answers"), TEXT),
    },
)
_COURT = table(
    "Court",
    {
        "id": required(mark("the prefix of ids beside other registers"), SLUG),
        "name": required(mark("its name"), TEXT),
        **_in_languages("name", TEXT, with_source=True),
        "short": optional(mark("its short name"), TEXT),
        **_in_languages("short", TEXT),
        "seat": optional(mark("the city of its seat"), TEXT),
        "time_zone": optional(mark('its time zone, like "Europe/Berlin"'), TEXT),
        "confidentiality": optional(mark("its rule on reports, in a sentence"), TEXT),
    },
)
_STATE = table(
    "State",
    {
        "code": optional(
            mark("its ISO 3166 code"), text(mark("two capital letters"), "^[A-Z]{2}$")
        ),
        "aliases": optional(mark("other names"), NAME_LIST),
        **_in_languages("name", TEXT, with_source=True),
    },
)
_CHANGE = table(
    "Change",
    {
        "day": required(mark("the day of the change"), DATE),
        "ids": required(
            mark("what it concerns"), list_of(TEXT, mark("a list of at least one id"), min_length=1)
        ),
        "what": required(mark("what changed, in a sentence"), TEXT),
        "was": optional(mark("the value before"), TEXT),
        "why": required(mark("why it changed, in a sentence"), TEXT),
    },
)
REGISTER = table(
    "Register",
    {
        # A literal 1 would accept `true`, too.
        "schema": required(
            mark("the version of this shape"),
            described(core.int_schema(ge=1, le=1, strict=True), "1", const=1),
        ),
        "reviewed": required(mark("the day of the last check against the sources"), DATE),
        "seen_to": optional(mark("how far the list of decisions was seen"), DATE),
        "coverage": optional(mark("how far the sources reach"), TEXT),
        "court": optional(
            mark("the court"), described(_COURT, mark("a table headed [court]"), title="Court")
        ),
        "state": optional(
            mark("the States that are parties"),
            described(
                core.dict_schema(core.str_schema(), _STATE, strict=True),
                mark("tables headed [state.NAME]"),
            ),
        ),
        "source": optional(
            mark("the sources that have a name"),
            described(
                core.dict_schema(
                    core.str_schema(),
                    core.definition_reference_schema("source"),
                    strict=True,
                ),
                mark("tables headed [source.NAME]"),
            ),
        ),
        "case": optional(mark("the cases"), list_of(_CASE, mark("tables headed [[case]]"))),
        "event": optional(
            mark("the public record"), list_of(_EVENT, mark("tables headed [[event]]"))
        ),
        "change": optional(
            mark("the history of this file"), list_of(_CHANGE, mark("tables headed [[change]]"))
        ),
    },
)
DEFINITIONS = {"period": _PERIOD, "source": _SOURCE, "votes": _VOTES}
SCHEMA = core.definitions_schema(REGISTER, list(DEFINITIONS.values()))
VALIDATOR = SchemaValidator(SCHEMA)
