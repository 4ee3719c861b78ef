"""URLs of logs: detect shared logs, strip secrets, resolve paths, explain errors of libpq.

What is secret in the address of a server is decided by libpq's own parser. Where it does
not parse the address, or is not installed, nothing of the address is displayed.
"""

import os
import re
import shlex
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from orderwatch import fs
from orderwatch.errors import UsageError
from orderwatch.text import CREDENTIALS, SECRET_ASSIGNMENT
from orderwatch.translation import _, clauses, mark

if TYPE_CHECKING:
    import psycopg

_POSTGRES_URL = re.compile(r"postgres(?:ql)?://", re.IGNORECASE)
_SECRET_PARAMETERS = frozenset(
    {
        "password",
        "sslpassword",
        "oauth_client_secret",
        "scram_client_key",
        "scram_server_key",
    }
)
_SQLITE_PREFIX = "sqlite:///"
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]+):/", re.IGNORECASE)
_PATH = re.compile(r"/(?!/)|~|\.|[a-z]:[/\\]|sqlite:///", re.IGNORECASE)
_SERVER = re.compile(
    r"[^/]*:/|.*:.*@"
    r"|.*\b(?:host|hostaddr|user|dbname|service|scram_\w+|\w*(?:passw|pwd|secret)\w*)\s*=",
    re.IGNORECASE | re.DOTALL,
)
"""An address of a server: SCHEME:/…, USER:PASSWORD@HOST, or KEY=VALUE as libpq has it."""
_PORTS = re.compile(r"[0-9,]*")
_HIDDEN = "…"


def is_shared(url: str) -> bool:
    """Return whether a log URL names a PostgreSQL server."""
    return _POSTGRES_URL.match(url) is not None


def is_path(url: str) -> bool:
    """Return whether a log URL is a path, and no address that can contain a password."""
    return _PATH.match(url) is not None or _SERVER.match(url) is None


def parse_conninfo(url: str) -> dict[str, str] | None:
    """Parse an address as libpq does; `None` if it cannot be meant so.

    A password with an unescaped `@` or `/` ends up in the host, the port or the name of
    the database.
    """
    try:
        from psycopg import Error
        from psycopg.conninfo import conninfo_to_dict
    except ImportError:
        return None
    try:
        settings = {key: str(value) for key, value in conninfo_to_dict(url).items()}
    except (Error, ValueError):
        return None
    is_plausible = _PORTS.fullmatch(settings.get("port", "")) and "@" not in (
        settings.get("host", "") + settings.get("dbname", "")
    )
    return settings if is_plausible else None


def strip_secrets(url: str) -> str:
    """Return a log URL without passwords and client secrets."""
    if is_shared(url):
        return _strip_shared(url) or f"{url.partition(':')[0]}://{_HIDDEN}"
    return url if is_path(url) else _HIDDEN


def _strip_shared(url: str) -> str | None:
    """Delete secrets from an address; `None` unless libpq parses the rest to the same."""
    settings = parse_conninfo(url)
    if settings is None:
        return None
    scheme, _, rest = url.partition("://")
    user, at, host = rest.partition("@")
    if not at or "/" in user:
        user, at, host = "", "", rest
    host, _, query = host.partition("?")
    parameters = "&".join(
        part
        for part in query.split("&")
        if unquote(part.partition("=")[0]) not in _SECRET_PARAMETERS
    )
    stripped = f"{scheme}://{user.partition(':')[0]}{at}{host}"
    stripped = f"{stripped}?{parameters}" if parameters else stripped
    public = {key: value for key, value in settings.items() if key not in _SECRET_PARAMETERS}
    return stripped if parse_conninfo(stripped) == public else None


def strip_command(command: str) -> str:
    """Return a command line without the secrets of its addresses."""
    if SECRET_ASSIGNMENT.search(command):
        return _HIDDEN
    try:
        words = shlex.split(command)
    except ValueError:
        words = command.split()
    stripped = [_strip_word(word) for word in words]
    return command if stripped == words else shlex.join(stripped)


def strip_arguments(text: str, arguments: Sequence[str]) -> str:
    """Return a message without the secrets of the arguments that it quotes."""
    for argument in filter(CREDENTIALS.match, arguments):
        path = Path(argument)
        spellings = (
            *(argument, argument.strip(), " ".join(argument.split()), repr(argument)[1:-1]),
            *(str(path), str(path.parent)),
        )
        for spelling in spellings:
            if ":" in spelling.rstrip(":") or SECRET_ASSIGNMENT.search(spelling):
                text = text.replace(spelling, _strip_word(argument))
    return text


