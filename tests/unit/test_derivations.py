"""What a derivation says: every step and note in full, as `explain` prints them."""

from datetime import date

import pytest

from orderwatch.deadlines import add_period, schedule
from orderwatch.frozen import replace
from orderwatch.model import Ending, On, Period, Schedule, Standing, Undated, Within
from tests.support import build
from tests.support.strategies import TRIGGER, within

MADE = "The order was made on Friday 24 May 2024; that day is not counted"
NOT_MOVED = (
    "a non-working day. The date is not moved: no known rule of the Court "
    "moves a time-limit that ends on such a day."
)
NO_DATE = (
    "There is no date: the first would fall on or after the end of the measures, or "
    "beyond the year 9999."
)


def told(found: Schedule) -> list[tuple[str, ...]]:
    return [deadline.steps for deadline in found.deadlines]


def test_a_period_from_the_order_is_told_in_two_steps() -> None:
    found = schedule(build.obligation(), [], until=date(2024, 6, 1))
    assert told(found) == [(MADE, "1 month from Friday 24 May 2024 is Monday 24 June 2024")]
    assert found.notes == ()


def test_the_dates_of_a_series_are_told_as_counted_from_the_first() -> None:
    limit = Within(first=Period(months=1), then_every=Period(months=6), until="final decision")
    obligation = build.obligation(limit, order=build.order(date(2023, 7, 31)))
    found = schedule(obligation, [], until=date(2024, 8, 31))
    first = (
        "The first date is Thursday 31 August 2023, and the later ones count from it, "
        "every 6 months"
    )
    assert told(found) == [
        (
            "The order was made on Monday 31 July 2023; that day is not counted",
            "1 month from Monday 31 July 2023 is Thursday 31 August 2023",
        ),
        (
            first,
            "6 months from then is Thursday 29 February 2024",
            "February 2024 has no day 31: its last day counts",
        ),
        (first, "2 times 6 months from then is Saturday 31 August 2024"),
    ]
    (note,) = found.deadlines[-1].notes
    assert note == f"2024-08-31 is a Saturday, {NOT_MOVED}"
    assert found.notes == (
        ("The dates go on until the final decision; only those up to the next one are listed."),
    )
    endless = replace(obligation, limit=replace(limit, until=None))
    assert schedule(endless, [], until=date(2024, 8, 31)).notes == (
        "The dates go on; only those up to the next one are listed.",
    )


@pytest.mark.parametrize(
    ("end", "words"),
    [
        (
            Ending(year=2025, day=date(2025, 1, 15), text="Judgment of that day."),
            "on Wednesday 15 January 2025. Judgment of that day.",
        ),
        (Ending(year=2025, day=date(2025, 1, 15)), "on Wednesday 15 January 2025."),
        (Ending(year=2024), "in 2024 (day unknown)."),
    ],
)
def test_a_series_that_stops_says_when_and_why(end: Ending, words: str) -> None:
    limit = Within(first=Period(months=1), then_every=Period(months=6))
    obligation = build.obligation(limit, ended=end)
    found = schedule(obligation, [], until=date(2026, 1, 1))
    assert found.ended == end
    assert found.notes == (f"The series stops: the measures ended {words}",)


def test_a_single_date_says_nothing_of_a_series() -> None:
    obligation = build.obligation(ended=Ending(year=2024, day=date(2024, 7, 1)))
    assert schedule(obligation, [], until=date(2026, 1, 1)).notes == ()


def test_an_end_on_record_is_told_in_the_words_of_its_speaker() -> None:
    obligation = build.obligation()
    first, second = (
        build.event(
            date(2024, month, 3),
            obligation.order.id,
            speaker=speaker,
            summary="It is over.",
            ends=True,
        )
        for month, speaker in ((8, "The Court"), (9, "Atlantis"))
    )
    found = schedule(obligation, [second, first], until=date(2025, 1, 1))
    assert found.ended == Ending(year=2024, day=date(2024, 8, 3), text="The Court: It is over.")


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        (On(day=date(2024, 8, 15)), "The order names Thursday 15 August 2024"),
        (
            On(day=date(2024, 8, 15), before=True),
            "The order says before Thursday 15 August 2024",
        ),
    ],
)
def test_a_day_that_the_order_names_is_told_in_one_step(limit: On, words: str) -> None:
    found = schedule(build.obligation(limit), [], until=date(2024, 6, 1))
    assert told(found) == [(words,)]
    assert found.notes == ()


