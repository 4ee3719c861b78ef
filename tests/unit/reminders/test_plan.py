"""What is said, and when: cases that a reader can follow by hand."""

from datetime import date, timedelta

import pytest

from orderwatch.frozen import replace
from orderwatch.model import (
    Ending,
    Event,
    EventKind,
    Kind,
    On,
    Period,
    Role,
    Within,
)
from orderwatch.reminders.plan import CLOSED, MOVED, ReminderDays, format_offset
from tests.support import build
from tests.support.recipients import DUE, DUTY, OFFSETS, Recipient
from tests.support.strategies import TRIGGER

ID = f"{DUTY.id}@2024-06-24"


def before(days: int) -> date:
    return DUE - timedelta(days)


def extended(on: date, to: date) -> Event:
    return build.event(on, ID, kind=EventKind.COURT_DECISION, role=Role.COURT, extends_to=to)


def submitted(on: date, about: str = ID) -> Event:
    return build.event(on, about, kind=EventKind.SUBMISSION)


def test_each_offset_is_said_on_its_day() -> None:
    every = {days: days for days in (30, 14, 7, 3, 1, 0, -1, -7, -30)}
    assert Recipient().offsets_of(before(60), 365) == every


def test_a_second_run_on_the_same_day_says_nothing() -> None:
    reader = Recipient()
    assert reader.morning(before(7)) == [(ID, 7)]
    assert reader.morning(before(7)) == []


def test_days_off_cost_one_message_with_the_most_urgent() -> None:
    reader = Recipient()
    assert reader.morning(before(30)) == [(ID, 30)]
    assert reader.morning(before(2)) == [(ID, 3)]
    assert reader.morning(before(1)) == [(ID, 1)]


def test_off_beyond_the_last_offset_the_passing_is_still_told_once() -> None:
    reader = Recipient()
    assert reader.morning(before(100)) == []
    assert reader.morning(before(-90)) == [(ID, -30)]
    assert reader.morning(before(-91)) == []


def test_a_first_run_says_only_the_most_urgent() -> None:
    assert Recipient().morning(before(5)) == [(ID, 7)]


@pytest.mark.parametrize(("days", "said"), [(30, [(ID, -30)]), (31, []), (9999, [])])
def test_a_first_run_does_not_tell_history(days: int, said: list[tuple[str, int]]) -> None:
    reader = Recipient()
    assert reader.morning(before(-days)) == said
    assert reader.morning(before(-days - 1)) == []


def test_without_offsets_after_the_date_its_passing_is_not_told() -> None:
    assert Recipient(offsets=ReminderDays(after=())).morning(before(-1)) == []
    reader = Recipient(offsets=ReminderDays(before=(30, 14), after=()))
    assert reader.morning(before(2)) == [(ID, 14)]


def test_a_date_that_moved_far_off_is_told_at_once_and_its_offsets_come_again() -> None:
    reader = Recipient()
    reader.offsets_of(before(30), 24)
    event = extended(before(6), date(2024, 10, 24))
    assert reader.morning(before(6), event) == [(ID, MOVED)]
    assert reader.morning(before(5), event) == []
    again = reader.offsets_of(before(4), 200, event)
    assert list(again.values()) == [30, 14, 7, 3, 1, 0, -1, -7, -30]


def test_a_date_that_moved_near_is_told_by_its_offset() -> None:
    reader = Recipient()
    reader.morning(before(30))
    event = extended(before(20), before(-4))
    assert reader.morning(before(20), event) == [(ID, 30)]


def test_a_move_of_a_date_that_nobody_was_told_of_is_no_news() -> None:
    reader = Recipient()
    assert reader.morning(before(60), extended(before(60), before(-90))) == []


def test_a_date_that_moved_back_is_told_once_more() -> None:
    reader = Recipient()
    reader.morning(before(14))
    assert reader.morning(before(13), extended(before(13), before(-90))) == [(ID, MOVED)]
    assert reader.morning(before(12)) == [(ID, MOVED)]
    assert reader.morning(before(11)) == []
    assert reader.morning(before(7)) == [(ID, 7)]


def test_of_a_date_that_moved_back_near_only_its_offsets_are_said() -> None:
    reader = Recipient()
    assert reader.morning(before(3), extended(before(60), before(-27))) == [(ID, 30)]
    said = reader.offsets_of(before(2), 10)
    assert said == {2: 3, 1: 1, 0: 0, -1: -1, -7: -7}


