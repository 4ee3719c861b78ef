"""How long a whole site with the log takes, and how much memory, as the log grows.

    python bench/publish.py

Exit code 0 if every target is met, 1 if one is missed, 2 if nothing could be measured.
"""

import os
import platform
import sys
import tempfile
from pathlib import Path

import invented
import ours
from log import Runs
from processes import ProcessError, Program

FEW, MANY = 12_500, 100_000
STEEPEST = 1.3
"""How much more time an entry may take of many than of few."""
MEMORY = 1.0
"""Kilobytes that one more entry may take at most, in memory."""


def main() -> int:
    """Measure, print, and tell whether every target was met."""
    with tempfile.TemporaryDirectory(prefix="orderwatch-bench-") as folder:
        try:
            few, many = (published(Path(folder), count) for count in (FEW, MANY))
        except ProcessError as error:
            print(f"could not measure: {error}", file=sys.stderr)
            return 2
    each = [1000 * run.seconds[0] / size for run, size in ((few, FEW), (many, MANY))]
    memory = 1000 * (many.megabytes[0] - few.megabytes[0]) / (MANY - FEW)
    ratio = each[1] / each[0]
    for run, size in ((few, FEW), (many, MANY)):
        print(
            f"  {size:,} entries: {run.seconds[0]:.1f} s, {run.megabytes[0]:,.0f} MB,"
            f" {1000 * run.seconds[0] / size:.2f} ms an entry"
        )
    met = [ratio <= STEEPEST, memory <= MEMORY]
    print(f"  ratio {ratio:.2f}  target <= {STEEPEST}: {_verdict(met[0])}")
    print(f"  {memory:.1f} kB an entry  target <= {MEMORY}: {_verdict(met[1])}")
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores")
    return 0 if all(met) else 1


def published(folder: Path, count: int) -> Runs:
    """Publish a log of so many invented entries, with a proof of each."""
    log, export = folder / f"{count}.sqlite", folder / f"{count}.jsonl"
    ids = ("192/2024-05-24/3", "178/2020-01-23/4", "180/2023-11-17/3", "182")
    invented.write(export, count, [f"icj:{id_}" for id_ in ids])
    for words in (("init",), ("log", "import", "--effects", str(export))):
        Runs(program=_program(folder, log, *words)).once()
    run = Runs(program=_program(folder, log, "publish", str(folder / str(count))))
    run.once()
    return run


def _program(folder: Path, log: Path, *words: str) -> Program:
    return ours.orderwatch(folder / "home", "--log", str(log), *words)


def _verdict(met: bool) -> str:  # noqa: FBT001 - that is what it is about
    return "met" if met else "MISSED"


if __name__ == "__main__":
    raise SystemExit(main())
