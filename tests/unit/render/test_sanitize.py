"""Nothing that acts is left in shown text, and what a person wrote is left alone."""

from unicodedata import category

import pytest
from hypothesis import example, given

from orderwatch.render.sanitize import (
    escape_csv_cell,
    escape_json,
    escape_markdown,
    safe_url,
    sanitize,
    sanitize_lines,
)
from tests.support.acting_text import ACTING, hostile

WRITTEN = (
    *("Order of 24 May 2024", "Gómez Robledo", "أمر محكمة العدل الدولية"),
    *("צו בית הדין", "国际法院的命令", "می‌خواهم", "क्‍ष", "👩‍⚖️ 🇵🇸", "ห้าม", "№ 192 – §57"),  # noqa: RUF001 - meant
)
# One alphabet for both would hardly ever give a rare character.
acting = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


@pytest.mark.parametrize("text", WRITTEN)
def test_what_people_write_in_any_script_is_left_alone(text: str) -> None:
    assert sanitize(text) == text
    assert sanitize_lines(text) == text


@pytest.mark.parametrize("sign", ACTING)
def test_a_character_that_acts_is_written_out(sign: str) -> None:
    assert sanitize(f"a{sign}b") == f"a<U+{ord(sign):04X}>b"


@given(hostile)
@example("ا\u200cb")  # noqa: RUF001 - a joiner between two scripts
@example("\u200d")
def test_nothing_that_acts_is_left(text: str) -> None:
    left = {sign for sign in sanitize(text) if category(sign) in acting}
    assert left <= {"\u200c", "\u200d"}


@given(hostile)
def test_what_is_visible_stays_as_it_is(text: str) -> None:
    assert sanitize(sanitize(text)) == sanitize(text)


@pytest.mark.parametrize(
    "text", ["pay\u200dment", "\u200cب", "ب\u200c", "ب\u200c\u200cب", "1\u200d2"]
)
def test_a_joiner_that_joins_nothing_is_written_out(text: str) -> None:
    assert "<U+200" in sanitize(text)


@given(hostile)
def test_lines_stay_lines(text: str) -> None:
    shown = sanitize_lines(text)
    assert shown.replace("\n", "") == "".join(
        sanitize(line) for line in text.replace("\r\n", "\n").split("\n")
    )


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://www.icj-cij.org/node/1", "https://www.icj-cij.org/node/1"),
        ("http://example.org/a?b=c#d", "http://example.org/a?b=c#d"),
        ("https://example.org/Gómez", "https://example.org/G%C3%B3mez"),
        ('https://example.org/"><', "https://example.org/%22%3E%3C"),
        ("javascript:alert(1)", None),
        ("JaVaScRiPt:alert(1)", None),
        ("data:text/html,x", None),
        ("file:///etc/passwd", None),
        ("//example.org", None),
        ("https://", None),
        ("https://[example", None),
        ("https://example.org/ b", None),
        ("https://example.org/\x1b]8;;", None),
        ("https://example.org/\u202e", None),
        ("", None),
    ],
)
def test_only_an_address_of_the_web_becomes_a_link(url: str, link: str | None) -> None:
    assert safe_url(url) == link


@pytest.mark.parametrize(
    "text",
    [
        *("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\u00a0=1", "\n=1"),
        *("＝1", "＋1", "－1", "＠A", "\u22121", "\tx", "\rx"),  # noqa: RUF001 - meant
    ],
)
def test_a_formula_is_made_inert(text: str) -> None:
    assert escape_csv_cell(text).startswith("'")


@pytest.mark.parametrize(
    "text",
    [
        *("(4)", "4", "007", "1E5", "1e-5", ".5", "1.000,5", "1'000", "5 %", "$5", "5 €", "(1.5)"),
        *("3/4", "1-2", "3.4.2024", "1 3/4", "12/2024", "2024-5-6", "1/2/24"),
        *("March 1", "MAR1", "DEC2", "1 Sep", "1-Sep-24", "May 2024", "3 May 2024", "June 3, 2024"),
        *("9:30", "9:30 pm", "10:00:00", "5 PM", "true", "FALSE", " (4) "),
        # In the language of the spreadsheet, and its errors.
        *("5. Mai", "1. März 2024", "3 mei", "12 août 2024", "1er mars", "OKT 3", "déc 24"),
        *("WAHR", "vrai", "ONWAAR", "#N/A", "#REF!", "#DIV/0!"),
    ],
)
def test_what_a_spreadsheet_takes_for_a_number_is_made_inert(text: str) -> None:
    assert escape_csv_cell(text) == f"'{text}"


@pytest.mark.parametrize(
    "text",
    [
        *("", "Israel", "13 to 2", "a=b", "192/2024-05-24", "86(4)", "2024-06-24", "57(2)(a)"),
        *("4 months", "May the Court", "36925/10", "2026-11-29T03:07:41Z", "rafah/3", "1A"),
        *("#1", "Maison 3 rue", "vraiment"),
        *("Marseille 1944 to 1945", "0192e1e2-0000-7000-8000-000000000001", "truel"),
    ],
)
def test_a_cell_that_is_no_formula_is_left_alone(text: str) -> None:
    assert escape_csv_cell(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a|b", r"a\|b"),
        ("*a* _b_ `c` ~d~", r"\*a\* \_b\_ \`c\` \~d\~"),
        ("[a](javascript:b)", r"\[a\](javascript:b)"),
        ("<img src=x onerror=y>", "&lt;img src=x onerror=y&gt;"),
        ("&lt;", "&amp;lt;"),
        ("one\ntwo", "one two"),
        ("# a", r"\# a"),
        ("- a", r"\- a"),
        ("1. a", r"1\. a"),
        ("\x1b[31m", r"&lt;U+001B&gt;\[31m"),
        ("24 May 2024", "24 May 2024"),
        ("https://example.org/a-b", "https://example.org/a-b"),
    ],
)
def test_markup_means_itself(text: str, shown: str) -> None:
    assert escape_markdown(text) == shown


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ('"\x7f"', r'"\u007f"'),
        ('"\u202e"', r'"\u202e"'),
        ('"\U000e0041"', r'"\udb40\udc41"'),
        ('{\n"a": 1\n}', '{\n"a": 1\n}'),
        ('"أمر"', '"أمر"'),
    ],
)
def test_json_escapes_what_would_act(text: str, escaped: str) -> None:
    assert escape_json(text) == escaped
