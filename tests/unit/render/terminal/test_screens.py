"""The terminal: any width, any background, nothing that acts."""

import re
from datetime import date

import pyte
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from orderwatch.frozen import replace
from orderwatch.model import TreeHead, Votes
from orderwatch.render import plain
from orderwatch.render.phrases import compact_day
from orderwatch.render.terminal import Screen
from tests.support.acting_text import hostile
from tests.support.render_examples import DUTIES, EVENTS, VIEW, example, spoiled
from tests.support.render_outputs import COMMANDS, RENDERERS, drawn

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
@pytest.mark.parametrize("command", ["overview", "status", "show", "countdown", "events"])
def test_no_word_is_cut_at_any_width(width: int, command: str) -> None:
    shown = drawn(Screen(width=width), command, EXAMPLE)
    assert "…" not in shown
    longest = max((EVENTS[0] if command == "events" else DUTIES[1]).summary.split(), key=len)
    if command in {"show", "events"}:
        assert longest in shown


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
    first = "ICJ · Thu 20 Jun 2024" if command == "overview" else "As of Thu 20 Jun 2024"
    assert lines.startswith(first)
    # What a terminal displays is what we wrote, less the styles.
    assert lines == bare(shown).rstrip()


@pytest.mark.parametrize("command", COMMANDS)
def test_colour_says_nothing_that_words_do_not_say(command: str) -> None:
    bare_text = drawn(Screen(width=100), command, EXAMPLE)
    bright = drawn(Screen(width=100, colour=True), command, EXAMPLE)
    assert "\x1b" not in bare_text
    assert bare(bright) == bare_text


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
    assert shown.count("115 days ago") == 2
    assert "6 more: orderwatch deadlines --passed" in shown


def test_without_anything_to_come_five_that_have_passed_are_shown() -> None:
    duties = [replace(DUTIES[2], key=str(key)) for key in range(8)]
    shown = drawn(Screen(width=100), "overview", example(duties, ()))
    assert shown.count("115 days ago") == 5
    assert "3 more: orderwatch deadlines --passed" in shown


def test_the_caveat_is_on_a_screen_with_a_report_not_known_to_be_filed_and_on_no_other() -> None:
    caveat = "* No filing known does not mean that none was made"
    unfiled = example((DUTIES[2],), ())
    filed = example((DUTIES[2],), EVENTS)
    upcoming = example((DUTIES[1],), ())
    for command in ("overview", "status"):
        assert "no filing known*" in drawn(Screen(width=100), command, unfiled)
        assert caveat in drawn(Screen(width=100), command, unfiled)
        for record in (filed, upcoming):
            assert "*" not in drawn(Screen(width=100), command, record)


def test_what_is_no_report_says_that_nothing_is_on_record() -> None:
    shown = drawn(Screen(width=100), "status", example((DUTIES[5],), ()))
    assert "nothing on record" in shown
    assert "no filing" not in shown


def test_a_deadline_after_the_case_was_last_seen_says_so() -> None:
    shown = " ".join(drawn(Screen(width=60), "overview", EXAMPLE).split())
    assert "pending on 1 June 2024 (latest information)" in shown
    earlier = example(day=date(2024, 6, 1))
    assert "latest information" not in drawn(Screen(width=60), "overview", earlier)


def test_a_series_shows_its_next_and_its_last_date() -> None:
    shown = " ".join(drawn(Screen(width=130), "status", example((DUTIES[3],), EVENTS)).split())
    assert "Sun 30 Jun 2024 in 10 days" in shown
    assert "29 Feb 2024: no filing known*" in shown


def test_an_order_names_addressee_and_vote_once_or_for_each_point() -> None:
    same = drawn(Screen(width=100), "status", example(DUTIES[:2]))
    assert "To Atlantis; each 13 to 2 (against: Alpha, Beta (ad hoc))" in same
    other = replace(DUTIES[1], addressees=("Ruritania",), votes=Votes(unanimous=True))
    shown = " ".join(drawn(Screen(width=200), "status", example((DUTIES[0], other))).split())
    assert "To Atlantis (2a); Ruritania (3); 13 to 2 (against: Alpha, Beta (ad hoc)) on 2a" in shown
    assert "unanimous on 3" in shown


