"""The overview and one order, as each kind of terminal shows them."""

import re
from datetime import timedelta

import pytest

from orderwatch.model import Register
from orderwatch.render.terminal import Screen
from orderwatch.snapshot import open_snapshot
from tests.conftest import Golden, Run
from tests.support.commands import documented, result

DAY = "2026-11-29"
WIDTHS = (60, 80, 100, 200)
SCREENS = {
    "overview": ("status",),
    "order": ("status", "rafah"),
    "order-modified": ("status", "gaza-march"),
    "find": ("find", "nuclear"),
    "series": ("status", "myanmar/4"),
}
LINES = 24
"""Of the smallest terminal; a prompt takes one."""
FIRST_YEAR = 2011


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("screen", SCREENS)
def test_a_screen_at_each_width(
    run: Run, golden: Golden, monkeypatch: pytest.MonkeyPatch, screen: str, width: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("TERM", "xterm-256color")
    for name, variable in (("dark-or-light", "FORCE_COLOR"), ("no-colour", "NO_COLOR")):
        # No style depends on the background: dark and light get the same bytes.
        with monkeypatch.context() as patch:
            patch.setenv(variable, "1")
            code, out, err = run(*SCREENS[screen], "--as-of", DAY, tty=True)
        assert (code, err) == (0, "")
        assert ("\x1b[" in out) is (variable == "FORCE_COLOR")
        golden(f"screens/{screen}.{width}.{name}.txt", out)


@pytest.mark.parametrize("screen", SCREENS)
def test_a_screen_reader_gets_fields(
    run: Run, golden: Golden, monkeypatch: pytest.MonkeyPatch, screen: str
) -> None:
    monkeypatch.setenv("ORDERWATCH_FORMAT", "plain")
    code, out, err = run(*SCREENS[screen], "--as-of", DAY, tty=True)
    assert (code, err) == (0, "")
    assert out == result(run, *SCREENS[screen], "--as-of", DAY)
    golden(f"screens/{screen}.screen-reader.txt", out)


def test_the_first_line_has_the_day_and_the_age(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for width in (80, 100, 200):
        monkeypatch.setenv("COLUMNS", str(width))
        first = result(run, "status", "--format", "table", "--as-of", DAY).splitlines()[0]
        assert "29 Nov" in first
        assert first.endswith("Court's decisions known to 3 Sep 2026, 87 days ago")


def test_the_overview_of_any_day_needs_no_scrolling(register: Register) -> None:
    with open_snapshot(as_of=register.reviewed) as snapshot:
        due = {row["due"] for row in snapshot.deadlines()}
    # The eve of each deadline: most of them are to come, and most have passed.
    eves = sorted(day - timedelta(days=1) for day in due if day.year >= FIRST_YEAR)
    for day in eves:
        with open_snapshot(as_of=day) as snapshot:
            view, statuses = snapshot.view, snapshot.statuses()
        for width in (80, 100, 200):
            lines = Screen(width=width).status(view, statuses, overview=True).splitlines()
            assert len(lines) < LINES, day
            assert max(map(len, lines)) <= width


@pytest.mark.parametrize("name", ["rafah/1", "rafah/2a", "rafah/2b", "rafah/2c", "rafah/3"])
def test_status_and_show_agree_on_an_obligation(
    run: Run, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("COLUMNS", "200")  # no line breaks in a label
    day = ("--as-of", DAY)
    found = documented(result(run, "status", name, *day, "--format", "json"))
    [obligation] = found["obligations"]
    count = obligation["events"]
    shown = result(run, "show", name, *day, "--format", "table")
    assert f"ON RECORD  {count} event{'' if count == 1 else 's'}\n" in shown
    assert f"events on record  {count}\n" in shown
    screen = result(run, "status", name, *day, "--format", "table")
    assert ("no filing known" in screen) is ("no filing known" in shown)
    assert obligation["label"] in " ".join(screen.split())
    assert obligation["label"] in " ".join(shown.split())


def test_nothing_due_is_said_with_the_next_date(run: Run) -> None:
    argv = ("status", "--due-within", "30", "--as-of", DAY, "--format")
    sentence = (
        "Nothing is due within 30 days. Next: Sunday 23 May 2027, in 175 days (Myanmar: Report to "
        "the Court, myanmar/4)."
    )
    for style in ("table", "plain", "markdown"):
        assert sentence in " ".join(result(run, *argv, style).split())
    assert documented(result(run, *argv, "json"))["obligations"] == []
    none = result(run, "status", "192", "--due-within", "1", "--as-of", DAY, "--format", "plain")
    assert "Nothing is due within 1 day. No later date is known." in none


def days_of(run: Run, *argv: str, tty: bool = False) -> list[str]:
    """List the days of the events that a table shows, top first."""
    code, out, err = run("log", *argv, tty=tty)
    assert (code, err) == (0, "")
    bare = re.sub(r"\x1b\[[0-9;]*m", "", out)
    return re.findall(r"^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (\d+ \w+ \d+) ", bare, re.MULTILINE)


def test_events_are_newest_first_and_twenty_on_a_terminal(run: Run) -> None:
    table = ("--format", "table")
    every = days_of(run, *table)
    assert len(every) > 20
    assert days_of(run, tty=True) == every[:20]
    assert days_of(run, "--oldest-first", tty=True) == every[::-1][:20]
    assert days_of(run, "-n", "3", *table) == every[:3]
    assert days_of(run, "-n", "3", "--oldest-first", *table) == every[::-1][:3]
    foot = run("log", tty=True)[1].splitlines()[-1]
    assert foot.startswith(f"20 of {len(every)} ")
    dates = [event["on"] for event in documented(result(run, "log", "--json"))["events"]]
    assert (len(dates), dates) == (len(every), sorted(dates))


def test_orders_in_force_come_first_and_the_newest(run: Run) -> None:
    found = documented(result(run, "orders", "--json"))["orders"]
    expected = sorted(found, key=lambda order: (order["in_force"], order["date"]), reverse=True)
    ids = re.findall(r"^id: (.*)$", result(run, "orders"), re.MULTILINE)
    assert [order["date"] for order in expected] == [id_.split("/")[1][:10] for id_ in ids]
    oldest = re.findall(r"^id: (.*)$", result(run, "orders", "--oldest-first"), re.MULTILINE)
    assert oldest == [order["id"] for order in found]
    out = run("orders", tty=True)[1]
    assert len(out.splitlines()) == 22
    assert out.splitlines()[-1].startswith(f"20 of {len(found)} ")


def test_of_a_series_the_last_date_and_the_next_are_explained(run: Run) -> None:
    argv = ("explain", "178/2020-01-23/4", "--as-of", DAY, "--format")
    for style in ("table", "plain", "markdown"):
        short, whole = result(run, *argv, style), result(run, *argv, style, "--all")
        for day, in_short in (("23 May 2026", False), ("23 November 2026", True)):
            words = f"from then is {'Saturday' if not in_short else 'Monday'} {day}"
            assert (words in " ".join(short.split())) is in_short
            assert words in " ".join(whole.split())
        assert "13 more dates: --all" in short
        assert "more dates" not in whole
    assert len(documented(result(run, *argv, "json"))["deadlines"]) == 15


def test_a_timeline_draws_what_was_named(run: Run) -> None:
    def plain(*argv: str) -> str:
        return result(run, "status", *argv, "--timeline", "--as-of", DAY, "--format", "plain")

    assert plain("rafah/3").count("what: Order\n") == 1
    assert plain("rafah").count("what: Due date\n") == 1
    assert plain("192").count("what: Order\n") == 3
    assert plain("192").count("what: Due date\n") == 3
