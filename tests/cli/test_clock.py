"""Wrong clocks, long and short nights, and the ends of the calendar."""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from orderwatch import clock
from tests.conftest import Run
from tests.support.log_commands import NOTE, adding, printed

ZONES = ("Pacific/Kiritimati", "Pacific/Honolulu", "Europe/Amsterdam", "UTC")

At = Callable[..., None]
"""Set the clock of the machine to an instant in UTC, and its zone."""

NIGHTS = [
    # a second of the clock in UTC | the day at the seat of the Court
    ("2026-11-24T22:59:59", "2026-11-24"),
    ("2026-11-24T23:00:00", "2026-11-25"),
    # The night in which the clocks go forward, and its day of 23 hours.
    ("2026-03-28T22:59:59", "2026-03-28"),
    ("2026-03-28T23:00:00", "2026-03-29"),
    ("2026-03-29T00:59:59", "2026-03-29"),
    ("2026-03-29T01:00:00", "2026-03-29"),
    ("2026-03-29T21:59:59", "2026-03-29"),
    ("2026-03-29T22:00:00", "2026-03-30"),
    # The night in which they go back, and its day of 25.
    ("2026-10-24T21:59:59", "2026-10-24"),
    ("2026-10-24T22:00:00", "2026-10-25"),
    ("2026-10-25T00:30:00", "2026-10-25"),
    ("2026-10-25T01:30:00", "2026-10-25"),
    ("2026-10-25T22:59:59", "2026-10-25"),
    ("2026-10-25T23:00:00", "2026-10-26"),
    # The leap day, and the turn of a year.
    ("2028-02-28T23:00:00", "2028-02-29"),
    ("2028-02-29T22:59:59", "2028-02-29"),
    ("2028-02-29T23:00:00", "2028-03-01"),
    ("2026-12-31T22:59:59", "2026-12-31"),
    ("2026-12-31T23:00:00", "2027-01-01"),
]


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> At:
    """Give what sets the clock."""

    def set_to(instant: str, zone: str = "UTC") -> None:
        now = datetime.fromisoformat(instant).replace(tzinfo=UTC)
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        monkeypatch.setattr(clock, "now", lambda: now)

    return set_to


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(("instant", "day"), NIGHTS)
def test_today_is_that_of_the_court_wherever_the_machine_stands(
    at: At,
    instant: str,
    day: str,
    zone: str,
) -> None:
    at(instant, zone)
    assert str(clock.today("Europe/Amsterdam")) == day


@pytest.mark.parametrize("zone", ZONES[:2])
def test_a_whole_command_says_the_day_of_the_court(
    run: Run,
    at: At,
    zone: str,
) -> None:
    # In Kiritimati it is the 25th by then, in Honolulu the 24th for ten hours more.
    at("2024-06-24T21:59:00", zone)
    _, out, _ = run("status", "rafah/3", today=None)
    assert "as of: 2024-06-24 (Monday" in out
    assert "due today" in out
    at("2024-06-24T22:00:00", zone)
    _, out, _ = run("status", "rafah/3", today=None)
    assert "as of: 2024-06-25 (Tuesday" in out
    assert "passed 1 day ago" in out


@pytest.mark.parametrize("zone", ZONES[:2])
@pytest.mark.parametrize(("instant", "day"), NIGHTS[3:15:3])
def test_what_was_recorded_in_a_night_was_known_on_the_day_of_the_court(
    run: Run,
    at: At,
    instant: str,
    day: str,
    zone: str,
) -> None:
    at(instant, zone)
    code, _, err = run(*adding("rafah", base=NOTE), today=None)
    assert (code, err) == (0, "")
    before = date.fromisoformat(day) - timedelta(days=1)
    known = ("log", "--origin", "log", "--format", "csv", "--known-on")
    assert len(run(*known, day, today=None)[1].splitlines()) == 2
    assert len(run(*known, str(before), today=None)[1].splitlines()) == 1


