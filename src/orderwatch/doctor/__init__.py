"""Checks of the installation, its data and its surroundings; they change nothing."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from orderwatch.errors import OrderwatchError, UsageError
from orderwatch.frozen import Frozen
from orderwatch.settings import Settings

if TYPE_CHECKING:
    from orderwatch.doctor.environment import Terminal


_CODES_BY_SEVERITY = (4, 3, 2, 5)
"""Exit codes of problems, the worst first: a lost log cannot be replaced."""


class State(StrEnum):
    """State of a check."""

    OK = "ok"
    NOTE = "note"
    """No problem, but worth a remark."""
    PROBLEM = "problem"


class CheckResult(Frozen):
    """Result of one check: its name, state, message and advice."""

    name: str
    state: State
    message: str
    advice: str | None = None
    code: int = 0
    """The exit code of commands that fail because of this problem."""


def ok(name: str, message: str) -> CheckResult:
    """Return the result of a check that passed."""
    return CheckResult(name=name, state=State.OK, message=message)


def note(name: str, message: str, advice: str | None = None) -> CheckResult:
    """Return a result with a remark."""
    return CheckResult(name=name, state=State.NOTE, message=message, advice=advice)


def problem(name: str, message: str, code: int, advice: str | None = None) -> CheckResult:
    """Return a result with a problem."""
    return CheckResult(name=name, state=State.PROBLEM, message=message, advice=advice, code=code)


def exit_code(results: Iterable[CheckResult]) -> int:
    """Return the exit code of the worst problem, or 0 without one."""
    codes = {result.code for result in results}
    return next((code for code in _CODES_BY_SEVERITY if code in codes), 0)


def run_checks(
    settings: Settings,
    error: UsageError | None,
    terminal: "Terminal",
    now: datetime,
    today: Callable[[str], date],
) -> Iterator[CheckResult]:
    """Run the checks in order of dependency; `error` is of the config file."""
    from orderwatch.doctor import data, delivery, environment

    register = data.read_register(settings)
    reviewed = None if isinstance(register, OrderwatchError) else register.reviewed
    yield environment.check_program()
    yield environment.check_python()
    zones = ("UTC",) if isinstance(register, OrderwatchError) else register.time_zones
    days = {zone: today(zone) for zone in zones}
    for zone, day in days.items():
        yield environment.check_time_zone(zone, day)
    yield environment.check_clock(now, reviewed)
    yield from environment.check_terminal(terminal)
    yield data.check_config(settings, error)
    yield from data.check_folders(settings)
    yield data.check_register(settings, register, max(days.values()))
    yield from data.check_follow(settings, register)
    yield from data.check_log(settings, now)
    yield from environment.check_extras(settings)
    yield delivery.check_mail(settings)
    yield from delivery.check_schedulers(settings)