@pytest.mark.parametrize(
    ("standing", "words"),
    [
        (
            Standing.IMMEDIATE,
            ("The order requires this at once; there is no date to compute."),
        ),
        (
            Standing.CONTINUING,
            (
                "The obligation continues and the order sets no date: it applies until the "
                "final decision, unless the Court changes it before."
            ),
        ),
        (
            Standing.UNSPECIFIED,
            "The order sets no time for this; there is no date to compute.",
        ),
    ],
)
def test_a_duty_without_a_day_says_why(standing: Standing, words: str) -> None:
    obligation = build.obligation(Undated(standing=standing))
    assert schedule(obligation, [], until=date(2024, 6, 1)).notes == (words,)


def test_a_trigger_is_told_with_its_speaker_and_with_who_disagrees() -> None:
    limit = Within(first=Period(weeks=2), after=TRIGGER)
    obligation = build.obligation(limit)
    waiting = schedule(obligation, [], until=date(2024, 7, 1))
    assert waiting.awaiting == TRIGGER
    assert waiting.notes == (
        (
            "The time runs from the completion of the works: no such event is on "
            "record, so there is no date yet."
        ),
    )
    events = [
        build.event(date(2024, 6, day), obligation.id, speaker=speaker, trigger=TRIGGER)
        for day, speaker in ((5, "Ruritania"), (3, "Atlantis"), (3, "The Court"))
    ]
    found = schedule(obligation, events, until=date(2024, 7, 1))
    began = (
        "The completion of the works was on Monday 3 June 2024 according to Atlantis "
        "(ev-999-2024-06-03-1); that day is not counted"
    )
    differs = (
        "Ruritania gives Wednesday 5 June 2024 for the completion of the works "
        "(ev-999-2024-06-05-1)."
    )
    assert told(found) == [(began, "2 weeks from Monday 3 June 2024 is Monday 17 June 2024")]
    assert found.notes == (differs,)
    at_once = Undated(standing=Standing.IMMEDIATE, after=TRIGGER)
    found = schedule(build.obligation(at_once), events, until=date(2024, 7, 1))
    assert found.notes[:2] == (began, differs)
    assert found.notes[2].startswith("The order requires this at once")


def test_an_extension_is_told_with_its_speaker_and_its_day() -> None:
    obligation = build.obligation()
    granted = build.event(
        date(2024, 6, 10),
        obligation.id,
        speaker="The Court",
        extends_to=date(2024, 7, 8),
    )
    ((*_, last),) = told(schedule(obligation, [granted], until=date(2024, 6, 20)))
    assert last == (
        "Extended to Monday 8 July 2024 according to The Court on Monday 10 June 2024 "
        "(ev-999-2024-06-10-1)"
    )
    same = replace(granted, extends_to=date(2024, 6, 24))
    assert schedule(obligation, [same], until=date(2024, 6, 20)) == schedule(
        obligation, [], until=date(2024, 6, 20)
    )


def test_where_no_date_is_left_it_is_said() -> None:
    limit = Within(first=Period(months=1), then_every=Period(months=1))
    ended = build.obligation(limit, ended=Ending(year=2024, day=date(2024, 6, 24)))
    assert schedule(ended, [], until=date(2024, 7, 1)).notes == (NO_DATE,)
    beyond = within(date(9999, 12, 1), Period(months=1))
    assert schedule(beyond, [], until=date.max).notes == (NO_DATE,)
    for period in (Period(years=8000), Period(weeks=9**9), Period(days=10**12)):
        with pytest.raises(OverflowError) as error:
            add_period(date(2024, 5, 24), period)
        assert str(error.value) == f"2024-05-24 and {period} is beyond the year 9999"
