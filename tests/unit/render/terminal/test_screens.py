"""The terminal: any width, any background, nothing that acts."""

import re
from datetime import date

import pyte
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from orderwatch.frozen import replace
from orderwatch.render.terminal import Screen
from tests.support.acting_text import hostile
from tests.support.render_examples import DUTIES, EVENTS, VIEW, example, spoiled
from tests.support.render_outputs import COMMANDS, drawn

EXAMPLE = example()
CODES = re.compile(r"\x1b\[([0-9;]*)m")


def bare(shown: str) -> str:
    """Give what is drawn without styles, and without blanks at the end of a line."""
    return "\n".join(line.rstrip() for line in CODES.sub("", shown).split("\n"))


@settings(max_examples=25)
@given(
    st.integers(20, 220),
    st.sampled_from(COMMANDS),
    hostile | st.just("国際司法裁判所" * 9),
)
def test_no_line_is_wider_than_the_screen(width: int, command: str, text: str) -> None:
    screen = Screen(width=width)
    for record in (EXAMPLE, spoiled(text)):
        for line in drawn(screen, command, record).split("\n"):
            assert cell_len(line) <= width


@pytest.mark.parametrize("width", [20, 40, 60, 80, 96, 100, 130, 200])
@pytest.mark.parametrize("command", ["overview", "status", "show", "countdown"])
def test_no_word_is_cut_at_any_width(width: int, command: str) -> None:
    shown = drawn(Screen(width=width), command, EXAMPLE)
    assert "…" not in shown
    letters = "".join(shown.split())
    assert "".join(DUTIES[1].summary.split()) in letters or width >= 96
    for word in re.findall(r"\w+", DUTIES[1].summary):
        assert word in shown


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    "text",
    ["\x1b]0;owned\x07\x1b[2J\x1b[1;1H", "\x9b2J", "\u202edetrever", "\x0e\x1bc"],
)
def test_a_terminal_shows_hostile_text_and_obeys_none_of_it(command: str, text: str) -> None:
    screen = pyte.Screen(80, 2000)
    shown = drawn(Screen(width=80, colour=True), command, spoiled(text))
    pyte.Stream(screen).feed(shown.replace("\n", "\r\n"))
    assert screen.title == ""
    lines = "\n".join(line.rstrip() for line in screen.display).rstrip()
    assert lines.startswith("International Court of Justice")
    # What a terminal displays is what we wrote, less the styles.
    assert lines == bare(shown).rstrip()


def test_only_styles_that_read_on_dark_and_light_are_used() -> None:
    screen = Screen(width=100, colour=True)
    used = {
        code
        for command in COMMANDS
        for found in CODES.findall(drawn(screen, command, EXAMPLE))
        for code in found.split(";")
    }
    # Nothing, bold, dim, magenta, cyan.
    assert used == {"0", "1", "2", "35", "36"}


@pytest.mark.parametrize("command", COMMANDS)
def test_colour_says_nothing_that_words_do_not_say(command: str) -> None:
    plain = drawn(Screen(width=100), command, EXAMPLE)
    bright = drawn(Screen(width=100, colour=True), command, EXAMPLE)
    assert "\x1b" not in plain
    assert bare(bright) == plain


def test_addresses_of_the_web_become_links_only_when_asked() -> None:
    screen = Screen(width=100, colour=True, links=True)
    shown = drawn(screen, "events", EXAMPLE)
    assert "\x1b]8;;https://example.org/paper\x1b\\" in shown
    for without in (replace(screen, links=False), replace(screen, colour=False)):
        assert "\x1b]8;" not in drawn(without, "events", EXAMPLE)


def test_an_address_of_something_else_is_no_link() -> None:
    screen = Screen(width=100, colour=True, links=True)
    shown = drawn(screen, "events", spoiled("javascript:alert(1)"))
    assert "javascript:alert(1)" in shown
    assert "\x1b]8;" not in shown


def test_the_first_screen_shows_two_passed_deadlines_and_counts_the_others() -> None:
    duties = [replace(DUTIES[2], key=str(key)) for key in range(8)]
    given = example((*duties, DUTIES[1]), ())
    shown = drawn(Screen(width=100), "overview", given)
    assert shown.count("passed 115 days ago") == 2
    assert "and 6 more: orderwatch status --passed" in shown


def test_without_anything_to_come_all_that_has_passed_is_shown() -> None:
    duties = [replace(DUTIES[2], key=str(key)) for key in range(8)]
    shown = drawn(Screen(width=100), "overview", example(duties, ()))
    assert shown.count("passed 115 days ago") == 8
    assert "more:" not in shown.split("Orders in force")[0]


def test_one_line_is_enough_for_each_order_in_force() -> None:
    shown = drawn(Screen(width=100), "overview", EXAMPLE)
    section = shown.split("Orders in force")[1].split("\n\n")[0]
    # The rest of the heading, the names of the columns, three orders.
    assert len(section.split("\n")) == 5


def test_a_deadline_after_the_case_was_last_seen_says_so() -> None:
    shown = " ".join(drawn(Screen(width=60), "overview", EXAMPLE).split())
    assert "case last seen pending on 1 June 2024" in shown
    earlier = example(day=date(2024, 6, 1))
    assert "last seen" not in drawn(Screen(width=60), "overview", earlier)


def test_a_long_series_shows_its_last_two_dates_and_counts_the_others() -> None:
    given = example((DUTIES[3],), EVENTS)
    shown = drawn(Screen(width=100), "status", given)
    assert "was due" in shown
    assert "1 earlier date: orderwatch show 902/2023-08-31/2b.1" in shown


def test_next_steps_name_what_is_on_the_screen() -> None:
    shown = drawn(Screen(width=100), "status", EXAMPLE)
    assert "orderwatch explain lighthouse/3" in shown
    assert VIEW.time_zone in shown
