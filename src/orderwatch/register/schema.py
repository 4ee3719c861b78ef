"""Schemas of the tables of a register file, with a description of every key.

They are written in pydantic's core language: the same checks, written as model
classes, take some 50 ms longer to build, which would delay every command that reads
the register.
"""

from pydantic_core import SchemaValidator
from pydantic_core import core_schema as core

from orderwatch.model import EventKind, Outcome, Role, Standing
from orderwatch.register.build import LAST_CASE, ORDER
from orderwatch.register.schema_types import (
    DAY,
    ENDED,
    GRADE,
    KIND,
    NAME,
    NAMES,
    POINT,
    TRUTH,
    URL,
    VOICES,
    WORDS,
    either,
    key,
    list_of,
    need,
    number,
    one_of,
    says,
    table,
    text,
)

_FORMS = ("time", "on", "within")


def _named(value: object) -> str | None:
    if isinstance(value, str):
        return "(name)"
    return "(table)" if isinstance(value, dict) else None


def _id_or_day(value: object) -> str:
    return "(id)" if type(value) is str else "(day)"


def _form(value: object) -> str | None:
    if isinstance(value, str):
        return "(word)"
    forms = [form for form in _FORMS if isinstance(value, dict) and form in value]
    return f"({forms[0]})" if len(forms) == 1 else None


