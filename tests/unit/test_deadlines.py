"""Deadlines: the table that a lawyer can read, and the laws."""

from datetime import date, timedelta

import pytest

from orderwatch.deadlines import schedule
from orderwatch.frozen import replace
from orderwatch.model import (
    Obligation,
    On,
    Period,
    Register,
    Schedule,
    Standing,
    Undated,
    Within,
)
from tests.support import build
from tests.support.strategies import (
    TRIGGER,
    within,
)
from tests.support.tables import DeadlineRow, deadline_rows, read_limit

DAY = timedelta(days=1)
REAL = [row for row in deadline_rows() if row.real]
INVENTED = [row for row in deadline_rows() if not row.real]


def named(register: Register, name: str) -> Obligation:
    return next(item for item in register.obligations if item.id == name)


def due(found: Schedule) -> list[date]:
    return [deadline.due for deadline in found.deadlines]


def assert_falls_due(row: DeadlineRow, obligation: Obligation) -> None:
    found = schedule(obligation, row.events(), until=row.until)
    assert [(item.first_due, item.due) for item in found.deadlines] == row.due
    assert (found.awaiting is not None) == (row.dates == "none yet")


@pytest.mark.parametrize("row", INVENTED, ids=lambda row: row.case)
def test_each_invented_row_falls_due_as_it_says(row: DeadlineRow) -> None:
    assert_falls_due(row, row.invented())


@pytest.mark.parametrize("row", REAL, ids=lambda row: f"{row.id} {row.seen}")
def test_each_real_row_falls_due_as_it_says(row: DeadlineRow, register: Register) -> None:
    assert_falls_due(row, named(register, row.id))


@pytest.mark.parametrize("row", REAL, ids=lambda row: f"{row.id} {row.seen}")
def test_the_register_words_each_time_limit_as_the_table_does(
    row: DeadlineRow, register: Register
) -> None:
    obligation = named(register, row.id)
    limit, expected = obligation.limit, read_limit(row.limit)
    if isinstance(limit, Within) and isinstance(expected, Within):
        # What ends a series is told in words, which the table leaves out.
        limit = replace(limit, until=None)
    assert limit == expected
    end, expected_end = obligation.end, row.ended()
    assert (end and end.day) == (expected_end and expected_end.day)


def test_the_table_has_a_row_for_each_dated_duty_of_the_register(
    register: Register,
) -> None:
    dated = {o.id for o in register.obligations if not isinstance(o.limit, Undated)}
    assert {row.id for row in REAL} == dated


def test_a_sunday_is_flagged_and_not_moved(register: Register) -> None:
    obligation = named(register, "192/2024-03-28/3")
    (deadline,) = schedule(obligation, [], until=date(2024, 4, 1)).deadlines
    assert deadline.due == date(2024, 4, 28)
    assert deadline.non_working == "Sunday"
    assert any("not moved" in note for note in deadline.notes)
    assert "Thursday 28 March 2024" in " ".join(deadline.steps)
    assert "Sunday 28 April 2024" in deadline.steps[-1]


def test_a_flag_follows_an_extension() -> None:
    monday, saturday = date(2024, 6, 24), date(2024, 7, 6)
    obligation = within(date(2024, 5, 24), Period(months=1))
    event = build.event(date(2024, 6, 1), obligation.id, extends_to=saturday)
    (deadline,) = schedule(obligation, [event], until=monday).deadlines
    assert deadline.id.endswith("@2024-06-24")
    assert deadline.extended_from == monday
    assert deadline.non_working == "Saturday"
    assert event.id in deadline.steps[-1]


def test_a_duty_without_a_date_waits_for_its_trigger_too(register: Register) -> None:
    (tell,) = (
        item
        for item in register.obligations
        if item.order.id == "150/2013-11-22"
        and item.limit
        == Undated(standing=Standing.IMMEDIATE, after="completion of the filling of the trench")
    )
    until = date(2013, 12, 31)
    waiting = schedule(tell, [], until=until)
    assert waiting.awaiting == "completion of the filling of the trench"
    event = build.event(
        date(2013, 12, 5),
        tell.order.id,
        trigger="completion of the filling of the trench",
    )
    known = schedule(tell, [event], until=until)
    assert (known.awaiting, known.deadlines) == (None, ())
    assert known.notes


