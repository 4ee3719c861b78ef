"""How long `orderwatch status` takes beside other programs; exit code 1 if too long.

Everything is measured as whole processes, in turns, in one run.
"""

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path
from statistics import median, quantiles

import ours
import peers
from processes import Measured, Output, ProcessError, Program, round_count, timed

_LIMITS = {Output.TERMINAL: 1.15, Output.PIPE: 1.0}
"""The most that we may take, in times of the typer program."""

_PEER_LIMIT = 1.0
"""The most that we may take, in times of a program that is written in Python."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Against:
    """Another program beside ours, and the most that we may take in its times."""

    other: Measured
    limit: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One command of ours with one output, and all it is compared with."""

    measured: Measured
    others: tuple[Against, ...]


def main() -> int:
    """Measure, print, and tell whether every target was met."""
    asked = _arguments()
    before = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="orderwatch-bench-") as folder:
        try:
            found, missing = _found(Path(folder), asked.peers)
            comparisons = _comparisons(Path(folder), found)
            _measure(comparisons, asked.rounds)
        except ProcessError as error:
            print(f"could not measure: {error}", file=sys.stderr)
            return 2
    print(
        f"orderwatch {_version()}, Python {platform.python_version()}, "
        f"{os.cpu_count()} cores, load {before:.1f} before and "
        f"{os.getloadavg()[0]:.1f} after"
    )
    print(f"{asked.rounds} rounds; medians (quartiles) in ms, and ratios of medians")
    if missing:
        print(f"not installed: {', '.join(missing)}")
    missed = sum([_report(comparison) for comparison in comparisons])
    print(f"\n{missed} targets missed" if missed else "\nevery target met")
    return 1 if missed else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=round_count, default=15, metavar="N")
    parser.add_argument(
        "--peers",
        type=Path,
        nargs="+",
        default=[],
        metavar="DIR",
        help="where else to look for other programs, before the PATH "
        "(also: ORDERWATCH_BENCH_PEERS)",
    )
    return parser.parse_args()


def _version() -> str:
    installed = distribution("orderwatch")
    source = installed.read_text("direct_url.json") or ""
    editable = '"editable": true' in source
    return f"{installed.version}{' (editable install)' if editable else ''}"


def _found(home: Path, extra: Sequence[Path]) -> tuple[list[peers.Found], list[str]]:
    day, records = ours.records(home / "orderwatch")
    print(f"{len(records)} dated deadlines in the register", file=sys.stderr)
    places = peers.folders(extra)
    found: list[peers.Found] = []
    missing: list[str] = []
    for peer in peers.PEERS:
        one = peers.find(peer, places, home / peer.name, records, day)
        if one is None:
            missing.append(peer.name)
        else:
            found.append(one)
    return found, missing


def _comparisons(home: Path, found: Sequence[peers.Found]) -> list[Comparison]:
    python = ours.bare_python(home / "python")
    commands = [
        ours.orderwatch(home / "orderwatch", "status", proof="178"),
        ours.orderwatch(home / "orderwatch", "status", "rafah", proof="rafah"),
    ]
    # The table is installed beside its data once for both outputs.
    tables = [
        ours.typer_program(home / "typer", f"{number}", command)
        for number, command in enumerate(commands)
    ]
    comparisons: list[Comparison] = []
    for output in Output:
        common = (
            Against(other=Measured(program=python, output=output), limit=None),
            *(
                Against(
                    other=Measured(program=one.program, output=output),
                    limit=_PEER_LIMIT if one.peer.python else None,
                )
                for one in found
            ),
        )
        comparisons += [
            Comparison(
                measured=Measured(program=command, output=output),
                others=(_table(table, output), *common),
            )
            for command, table in zip(commands, tables, strict=True)
        ]
    return comparisons


def _table(table: Program, output: Output) -> Against:
    return Against(other=Measured(program=table, output=output), limit=_LIMITS[output])


def _measure(comparisons: Sequence[Comparison], rounds: int) -> None:
    turns = list(_turns(comparisons))
    for turn in turns:  # a first run may write bytecode or a cache
        timed(turn.program, turn.output)
    for number in range(rounds):
        _progress(f"round {number + 1} of {rounds}")
        for turn in turns:
            turn.once()
    _progress("")


def _turns(comparisons: Sequence[Comparison]) -> Iterator[Measured]:
    """Yield each measurement once: ours, then the table, then what is shared."""
    seen: set[int] = set()
    for comparison in comparisons:
        for one in (comparison.measured, *(a.other for a in comparison.others)):
            if id(one) not in seen:
                seen.add(id(one))
                yield one


def _progress(text: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)


def _report(comparison: Comparison) -> int:
    """Print one comparison; give the number of targets that it missed."""
    measured = comparison.measured
    print(f"\n{measured.program.name}, {measured.output.value}")
    print(f"  {'':34} {_times(measured)}")
    missed = 0
    for against in comparison.others:
        ratio = median(measured.times) / median(against.other.times)
        line = f"  {against.other.program.name:34} {_times(against.other)} {ratio:7.2f}"
        if against.limit is not None:
            met = ratio <= against.limit
            missed += not met
            line += f"  target <= {against.limit:.2f}: {'met' if met else 'MISSED'}"
        print(line)
    return missed


def _times(measured: Measured) -> str:
    low, middle, high = quantiles(measured.times, n=4, method="inclusive")
    return f"{middle:7.1f} ({low:.0f}-{high:.0f})".ljust(18)


if __name__ == "__main__":
    raise SystemExit(main())
