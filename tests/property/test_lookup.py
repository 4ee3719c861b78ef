"""Laws of lookup: names resolve to themselves in every form, labels are found."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Literal, get_args
from unicodedata import normalize

from hypothesis import given
from hypothesis import strategies as st

from orderwatch.lookup import Resolver, descriptions
from orderwatch.model import Case, Obligation, Order, State
from orderwatch.register import load_register, packaged_path
from orderwatch.text import fold
from orderwatch.word_search import content_words, search, stem

REGISTER = load_register(packaged_path())
RESOLVER = Resolver(REGISTER)
TODAY = date(2026, 11, 23)
NAMES = sorted(descriptions(REGISTER))
STATES = [state for state in REGISTER.states if RESOLVER.cases_of(state)]
FORMS = st.sampled_from((str.upper, str.lower, str.title, str.swapcase))
UNICODE = st.sampled_from(
    [partial(normalize, form) for form in get_args(Literal["NFC", "NFD", "NFKC", "NFKD"])]
)


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz", max_size=12))
def test_the_stem_of_a_stem_is_itself(word: str) -> None:
    assert stem(stem(word)) == stem(word)


def test_every_id_and_alias_resolves_to_itself() -> None:
    items: list[Case | Order | Obligation] = [
        *REGISTER.cases,
        *REGISTER.orders,
        *REGISTER.obligations,
    ]
    for item in items:
        assert RESOLVER.resolve(item.id).id == item.id
    for order in REGISTER.orders:
        for alias in (order.alias, *order.aliases):
            assert alias is None or RESOLVER.resolve(alias).id == order.id
    for case in REGISTER.cases:
        for alias in case.aliases:
            assert RESOLVER.resolve(alias).id == case.id


@given(st.sampled_from(NAMES), FORMS, UNICODE, st.sampled_from((" ", "-", "\u2013", "\u2011")))
def test_a_name_means_the_same_in_every_form(
    name: str, form: Callable[[str], str], unicode: Callable[[str], str], dash: str
) -> None:
    typed = unicode(form(name)).replace("-", dash)
    assert RESOLVER.resolve(f" {typed}\u00a0").id == RESOLVER.resolve(name).id


@given(st.sampled_from(STATES), st.data(), FORMS, UNICODE)
def test_every_name_of_a_state_means_the_same(
    state: State, data: st.DataObject, form: Callable[[str], str], unicode: Callable[[str], str]
) -> None:
    name = data.draw(st.sampled_from((state.name, *state.aliases)))
    typed = unicode(form(name))
    expected = RESOLVER.find(name, TODAY)
    found = RESOLVER.find(typed, TODAY)
    assert found is not None
    assert expected is not None
    assert found.matches == expected.matches


@given(st.sampled_from(REGISTER.obligations), FORMS, UNICODE)
def test_the_words_of_a_label_find_its_obligation(
    item: Obligation, form: Callable[[str], str], unicode: Callable[[str], str]
) -> None:
    hits = search(REGISTER, unicode(form(item.display_label)), TODAY)
    assert item.id in {hit.id for hit in hits} or not content_words(item.display_label)


@given(st.sampled_from(REGISTER.cases))
def test_the_title_of_a_case_finds_it(case: Case) -> None:
    for title in (case.title, case.short):
        found = RESOLVER.find(title, TODAY)
        assert found is not None
        assert case.id in {match.case.id for match in found.matches}


@given(st.text(max_size=40))
def test_any_text_has_an_answer_or_an_error(text: str) -> None:
    if text.strip():
        found = RESOLVER.find(text, TODAY, REGISTER.events)
        assert found is None or found.matches
        assert str(RESOLVER.unknown(text))