_PERIOD = table(
    "Period",
    {
        unit: key(f"how many {unit}", number(most))
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
        "url": need("where it was seen", URL),
        "grade": need("how well it was seen there", GRADE),
        "title": key("what stands there", WORDS),
    },
    "source",
)
_VOTES = table(
    "Votes",
    {
        "for": key("how many voted for it", VOICES),
        "against": key("how many voted against it", VOICES),
        "unanimous": key("whether the order says unanimously", TRUTH),
        "dissenting": key("who voted against it", NAMES),
        "grade": key("how well the count was seen", GRADE),
        "names_grade": key("how well the names were seen", GRADE),
        "note": key("a note on the votes", WORDS),
    },
    "votes",
)
_A_PERIOD = says(
    core.definition_reference_schema("period"), "a table like { months = 1 }"
)
_A_SOURCE = either(
    {"(name)": WORDS, "(table)": core.definition_reference_schema("source")},
    'the name of a [source.NAME] table, or a table like { url = "…", grade = "court" }',
    _named,
)
_SOURCES = list_of(_A_SOURCE, "a list of names of [source.NAME] tables, or of tables")
_AFTER = key("the event from which it runs, if not from the order", WORDS)
_DEADLINE = either(
    {
        "(word)": core.literal_schema([str(standing) for standing in Standing]),
        "(time)": table(
            "Without a day",
            {"time": need("how the order words it", one_of(Standing)), "after": _AFTER},
        ),
        "(on)": table(
            "On a day",
            {
                "on": need("the day that the order names", DAY),
                "before": key("whether the order says before that day", TRUTH),
            },
        ),
        "(within)": table(
            "Within a period",
            {
                "within": need("the period", _A_PERIOD),
                "after": _AFTER,
                "then_every": key("the interval of later dates", _A_PERIOD),
                "until": key("what ends the series", WORDS),
            },
        ),
    },
    '"immediate", "continuing", "unspecified", or a table with one of on, within, time',
    _form,
)
_POINTS = {
    "point": need("the point as the order prints it", POINT),
    "kind": need("what it asks for or decides", KIND),
    "summary": need("what it says, in a sentence", WORDS),
    "votes": key(
        "how it was adopted",
        says(
            core.definition_reference_schema("votes"),
            "a table like { for = 13, against = 2 }",
        ),
    ),
    "grade": key("how well the point was seen", GRADE),
    "note": key("a note", WORDS),
    "sources": key("where it was seen", _SOURCES),
}
_DECISION = table("Decision", _POINTS)
_OBLIGATION = table(
    "Obligation",
    {
        **_POINTS,
        "part": key("which of several duties of the point", number(99)),
        "also": key("what else it asks for", list_of(KIND, "a list of kinds")),
        "addressees": need("who must do it", NAMES),
        "deadline": need("the time-limit", _DEADLINE),
        "deadline_grade": key("how well the time-limit was seen", GRADE),
        "ended": key("when it ended", ENDED),
        "ended_why": key("why it ended", WORDS),
        "contested": key(
            "a reading on which serious readers differ",
            says(
                table(
                    "Contested",
                    {
                        "text": need("the readings", WORDS),
                        "sources": key("where they stand", _SOURCES),
                    },
                ),
                'a table like { text = "…", sources = ["…"] }',
                title="Contested",
                additionalProperties=False,
            ),
        ),
    },
)
_EARLIER = list_of(
    either(
        {
            "(day)": DAY,
            "(id)": text("the id of an order", ORDER),
        },
        'a date like 2024-01-26, or an order of another case like "150/2011-03-08"',
        _id_or_day,
    ),
    "a list of dates",
)
_ORDER = table(
    "Order",
    {
        "date": need("the day of the order", DAY),
        "outcome": need("what the order did", one_of(Outcome)),
        "title": key("its title", WORDS),
        "alias": key("a short name", NAME),
        "document": key("the Court's number of the document", WORDS),
        "document_grade": key("how well that number was seen", GRADE),
        "url": key("the Court's own page or PDF", URL),
        "paragraph": key("the operative paragraph", number(99_999)),
        "organ": key("who made it", WORDS),
        "citation": key("how it is cited", WORDS),
        "bench": key("how many judges sat", number(999)),
        "reaffirms": key("the earlier orders that it restates", _EARLIER),
        "modifies": key("the earlier orders that it changes", _EARLIER),
        "ended": key("when its measures ended", ENDED),
        "ended_why": key("why they ended", WORDS),
        "note": key("a note", WORDS),
        "sources": key("where it was seen", _SOURCES),
        "obligation": key(
            "the points that ask for something",
            list_of(_OBLIGATION, "tables headed [[case.order.obligation]]"),
        ),
        "decision": key(
            "the points that ask nothing of anybody",
            list_of(_DECISION, "tables headed [[case.order.decision]]"),
        ),
    },
)
_CASE = table(
    "Case",
    {
        "number": need("the number in the General List", number(LAST_CASE)),
        "short": need("the short name", WORDS),
        "title": need("the title", WORDS),
        "applicants": need("who applied", NAMES),
        "respondents": need("against whom", NAMES),
        "url": key("the Court's own page", URL),
        "seen": key("the last day on which its state was seen", DAY),
        "ended": key("when it ended", ENDED),
        "state": key("its state, in a sentence", WORDS),
        "note": key("a note", WORDS),
        "sources": key("where it was seen", _SOURCES),
        "order": key("its orders", list_of(_ORDER, "tables headed [[case.order]]")),
    },
)
_EVENT = table(
    "Event",
    {
        "id": need("its id, like ev-192-2024-02-26-1", NAME),
        "date": need("the day it happened", DAY),
        "kind": need("what sort of thing happened", one_of(EventKind)),
        "speaker": need("who says so", WORDS),
        "role": need("in what capacity", one_of(Role)),
        "summary": need("what happened, in a sentence", WORDS),
        "about": need(
            "what it is about",
            list_of(WORDS, "a list of at least one id", min_length=1),
        ),
        "by": key("who did it, if not the speaker", NAMES),
        "source": key("where it is written", _A_SOURCE),
        "further": key("where else it is written", _SOURCES),
        "archive": key("a copy of the source", URL),
        "inferred": key("whether the day was worked out", TRUTH),
        "finding": key("what the speaker found", WORDS),
        "scale": key("the scale of the finding", WORDS),
        "extends_to": key("the day to which it extends a deadline", DAY),
        "trigger": key("the trigger of a time-limit that it is", WORDS),
        "ends": key("whether what it is about has ended with it", TRUTH),
    },
)
REGISTER = table(
    "Register",
    {
        # A literal 1 would accept `true`, too.
        "schema": need(
            "the version of this shape",
            says(core.int_schema(ge=1, le=1, strict=True), "1", const=1),
        ),
        "reviewed": need("the day of the last check against the sources", DAY),
        "seen_to": key("how far the list of decisions was seen", DAY),
        "coverage": key("how far the sources reach", WORDS),
        "source": key(
            "the sources that have a name",
            says(
                core.dict_schema(
                    core.str_schema(),
                    core.definition_reference_schema("source"),
                    strict=True,
                ),
                "tables headed [source.NAME]",
            ),
        ),
        "case": key("the cases", list_of(_CASE, "tables headed [[case]]")),
        "event": key("the public record", list_of(_EVENT, "tables headed [[event]]")),
    },
)
PARTS = {"period": _PERIOD, "source": _SOURCE, "votes": _VOTES}
SCHEMA = core.definitions_schema(REGISTER, list(PARTS.values()))
VALIDATOR = SchemaValidator(SCHEMA)
