"""What a monitor may rely on in the answers of `check`, whatever it asks."""

import re
from pathlib import Path

import pytest

from orderwatch.cli.commands.check import invokes_check
from tests.conftest import Run

ID = "192/2024-05-24/3"
"""Due on 24 June 2024, with nothing on record."""


def test_the_ranges_of_the_performance_data_mean_what_the_code_says(run: Run) -> None:
    """`8:` alerts below 8, as the guidelines of plug-ins have it."""
    for day in range(10, 25):
        argv = ("check", ID, "--as-of", f"2024-06-{day}", "--warn", "9")
        code, out, _ = run(*argv)
        found = re.search(r"days_left=(\d+);(\d+):;(\d+):", out)
        assert found, out
        left, warn, critical = map(int, found.groups())
        assert code == (2 if left < critical else 1 if left < warn else 0)


def test_a_submission_of_the_public_record_quiets_it(run: Run) -> None:
    """The report on the order of 26 January 2024 is on record by its due date."""
    code, out, _ = run("check", "192/2024-01-26", "--as-of", "2024-02-27")
    assert (code, out.partition(" | ")[0]) == (
        0,
        "orderwatch OK - no upcoming deadline without a submission on record; register 0 days old",
    )


def test_a_case_that_has_ended_quiets_it(run: Run) -> None:
    assert run("check", "150/2013-11-22")[0] == 0


def test_an_address_of_a_log_is_not_repeated_with_its_password(run: Run) -> None:
    code, out, err = run("--log", "mysql://user:secret@host/log", "check")
    assert (code, err) == (3, "")
    assert "secret" not in out


def test_a_file_that_is_no_log_is_unknown(run: Run, tmp_path: Path) -> None:
    other = tmp_path / "a|b.log"
    other.write_bytes(b"no log" * 1000)
    code, out, err = run("--log", str(other), "check")
    assert (code, err) == (3, "")
    assert re.fullmatch(r"orderwatch UNKNOWN - [^|\n]+\n", out)


def test_it_writes_nothing(run: Run, sealed: Path) -> None:
    assert run("check", ID)[0] == 0
    assert list(sealed.rglob("*")) == []


@pytest.mark.parametrize(
    ("line", "asked"),
    [
        ("check", True),
        ("--log x check", True),
        ("--log=x --version check", True),
        ("--log check status", False),
        ("show check", False),
        ("--log", False),
        ("", False),
    ],
)
def test_only_the_command_check_answers_so(line: str, *, asked: bool) -> None:
    assert invokes_check(line.split()) is asked
