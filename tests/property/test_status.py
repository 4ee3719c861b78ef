"""Laws of statuses: what holds for every obligation, record and day."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from orderwatch.deadlines import schedule
from orderwatch.model import Event, EventKind, Obligation, Role, Status, Timing, Within
from orderwatch.status import assess
from tests.support import build
from tests.support.strategies import around, extensions, limits, obligations, records

DAY = timedelta(days=1)
COURSE = [Timing.UPCOMING, Timing.DUE_TODAY, Timing.PASSED]


def seen(obligation: Obligation, today: date, events: list[Event]) -> Status:
    return assess(schedule(obligation, events, until=today), events, today=today)


@given(st.data(), obligations(single=True))
def test_timing_only_moves_from_upcoming_to_due_today_to_passed(
    data: st.DataObject, obligation: Obligation
) -> None:
    (deadline,) = schedule(obligation, [], until=obligation.order.made).deadlines
    nearby = st.lists(around(deadline.due, 3, 3), min_size=2)
    timings = [
        COURSE.index(seen(obligation, today, []).timing) for today in sorted(data.draw(nearby))
    ]
    assert timings == sorted(timings)


@given(st.data(), obligations())
def test_a_day_more_is_a_day_less_left(data: st.DataObject, obligation: Obligation) -> None:
    today = data.draw(around(obligation.order.made, 0, 3000))
    tomorrow = {
        item.deadline.id: item.days_left for item in seen(obligation, today + DAY, []).deadlines
    }
    for item in seen(obligation, today, []).deadlines:
        assert item.days_left == (item.deadline.due - today).days
        assert tomorrow[item.deadline.id] == item.days_left - 1


@given(st.data(), obligations())
def test_an_extension_puts_off_by_just_so_many_days(
    data: st.DataObject, obligation: Obligation
) -> None:
    deadline = schedule(obligation, [], until=obligation.order.made).deadlines[0]
    event = data.draw(extensions(deadline))
    assert event.extends_to
    gained = (event.extends_to - deadline.due).days
    plain, extended = (seen(obligation, event.on, known).deadlines[0] for known in ([], [event]))
    assert extended.days_left == plain.days_left + gained


@given(st.data(), obligations())
def test_the_sign_of_the_days_left_is_the_timing(
    data: st.DataObject, obligation: Obligation
) -> None:
    today = data.draw(around(obligation.order.made, 0, 1500))
    first = schedule(obligation, [], until=today).deadlines[0]
    event = data.draw(extensions(first))
    for item in seen(obligation, today, [event]).deadlines:
        sign = (item.days_left < 0) - (item.days_left > 0)
        assert item.timing is COURSE[sign + 1]


@given(st.data(), obligations())
def test_the_deadline_that_counts_is_the_earliest_not_passed_else_the_last(
    data: st.DataObject, obligation: Obligation
) -> None:
    today = data.draw(around(obligation.order.made, 0, 1500))
    first = schedule(obligation, [], until=today).deadlines[0]
    status = seen(obligation, today, [data.draw(extensions(first))])
    left = sorted(item.days_left for item in status.deadlines)
    assert status.current
    assert status.current.days_left == next((n for n in left if n >= 0), left[-1])
    assert status.timing is status.current.timing


@given(st.data(), limits)
def test_an_event_after_the_day_changes_nothing(data: st.DataObject, limit: Within) -> None:
    obligation = build.obligation(limit)
    events = data.draw(records(obligation))
    today = data.draw(around(obligation.order.made, 30, 500))
    known = [event for event in events if event.on <= today]
    status = seen(obligation, today, events)
    assert status == seen(obligation, today, known)
    assert [event.on for event in status.events] == sorted(
        event.on for event in known if obligation.id in event.about
    )


@given(st.data(), limits)
def test_the_order_in_which_events_are_told_changes_nothing(
    data: st.DataObject, limit: Within
) -> None:
    obligation = build.obligation(limit)
    events = data.draw(records(obligation))
    today = data.draw(around(obligation.order.made, 30, 500))
    shuffled = data.draw(st.permutations(events))
    assert seen(obligation, today, events) == seen(obligation, today, shuffled)


@given(
    st.data(),
    obligations(),
    st.sampled_from(["Ruritania", "Atlantis and others", "", "The Court"]),
    st.booleans(),
)
def test_what_another_than_an_addressee_submits_counts_with_a_date_alone(
    data: st.DataObject,
    obligation: Obligation,
    other: str,
    told_by_the_addressee: bool,  # noqa: FBT001 - drawn
) -> None:
    today = data.draw(around(obligation.order.made, 0, 1500))
    deadline = schedule(obligation, [], until=today).deadlines[0]
    about = data.draw(st.sampled_from([obligation.id, deadline.id]))
    event = build.event(
        today,
        about,
        kind=EventKind.SUBMISSION,
        speaker="Atlantis" if told_by_the_addressee else other,
        by=(other,) if told_by_the_addressee else (),
        role=data.draw(st.sampled_from(Role)),
    )
    status = seen(obligation, today, [event])
    counting = [item.deadline.id for item in status.deadlines if item.submission]
    assert counting == [deadline.id] * (about == deadline.id)
    assert status.events == (event,)


@given(st.data(), obligations(), st.sampled_from(["Atlantis", "ATLANTIS"]))
def test_what_an_addressee_submits_counts_for_one_deadline_for_good(
    data: st.DataObject, obligation: Obligation, speaker: str
) -> None:
    filed = data.draw(around(obligation.order.made, 0, 1500))
    event = build.event(filed, obligation.id, kind=EventKind.SUBMISSION, speaker=speaker)
    later = data.draw(around(filed, 0, 1500))
    first, last = (
        [d for d in seen(obligation, day, [event]).deadlines if d.submission]
        for day in (filed, later)
    )
    (met,) = first
    assert [item.deadline for item in last] == [met.deadline]
    assert met.submission
    assert met.submission.days_late == max(0, (filed - met.deadline.due).days)
