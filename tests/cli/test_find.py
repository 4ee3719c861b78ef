"""`find`, and how other commands use what it matches."""

import csv
import io
import json

import pytest

from tests.conftest import Run
from tests.support.commands import documented, result
from tests.support.log_commands import NOTE, adding, done, refused


def test_matches_are_a_document(run: Run) -> None:
    document = documented(result(run, "find", "genocide", "--json"))
    matches = document["matches"]
    assert document["query"] == "genocide"
    assert document["total"] == len(matches) > 40
    assert {match["type"] for match in matches} == {"case", "obligation", "event", "order"}
    assert matches[0]["type"] == "case"
    assert {match["case"]["number"] for match in matches[:5]} == {178, 182, 192, 91, 197}
    [myanmar] = [match for match in matches if match["id"] == "178"]
    assert (myanmar["due"], myanmar["in_force"]) == ("2026-11-23", True)


def test_matches_are_a_table_for_spreadsheets_and_for_editors(run: Run) -> None:
    rows = list(csv.DictReader(io.StringIO(result(run, "find", "elections", "-f", "csv"))))
    assert rows[0]["label"] == "Hold or prepare no elections in the disputed territory"
    assert "| South Africa v. Israel |" in result(run, "find", "genocide", "-f", "markdown")


def test_a_limit_is_said(run: Run) -> None:
    code, out, err = run("find", "genocide", "--json", "-n", "2")
    document = json.loads(out)
    assert (code, len(document["matches"])) == (0, 2)
    assert err == f"orderwatch: 2 of {document['total']} matches; for all: -n {document['total']}\n"


def test_one_match_is_shown_with_its_obligations(run: Run) -> None:
    for words in (("rafah",), ("find", "the", "Rafah", "order")):
        out = run(*words)[1]
        assert "alias: rafah/2a" in out
        assert "alias: rafah/3" in out
    declined = run("find", "great belt")[1]
    assert "case: Passage through the Great Belt (No. 86)" in declined


def test_words_of_the_log_are_found(run: Run) -> None:
    done(run, *adding("rafah/3", base={**NOTE, "summary": "Rang about the zymurgy annex."}))
    assert "zymurgy" in run("find", "zymurgy")[1]
    assert "zymurgy" in result(run, "log", "zymurgy")
    assert 'No order matches "zymurgy".' in refused(run, "status", "zymurgy")


def test_an_order_after_the_day_is_an_error(run: Run) -> None:
    assert "use a later --as-of" in refused(run, "find", "rafah", "--as-of", "2024-05-23")


@pytest.mark.parametrize(
    "command", ["status", "countdown", "deadlines", "show", "explain", "cite", "open", "log"]
)
def test_several_matches_are_an_answer_for_people_alone(run: Run, command: str) -> None:
    code, out, err = run(command, "genocide")
    assert (code, err) == (0, 'orderwatch: "genocide" matches 5. Name one of them.\n')
    assert out.count("match: ") == 5
    if command != "open":
        assert "South Africa v. Israel (192)" in refused(run, command, "genocide", "--exact")
    if command not in {"open", "cite"}:
        assert "Name one of them." in refused(run, command, "genocide", "--format", "csv")


@pytest.mark.parametrize(
    "line", ["remind --list {}", "export ics {}", "log add {}", "publish p {}"]
)
def test_what_runs_unattended_takes_no_words(run: Run, line: str) -> None:
    for words in ("genocide", "South Africa v. Israel", "24 May 2024"):
        argv = [words if word == "{}" else word for word in line.split()]
        assert f'No order matches "{words}".' in refused(run, *argv)


def test_a_state_of_many_obligations_is_no_subject_of_an_entry(run: Run) -> None:
    err = refused(run, *adding("israel", base=NOTE))
    assert "israel stands for 15 obligations. Name one" in err
