"""Result of one doctor check."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """State of a check."""

    OK = "ok"
    NOTE = "note"
    """No problem, but worth a remark."""
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Result of one check: its name, state, message and advice."""

    check: str
    state: State
    says: str
    advice: str | None = None
    code: int = 0
    """The exit code of commands that fail because of this problem."""


def ok(name: str, message: str) -> Finding:
    """Return the result of a check that passed."""
    return Finding(check=name, state=State.OK, says=message)


def note(name: str, message: str, advice: str | None = None) -> Finding:
    """Return a result with a remark."""
    return Finding(check=name, state=State.NOTE, says=message, advice=advice)


def problem(name: str, message: str, code: int, advice: str | None = None) -> Finding:
    """Return a result with a problem."""
    return Finding(
        check=name, state=State.PROBLEM, says=message, advice=advice, code=code
    )
