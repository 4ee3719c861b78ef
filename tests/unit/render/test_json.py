"""The JSON documents: what the contract says, and what the schemas say."""

import json
from collections.abc import Mapping
from datetime import date
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given, settings
from jsonschema import Draft202012Validator

from orderwatch.render import json as rendered
from orderwatch.render import plain
from tests.support.acting_text import hostile
from tests.support.render_examples import DUTIES, EVENTS, example, spoiled
from tests.support.render_outputs import COMMANDS, RENDERERS, drawn

SCHEMAS = {
    "overview": "status",
    "status": "status",
    "countdown": "countdown",
    "deadlines": "deadlines",
    "changes": "changes",
    "show": "show",
    "explain": "explain",
    "events": "log",
    "orders": "orders",
}
EXAMPLE = example()


def schema(name: str) -> Any:  # noqa: ANN401 - as json gives it
    text = (files("orderwatch") / "schemas" / f"{name}.json").read_text("utf-8")
    return json.loads(text)


def document(command: str) -> Any:  # noqa: ANN401 - as json gives it
    return json.loads(drawn(RENDERERS["json"], command, EXAMPLE))


def check(name: str, found: object) -> None:
    validator = Draft202012Validator(
        schema(name), format_checker=Draft202012Validator.FORMAT_CHECKER
    )
    validator.validate(found)


@pytest.mark.parametrize("name", sorted({*SCHEMAS.values(), "config"}))
def test_a_schema_is_one(name: str) -> None:
    Draft202012Validator.check_schema(schema(name))


def objects(found: object) -> list[Mapping[str, Any]]:
    """List every part of a schema that describes an object."""
    parts: list[Mapping[str, Any]] = []
    if isinstance(found, Mapping):
        if found.get("type") == "object":
            parts.append(found)
        for value in found.values():
            parts += objects(value)
    if isinstance(found, list):
        for value in found:
            parts += objects(value)
    return parts


@pytest.mark.parametrize("name", sorted(set(SCHEMAS.values())))
def test_a_schema_lets_no_field_come_or_go(name: str) -> None:
    for part in objects(schema(name)):
        assert part["additionalProperties"] is False
        assert part["required"] == list(part["properties"])


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("day", [date(1973, 7, 1), date(2024, 6, 20), date(2025, 1, 1)], ids=str)
def test_a_document_is_what_its_schema_says(command: str, day: date) -> None:
    given = example(day=day)
    check(SCHEMAS[command], json.loads(drawn(RENDERERS["json"], command, given)))


@settings(max_examples=20)
@given(hostile)
def test_a_document_keeps_the_exact_text(text: str) -> None:
    found = json.loads(drawn(RENDERERS["json"], "status", spoiled(text)))
    check("status", found)
    assert found["obligations"][0]["summary"] == text


def test_status_has_the_fields_of_the_contract() -> None:
    found = document("overview")
    assert found["schema"] == "orderwatch/status/1"
    assert found["as_of"] == "2024-06-20"
    assert found["known_on"] is None
    assert found["time_zone"] == "Europe/Amsterdam"
    assert found["register"]["reviewed"] == "2024-06-19"
    assert found["log"]["size"] == 2
    assert found["log"]["root"] == f"{'A' * 43}="
    report = found["obligations"][1]
    assert report["id"] == "901/2024-05-24/3"
    assert report["alias"] == "lighthouse/3"
    assert report["paragraph"] == "57(3)"
    assert report["votes"]["for"] == 13
    assert report["votes"]["dissenting"] == ["Alpha", "Beta (ad hoc)"]
    assert report["timing"] == "upcoming"
    assert report["time_limit"] == "within 1 month of the order"
    assert report["deadlines"] == [
        {
            "id": "901/2024-05-24/3@2024-06-24",
            "due": "2024-06-24",
            "weekday": "Monday",
            "non_working_day": False,
            "days_left": 4,
            "timing": "upcoming",
            "extended_from": None,
            "submission": None,
        }
    ]
    assert report["assessments"] == []
    assert report["events"] == 0
    assert report["latest_event"] is None


def test_a_submission_has_the_fields_of_the_contract() -> None:
    late = document("status")["obligations"][2]["deadlines"][0]["submission"]
    assert late == {
        "state": "reported",
        "on": "2024-02-28",
        "days_late": 2,
        "event": "ev-901-2024-02-28-1",
        "speaker": "The Daily Beacon",
        "by": ["Atlantis"],
        "source": "https://example.org/filed",
    }


def test_an_extended_deadline_keeps_its_id() -> None:
    moved = document("status")["obligations"][3]["deadlines"][-1]
    assert moved["id"] == "902/2023-08-31/2b.1@2024-05-30"
    assert moved["due"] == "2024-06-30"
    assert moved["extended_from"] == "2024-05-30"
    assert moved["non_working_day"]


@pytest.mark.parametrize(
    ("day", "ended"), [(date(1974, 12, 19), None), (date(1974, 12, 20), "1974-12-20")]
)
def test_the_end_of_a_case_is_not_told_before_it_comes(day: date, ended: str | None) -> None:
    given = example(DUTIES[5:], (), day=day)
    for command, part in (("status", "obligations"), ("show", "obligations")):
        found = json.loads(drawn(RENDERERS["json"], command, given))
        told = found[part][0]["case"]["ended"]
        assert (told and told["date"]) == ended


def test_opposed_assessments_stand_side_by_side() -> None:
    said = document("status")["obligations"][0]["assessments"]
    assert [item["speaker"] for item in said] == [
        "Commission of Inquiry",
        "Ministry of Atlantis",
    ]
    assert said[0]["scale"] == "own words"


def test_explain_of_one_obligation_says_its_time_limit() -> None:
    given = example(DUTIES[1:2], EVENTS)
    found = json.loads(drawn(RENDERERS["json"], "explain", given))
    assert found["id"] == "901/2024-05-24/3"
    assert found["time_limit"] == "within 1 month of the order"
    assert found["deadlines"][0]["due"] == "2024-06-24"
    assert found["deadlines"][0]["steps"]


@pytest.mark.parametrize(
    ("duties", "shared"),
    [(DUTIES[:2], "901/2024-05-24"), (DUTIES[:3], "901"), (DUTIES, None)],
    ids=["an order", "a case", "nothing"],
)
def test_explain_of_several_is_named_after_what_they_share(
    duties: tuple[Any, ...], shared: str | None
) -> None:
    found = json.loads(drawn(RENDERERS["json"], "explain", example(duties, EVENTS)))
    assert found["id"] == shared
    assert found["time_limit"] is None


def test_orders_count_their_obligations() -> None:
    found = {item["id"]: item for item in document("orders")["orders"]}
    assert found["902/2023-08-31"]["obligations"] == 2
    assert found["902/2023-08-31"]["addressees"] == ["Syldavia", "Borduria"]
    assert found["903/1973-06-22"]["in_force"] is False


def test_the_settings_are_a_document_too() -> None:
    rows = [("log", "a\x1bb", "option --log"), ("orders", None, "default")]
    found = json.loads(rendered.settings(rows))
    check("config", found)
    assert found["settings"]["log"]["value"] == "a\x1bb"
    assert plain.settings(rows) == (
        "log: a<U+001B>b (from option --log)\norders: not set (from default)\n"
    )


def test_a_document_ends_with_a_line_break() -> None:
    assert rendered.text({"a": 1}) == '{\n  "a": 1\n}\n'
