"""`check` answers a monitor: one line, a code, performance data."""

import re
from pathlib import Path

import pytest

from tests.conftest import Run

ID = "192/2024-05-24/3"
LINE = re.compile(
    r"orderwatch (OK|WARNING|CRITICAL) - [^|\n]+ \| days_left=(-?\d+|U);\d+:;\d+: "
    r"passed=\d+;;0;0 upcoming=\d+;;;0\n"
)


@pytest.mark.parametrize(
    ("day", "code", "begins"),
    [
        ("2024-06-10", 0, "OK - next deadline in 14 days"),
        ("2024-06-16", 0, "OK - next deadline in 8 days"),
        ("2024-06-17", 1, f"WARNING - {ID}: 7 days left, nothing recorded"),
        ("2024-06-22", 1, f"WARNING - {ID}: 2 days left, nothing recorded"),
        ("2024-06-23", 2, f"CRITICAL - {ID}: 1 day left, nothing recorded"),
        ("2024-06-24", 2, f"CRITICAL - {ID}: due today, nothing recorded"),
        ("2024-06-25", 2, f"CRITICAL - {ID}: passed 1 day ago, nothing recorded"),
    ],
)
def test_the_state_follows_the_days_left(run: Run, day: str, code: int, begins: str) -> None:
    found, out, err = run("check", ID, "--as-of", day)
    assert (found, err) == (code, "")
    assert out.startswith(f"orderwatch {begins}")
    assert LINE.fullmatch(out)


def test_the_thresholds_can_be_chosen(run: Run) -> None:
    argv = ("check", ID, "--as-of", "2024-06-10")
    assert run(*argv, "--warn", "14")[0] == 1
    assert run(*argv, "--warn", "20", "--critical", "14")[0] == 2
    assert "days_left=14;21:;15:" in run(*argv, "--warn", "20", "--critical", "14")[1]


def test_a_series_is_judged_by_its_last_and_its_next(run: Run) -> None:
    code, out, _ = run("check", "178/2020-01-23/4", "--as-of", "2024-05-01")
    assert code == 2
    assert "passed 160 days ago" in out
    assert "passed=1;" in out


def test_what_has_no_date_is_all_right(run: Run) -> None:
    code, out, _ = run("check", "192/2024-05-24/2a")
    assert code == 0
    assert "days_left=U" in out


def test_a_submission_on_record_ends_the_alarm(run: Run) -> None:
    run("init")
    argv = (
        *("log", "add", ID, "--kind", "submission", "--on", "2024-06-24"),
        *("--speaker", "Israel", "--role", "party", "--summary", "Has reported."),
        *("--source", "https://example.org/report"),
    )
    assert run(*argv)[0] == 0
    assert run("check", ID, "--as-of", "2024-06-23")[0] == 2
    code, out, _ = run("check", ID, "--as-of", "2024-06-25")
    assert code == 0
    assert "no deadline to come without a submission on record" in out


@pytest.mark.parametrize(
    "argv",
    [
        ("check", "--bogus"),
        ("check", "--warn", "x"),
        ("check", "--warn", "-1"),
        ("check", "--warn", "1", "--critical", "2"),
        ("check", "nonsense"),
        ("check", "a|b"),
        ("check", "--as-of", "yesterday"),
        ("--log", "/no/such", "check"),
        ("--orders", "/no/such", "check"),
        ("--config", "/no/such", "check"),
        ("--bogus", "check"),
    ],
)
def test_what_cannot_be_answered_is_unknown(run: Run, argv: tuple[str, ...]) -> None:
    code, out, _ = run(*argv)
    assert code == 3
    assert out.startswith("orderwatch UNKNOWN - ")
    assert out.count("\n") == 1
    assert "|" not in out


def test_a_register_that_cannot_be_read_is_unknown(run: Run, tmp_path: Path) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text("x = 1\ny = 2\n")
    code, out, _ = run("--orders", str(bad), "check")
    assert code == 3
    assert out.count("\n") == 1


def test_other_commands_keep_their_codes(run: Run) -> None:
    assert run("--config", "/no/such", "status", "check")[0] == 2
