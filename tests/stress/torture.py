"""Do to a log what can happen to it, and count what was lost.

    python -m tests.stress.torture [--quick] [--seed N] [--only NAME…] [--log URL]

The same seed tries the same things; only where a process dies is left to chance.
Exit code 0 if nothing was lost, 1 otherwise.
"""

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random

from orderwatch.log import open_store
from tests.stress import crashed, disks, killed, servers, tampering
from tests.stress.outcome import Harm, Outcome, Place, enter_empty_home
from tests.support.paths import ROOT, SMALL

HEAD = "| what was done | times | what came of it | lost | seconds |"

SHARED: dict[str, tuple[Callable[[str, Place], None], int, int]] = {
    "`log add` killed": (killed.appends, 1_000, 15),
    "`log import` killed": (killed.imports, 1_000, 15),
    f"{killed.WRITERS} writers at once": (killed.together, 500, 10),
}
"""Harm to a log at any address: how often, and how often in short."""
HARMS: dict[str, tuple[Harm, int, int]] = {
    "a full disk": (disks.full, 60, 2),
    "a limit on file sizes": (disks.limited, 50, 3),
    "a read-only disk": (disks.read_only, 10, 1),
    "bits of the log flipped": (tampering.bits, 4_000, 150),
    "pages torn": (tampering.torn, 1_000, 40),
    "evidence changed": (tampering.evidence, 260, 20),
    "rows changed": (tampering.rows, 500, 30),
    "held against a checkpoint": (tampering.tails, 300, 5),
    "redacted": (tampering.redacted, 100, 3),
    "`log redact` killed": (tampering.broken_off, 300, 5),
}
"""Harm to a log in a file."""
SERVERS: dict[str, tuple[Harm, int, int]] = {
    "`log add` killed, on a server": (servers.appends, 200, 5),
    "`log import` killed, on a server": (servers.imports, 100, 3),
    f"{killed.WRITERS} writers at once, on a server": (servers.together, 100, 3),
    "servers lost": (servers.lost, 40, 1),
    "clients of a server that is crashed": (crashed.clients, 1_000, 10),
    "clients killed, and the server crashed": (crashed.clients_killed, 1_000, 10),
    "`log import` to a server that is crashed": (crashed.imports, 100, 5),
    "two hosts that remind at once": (crashed.hosts, 200, 3),
}
"""Harm to a log in PostgreSQL, whose server is started for it."""
INPUTS = 10_000, 60
"""Inputs for each reader."""


def main() -> int:
    """Do everything, print a table, and tell whether anything was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", action="append", metavar="NAME")
    parser.add_argument("--log", metavar="URL", help="an empty log of another store")
    asked = parser.parse_args()
    print(f"{HEAD}\n|---|---|---|---|---|")
    lost = list[str]()
    with tempfile.TemporaryDirectory(prefix="orderwatch-torture-") as folder:
        enter_empty_home(Path(folder))
        os.environ["ORDERWATCH_ORDERS"] = str(SMALL)
        os.chdir(folder)
        for name, times, harm in _chosen(asked, Path(folder)):
            chance = Random(f"{name} {asked.seed}")  # noqa: S311 - to be repeated
            at = Path(folder, name.replace(" ", "-").strip("`"))
            at.mkdir()
            done = Outcome(name=name)
            began = time.perf_counter()
            try:
                harm(Place(folder=at, times=times, chance=chance, outcome=done))
            except Exception:  # noqa: BLE001 - the rest is tried all the same
                done.lost.append(traceback.format_exc()[-1_000:])
            done.seconds = time.perf_counter() - began
            print(_row(done), flush=True)
            lost += [f"{name}: {what}" for what in done.lost]
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores")
    print("Lost: " + ("nothing." if not lost else f"{len(lost)} times."))
    for what in lost[:50]:
        print(what[:1_200], file=sys.stderr)
    return 1 if lost else 0


def _chosen(asked: argparse.Namespace, folder: Path) -> list[tuple[str, int, Harm]]:
    """List what is to be done, each with its number."""
    at = int(asked.quick)
    chosen: dict[str, tuple[Harm, int, int]] = {
        name: (partial(harm, asked.log or _new_log(folder / f"{number}.sqlite")), often, short)
        for number, (name, (harm, often, short)) in enumerate(SHARED.items())
    }
    chosen |= {} if asked.log else HARMS | SERVERS | {"inputs tried": (_fuzzed, *INPUTS)}
    return [
        (name, times[at], harm)
        for name, (harm, *times) in chosen.items()
        if not asked.only or name in asked.only
    ]


def _new_log(path: Path) -> str:
    """Create an empty log of its own: a loss in one would make the next refuse to write."""
    with open_store(str(path), write=True, must_exist=False) as log:
        log.ensure()
    return str(path)


def _fuzzed(place: Place) -> None:
    """Give every reader spoilt inputs."""
    seed = place.chance.randrange(1_000_000)
    argv = [
        sys.executable,
        *("-m", "tests.stress.fuzz"),
        "--inputs",
        str(place.times),
        "--seed",
        str(seed),
    ]
    ran = subprocess.run(  # noqa: S603 - our own program
        argv, capture_output=True, text=True, check=False, cwd=ROOT
    )
    rows = [line.split("|") for line in ran.stdout.splitlines()[2:]]
    for row in rows:
        place.outcome.tried += int(row[2].replace(",", ""))
        place.outcome.found["taken"] += int(row[3].replace(",", ""))
    place.outcome.found["readers"] = len(rows)
    place.outcome.expect(ran.returncode == 0, ran.stderr[-400:])


def _row(done: Outcome) -> str:
    found = ", ".join(f"{count:,} {what}" for what, count in sorted(done.found.items()))
    lost = f"{len(done.lost):,}" if done.lost else "nothing"
    return f"| {done.name} | {done.tried:,} | {found} | {lost} | {done.seconds:.0f} |"


if __name__ == "__main__":
    sys.exit(main())
