"""One mistake in a register file is one line: where, what, and what would be right."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderwatch.register import load_register, validate_file
from orderwatch.register.problems import Lines
from orderwatch.register.validate import Loc
from tests.support.paths import CASES

GOOD = (CASES / "register.toml").read_text(encoding="utf-8")
TABLE: list[dict[str, str]] = tomllib.loads(
    (CASES / "register_problems.toml").read_text(encoding="utf-8")
)["problem"]


@pytest.mark.parametrize("case", TABLE, ids=lambda case: str(case["name"]))
def test_one_mistake_is_one_problem(tmp_path: Path, case: dict[str, str]) -> None:
    assert GOOD.count(case["for"]) == 1
    text = GOOD.replace(case["for"], case["put"])
    path = tmp_path / "bad.toml"
    path.write_text(text, encoding="utf-8")
    (found,) = validate_file(path)
    assert (found.location, found.message) == (case["place"], case["message"])
    marked = [at for at, line in enumerate(text.split("\n"), 1) if line.endswith("#!")]
    assert found.line is not None
    assert marked in ([], [found.line])
    assert str(found) == f"{path}:{found.line}: {found.location}: {found.message}"


def test_one_run_names_every_problem_in_the_order_of_lines(tmp_path: Path) -> None:
    text = GOOD
    wrong = [
        ("reviewed = 2026-11-23", 'reviewed = "soon"'),
        ("seen_to =", "sen_to ="),
        ('grade = "court"\ntitle = "The list"', 'grade = "cort"\ntitle = "The list"'),
        ("seen = 2026-05-01", "seen = true"),
        ('alias = "rafah"', 'alias = "Rafah"'),
        ("paragraph = 57", "paragraph = 0"),
        ("modifies = [2024-01-26]", "modifies = [2024-05-25]"),
        ("for = 13, against = 2", "for = 19, against = 2"),
        ("within = { months = 4 }", "within = {}"),
        ('deadline = "continuing"', 'deadline = "always"'),
        ('role = "ngo"', 'role = "press"'),
        ('about = ["192/2024-01-26"]', 'about = ["192/2024-01-27"]'),
    ]
    for old, new in wrong:
        assert text.count(old) == 1
        text = text.replace(old, new)
    path = tmp_path / "bad.toml"
    path.write_text(text, encoding="utf-8")
    found = validate_file(path)
    lines = text.split("\n")
    assert len(found) == len(wrong)
    for problem, (_, new) in zip(found, wrong, strict=True):
        assert problem.line is not None
        assert new.split("\n")[0] in lines[problem.line - 1]


def test_a_file_full_of_problems_ends_the_list_at_a_thousand(tmp_path: Path) -> None:
    path = tmp_path / "bad.toml"
    path.write_text("schema = 1\nreviewed = 2026-11-23\n" + "[[case]]\n" * 1000)
    found = validate_file(path)
    assert len(found) == 1001
    assert found[-1].message == "more than 1000 problems; the rest is not shown"


def test_what_a_hostile_file_says_is_quoted_short_and_on_one_line(
    tmp_path: Path,
) -> None:
    path = tmp_path / "bad.toml"
    long = "x" * 5000
    path.write_text(
        GOOD.replace('alias = "rafah"', f'alias = "a\\n  forged:1: line {long}"')
        .replace('role = "ngo"', f'role = "{long}"')
        .replace("coverage =", f'"{long}\\nkey" = 1\ncoverage =')
        .replace('id = "ev-192-2024-01-27-1"', f'id = "A\\u2028{long}"')
    )
    found = [str(problem) for problem in validate_file(path)]
    assert len(found) == 4
    assert all(len(line) < 500 for line in found)
    assert all(len(line.splitlines()) == 1 for line in found)


def test_a_key_that_looks_like_a_form_of_a_time_limit_is_named(tmp_path: Path) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(GOOD.replace("number = 150", 'number = 150\n"(on)" = 1'))
    (found,) = validate_file(path)
    assert found.location == "case 150, (on)"


def leaves(value: object, loc: Loc = ()) -> dict[Loc, Any]:
    """Flatten a parsed file."""
    match value:
        case dict():
            items: list[tuple[int | str, Any]] = list(value.items())
        case list():
            items = list(enumerate(value))
        case _:
            return {loc: value}
    found: dict[Loc, Any] = {}
    for step, inner in items:
        found |= leaves(inner, (*loc, step))
    return found


keys = st.sampled_from(["case", "order", "a-b", '"q k"', "'l.k'", "x"])
values = st.recursive(
    st.sampled_from(
        [
            '"#[{,=\\" "',
            "'[[case]]'",
            '"""\n[[case]]\n\\"""\n"quoted""""',
            "'''\n# [x]\n'''",
            "1979-05-27 07:32:00",
            "-1.5",
            "2024-05-24",
            '""',
            "''",
        ]
    ),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda all_: f"[ # [\n{', '.join(all_)} \n]")
        | st.dictionaries(keys, inner, max_size=3).map(
            lambda all_: f"{{ {', '.join(f'{k} = {v}' for k, v in all_.items())} }}"
        )
    ),
    max_leaves=6,
)