def test_a_submission_is_said_once_and_ends_the_reminders() -> None:
    reader = Recipient()
    reader.morning(before(14))
    event = submitted(before(9))
    assert reader.offsets_of(before(9), 100, event) == {9: CLOSED}


def test_a_submission_made_before_anything_was_said_leaves_nothing_to_say() -> None:
    assert Recipient().offsets_of(before(40), 100, submitted(before(41))) == {}


def test_a_retracted_submission_lets_the_reminders_go_on() -> None:
    reader = Recipient()
    reader.morning(before(14))
    assert reader.morning(before(9), submitted(before(9))) == [(ID, CLOSED)]
    assert reader.offsets_of(before(8), 10)[7] == 7


def test_a_submission_for_one_date_of_a_series_leaves_the_others() -> None:
    limit = Within(first=Period(months=1), then_every=Period(months=6))
    series = build.obligation(limit)
    reader = Recipient(series)
    said = reader.offsets_of(before(30), 250, submitted(before(8), ID))
    assert said[8] == CLOSED
    assert list(said.values())[3:] == [30, 14, 7, 3, 1, 0, -1, -7, -30]


@pytest.mark.parametrize("end", [Ending(year=2024, day=before(10)), Ending(year=2023)])
def test_what_has_ended_falls_silent(end: Ending) -> None:
    limit = Within(first=Period(months=1), then_every=Period(months=1))
    duty = build.obligation(limit, order=build.order(case=replace(build.PENDING, ended=end)))
    said = Recipient(duty).offsets_of(before(60), 400)
    assert said == ({30: 30, 14: 14} if end.day else {})


def test_an_end_that_has_not_come_is_not_known() -> None:
    end = Ending(year=2024, day=before(2))
    duty = build.obligation(On(day=DUE), ended=end)
    assert Recipient(duty).offsets_of(before(7), 20) == {7: 7, 3: 3}


def test_a_weekly_series_is_seen_a_month_ahead() -> None:
    weekly = Within(first=Period(weeks=1), then_every=Period(weeks=1))
    reader = Recipient(build.obligation(weekly))
    found = reader.morning(build.MADE.made)
    assert [offset for _, offset in found] == [7, 14, 30, 30]


def test_what_is_near_comes_first_then_what_has_passed_then_what_is_closed() -> None:
    duties = [
        build.obligation(On(day=day), key=key, kind=Kind.ACT)
        for key, day in (
            ("a", before(-20)),
            ("b", before(3)),
            ("c", before(-3)),
            ("e", DUE),
        )
    ]
    reader = Recipient(*duties, build.obligation(On(day=before(-1)), key="d"))
    reader.morning(before(20))
    name = f"999/2024-05-24/d@{before(-1)}"
    found = reader.morning(DUE, submitted(DUE, name))
    keys = [one.split("/")[2][0] for one, _ in found]
    assert keys == ["e", "c", "a", "b", "d"]


@pytest.mark.parametrize(("days", "said"), [(30, []), (29, [-30])])
def test_a_date_learned_late_is_history_if_all_had_come_by_the_first_run(
    days: int, said: list[int]
) -> None:
    duty = build.obligation(Within(first=Period(weeks=1), after=TRIGGER))
    reader = Recipient(duty)
    first = date(2024, 9, 1)
    assert reader.morning(first) == []
    began = build.event(first - timedelta(days + 7), duty.id, trigger=TRIGGER)
    found = reader.morning(first + timedelta(10), began)
    assert [offset for _, offset in found] == said


@pytest.mark.parametrize(
    ("offset", "words"),
    [
        (30, "30 days before"),
        (1, "1 day before"),
        (0, "on the day"),
        (-1, "1 day after"),
        (-7, "7 days after"),
        (MOVED, "the date moved"),
        (CLOSED, "a submission is on record"),
    ],
)
def test_a_reminder_says_when_it_comes(offset: int, words: str) -> None:
    assert format_offset(offset) == words


def test_how_far_the_offsets_reach() -> None:
    assert (OFFSETS.max_before, OFFSETS.max_after) == (30, 30)
    none = ReminderDays(before=(), after=())
    assert (none.max_before, none.max_after, none.due_offset(-9)) == (0, 0, None)
