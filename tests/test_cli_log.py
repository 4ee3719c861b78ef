"""Whole commands that write to the log, and what follows from it."""

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.commands import documented, result
from tests.conftest import Run
from tests.day import TODAY
from tests.folders import untouched

pytestmark = pytest.mark.usefixtures("store")

ADDRESS = "https://example.org/report"
SAYS = (
    *("--kind", "statement", "--on", "2024-06-24", "--speaker", "Reuters"),
    *("--role", "media", "--source", ADDRESS, "--summary", "Something was said."),
)
EVENT = {
    "about": ["rafah/3"],
    "kind": "statement",
    "on": "2024-06-24",
    "speaker": "Reuters",
    "role": "media",
    "source": ADDRESS,
    "summary": "Something was said.",
}
JULY, AUGUST = date(2026, 7, 1), date(2026, 8, 1)


def add(run: Run, *argv: str, today: date = TODAY) -> dict[str, Any]:
    """Add an event; give where it has come to stand."""
    code, out, err = run("log", "add", *argv, "--format", "json", today=today)
    assert (code, err) == (0, "")
    return documented(out)


def own(run: Run, *argv: str) -> list[dict[str, Any]]:
    """List the events of the log."""
    out = result(run, "log", "list", "--origin", "log", *argv, "--format", "json")
    found: list[dict[str, Any]] = documented(out)["events"]
    return found


def duty(run: Run, name: str, *argv: str) -> dict[str, Any]:
    """Say where one obligation stands."""
    out = result(run, "status", name, *argv, "--format", "json")
    (found,) = documented(out)["obligations"]
    return dict(found)


def refused(run: Run, *argv: str, code: int = 2, stdin: str = "") -> str:
    """Run a command that has to fail; give what it says."""
    found, out, err = run(*argv, stdin=stdin)
    assert (found, out) == (code, "")
    assert err.startswith("orderwatch: ")
    return err


def root(run: Run, *argv: str) -> str:
    """Give the root of a log."""
    found = documented(result(run, *argv, "log", "verify", "--format", "json"))
    return str(found["root"])


# Adding


def test_an_entry_is_added_and_listed(run: Run) -> None:
    found = add(run, "rafah/3", *SAYS)
    assert (found["seq"], found["size"]) == (1, 1)
    assert found["leaf"] == found["root"]
    (event,) = own(run)
    assert event["id"] == found["id"]
    assert event["about"] == ["192/2024-05-24/3"]
    assert event["source"] == ADDRESS
    assert event["speaker"] == "Reuters"
    assert add(run, "rafah", *SAYS)["seq"] == 2


def test_what_was_added_is_told_to_people(run: Run) -> None:
    out = result(run, "log", "add", "rafah/3", *SAYS)
    assert re.match(r"Entry 1 is recorded \([0-9a-f-]{36}\)\.\n", out)
    assert root(run) in out


def test_every_option_is_kept(run: Run) -> None:
    argv = (
        *("--by", "Israel", "--further", "https://example.org/2"),
        *("--archive", "https://example.org/archive"),
    )
    add(run, "rafah/3", "192", *SAYS, *argv)
    add(
        run,
        "rafah/2c",
        *("--kind", "assessment", "--on", "2024-06-24", "--speaker", "Office"),
        *("--role", "ngo", "--source", ADDRESS, "--summary", "A paper."),
        *("--finding", "not met", "--scale", "own words"),
    )
    statement, assessment = own(run)
    assert statement["about"] == ["192/2024-05-24/3", "192"]
    assert statement["by"] == ["Israel"]
    assert statement["further"] == ["https://example.org/2"]
    assert statement["archive"] == "https://example.org/archive"
    assert assessment["finding"] == "not met"
    assert assessment["scale"] == "own words"


@pytest.mark.parametrize("by_hand", [True, False])
def test_an_event_is_read_from_a_file(run: Run, tmp_path: Path, by_hand: bool) -> None:  # noqa: FBT001 - a case of the test
    text = json.dumps(EVENT)
    if by_hand:
        file = tmp_path / "event.json"
        file.write_text(text)
        result(run, "log", "add", "--file", str(file))
    else:
        assert run("log", "add", "--file", "-", stdin=text)[0] == 0
    (event,) = own(run)
    assert event["about"] == ["192/2024-05-24/3"]
    assert event["summary"] == "Something was said."


