"""Entries of the log as events, each with what later entries did to it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from orderwatch.log.sql_log import SqlLog
from orderwatch.model.entry import EntryKind, StoredEntry

_CLOCK_TOLERANCE = timedelta(minutes=5)
"""Clock difference between two machines that causes no warning."""


def revisions(log: SqlLog[Any], entry: StoredEntry) -> Iterator[StoredEntry]:
    """Yield the entries that an entry corrects, then the entries that correct it."""
    older, newer = entry, entry
    while older.header.kind is EntryKind.CORRECTION:
        older = log.get(log.resolve(str(older.header.target)))
        yield older
    while corrections := [
        effect for effect in newer.effects if effect.kind is EntryKind.CORRECTION
    ]:
        newer = log.get(corrections[0].seq)
        yield newer


def clock_skew_warning(log: SqlLog[Any], now: datetime) -> str | None:
    """Return a warning if the newest entry seems to be recorded in the future."""
    size = log.head().size
    if size == 0:
        return None
    last = log.get(size).header.recorded
    if last <= now + _CLOCK_TOLERANCE:
        return None
    return (
        f"entry {size} says that it was recorded at {last:%Y-%m-%d %H:%M} UTC, and the "
        f"clock of this machine shows {now:%Y-%m-%d %H:%M} UTC: one of the two is wrong"
        " (`--known-on` goes by what entries say, the order of the log does not)"
    )