@pytest.mark.parametrize("level", ["obligation", "order", "case"])
def test_a_trigger_and_an_end_may_name_what_stands_above(level: str) -> None:
    limit = Within(first=Period(weeks=1), after=TRIGGER, then_every=Period(weeks=1))
    obligation = build.obligation(limit)
    about = {
        "obligation": obligation.id,
        "order": obligation.order.id,
        "case": obligation.order.case.id,
    }[level]
    begin, end = date(2024, 6, 1), date(2024, 6, 22)
    events = [
        build.event(begin, about, trigger=TRIGGER),
        build.event(end, about, ends=True),
    ]
    found = schedule(obligation, events, until=date(2024, 12, 31))
    assert due(found) == [date(2024, 6, 8), date(2024, 6, 15)]
    assert found.ended
    assert found.ended.day == end


@pytest.mark.parametrize("about", ["998", "999/2024-05-25", "999/2024-05-24/33"])
def test_an_event_about_something_else_changes_nothing(about: str) -> None:
    limit = Within(first=Period(weeks=1), after=TRIGGER)
    obligation = build.obligation(limit)
    event = build.event(
        date(2024, 6, 1),
        about,
        trigger=TRIGGER,
        ends=True,
        extends_to=date(2025, 1, 1),
    )
    assert schedule(obligation, [event], until=date(2024, 7, 1)) == schedule(
        obligation, [], until=date(2024, 7, 1)
    )


def test_an_end_of_one_duty_leaves_the_others_of_its_order() -> None:
    one, other = build.obligation(key="1"), build.obligation(key="2")
    event = build.event(date(2024, 6, 1), one.id, ends=True)
    until = date(2024, 6, 2)
    assert schedule(one, [event], until=until).ended
    assert schedule(other, [event], until=until).ended is None


def test_a_series_at_the_end_of_the_calendar_stops_without_an_error() -> None:
    obligation = within(date(9998, 12, 31), Period(months=6), Period(months=6))
    found = schedule(obligation, [], until=date.max)
    assert due(found) == [date(9999, 6, 30), date(9999, 12, 30)]
    beyond = within(date(9999, 12, 1), Period(months=1))
    assert schedule(beyond, [], until=date.max).deadlines == ()


def test_an_end_of_one_deadline_is_no_end_of_the_duty() -> None:
    one = build.obligation()
    event = build.event(date(2024, 6, 1), f"{one.id}@2024-06-24", ends=True)
    assert schedule(one, [event], until=date(2024, 6, 2)).ended is None


def test_one_decision_can_extend_two_duties_and_two_dates() -> None:
    limit = Within(first=Period(months=1), then_every=Period(months=1))
    one, other = build.obligation(limit, key="1"), build.obligation(limit, key="2")
    extended = date(2024, 8, 1)
    named = (other.id, f"{one.id}@2024-06-24", f"{one.id}@2024-07-24")
    event = build.event(date(2024, 6, 10), *named, extends_to=extended)
    until = date(2024, 8, 2)
    third = date(2024, 8, 24)
    assert due(schedule(one, [event], until=until)) == [extended, extended, third]
    assert due(schedule(other, [event], until=until)) == [
        extended,
        date(2024, 7, 24),
        third,
    ]


def test_of_two_decisions_on_one_day_the_one_recorded_later_counts() -> None:
    obligation = build.obligation()
    public, early, late = (
        build.event(date(2024, 6, 10), obligation.id, extends_to=date(2024, 7, day))
        for day in (1, 2, 3)
    )
    events = [
        replace(late, id="1", seq=2),
        replace(early, id="2", seq=1),
        replace(public, id="3"),
    ]
    for known, day in ((events, 3), (events[1:], 2), (events[2:], 1)):
        found = schedule(obligation, known, until=date(2024, 6, 20))
        assert due(found) == [date(2024, 7, day)]


def test_a_decision_after_the_only_date_extends_it() -> None:
    obligation = build.obligation(On(day=date(2024, 6, 24)))
    event = build.event(date(2024, 7, 1), obligation.id, extends_to=date(2024, 8, 5))
    assert due(schedule(obligation, [event], until=date(2024, 7, 1))) == [date(2024, 8, 5)]
