"""Many payloads at once are noted as they are one by one."""

from itertools import product

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from orderwatch.ledger.recount import Recount, compare
from orderwatch.ledger.walk import Mismatch

BEGINS = [
    b"{",
    b'{"about":["1"],',
    b'{"about":["1","2"],',
    b'{"about":["2","1"],',
    b'{"about":["1","1"],',
    b'{"about":["1@2024-06-24"],',
    b'{"about":["1","1@2024-06-24"],',
    b'{"about":["1"],"archive":"x",',
    b'{"about":["1"],"ends":true,',
    b'{"about":["1"],"finding":"\\"","by":["2"],',
    b'{"about":["1\\u0001"],',
    b'{"about":["\xff"],',
    b'{"about":["\xc3\xa9"],',
    b'{"about":["A"],',
    b'{"about":[""],',
    b'{"about":["1"},',
    b'{"about":["1"]],',
    b'{"about":[["1"],',
    b'["about":["1"],',
    b'{"about":["1"],"about":["2"],',
    b'{"by":["1"],',
]
KINDS = [
    b'"kind":"note","on":"2024-05-24"',
    b'"kind":"step","on":"2024-05-25"',
    b'"kind":"assessment","on":"2024-05-24"',
    b'"kind":"note","on":"2024-02-30"',
    b'"kind":"note","on":"20240524"',
    b'"kind":"note"',
    b'"on":"2024-05-24"',
    b'"kind":"note","extends_to":"2024-06-24","on":"2024-05-24"',
]
ENDS = [
    b',"role":"party","speaker":"Ys","summary":"x"}',
    b',"role":"party","speaker":"Ys","summary":"x","trigger":"y"}',
    b',"role":"party","speaker":"Ys","summary":"\\"trigger\\":"}',
    b"}",
    b"",
]


def joined(*parts: list[bytes]) -> st.SearchStrategy[bytes]:
    """Take one of each."""
    return st.tuples(*map(st.sampled_from, parts)).map(b"".join)


plain = joined(BEGINS[1:7], KINDS[:3], ENDS[:3])
bodies = joined(BEGINS, KINDS, ENDS)
reasons = st.just(b'{"why":"so"}')
Noted = dict[str, list[int]] | str


def one_by_one(given: list[bytes | None]) -> Noted:
    """Note each, or say which one cannot be."""
    recount = Recount()
    try:
        for seq, body in enumerate(given, start=1):
            if body is not None:
                recount.take(seq, body)
    except Mismatch as problem:
        return f"{problem.seq}: {problem}"
    return {uid: rows for uid, rows in recount.seen.items() if rows}


def at_once(given: list[bytes | None], size: int) -> Noted:
    """Note so many at once."""
    recount = Recount()
    try:
        for start in range(0, len(given), size):
            some = given[start : start + size]
            recount.take_all(range(start + 1, start + 1 + len(some)), some)
    except Mismatch as problem:
        return f"{problem.seq}: {problem}"
    return {uid: rows for uid, rows in recount.seen.items() if rows}


@given(st.lists(plain | bodies | reasons | st.none()), st.integers(1, 9))
@example([BEGINS[1] + KINDS[0] + ENDS[0]] * 3, 1)
@example([BEGINS[2] + KINDS[0] + ENDS[0], BEGINS[4] + KINDS[0] + ENDS[0]], 9)
def test_how_many_are_noted_at_once_does_not_show(
    given: list[bytes | None], size: int
) -> None:
    assert at_once(given, size) == one_by_one(given)


def test_what_was_learned_from_some_serves_only_what_is_like_them() -> None:
    learned = [BEGINS[number] + KINDS[number] + ENDS[0] for number in (1, 2, 1, 2)]
    for parts in product(BEGINS, KINDS, ENDS):
        given: list[bytes | None] = [*learned, b"".join(parts), b"".join(parts)]
        assert at_once(given, 1) == one_by_one(given), parts


def test_what_is_plain_is_noted_without_a_closer_look(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    recount = Recount()
    monkeypatch.setattr(recount, "take", None)
    body = BEGINS[2] + KINDS[0] + ENDS[0]
    recount.take_all(range(1, 4), [body, None, body])
    assert {uid: len(rows) for uid, rows in recount.seen.items()} == {"1": 2, "2": 2}


@pytest.mark.parametrize(
    ("about", "noted", "wrong"),
    [
        ({"1": [1, 2]}, [{"1": [1]}, {"1": [2]}], None),
        ({"1": [1, 2]}, [{"1": [1]}], "2: the index of ids has what it does not"),
        ({"1": [1]}, [{"1": [1]}, {"1": [2]}], "2: the index of ids lacks one"),
        ({"1": [1]}, [{"1": [1]}, {"2": [2]}], "2: the index of ids lacks one"),
        ({"1": [1], "2": [2]}, [{"1": [1]}], "2: the index of ids has what"),
        ({}, [{"1": [1]}], "1: the index of ids lacks one that it holds"),
        # What was redacted meanwhile may have been seen in both, in either, or in none.
        ({"1": [1, 3]}, [{"1": [1]}], None),
        ({"1": [1]}, [{"1": [1, 3]}], None),
        ({"1": [1]}, [{"1": [1]}, {"2": [3]}], None),
        ({"1": [1], "2": [3]}, [{"1": [1]}], None),
    ],
)
def test_an_index_holds_what_was_noted_but_for_what_was_redacted_meanwhile(
    about: dict[str, list[int]], noted: list[dict[str, list[int]]], wrong: str | None
) -> None:
    def listed(some: dict[str, list[int]]) -> dict[str, bytes]:
        return {
            uid: ",".join(str(place << 23) for place in places).encode()
            for uid, places in some.items()
        }

    rows = [(uid.encode(), text) for uid, text in listed(about).items()]
    try:
        compare(rows, map(listed, noted), {3})
        found = None
    except Mismatch as problem:
        found = f"{problem.seq}: {problem}"
    assert (found or "").startswith(wrong or "")
    assert (found is None) is (wrong is None)
