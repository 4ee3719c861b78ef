"""Passwords read from the output of a command, so that no file holds them."""

import subprocess
from collections.abc import Sequence

_TIMEOUT = 60.0


"""Seconds before a command is killed."""


class PasswordCommandError(Exception):
    """A password command failed; the message never contains its output."""


def read_password(command: Sequence[str]) -> str:
    """Run a command without a shell; return the first line it prints."""
    try:
        completed = subprocess.run(  # noqa: S603 - the user's own command
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_TIMEOUT,
            check=True,
        )
        password = completed.stdout.decode().split("\n", 1)[0].rstrip("\r")
    except (
        OSError,
        subprocess.SubprocessError,
        UnicodeDecodeError,
        IndexError,
    ) as error:
        # The output and the command line can contain the password.
        code = getattr(error, "returncode", None)
        reason = f"ended with {code}" if code is not None else type(error).__name__
        raise PasswordCommandError(reason) from None
    if not password:
        raise PasswordCommandError("it printed nothing")
    return password
