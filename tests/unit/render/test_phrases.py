"""The phrases, as a lawyer and a journalist read them."""

from datetime import date

import pytest

from orderwatch.frozen import replace
from orderwatch.model import (
    Case,
    Deadline,
    DeadlineStatus,
    Ending,
    Event,
    EventKind,
    On,
    Period,
    Role,
    Standing,
    Submission,
    SubmissionState,
    TimeLimit,
    Timing,
    Undated,
    Votes,
    Within,
)
from orderwatch.render import phrases
from tests.support import build
from tests.support.render_examples import DUTIES, VIEW, example

MONTHS = {count: Period(months=count) for count in (1, 3, 4, 6)}
FILLING = "completion of the filling of the trench"


@pytest.mark.parametrize(
    ("limit", "said"),
    [
        (Undated(standing=Standing.IMMEDIATE), "immediate"),
        (Undated(standing=Standing.CONTINUING), "continuing"),
        (Undated(standing=Standing.UNSPECIFIED), "no time set"),
        (
            Undated(standing=Standing.IMMEDIATE, after=FILLING),
            f"immediate, after {FILLING}",
        ),
        (On(day=date(1973, 8, 15), before=True), "before 15 August 1973"),
        (On(day=date(1973, 8, 15)), "by 15 August 1973"),
        (Within(first=MONTHS[1]), "within 1 month of the order"),
        (Within(first=Period(weeks=1), after=FILLING), f"within 1 week of {FILLING}"),
        (
            Within(first=MONTHS[4], then_every=MONTHS[6], until="final decision"),
            "within 4 months of the order, then every 6 months until final decision",
        ),
        (
            Within(first=MONTHS[3], then_every=MONTHS[3], until="the end"),
            "every 3 months until the end",
        ),
        (
            Within(first=MONTHS[3], then_every=MONTHS[3], after=FILLING),
            f"every 3 months from {FILLING}",
        ),
    ],
)
def test_a_time_limit_reads_like_the_order(limit: TimeLimit, said: str) -> None:
    assert phrases.time_limit(limit) == said


@pytest.mark.parametrize(
    ("cast", "said"),
    [
        (None, "not seen"),
        (Votes(), "not seen"),
        (Votes(unanimous=True), "unanimous"),
        (Votes(in_favour=15, against=0, unanimous=True), "15 to 0, unanimous"),
        (Votes(in_favour=15, unanimous=True), "15 to 0, unanimous"),
        (Votes(in_favour=13, against=2), "13 to 2 (names not seen)"),
        (Votes(in_favour=8, against=6, names_printed=False), "8 to 6 (no names printed)"),
        (
            Votes(in_favour=14, against=1, on_clause=True, names_printed=False),
            "14 to 1 (one vote on the whole clause; no names printed)",
        ),
        (
            Votes(in_favour=15, unanimous=True, on_clause=True),
            "15 to 0, unanimous (one vote on the whole clause)",
        ),
        (Votes(in_favour=15, against=0), "15 to 0"),
        (Votes(in_favour=13), "13 in favour, votes against not seen"),
        (Votes(against=2), "2 against, votes in favour not seen (names not seen)"),
        (
            Votes(in_favour=13, against=2, dissenting=("Sebutinde", "Barak (ad hoc)")),
            "13 to 2 (against: Sebutinde, Barak (ad hoc))",
        ),
    ],
)
def test_a_vote_says_what_was_seen_and_no_more(cast: Votes | None, said: str) -> None:
    assert phrases.vote(cast) == said


def dated(days_left: int, timing: Timing) -> DeadlineStatus:
    due = date(2024, 6, 24)
    deadline = Deadline(obligation=build.obligation(), number=1, first_due=due, due=due)
    return DeadlineStatus(deadline=deadline, timing=timing, days_left=days_left)


@pytest.mark.parametrize(
    ("left", "timing", "said"),
    [
        (4, Timing.UPCOMING, "4 days left"),
        (1, Timing.UPCOMING, "1 day left"),
        (0, Timing.DUE_TODAY, "due today"),
        (-1, Timing.PASSED, "passed 1 day ago"),
        (-20, Timing.PASSED, "passed 20 days ago"),
        (3, Timing.ENDED, "the measures had ended by then"),
    ],
)
def test_days_are_counted_and_never_judged(left: int, timing: Timing, said: str) -> None:
    assert phrases.days_left(dated(left, timing)) == said


