"""The shipped register against a table made apart from it."""

from collections import Counter
from datetime import date

import pytest

from orderwatch.model import (
    Decision,
    Grade,
    Obligation,
    Register,
    Undated,
    Votes,
)
from tests.support.tables import OrderRow, order_rows

ROWS = order_rows()
PENDING = {171, 175, 178, 180, 181, 182, 183, 184, 188, 192, 193, 194}
# Events known from outlets that should not carry a fact alone, and those outlets.
WEAK_EVENTS = {
    "ev-178-2020-11-23-1",
    "ev-192-2024-09-12-1",
    "ev-192-2026-03-19-1",
}
WEAK_OUTLETS = (
    "conflictandwarreport.com",
    "worldisraelnews.com",
    "thepressroom.gr",
)


Point = Obligation | Decision


def everything(register: Register) -> list[Point]:
    """List what all orders ask and decide."""
    return [*register.obligations, *register.decisions]


def points(register: Register, order: str) -> dict[str, list[Point]]:
    """List what an order asks and decides, by point."""
    found: dict[str, list[Point]] = {}
    for item in everything(register):
        if item.order.id == order:
            found.setdefault(item.point, []).append(item)
    return found


def count(votes: Votes | None) -> str:
    """Write a count as the table does."""
    if votes is None:
        return "not seen"
    if votes.unanimous:
        return "unanimous"
    return f"{votes.in_favour}-{votes.against}"


def against(votes: Votes | None) -> str | None:
    """Write who voted against as the table does; `None` where nobody could be."""
    if votes is None or votes.unanimous:
        return None
    return "not seen" if votes.dissenting is None else ", ".join(votes.dissenting)


def test_it_holds_every_order_and_no_other(register: Register) -> None:
    assert sorted(order.id for order in register.orders) == sorted(r.id for r in ROWS)
    assert len(register.orders) == 78
    assert len(register.cases) == 61
    assert {order.case.number for order in register.orders} == {
        case.number for case in register.cases
    }


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_each_order_is_as_in_the_table(row: OrderRow, register: Register) -> None:
    order = next(order for order in register.orders if order.id == row.id)
    obligations = [item for item in register.obligations if item.order.id == row.id]
    dated = [item for item in obligations if not isinstance(item.limit, Undated)]
    assert order.outcome == row.outcome
    assert len(points(register, row.id)) == row.points
    assert len(obligations) == row.obligations
    assert len(dated) == row.dated


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_each_vote_is_as_in_the_table(row: OrderRow, register: Register) -> None:
    for point, items in points(register, row.id).items():
        for item in items:
            assert (point, count(item.votes)) == (point, row.votes.get(point))
            names = against(item.votes)
            assert (point, names) == (point, row.dissenting.get(point))


def test_no_vote_has_more_names_than_votes_or_more_votes_than_judges(
    register: Register,
) -> None:
    for item in everything(register):
        votes = item.votes
        if votes is None:
            continue
        cast = (votes.in_favour or 0) + (votes.against or 0)
        assert cast <= (item.order.bench or 17)
        if votes.unanimous:
            assert not votes.against
            assert not votes.dissenting
        elif votes.dissenting is not None:
            assert len(votes.dissenting) == votes.against
            assert votes.names_grade or not votes.dissenting
        assert votes.grade


def test_pending_are_the_cases_seen_as_pending(register: Register) -> None:
    assert {case.number for case in register.cases if case.ended is None} == PENDING


def test_every_obligation_has_a_source(register: Register) -> None:
    bare = [o.id for o in register.obligations if not (o.sources or o.order.sources)]
    assert bare == []
    assert [order.id for order in register.orders if not order.sources] == []


def test_every_point_and_event_says_something(register: Register) -> None:
    told = [item.summary for item in everything(register)]
    told += [event.summary for event in register.events]
    assert all(told)
    assert [text for text in told if text != text.strip()] == []


def test_no_two_ids_collide(register: Register) -> None:
    ids = [
        *(case.id for case in register.cases),
        *(order.id for order in register.orders),
        *(order.alias for order in register.orders if order.alias),
        *(item.id for item in register.obligations),
        *(event.id for event in register.events),
    ]
    assert [name for name, times in Counter(ids).items() if times > 1] == []
    assert [name for name in ids if name != name.casefold()] == []


def test_every_event_is_about_something_and_has_a_source(register: Register) -> None:
    known = {
        *(case.id for case in register.cases),
        *(order.id for order in register.orders),
        *(item.id for item in register.obligations),
    }
    for event in register.events:
        assert event.source
        assert event.about
        assert {about.partition("@")[0] for about in event.about} <= known


def test_no_event_rests_on_a_weak_source(register: Register) -> None:
    kept = {event.id for event in register.events} & WEAK_EVENTS
    addresses = [
        address
        for event in register.events
        for address in (event.source or "", *event.further)
    ]
    weak = [a for a in addresses if any(outlet in a for outlet in WEAK_OUTLETS)]
    assert (weak, kept) == ([], set())


def test_nothing_happened_after_the_review(register: Register) -> None:
    assert register.reviewed == date(2026, 11, 23)
    assert register.seen_to == date(2026, 9, 3)
    assert max(event.on for event in register.events) <= register.reviewed


def test_an_order_restates_and_changes_only_earlier_ones(register: Register) -> None:
    made = {order.id: order.made for order in register.orders}
    for order in register.orders:
        for earlier in (*order.reaffirms, *order.modifies):
            assert made[earlier] < order.made


def test_whoever_must_act_is_a_party_or_the_court(register: Register) -> None:
    strangers = {
        (item.id, name)
        for item in register.obligations
        for name in item.addressees
        if name not in {*item.order.case.parties, "Court"}
    }
    assert strangers == set()


def test_the_address_of_an_order_is_the_courts_own(register: Register) -> None:
    for order in register.orders:
        if order.url is not None:
            assert order.url.startswith("https://www.icj-cij.org/")


def test_no_grade_of_a_point_is_better_than_its_best_source(register: Register) -> None:
    for item in everything(register):
        if item.grade is Grade.COURT:
            grades = {source.grade for source in (*item.sources, *item.order.sources)}
            assert Grade.COURT in grades
