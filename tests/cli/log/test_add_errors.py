"""Drafts of events that cannot be meant: what is said, and that nothing is written."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run
from tests.support.folder_state import untouched
from tests.support.log_commands import (
    ASSESSED,
    BOTH,
    MYANMAR,
    NOTE,
    REPORT,
    SUBMITTED,
    TRENCH,
    add,
    adding,
    done,
    options,
    printed,
    refused,
)

pytestmark = pytest.mark.usefixtures("store")

LONG = "x" * 20_001

TYPED: list[tuple[list[str], str]] = [
    (adding("raffah/3"), "Did you mean South Africa v. Israel (rafah)?"),
    (adding("rafah/3", "rafah/77", "noport"), 'about: No obligation matches "rafah/77".'),
    (adding("rafah/3", "rafah/77", "noport"), 'about: No order matches "noport".'),
    (adding("rafah@2024-06-24"), "a date after @ goes with an obligation"),
    (adding("rafah/3@soon"), "the date of a deadline follows the @"),
    (adding(f"{MYANMAR}@2099-05-24"), "is not a deadline; `orderwatch explain"),
    (adding(f"{TRENCH}@2014-01-01"), "is not a deadline"),
    (adding(on="2026-11-24"), "on: 2026-11-24 is in the future; today is 2026-11-23"),
    (adding(on="2024-02-30"), "'2024-02-30' is not a date"),
    (adding(on="1716508800"), "is not a date"),
    (["log", "add", *options(SUBMITTED)], "about: required"),
    (adding(source="ftp://news.example/1"), "source: invalid URL 'ftp://news.example/1'"),
    (adding(source="javascript:x"), "invalid"),
    (adding(source="file://host/x"), "invalid"),
    (adding(source="https://[x"), "invalid"),
    (adding(source="https://x/\ny"), "invalid"),
    (adding(archive="x"), "archive: invalid URL 'x'"),
    (adding(summary=" "), "summary: expected text"),
    (adding(kind="gossip"), "'gossip'; one of: submission"),
    (adding(role="press"), "'press'; one of: court"),
    ([*adding(), "--file", "none.json"], "none.json: cannot be read"),
    (adding(source="https://news.example/a b"), "invalid"),
    (adding(source="https:///path"), "invalid"),
    (adding(further=["https://a.example/", "x"]), "further: invalid URL 'x'"),
    (adding(summary=LONG), "summary: 20,001 characters; the maximum is 20,000"),
    (adding(by=["Israel", LONG]), "by: 20,001 characters"),
    (adding(summary="half \ud83d of a pair"), "half of a surrogate pair"),
    (adding(extends_to="2024-06-24"), f"2024-06-24 is not later than {REPORT}@2024"),
    (adding(extends_to="2024-06-20"), f"2024-06-20 is not later than {REPORT}@2024"),
    (adding("rafah", extends_to="2024-07-24"), "extends_to: 192/2024-05-24 is not one"),
    (adding("192", extends_to="2024-07-24"), "extends_to: 192 is not one obligation"),
    (adding("rafah/2a", extends_to="2024-07-24"), "2a has no date to extend"),
    (adding(TRENCH, extends_to="2014-07-24"), "2b.2 has no date to extend"),
    (
        adding(MYANMAR, on="2021-05-01", extends_to="2021-05-23"),
        f"2021-05-23 is not later than {MYANMAR}@2021-05-23",
    ),
    (
        adding(f"{MYANMAR}@2020-11-23", on="2020-11-01", extends_to="2020-11-23"),
        f"2020-11-23 is not later than {MYANMAR}@2020-11-23",
    ),
    (adding(TRENCH, trigger="the thaw"), "known: completion of the filling of the tr"),
    (adding("rafah/3", trigger="the thaw"), "known: none"),
    (adding(BOTH, on="2014-03-01"), "by: name the State that submitted: Costa Rica, Nicaragua"),
    (adding(base=ASSESSED, finding=None, scale=None), "finding: required for an assessment"),
    (adding(finding="met", scale="own"), "finding: for assessments only"),
    (adding(finding="met", scale="own"), "scale: for assessments only"),
    (
        adding(kind="statement", access="public"),
        "access: for submissions only; this event has the kind ",
    ),
    (adding(access="secret"), "access: invalid value 'secret'; one of: public, confidential"),
    (adding(kind="statement", source=None), 'source: required for an event of kind "statement"'),
]


def test_what_was_typed_is_refused(run: Run, sealed: Path) -> None:
    for argv, words in TYPED:
        with untouched(sealed):
            err = refused(run, *argv)
        assert (argv, words in err) == (argv, True), err


WHOLE: dict[str, Any] = {"about": [REPORT], **SUBMITTED}
FILES: list[tuple[str, str]] = [
    (json.dumps({**WHOLE, "colour": None}), 'unknown field "colour"; known: ab'),
    (json.dumps({**WHOLE, "colour": ""}), 'unknown field "colour"'),
    (json.dumps({**WHOLE, "private": 0}), "private: expected true, or no value"),
    (json.dumps({**WHOLE, "ends": 1}), "ends: expected true, or no value"),
    (json.dumps({**WHOLE, "summary": 0}), "summary: expected text"),
    (json.dumps({**WHOLE, "summary": {}}), "summary: expected text"),
    (json.dumps({**WHOLE, "about": {}}), "about: expected text, or a list of texts"),
    (json.dumps({**WHOLE, "by": ["Israel", ""]}), "by: expected text"),
    (json.dumps({**WHOLE, "further": "x"}), "further: invalid URL 'x'"),
    (json.dumps({**WHOLE, "summary": "a \0 b"}), "contains the character U+0000"),
    (json.dumps({**WHOLE, "on": "2024-13-01"}), "is not a date"),
    (json.dumps(WHOLE)[:-1] + ', "on": "2024-06-27"}', "duplicate key on"),
    (json.dumps(WHOLE)[:-1] + ', "on": NaN}', "duplicate key on"),
    (json.dumps(WHOLE) + "{}", "is not JSON"),
    ("null", "expected one JSON object"),
    ("{", "is not JSON"),
    ("", "is empty, not an event"),
    ("[]", "expected one JSON object"),
    ('"text"', "expected one JSON object"),
    ("[" * 100_000, "is not JSON"),
    (json.dumps({**WHOLE, "on": 20240624}), "on: expected text"),
    (json.dumps({**WHOLE, "on": "2024-06-24T00:00"}), "is not a date"),
    (json.dumps({**WHOLE, "about": "x"}), 'about: No order matches "x".'),
    (json.dumps({**WHOLE, "about": [3]}), "about: expected text"),
    (json.dumps({**WHOLE, "speaker": ["x"]}), "speaker: expected text"),
    (json.dumps({**WHOLE, "ends": "yes"}), "ends: expected true"),
    (json.dumps({**WHOLE, "kind": None}), "kind: required"),
    (json.dumps({**WHOLE, "summary": "x" * 1_000_001}), "larger than 1,000,000"),
    (json.dumps({}), "about: required"),
]


def test_an_event_from_elsewhere_is_refused(run: Run, sealed: Path, tmp_path: Path) -> None:
    file = tmp_path / "event.json"
    for text, words in FILES:
        file.write_text(text, encoding="utf-8")
        with untouched(sealed, tmp_path):
            err = refused(run, "log", "add", "--file", "-", stdin=text)
            assert (text[:99], words in err) == (text[:99], True), err
            err = refused(run, "log", "add", "--file", str(file))
            assert (text[:99], words in err) == (text[:99], True), err


def test_a_file_that_is_not_unicode_is_refused(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "event.json"
    file.write_bytes("\ud800".encode(errors="surrogatepass"))
    assert "not UTF-8 at byte 1 of line 1" in refused(run, "log", "add", "--file", str(file))


def test_all_problems_are_named_in_one_run(run: Run, sealed: Path) -> None:
    with untouched(sealed):
        err = refused(
            run,
            *adding(
                "raffah/3",
                BOTH,
                f"{REPORT}@2024-06-25",
                on="2027-01-01",
                source="news",
                further="more",
                summary=LONG,
                finding="met",
                extends_to="2014-01-01",
                trigger="the thaw",
                speaker=None,
            ),
        )
    first, *problems, advice = err.splitlines()
    assert first == "orderwatch: nothing was recorded:"
    assert "log add --help" in advice
    assert [problem.split(": ")[0].strip() for problem in sorted(problems)] == [
        *("about", "about", "by", "extends_to", "extends_to", "finding", "further"),
        *("on", "source", "speaker", "summary", "trigger"),
    ]


def test_a_problem_is_named_once(run: Run) -> None:
    err = refused(run, *adding(kind="gossip", on="soon", source=None))
    assert err.count("kind: ") == err.count("on: ") == 1
    assert "source: " not in err


def test_a_day_that_can_be_read_in_two_ways_is_asked_for(run: Run) -> None:
    code, out, err = run(*adding("rafah/3", base=NOTE, on="5/6/2024"))
    assert (code, out) == (2, "")
    assert "on: '5/6/2024' can be 2024-06-05 or 2024-05-06; write one of them" in err


def test_what_stands_in_the_file_and_in_an_option_is_refused(run: Run, sealed: Path) -> None:
    text = json.dumps({"about": "rafah/3", "summary": "One."})
    with untouched(sealed):
        err = refused(run, *adding(role=None), "--file", "-", stdin=text)
    assert "about, summary: in the file and as an option" in err


def test_text_as_long_as_can_be_is_recorded(run: Run) -> None:
    add(run, summary=LONG[1:])


def test_a_note_needs_no_source(run: Run) -> None:
    add(run, base=NOTE)


def test_an_event_can_have_happened_today(run: Run) -> None:
    add(run, on="2026-11-23")


def test_a_party_speaks_for_itself_beside_another_addressee(run: Run) -> None:
    add(run, BOTH, on="2014-03-01", speaker="Nicaragua", role="party")


def test_a_deadline_of_a_series_can_lie_ahead(run: Run) -> None:
    done(run, *adding(f"{MYANMAR}@2027-05-23"))


@pytest.mark.parametrize(
    ("argv", "name"),
    [
        (adding(speaker="B\udcfcro"), "--speaker"),
        (adding(by=["Israel", "Isra\udceb"]), "--by"),
        (adding("rafah/3\udcfc"), "ID"),
        (adding(on="2024-06-2\udcb2"), "--on"),
        (adding(source="https://example.org/caf\udce9"), "--source"),
        (["log", "retract", "1", "--why", "\udc93asked\udc94"], "--why"),
        (["log", "--search", "caf\udce9"], "--search"),
        (["status", "--as-of", "2024\udcad06"], "--as-of"),
    ],
)
def test_an_argument_that_is_not_utf8_is_named(run: Run, argv: list[str], name: str) -> None:
    message = refused(run, *argv)
    assert name in message
    assert "not UTF-8 at byte" in message


def test_a_file_name_need_not_be_utf8(run: Run, tmp_path: Path) -> None:
    name = "caf\udce9.json"
    (tmp_path / name).write_text(json.dumps({**SUBMITTED, "about": [REPORT]}))
    done(run, "log", "add", "--file", str(tmp_path / name))
    done(run, "log", "export", "--output", str(tmp_path / "caf\udce9.jsonl"))
    log = str(tmp_path / "r\udce9.db")
    assert "there is no log" in refused(run, "--log", log, "status", code=4)


def test_what_is_stored_of_arguments_is_composed(run: Run) -> None:
    address = "https://example.org/de\u0301cision"
    add(run, speaker="Ministe\u0300re", by=["Israe\u0308l", "Israel"], source=address)
    done(run, "log", "retract", "1", "--why", "re\u0301pe\u0301te\u0301")
    event = printed(run, "log", "show", "1")["event"]
    assert (event["speaker"], event["by"]) == ("Minist\u00e8re", ["Isra\u00ebl", "Israel"])
    assert event["source"] == address  # another form is another address
    assert printed(run, "log", "show", "2")["why"] == "r\u00e9p\u00e9t\u00e9"