def test_file_and_options_complete_each_other(run: Run) -> None:
    rest = json.dumps({k: v for k, v in EVENT.items() if k != "about"})
    assert run("log", "add", "rafah", "--file", "-", stdin=rest)[0] == 0
    assert own(run)[0]["about"] == ["192/2024-05-24"]
    err = refused(run, "log", "add", "rafah", "--file", "-", stdin=json.dumps(EVENT))
    assert "about: given in the file and as an option" in err


def test_a_file_is_kept_as_evidence(run: Run, tmp_path: Path, sealed: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("<p>seen")
    add(run, "rafah", *SAYS, "--attach", str(page))
    (kept,) = own(run)[0]["attachments"]
    assert (kept["name"], kept["size"]) == ("page.html", 7)
    (file,) = [x for x in sealed.rglob("*") if kept["sha256"] in str(x) and x.is_file()]
    assert file.read_text() == "<p>seen"
    found = documented(result(run, "log", "verify", "--format", "json"))
    assert found["files"] == 1
    file.chmod(0o600)
    file.write_text("<p>Seen")
    assert "entry 1" in refused(run, "log", "verify", code=4)


def test_the_recorder_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORDERWATCH_RECORDER", "The office")
    add(run, "rafah", *SAYS)
    assert "recorder: The office\n" in result(run, "log", "show", "1")


# Asking


ANSWERS = [
    *("rafah/9", "rafah/3"),
    *("rumour", "statement"),
    *("24 June", "2027-01-01", "2024-06-24"),
    "Reuters",
    *("press", "media"),
    *("example.org", ADDRESS),
    "Something was said.",
]


def test_a_person_is_asked_and_asked_again(run: Run) -> None:
    stdin = "".join(f"{line}\n" for line in (*ANSWERS, "yes"))
    code, out, err = run("log", "add", stdin=stdin, tty=True)
    assert code == 0
    assert out.startswith("Entry 1 is recorded")
    assert "nearest: rafah/1" in err
    assert "'rumour' is none of: submission" in err
    assert "'24 June' is no date" in err
    assert "2027-01-01 lies in the future" in err
    assert "'press' is none of: court" in err
    assert "'example.org' is no address" in err
    (event,) = own(run)
    assert {key: event[key] for key in EVENT if key != "about"} == {
        key: value for key, value in EVENT.items() if key != "about"
    }


def test_only_what_is_missing_is_asked_for(run: Run) -> None:
    argv = SAYS[:-2]
    code, _, err = run(
        "log", "add", "rafah/3", *argv, stdin="Something was said.\nyes\n", tty=True
    )
    assert code == 0
    assert "What happened" in err
    assert "Who says so" not in err


def test_an_assessment_is_asked_for_its_finding_and_a_note_for_no_source(
    run: Run,
) -> None:
    argv = ("log", "add", "rafah", "--on", "2024-06-24", "--speaker", "X")
    words = (*argv, "--role", "ngo", "--summary", "Y.")
    assert run(*words, "--kind", "note", tty=True)[0] == 0
    lines = f"{ADDRESS}\nnot met\nyes\n"
    assert run(*words, "--kind", "assessment", stdin=lines, tty=True)[0] == 0
    assert [event["finding"] for event in own(run)] == [None, "not met"]


@pytest.mark.parametrize("answers", range(len(ANSWERS)))
def test_the_end_of_input_records_nothing(run: Run, sealed: Path, answers: int) -> None:
    stdin = "".join(f"{line}\n" for line in ANSWERS[:answers])
    with untouched(sealed):
        code, out, _ = run("log", "add", stdin=stdin, tty=True)
    assert (code, out) == (130, "")


def test_nobody_is_asked_in_a_script(run: Run, sealed: Path) -> None:
    with untouched(sealed):
        err = refused(run, "log", "add", stdin="rafah/3\n")
    assert "about: is missing" in err
    assert "source: " not in err or "needs the address" in err


# Refusals


def without(*names: str) -> tuple[str, ...]:
    """Leave some of the usual options out."""
    pairs = zip(SAYS[::2], SAYS[1::2], strict=True)
    return tuple(word for pair in pairs if pair[0] not in names for word in pair)


REFUSALS = [
    # what is wrong | options | words on standard error
    ("future", ("rafah", *SAYS, "--on", "2026-11-24"), "lies in the future"),
    ("no such day", ("rafah", *SAYS, "--on", "2024-02-30"), "'2024-02-30' is no date"),
    ("number", ("rafah", *SAYS, "--on", "1716508800"), "is no date"),
    ("id", ("raffah", *SAYS), "nearest: rafah"),
    ("deadline", ("rafah/3@2024-06-25", *SAYS), "is no deadline"),
    ("nothing", SAYS, "about: is missing"),
    ("kind", ("rafah", *SAYS, "--kind", "rumour"), "'rumour' is none of: submission"),
    ("role", ("rafah", *SAYS, "--role", "press"), "'press' is none of: court"),
    ("no source", ("rafah", *without("--source")), "source: a statement needs"),
    ("address", ("rafah", *SAYS, "--source", "example.org"), "is no address"),
    ("script", ("rafah", *SAYS, "--source", "javascript:x"), "is no address"),
    ("file", ("rafah", *SAYS, "--source", "file://host/x"), "is no address"),
    ("no host", ("rafah", *SAYS, "--source", "https://"), "is no address"),
    ("bracket", ("rafah", *SAYS, "--source", "https://[x"), "is no address"),
    ("line", ("rafah", *SAYS, "--source", "https://x/\ny"), "is no address"),
    ("archive", ("rafah", *SAYS, "--archive", "x"), "archive: 'x' is no address"),
    ("further", ("rafah", *SAYS, "--further", "x"), "further: 'x' is no address"),
    ("blank", ("rafah", *SAYS, "--summary", " "), "summary: should be text"),
    ("long", ("rafah", *SAYS, "--summary", "x" * 200_000), "nothing was recorded"),
    ("finding", ("rafah", *SAYS, "--finding", "met"), "belongs to an assessment"),
    ("scale", ("rafah", *SAYS, "--scale", "own"), "belongs to an assessment"),
    (
        "assessment",
        ("rafah", *without("--kind"), "--kind", "assessment"),
        "finding: an assessment says",
    ),
    ("whose", ("171/2023-12-01/2", *SAYS, "--kind", "submission"), "say who submitted"),
    ("trigger", ("rafah/3", *SAYS, "--trigger", "the end"), "no time-limit waits"),
    ("other trigger", ("150/2013-11-22/2b.2", *SAYS, "--trigger", "x"), "known: "),
    ("earlier", ("rafah/3", *SAYS, "--extends-to", "2024-05-24"), "not later than"),
    ("order", ("rafah", *SAYS, "--extends-to", "2025-05-24"), "name the obligation"),
    ("evidence", ("rafah", *SAYS, "--attach", "none.pdf"), "none.pdf"),
    ("folder", ("rafah", *SAYS, "--attach", "."), ""),
    ("no file", ("rafah", "--file", "none.json"), "none.json: cannot be read"),
]


@pytest.mark.parametrize("row", REFUSALS, ids=lambda row: row[0])
def test_what_cannot_be_meant_is_not_recorded(
    run: Run,
    sealed: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    row: tuple[str, tuple[str, ...], str],
) -> None:
    monkeypatch.chdir(tmp_path)
    _, argv, words = row
    with untouched(sealed, tmp_path):
        assert words in refused(run, "log", "add", *argv)


BAD_FILES = [
    ("{", "is not JSON"),
    ("", "is not JSON"),
    ("[]", "should hold one JSON object"),
    ('"text"', "should hold one JSON object"),
    ("[" * 100_000, "is not JSON"),
    ("\ud800", "is not JSON"),
    (json.dumps({**EVENT, "ons": "x"}), "ons: is no key of an event"),
    (json.dumps({**EVENT, "on": 20240624}), "on: should be text"),
    (json.dumps({**EVENT, "on": "2024-06-24T00:00"}), "is no date"),
    (json.dumps({**EVENT, "about": "x"}), "about: x: no case"),
    (json.dumps({**EVENT, "about": [3]}), "about: should be text"),
    (json.dumps({**EVENT, "speaker": ["x"]}), "speaker: should be text"),
    (json.dumps({**EVENT, "ends": "yes"}), "ends: should be true"),
    (json.dumps({**EVENT, "kind": None}), "kind: is missing"),
    (json.dumps({**EVENT, "summary": "x" * 1_000_001}), "is larger than 1,000,000"),
    (json.dumps({}), "about: is missing"),
]


@pytest.mark.parametrize("row", BAD_FILES, ids=lambda row: row[0][:40])
def test_a_file_that_is_no_event_is_refused(
    run: Run, sealed: Path, tmp_path: Path, row: tuple[str, str]
) -> None:
    text, words = row
    file = tmp_path / "event.json"
    file.write_bytes(text.encode(errors="surrogatepass"))
    with untouched(sealed, tmp_path):
        assert words in refused(run, "log", "add", "--file", str(file))


def test_every_problem_is_named_at_once(run: Run) -> None:
    err = refused(run, "log", "add", "raffah", "--kind", "x", "--on", "y")
    for key in ("about: raffah", "kind: 'x'", "on: 'y'", "speaker: ", "role: "):
        assert key in err


def test_a_named_log_that_is_not_there_is_not_made(run: Run, tmp_path: Path) -> None:
    with untouched(tmp_path):
        log = str(tmp_path / "office.db")
        err = refused(run, "--log", log, "log", "add", "rafah", *SAYS, code=4)
    assert "makes a new log there" in err
    result(run, "--log", log, "init")
    result(run, "--log", log, "log", "add", "rafah", *SAYS)


# What follows from it


def test_a_submission_is_shown_with_its_deadline(run: Run) -> None:
    argv = without("--kind", "--on")
    add(run, "rafah/3", *argv, "--kind", "submission", "--on", "2024-06-26")
    (deadline,) = duty(run, "rafah/3")["deadlines"]
    given = deadline["submission"]
    assert given["state"] == "reported"
    assert given["on"] == "2024-06-26"
    assert given["days_late"] == 2
    assert given["speaker"] == "Reuters"
    assert given["source"] == ADDRESS


def test_the_court_confirms(run: Run) -> None:
    argv = ("--kind", "submission", "--on", "2024-06-20", "--speaker", "Registry")
    rest = ("--role", "court", "--source", ADDRESS, "--summary", "Filed.")
    add(run, "rafah/3", *argv, *rest)
    (deadline,) = duty(run, "rafah/3")["deadlines"]
    assert deadline["submission"]["state"] == "confirmed"
    assert deadline["submission"]["days_late"] == 0


def test_one_deadline_of_a_series_has_its_own_submission(run: Run) -> None:
    argv = without("--kind", "--on")
    name = "178/2020-01-23/4@2025-05-23"
    add(run, name, *argv, "--kind", "submission", "--on", "2025-06-01")
    given = {
        item["due"]: item["submission"]
        for item in duty(run, "178/2020-01-23/4")["deadlines"]
    }
    assert given["2025-05-23"]["on"] == "2025-06-01"
    assert given["2024-11-23"] is None
    assert given["2025-11-23"] is None


def test_an_extension_moves_a_deadline_and_shows_both_dates(run: Run) -> None:
    argv = ("--kind", "court-decision", "--on", "2024-06-20", "--speaker", "Court")
    rest = ("--role", "court", "--source", ADDRESS, "--summary", "Extends.")
    add(run, "rafah/3", *argv, *rest, "--extends-to", "2024-07-31")
    (deadline,) = duty(run, "rafah/3", "--as-of", "2024-07-30")["deadlines"]
    assert deadline["id"] == "192/2024-05-24/3@2024-06-24"
    assert (deadline["due"], deadline["extended_from"]) == ("2024-07-31", "2024-06-24")
    assert deadline["timing"] == "upcoming"
    (deadline,) = duty(run, "rafah/3", "--as-of", "2024-06-19")["deadlines"]
    assert (deadline["due"], deadline["extended_from"]) == ("2024-06-24", None)


def test_a_trigger_dates_what_waited_for_it(run: Run) -> None:
    name = "150/2013-11-22/2b.2"
    before = duty(run, name)
    assert before["deadlines"] == []
    argv = without("--on")
    err = refused(
        run, "log", "add", name, *argv, "--on", "2013-12-10", "--trigger", "x"
    )
    (trigger,) = re.findall(r"known: (.*)", err)
    add(run, name, *argv, "--on", "2013-12-10", "--trigger", trigger)
    (deadline,) = duty(run, name)["deadlines"]
    assert deadline["due"] == "2013-12-17"


def test_an_end_ends(run: Run) -> None:
    argv = ("--kind", "court-decision", "--on", "2026-06-01", "--speaker", "Court")
    rest = ("--role", "court", "--source", ADDRESS, "--summary", "Ends it.", "--ends")
    add(run, "178/2020-01-23/4", *argv, *rest)
    after = duty(run, "178/2020-01-23/4")
    assert (after["timing"], after["in_force"]) == ("ended", False)
    assert after["deadlines"][-1]["due"] == "2026-05-23"
    before = duty(run, "178/2020-01-23/4", "--as-of", "2026-05-31")
    assert before["timing"] == "upcoming"


def test_opposed_assessments_stand_side_by_side(run: Run) -> None:
    def says(speaker: str, role: str, finding: str, day: str) -> None:
        argv = ("--kind", "assessment", "--on", day, "--speaker", speaker)
        rest = ("--role", role, "--source", ADDRESS, "--summary", "A paper.")
        scale = ("--finding", finding, "--scale", "own words")
        add(run, "rafah/2a", *argv, *rest, *scale)

    says("Office", "ngo", "not met", "2024-07-01")
    says("Ministry", "party", "met", "2024-07-02")
    says("Office", "ngo", "partly met", "2024-08-01")
    found = duty(run, "rafah/2a")
    assert {(x["speaker"], x["finding"]) for x in found["assessments"]} == {
        ("Ministry", "met"),
        ("Office", "partly met"),
    }
    assert found["timing"] == "undated"


# Correcting


def test_a_correction_takes_the_place_of_an_entry(run: Run) -> None:
    argv = without("--kind")
    add(run, "rafah/3", *argv, "--kind", "submission")
    done = result(run, "log", "correct", "1", "--on", "2024-06-27", "--format", "json")
    assert documented(done)["seq"] == 2
    (deadline,) = duty(run, "rafah/3")["deadlines"]
    assert deadline["submission"]["on"] == "2024-06-27"
    assert deadline["submission"]["source"] == ADDRESS
    (event,) = own(run)
    assert event["on"] == "2024-06-27"
    assert {e["on"] for e in own(run, "--history")} == {"2024-06-24", "2024-06-27"}


def test_a_correction_is_held_against_the_same_rules(run: Run, sealed: Path) -> None:
    add(run, "rafah/3", *SAYS)
    with untouched(sealed):
        assert "say what is to be corrected" in refused(run, "log", "correct", "1")
        for argv, words in (
            (("--on", "2027-01-01"), "in the future"),
            (("--about", "raffah"), "nearest: rafah"),
            (("--source", "x"), "is no address"),
        ):
            assert words in refused(run, "log", "correct", "1", *argv)


def test_a_retraction_leaves_nothing_but_the_history(run: Run) -> None:
    argv = without("--kind")
    add(run, "rafah/3", *argv, "--kind", "submission")
    before = duty(run, "rafah/3")["deadlines"][0]["submission"]
    out = result(run, "log", "retract", "1", "--why", "wrong", "--format", "json")
    assert documented(out)["size"] == 2
    assert before is not None
    assert duty(run, "rafah/3")["deadlines"][0]["submission"] is None
    assert own(run) == []
    assert "Something was said." in result(run, "log", "--origin", "log", "--history")
    assert "wrong" in result(run, "log", "show", "2")


@pytest.mark.parametrize("name", ["2", "x", "-1", "99999999999999999999", ""])
@pytest.mark.parametrize("command", ["retract", "redact", "correct", "show", "prove"])
def test_an_entry_that_is_not_there_is_refused(
    run: Run, sealed: Path, command: str, name: str
) -> None:
    add(run, "rafah/3", *SAYS)
    more = {"retract": ("--why", "x"), "redact": ("--why", "x", "--yes")}
    more["correct"] = ("--on", "2024-06-25")
    with untouched(sealed):
        refused(run, "log", command, *more.get(command, ()), "--", name)


def test_the_beginning_of_its_id_names_an_entry(run: Run) -> None:
    uid = add(run, "rafah/3", *SAYS)["id"]
    assert uid in result(run, "log", "show", uid[:13])
    add(run, "rafah/3", *SAYS)
    assert "more than one entry begins" in refused(run, "log", "show", uid[:8])


# Redacting


def test_a_redaction_asks_first(run: Run, sealed: Path) -> None:
    add(run, "rafah/3", *SAYS)
    argv = ("log", "redact", "1", "--why", "a person at risk")
    with untouched(sealed):
        assert "give --yes" in refused(run, *argv)
        assert run(*argv, stdin="n\n", tty=True)[0] == 130
        assert run(*argv, stdin="", tty=True)[0] == 130
    code, _, err = run(*argv, stdin="y\n", tty=True)
    assert code == 0
    assert "Remove what entry 1 says, for good?" in err


def test_what_was_redacted_is_gone_and_the_log_still_verifies(
    run: Run, sealed: Path, tmp_path: Path
) -> None:
    page = tmp_path / "page.txt"
    page.write_text("a secret page")
    said = "Something that nobody may read."
    argv = without("--summary")
    add(run, "rafah/3", *argv, "--summary", said, "--attach", str(page))
    out = result(run, "log", "redact", "1", "--why", "a risk", "--yes")
    assert "Entry 2 redacts entry 1" in out
    assert own(run) == []
    kept = b"".join(x.read_bytes() for x in sealed.rglob("*") if x.is_file())
    for text in (said, ADDRESS, "a secret page"):
        assert text.encode() not in kept
    found = documented(result(run, "log", "verify", "--format", "json"))
    assert (found["size"], found["redacted"], found["files"]) == (2, 1, 0)
    assert "a risk" in result(run, "log", "show", "2")
    again = ("log", "redact", "1", "--why", "x", "--yes")
    assert "redacted already" in refused(run, *again)


# What was known when


@pytest.fixture
def grown(run: Run) -> Run:
    """Record a submission in July, and in August that it was wrong."""
    argv = without("--kind")
    add(run, "rafah/3", *argv, "--kind", "submission", today=JULY)
    done = run("log", "retract", "1", "--why", "wrong", today=AUGUST)
    assert done[0] == 0
    return run


@pytest.mark.parametrize(
    ("day", "known"),
    [
        ("2026-06-30", False),
        ("2026-07-01", True),
        ("2026-07-31", True),
        ("2026-08-01", False),
    ],
)
def test_only_what_the_log_had_recorded_by_a_day(
    grown: Run,
    day: str,
    known: bool,  # noqa: FBT001 - a case of the test
) -> None:
    asked = ("--known-on", day)
    (deadline,) = duty(grown, "rafah/3", *asked)["deadlines"]
    assert (deadline["submission"] is not None) == known
    assert bool(own(grown, *asked)) == known
    assert (
        "submission reported on" in result(grown, "show", "rafah/3", *asked)
    ) == known


def test_the_day_of_the_event_is_another_than_the_day_it_was_recorded(
    grown: Run,
) -> None:
    asked = ("--known-on", "2026-07-15")
    before = duty(grown, "rafah/3", "--as-of", "2024-06-23", *asked)
    assert before["deadlines"][0]["submission"] is None
    after = duty(grown, "rafah/3", "--as-of", "2024-06-24", *asked)
    assert after["deadlines"][0]["submission"] is not None


def test_the_log_is_searched_beside_the_public_record(run: Run) -> None:
    add(run, "rafah/2b", *without("--summary"), "--summary", "The crossing was seen.")
    found = documented(result(run, "log", "--search", "crossing", "--format", "json"))[
        "events"
    ]
    assert {event["origin"] for event in found} == {"register", "log"}
    assert len(own(run, "--search", "seen CROSSING")) == 1
    assert own(run, "--search", "unseen") == []
    assert len(own(run, "--speaker", "reut")) == 1
    assert own(run, "--since", "2024-06-25") == []
    assert len(own(run, "rafah")) == 1
    assert own(run, "178") == []


# Travelling


@pytest.fixture
def exported(run: Run, tmp_path: Path) -> Path:
    """Export a log of four entries, one of them redacted."""
    for name in ("rafah/3", "rafah/2a", "192"):
        add(run, name, *SAYS)
    result(run, "log", "redact", "2", "--why", "a risk", "--yes")
    file = tmp_path / "log.jsonl"
    assert result(run, "log", "export", "--output", str(file)) == ""
    return file


def test_an_export_brings_the_same_root_elsewhere(
    run: Run, exported: Path, tmp_path: Path
) -> None:
    assert result(run, "log", "export").encode() == exported.read_bytes()
    other = str(tmp_path / "other.db")
    result(run, "--log", other, "init")
    argv = ("--log", other, "log", "import", str(exported), "--format", "json")
    done = documented(result(run, *argv))
    assert (done["added"], done["skipped"], done["size"]) == (4, 0, 4)
    assert root(run) == root(run, "--log", other) == done["root"]
    again = documented(result(run, *argv))
    assert (again["added"], again["skipped"]) == (0, 4)
    assert result(run, "--log", other, "log", "export").encode() == (
        exported.read_bytes()
    )


def test_an_export_verifies_by_itself(run: Run, exported: Path) -> None:
    argv = ("log", "verify", str(exported), "--format", "json")
    found = documented(result(run, *argv))
    assert (found["size"], found["redacted"]) == (4, 1)
    assert found["root"] == root(run)


def test_an_export_is_read_from_standard_input(run: Run, exported: Path) -> None:
    text = exported.read_text()
    code, out, err = run("log", "verify", "-", stdin=text)
    assert (code, err) == (0, "")
    assert out.startswith("Everything matches: 4 entries (1 redacted), 0 files, 0 ")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Reuters", "Reuter5"),
        ('"recorded":"2026', '"recorded":"2025'),
        ("\n", "\nx\n"),
    ],
)
def test_a_changed_export_is_noticed_and_not_imported(
    run: Run, exported: Path, tmp_path: Path, old: str, new: str
) -> None:
    other = str(tmp_path / "other.db")
    result(run, "--log", other, "init")
    checkpoint = tmp_path / "checkpoint"
    checkpoint.write_text(result(run, "log", "checkpoint"))
    exported.write_text(exported.read_text().replace(old, new, 1))
    argv = (str(exported), "--checkpoint", str(checkpoint))
    refused(run, "log", "verify", *argv, code=4)
    if old != '"recorded":"2026':  # another time is another, well-formed, entry
        with untouched(tmp_path, times=False):
            code, out, _ = run("--log", other, "log", "import", str(exported))
            assert (code, out) in {(2, ""), (4, "")}


