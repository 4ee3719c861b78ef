"""Small logs for tests, whatever keeps them."""

from typing import Any

from orderwatch.log.sql_log import SqlLog
from orderwatch.log.types import EntryFilter
from orderwatch.model.entry import Entry
from tests.support.entries import LIGHTHOUSE, Scribe


def filled(log: SqlLog[Any], seed: bytes | None = None) -> list[Entry]:
    """Record a few entries of each kind, signed by the key of a seed."""
    ana = Scribe(seed=seed)
    first, second, third, fourth = (
        ana.event(f"Says a thing, number {n}.", LIGHTHOUSE, f"99{n}") for n in range(4)
    )
    entries = [first, second, third, fourth]
    entries += [ana.correct(first), ana.retract(second), ana.redact(third)]
    for entry in entries:
        log.append(entry)
    return entries


def places(log: SqlLog[Any], wanted: EntryFilter | None = None) -> list[int]:
    """List the places of what counts."""
    return [one.seq for one in log.current(wanted or EntryFilter())]
