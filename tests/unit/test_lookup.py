"""What people type is resolved: precedence, forms of a citation, words, nearest names."""

from datetime import date

import pytest

from orderwatch.errors import NoMatchError, UsageError
from orderwatch.frozen import replace
from orderwatch.lookup import By, Resolver, Selection, resolve, search, select
from orderwatch.model import Register
from orderwatch.word_search import stem

TODAY = date(2026, 11, 23)


def find(register: Register, text: str) -> Selection:
    selection = Resolver(register).find(text, TODAY, register.events)
    assert selection is not None, text
    return selection


def ids(selection: Selection) -> list[str]:
    return [match.id for match in selection.matches]


PRECEDENCE = [
    # typed | how | what
    ("192/2024-05-24", By.CITATION, ["192/2024-05-24"]),
    ("rafah", By.CITATION, ["192/2024-05-24"]),
    ("gaza", By.CITATION, ["192"]),
    ("192", By.CITATION, ["192"]),
    ("No. 192", By.CITATION, ["192"]),
    ("nº 192", By.CITATION, ["192"]),
    ("№ 192", By.CITATION, ["192"]),
    ("General List No. 192", By.CITATION, ["192"]),
    ("icj:192", By.CITATION, ["192"]),
    ("ukraine", By.CITATION, ["182/2022-03-16"]),
    ("the Rafah order", By.TITLE, ["192/2024-05-24"]),
    ("South Africa v. Israel", By.TITLE, ["192"]),
    ("RSA versus Israel", By.TITLE, ["192"]),
    ("Legality of Use of Force", By.TITLE, [str(n) for n in range(114, 104, -1)]),
    ("Pulp Mills on the River Uruguay", By.TITLE, ["135"]),
    ("24 May 2024", By.DATE, ["192/2024-05-24"]),
    ("the order made on May 24, 2024", By.DATE, ["192/2024-05-24"]),
    ("22 February 2023", By.DATE, ["180/2023-02-22", "181/2023-02-22"]),
    ("www.icj-cij.org/fr/node/204091", By.ADDRESS, ["192/2024-05-24"]),
    ("https://www.icj-cij.org/case/192/orders", By.ADDRESS, ["192"]),
    ("/case/192", By.ADDRESS, ["192"]),
    ("192-20240524-ord-01-00-en", By.ADDRESS, ["192/2024-05-24"]),
    ("016-19510705-ORD-02-00-EN", By.ADDRESS, ["16/1951-07-05"]),
]


@pytest.mark.parametrize(("text", "by", "expected"), PRECEDENCE)
def test_an_earlier_kind_of_name_wins(
    register: Register, text: str, by: By, expected: list[str]
) -> None:
    selection = find(register, text)
    assert (selection.by, ids(selection)) == (by, expected)


POINTS = [
    "rafah/2a",
    "rafah 2(a)",
    "rafah/(2)(a)",
    "rafah/2(a)",
    "RAFAH (2)(a)",
    "rafah, point 2(a)",
]
POINTS += [
    "rafah para. 57(2)(a)",
    "rafah\u00a02 a",
    "192/2024-05-24 2(a)",
    "rafah \u00a7 57 (2)(a)",
]


@pytest.mark.parametrize("text", POINTS)
def test_a_point_has_many_forms(register: Register, text: str) -> None:
    assert resolve(register, text).id == "192/2024-05-24/2a"


def test_a_point_with_parts_stands_for_them(register: Register) -> None:
    selection = find(register, "rafah 2")
    assert selection.is_set
    assert ids(selection) == [f"192/2024-05-24/{key}" for key in ("2a", "2b", "2c")]
    with pytest.raises(NoMatchError):
        resolve(register, "rafah 2")


def test_a_point_of_a_case_is_that_of_each_order(register: Register) -> None:
    selection = find(register, "192 2a")
    assert not selection.is_set
    assert ids(selection) == ["192/2024-03-28/2a", "192/2024-05-24/2a"]


def test_a_state_stands_for_what_is_addressed_to_it(register: Register) -> None:
    selection = find(register, "Russia")
    assert selection.is_set
    assert {match.case.id for match in selection.matches} == {"140", "166", "182"}
    assert select(register, "russia") == selection.matches
    for match in selection.matches:
        assert match.obligation is not None
        assert "Russian Federation" in match.obligation.addressees


