"""Types that a log takes and gives."""

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING

from orderwatch.frozen import Frozen
from orderwatch.model import EventKind

if TYPE_CHECKING:
    pass


class EntryFilter(Frozen):
    """Filter of entries; `None` or empty matches all."""

    about: Collection[str] | None = None
    """Ids of cases, orders, obligations, deadlines; the id of an obligation also
    matches its deadlines."""
    kinds: Collection[EventKind] = ()
    since: date | None = None
    until: date | None = None
    search: str | None = None
    """Words that must all occur, ignoring case and accents."""
    known_on: date | None = None
    """Only entries recorded by the end of this day at the seat of the Court."""
    affects_status: bool = False
    """Only events that affect a status: submissions and assessments, and those that
    extend, trigger or end."""


class EventCount(Frozen):
    """Number and latest of the events that need not be read."""

    count: int = 0
    latest: int | None = None
    """Sequence number of the last one of the latest day."""


class Appended(Frozen):
    """Result of an append: sequence number and leaf of the entry, new tree head."""

    seq: int
    leaf: bytes
    size: int
    root: bytes


class ImportResult(Frozen):
    """Result of an import."""

    added: int
    skipped: int
    """Entries that existed already."""
    size: int
    root: bytes


class VerificationReport(Frozen):
    """Result of a full verification."""

    size: int
    root: bytes
    redacted: int = 0
    """Entries whose payload was redacted by a later entry."""
    withheld: int = 0
    """Entries of a file without their payload, which may be in the log."""
    problem: str | None = None
    """First mismatch."""
    seq: int | None = None
    """Sequence number of the entry with the mismatch."""
