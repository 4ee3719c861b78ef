"""What comes first: deadlines to come, then the latest passed, then the orders."""

from datetime import date

from orderwatch.frozen import replace
from orderwatch.model import Ending, Timing
from orderwatch.render.layout import group_by_order, last_passed, overview
from tests.support.render_examples import DUTIES, EVENTS, VIEW, example, view

EXAMPLE = example()


def test_what_is_to_come_stands_soonest_first() -> None:
    found = overview(VIEW, tuple(reversed(EXAMPLE.statuses)))
    assert [str(item.deadline.due) for item in found.to_come] == [
        "2024-06-24",
        "2024-06-30",
    ]


def test_what_has_passed_stands_latest_first_and_once_each() -> None:
    found = overview(VIEW, EXAMPLE.statuses)
    assert [item.deadline.id for item in found.passed] == [
        "902/2023-08-31/2b.1@2024-02-29",
        "901/2024-01-26/6@2024-02-26",
    ]


def test_an_ended_case_is_left_out() -> None:
    found = overview(VIEW, EXAMPLE.statuses)
    shown = [item.deadline.obligation.order.case.number for item in found.passed]
    assert 903 not in shown
    assert [line.order.case.number for line in found.orders] == [901, 901, 902]


def test_a_case_that_ended_later_is_pending_on_the_day() -> None:
    given = example(day=date(1973, 7, 1))
    found = overview(view(date(1973, 7, 1)), given.statuses)
    ids = [item.deadline.obligation.id for item in found.to_come]
    assert "903/1973-06-22/sole" in ids


def test_what_waits_for_a_trigger_has_a_place_of_its_own() -> None:
    found = overview(VIEW, EXAMPLE.statuses)
    assert [item.obligation.key for item in found.awaiting] == ["2b.2"]
    assert found.awaiting[0].timing is Timing.AWAITING_TRIGGER


def test_an_order_is_counted_by_its_measures_in_force() -> None:
    line = overview(VIEW, EXAMPLE.statuses).orders[0]
    assert line.order.alias == "lighthouse"
    assert line.measures == 2
    assert line.kinds == ("refrain", "report")


def test_obligations_of_one_order_stand_together() -> None:
    mixed = example((DUTIES[1], DUTIES[2], DUTIES[0]), EVENTS).statuses
    groups = [(order.id, len(found)) for order, found in group_by_order(mixed)]
    assert groups == [("901/2024-05-24", 2), ("901/2024-01-26", 1)]


def test_an_obligation_without_a_passed_deadline_has_none() -> None:
    assert last_passed(EXAMPLE.statuses[0]) is None


def test_a_measure_that_has_ended_is_not_counted() -> None:
    over = replace(DUTIES[0], ended=Ending(year=2024, day=date(2024, 6, 1)))
    found = overview(VIEW, example((over, DUTIES[1]), ()).statuses)
    assert [line.measures for line in found.orders] == [1]
