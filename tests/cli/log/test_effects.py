"""What the log changes in `status`, `show`, `explain` and `countdown`, and what not."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run
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
    printed,
    refused,
    status,
)

pytestmark = pytest.mark.usefixtures("store")

COURT: dict[str, Any] = {
    "speaker": "International Court of Justice",
    "role": "court",
    "source": "https://icj-cij.org/1",
    "summary": "The Court says so.",
}
FILLED: dict[str, Any] = {
    "kind": "step",
    "on": "2013-12-20",
    "speaker": "Nicaragua",
    "role": "party",
    "trigger": "completion of the filling of the trench",
}


def submission(run: Run, duty: str = REPORT, *argv: str) -> dict[str, Any] | None:
    """Ask what is on record as submitted for the only deadline of a duty."""
    (deadline,) = status(run, duty, *argv)["deadlines"]
    found = deadline["submission"]
    assert found is None or isinstance(found, dict)
    return found


def given(run: Run) -> tuple[str, str, int] | None:
    """Name who says that the report was given to the Court, and how late."""
    found = submission(run)
    if found is None:
        return None
    return found["speaker"], found["state"], found["days_late"]


# Submissions


def test_a_submission_is_reported_until_the_court_confirms_it(run: Run) -> None:
    assert given(run) is None
    add(run, on="2024-06-28", by="israel")
    assert given(run) == ("Reuters", "reported", 4)
    assert "submission reported on 28 June 2024 (4 days after" in done(run, "status", "rafah/3")
    add(run, **COURT, on="2024-06-29")
    assert given(run) == ("International Court of Justice", "confirmed", 5)
    add(run, on="2024-06-20", speaker="AP")
    assert given(run) == ("International Court of Justice", "confirmed", 5)


@pytest.mark.parametrize(("day", "late"), [("23", 0), ("24", 0), ("25", 1)])
def test_late_begins_the_day_after(run: Run, day: str, late: int) -> None:
    add(run, on=f"2024-06-{day}", speaker="Israel", role="party")
    assert given(run) == ("Israel", "reported", late)


@pytest.mark.parametrize(
    "fields",
    [
        {"by": "South Africa"},
        {"speaker": "South Africa", "role": "party"},
        {"kind": "statement"},
    ],
)
def test_what_is_no_submission_of_an_addressee_does_not_count(
    run: Run, fields: dict[str, Any]
) -> None:
    before = status(run)["events"]
    add(run, **fields)
    assert given(run) is None
    found = status(run)
    assert (found["timing"], found["events"]) == ("passed", before + 1)


def test_a_submission_counts_for_the_deadline_that_it_names(run: Run) -> None:
    add(run, f"{MYANMAR}@2024-05-23", on="2024-11-20")
    found = {d["due"]: d["submission"] for d in status(run, MYANMAR)["deadlines"]}
    assert found["2024-05-23"]["days_late"] == 181
    assert found["2024-05-23"]["on"] == "2024-11-20"
    assert found["2024-05-23"]["source"] == SUBMITTED["source"]
    assert found["2024-11-23"] is None


# What an entry counts for

EFFECTS: list[tuple[str, list[str], dict[str, Any], str, list[str] | None]] = [
    (
        "a name that the register has for the State",
        [MYANMAR],
        {"on": "2025-11-20", "speaker": "Government of Myanmar", "role": "party"},
        "counts as the submission for 23 November 2025",
        [f"{MYANMAR}@2025-11-23"],
    ),
    (
        "another name, in capitals",
        [MYANMAR],
        {"on": "2025-11-24", "by": "BURMA"},
        "counts as the submission for 23 November 2025",
        [f"{MYANMAR}@2025-11-23"],
    ),
    (
        "an id with a date, whoever speaks",
        [f"{MYANMAR}@2026-11-23"],
        {"on": "2026-11-20", "speaker": "The Gambia", "role": "party"},
        "counts as the submission for 23 November 2026",
        [f"{MYANMAR}@2026-11-23"],
    ),
    (
        "a deadline to come",
        [f"{MYANMAR}@2027-05-23"],
        {"on": "2026-11-20"},
        "counts as the submission for 23 May 2027",
        [f"{MYANMAR}@2027-05-23"],
    ),
    (
        "two obligations of which one has a date",
        [REPORT, "rafah/2a"],
        {"by": "Israel"},
        "counts as the submission for 24 June 2024 (rafah/3)",
        [f"{REPORT}@2024-06-24"],
    ),
    (
        "another State",
        [REPORT],
        {"by": "South Africa"},
        "counts for no deadline: no addressee is named; add --by Israel",
        None,
    ),
    (
        "a party of two that are asked",
        [BOTH],
        {"by": "Ruritania"},
        'counts for no deadline: no addressee is named; add --by "Costa Rica" or --by Nicaragua',
        None,
    ),
    (
        "an order",
        ["rafah"],
        {},
        "counts for no deadline: no obligation is named; add the id of one, such as rafah/3",
        None,
    ),
    (
        "an obligation without a date",
        ["rafah/2a"],
        {},
        "counts for no deadline: rafah/2a has no date",
        None,
    ),
    (
        "an obligation that waits",
        [TRENCH],
        {},
        f"counts for no deadline: {TRENCH} waits for the {FILLED['trigger']}; log it with",
        None,
    ),
    (
        "an extension",
        [REPORT],
        {**COURT, "kind": "court-decision", "on": "2024-06-20", "extends_to": "2024-08-01"},
        "moves the deadline of 24 June 2024 to 1 August 2024",
        [f"{REPORT}@2024-06-24"],
    ),
    (
        "an extension to the day of the next deadline",
        [MYANMAR],
        {**COURT, "kind": "court-decision", "on": "2026-05-01", "extends_to": "2026-11-23"},
        "moves the deadline of 23 May 2026 to 23 November 2026",
        [f"{MYANMAR}@2026-05-23"],
    ),
    ("a trigger", [TRENCH], FILLED, f"counts as the {FILLED['trigger']}, from which", []),
    (
        "the end of a deadline",
        [f"{REPORT}@2024-06-24"],
        {**COURT, "kind": "step", "ends": True},
        "ends nothing: no obligation is named",
        None,
    ),
    ("an end", ["192"], {**COURT, "kind": "step", "ends": True}, "ends 192 on 26 June 2024", []),
    ("a note", [REPORT], NOTE, "counts for no deadline: it is a note", []),
    ("an assessment", [REPORT], ASSESSED, "counts for no deadline: it is an assessment", []),
]


@pytest.mark.parametrize(
    ("about", "fields", "text", "counts_for"),
    [case[1:] for case in EFFECTS],
    ids=[case[0] for case in EFFECTS],
)
def test_what_an_entry_counts_for_is_reported(
    run: Run, about: list[str], fields: dict[str, Any], text: str, counts_for: list[str] | None
) -> None:
    placed = add(run, *about, **fields)
    assert placed["effect"].startswith(text)
    assert placed["counts_for"] == (counts_for or [])
    for deadline in counts_for or ():
        if "extends_to" not in fields:
            name, _, due = deadline.partition("@")
            rows = status(run, name)["deadlines"]
            assert [row["submission"] is None for row in rows if row["due"] == due] in ([False], [])
    is_void = counts_for is None
    [event] = printed(run, "log", "list", "--origin", "log")["events"]
    assert event["void"] == (placed["effect"] if is_void else None)
    assert ("effect: " in done(run, "log", "list", "--origin", "log")) is is_void


def test_a_second_entry_is_compared_with_the_first(run: Run) -> None:
    add(run, **COURT, on="2024-06-20", by="Israel")
    assert add(run)["effect"] == (
        "is another submission for 24 June 2024: the submission of 20 June 2024 by "
        "International Court of Justice counts"
    )
    add(run, **COURT, on="2024-06-18", by="Israel")
    assert add(run, **COURT, on="2024-06-18", by="ISRAEL")["effect"].startswith("is another")
    add(run, TRENCH, **FILLED)
    same = add(run, TRENCH, **FILLED)["effect"]
    assert same.startswith("is another date for the completion")
    again = add(run, TRENCH, **{**FILLED, "on": "2013-12-21"})["effect"]
    assert again.endswith(": 20 December 2013, by Nicaragua, counts")
    end = {**COURT, "kind": "step", "ends": True}
    add(run, "178", **end, on="2024-06-27")
    late = add(run, "178", **end, on="2024-06-28")["effect"]
    assert late == "ends nothing: it ended before 28 June 2024"
    extension = {**COURT, "kind": "court-decision"}
    add(run, **extension, on="2024-06-20", extends_to="2024-08-01")
    early = add(run, **extension, on="2024-06-18", extends_to="2024-07-01")["effect"]
    assert early == "counts for no deadline: it moves none, or a later extension does"


def test_a_correction_says_what_counts_now(run: Run) -> None:
    add(run, by="South Africa")
    assert printed(run, "log", "list", "--origin", "log")["events"][0]["void"]
    corrected = printed(run, "log", "correct", "1", "--by", "Israel")
    assert corrected["effect"] == "counts as the submission for 24 June 2024"
    [event] = printed(run, "log", "list", "--origin", "log")["events"]
    assert event["void"] is None
    assert printed(run, "log", "retract", "2", "--why", "Wrong.")["effect"] is None


def test_a_correction_that_changes_nothing_is_refused(run: Run) -> None:
    add(run)
    for options in (["--on", "2024-06-26"], ["--by", "Israel"], ["--role", "MEDIA"]):
        err = refused(run, "log", "correct", "1", *options)
        assert "entry 1 already has this content: nothing was recorded" in err
    assert run("log", "correct", "1", "--private")[0] == 0
    refused(run, "log", "correct", "2", "--private")


def test_an_id_that_a_register_lacks_is_marked(run: Run, tmp_path: Path) -> None:
    add(run)
    own = tmp_path / "own.toml"
    own.write_text("schema = 1\nreviewed = 2026-11-23\n")
    [event] = printed(run, "--orders", str(own), "log", "list", "--origin", "log")["events"]
    assert event["void"] == "counts for no deadline: its id is not in the register"


# What moves dates


def test_an_extension_shows_both_dates_everywhere(run: Run) -> None:
    argv = adding(**COURT, kind="court-decision", on="2024-06-20", extends_to="2024-07-24")
    done(run, *argv)
    asked = ("--as-of", "2024-06-25")
    (deadline,) = status(run, REPORT, *asked)["deadlines"]
    assert (deadline["due"], deadline["extended_from"]) == ("2024-07-24", "2024-06-24")
    assert (deadline["timing"], deadline["days_left"]) == ("upcoming", 29)
    assert deadline["id"] == f"{REPORT}@2024-06-24"
    for argv in (["show", REPORT], ["explain", REPORT], ["countdown", "rafah"]):
        out = done(run, *argv, *asked)
        assert "2024-07-24" in out
        assert "24 June 2024" in out
    assert "Extended to Wednesday 24 July 2024" in done(run, "explain", REPORT, *asked)
    before = status(run, REPORT, "--as-of", "2024-06-19")["deadlines"]
    assert [d["due"] for d in before] == ["2024-06-24"]
    # A second one can come back, as long as it is later than the date first computed.
    add(run, f"{REPORT}@2024-06-24", on="2024-06-22", extends_to="2024-07-01")
    (deadline,) = status(run, REPORT, *asked)["deadlines"]
    assert (deadline["due"], deadline["extended_from"]) == ("2024-07-01", "2024-06-24")


def test_an_extension_of_a_series_moves_the_date_it_was_made_for(run: Run) -> None:
    add(run, MYANMAR, on="2021-05-01", extends_to="2021-06-30")
    found = status(run, MYANMAR, "--as-of", "2021-12-01")["deadlines"]
    assert [(d["due"], d["extended_from"]) for d in found][2:4] == [
        ("2021-06-30", "2021-05-23"),
        ("2021-11-23", None),
    ]


def test_a_trigger_gives_a_date_to_what_waited_for_it(run: Run) -> None:
    asked = ("--as-of", "2014-01-01")
    assert status(run, TRENCH, *asked)["timing"] == "awaiting-trigger"
    add(run, "150/2013-11-22/2b.1", TRENCH, **FILLED)
    found = status(run, TRENCH, *asked)
    assert found["timing"] == "passed"
    assert [d["due"] for d in found["deadlines"]] == ["2013-12-27"]
    out = done(run, "explain", TRENCH, *asked)
    assert "was on Friday 20 December 2013 according to Nicaragua" in out
    assert status(run, TRENCH, "--as-of", "2013-12-19")["timing"] == "awaiting-trigger"


def test_an_end_ends_the_series(run: Run) -> None:
    add(run, "178/2020-01-23", kind="court-decision", on="2026-06-01", ends=True)
    found = status(run, MYANMAR)
    assert (found["timing"], found["in_force"]) == ("ended", False)
    assert found["deadlines"][-1]["due"] == "2026-05-23"
    assert MYANMAR not in done(run, "countdown", "178")
    assert status(run, MYANMAR, "--as-of", "2026-05-31")["timing"] == "upcoming"


# Assessments


def test_opposed_assessments_stand_side_by_side_each_on_its_scale(run: Run) -> None:
    add(run, base=ASSESSED)
    yes = {"speaker": "Israel", "role": "party", "finding": "fully met", "scale": None}
    add(run, base={**ASSESSED, **yes})
    add(run, base=ASSESSED, scale="traffic light", finding="red", on="2024-06-30")
    add(run, base=ASSESSED, finding="still not complied with", on="2024-09-01")
    found = [(a["speaker"], a["finding"], a["scale"]) for a in status(run)["assessments"]]
    assert sorted(found) == [
        ("Human Rights Watch", "red", "traffic light"),
        ("Human Rights Watch", "still not complied with", "its own words"),
        ("Israel", "fully met", None),
    ]
    out = done(run, "show", REPORT)
    assert out.index("not complied with") > 0
    assert out.index("fully met") > 0
    assert status(run)["timing"] == "passed"


# Changing it back

DONE: list[tuple[str, Sequence[str]]] = [
    ("correction", ("correct", "1", "--kind", "statement")),
    ("retraction", ("retract", "1", "--why", "wrong")),
    ("redaction", ("redact", "1", "--why", "at risk", "--yes")),
]


@pytest.mark.parametrize(("what", "command"), DONE, ids=[what for what, _ in DONE])
def test_what_an_entry_changed_is_changed_back(run: Run, what: str, command: Sequence[str]) -> None:
    before = status(run)
    add(run)
    assert status(run)["deadlines"] != before["deadlines"]
    code, _, err = run("log", *command, today=date(2026, 11, 24))
    assert code == 0, err
    after = status(run)
    assert after["deadlines"] == before["deadlines"]
    assert after["events"] == before["events"] + (what == "correction")
    # What the log had recorded before does not change, unless it was redacted.
    known = submission(run, REPORT, "--known-on", "2026-11-23")
    assert (known is None) == (what == "redaction")


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "statement", "extends_to": "2024-07-24", "on": "2024-06-20"},
        {"kind": "court-decision", "ends": True},
    ],
)
def test_a_retraction_moves_dates_back(run: Run, fields: dict[str, Any]) -> None:
    before = done(run, "explain", REPORT).splitlines()
    add(run, **fields)
    assert printed(run, "log", "retract", "1", "--why", "wrong")["size"] == 2
    after = done(run, "explain", REPORT).splitlines()
    kept = [line for line in before if not line.startswith("log ")]
    assert [line for line in after if not line.startswith("log ")] == kept


def test_a_correction_takes_the_place_of_a_submission(run: Run) -> None:
    add(run)
    done(run, "log", "correct", "1", "--on", "2024-06-27")
    found = submission(run)
    assert found
    assert (found["on"], found["source"]) == ("2024-06-27", SUBMITTED["source"])


# From where one looks


def test_only_what_the_log_had_recorded_by_a_day_is_known(run: Run) -> None:
    """The day of the event is another than the day on which it was recorded."""
    july, august = date(2026, 7, 1), date(2026, 8, 1)
    assert run(*adding(), today=july)[0] == 0
    retracted = run("log", "retract", "1", "--why", "wrong", today=august)
    assert retracted[0] == 0
    for day, known in (
        *(("2026-06-30", False), ("2026-07-01", True)),
        *(("2026-07-31", True), ("2026-08-01", False)),
    ):
        asked = ("--known-on", day)
        listed = printed(run, "log", "list", "--origin", "log", *asked)["events"]
        shown = "submission reported on" in done(run, "show", "rafah/3", *asked)
        found = submission(run, REPORT, *asked) is not None, bool(listed), shown
        assert (day, *found) == (day, known, known, known)
    asked = ("--known-on", "2026-07-15")
    assert submission(run, REPORT, "--as-of", "2024-06-25", *asked) is None
    assert submission(run, REPORT, "--as-of", "2024-06-26", *asked) is not None


@pytest.mark.parametrize("command", ["status", "show", "explain", "countdown"])
def test_before_it_was_recorded_nothing_was_known(run: Run, command: str) -> None:
    days = ("--as-of", "2024-06-22", "--known-on", "2026-11-22")
    before = done(run, command, "rafah/3", *days)
    add(run, on="2024-06-20")
    add(run, on="2024-06-20", kind="statement", extends_to="2024-07-24")
    after = done(run, command, "rafah/3", *days)
    told = {"log entries: 2", "log entries: 0"}

    def said(text: str) -> list[str]:
        lines = text.splitlines()
        return [x for x in lines if x not in told and "root" not in x and "name" not in x]

    assert said(after) == said(before)
    assert said(done(run, command, "rafah/3", *days[:2])) != said(before)


def test_public_record_and_own_entries_are_told_apart(run: Run) -> None:
    add(run, "rafah/2a", base=NOTE)
    lines = done(run, "show", "rafah/2a").splitlines()
    kept = [line for line in lines if line.startswith("kept in: ")]
    assert set(kept) == {"kept in: public record", "kept in: log, entry 1"}
    events = printed(run, "show", "rafah/2a")["events"]
    assert {(e["origin"], e["seq"]) for e in events} == {("register", None), ("log", 1)}


def test_a_note_on_a_case_is_seen_with_its_parts(run: Run) -> None:
    add(run, "192", base=NOTE)
    for name in ("192", "rafah", "rafah/3"):
        assert "Rang the Registry." in done(run, "show", name)
    assert "Rang the Registry." not in done(run, "show", "178")
