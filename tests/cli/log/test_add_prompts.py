"""`log add` as a conversation: what is asked, understood, shown and confirmed."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderwatch import lookup
from orderwatch.dates import parse_relative_date
from orderwatch.model import Obligation
from orderwatch.settings import load
from orderwatch.snapshot import Snapshot
from tests.conftest import TODAY, Run
from tests.support.commands import said
from tests.support.folder_state import untouched
from tests.support.log_commands import (
    ASSESSED,
    BOTH,
    MYANMAR,
    NOTE,
    REPORT,
    SUBMITTED,
    adding,
    options,
    printed,
)

ANSWERS = {
    "kind": "submission",
    "on": "2024-06-26",
    "speaker": "Reuters",
    "role": "media",
    "source": "https://news.example/1",
    "summary": "It is said to be filed.",
}


QUESTIONS = (
    *(
        "What is it about?",
        "Kind",
        "Date of the event",
        "Speaker: who reports it",
        "Role of the speaker",
    ),
    *("Who submitted", "URL of the source", "Summary: what happened", "Finding"),
    *("Record this?", "Field to change", "Number"),
)


def questions(err: str) -> list[str]:
    """List the questions that were asked."""
    lines = err.splitlines()
    return [q for line in lines for q in QUESTIONS if line.startswith(q)]


def talk(run: Run, *answers: str, argv: tuple[str, ...] = ()) -> tuple[int, str, str]:
    return run("log", "add", *argv, tty=True, stdin=said(*answers))


def test_a_person_is_asked_for_what_is_missing(run: Run) -> None:
    code, out, err = run("log", "add", tty=True, stdin=said("rafah/3", *ANSWERS.values(), "y"))
    assert code == 0, err
    assert out.startswith("Entry 1 is recorded")
    event = printed(run, "log", "show", "1")["event"]
    assert {key: event[key] for key in ANSWERS} == ANSWERS


def test_a_person_is_not_asked_for_what_was_given(run: Run) -> None:
    given = {key: ANSWERS[key] for key in ("kind", "speaker", "role", "source")}
    code, _, err = run(
        *("log", "add", "rafah/3", *options(given)),
        tty=True,
        stdin=said(ANSWERS["on"], ANSWERS["summary"], "y"),
    )
    assert code == 0, err
    assert questions(err) == ["Date of the event", "Summary: what happened", "Record this?"]


def test_nobody_is_asked_when_nothing_is_missing(run: Run) -> None:
    code, _, err = run(*adding(), tty=True)
    assert (code, err) == (0, "")


def test_a_wrong_answer_is_asked_for_again(run: Run) -> None:
    wrong = (
        *("rafah/9", "rafah/3 nothing", "rafah/3 rafah/2a", "gossip", "", "submission"),
        *("soon", "2099-01-01", "2024-06-26", "  ", "Reuters", "Neptune", "media"),
        *("news.example", "https://news.example/1", "It is said to be filed.", "Y"),
    )
    code, _, err = run("log", "add", tty=True, stdin=said(*wrong))
    assert code == 0, err
    event = printed(run, "log", "show", "1")["event"]
    assert {key: event[key] for key in ANSWERS} == ANSWERS
    assert event["about"] == [REPORT, "192/2024-05-24/2a"]
    assert err.count("orderwatch: ") == 9
    assert "2099-01-01 is in the future" in err


def test_an_assessment_asks_for_its_finding_and_a_note_for_no_source(run: Run) -> None:
    last = said("ngo", "https://ngo.example/", "It judges.", "not met", "yes")
    code, _, err = run(
        *("log", "add", "rafah/3", "--kind", "Assessment", "--on", "2024-07-01"),
        *("--speaker", "Some NGO"),
        tty=True,
        stdin=last,
    )
    assert code == 0, err
    assert printed(run, "log", "show", "1")["event"]["finding"] == "not met"
    given = {**NOTE, "summary": None}
    argv = ["log", "add", "rafah/3", *options(given)]
    code, _, err = run(*argv, tty=True, stdin=said("Rang.", "y"))
    assert (code, questions(err)) == (0, ["Summary: what happened", "Record this?"])


def test_of_two_addressees_a_person_is_asked_who_submitted(run: Run) -> None:
    given = {**SUBMITTED, "on": "2014-03-01"}
    argv = ["log", "add", BOTH, *options(given)]
    code, _, err = run(*argv, tty=True, stdin=said("Nicaragua", "y"))
    assert code == 0, err
    assert printed(run, "log", "show", "1")["event"]["by"] == ["Nicaragua"]


def test_the_end_of_input_stops_a_conversation(run: Run, sealed: Path) -> None:
    with untouched(sealed):
        code, out, err = run("log", "add", tty=True, stdin=said("rafah/3", "submission"))
    assert (code, out) == (130, "")
    assert err.endswith("orderwatch: interrupted\n")


def test_questions_stay_out_of_a_result_that_goes_to_a_file(run: Run) -> None:
    code, out, err = run(
        *("log", "add", "--format", "json"),
        tty=True,
        stdin=said("rafah/3", *ANSWERS.values(), "y"),
    )
    assert code == 0, err
    assert out.startswith("{")


# Before anything is written


def test_the_whole_entry_is_shown_before_it_is_recorded(run: Run) -> None:
    argv = ("--private", "--archive", "https://archive.example/1")
    _, out, err = talk(run, "rafah/3", *ANSWERS.values(), "y", argv=argv)
    shown = err.partition("\n\n")[2]
    for line in (
        "on: 2024-06-26 (Wednesday 26 June 2024)",
        "speaker: Reuters (media)",
        "by: Israel",
        "about: 192/2024-05-24/3",
        "obligation: rafah/3  Israel: Submit to the Court a report",
        "archive: https://archive.example/1",
        "private: yes: never published",
    ):
        assert line in shown
    assert out.startswith("Entry 1 is recorded")


@pytest.mark.parametrize("answer", ["n", "NO"])
def test_an_entry_that_is_not_confirmed_is_not_recorded(
    run: Run,
    sealed: Path,
    answer: str,
) -> None:
    with untouched(sealed):
        code, out, err = talk(run, "rafah/3", *ANSWERS.values(), answer)
    assert (code, out) == (130, "")
    assert err.endswith("Nothing was recorded.\n")


def test_a_narrow_screen_breaks_no_word(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    found = ("crossing rafah", "1", *ANSWERS.values(), "n")
    _, _, err = talk(run, *found)
    assert max(map(len, err.splitlines())) <= 40
    assert "Israel: Keep the Rafah\n  crossing open" in err
    assert "speaker, role," in err


def test_an_empty_answer_records_nothing(run: Run, sealed: Path) -> None:
    """What stays for good is not recorded by a key that is pressed once too often."""
    with untouched(sealed):
        code, out, err = talk(run, "rafah/3", *ANSWERS.values(), "", "")
    assert (code, out) == (130, "")
    assert questions(err)[-3:] == ["Record this?"] * 3


def test_an_empty_answer_is_told_what_it_lacks(run: Run) -> None:
    _, _, err = talk(run, "rafah/3", *list(ANSWERS.values())[:2], "")
    assert "orderwatch: expected text, not an empty value" in err


def test_a_field_can_be_changed_before_it_is_recorded(run: Run) -> None:
    changes = ("summary", "Better words.", "about", "178", "on", "2024-06-25", "y")
    code, _, err = talk(run, "rafah/3", *ANSWERS.values(), "colour", *changes)
    assert code == 0, err
    event = printed(run, "log", "show", "1")["event"]
    assert (event["summary"], event["about"]) == ("Better words.", ["178"])
    assert event["on"] == "2024-06-25"


def test_what_is_wrong_together_is_told_and_changed(run: Run) -> None:
    argv = ("--finding", "not met")
    answers = ("rafah/3", *ANSWERS.values(), "y", "kind", "assess", "y")
    code, _, err = talk(run, *answers, argv=argv)
    assert code == 0, err
    assert 'finding: for assessments only; this event has the kind "submission"' in err
    assert printed(run, "log", "show", "1")["event"]["kind"] == "assessment"


@pytest.mark.parametrize("number", range(8))
def test_wherever_input_ends_nothing_is_recorded(
    run: Run,
    sealed: Path,
    number: int,
) -> None:
    every = ("rafah/3", *ANSWERS.values(), "y")
    with untouched(sealed):
        code, out, _ = talk(run, *every[:number])
    assert (code, out) == (130, "")


def test_hostile_words_act_nowhere_in_a_conversation(run: Run) -> None:
    acts = "\x1b[2J\u202e"
    answers = ("rafah/3", "note", "2024-06-01", acts, "ngo", f"Said {acts}", "y")
    code, _, err = talk(run, *answers)
    assert code == 0, err
    assert not {"\x1b", "\u202e"} & set(err)
    assert "speaker: <U+001B>[2J<U+202E> (NGO)" in err


# What is it about?


def test_an_obligation_is_found_by_its_words(run: Run) -> None:
    code, _, err = talk(run, "crossing rafah", "1", "note", *list(NOTE.values())[1:], "y")
    assert code == 0, err
    assert "1  rafah/2b  Israel: Keep the Rafah crossing open" in err
    event = printed(run, "log", "show", "1")["event"]
    assert event["about"] == ["192/2024-05-24/2b"]


def test_one_of_several_is_chosen_by_its_number(run: Run) -> None:
    looking = ("gambia", "", "zzz", "gambia", "7", "Gambia", "MYANMAR rep", "1")
    answers = (*looking, "note", *list(NOTE.values())[1:], "y")
    code, _, err = talk(run, *answers)
    assert code == 0, err
    assert printed(run, "log", "show", "1")["event"]["about"] == [MYANMAR]
    assert 'No order matches "zzz".' in err


def test_of_many_the_first_are_listed_and_the_rest_counted(run: Run) -> None:
    _, _, err = talk(run, "prevent")
    assert [line[:3] for line in err.splitlines() if line[:1].isdigit()] == [
        f"{n}  " for n in range(1, 10)
    ]
    assert "more; type more words" in err


def search(known: Snapshot, words: str) -> list[Obligation]:
    return lookup.search(known.register, words, known.as_of)


def test_those_in_force_and_the_latest_come_first() -> None:
    known = Snapshot(load({}, {}), as_of=TODAY)
    found = search(known, "gaza")
    assert len({duty.order for duty in found}) > 2
    ranks = [(duty.order.in_force(TODAY), duty.order.made) for duty in found]
    assert ranks == sorted(ranks, reverse=True)
    assert search(known, "GAZA, crossing") == search(known, "crossing gaza")
    assert search(known, " ") == []


def test_accents_do_not_matter() -> None:
    known = Snapshot(load({}, {}), as_of=TODAY)
    assert search(known, "canos") == search(known, "Caños") != []


def test_an_order_of_the_future_is_not_found() -> None:
    known = Snapshot(load({}, {}), as_of=date(2024, 5, 23))
    assert all(duty.order.made < date(2024, 5, 24) for duty in search(known, "a"))


# Words and days


@pytest.mark.parametrize(
    ("typed", "kind"), [("sub", "submission"), ("Asses", "assessment"), ("n", "note")]
)
def test_the_beginning_of_a_word_is_enough(run: Run, typed: str, kind: str) -> None:
    given = options({**ASSESSED, "kind": None})
    code, _, err = talk(run, typed, "y" if kind == "assessment" else "n", argv=(REPORT, *given))
    assert "is none of" not in err
    assert f"kind: {kind}\n" in err or f'this event has the kind "{kind}"' in err
    assert code == (0 if kind == "assessment" else 130)


@pytest.mark.parametrize("typed", ["st", "s", "x"])
def test_a_beginning_that_two_words_have_is_asked_again(run: Run, typed: str) -> None:
    assert f"{typed!r}; one of: submission" in talk(run, "rafah/3", typed)[2]


DAYS = [
    ("today", "2026-11-23"),
    ("Yesterday", "2026-11-22"),
    ("3 days ago", "2026-11-20"),
    ("a day ago", "2026-11-22"),
    ("1 week ago", "2026-11-16"),
    ("two weeks ago", None),
    ("2 weeks ago", "2026-11-09"),
    ("a month ago", "2026-10-23"),
    ("9 months ago", "2026-02-23"),
    ("one year ago", "2025-11-23"),
    ("last Friday", "2026-11-20"),
    ("last fri", "2026-11-20"),
    ("last monday", "2026-11-16"),
    ("last sunday", "2026-11-22"),
    ("friday", None),
    ("last t", None),
    ("last day", None),
    ("20 June 2024", "2024-06-20"),
    ("20. jun 2024", "2024-06-20"),
    ("June 20, 2024", "2024-06-20"),
    ("20 ju 2024", None),
    ("31 June 2024", None),
    ("2024-06-20", "2024-06-20"),
    ("20240620", "2024-06-20"),
    ("13/4/2024", None),
    ("31.2.2024", None),
    ("tomorrow", "2026-11-24"),
    ("next monday", "2026-11-30"),
    ("next Tue", "2026-11-24"),
    ("next day", None),
    ("0 days ago", "2026-11-23"),
    ("9999 years ago", None),
    ("in 3 days", None),
    ("", None),
]
"""As they are said on Monday 23 November 2026; `None` is not read."""


@pytest.mark.parametrize(("text", "day"), DAYS)
def test_a_day_is_read_as_it_is_said(text: str, day: str | None) -> None:
    if day is None:
        with pytest.raises(ValueError, match="is not a date, such as"):
            parse_relative_date(text, TODAY)
    else:
        assert parse_relative_date(text, TODAY) == date.fromisoformat(day)


@pytest.mark.parametrize("text", ["3.4.2024", "3/4/2024", "03-04-2024"])
def test_a_day_with_two_readings_names_both(text: str) -> None:
    with pytest.raises(ValueError, match="can be 2024-04-03 or 2024-03-04; write one of them"):
        parse_relative_date(text, TODAY)


@given(st.dates(date(1900, 1, 1)), st.sampled_from(range(7)))
def test_the_last_weekday_is_within_the_week_before_today(today: date, at: int) -> None:
    name = f"{date(2024, 1, 1) + timedelta(at):%A}"
    found = parse_relative_date(f"last {name}", today)
    assert found.weekday() == at
    assert 1 <= (today - found).days <= 7


@given(st.dates(date(1000, 1, 1)))
def test_a_day_that_is_written_out_is_that_day(day: date) -> None:
    from orderwatch.render.phrases import bare_day

    assert parse_relative_date(bare_day(day), TODAY) == day
    assert parse_relative_date(str(day), TODAY) == day


def test_the_day_that_is_meant_is_echoed(run: Run) -> None:
    answers = ("rafah/3", "note", "last friday", "Ana", "ngo", "Rang.", "y")
    code, _, err = talk(run, *answers)
    assert code == 0, err
    assert "= Friday 20 November 2026\n" in err
    assert printed(run, "log", "show", "1")["event"]["on"] == "2026-11-20"