def test_a_state_without_obligations_stands_for_its_cases(register: Register) -> None:
    assert ids(find(register, "Switzerland")) == ["34"]
    with pytest.raises(UsageError, match="No order is addressed to Switzerland"):
        select(register, "Switzerland")


@pytest.mark.parametrize("text", ["genocide", "South Africa v. Israel", "24 May 2024", "192 2a"])
def test_what_runs_unattended_takes_ids_and_states_alone(register: Register, text: str) -> None:
    with pytest.raises(NoMatchError):
        select(register, text)


WORDS = [
    # typed | what is meant
    ("elections", ["171/2025-05-01/2"]),
    ("election", ["171/2025-05-01/2"]),
    ("rafah crossing", ["192/2024-05-24/2b"]),
    ("CROSSING, Rafah!", ["192/2024-05-24/2b"]),
    ("palestinian territory", ["193"]),
    ("rohingya genocidal", ["178/2020-01-23/1", "178/2020-01-23/2"]),
    ("canos", ["150/2013-11-22/2e"]),
    ("cease-fire famine", ["192/2024-03-28/2a"]),
    ("42 avenue Foch", ["163/2016-12-07/i"]),
]


@pytest.mark.parametrize(("text", "expected"), WORDS)
def test_words_find_what_has_them_all(register: Register, text: str, expected: list[str]) -> None:
    assert ids(find(register, text)) == expected


def test_names_come_before_labels_and_those_before_summaries_and_events(
    register: Register,
) -> None:
    hits = find(register, "genocide").hits
    weights = [["name", "label", "summary", "event"].index(hit.fields[0]) for hit in hits]
    assert weights == sorted(weights)
    first = [hit for hit in hits if hit.type == "case"]
    assert hits[: len(first)] == tuple(first)
    assert [hit.in_force for hit in first] == sorted((h.in_force for h in first), reverse=True)


def test_orders_of_the_future_are_not_found(register: Register) -> None:
    assert Resolver(register).find("rafah crossing", date(2024, 5, 23)) is None
    assert all(item.order.made <= TODAY for item in search(register, "gaza", TODAY))


@pytest.mark.parametrize(
    ("plural", "singular"),
    [
        ("reports", "report"),
        ("hostages", "hostage"),
        ("bodies", "body"),
        ("classes", "class"),
        ("witness", "witness"),
        ("status", "status"),
        ("demilitarized", "demilitarised"),
        ("us", "us"),
    ],
)
def test_obvious_plurals_are_folded(register: Register, plural: str, singular: str) -> None:
    assert stem(plural) == singular
    assert search(register, "captive", TODAY) == search(register, "captives", TODAY) != []


NEAREST = [
    ("gazza", 'No order matches "gazza". Did you mean South Africa v. Israel (192)?'),
    ("mynmar", 'No order matches "mynmar". Did you mean The Gambia v. Myanmar (178)?'),
    ("lachn", "(lachin)"),
    ("Venezula", "Guyana v. Venezuela (171)"),
    ("192/2024-05-25", "Did you mean 192/2024-05-24"),
    ("zzzzzz", 'No order matches "zzzzzz". Run "orderwatch orders" for a list.'),
    ("the order", '"the order" matches every order. Run "orderwatch status"'),
    ("rafah/9", 'No obligation matches "rafah/9". Choose from rafah/1, rafah/2a,'),
    ("24/05/2024", "2024-05-24"),
]


@pytest.mark.parametrize(("text", "message"), NEAREST)
def test_what_matches_nothing_names_the_nearest(
    register: Register, text: str, message: str
) -> None:
    resolver = Resolver(register)
    assert resolver.find(text, TODAY, register.events) is None
    assert message in str(resolver.unknown(text))


def test_an_alias_with_a_word_of_another_order_stays_an_alias(register: Register) -> None:
    [order] = [order for order in register.orders if order.alias == "rafah"]
    renamed = replace(order, aliases=("elections",))
    others = (renamed if item == order else item for item in register.orders)
    assert resolve(replace(register, orders=tuple(others)), "Elections").id == order.id
