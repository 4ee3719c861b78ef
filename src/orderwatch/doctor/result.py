"""What `doctor` says of one thing that it looked at."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How a thing is."""

    OK = "ok"
    NOTE = "note"
    """Nothing is broken, and somebody may want to know."""
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing, how it is, and what to do about it."""

    check: str
    state: State
    says: str
    advice: str | None = None
    code: int = 0
    """The exit code of a command that meets this problem."""


def ok(check: str, says: str) -> Finding:
    """Say that all is well."""
    return Finding(check=check, state=State.OK, says=says)


def note(check: str, says: str, advice: str | None = None) -> Finding:
    """Say what somebody may want to know."""
    return Finding(check=check, state=State.NOTE, says=says, advice=advice)


def problem(check: str, says: str, code: int, advice: str | None = None) -> Finding:
    """Say what does not work."""
    return Finding(
        check=check, state=State.PROBLEM, says=says, advice=advice, code=code
    )
