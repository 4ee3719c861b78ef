"""Checks of the installation, its data and its surroundings; they change nothing."""

from enum import StrEnum

from orderwatch.frozen import Frozen


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
