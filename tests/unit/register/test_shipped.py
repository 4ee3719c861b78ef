"""The shipped register against a table made apart from it."""

import csv
import tomllib
from collections import Counter
from datetime import date, timedelta

import pytest

from orderwatch import lookup
from orderwatch.cli.command_docs import COMMAND_DOCS
from orderwatch.model import (
    Decision,
    Grade,
    Obligation,
    Register,
    Undated,
    Votes,
)
from orderwatch.register import packaged_path
from orderwatch.register.schema import LABEL_MAX
from orderwatch.render.phrases import bare_day
from tests.support.paths import CASES, ROOT
from tests.support.tables import OrderRow, order_rows

ROWS = order_rows()
PENDING = {171, 175, 178, 180, 181, 182, 183, 184, 188, 192, 193, 194}
# Outlets that should not carry a fact alone.
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
    if votes.dissenting is None:
        return "not seen" if votes.names_printed else "not printed"
    return ", ".join(votes.dissenting)


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
    sources = [event.source or "" for event in register.events]
    assert [s for s in sources if any(outlet in s for outlet in WEAK_OUTLETS)] == []


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


def test_the_events_are_those_of_the_table(register: Register) -> None:
    rows = [
        (event.id, str(event.on), event.kind.value, event.role.value) for event in register.events
    ]
    with (CASES / "events.csv").open(encoding="utf-8", newline="") as file:
        _, *table = csv.reader(file)
    assert len(table) == 435
    assert sorted(rows) == sorted(map(tuple, table))


def test_every_obligation_has_a_label_of_its_own(register: Register) -> None:
    labels = [(item.order.id, item.label.casefold()) for item in register.obligations]
    assert len(labels) == len(set(labels)) == 142
    assert all(len(label) <= LABEL_MAX for _, label in labels)
    raw = tomllib.loads(packaged_path().read_text(encoding="utf-8"))
    assert [
        (case["number"], item["point"])
        for case in raw["case"]
        for order in case["order"]
        for item in order.get("obligation", ())
        if "label" not in item
    ] == []


def test_every_party_is_a_state_with_a_code(register: Register) -> None:
    names = {name: state for state in register.states for name in (state.name, *state.aliases)}
    parties = {name for case in register.cases for name in case.parties}
    assert parties - set(names) == set()
    assert [state.name for state in register.states if state.code is None] == []


def test_the_court_is_the_icj(register: Register) -> None:
    [court] = register.courts
    assert (court.id, court.short, court.seat) == ("icj", "ICJ", "The Hague")
    assert court.time_zone == "Europe/Amsterdam"


ALIASES = {
    "gaza-january": "192/2024-01-26",
    "gaza-march": "192/2024-03-28",
    "rafah": "192/2024-05-24",
    "myanmar": "178/2020-01-23",
    "lachin": "180/2023-02-22",
    "ukraine": "182/2022-03-16",
    "syria": "188/2023-11-16",
    "guyana-2023": "171/2023-12-01",
    "guyana-2025": "171/2025-05-01",
    "iran-sanctions": "175/2018-10-03",
    "bosnia": "91",
    "lagrand": "104/1999-03-03",
    "avena": "128/2003-02-05",
    "breard": "99/1998-04-09",
    "hostages": "64/1979-12-15",
    "nicaragua": "70/1984-05-10",
    "nuclear-tests": "58/1973-06-22",
}


@pytest.mark.parametrize(("alias", "name"), ALIASES.items())
def test_people_find_well_known_orders(register: Register, alias: str, name: str) -> None:
    assert lookup.resolve(register, alias).id == name


def test_every_order_in_force_has_an_alias(register: Register) -> None:
    day = register.reviewed
    bare = [
        order.id
        for order in register.orders
        if order.in_force(day) and not (order.alias or order.aliases)
    ]
    assert bare == []


def test_no_alias_is_a_command(register: Register) -> None:
    aliases = [case.aliases for case in register.cases]
    aliases += [order.aliases for order in register.orders]
    names = {alias for group in aliases for alias in group}
    names |= {order.alias for order in register.orders if order.alias}
    words = {word for path in COMMAND_DOCS for word in path.split()}
    guessed = {"search", "list", "due", "overdue", "next", "upcoming", "edit"}
    guessed |= {"delete", "undo", "calendar", "subscribe", "find", "help", "version"}
    assert names & (words | guessed) == set()


@pytest.mark.parametrize("page", ["CHANGELOG.md", "docs/remind.md"])
def test_a_page_tells_when_a_monitor_finds_this_register_too_old(
    register: Register, page: str
) -> None:
    assert register.seen_to is not None
    last = register.seen_to + timedelta(days=91)
    text = " ".join((ROOT / page).read_text(encoding="utf-8").split())
    assert f"seen to {bare_day(register.seen_to)}" in text
    assert f"never says OK from {bare_day(last).removesuffix(f' {last.year}')}" in text


def test_the_history_names_each_correction(register: Register) -> None:
    assert len(register.changes) == 32
    assert {change.day for change in register.changes} == {date(2026, 11, 28), date(2026, 11, 29)}
    concerned = {name for change in register.changes for name in change.ids}
    assert {"69/1986-01-10/1d.1", "107/1999-06-02", "182/2022-03-16/1"} <= concerned
