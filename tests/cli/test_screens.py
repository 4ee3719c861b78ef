"""The overview and one order, as each kind of terminal shows them."""

from datetime import timedelta

import pytest

from orderwatch.model import Register
from orderwatch.render.terminal import Screen
from orderwatch.snapshot import open_snapshot
from tests.conftest import Golden, Run
from tests.support.commands import result

DAY = "2026-11-29"
WIDTHS = (60, 80, 100, 200)
SCREENS = {
    "overview": ("status",),
    "order": ("status", "rafah"),
    "order-modified": ("status", "gaza-march"),
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
