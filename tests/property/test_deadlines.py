"""Laws of deadlines: what holds for every order, time-limit and record."""

import calendar
from datetime import date, timedelta

from hypothesis import assume, given
from hypothesis import strategies as st

from orderwatch.deadlines import schedule
from orderwatch.model import Obligation, Period, Schedule, Within
from tests.support import build
from tests.support.strategies import (
    around,
    days,
    extensions,
    intervals,
    limits,
    months,
    obligations,
    periods,
    records,
    within,
)

DAY = timedelta(days=1)


def due(found: Schedule) -> list[date]:
    return [deadline.due for deadline in found.deadlines]


def series(made: date, first: Period, every: Period) -> list[date]:
    """List the first dates of a series, some twenty of a monthly one."""
    until = made + timedelta(days=2500)
    return due(schedule(within(made, first, every), [], until=until))


def plus(anchor: date, period: Period, times: int = 1) -> date:
    """Add a period by hand: to the same-numbered day or the last of the month."""
    month = anchor.month - 1 + (period.years * 12 + period.months) * times
    year, month = anchor.year + month // 12, month % 12 + 1
    last = calendar.monthrange(year, month)[1]
    reached = date(year, month, min(anchor.day, last))
    return reached + timedelta(days=(period.weeks * 7 + period.days) * times)


@given(days)
def test_a_day_is_flagged_just_when_it_is_a_saturday_or_sunday(made: date) -> None:
    (deadline,) = schedule(within(made, Period(weeks=1)), [], until=made).deadlines
    flag = {5: "Saturday", 6: "Sunday"}.get(made.weekday())
    assert deadline.non_working == flag
    assert bool(deadline.notes) == (flag is not None)


@given(earlier=days, later=days, period=periods)
def test_a_later_order_never_falls_due_earlier(earlier: date, later: date, period: Period) -> None:
    earlier, later = sorted((earlier, later))
    (first,) = due(schedule(within(earlier, period), [], until=earlier))
    (second,) = due(schedule(within(later, period), [], until=later))
    assert first <= second


@given(made=days, first=periods, every=intervals)
def test_every_date_is_counted_from_its_anchor(made: date, first: Period, every: Period) -> None:
    begin, *repeats = series(made, first, every)
    assert begin == plus(made, first)
    for times, day in enumerate(repeats, 1):
        assert day == plus(begin, every, times)


@given(made=days, first=periods, every=months)
def test_the_day_of_the_month_never_drifts(made: date, first: Period, every: Period) -> None:
    begin, *repeats = series(made, first, every)
    for day in repeats:
        is_month_end = (day + DAY).day == 1
        assert day.day == begin.day or (is_month_end and day.day < begin.day)


@given(made=days, first=months, every=months)
def test_a_clipped_day_is_explained_and_no_other(made: date, first: Period, every: Period) -> None:
    until = made + timedelta(days=2500)
    anchor = made
    for deadline in schedule(within(made, first, every), [], until=until).deadlines:
        said = any(f"has no day {anchor.day}" in step for step in deadline.steps)
        assert said == (deadline.due.day != anchor.day)
        if deadline.number == 1:
            anchor = deadline.due


@given(st.data(), obligations())
def test_dates_strictly_increase_and_are_numbered(
    data: st.DataObject, obligation: Obligation
) -> None:
    until = data.draw(around(obligation.order.made, 0, 3000))
    found = schedule(obligation, [], until=until).deadlines
    firsts = [deadline.first_due for deadline in found]
    assert firsts == sorted(set(firsts))
    assert [deadline.number for deadline in found] == list(range(1, len(found) + 1))


@given(st.data(), obligations(series=True))
def test_a_series_is_listed_up_to_the_first_that_has_not_passed(
    data: st.DataObject, obligation: Obligation
) -> None:
    until = data.draw(around(obligation.order.made, 0, 3000))
    *passed, coming = due(schedule(obligation, [], until=until))
    assert coming >= until
    assert all(day < until for day in passed)


@given(st.data(), obligations(series=True))
def test_whatever_was_extended_the_next_date_to_come_is_listed(
    data: st.DataObject, obligation: Obligation
) -> None:
    until = data.draw(around(obligation.order.made, 0, 1500))
    target = data.draw(st.sampled_from(schedule(obligation, [], until=until).deadlines))
    event = data.draw(extensions(target))
    assume(event.on <= until)
    listed = schedule(obligation, [event], until=until).deadlines
    later = schedule(obligation, [event], until=until + timedelta(days=4000)).deadlines
    assert listed == later[: len(listed)]
    nearest = min(item.due for item in later if item.due >= until)
    assert [item.id for item in later if item.due <= nearest][-1] == listed[-1].id


@given(st.data(), limits)
def test_an_event_after_the_day_changes_nothing(data: st.DataObject, limit: Within) -> None:
    obligation = build.obligation(limit)
    events = data.draw(records(obligation))
    until = data.draw(around(obligation.order.made, 30, 500))
    known = [event for event in events if event.on <= until]
    assert schedule(obligation, events, until=until) == schedule(obligation, known, until=until)


@given(st.data(), limits)
def test_the_order_in_which_events_are_told_changes_nothing(
    data: st.DataObject, limit: Within
) -> None:
    obligation = build.obligation(limit)
    events = data.draw(records(obligation))
    shuffled = data.draw(st.permutations(events))
    until = data.draw(around(obligation.order.made, 30, 500))
    assert schedule(obligation, events, until=until) == schedule(obligation, shuffled, until=until)


@given(st.data(), limits)
def test_no_record_makes_two_deadlines_with_one_id(data: st.DataObject, limit: Within) -> None:
    obligation = build.obligation(limit)
    events = data.draw(records(obligation))
    until = data.draw(around(obligation.order.made, 30, 500))
    found = schedule(obligation, events, until=until).deadlines
    ids = [deadline.id for deadline in found]
    assert len(ids) == len(set(ids))


@given(st.data(), obligations())
def test_an_extension_moves_one_date_and_keeps_its_id(
    data: st.DataObject, obligation: Obligation
) -> None:
    until = data.draw(around(obligation.order.made, 0, 1500))
    before = schedule(obligation, [], until=until).deadlines
    target = data.draw(st.sampled_from(before))
    event = data.draw(extensions(target))
    assume(event.on <= until)
    after = {item.id: item for item in schedule(obligation, [event], until=until).deadlines}
    assert after[target.id].due == event.extends_to
    assert after[target.id].extended_from == target.first_due
    others = [item for item in before if item.id != target.id]
    assert all(after.get(item.id, item) == item for item in others)


@given(st.data(), st.integers(1, 3))
def test_a_date_once_listed_stays_listed(data: st.DataObject, every: int) -> None:
    obligation = within(date(2024, 1, 15), Period(weeks=1), Period(weeks=every))
    first = schedule(obligation, [], until=date(2024, 1, 15)).deadlines[0]
    event = data.draw(extensions(first, longest=80))
    today, later = sorted(data.draw(st.tuples(*[around(first.due, 0, 80)] * 2)))
    listed = schedule(obligation, [event], until=today).deadlines
    assert {item.id for item in listed} <= {
        item.id for item in schedule(obligation, [event], until=later).deadlines
    }
