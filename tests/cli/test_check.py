"""`check` answers a monitor: one line, a code, performance data."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.conftest import Run

ID = "192/2024-05-24/3"
MYANMAR = "178/2020-01-23/4"
LINE = re.compile(
    r"orderwatch (OK|WARNING|CRITICAL) - [^|\n]+ \| days_left=(-?\d+|U);\d+:;\d+: "
    r"passed=\d+;;;0 upcoming=\d+;;;0 register_age=\d+;;;0\n"
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
        ("2024-06-25", 1, f"WARNING - {ID}: passed 1 day ago, nothing recorded"),
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
    assert code == 0
    assert "next deadline in 22 days" in out
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
    assert "no upcoming deadline without a submission on record" in out


@pytest.mark.parametrize(
    "argv",
    [
        ("check", "--bogus"),
        ("check", "--warn", "x"),
        ("check", "--warn", "-1"),
        ("check", "--warn", "1", "--critical", "2"),
        ("check", "nonsense"),
        ("check", "a|b"),
        ("check", "--as-of", "then"),
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


@pytest.mark.slow
def test_a_replay_of_two_years_is_critical_on_few_days() -> None:
    from orderwatch.monitor import CRITICAL, Thresholds, plugin_result
    from orderwatch.settings import load
    from orderwatch.snapshot import Snapshot

    critical: dict[int, int] = {}
    settings = load({}, {})
    register = Snapshot(settings).register
    for number in range((date(2025, 12, 31) - date(2024, 1, 1)).days + 1):
        snapshot = Snapshot(settings, as_of=date(2024, 1, 1) + timedelta(number))
        snapshot.register = register
        code, _ = plugin_result(snapshot.view, snapshot.statuses_within(7), Thresholds())
        critical[snapshot.as_of.year] = critical.get(snapshot.as_of.year, 0) + (code == CRITICAL)
    assert len(critical) == 2
    assert max(critical.values()) <= 15
    assert sum(critical.values()) > 0


def test_thirty_days_after_a_date_the_alarm_is_over(run: Run) -> None:
    argv = ("check", ID, "--max-register-age", "9999", "--as-of")
    assert run(*argv, "2024-07-24")[0] == 1
    code, out, _ = run(*argv, "2024-07-25")
    assert code == 0
    assert "passed=1;" in out
    assert run(*argv, "2024-07-25", "--forget", "31")[0] == 1
    assert run(*argv, "2024-06-25", "--forget", "0")[0] == 0


def test_an_old_register_is_unknown_and_weaker_than_an_alarm(run: Run) -> None:
    code, out, _ = run("check", ID, "--as-of", "2027-06-01")
    assert code == 3
    assert "too old to be reliable" in out
    assert "register 271 days old" in out
    assert run("check", MYANMAR, "--as-of", "2027-05-23")[0] == 2
    assert run("check", MYANMAR, "--as-of", "2027-05-17")[0] == 1


def test_a_date_that_is_acknowledged_is_silent(run: Run, sealed: Path) -> None:
    argv = ("check", ID, "--as-of", "2024-06-24")
    assert run(*argv)[0] == 2
    assert run(*argv, "--ack", "RAFAH/3@2024-06-24")[0] == 0
    for wrong in ("rafah/3", "rafah/3@2024-06-25", "nowhere@2024-06-24"):
        assert run(*argv, "--ack", wrong)[0] == 3
    folder = sealed / "config" / "orderwatch"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text('acknowledged = ["rafah/3@2024-06-24"]\n')
    assert run(*argv)[0] == 0
    (folder / "config.toml").write_text('acknowledged = ["rafah/3"]\n')
    assert run(*argv)[0] == 3


def test_no_days_before_is_the_day_itself(run: Run) -> None:
    argv = ("check", ID, "--critical", "0", "--warn", "0", "--as-of")
    assert [run(*argv, f"2024-06-{day}")[0] for day in (23, 24, 25)] == [0, 2, 1]


def test_it_warns_when_remind_has_not_run(run: Run) -> None:
    argv = ("check", "rafah/1", "--reminders", "2")
    code, out, _ = run(*argv)
    assert code == 1
    assert out.startswith("orderwatch WARNING - ")
    assert "remind has never run" in out
    assert run("check", "rafah/1")[0] == 0
    # A run with nothing due counts; a dry run does not.
    run("remind", "rafah/1", "--dry-run")
    assert run(*argv)[0] == 1
    assert run("remind", "rafah/1") == (0, "", "")
    assert run(*argv)[0] == 0
    assert run(*argv, "--as-of", "2026-11-25")[0] == 0
    code, out, _ = run(*argv, "--as-of", "2026-11-26")
    assert code == 1
    assert "; remind last ran 3 days ago; register" in out


def test_critical_is_stronger_than_a_remind_that_never_ran(run: Run) -> None:
    argv = ("check", "rafah/3", "--reminders", "0", "--as-of", "2024-06-24")
    code, out, _ = run(*argv)
    assert code == 2
    assert "nothing recorded; remind has never run" in out
    assert run("check", "--reminders", "-1")[0] == 3
