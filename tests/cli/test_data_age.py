"""A register that nobody has reviewed for a year: said kindly, never an error."""

import html
import json
import os
import time
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from orderwatch.model import YEAR
from orderwatch.register import load_register, packaged_path
from orderwatch.render.phrases import STALE
from tests.conftest import Run
from tests.support.commands import documented, result
from tests.support.log_commands import done

COMMANDS = (
    *("status", "status rafah", "status rafah --timeline", "countdown", "show rafah"),
    *("explain rafah/3", "log rafah", "orders", "export markdown"),
)
LAST, STALE_FROM = "2027-11-24", "2027-11-25"
"""The register was reviewed on 23 November 2026; a year has at most 366 days."""


def day_of_the_build() -> date:
    """Give today, or the day that whoever builds an old version again has chosen."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    # The one test for which time goes on.
    return datetime.fromtimestamp(int(epoch) if epoch else time.time(), UTC).date()


def test_the_register_was_reviewed_within_a_year() -> None:
    """Fails when it was not: see "Keep it current" in docs/register.md."""
    reviewed = load_register(packaged_path()).reviewed
    assert day_of_the_build() - reviewed <= YEAR, (
        f"the register was reviewed on {reviewed}: look at what the Court has decided "
        "since, as docs/register.md says, and change `reviewed`"
    )


SEEN = "Court's decisions known to 3 Sep 2026, 31 days ago"
AGED = (*COMMANDS, "find gaza", "deadlines 178", "changes --since 2026-01-01", "show 178", "log")
RECENT, AGED_FROM = "2026-10-03", "2026-10-04"
"""The Court's list was seen to 3 September 2026: 30 days, and one more."""


@pytest.mark.parametrize("style", ["table", "plain", "markdown"])
@pytest.mark.parametrize("line", AGED)
def test_the_first_lines_tell_an_age_beyond_thirty_days(run: Run, line: str, style: str) -> None:
    if "export" not in line:
        if "timeline" in line and style == "markdown":
            style = "table"
        line = f"{line} --format {style}"
    head = result(run, *line.split(), "--as-of", AGED_FROM).splitlines()[:3]
    assert any(SEEN in item for item in head), head
    recent = result(run, *line.split(), "--as-of", RECENT)
    assert "30 days ago" not in recent or line.startswith("status --format table")


@pytest.mark.parametrize("line", [line for line in AGED[:-1] if "export" not in line])
def test_json_has_the_age_in_days(run: Run, line: str) -> None:
    if "timeline" in line:
        return
    argv = (*line.split(), "--format", "json", "--as-of")
    for day, age in ((RECENT, 30), (AGED_FROM, 31), ("2026-08-01", 0)):
        if day < "2026-09" and "changes" in line:
            continue
        assert documented(result(run, *argv, day))["register"]["age_days"] == age


def test_each_page_feed_calendar_and_picture_tells_it(run: Run, tmp_path: Path) -> None:
    for day, is_told in ((AGED_FROM, True), (RECENT, False)):
        folder = tmp_path / day
        done(run, "publish", str(folder), "178", "--as-of", day)
        pages = list(folder.rglob("*.html"))
        assert len(pages) > 5
        for page in pages:
            text = html.unescape(page.read_text("utf-8"))
            assert (SEEN in text.partition("<h1>")[0].rpartition("<main")[2]) is is_told or (
                "embed" in str(page) and (SEEN in text) is is_told
            ), page
        feed = html.unescape((folder / "feed.atom").read_text("utf-8"))
        assert (SEEN in feed.partition("<entry>")[0]) is is_told
        calendar = (folder / "deadlines.ics").read_bytes().replace(b"\r\n ", b"").decode()
        head = calendar.partition("BEGIN:VEVENT")[0].replace("\\,", ",")
        assert (f"DESCRIPTION:{SEEN}." in head) is is_told
        picture = html.unescape((folder / "timeline.svg").read_text("utf-8"))
        assert (f">{SEEN}." in picture) is is_told


def test_a_mail_tells_it_in_its_first_lines(run: Run) -> None:
    argv = ("remind", "178", "--dry-run", "--before", "60", "--as-of")
    out = result(run, *argv, AGED_FROM)
    head = out[out.index("As of ") :].splitlines()[1:3]
    assert SEEN in flat(" ".join(head))
    assert "30 days ago" not in result(run, *argv, RECENT)


@pytest.mark.parametrize(("day", "code"), [("2026-12-02", 0), ("2026-12-03", 3)])
def test_a_monitor_counts_from_the_day_to_which_the_list_was_seen(
    run: Run, day: str, code: int
) -> None:
    found, out, err = run("check", "rafah/1", "--as-of", day)
    assert (found, err) == (code, "")
    assert f"register {90 if code == 0 else 91} days old" in out


def test_a_monitor_says_years_later_why_it_does_not_know(run: Run) -> None:
    code, out, err = run("check", "--as-of", "2030-02-01")
    assert (code, err) == (3, "")
    assert out.startswith("orderwatch UNKNOWN - the register is too old to be reliable")
    assert "register 1247 days old" in out


def flat(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("style", ["table", "plain", "markdown"])
@pytest.mark.parametrize("line", COMMANDS)
def test_every_output_says_that_the_register_is_old(run: Run, line: str, style: str) -> None:
    if "export" not in line:
        if "timeline" in line and style == "markdown":
            style = "table"
        line = f"{line} --format {style}"
    argv = (*line.split(), "--as-of")
    # Markdown breaks no line, a table does.
    assert STALE in flat(result(run, *argv, STALE_FROM))
    assert STALE not in flat(result(run, *argv, LAST))


@pytest.mark.parametrize("line", COMMANDS[:2] + COMMANDS[3:-1])
def test_json_says_so_in_a_field(run: Run, line: str) -> None:
    argv = (*line.split(), "--format", "json", "--as-of")
    assert documented(result(run, *argv, STALE_FROM))["register"]["stale"] is True
    assert documented(result(run, *argv, LAST))["register"]["stale"] is False


def test_the_day_of_the_view_counts_and_not_the_present(run: Run) -> None:
    code, out, _ = run("status", "rafah", today=date(2030, 1, 1))
    assert (code, STALE in flat(out)) == (0, True)
    argv = ("status", "rafah", "--as-of", "2024-06-20")
    code, out, _ = run(*argv, today=date(2030, 1, 1))
    assert (code, STALE in flat(out)) == (0, False)


def test_a_page_a_calendar_and_a_reminder_say_so_too(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "public"
    done(run, "publish", str(folder), "178", "--as-of", STALE_FROM)
    assert STALE in flat((folder / "index.html").read_text("utf-8"))
    assert json.loads((folder / "status.json").read_text())["register"]["stale"] is True
    calendar = (folder / "deadlines.ics").read_bytes().replace(b"\r\n ", b"").decode()
    assert STALE in calendar.replace("\\,", ",")
    argv = ("remind", "178", "--dry-run", "--as-of", "2028-05-20")
    assert STALE in flat(result(run, *argv))


def test_no_command_fails_for_it(run: Run) -> None:
    for line in (*COMMANDS, "register validate", "doctor", "remind"):
        code, _, err = run(*line.split(), today=date(2035, 1, 1))
        assert (code, err) == (0, ""), line


def test_a_monitor_is_told_that_nothing_is_known_of_it(run: Run) -> None:
    code, out, err = run("check", "rafah/1", today=date(2035, 1, 1))
    assert (code, err) == (3, "")
    assert out.startswith("orderwatch UNKNOWN")
