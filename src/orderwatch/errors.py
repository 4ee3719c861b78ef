"""Errors shown to users, each class with its exit code; the nearest names to a typo."""

from collections.abc import Iterable


class OrderwatchError(Exception):
    """Base class of errors shown without a traceback: what, where, what next."""

    exit_code: int


class UsageError(OrderwatchError):
    """Invalid command, option, id or configuration."""

    exit_code = 2


class NoMatchError(UsageError):
    """Text that matches nothing in the register."""

    def __init__(self, message: str, text: str) -> None:
        super().__init__(message)
        self.text = text


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


def install_command(extra: str) -> str:
    """Return the command that adds the packages of an extra to this very installation.

    It names the packages: `orderwatch[extra]` would need an index that has orderwatch.
    """
    import shlex
    import sys
    import sysconfig
    from importlib.util import find_spec
    from pathlib import Path

    packages = shlex.join(_requirements(extra))
    prefix, python = sys.prefix.replace("\\", "/"), shlex.quote(sys.executable)
    if "/pipx/venvs/" in prefix:
        return f"pipx inject {shlex.quote(Path(prefix).name)} {packages}"
    # Environments of uv have no pip.
    if "/uv/tools/" in prefix or find_spec("pip") is None:
        return f"uv pip install --python {python} {packages}"
    if sys.prefix == sys.base_prefix and _is_externally_managed(sysconfig.get_path("stdlib")):
        return f"{python} -m pip install --user --break-system-packages {packages}"
    return f"{python} -m pip install {packages}"


def _requirements(extra: str) -> list[str]:
    """Return what an extra requires, or the extra where there is no metadata."""
    import re
    from importlib.metadata import PackageNotFoundError, requires

    try:
        lines = requires("orderwatch") or []
    except PackageNotFoundError:
        lines = []
    pattern = re.compile(rf"(.+?)\s*;\s*extra\s*==\s*[\"']{re.escape(extra)}[\"']")
    matches = [match[1] for line in lines if (match := pattern.fullmatch(line))]
    return matches or [f"orderwatch[{extra}]"]


def _is_externally_managed(folder: str) -> bool:
    """Return whether the system's own package manager keeps pip out (PEP 668)."""
    from pathlib import Path

    return (Path(folder) / "EXTERNALLY-MANAGED").exists()
