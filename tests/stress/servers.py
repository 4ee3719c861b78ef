"""A log on a server of PostgreSQL, which is lost while others write to it."""

import os
import time
from functools import partial

from orderwatch.errors import LogError
from orderwatch.log import open_store
from tests.stress import killed
from tests.stress.killed import PLACED, acknowledged, forked, kept
from tests.stress.outcome import Place
from tests.support.entries import Scribe
from tests.support.servers import running

WRITERS = 4


def appends(place: Place) -> None:
    """Kill streams of `log add` at any moment."""
    with running(fsync="on") as server:
        killed.appends(server.url(server.fresh()), place)


def imports(place: Place) -> None:
    """Kill `log import` at any moment."""
    with running(fsync="on") as server:
        killed.imports(server.url(server.fresh()), place)


def together(place: Place) -> None:
    """Let many write at once."""
    with running(fsync="on") as server:
        killed.together(server.url(server.fresh()), place)


def lost(place: Place) -> None:
    """Crash a server again and again under writers that try on."""
    done, chance = place.outcome, place.chance
    with running(fsync="on") as server:
        url = server.url(server.fresh())
        writers = [
            forked(partial(persisting, url, f"{number} of many")) for number in range(WRITERS)
        ]
        for _ in range(place.times):
            time.sleep(chance.uniform(0.1, 0.6))
            server.stop("immediate")
            server.start()
            done.tried += 1
            with open_store(url) as log:
                done.found["entries at the last crash"] = log.head().size
        told: dict[bytes, int] = {}
        for child in writers:
            told |= acknowledged(PLACED, child.killed())
        found = kept(url)
        done.found["acknowledged"] = len(told)
        done.found["recorded, not told"] = len(found) - len(told)
        done.expect(told, "nothing was acknowledged")
        done.expect(told.items() <= found.items(), "an acknowledged entry is not there")
        extra = len(found) - len(told)
        done.expect(extra <= WRITERS * (place.times + 1), f"{extra} from nowhere")
        with open_store(url) as log:
            report = log.verify()
        done.expect(report.problem is None, str(report.problem))


def persisting(url: str, name: str) -> None:
    """Append without end, and try again while there is no server."""
    scribe = Scribe(name)
    while True:
        entry = scribe.event(f"{name} says a thing.")
        try:
            with open_store(url, write=True) as log:
                placed = log.append(entry)
        except LogError:
            time.sleep(0.02)
            continue
        os.write(1, f"{placed.seq} {entry.header.id}\n".encode())