@pytest.mark.parametrize(
    ("on", "late", "said"),
    [
        (date(2024, 6, 21), 0, "21 June 2024 (3 days before the due date)"),
        (date(2024, 6, 24), 0, "24 June 2024 (on the due date)"),
        (date(2024, 6, 26), 2, "26 June 2024 (2 days after the due date)"),
    ],
)
def test_a_submission_says_its_day_and_its_speaker(on: date, late: int, said: str) -> None:
    event = Event(
        id="ev",
        on=on,
        kind=EventKind.SUBMISSION,
        speaker="The Beacon",
        role=Role.MEDIA,
        summary="Filed.",
    )
    reported = Submission(state=SubmissionState.REPORTED, days_late=late, event=event)
    found = replace(dated(0, Timing.DUE_TODAY), submission=reported)
    assert (
        phrases.submission_or_none(found)
        == f"submission reported on {said}, according to The Beacon"
    )
    confirmed = replace(reported, state=SubmissionState.CONFIRMED)
    found = replace(found, submission=confirmed)
    assert phrases.submission_or_none(found) == f"submission on {said}, confirmed by the Court"


def test_nothing_recorded_says_just_that() -> None:
    found = dated(4, Timing.UPCOMING)
    assert phrases.deadline(found) == ("due Monday 24 June 2024 · 4 days left · no filing known")


def test_a_weekend_and_an_extension_are_flagged() -> None:
    found = dated(6, Timing.UPCOMING)
    moved = replace(found.deadline, due=date(2024, 6, 30), non_working="Sunday")
    assert phrases.date_remarks(moved) == (
        "Sunday, a non-working day; not moved",
        "extended from 24 June 2024",
    )


SEEN = replace(build.PENDING, seen=date(2024, 6, 1))
ENDED = build.case(ended=Ending(year=2024, day=date(2024, 6, 10), text="Judgment"))
CLOSED = build.case(ended=Ending(year=1981))


@pytest.mark.parametrize(
    ("case", "day", "said"),
    [
        (build.PENDING, date(2024, 6, 20), "pending"),
        (SEEN, date(2024, 6, 1), "pending"),
        (SEEN, date(2024, 6, 2), "pending on 1 June 2024 (latest information)"),
        (ENDED, date(2024, 6, 9), "pending on this day"),
        (ENDED, date(2024, 6, 10), "ended on 10 June 2024: Judgment"),
        (CLOSED, date(2024, 6, 10), "ended in 1981 (day unknown)"),
    ],
)
def test_the_state_of_a_case_is_that_of_the_day(case: Case, day: date, said: str) -> None:
    assert phrases.case_state(case, day) == said


def test_the_end_of_a_case_is_not_told_before_it_comes() -> None:
    case = replace(ENDED, state="Judgment.", seen=date(2024, 6, 30))
    assert phrases.state_text(case, date(2024, 6, 9)) is None
    assert phrases.state_text(case, date(2024, 6, 10)) == "Judgment."


def test_every_timing_has_words() -> None:
    found = {s.obligation.id: s for s in example(DUTIES).statuses}
    said = [phrases.timing(status, VIEW.as_of) for status in found.values()]
    assert said == [
        "no date to compute",
        "4 days left",
        "passed 115 days ago",
        "10 days left",
        "no date yet: waits for completion of the filling",
        "ended on 20 December 1974: Judgment of 20 December 1974",
    ]


def test_a_view_of_the_past_log_says_so() -> None:
    assert phrases.as_of(replace(VIEW, known_on=date(2024, 6, 1))) == (
        "As of Thursday 20 June 2024 at the seat of the Court (Europe/Amsterdam), "
        "with the log as it was on 1 June 2024"
    )


def test_a_register_without_a_list_of_decisions_says_less() -> None:
    assert phrases.reviewed(replace(VIEW, seen_to=None)) == ("Register reviewed on 19 June 2024.")
