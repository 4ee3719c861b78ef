"""Statuses: worked cases from the record, and of what is invented."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial

import pytest

from orderwatch.deadlines import schedule
from orderwatch.frozen import replace
from orderwatch.model import (
    DeadlineStatus,
    Ending,
    Event,
    EventCount,
    EventKind,
    Obligation,
    On,
    Period,
    Register,
    Role,
    Standing,
    Status,
    SubmissionState,
    Timing,
    Undated,
    Within,
)
from orderwatch.status import assess, assess_within, due_within, passed, upcoming
from tests.support import build
from tests.support.strategies import TRIGGER

DAY = timedelta(days=1)
DUE = date(2024, 6, 24)
"""When the report of `build.obligation()` falls due."""
TWICE = Within(first=Period(months=1), then_every=Period(months=6))


def seen(obligation: Obligation, today: date, *events: Event) -> Status:
    found = schedule(obligation, events, until=today)
    return assess(found, events, today=today)


def named(register: Register, name: str) -> Obligation:
    return next(item for item in register.obligations if item.id == name)


def shipped(register: Register, name: str, today: date) -> Status:
    return seen(named(register, name), today, *register.events)


def current(status: Status) -> DeadlineStatus:
    assert status.current
    return status.current


def report(on: date, *about: str, by: Sequence[str] = (), number: int = 1) -> Event:
    """Build a report of Atlantis, which is the addressee, told by itself."""
    return build.event(
        on,
        *(about or (build.obligation().id,)),
        kind=EventKind.SUBMISSION,
        by=tuple(by),
        number=number,
    )


def confirmed(on: date, *about: str, by: str = "Atlantis", number: int = 1) -> Event:
    """Build a report of which the Court says that it was given."""
    return build.event(
        on,
        *(about or (build.obligation().id,)),
        kind=EventKind.SUBMISSION,
        speaker="International Court of Justice",
        role=Role.COURT,
        by=(by,),
        number=number,
    )


def test_the_fourteenth_report_of_myanmar_is_due_on_23_november_2026(
    register: Register,
) -> None:
    status = shipped(register, "178/2020-01-23/4", date(2026, 11, 23))
    assert status.timing is Timing.DUE_TODAY
    assert status.in_force
    assert current(status).deadline.number == 14
    assert current(status).days_left == 0
    assert current(status).submission is None
    before = [item.timing for item in status.deadlines[:-1]]
    assert before == [Timing.PASSED] * 13


def test_a_day_later_the_next_report_of_myanmar_counts(register: Register) -> None:
    status = shipped(register, "178/2020-01-23/4", date(2026, 11, 24))
    assert status.timing is Timing.UPCOMING
    assert current(status).deadline.due == date(2027, 5, 23)
    assert current(status).days_left == 180
    fourteenth = status.deadlines[-2]
    assert fourteenth.deadline.id == "178/2020-01-23/4@2026-11-23"
    assert (fourteenth.timing, fourteenth.days_left) == (Timing.PASSED, -1)


def test_the_first_report_of_myanmar_came_a_day_early(register: Register) -> None:
    status = shipped(register, "178/2020-01-23/4", date(2020, 6, 1))
    first = status.deadlines[0]
    assert first.submission
    assert first.submission.event.id == "ev-178-2020-05-22-1"
    assert first.submission.days_late == 0
    assert status.deadlines[1].submission is None


def test_the_first_report_of_israel_is_reported_on_the_day_it_was_due(
    register: Register,
) -> None:
    status = shipped(register, "192/2024-01-26/6", date(2024, 2, 27))
    (only,) = status.deadlines
    assert (only.timing, only.days_left) == (Timing.PASSED, -1)
    assert only.submission
    assert only.submission.state is SubmissionState.REPORTED
    assert only.submission.event.on == date(2024, 2, 26)
    assert only.submission.days_late == 0


@pytest.mark.parametrize("name", ["192/2024-03-28/3", "192/2024-05-24/3"])
def test_nothing_is_recorded_of_the_later_reports_of_israel(name: str, register: Register) -> None:
    (only,) = shipped(register, name, date(2026, 11, 23)).deadlines
    assert only.timing is Timing.PASSED
    assert only.submission is None


def test_a_request_of_south_africa_is_no_report_of_israel(register: Register) -> None:
    requests = [
        item.id
        for item in register.events
        if item.kind is EventKind.SUBMISSION and "South Africa" in item.speaker
    ]
    assert {"ev-192-2024-02-12-1", "ev-192-2024-03-06-1"} <= set(requests)
    found = [
        item.submission.event.id
        for obligation in register.obligations
        if obligation.order.case.number == 192
        for item in seen(obligation, register.reviewed, *register.events).deadlines
        if item.submission
    ]
    assert found == ["ev-192-2024-02-26-1"]


@pytest.mark.parametrize(
    ("today", "timing", "days_left"),
    [
        (DUE - DAY, Timing.UPCOMING, 1),
        (DUE, Timing.DUE_TODAY, 0),
        (DUE + DAY, Timing.PASSED, -1),
    ],
)
def test_a_deadline_has_passed_from_the_day_after(
    today: date, timing: Timing, days_left: int
) -> None:
    status = seen(build.obligation(), today)
    assert status.timing is timing
    assert current(status).timing is timing
    assert current(status).days_left == days_left


@pytest.mark.parametrize(
    ("filed", "days_late"),
    [(DUE - DAY, 0), (DUE, 0), (DUE + DAY, 1), (DUE + 40 * DAY, 40)],
)
def test_late_begins_the_day_after(filed: date, days_late: int) -> None:
    submission = current(seen(build.obligation(), filed, report(filed))).submission
    assert submission
    assert submission.days_late == days_late


def test_lateness_counts_from_the_extended_date() -> None:
    obligation = build.obligation()
    extended = DUE + 14 * DAY
    granted = build.event(DUE - DAY, obligation.id, extends_to=extended)
    status = seen(obligation, extended + DAY, granted, report(extended, number=2))
    submission = current(status).submission
    assert submission
    assert submission.days_late == 0


def test_nothing_is_passed_before_an_extended_date_is() -> None:
    obligation = build.obligation()
    extended = DUE + 14 * DAY
    granted = build.event(DUE - DAY, obligation.id, extends_to=extended)
    timings = [
        seen(obligation, day, granted).timing for day in (DUE + DAY, extended, extended + DAY)
    ]
    assert timings == [Timing.UPCOMING, Timing.DUE_TODAY, Timing.PASSED]


@pytest.mark.parametrize(
    ("standing", "after", "timing"),
    [
        (Standing.IMMEDIATE, None, Timing.UNDATED),
        (Standing.CONTINUING, None, Timing.UNDATED),
        (Standing.UNSPECIFIED, None, Timing.UNDATED),
        (Standing.IMMEDIATE, TRIGGER, Timing.AWAITING_TRIGGER),
    ],
)
def test_a_duty_without_a_date_has_none(
    standing: Standing, after: str | None, timing: Timing
) -> None:
    obligation = build.obligation(Undated(standing=standing, after=after))
    status = seen(obligation, DUE)
    assert (status.timing, status.deadlines, status.current) == (timing, (), None)
    assert status.awaiting == after


@pytest.mark.parametrize(
    "limit",
    [
        build.MONTH,
        TWICE,
        On(day=DUE),
        Undated(standing=Standing.CONTINUING),
        Within(first=Period(weeks=1), after=TRIGGER),
    ],
)
def test_what_has_ended_is_ended_whatever_its_time_limit(
    limit: Within | On | Undated,
) -> None:
    case = build.case(ended=Ending(year=2025, day=date(2025, 1, 15)))
    obligation = build.obligation(limit, order=build.order(case=case))
    before = seen(obligation, date(2025, 1, 14))
    assert before.timing is not Timing.ENDED
    assert before.in_force
    after = seen(obligation, date(2025, 1, 15))
    assert after.timing is Timing.ENDED
    assert not after.in_force


@pytest.mark.parametrize(
    ("end", "timing"),
    [(DUE - DAY, Timing.ENDED), (DUE, Timing.ENDED), (DUE + DAY, Timing.PASSED)],
)
def test_a_deadline_that_its_end_overtook_has_not_passed(end: date, timing: Timing) -> None:
    case = build.case(ended=Ending(year=end.year, day=end))
    status = seen(build.obligation(order=build.order(case=case)), DUE + 5 * DAY)
    assert [item.timing for item in status.deadlines] == [timing]
    assert status.timing is Timing.ENDED


def test_an_end_known_by_its_year_comes_with_the_next() -> None:
    obligation = build.obligation(order=build.order(case=build.case(ended=Ending(year=2024))))
    assert seen(obligation, date(2024, 12, 31)).timing is Timing.PASSED
    assert seen(obligation, date(2025, 1, 1)).timing is Timing.ENDED


def test_an_end_on_record_takes_the_duty_out_of_force() -> None:
    obligation = build.obligation()
    event = build.event(date(2024, 6, 10), obligation.order.id, ends=True)
    status = seen(obligation, date(2024, 6, 10), event)
    assert (status.timing, status.in_force) == (Timing.ENDED, False)


def test_what_the_court_confirms_is_confirmed() -> None:
    submission = current(seen(build.obligation(), DUE, confirmed(DUE))).submission
    assert submission
    assert submission.state is SubmissionState.CONFIRMED


def test_a_confirmed_submission_goes_before_a_reported_one_and_then_the_earliest() -> None:
    events = [
        report(DUE - 5 * DAY, number=1),
        confirmed(DUE - 3 * DAY, number=2),
        confirmed(DUE - 2 * DAY, number=3),
    ]
    submission = current(seen(build.obligation(), DUE, *events)).submission
    assert submission
    assert submission.event == events[1]
    reported = [report(DUE - 1 * DAY, number=4), events[0]]
    submission = current(seen(build.obligation(), DUE, *reported)).submission
    assert submission
    assert submission.event == events[0]


@pytest.mark.parametrize(
    ("filed", "number"),
    [
        (date(2024, 6, 20), 1),
        (date(2024, 9, 23), 1),  # 91 days after the one, 92 before the other
        (date(2024, 9, 24), 2),  # 92 and 91
        (date(2024, 12, 24), 2),
    ],
)
def test_a_submission_counts_for_the_date_it_is_nearest_to(filed: date, number: int) -> None:
    obligation = build.obligation(TWICE)
    status = seen(obligation, date(2024, 12, 24), report(filed))
    found = [d.deadline.number for d in status.deadlines if d.submission]
    assert found == [number]


def test_halfway_between_two_dates_the_earlier_counts() -> None:
    limit = Within(first=Period(weeks=2), then_every=Period(weeks=2))
    obligation = build.obligation(limit)
    filed = date(2024, 6, 14)  # between Friday 7 and Friday 21 June
    status = seen(obligation, date(2024, 6, 21), report(filed))
    assert [d.submission is not None for d in status.deadlines] == [True, False]


def test_a_submission_counts_for_the_date_it_names() -> None:
    obligation = build.obligation(TWICE)
    event = report(date(2024, 6, 24), f"{obligation.id}@2024-12-24")
    status = seen(obligation, date(2024, 12, 24), event)
    assert [d.submission is not None for d in status.deadlines] == [False, True]
    assert status.events == (event,)


def test_the_date_that_is_named_goes_before_the_nearest() -> None:
    obligation = build.obligation(TWICE)
    both = (obligation.id, f"{obligation.id}@2024-12-24")
    status = seen(obligation, date(2024, 12, 24), report(date(2024, 6, 24), *both))
    assert [d.submission is not None for d in status.deadlines] == [False, True]


def test_a_submission_for_a_date_that_is_none_counts_for_no_other() -> None:
    obligation = build.obligation(TWICE)
    event = report(DUE, f"{obligation.id}@2024-06-25")
    status = seen(obligation, DUE, event)
    assert [d.submission for d in status.deadlines] == [None]
    assert status.events == (event,)


def test_a_submission_about_the_order_alone_counts_for_no_deadline() -> None:
    obligation = build.obligation()
    status = seen(obligation, DUE, report(DUE, obligation.order.id))
    assert current(status).submission is None
    assert status.events == ()


@pytest.mark.parametrize("kind", [kind for kind in EventKind if kind is not EventKind.SUBMISSION])
def test_nothing_but_a_submission_is_one(kind: EventKind) -> None:
    obligation = build.obligation()
    event = build.event(DUE, obligation.id, kind=kind)
    status = seen(obligation, DUE, event)
    assert current(status).submission is None
    assert status.events == (event,)


def test_who_did_it_goes_before_who_says_so() -> None:
    obligation = build.obligation()
    told = build.event(
        DUE,
        obligation.id,
        kind=EventKind.SUBMISSION,
        speaker="A newspaper",
        role=Role.MEDIA,
        by=("Atlantis",),
    )
    assert current(seen(obligation, DUE, told)).submission
    other = report(DUE, by=("Ruritania",))
    assert current(seen(obligation, DUE, other)).submission is None


def test_the_latest_of_each_speaker_on_each_scale_is_kept() -> None:
    obligation = build.obligation()

    def says(day: int, speaker: str, scale: str | None, finding: str) -> Event:
        return build.event(
            date(2024, 6, day),
            obligation.id,
            kind=EventKind.ASSESSMENT,
            speaker=speaker,
            role=Role.NGO,
            finding=finding,
            scale=scale,
        )

    events = [
        says(1, "Lamp Watch", "colours", "red"),
        says(2, "Keepers", "colours", "green"),
        says(3, "Lamp Watch", "stars", "two"),
        says(4, "Lamp Watch", "colours", "amber"),
        says(28, "Keepers", "colours", "red"),
    ]
    events.append(build.event(date(2024, 6, 5), obligation.id, speaker="Keepers"))
    found = seen(obligation, DUE, *events).assessments
    assert [(e.speaker, e.scale, e.finding) for e in found] == [
        ("Keepers", "colours", "green"),
        ("Lamp Watch", "stars", "two"),
        ("Lamp Watch", "colours", "amber"),
    ]


def listed(*days: int, today: date = DUE) -> list[Status]:
    """Give statuses of duties that fall due so many days after `today`."""
    duties = [
        build.obligation(On(day=today + n * DAY), key=f"{number}")
        for number, n in enumerate(days, 1)
    ]
    return [seen(duty, today) for duty in duties]


def keys(statuses: Sequence[Status]) -> list[str]:
    return [status.obligation.key for status in statuses]


def test_what_is_to_come_is_listed_with_the_nearest_first() -> None:
    undated = seen(build.obligation(Undated(standing=Standing.CONTINUING), key="5"), DUE)
    statuses = [*listed(40, 0, -1, 8, 8), undated]
    assert keys(upcoming(statuses)) == ["2", "4", "5", "1"]


def test_within_so_many_days_counts_the_last_of_them() -> None:
    statuses = listed(8, 7, 0, -1)
    assert keys(due_within(statuses, 7)) == ["3", "2"]
    assert keys(due_within(statuses, 8)) == ["3", "2", "1"]
    assert due_within(statuses, -1) == ()


def test_what_has_passed_is_listed_with_the_latest_first() -> None:
    statuses = listed(-30, 0, -1, 5, -2)
    found = passed(statuses)
    assert keys(found) == ["3", "5", "1"]
    assert [current(item).days_left for item in found] == [-1, -2, -30]


def test_of_a_series_only_the_passed_dates_are_listed_as_passed() -> None:
    duty = build.obligation(TWICE)
    today = date(2025, 1, 1)
    status = seen(duty, today)
    assert status.timing is Timing.UPCOMING
    (found,) = passed([status])
    assert found.timing is Timing.PASSED
    days = [str(item.deadline.due) for item in found.deadlines]
    assert days == ["2024-06-24", "2024-12-24"]
    assert found.current == found.deadlines[-1]


def test_of_two_passed_dates_the_one_that_an_extension_made_later_counts() -> None:
    duty = build.obligation(TWICE)
    later = date(2025, 1, 10)
    granted = build.event(DUE, f"{duty.id}@{DUE}", extends_to=later)
    (found,) = passed([seen(duty, date(2025, 1, 11), granted)])
    assert [item.deadline.due for item in found.deadlines] == [
        later,
        date(2024, 12, 24),
    ]
    assert current(found).deadline.due == later


def test_the_date_that_counts_is_the_nearest_whatever_was_extended() -> None:
    duty = build.obligation(TWICE)
    granted = build.event(DUE - DAY, duty.id, extends_to=date(2025, 1, 10))
    status = seen(duty, DUE, granted)
    assert [item.deadline.due for item in status.deadlines] == [
        date(2025, 1, 10),
        date(2024, 12, 24),
    ]
    assert current(status) == status.deadlines[1]
    assert (status.obligation, status.timing) == (duty, Timing.UPCOMING)


def test_events_that_were_only_counted_are_counted_with_those_at_hand() -> None:
    duty = build.obligation()
    early, late = (build.event(DUE - n * DAY, duty.id) for n in (9, 2))
    planned = schedule(duty, [], until=DUE)
    alone = assess(planned, [early], today=DUE)
    assert (alone.count, alone.latest, alone.events) == (1, early, (early,))
    both = assess(planned, [early], today=DUE, not_loaded=EventCount(count=7, latest=late))
    assert (both.count, both.latest, both.events) == (8, late, (early,))
    older = assess(planned, [late], today=DUE, not_loaded=EventCount(count=7, latest=early))
    assert (older.count, older.latest) == (8, late)
    nothing = assess(planned, [], today=DUE)
    assert (nothing.count, nothing.latest) == (0, None)
    counted = assess(planned, [], today=DUE, not_loaded=EventCount(count=1, latest=late))
    assert (counted.count, counted.latest) == (1, late)


def test_of_one_day_the_public_record_comes_first_and_then_the_log() -> None:
    duty = build.obligation()
    public = [build.event(DUE, duty.id, number=n) for n in (1, 2)]
    logged = [replace(build.event(DUE, duty.id), id=f"{9 - n}", seq=n) for n in (1, 2)]
    status = seen(duty, DUE, logged[1], public[1], logged[0], public[0])
    assert status.events == (*public, *logged)
    assert status.latest == logged[1]


def test_a_status_hands_on_why_there_is_no_date() -> None:
    duty = build.obligation(Within(first=Period(weeks=1), after=TRIGGER))
    planned = schedule(duty, [], until=DUE)
    assert planned.notes
    assert assess(planned, [], today=DUE).notes == planned.notes


def test_a_deadline_is_a_flat_record(register: Register) -> None:
    status = shipped(register, "178/2020-01-23/4", date(2020, 6, 1))
    first, *_, last = (item.row() for item in status.deadlines)
    assert first == {
        "id": "178/2020-01-23/4@2020-05-23",
        "due": date(2020, 5, 23),
        "weekday": "Saturday",
        "days_left": -9,
        "timing": "passed",
        "non_working_day": True,
        "computed": date(2020, 5, 23),
        "extended_from": None,
        "obligation": "178/2020-01-23/4",
        "alias": None,
        "label": "Report to the Court",
        "kind": "report",
        "case": "178",
        "case_short": "The Gambia v. Myanmar",
        "order": "178/2020-01-23",
        "order_date": date(2020, 1, 23),
        "addressees": ("Myanmar",),
        "submission_state": "reported",
        "submission_on": date(2020, 5, 22),
        "submission_days_late": 0,
        "submission_speaker": "press, citing the Court",
        "submission_source": "https://www.straitstimes.com/world/europe/"
        "myanmar-submits-first-report-to-icj-on-rohingya-measures",
        "url": "https://www.icj-cij.org/sites/default/files/case-related/178/"
        "178-20200123-ORD-01-00-EN.pdf",
    }
    assert {value for key, value in last.items() if "submission" in key} == {None}
    assert (last["due"], last["timing"]) == (date(2020, 11, 23), "upcoming")


WEEKLY = Within(first=Period(weeks=1), then_every=Period(weeks=1))
"""From an order of 24 May 2024: 31 May, 7 June, 14 June, and so on."""
FIRST = date(2024, 5, 31)


def days_within(days: int, *events: Event, duty: Obligation | None = None) -> list[int]:
    """List the days left of each deadline on the day before the second."""
    status = assess_within(
        duty or build.obligation(WEEKLY), events, today=FIRST + 6 * DAY, days=days
    )
    return [item.days_left for item in status.deadlines]


def test_a_weekly_series_is_listed_up_to_the_last_day_asked_for() -> None:
    assert days_within(0) == [-6, 1]
    assert days_within(7) == [-6, 1]
    assert days_within(8) == [-6, 1, 8]
    assert days_within(15) == [-6, 1, 8, 15]


def test_what_is_listed_beyond_the_next_date_changes_nothing_else() -> None:
    duty, today = build.obligation(WEEKLY), FIRST + 6 * DAY
    near, far = seen(duty, today), assess_within(duty, [], today=today, days=30)
    assert replace(far, deadlines=near.deadlines) == near
    assert len(far.deadlines) == 6
    assert {item.timing for item in far.deadlines[1:]} == {Timing.UPCOMING}


def test_an_event_after_today_moves_no_date_that_is_listed() -> None:
    duty = build.obligation(WEEKLY)
    moved = partial(build.event, extends_to=date(2024, 6, 20), number=7)
    about = f"{duty.id}@2024-06-14"
    assert days_within(15, moved(FIRST + 7 * DAY, about)) == [-6, 1, 8, 15]
    assert days_within(15, moved(FIRST, about)) == [-6, 1, 14, 15]


@pytest.mark.parametrize("level", ["obligation", "order", "case"])
def test_an_end_to_come_hides_no_date_and_an_end_that_came_does(level: str) -> None:
    def ended(day: date) -> Obligation:
        end = Ending(year=day.year, day=day)
        return build.obligation(
            WEEKLY,
            ended=end if level == "obligation" else None,
            order=build.order(
                ended=end if level == "order" else None,
                case=build.case(ended=end if level == "case" else None),
            ),
        )

    assert days_within(15, duty=ended(FIRST + 13 * DAY)) == [-6, 1, 8, 15]
    over = ended(FIRST + 6 * DAY)
    assert days_within(15, duty=over) == [
        item.days_left for item in seen(over, FIRST + 6 * DAY).deadlines
    ]


def test_one_date_and_a_series_without_a_date_are_as_they_are() -> None:
    for limit in (build.MONTH, replace(WEEKLY, after=TRIGGER)):
        duty = build.obligation(limit)
        assert assess_within(duty, [], today=FIRST, days=900) == seen(duty, FIRST)


def test_the_calendar_has_an_end() -> None:
    duty = build.obligation(WEEKLY, order=build.order(date(9999, 12, 1)))
    status = assess_within(duty, [], today=date(9999, 12, 9), days=36_500)
    assert [item.deadline.due.day for item in status.deadlines] == [8, 15, 22, 29]
