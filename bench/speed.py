"""Processor time of everyday commands beside other programs; exit code 1 if a target is missed.

Whole processes, in turns: each ratio is the median of the ratios of one round.
"""

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import distribution
from pathlib import Path
from statistics import median

import ours
import peers
import results
from processes import Output, ProcessError, Program, round_count, timed

PYTHON, TYPER, TABLE = "python -c pass", "import typer", "hello-table"
_PEER_LIMIT = 1.0
"""The most of an overview, in times of a program that is written in Python."""
_BASH = {"_ORDERWATCH_COMPLETE": "complete_bash"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A command, where it writes to, and the most of it in times of others."""

    program: Program
    output: Output = Output.PIPE
    limits: Mapping[str, float] = field(default_factory=dict)
    milliseconds: list[float] = field(default_factory=list)


def main() -> int:
    """Measure, print, and return whether every target was met."""
    arguments = _arguments()
    before = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="orderwatch-bench-") as folder:
        try:
            rows, others, missing = _prepare(Path(folder), arguments.peers)
            _measure([*rows, *others.values()], arguments.rounds)
        except ProcessError as error:
            print(f"could not measure: {error}", file=sys.stderr)
            return 2
    missed = _report(rows, others)
    if missing:
        print(f"\nnot installed: {', '.join(missing)}")
    print(
        f"\norderwatch {_version()}, Python {platform.python_version()}, {os.cpu_count()} cores,"
        f" load {before:.1f} before and {os.getloadavg()[0]:.1f} after, {arguments.rounds} rounds"
    )
    print(f"{missed} targets missed" if missed else "every target met")
    return 1 if missed else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=round_count, default=11, metavar="N")
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


def _prepare(folder: Path, extra: Sequence[Path]) -> tuple[list[Row], dict[str, Row], list[str]]:
    """Return our commands, the programs to compare with, and those that are not installed."""
    home = folder / "orderwatch"
    status = ours.orderwatch(home, "status", proof="Myanmar")
    table = ours.typer_program(folder / "table", "status", status)
    day, records = ours.records(home)
    places = peers.folders(extra)
    sought = {
        peer.name: peers.find(peer, places, folder / peer.name, records, day)
        for peer in peers.PEERS
    }
    found = [peer for peer in sought.values() if peer]
    missing = [name for name, peer in sought.items() if peer is None]
    peer_limits = {peer.program.name: _PEER_LIMIT for peer in found if peer.peer.python}
    rows = [
        Row(program=status, limits={TABLE: 0.5, **peer_limits}),
        Row(program=status, output=Output.TERMINAL, limits={f"{TABLE}, terminal": 0.7}),
        *(
            Row(
                program=ours.orderwatch(home, *line.split(), codes=codes, variables=variables),
                limits=limits,
            )
            for line, codes, variables, limits in _lines()
        ),
    ]
    others = {
        PYTHON: Row(program=ours.bare_python(folder / "python")),
        TYPER: Row(program=ours.bare_python(folder / "python", TYPER)),
        TABLE: Row(program=table),
        f"{TABLE}, terminal": Row(program=table, output=Output.TERMINAL),
        **{peer.program.name: Row(program=peer.program) for peer in found},
    }
    return rows, others, missing


def _lines() -> list[tuple[str, tuple[int, ...], Mapping[str, str], Mapping[str, float]]]:
    """Return command lines, with their exit codes, environment and targets."""
    read: Mapping[str, str] = {}
    complete = [
        {**_BASH, "COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}
        for words in ("orderwatch sta", "orderwatch status raf", "orderwatch show 19")
    ]
    return [
        ("status rafah", (0,), read, {TABLE: 0.5}),
        ("status --format json", (0,), read, {TABLE: 0.6}),
        ("status --format table", (0,), read, {}),
        ("check", (0, 1, 2, 3), read, {TABLE: 0.6}),
        ("remind --dry-run", (0,), read, {TABLE: 0.7}),
        ("export ics", (0,), read, {TABLE: 0.9}),
        *((line, (0,), read, {}) for line in ("countdown", "show rafah", "explain rafah/3")),
        *((line, (0,), read, {}) for line in ("orders", "find genocide", "log", "export csv")),
        ("--version", (0,), read, {PYTHON: 3.0}),
        ("--help", (0,), read, {}),
        *(("", (0,), variables, {PYTHON: 1.5}) for variables in complete),
    ]


def _measure(rows: Sequence[Row], rounds: int) -> None:
    for number in range(-1, rounds):
        if sys.stderr.isatty():
            print(f"\r\x1b[Kround {number + 1} of {rounds}", end="", file=sys.stderr, flush=True)
        for row in rows:
            milliseconds, _text = timed(row.program, row.output)
            if number >= 0:  # a first run may write bytecode or a cache
                row.milliseconds.append(milliseconds)


def _report(rows: Sequence[Row], others: Mapping[str, Row]) -> int:
    """Print one table in Markdown; return the number of targets that were missed."""
    shown = [name for name in others if name != f"{TABLE}, terminal"]
    print(f"| | ms | {' | '.join(shown)} | target |\n|{'---|' * (len(shown) + 3)}")
    missed = 0
    for row in (*rows, *others.values()):
        ratios = {name: _ratio(row, other) for name, other in others.items()}
        verdicts = []
        for name, limit in row.limits.items():
            is_met = ratios[name] <= limit
            missed += not is_met
            results.add(_name(row), f"times {name}", ratios[name], limit, met=is_met)
            verdicts.append(f"{limit:g} x {name}: {'met' if is_met else 'MISSED'}")
        if row.output is Output.TERMINAL:
            ratios[TABLE] = ratios[f"{TABLE}, terminal"]
        cells = (f"{ratios[name]:.2f}" for name in shown)
        print(
            f"| {_name(row)} | {median(row.milliseconds):.0f} | {' | '.join(cells)} |"
            f" {'; '.join(verdicts)} |"
        )
    return missed


def _name(row: Row) -> str:
    words = row.program.environment.get("COMP_WORDS")
    name = f"complete `{words}`" if words else f"`{row.program.name}`"
    return f"{name}, terminal" if row.output is Output.TERMINAL else name


def _ratio(row: Row, other: Row) -> float:
    pairs = zip(row.milliseconds, other.milliseconds, strict=True)
    return median(one / two for one, two in pairs)


if __name__ == "__main__":
    raise SystemExit(main())