def _strip_word(word: str) -> str:
    name, equals, value = word.partition("=")
    if equals and (name.startswith("-") or name.isupper()):
        return (
            f"{name}={strip_secrets(value)}" if "PASSW" not in name.upper() else f"{name}={_HIDDEN}"
        )
    return strip_secrets(word)


def log_path(url: str) -> Path:
    """Return the path of a log in a SQLite file."""
    if not is_path(url):
        scheme = _SCHEME.match(url)
        raise UsageError(_address_message(scheme[1].lower() if scheme else ""))
    text = url[len(_SQLITE_PREFIX) :] if url.lower().startswith(_SQLITE_PREFIX) else url
    if not text or "\0" in text:
        raise UsageError(_("the log needs a path, such as ~/log.db or sqlite:///log.db"))
    try:
        return fs.expand_home(Path(text))
    except OSError as error:
        raise UsageError(f"{text}: {error.strerror}") from error


def require_other_file(url: str, file: Path) -> None:
    """Raise `UsageError` if a file to write is the log."""
    if not is_shared(url) and file.resolve() == log_path(url).resolve():
        raise UsageError(_("{file} is the log itself: name another file").format(file=file))


def _address_message(scheme: str) -> str:
    # Do not quote the address, which can contain a password.
    if scheme == "sqlite":
        return _("write the URL of the log with three slashes: {prefix}PATH").format(
            prefix=_SQLITE_PREFIX
        )
    if scheme and not scheme.startswith("postgres"):
        return _(
            "a log is a path, {prefix}PATH or postgresql://USER@HOST/DATABASE, not {scheme}://…"
        ).format(prefix=_SQLITE_PREFIX, scheme=scheme)
    return _(
        "a log is a path, {prefix}PATH or postgresql://USER@HOST/DATABASE (a "
        "path that looks like a URL begins with ./)"
    ).format(prefix=_SQLITE_PREFIX)


def parse_url(url: str) -> dict[str, str]:
    """Parse a URL; raise `UsageError` if libpq cannot."""
    settings = parse_conninfo(url)
    if settings is None:
        # The message of libpq can contain a password.
        raise UsageError(
            _(
                "invalid PostgreSQL URL {url}; a valid one is "
                "postgresql://USER@HOST/DATABASE (in a password, write @ as %40, / as "
                "%2F)"
            ).format(url=strip_secrets(url))
        )
    return settings


_UNSAFE_HINT = re.compile(r" Either provide the file.*?certificate verification\.?")
"""Hint of libpq to disable certificate verification; removed."""
_NOT_SENT = mark("no password was sent, since a third party may be answering")
_HINTS = {
    r"certificate verify failed": mark(
        "sslrootcert=FILE in the URL names the certificate of the authority that signed"
        " the server's; if it was trusted before, ask the administrator of the server:"
        " {not_sent}"
    ),
    r"does not match host name": mark(
        "the URL must contain the name in the certificate, if it is the right server: {not_sent}"
    ),
    r"root certificate file": mark(
        "sslrootcert=FILE in the URL names the certificate of the authority "
        "that signed the server's"
    ),
    r"does not support SSL": mark(
        "ask the administrator of the server to enable TLS, and keep sslmode: "
        "without TLS, a third party can read and change everything"
    ),
}
_NOT_SUPPLIED = "no password supplied"


def explain(error: "psycopg.Error") -> str:
    """Return the message of libpq with hints."""
    message = _UNSAFE_HINT.sub("", " ".join(str(error).split()))
    hints = [
        _(hint).format(not_sent=_(_NOT_SENT))
        for pattern, hint in _HINTS.items()
        if re.search(pattern, message)
    ]
    if _NOT_SUPPLIED in message:
        hints.append(_password_hint(_password_file(error)))
    return clauses([message, *hints])


def _password_hint(path: Path | None) -> str:
    if path is not None and _is_ignored(path):
        return _(
            "{path} is ignored, since its permissions let others use it: chmod 600 {path}"
        ).format(path=path)
    return _(
        "write a line HOST:PORT:DATABASE:USER:PASSWORD to {path}, a file that "
        "only you can read, or set password_command in the configuration: see "
        "docs/shared-log.md"
    ).format(path=path or "~/.pgpass")


def _password_file(error: "psycopg.Error") -> Path | None:
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
