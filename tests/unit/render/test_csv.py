"""CSV, read back with the reader of the standard library."""

import csv
import io

import pytest
from hypothesis import given, settings

from orderwatch.frozen import replace
from orderwatch.render.sanitize import escape_csv_cell
from tests.support.acting_text import hostile
from tests.support.render_examples import DUTIES, example, spoiled
from tests.support.render_outputs import COMMANDS, RENDERERS, drawn

EXAMPLE = example()
SIGNS = ("=", "+", "-", "@", "\uff1d", "\uff20")


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


@settings(max_examples=20)
@given(hostile)
def test_what_was_written_is_read_back(text: str) -> None:
    given = spoiled(text)
    found = read(drawn(RENDERERS["csv"], "status", given))
    for row, status in zip(found, given.statuses, strict=True):
        obligation = status.obligation
        assert row["id"] == obligation.id
        assert row["summary"] == escape_csv_cell(obligation.summary)
        assert row["case"] == escape_csv_cell(obligation.order.case.short)
        assert row["addressees"] == escape_csv_cell("; ".join(obligation.addressees))
        assert row["latest_event"] == escape_csv_cell(
            status.latest.summary if status.latest else ""
        )


@pytest.mark.parametrize("text", [f"{sign}1" for sign in SIGNS])
@pytest.mark.parametrize("command", COMMANDS)
def test_no_cell_is_a_formula(command: str, text: str) -> None:
    for row in read(drawn(RENDERERS["csv"], command, spoiled(text))):
        for name, value in row.items():
            if name != "days_left":
                assert not value.strip().startswith(SIGNS)


@pytest.mark.parametrize("command", COMMANDS)
def test_lines_end_as_rfc_4180_has_it(command: str) -> None:
    text = drawn(RENDERERS["csv"], command, EXAMPLE)
    assert text.endswith("\r\n")
    assert text.count("\n") == text.count("\r\n")


def test_a_passed_deadline_keeps_its_number() -> None:
    found = {row["id"]: row for row in read(drawn(RENDERERS["csv"], "status", EXAMPLE))}
    assert found["901/2024-01-26/6"]["days_left"] == "-115"
    assert found["901/2024-01-26/6"]["submission_days_late"] == "2"
    assert found["901/2024-05-24/2a"]["due"] == ""
    assert found["901/2024-05-24/2a"]["in_force"] == "true"


def test_every_obligation_is_a_row_of_an_overview_too() -> None:
    found = read(drawn(RENDERERS["csv"], "overview", EXAMPLE))
    assert [row["id"] for row in found] == [duty.id for duty in DUTIES]


def test_the_countdown_is_sorted_and_holds_nothing_that_has_passed() -> None:
    given = replace(EXAMPLE, statuses=EXAMPLE.statuses[::-1])
    found = read(drawn(RENDERERS["csv"], "countdown", given))
    assert [row["due"] for row in found] == ["2024-06-24", "2024-06-30"]


def test_an_obligation_without_a_date_is_explained_too() -> None:
    found = read(drawn(RENDERERS["csv"], "explain", EXAMPLE))
    why = next(row for row in found if row["id"] == "902/2023-08-31/2b.2")
    assert why["due"] == ""
    assert "no such event is on record" in why["notes"]
