"""How long the published pages take, and how much memory, as a record grows.

    python bench/pages.py

Exit code 0 if every target is met, 1 if one is missed.
"""

import gzip
import sys
import time
import tracemalloc
from dataclasses import dataclass
from datetime import date, timedelta

from orderwatch.frozen import replace
from orderwatch.model import Event, EventKind, Role, Site
from orderwatch.render.html import pages  # noqa: TID253 - need not start fast
from orderwatch.settings import load
from orderwatch.snapshot import Snapshot

DAY = date(2026, 11, 24)
SIZES = (12_500, 25_000, 50_000, 100_000)
CASE = 192
OVERVIEW = 100_000
"""Bytes that the first page may have, compressed, with the shipped register."""
STEEPEST = 1.3
"""How much more time an event may take of the most events than of the fewest."""
MEMORY = 32_000_000
"""Bytes beyond the site itself that all its pages may need at any moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What the pages of one site took."""

    seconds: float
    pages: int
    size: int
    largest: int
    memory: int


def shipped() -> Site:
    """Tell of the shipped register, without a log."""
    nothing = {"config": None, "orders": None, "log": None}
    known = Snapshot(load(nothing, {}), as_of=DAY, with_log=False)
    return Site(
        view=known.view,
        cases=known.case_files(),
        overview=known.statuses(ended=True),
    )


def crowded(plain: Site, count: int) -> Site:
    """Tell of one case of it, with so many invented events more."""
    told = next(item for item in plain.cases if item.case.number == CASE)
    order = told.orders[-1]
    days = (DAY - order.made).days
    events = tuple(
        Event(
            id=f"invented-{place}",
            on=order.made + timedelta(days=place * days // count),
            kind=EventKind.STATEMENT,
            speaker="Somebody",
            role=Role.OTHER,
            summary=f"Says, as number {place}, something of some eighty letters.",
            about=(order.id,),
            source="https://example.org/",
        )
        for place in range(count)
    )
    return replace(plain, cases=(replace(told, events=events),))


def measured(told: Site) -> Measured:
    """Write all pages twice: once with a watch, once with an eye on memory."""
    start = time.perf_counter()
    sizes = [len(text) for _, text in pages(told)]
    seconds = time.perf_counter() - start
    tracemalloc.start()
    for _ in pages(told):
        pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return Measured(
        seconds=seconds,
        pages=len(sizes),
        size=sum(sizes),
        largest=max(sizes),
        memory=peak,
    )


def main() -> int:
    plain = shipped()
    for _ in pages(plain):
        pass
    first = next(text for path, text in pages(plain) if path == "index.html")
    small = len(gzip.compress(first.encode()))
    print(f"first page: {small:,} bytes compressed (target {OVERVIEW:,})")
    found = []
    for count in SIZES:
        it = measured(crowded(plain, count))
        found.append(it.seconds / count)
        print(
            f"{count:>7,} events: {it.seconds:6.2f} s, {it.seconds / count * 1e6:4.0f} "
            f"microseconds each, {it.pages:>3} pages, {it.size / 1e6:5.1f} MB, largest "
            f"{it.largest / 1e3:4.0f} KB, memory beyond the site "
            f"{it.memory / 1e6:5.1f} MB"
        )
    steep = found[-1] / found[0]
    print(f"an event of the most by one of the fewest: {steep:.2f} (target {STEEPEST})")
    return int(small > OVERVIEW or steep > STEEPEST or it.memory > MEMORY)


if __name__ == "__main__":
    sys.exit(main())
