"""The log, whatever keeps it: what is asked of it, and the choice of a store by URL."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

from orderwatch.address import is_shared
from orderwatch.errors import LogError, UsageError
from orderwatch.fs import files
from orderwatch.model import EventKind

if TYPE_CHECKING:
    from orderwatch.ledger.log import SqlLog

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]+)://", re.IGNORECASE)
_SQLITE = "sqlite:///"


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which entries are asked for; what is `None` or empty does not matter."""

    about: Collection[str] | None = None
    """Ids of cases, orders, obligations, deadlines; an obligation's has its
    deadlines with it."""
    kinds: Collection[EventKind] = ()
    since: date | None = None
    until: date | None = None
    search: str | None = None
    """Words that must all be there, without regard to case and accents."""
    known_on: date | None = None
    """Only what was recorded by the end of this day at the seat of the Court."""
    bearing: bool = False
    """Only what bears on where an obligation stands: submissions and assessments,
    and what extends, triggers or ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many events there are that need not be read, and the latest of them."""

    count: int = 0
    latest: int | None = None
    """The place of the last one of the latest day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """Where an entry has come to stand."""

    seq: int
    leaf: bytes
    size: int
    root: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What an import did."""

    added: int
    skipped: int
    """Entries that were there already."""
    size: int
    root: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a full verification found."""

    size: int
    root: bytes
    redacted: int = 0
    """Entries whose payload is gone, as an entry says."""
    withheld: int = 0
    """Entries of a file whose payload is not in it, and may be in the log."""
    problem: str | None = None
    """The first thing that does not match."""
    seq: int | None = None
    """The entry that it concerns."""


def open_store(
    url: str,
    *,
    write: bool = False,
    must_exist: bool = True,
    password: str | None = None,
) -> "SqlLog[Any]":
    """Open a log: a path, `sqlite:///PATH`, or `postgresql://…`.

    A file that need not exist reads as empty, and is made by the first entry. Raises
    `UsageError` for an address that cannot be meant, `LogError` for a log that is
    missing or cannot be read.
    """
    # Importing an engine takes a while, and `--help` has no log.
    if is_shared(url):
        from orderwatch.ledger.postgres.log import PostgresLog

        return PostgresLog(url, write=write, password=password)
    from orderwatch.ledger.sqlite import SqliteLog

    return SqliteLog(path_of(url), write=write, must_exist=must_exist)


def path_of(url: str) -> Path:
    """Name the file of a log that is one."""
    scheme = _SCHEME.match(url)
    if scheme and not url.lower().startswith(_SQLITE):
        raise UsageError(_unknown(scheme[1].lower()))
    text = url[len(_SQLITE) :] if scheme else url
    if not text or "\0" in text:
        raise UsageError("the log needs a path, such as ~/log.db or sqlite:///log.db")
    try:
        return files.expand_home(Path(text))
    except OSError as error:
        raise UsageError(f"{text}: {error.strerror}") from error


def _unknown(scheme: str) -> str:
    # The address itself can hold a password, and is not repeated.
    if scheme == "sqlite":
        return f"write the log's address with three slashes: {_SQLITE}PATH"
    return f"a log is a path, {_SQLITE}PATH or postgresql://…, not {scheme}://…"


def missing(path: Path) -> LogError:
    """Say that a log is not where it was said to be, and what is there."""
    nearest = next((one for one in path.absolute().parents if one.exists()), Path("/"))
    near = _alike(path) if nearest == path.absolute().parent else None
    where = f"did you mean {near}?" if near else f"the nearest that exists is {nearest}"
    return LogError(
        f"there is no log at {path}: {where} "
        f"(`orderwatch init --log {quote(str(path))}` makes a new log there)"
    )


def _alike(path: Path) -> Path | None:
    from difflib import get_close_matches

    try:
        names = [one.name for one in path.absolute().parent.iterdir()]
    except OSError:
        return None
    close = get_close_matches(path.name, names, n=1)
    return path.parent / close[0] if close else None
