"""Passwords that a command prints, so that none stands in a file."""

import subprocess
from collections.abc import Sequence

_PATIENCE = 60.0


"""Seconds that a command may take."""


class NoPasswordError(Exception):
    """A command gave no password; says how it ended, and nothing of what it printed."""


def printed_by(command: Sequence[str]) -> str:
    """Run a command that prints a password on its first line; no shell reads it."""
    try:
        done = subprocess.run(  # noqa: S603 - the user's own command
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_PATIENCE,
            check=True,
        )
        found = done.stdout.decode().split("\n", 1)[0].rstrip("\r")
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError, IndexError) as e:
        # What it printed can hold the password, and so can its words.
        code = getattr(e, "returncode", None)
        how = f"ended with {code}" if code is not None else type(e).__name__
        raise NoPasswordError(how) from None
    if not found:
        raise NoPasswordError("it printed nothing")
    return found
