"""Laws that hold for every output of every reading command."""

import re
from collections.abc import Iterator
from datetime import date
from unicodedata import category

import pytest
from hypothesis import given, settings

from orderwatch.frozen import replace
from tests.conftest import Golden
from tests.support.acting_text import HOSTILE, hostile
from tests.support.render_examples import DUTIES, EVENTS, Example, example, spoiled
from tests.support.render_outputs import COMMANDS, RENDERERS, drawn

EXAMPLE = example()
NOTHING = replace(
    EXAMPLE,
    statuses=(),
    schedules=(),
    events=(),
    orders=(),
    case_file=replace(EXAMPLE.case_file, statuses=(), schedules=(), events=(), orders=()),
)
ENDINGS = {
    "plain": "txt",
    "json": "json",
    "csv": "csv",
    "markdown": "md",
    "narrow": "narrow.txt",
    "table": "table.txt",
}
SCREENS = ("narrow", "table", "bright")
CAVEAT = "No filing known does not mean that none was made"
every = [
    pytest.param(name, command, id=f"{name}-{command}")
    for name in RENDERERS
    for command in COMMANDS
]
# What our own screens are drawn with; nothing else may start with ESC.
STYLE = re.compile(r"\x1b\[[0-9;]*m")
LINK = re.compile(r"\x1b\]8;;(https?://[!-~]*)?\x1b\\")


def bare(text: str) -> str:
    """Remove styles, links and line breaks from an output."""
    return " ".join(LINK.sub("", STYLE.sub("", text)).split())


def acting(text: str, *, bright: bool, lines: str) -> Iterator[str]:
    """Yield the characters that act, less the styles and links we draw ourselves."""
    if bright:
        text = LINK.sub("", STYLE.sub("", text))
    for sign in text:
        if category(sign) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"} and sign not in lines:
            yield sign


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("name", ENDINGS)
def test_an_output_is_what_was_agreed(name: str, command: str, golden: Golden) -> None:
    text = drawn(RENDERERS[name], command, EXAMPLE)
    golden(f"render/{command}.{ENDINGS[name]}", text)


@pytest.mark.parametrize(("name", "command"), every)
@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_acts_comes_through(name: str, command: str, text: str) -> None:
    shown = drawn(RENDERERS[name], command, spoiled(text))
    lines = "\r\n" if name == "csv" else "\n"
    assert not list(acting(shown, bright=name == "bright", lines=lines))


@settings(max_examples=15)
@given(hostile)
def test_no_text_at_all_comes_through(text: str) -> None:
    given = spoiled(text)
    for name, renderer in RENDERERS.items():
        lines = "\u200c\u200d\r\n" if name == "csv" else "\u200c\u200d\n"
        for command in COMMANDS:
            shown = drawn(renderer, command, given)
            assert not list(acting(shown, bright=name == "bright", lines=lines))


@pytest.mark.parametrize(("name", "command"), every)
def test_the_same_values_give_the_same_text(name: str, command: str) -> None:
    first = drawn(RENDERERS[name], command, EXAMPLE)
    assert drawn(RENDERERS[name], command, example()) == first
    assert first.endswith("\n")


@pytest.mark.parametrize(("name", "command"), every)
@pytest.mark.parametrize("given", [EXAMPLE, NOTHING], ids=["something", "nothing"])
def test_an_output_says_from_where_it_looks(name: str, command: str, given: Example) -> None:
    shown = drawn(RENDERERS[name], command, given)
    if name == "csv":
        heads = shown.split("\r\n")[0].split(",")
        provenance = ["as_of", "known_on", "register_reviewed", "log_size", "log_root"]
        # The columns of `deadlines` are those of the API, and no others.
        assert (heads[-5:] == provenance) is (command != "deadlines")
        return
    flat = bare(shown)
    assert "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=" in flat
    if name not in SCREENS:
        assert "2024-06-20" in flat or "20 June 2024" in flat
        assert "2024-06-19" in flat or "19 June 2024" in flat
    elif command == "overview":
        first = bare(shown.split("\n")[0])
        assert re.match(
            r"ICJ( provisional measures)? · (Thursday 20 June|Thu 20 Jun) 2024\b", first
        )
        assert "decisions known to 3 Jun 2024" in flat
    else:
        assert flat.startswith("As of Thu 20 Jun 2024 ")


@pytest.mark.parametrize("name", SCREENS)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_screen_reports_the_age_of_old_data(name: str, command: str) -> None:
    shown = drawn(RENDERERS[name], command, example(day=date(2024, 7, 31)))
    assert "decisions known to 3 Jun 2024, 58 days ago" in bare(shown)


@pytest.mark.parametrize(("name", "command"), every)
def test_an_output_never_judges(name: str, command: str) -> None:
    shown = drawn(RENDERERS[name], command, EXAMPLE).casefold()
    for word in ("missed", "violat", "overdue", "breach", "satisfied", "compliant"):
        assert word not in shown


@pytest.mark.parametrize("name", ["plain", "markdown"])
@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("given", [EXAMPLE, NOTHING], ids=["something", "nothing"])
def test_a_text_for_people_carries_both_caveats(name: str, command: str, given: Example) -> None:
    flat = bare(drawn(RENDERERS[name], command, given))
    assert CAVEAT in flat
    assert "it does not judge compliance." in flat


@pytest.mark.parametrize("name", SCREENS)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_screen_carries_the_caveat_once_where_a_report_has_no_filing(
    name: str, command: str
) -> None:
    unfiled = example((DUTIES[3],), ())
    flat = bare(drawn(RENDERERS[name], command, unfiled))
    lists_filings = command in {"overview", "status", "deadlines", "show"}
    assert flat.count(CAVEAT) == lists_filings
    assert ("no filing known" in flat.casefold().replace(CAVEAT.casefold(), "")) is lists_filings


@pytest.mark.parametrize("name", SCREENS)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_screen_carries_no_caveat_where_no_filing_is_missing(name: str, command: str) -> None:
    filed = example((DUTIES[2],), EVENTS[:1])
    for record in (filed, NOTHING):
        assert "No filing known" not in bare(drawn(RENDERERS[name], command, record))


@pytest.mark.parametrize("name", RENDERERS)
def test_a_name_in_another_script_reaches_every_output(name: str) -> None:
    arabic = "محكمة العدل الدولية"
    duty = replace(DUTIES[1], summary=f"Report to {arabic}.")
    shown = drawn(RENDERERS[name], "status", example((duty,), EVENTS))
    assert arabic in shown