def test_an_order_says_what_it_modifies_and_never_the_bare_word() -> None:
    for command in ("status", "show", "orders", "overview"):
        for width in (60, 100, 200):
            shown = drawn(Screen(width=width), command, EXAMPLE)
            assert not re.search(r"\bmodified\b", shown)
    shown = drawn(Screen(width=100), "status", EXAMPLE)
    assert "Modifies the order of 26 January 2024; reaffirms the order of 26 January 2024" in shown


def test_one_obligation_has_its_summary_and_several_have_their_labels() -> None:
    assert DUTIES[1].summary in drawn(Screen(width=100), "status", example((DUTIES[1],)))
    assert DUTIES[1].summary not in drawn(Screen(width=100), "status", EXAMPLE)
    full = Screen(width=100).status(VIEW, EXAMPLE.statuses, overview=False, full=True)
    assert DUTIES[1].summary in full
    assert "Quoted in full." in full


def test_the_log_is_on_a_screen_only_when_it_has_entries() -> None:
    empty = replace(VIEW, log=TreeHead(size=0, root=bytes(32), origin="example.org/log"))
    for view, expected in ((VIEW, True), (empty, False)):
        shown = Screen(width=100).status(view, EXAMPLE.statuses, overview=False)
        assert ("Log: 2 entries, root " in shown) is expected
        assert ("log root: " in plain.status(view, EXAMPLE.statuses, overview=False)) is expected


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("output", ["plain", "markdown", "narrow", "table"])
def test_the_age_is_on_each_output_beyond_30_days(command: str, output: str) -> None:
    words = "decisions known to 3 Jun 2024, 3{} days ago"
    for day, expected in ((date(2024, 7, 3), False), (date(2024, 7, 4), True)):
        record = replace(EXAMPLE, view=replace(VIEW, as_of=day))
        shown = " ".join(drawn(RENDERERS[output], command, record).split())
        if command != "overview" or output in {"plain", "markdown"}:
            assert (words.format(1) in shown) is expected
        else:
            assert words.format(1 if expected else 0) in shown


@pytest.mark.parametrize(
    "command", ["overview", "status", "countdown", "show", "explain", "events"]
)
@pytest.mark.parametrize("output", ["plain", "markdown", "narrow", "table", "bright"])
def test_summaries_are_marked_as_ours(command: str, output: str) -> None:
    shown = drawn(RENDERERS[output], command, EXAMPLE)
    assert "our summary, not the Court's words" in " ".join(shown.split())


def test_a_style_ends_with_its_text() -> None:
    shown = drawn(Screen(width=100, colour=True), "overview", EXAMPLE)
    assert "lighthouse/3\x1b[0m" in shown
    assert not re.search(r" \x1b\[0m", shown)


def test_the_foot_is_one_line_that_fits() -> None:
    for width in range(40, 140):
        last = drawn(Screen(width=width), "status", EXAMPLE).splitlines()[-1]
        assert "orderwatch cite lighthouse/3" in last
        assert len(last) <= width


def test_a_source_is_a_numbered_note_or_in_full() -> None:
    screen = Screen(width=100)
    shown = screen.show(VIEW, EXAMPLE.case_file)
    assert shown.count("https://example.org/clause") == 1
    assert "[1] https://example.org/clause\n" in shown
    full = screen.show(VIEW, EXAMPLE.case_file, sources=True)
    assert "https://example.org/clause (seen in a verbatim copy or a translation)" in full
    assert "[1]" not in full


def test_a_limited_list_says_how_many_there_are() -> None:
    screen = Screen(width=100)
    assert screen.events(VIEW, EVENTS[:2], total=389).splitlines()[-1].startswith("2 of 389")
    assert " of " not in screen.events(VIEW, EVENTS, total=len(EVENTS)).splitlines()[-1]


@pytest.mark.parametrize("width", [40, 60, 80, 100, 200])
def test_each_order_has_one_line(width: int) -> None:
    shown = drawn(Screen(width=width), "orders", EXAMPLE).splitlines()
    for order in EXAMPLE.orders:
        days = [line for line in shown if line.startswith(f"{compact_day(order.made)} ")]
        assert len(days) == 1