@given(st.lists(st.tuples(st.booleans(), st.dictionaries(keys, values, max_size=4)), max_size=4))
def test_every_value_of_a_file_has_its_line(
    rows: list[tuple[bool, dict[str, str]]],
) -> None:
    text = "# top\r\n"
    for place, (is_list, table) in enumerate(rows):
        text += f"[[t.list]] # {place}\n" if is_list else f"[ t.'n {place}'.m ]\n"
        text += "".join(f"{key} = {value}\n" for key, value in table.items())
    lines = Lines(text)
    written = text.split("\n")
    for loc in leaves(tomllib.loads(text)):
        line = lines.line_of(loc)
        assert line is not None
        if isinstance(loc[-1], str):
            assert re.search(rf"{loc[-1]}[\"']?(\.m)? (=|\])", written[line - 1])


@pytest.mark.parametrize(
    ("text", "loc", "line"),
    [
        ("a = 1\nb = 2\n", ("b",), 2),
        ("a.b.c = 1\n\na.b.d = 2\n", ("a", "b", "d"), 3),
        ("[[a]]\n[[a]]\nb = 1\n", ("a", 1, "b"), 3),
        ("[[a]]\n[[a.b]]\n[[a]]\n[[a.b]]\n[[a.b]]\nc = 1\n", ("a", 1, "b", 1, "c"), 6),
        ("[[a]]\n[a.b]\nc = 1\n[[a]]\n[a.b]\nc = 1\n", ("a", 1, "b", "c"), 6),
        ("a = [\n  1,\n  2,\n]\n", ("a", 1), 3),
        ("a = [\n  { b = 1 },\n  { b = [\n 1, 2 ] },\n]\n", ("a", 1, "b", 1), 4),
        ('a = """\n[[b]]\nc = 1\n"""\nb = 1\n', ("b",), 5),
        ("a = '''\n'''''\nb = 1\n", ("b",), 3),
        ("[a]\nb = 1\n", ("a", "missing"), 1),
        ('"a\\u0062" = 1\n', ("ab",), None),
        ("a = 1\n", (), None),
    ],
)
def test_a_place_is_found_on_its_line(text: str, loc: Loc, line: int | None) -> None:
    tomllib.loads(text)
    assert Lines(text).line_of(loc) == line


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("true", "is true"),
        ("-3", "is the number -3"),
        ("0x" + "f" * 5000, "is the number 0xfff"),
        ("inf", "is the number inf"),
        ('"a\\tb"', 'is the text "a b"'),
        ('" "', "is an empty text"),
        ("2024-05-24T10:00:00", "is a date with a time"),
        ("10:00:00", "is a time of day"),
        ("[1]", "is a list"),
        ("[]", "is an empty list"),
        ("{}", "is an empty table"),
        ("{ a = 1, b = 2 }", "is a table with a, b"),
    ],
)
def test_a_wrong_value_is_named_in_plain_words(tmp_path: Path, value: str, words: str) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(GOOD.replace("seen = 2026-05-01", f"seen = {value}"))
    (found,) = validate_file(path)
    assert found.message.startswith(words)
    right = "; expected the last day on which its state was seen: a date like 2024-05-24"
    assert found.message.endswith(right)


def test_what_happened_on_the_day_of_the_review_is_not_after_it(
    tmp_path: Path,
) -> None:
    path = tmp_path / "good.toml"
    text = GOOD.replace("reviewed = 2026-11-23", "reviewed = 2024-06-24")
    path.write_text(text, encoding="utf-8")
    assert validate_file(path) == ()


def test_a_good_file_has_no_problems(tmp_path: Path) -> None:
    path = tmp_path / "good.toml"
    path.write_text(GOOD, encoding="utf-8")
    assert validate_file(path) == ()
    assert load_register(path).cases
