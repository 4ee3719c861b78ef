"""Laws of the reminders: a year of mornings, and mornings that were missed."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderwatch import deadlines, status
from orderwatch.model import (
    Event,
    EventKind,
    Obligation,
    On,
    Period,
    Register,
    Timing,
    Undated,
    Within,
)
from orderwatch.reminders.plan import CLOSED, MOVED, ReminderDays, ReminderKey
from tests.support import build
from tests.support.recipients import Recipient
from tests.support.strategies import extensions, intervals, obligations
from tests.support.strategies import limits as awkward

DAY = timedelta(days=1)


@pytest.fixture(autouse=True, scope="module")
def _quick() -> Iterator[None]:
    """Compute the same dates once: a year of mornings asks for them every day."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("add_period", "format_long_day"):
            patch.setattr(deadlines, name, cache(getattr(deadlines, name)))
        yield


offsets = st.builds(
    ReminderDays,
    before=st.lists(st.integers(0, 45), max_size=6, unique=True).map(tuple),
    after=st.lists(st.integers(1, 45), max_size=4, unique=True).map(tuple),
)
FIRST = date(2024, 6, 1)
"""About where the year begins: most dates of the registers fall around it."""
first = st.builds(Period, months=st.integers(0, 14), days=st.integers(1, 100))
limits = (
    st.builds(Within, first=first, then_every=st.none() | intervals)
    | st.builds(On, day=st.dates(FIRST - 60 * DAY, FIRST + 450 * DAY))
    | awkward
)
registers = st.lists(
    st.builds(
        lambda key, limit, back: build.obligation(
            limit, key=str(key), order=build.order(FIRST - back * DAY)
        ),
        st.integers(1, 10**6),
        limits,
        st.integers(0, 300),
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda duty: duty.id,
)


def expected(
    duty: Obligation,
    plan: ReminderDays,
    mornings: Sequence[date],
    events: Iterable[Event],
) -> Counter[ReminderKey]:
    """Say by hand what a recipient hears, from the dates of all mornings alone.

    Each offset is said on the first morning on or after its day, unless a more
    urgent one has come by then; what lay before the first morning is said then, if
    its deadline is no longer past than the last offset.
    """
    first, last = mornings[0], mornings[-1]
    # Everything is known from the start here: what the last morning shows is enough.
    seen = status.assess_within(duty, events, today=last, days=plan.max_before)
    found: Counter[ReminderKey] = Counter()
    every = sorted([*plan.before, *(-days for days in plan.after)], reverse=True)
    for item in seen.deadlines:
        day = item.deadline.due
        came: dict[date, list[int]] = {}
        for offset in every:
            mine = next((m for m in mornings if m >= day - offset * DAY), None)
            if mine is not None:
                came.setdefault(mine, []).append(offset)
        for morning, those in came.items():
            urgent = min(those)
            old = day - urgent * DAY <= first and day + plan.max_after * DAY < morning
            if not old:
                found[item.deadline.log_id, day, urgent] += 1
    return found


def heard(
    duty: Obligation,
    plan: ReminderDays,
    mornings: Iterable[date],
    events: Iterable[Event],
) -> Counter[ReminderKey]:
    reader = Recipient(duty, offsets=plan)
    known = tuple(events)
    for morning in mornings:
        reader.morning(morning, *known)
    return Counter(list(reader.said))


def year(first: date) -> list[date]:
    return [first + n * DAY for n in range(366)]


@given(registers, offsets, st.integers(-60, 60))
def test_in_a_year_of_mornings_each_offset_is_said_exactly_once(
    duties: list[Obligation], plan: ReminderDays, shift: int
) -> None:
    mornings = year(FIRST + shift * DAY)
    mornings = [m for m in mornings if m >= max(d.order.made for d in duties)]
    for duty in duties:
        assert heard(duty, plan, mornings, ()) == expected(duty, plan, mornings, ())


@given(registers, offsets, st.data())
def test_of_missed_mornings_the_most_urgent_is_said_once_and_nothing_is_lost(
    duties: list[Obligation], plan: ReminderDays, data: st.DataObject
) -> None:
    begin = max(duty.order.made for duty in duties)
    gaps = data.draw(st.lists(st.integers(1, 3) | st.integers(1, 60), min_size=1, max_size=60))
    mornings = [begin + sum(gaps[:n]) * DAY for n in range(len(gaps) + 1)]
    for duty in duties:
        assert heard(duty, plan, mornings, ()) == expected(duty, plan, mornings, ())


@given(registers, offsets, st.data())
def test_with_dates_that_move_and_mornings_missed_nothing_is_lost(
    duties: list[Obligation], plan: ReminderDays, data: st.DataObject
) -> None:
    """After each morning, what it had to say was said then or before."""
    begin = max(duty.order.made for duty in duties)
    gaps = data.draw(st.lists(st.just(1) | st.integers(1, 45), min_size=10, max_size=60))
    mornings = [begin + sum(gaps[:n]) * DAY for n in range(len(gaps) + 1)]
    events = [
        data.draw(extensions(item.deadline, 120))
        for duty in duties
        for item in status.assess_within(duty, (), today=mornings[-1], days=0).deadlines[:6]
        if data.draw(st.booleans())
    ]
    reader = Recipient(*duties, offsets=plan)
    every = (*plan.before, *(-days for days in plan.after))
    for day in mornings:
        told = reader.morning(day, *events)
        assert len({name for name, _ in told}) == len(told), "one message a deadline"
        for duty in duties:
            seen = status.assess_within(duty, events, today=day, days=plan.max_before)
            for item in seen.deadlines:
                due = item.deadline.due
                past = [key for key in reader.said if key[0] == item.deadline.log_id]
                offsets = [offset for _, when, offset in past if when == due]
                come = [offset for offset in every if due - offset * DAY <= day]
                old = day > due + plan.max_after * DAY
                if come and not (old and due - min(come) * DAY <= begin):
                    assert min(offsets, default=MOVED) <= min(come)
                assert bool(offsets) or not past, "a date moved and nobody heard"


@given(obligations(), offsets, st.data())
def test_a_moved_deadline_is_announced_anew(
    duty: Obligation, plan: ReminderDays, data: st.DataObject
) -> None:
    deadline = status.assess_within(duty, (), today=duty.order.made, days=0).deadlines[0].deadline
    event = data.draw(extensions(deadline, 90))
    mornings = [
        event.on + n * DAY for n in range(-60, 250) if event.on + n * DAY >= duty.order.made
    ]
    if not mornings or not event.extends_to:
        return
    reader = Recipient(duty, offsets=plan)
    for morning in mornings:
        reader.morning(morning, event)
    mine = [key for key in reader.said if key[0] == deadline.log_id]
    new = Counter(offset for _, due, offset in mine if due == event.extends_to)
    told = any(due == deadline.due for _, due, _ in mine)
    due = event.extends_to
    for offset in (*plan.before, *(-days for days in plan.after)):
        if event.on < due - offset * DAY <= mornings[-1]:
            assert new[offset] == 1
    if told:
        assert sum(new.values()) >= 1
    # Under the old date nothing is said once it has moved.
    assert all(reader.said[key].date() < event.on for key in mine if key[1] == deadline.due)


@given(offsets, st.integers(0, 300), st.integers(0, 120))
def test_after_a_submission_one_message_says_so_and_no_more_come(
    plan: ReminderDays, start: int, length: int
) -> None:
    duty = build.obligation()
    due = date(2024, 6, 24)
    first = duty.order.made + min(start, 20) * DAY
    on = first + length * DAY
    event = build.event(on, f"{duty.id}@{due}", kind=EventKind.SUBMISSION)
    reader = Recipient(duty, offsets=plan)
    told: list[tuple[date, int]] = []
    for morning in (first + n * DAY for n in range(200)):
        told += [(morning, offset) for _, offset in reader.morning(morning, event)]
    before = [offset for day, offset in told if day < on]
    after = [offset for day, offset in told if day >= on]
    assert after == ([CLOSED] if before else [])


def dated(register: Register) -> list[Obligation]:
    return [d for d in register.obligations if not isinstance(d.limit, Undated)]


def test_every_dated_obligation_of_the_register_says_each_offset_once(
    register: Register,
) -> None:
    """Run from before the first order of each to a year after the last date."""
    found = dated(register)
    assert len(found) >= 11
    for duty in found:
        for back in (0, 400):
            _check_course(register, duty, duty.order.made + back * DAY)


def _check_course(register: Register, duty: Obligation, first: date) -> None:
    plan = ReminderDays()
    events = [e for e in register.events if any(duty.id in a for a in e.about)]
    above = {duty.order.id, duty.order.case.id}
    events += [e for e in register.events if above & set(e.about) and e not in events]
    reader = Recipient(duty, offsets=plan)
    heard: dict[str, list[tuple[date, int]]] = {}
    for morning in year(first):
        for name, offset in reader.morning(morning, *events):
            heard.setdefault(name, []).append((morning, offset))
    last = first + 365 * DAY
    seen = status.assess_within(duty, events, today=last, days=30)
    every = [*plan.before, *(-days for days in plan.after)]
    for item in seen.deadlines:
        if item.timing is Timing.ENDED or seen.timing is Timing.ENDED:
            continue
        told = heard.get(item.deadline.id, [])
        closing = item.submission.event.on if item.submission else date.max
        due = item.deadline.due
        days = {due - offset * DAY: offset for offset in every}
        want = {
            (day, offset) for day, offset in days.items() if first <= day <= last and day < closing
        }
        plain = {(day, offset) for day, offset in told if offset not in {CLOSED, MOVED}}
        assert want <= plain, item.deadline.id
        # What comes on another day is the first run's, or the news of a submission.
        assert all(day == first for day, _ in plain - want)
        assert [o for _, o in told].count(CLOSED) == (
            1 if item.submission and any(d < closing for d, _ in plain) else 0
        ) or closing < first


@pytest.mark.parametrize("gap", [3, 11, 40])
def test_the_register_over_mornings_that_were_missed(register: Register, gap: int) -> None:
    """Each silence is broken by one message a deadline, and none says less."""
    for duty in dated(register):
        reader = Recipient(duty)
        for n in range(0, 800, gap):
            found = reader.morning(duty.order.made + n * DAY, *register.events)
            assert len({name for name, _ in found}) == len(found)
        by_deadline: dict[tuple[str, date], list[int]] = {}
        for name, due, offset in reader.said:
            by_deadline.setdefault((name, due), []).append(offset)
        for offsets in by_deadline.values():
            assert offsets == sorted(offsets, reverse=True)
