"""URLs of logs: detect shared logs, strip secrets, resolve paths."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

from orderwatch import fs
from orderwatch.errors import UsageError

if TYPE_CHECKING:
    pass


_POSTGRES_URL = re.compile(r"postgres(?:ql)?://", re.IGNORECASE)
_SECRET_PARAMETERS = frozenset({"password", "sslpassword", "oauth_client_secret"})


def is_shared(url: str) -> bool:
    """Return whether a log URL names a PostgreSQL server."""
    return _POSTGRES_URL.match(url) is not None


def strip_secrets(url: str) -> str:
    """Return a log URL without passwords and client secrets."""
    if not is_shared(url):
        return url
    scheme, _, rest = url.partition("://")
    authority, _, query = rest.partition("?")
    # The part before the last @ can be a password that contains @ or /.
    user, at, host = authority.rpartition("@")
    parameters = "&".join(
        part for part in query.split("&") if part.partition("=")[0] not in _SECRET_PARAMETERS
    )
    stripped = f"{scheme}://{user.partition(':')[0]}{at}{host}"
    return f"{stripped}?{parameters}" if parameters else stripped


_SCHEME = re.compile(r"([a-z][a-z0-9+.-]+)://", re.IGNORECASE)
_SQLITE_PREFIX = "sqlite:///"


def log_path(url: str) -> Path:
    """Return the path of a log in a SQLite file."""
    scheme = _SCHEME.match(url)
    if scheme and not url.lower().startswith(_SQLITE_PREFIX):
        raise UsageError(_scheme_message(scheme[1].lower()))
    text = url[len(_SQLITE_PREFIX) :] if scheme else url
    if not text or "\0" in text:
        raise UsageError("the log needs a path, such as ~/log.db or sqlite:///log.db")
    try:
        return fs.expand_home(Path(text))
    except OSError as error:
        raise UsageError(f"{text}: {error.strerror}") from error


def _scheme_message(scheme: str) -> str:
    # Do not quote the address, which can contain a password.
    if scheme == "sqlite":
        return f"write the log's address with three slashes: {_SQLITE_PREFIX}PATH"
    return f"a log is a path, {_SQLITE_PREFIX}PATH or postgresql://…, not {scheme}://…"
