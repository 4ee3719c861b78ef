"""Many clients of one PostgreSQL that is crashed under them, and hosts that remind."""

import array
import fcntl
import os
import subprocess
import sys
import termios
import time
from collections import Counter
from functools import partial

from orderwatch.log import open_store
from tests.stress import killed
from tests.stress.killed import PLACED, Child, acknowledged, forked, over
from tests.stress.outcome import DUTY, Outcome, Place, exported
from tests.support.entries import Scribe
from tests.support.paths import TESTS
from tests.support.servers import Server, running
from tests.support.smtp_servers import office

CLIENTS, STOPS, LINES = 8, 20, 100
"""Clients at once, how often the server is crashed under them, lines of an import."""
TO = ("desk@example.org", "partner@example.org", "archive@example.org")
DAY = "2024-06-20"
TOGETHER = TESTS / "support" / "concurrent_reminders.py"
_LINE = 41
"""Bytes in which a client says that an entry is recorded, about."""
_PATIENCE = 600.0
"""Seconds after which a client that says nothing is not waited for."""


def clients(place: Place) -> None:
    """Crash the server under clients until each has appended its entries."""
    with running(fsync="on") as server:
        _crashed(server, place, killing=False)


def clients_killed(place: Place) -> None:
    """Kill a client, too, before and after each crash; another does what it left."""
    with running(fsync="on") as server:
        _crashed(server, place, killing=True)


def _crashed(server: Server, place: Place, *, killing: bool) -> None:
    done, chance, each = place.outcome, place.chance, place.times
    url = server.url(server.fresh())
    stops = STOPS if each >= 10 * STOPS else 3
    alive = {_client(url, number, each): each for number in range(CLIENTS)}
    known: dict[bytes, int] = {}
    deaths = 0

    def kill() -> None:
        nonlocal deaths, known
        left = [child for child in alive if not over(child)]
        if not killing or not left:
            return
        victim = chance.choice(left)
        mine = acknowledged(PLACED, victim.killed())
        known |= mine
        deaths += 1
        rest = alive.pop(victim) - len(mine)
        alive[_client(url, CLIENTS + deaths, rest)] = rest

    for stop in range(1, stops + 1):
        _until(alive, CLIENTS * each * stop // (stops + 1) - len(known))
        kill()
        server.stop("immediate")
        time.sleep(chance.uniform(0, 0.5))
        server.start()
        kill()
    for child, times in alive.items():
        code, said = child.ended()
        mine = acknowledged(PLACED, said)
        done.expect(code == 0, f"a client failed: {said.decode()[-300:]}")
        done.expect(len(mine) == times, f"{len(mine)} of {times} were acknowledged")
        known |= mine
    done.tried = len(known)
    done.found["crashes"] = stops
    done.found["clients killed"] = deaths
    _expect_all(url, known, deaths, done)


def _expect_all(url: str, known: dict[bytes, int], deaths: int, done: Outcome) -> None:
    """Find each acknowledged entry, once and in its place, and verify."""
    with open_store(url) as log:
        rows = [(one.header.id.encode(), one.seq) for one in log.history()]
        report = log.verify()
    done.expect(report.problem is None, str(report.problem))
    done.expect(len(dict(rows)) == len(rows), "an entry is there twice")
    missing = known.items() - set(rows)
    done.expect(not missing, f"{len(missing)} acknowledged entries are not there")
    untold = len(rows) - len(known)
    done.found["recorded, not told"] = untold
    done.expect(untold <= deaths, f"{untold} from nowhere after {deaths} deaths")


def _client(url: str, number: int, times: int) -> Child:
    """Start a client; every other one connects anew for each entry."""
    work = killed.appending if number % 2 else _keeping
    return forked(partial(work, url, f"client {number}", times))


def _keeping(url: str, name: str, times: int) -> None:
    """Append so many entries by one log that stays open."""
    scribe = Scribe(name)
    with open_store(url, write=True) as log:
        for number in range(times):
            entry = scribe.event(f"{name} says a thing, number {number}.")
            placed = log.append(entry)
            os.write(1, f"{placed.seq} {entry.header.id}\n".encode())


def _until(alive: dict[Child, int], many: int) -> None:
    """Wait until so many entries are acknowledged, as far as can be seen."""
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end and not all(map(over, alive)):
        if sum(map(_waiting, alive)) >= many * _LINE:
            return
        time.sleep(0.005)


def _waiting(child: Child) -> int:
    """Count the bytes that a process has said and nobody has read."""
    size = array.array("i", [0])
    fcntl.ioctl(child.output, termios.FIONREAD, size)
    return size[0]


def imports(place: Place) -> None:
    """Crash the server in the middle of `log import`: it is there whole or not."""
    done, chance = place.outcome, place.chance
    with running(fsync="on") as server:
        url = server.url(server.fresh())
        took = 0.0
        for number in range(place.times):
            scribe = Scribe(f"partner {number}")
            entries = [scribe.event("word " * 100) for _ in range(LINES)]
            file = place.folder / "partner.jsonl"
            file.write_bytes(b"".join(exported(entries)))
            before, began = _size(url), time.perf_counter()
            child = forked(partial(killed.importing, url, file, narrow=False))
            if took:
                time.sleep(chance.uniform(0, took))
                server.stop("immediate")
                server.start()
            code, said = child.ended()
            took = took or time.perf_counter() - began
            done.tried += 1
            there = _size(url) - before
            told = b"nothing was imported" in said
            done.found["done" if code == 0 else "nothing imported"] += 1
            done.expect(code == 0 or told, said.decode()[-300:])
            done.expect(there == (0 if told else LINES), f"{there} lines are there")
        with open_store(url) as log:
            report = log.verify()
        done.expect(report.problem is None, str(report.problem))


def _size(url: str) -> int:
    with open_store(url) as log:
        return log.head().size


def hosts(place: Place) -> None:
    """Let two hosts remind at the same moment: each message leaves once."""
    done = place.outcome
    with running(fsync="on") as server, office() as held:
        config = place.folder / "config.toml"
        said = {"host": "localhost", "security": "none", "from": "orders@example.org"}
        text = "".join(f'{key} = "{value}"\n' for key, value in said.items())
        config.write_text(f"[mail]\nport = {held.port}\n{text}", encoding="utf-8")
        logs = [server.url(server.fresh())] * place.times
        ran = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, TOGETHER, "hosts", DUTY, DAY, ",".join(TO), *logs],
            env={**os.environ, "ORDERWATCH_CONFIG": str(config)},
            capture_output=True,
            text=True,
            check=False,
        )
    wanted = {f"{number}.{name}" for number in range(place.times) for name in TO}
    times = Counter(held.recipients())
    done.tried = place.times
    done.found["messages"] = times.total()
    done.expect((ran.returncode, ran.stdout) == (0, ""), (ran.stdout + ran.stderr)[-400:])
    for name in sorted(wanted | times.keys()):
        done.expect(times[name] == 1, f"{name} got {times[name]} messages")
