"""Types that a log takes and gives."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from orderwatch.model import EventKind

if TYPE_CHECKING:
    pass


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
