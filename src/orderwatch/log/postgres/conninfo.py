"""The address of a log in PostgreSQL, read as libpq reads it."""

import os
import re
import stat
from pathlib import Path

import psycopg
from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from orderwatch.errors import UsageError
from orderwatch.log_url import strip_secrets


def checked(url: str) -> dict[str, str]:
    """Read an address; raise `UsageError` if libpq cannot."""
    try:
        return {key: str(value) for key, value in conninfo_to_dict(url).items()}
    except (ProgrammingError, UnicodeError):
        # What libpq says of it can repeat a password.
        raise UsageError(
            f"{strip_secrets(url)}: is no address that PostgreSQL knows; one looks "
            "like "
            "postgresql://USER@HOST/DATABASE"
        ) from None


_WEAKENS = re.compile(r" Either provide the file.*?certificate verification\.?")
"""What libpq offers for lack of a file, and nobody should do."""
_BETWEEN = "no password was sent, since somebody in between may be answering"
_ADVICE = {
    r"certificate verify failed": "sslrootcert=FILE in the address names the "
    "certificate of the authority that signed the server's; if it was trusted before, "
    f"ask who runs the server: {_BETWEEN}",
    r"does not match host name": "the address needs the name that its certificate "
    f"has, if it is the right server: {_BETWEEN}",
    r"root certificate file": "sslrootcert=FILE in the address names the certificate "
    "of the authority that signed the server's",
    r"does not support SSL": "ask who runs the server to turn TLS on, and keep "
    "sslmode: without TLS, somebody in between can read and change everything",
}
_UNSAID = "no password supplied"


def advised(error: psycopg.Error) -> str:
    """Write what libpq says of an error, and what to do about it."""
    said = _WEAKENS.sub("", " ".join(str(error).split()))
    found = [advice for known, advice in _ADVICE.items() if re.search(known, said)]
    if _UNSAID in said:
        found.append(_password(_file(error)))
    return "; ".join([said, *found])


def _password(path: Path | None) -> str:
    if path is not None and _is_open(path):
        return (
            f"{path} was left aside, since its permissions let others use it: "
            f"chmod 600 {path}"
        )
    return (
        f"a line HOST:PORT:DATABASE:USER:PASSWORD in {path or '~/.pgpass'}, a file for "
        "you alone, can hold it, or password_command in the configuration print it: "
        "see docs/shared-log.md"
    )


def _file(error: psycopg.Error) -> Path | None:
    """Name the file in which libpq looks for a password."""
    said = error.pgconn.info if error.pgconn else []
    [name] = [one.val for one in said if one.keyword == b"passfile"] or [None]
    return Path(os.fsdecode(name)) if name else None


def _is_open(path: Path) -> bool:
    """Tell whether libpq leaves a file aside, as it does on every system but one."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return os.name == "posix" and bool(mode & (stat.S_IRWXG | stat.S_IRWXO))
