"""Errors shown to users, each class with its exit code; the nearest names to a typo."""

from collections.abc import Iterable


class OrderwatchError(Exception):
    """Base class of errors shown without a traceback: what, where, what next."""

    exit_code: int


class UsageError(OrderwatchError):
    """Invalid command, option, id or configuration."""

    exit_code = 2


class RegisterError(OrderwatchError):
    """Register that is invalid or cannot be read."""

    exit_code = 3


class LogError(OrderwatchError):
    """Log that is missing, unreadable, damaged or inconsistent."""

    exit_code = 4


class DeliveryError(OrderwatchError):
    """Message or output that could not be delivered."""

    exit_code = 5
    maybe_delivered = False
    """Whether it may have been delivered nevertheless."""


def suggest(typed: str, names: Iterable[str], *, limit: int = 3) -> list[str]:
    """Return at most `limit` names that are like a mistyped one, the nearest first.

    Case does not matter; a name that contains what was typed is near too.
    """
    from difflib import get_close_matches

    originals = {name.casefold(): name for name in names}
    text = typed.strip().casefold()[:200]
    matches = get_close_matches(text, originals, n=limit)
    if text:
        matches += [name for name in originals if text in name and name not in matches]
    return [originals[name] for name in matches[:limit]]


def nearest(typed: str, names: Iterable[str]) -> str:
    """Return the names nearest to a mistyped one, as the end of an error message."""
    matches = suggest(typed, names)
    return f"; nearest: {', '.join(matches)}" if matches else ""


def install_command(extra: str) -> str:
    """Return the command that adds an extra to this very installation."""
    import shlex
    import sys

    if "/pipx/venvs/" in sys.prefix.replace("\\", "/"):
        return f"pipx install --force 'orderwatch[{extra}]'"
    return f"{shlex.quote(sys.executable)} -m pip install 'orderwatch[{extra}]'"