def test_a_clock_that_was_set_back_changes_no_order_and_loses_nothing(
    run: Run,
    at: At,
) -> None:
    at("2026-11-24T12:00:00")
    run(*adding("rafah", base=NOTE), today=None)
    at("2026-11-20T12:00:00")
    code, out, err = run(*adding("rafah", base=NOTE), today=None)
    assert (code, "Entry 2 is recorded" in out) == (0, True)
    assert "entry 1 was recorded at 2026-11-24 12:00 UTC" in err
    assert "the clock of this machine shows 2026-11-20 12:00 UTC" in err
    # It is said of the newest entry, once it matters, and not of every older one.
    assert run(*adding("rafah", base=NOTE), today=None)[2] == ""
    assert run("log", "verify", today=None)[0] == 0
    found = [printed(run, "log", "show", str(number)) for number in (1, 2, 3)]
    assert [one["seq"] for one in found] == [1, 2, 3]
    assert len({one["id"] for one in found}) == 3
    for one in found:
        assert printed(run, "log", "show", one["id"])["seq"] == one["seq"]


def test_a_retraction_by_a_clock_that_was_set_back_still_retracts(
    run: Run,
    at: At,
) -> None:
    at("2026-11-24T12:00:00")
    run(*adding("rafah", base=NOTE), today=None)
    at("1999-12-31T12:00:00")
    assert run("log", "retract", "1", "--why", "wrong", today=None)[0] == 0
    at("2026-11-24T12:00:00")
    listed = ("log", "--origin", "log", "--format", "csv")
    for more in ((), ("--known-on", "2026-11-24"), ("--known-on", "2026-11-23")):
        assert len(run(*listed, *more, today=None)[1].splitlines()) == 1


def test_entries_from_the_future_are_taken_shown_and_named(
    run: Run,
    at: At,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    at("2031-01-01T12:00:00")
    run(*adding("rafah", base=NOTE), today=None)
    partner = tmp_path_factory.mktemp("partner") / "log.jsonl"
    assert run("log", "export", "--output", str(partner))[0] == 0
    monkeypatch.setenv("XDG_DATA_HOME", str(partner.parent))
    at("2026-11-24T12:00:00")
    assert run("log", "import", str(partner), today=None)[0] == 0
    code, out, err = run("log", "verify", today=None)
    assert (code, "Everything matches" in out) == (0, True)
    assert "entry 1 was recorded at 2031-01-01 12:00 UTC" in err
    listed = ("log", "--origin", "log", "--format", "csv")
    assert len(run(*listed, today=None)[1].splitlines()) == 2
    assert len(run(*listed, "--known-on", "2026-11-24", today=None)[1].splitlines()) == 1


def test_clocks_that_differ_by_minutes_are_no_matter(
    run: Run,
    at: At,
) -> None:
    at("2026-11-24T12:05:00")
    run(*adding("rafah", base=NOTE), today=None)
    at("2026-11-24T12:00:00")
    assert run(*adding("rafah", base=NOTE), today=None)[2] == ""
    assert run("log", "verify", today=None)[2] == ""


COMMANDS = [
    ("status",),
    ("status", "--all", "--format", "json"),
    ("status", "178", "--timeline"),
    ("status", "178", "--due-within", "36500"),
    ("countdown", "178"),
    ("explain", "178/2020-01-23/4"),
    ("orders", "--format", "csv"),
    ("log", "--history"),
    ("remind", "178", "--dry-run"),
]


@pytest.mark.slow
@pytest.mark.parametrize("day", ["0001-01-01", "2024-02-29", "9999-12-31"])
@pytest.mark.parametrize("argv", COMMANDS, ids=" ".join)
def test_every_command_works_at_the_ends_of_the_calendar(
    run: Run, argv: tuple[str, ...], day: str
) -> None:
    run(*adding("rafah", base=NOTE))
    for more in ((), ("--known-on", day)):
        if more and argv[0] not in {"status", "countdown", "log"}:
            continue
        code, _, err = run(*argv, "--as-of", day, *more)
        early = argv[0] == "explain" and day < "2020"
        assert (code, err == "") == ((2, False) if early else (0, True))


def test_an_event_can_be_of_a_leap_day_and_of_the_first_day_there_is(run: Run) -> None:
    for day in ("2024-02-29", "0001-01-01"):
        assert run(*adding("rafah", base=NOTE, on=day))[0] == 0
    assert run(*adding("rafah", base=NOTE, on="2023-02-29"))[0] == 2
    _, out, _ = run("log", "--origin", "log", "--format", "csv", "--until", "2024-02-29")
    assert len(out.splitlines()) == 3
