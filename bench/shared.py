"""How a shared log of many entries compares with an empty one; code 1 if badly.

A PostgreSQL is started for it, on this machine and with what it does by default. In the
same run, the same commands go to files, so that the two can be compared.
"""

import argparse
import os
import platform
import sys
import tempfile
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[1]))

import invented
from log import EVENT, Pair, Runs, ids, program, report, say
from processes import ProcessError, round_count

from orderwatch.log import create_log
from tests.support.servers import Server, running

_RATIO = 1.4
"""The most that a command may take, in times of what it takes without entries."""
_COMMANDS = (
    ("status",),
    ("status", "rafah"),
    ("log", "checkpoint"),
    ("log", "add", "rafah", *EVENT),
)


def main() -> int:
    """Measure, print, and tell whether every target was met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=100_000, metavar="N")
    parser.add_argument("--rounds", type=round_count, default=11, metavar="N")
    asked = parser.parse_args()
    load = os.getloadavg()[0]
    with (
        tempfile.TemporaryDirectory(prefix="orderwatch-bench-") as folder,
        # As it comes: the tests let it be quicker and less safe.
        running(fsync="on", shared_buffers="128MB", max_connections="100") as server,
    ):
        try:
            met = _measured(Path(folder), server, asked.entries, asked.rounds)
        except ProcessError as error:
            print(f"could not measure: {error}", file=sys.stderr)
            return 2
    print(
        f"\nPython {platform.python_version()}, {os.cpu_count()} cores, load {load:.1f}"
        f" before and {os.getloadavg()[0]:.1f} after"
    )
    missed = met.count(False)
    print(f"{missed} targets missed" if missed else "every target met")
    return 1 if missed else 0


def _measured(folder: Path, server: Server, entries: int, rounds: int) -> list[bool]:
    home, export = folder / "home", folder / "log.jsonl"
    say(f"inventing {entries:,} entries")
    invented.write(export, entries, ids(folder))
    kept = {
        "file": (str(folder / "none.sqlite"), str(folder / "many.sqlite")),
        "server": (server.url(server.fresh()), server.url(many := server.fresh())),
    }
    for log in (*kept["file"], *kept["server"]):
        create_log(log, None)  # without an owner: the entries are not signed
    for where, (_, log) in kept.items():
        say(f"importing into a {where}")
        _once(home, log, where, "log", "import", str(export))
        say(f"verifying on a {where}")
        _once(home, log, where, "log", "verify")
    # As the server would do by itself, some minutes later.
    server.execute("VACUUM ANALYZE", many)
    [[size]] = server.execute(f"SELECT pg_database_size('{many}')")
    print(f"{entries:,} entries take {int(size) / 1e6:,.0f} MB on the server")
    pairs = {
        where: [_pair(home, *logs, *words) for words in _COMMANDS] for where, logs in kept.items()
    }
    for number in range(-1, rounds):
        say(f"round {number + 1} of {rounds}")
        for some in pairs.values():
            for pair in some:
                pair.none.once()
                pair.many.once()
    print(f"\n{rounds} rounds; medians (quartiles) with no entries and with all, ratios")
    met = [one for pair in pairs["server"] for one in report(pair, _RATIO, ", PostgreSQL")]
    print("\nthe same with a file, and how many times as long the server takes")
    for shared, alone in zip(pairs["server"], pairs["file"], strict=True):
        times = [median(one.many.seconds[1:]) for one in (shared, alone)]
        words = " ".join(alone.many.program.name.split()[1:3])
        print(f"  {words:24} {1000 * times[1]:6.1f} ms {times[0] / times[1]:5.2f}")
    return met


def _once(home: Path, log: str, where: str, *words: str) -> None:
    runs = Runs(program=program(home, log, *words))
    runs.once()
    print(f"  {' '.join(words[:2])}, {where}: {runs.seconds[0]:.1f} s, {runs.megabytes[0]:,.0f} MB")


def _pair(home: Path, none: str, many: str, *words: str) -> Pair:
    return Pair(
        none=Runs(program=program(home, none, *words)),
        many=Runs(program=program(home, many, *words)),
    )


if __name__ == "__main__":
    raise SystemExit(main())
