"""What the laws are tried on: dates, time-limits and events, awkward ones often."""

from datetime import date, timedelta

from hypothesis import settings
from hypothesis import strategies as st

from orderwatch.model import (
    Deadline,
    Event,
    EventKind,
    Obligation,
    On,
    Period,
    Role,
    Within,
)
from tests.support import build

TRIGGER = "completion of the works"
FIRST, LAST = date(1951, 1, 1), date(2150, 12, 31)


def _last_of_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)


month_ends = st.dates(FIRST, LAST).map(_last_of_month)
# Drawn evenly, one day in thirty would be a month's last: they are where it hurts.
days = st.dates(FIRST, LAST) | month_ends
months = st.builds(Period, months=st.integers(1, 30))
periods = st.builds(
    Period,
    years=st.integers(0, 3),
    months=st.integers(0, 14),
    weeks=st.integers(0, 9),
    days=st.integers(0, 40),
).filter(lambda period: period != Period())
intervals = (
    months
    | st.builds(Period, weeks=st.integers(1, 9))
    | st.builds(Period, days=st.integers(10, 100))
    | st.builds(Period, years=st.integers(1, 3))
)
limits = st.builds(
    Within,
    first=periods,
    after=st.sampled_from([None, TRIGGER]),
    then_every=st.none() | intervals,
) | st.builds(On, day=days)


def often(times: int) -> settings:
    """Try a law on so many times the examples that the profile asks for."""
    return settings(max_examples=times * settings().max_examples)


def within(made: date, first: Period, every: Period | None = None) -> Obligation:
    """Build an obligation within a period of an order."""
    limit = Within(first=first, then_every=every)
    return build.obligation(limit, order=build.order(made))


def around(day: date, before: int, after: int) -> st.SearchStrategy[date]:
    """Draw a day from `before` days before `day` to `after` days after it."""
    return st.dates(day - timedelta(days=before), day + timedelta(days=after))


def obligations(*, single: bool = False, series: bool = False) -> st.SearchStrategy[Obligation]:
    """Draw obligations from an order, `single` or a `series` or either."""
    every = st.none() if single else intervals if series else st.none() | intervals
    limit = st.builds(Within, first=periods, then_every=every)
    return st.builds(
        lambda made, within: build.obligation(within, order=build.order(made)),
        days,
        limit,
    )


def extensions(deadline: Deadline, longest: int = 900) -> st.SearchStrategy[Event]:
    """Draw extensions of a deadline, by its id, decided before the day."""
    return st.builds(
        lambda early, late: build.event(
            deadline.first_due - timedelta(days=early),
            deadline.id,
            kind=EventKind.COURT_DECISION,
            speaker="International Court of Justice",
            role=Role.COURT,
            extends_to=deadline.first_due + timedelta(days=late),
        ),
        st.integers(0, 20),
        st.integers(1, longest),
    )


@st.composite
def records(draw: st.DrawFn, obligation: Obligation) -> list[Event]:
    """Draw events about an obligation, its order, its case, or none of them."""
    made = obligation.order.made
    above = [obligation.order.id, obligation.order.case.id, "998"]
    effects = ["none", "extends", "triggers", "ends"]
    # Drawn one by one, two of the same effect hardly ever meet.
    focus = draw(st.sampled_from(effects))
    found: list[Event] = []
    for number in range(draw(st.integers(2, 6))):
        on = draw(around(made, 10, 300))
        later = draw(around(on, 0, 400))
        effect = draw(st.sampled_from([focus, focus, *effects]))
        found.append(
            build.event(
                on,
                draw(st.sampled_from([obligation.id] * 6 + above)),
                kind=draw(st.sampled_from(EventKind)),
                speaker=draw(st.sampled_from(["Atlantis", "Ruritania", "The Court"])),
                role=draw(st.sampled_from(Role)),
                extends_to=later if effect == "extends" else None,
                trigger=TRIGGER if effect == "triggers" else None,
                ends=effect == "ends",
                scale=draw(st.sampled_from([None, "own words"])),
                number=number,
            )
        )
    return found
