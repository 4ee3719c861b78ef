"""Revisions: whatever happens to the record, the number and the time go on."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderwatch.frozen import replace
from orderwatch.model import Change, Deadline, Ending, Event, EventKind, Origin, Revision
from orderwatch.model.entry import Amendment, EntryKind
from orderwatch.revisions import Revisions
from tests.support import build as make

DUTY = make.obligation()
DUE = date(2024, 6, 24)
DEADLINE = Deadline(obligation=DUTY, number=1, first_due=DUE, due=DUE)
NOW = datetime(2024, 6, 20, 12, tzinfo=UTC)


def logged(seq: int, *, recorded: datetime = NOW, about: str = DUTY.id) -> Event:
    base = make.event(date(2024, 6, 1), about, kind=EventKind.SUBMISSION)
    return replace(base, id=f"e{seq}", seq=seq, recorded=recorded, origin=Origin.LOG)


def amended(
    seq: int, target: int, kind: EntryKind = EntryKind.RETRACTION, at: datetime = NOW
) -> Amendment:
    return Amendment(
        seq=seq, kind=kind, recorded=at, target=target, target_recorded=NOW, private=False
    )


def row(*ids: str, day: date = date(2024, 6, 1)) -> Change:
    return Change(day=day, ids=ids, what="It moved.", why="A mistake.")


def assert_later(*revisions: Revision) -> None:
    for one, two in pairwise(revisions):
        assert one.sequence < two.sequence
        assert one.modified < two.modified


HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(Revisions(), Revisions([logged(1)]), id="submission"),
        pytest.param(
            Revisions([logged(1)]), Revisions([logged(1)], [amended(2, 1)]), id="retraction"
        ),
        pytest.param(
            Revisions([logged(1)]),
            Revisions([logged(1)], [amended(2, 1, at=NOW - HOUR)]),
            id="retraction by a clock that is slow",
        ),
        pytest.param(
            Revisions([logged(1)]),
            Revisions([logged(1), logged(2, recorded=NOW - HOUR)]),
            id="import of an entry that was recorded before",
        ),
        pytest.param(
            Revisions([logged(1)], [amended(2, 1)]),
            Revisions([], [amended(2, 1), amended(3, 1, EntryKind.REDACTION)]),
            id="redaction of an entry that was retracted",
        ),
        pytest.param(
            Revisions([logged(1)]),
            Revisions([], [amended(2, 1, EntryKind.REDACTION, NOW - HOUR)]),
            id="redaction by a clock that is slow",
        ),
        pytest.param(
            Revisions([logged(1)]),
            Revisions([logged(1)], (), [row(DUTY.id)]),
            id="row of the register, older than the log",
        ),
        pytest.param(
            Revisions([make.event(date(2024, 6, 1), DUTY.id, ends=True)]),
            Revisions([], (), [row(DUTY.id)]),
            id="event that the register no longer has",
        ),
        pytest.param(
            Revisions([], (), [row(DUTY.order.id)]),
            Revisions([], (), [row(DUTY.order.id), row(DUTY.order.case.id)]),
            id="two rows of one day",
        ),
        pytest.param(
            Revisions([make.event(date(2024, 6, 1), DUTY.id, kind=EventKind.SUBMISSION)]),
            Revisions(
                [make.event(date(2024, 6, 1), DUTY.id, kind=EventKind.SUBMISSION)],
                (),
                [row(make.event(date(2024, 6, 1), DUTY.id).id)],
            ),
            id="row that names only the event",
        ),
    ],
)
def test_each_change_moves_number_and_time(before: Revisions, after: Revisions) -> None:
    assert_later(before.of(DEADLINE), after.of(DEADLINE))


def test_an_end_that_is_taken_back_counts_on() -> None:
    end = Ending(year=2024, day=date(2024, 6, 1))
    ends = replace(logged(1), kind=EventKind.COURT_DECISION, ends=True)
    cancelled = Revisions([ends]).of(DEADLINE, end)
    assert_later(
        Revisions().of(DEADLINE), cancelled, Revisions([ends], [amended(2, 1)]).of(DEADLINE)
    )


def test_an_event_of_a_day_to_come_counts_from_that_day() -> None:
    later = replace(logged(1), on=date(2024, 7, 1))
    assert Revisions([later]).of(DEADLINE).modified == datetime(2024, 7, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "event",
    [
        logged(1, about=f"{DUTY.id}@2023-01-01"),
        replace(logged(1), kind=EventKind.NOTE),
        logged(1, about="999/2020-01-01/1"),
    ],
    ids=["another date", "a note", "another obligation"],
)
def test_what_changes_nothing_moves_nothing(event: Event) -> None:
    assert Revisions([event]).of(DEADLINE) == Revisions().of(DEADLINE)


def test_an_entry_made_at_a_quiet_time_shows_its_own_time() -> None:
    found = Revisions([logged(1)], [amended(2, 1, at=NOW + HOUR)]).of(DEADLINE)
    assert found.modified == NOW + HOUR


@given(st.lists(st.tuples(st.booleans(), st.integers(-90, 90)), max_size=12))
def test_a_log_that_grows_never_goes_back(steps: list[tuple[bool, int]]) -> None:
    events, amendments, live = list[Event](), list[Amendment](), list[int]()
    revisions = [Revisions().of(DEADLINE)]
    for seq, (adds, minutes) in enumerate(steps, start=1):
        at = NOW + timedelta(minutes=minutes)
        if adds or not live:
            events.append(logged(seq, recorded=at))
            live.append(seq)
        elif minutes % 2:
            amendments.append(amended(seq, live.pop(), at=at))
        else:
            target = live.pop()
            gone = replace(
                amended(seq, target, EntryKind.REDACTION, at),
                target_recorded=next(e.recorded for e in events if e.seq == target) or NOW,
            )
            events = [event for event in events if event.seq != target]
            amendments.append(gone)
        revisions.append(Revisions(events, amendments).of(DEADLINE))
    assert_later(*revisions)