def test_a_line_taken_away_is_noticed_by_a_checkpoint(
    run: Run, exported: Path, tmp_path: Path
) -> None:
    checkpoint = tmp_path / "checkpoint"
    checkpoint.write_text(result(run, "log", "checkpoint"))
    argv = ("log", "verify", str(exported), "--checkpoint", str(checkpoint))
    assert "1 checkpoint" in result(run, *argv)
    lines = exported.read_text().splitlines(keepends=True)
    exported.write_text("".join(lines[:-1]))
    refused(run, *argv, code=4)


def test_the_log_is_held_against_an_older_checkpoint(run: Run, tmp_path: Path) -> None:
    add(run, "rafah", *SAYS)
    old = tmp_path / "old"
    old.write_text(result(run, "log", "checkpoint"))
    add(run, "rafah", *SAYS)
    assert result(run, "log", "verify", "--checkpoint", str(old))
    lines = old.read_text().splitlines()
    lines[2] = "A" * 43 + "="
    old.write_text("\n".join([*lines, ""]))
    refused(run, "log", "verify", "--checkpoint", str(old), code=4)


@pytest.mark.parametrize("file", ["none.jsonl", "."])
def test_an_import_that_cannot_be_read_makes_no_log(
    run: Run, sealed: Path, tmp_path: Path, file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with untouched(sealed):
        refused(run, "log", "import", file)


def test_an_export_that_cannot_be_written_leaves_nothing(
    run: Run, exported: Path
) -> None:
    folder = exported.parent
    with untouched(folder):
        for target in (folder, folder / "none" / "log.jsonl", exported / "x"):
            refused(run, "log", "export", "--output", str(target))


# Proving


def test_a_signed_checkpoint_and_a_proof_hold_for_a_stranger(
    run: Run, tmp_path: Path
) -> None:
    for name in ("rafah/3", "rafah/2a", "192"):
        add(run, name, *SAYS)
    key = tmp_path / "office.key"
    verifier = result(run, "log", "keygen", str(key)).strip()
    assert key.stat().st_mode & 0o777 == 0o600
    assert "office.key" in refused(run, "log", "keygen", str(key))
    signed = tmp_path / "checkpoint"
    signed.write_text(result(run, "log", "checkpoint", "--sign", str(key)))
    argv = ("log", "verify", "--checkpoint", str(signed), "--key", verifier)
    assert result(run, *argv)
    proof = tmp_path / "proof"
    proof.write_text(result(run, "log", "prove", "2", "--sign", str(key)))
    out = result(run, "log", "verify-proof", str(proof), "--key", verifier)
    assert out.startswith("The proof holds: entry 2 of 3")
    assert "its signatures not checked" in result(
        run, "log", "verify-proof", str(proof)
    )
    other = result(run, "log", "keygen", str(tmp_path / "other.key")).strip()
    refused(run, "log", "verify-proof", str(proof), "--key", other, code=4)
    argv = ("log", "verify", "--checkpoint", str(signed), "--key", other)
    refused(run, *argv, code=4)


def test_a_changed_proof_does_not_hold(run: Run, tmp_path: Path) -> None:
    for name in ("rafah/3", "rafah/2a"):
        add(run, name, *SAYS)
    text = result(run, "log", "prove", "1")
    proof = tmp_path / "proof"
    proof.write_text(text.replace("index 0", "index 1"))
    refused(run, "log", "verify-proof", str(proof), code=4)
    code, out, _ = run("log", "verify-proof", "-", stdin=text)
    assert (code, out[:15]) == (0, "The proof holds")


@pytest.mark.file
def test_a_key_needs_a_name_before_there_is_a_log(
    run: Run, sealed: Path, tmp_path: Path
) -> None:
    with untouched(sealed, tmp_path):
        err = refused(run, "log", "keygen", str(tmp_path / "key"))
    assert "--name" in err
    out = result(run, "log", "keygen", str(tmp_path / "key"), "--name", "office.org")
    assert out.startswith("office.org+")


@pytest.mark.parametrize("key", ["none.key", ".", "notes.key"])
def test_a_key_that_is_none_signs_nothing(
    run: Run, tmp_path: Path, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    add(run, "rafah", *SAYS)
    (tmp_path / "notes.key").write_text("no key")
    code, out, err = run("log", "checkpoint", "--sign", key)
    assert code in {2, 4}
    assert out == ""
    assert "no key" not in err


def test_init_makes_a_log_once(run: Run, tmp_path: Path) -> None:
    log = tmp_path / "office.db"
    assert "is made: 0 entries" in result(run, "--log", str(log), "init")
    with untouched(tmp_path):
        assert "is there already" in result(run, "--log", str(log), "init")
