"""A register that nobody has reviewed for a year: said kindly, never an error."""

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
