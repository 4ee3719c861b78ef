"""Hints for connection errors that libpq does not explain."""

import os
import re
import stat
from pathlib import Path

import psycopg

from orderwatch.errors import UsageError
from orderwatch.log_url import parse_conninfo, strip_secrets


def parse_url(url: str) -> dict[str, str]:
    """Parse a URL; raise `UsageError` if libpq cannot."""
    settings = parse_conninfo(url)
    if settings is None:
        # The message of libpq can contain a password.
        raise UsageError(
            f"{strip_secrets(url)}: is no address that PostgreSQL knows; one looks like "
            "postgresql://USER@HOST/DATABASE (in a password, write @ as %40, / as %2F)"
        )
    return settings


_UNSAFE_HINT = re.compile(r" Either provide the file.*?certificate verification\.?")
"""Hint of libpq to disable certificate verification; removed."""
_NOT_SENT = "no password was sent, since somebody in between may be answering"
_HINTS = {
    r"certificate verify failed": "sslrootcert=FILE in the address names the "
    "certificate of the authority that signed the server's; if it was trusted before, "
    f"ask who runs the server: {_NOT_SENT}",
    r"does not match host name": "the address needs the name that its certificate "
    f"has, if it is the right server: {_NOT_SENT}",
    r"root certificate file": "sslrootcert=FILE in the address names the certificate "
    "of the authority that signed the server's",
    r"does not support SSL": "ask who runs the server to turn TLS on, and keep "
    "sslmode: without TLS, somebody in between can read and change everything",
}
_NOT_SUPPLIED = "no password supplied"


def explain(error: psycopg.Error) -> str:
    """Return the message of libpq with hints."""
    message = _UNSAFE_HINT.sub("", " ".join(str(error).split()))
    hints = [hint for pattern, hint in _HINTS.items() if re.search(pattern, message)]
    if _NOT_SUPPLIED in message:
        hints.append(_password_hint(_password_file(error)))
    return "; ".join([message, *hints])


def _password_hint(path: Path | None) -> str:
    if path is not None and _is_ignored(path):
        return f"{path} was left aside, since its permissions let others use it: chmod 600 {path}"
    return (
        f"a line HOST:PORT:DATABASE:USER:PASSWORD in {path or '~/.pgpass'}, a file for "
        "you alone, can hold it, or password_command in the configuration print it: "
        "see docs/shared-log.md"
    )


def _password_file(error: psycopg.Error) -> Path | None:
    """Return the file in which libpq looks for a password."""
    options = error.pgconn.info if error.pgconn else []
    [name] = [option.val for option in options if option.keyword == b"passfile"] or [None]
    return Path(os.fsdecode(name)) if name else None


def _is_ignored(path: Path) -> bool:
    """Return whether libpq ignores a file because of its permissions."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return os.name == "posix" and bool(mode & (stat.S_IRWXG | stat.S_IRWXO))
