"""How commands grow with the log and with the register; exit code 1 if a target is missed.

Processor time and peak memory of whole processes: on an empty log and on large ones, and on
registers of the shipped cases again and again.
"""

import argparse
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from math import log
from pathlib import Path
from statistics import median

import invented
import results
from log import Runs, ids, program
from processes import ProcessError, Program

from orderwatch.log import create_log

_PAGE = (1.4, 1.3)
"""The most time and memory of what reads a page, in those of an empty log."""
_WHOLE = (None, 2.0)
"""The same of what reads all."""
_ON_LOG: Mapping[str, tuple[float | None, float]] = {
    **dict.fromkeys(
        (
            *("status", "status rafah", "status --json", "status --known-on 2024-06-01"),
            *("countdown", "explain rafah/3", "check", "remind --dry-run", "log -n 20"),
            *("log -n 20 --search lighthouse", "log -n 20 --since 2026-09-20", "log -n 20 rafah"),
            *("log -n 20 --history", "show rafah -n 20", "log show 1", "log checkpoint"),
            *("export ics", "export csv", "export json", "export markdown"),
        ),
        _PAGE,
    ),
    **dict.fromkeys(
        (
            *("log", "log --json", "log --format csv", "log --format markdown", "log --history"),
            *("show rafah", "show rafah --json", "export atom", "log export"),
        ),
        _WHOLE,
    ),
}
_ON_REGISTER = {"status": 1.0, "orders": 1.1}
"""The highest exponents of the time by the number of orders, with 0.1 for noise."""
_CODES = (0, 1, 2, 3)


def main() -> int:
    """Measure, print, and return whether every target was met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, nargs="+", default=[10_000, 100_000], metavar="N")
    parser.add_argument("--orders", type=int, nargs="+", default=[1_000, 10_000], metavar="N")
    parser.add_argument("--rounds", type=int, default=3, metavar="N")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="orderwatch-bench-") as folder:
        try:
            missed = [
                *_logs(Path(folder), arguments.entries, arguments.rounds),
                *_registers(Path(folder), arguments.orders, arguments.rounds),
            ].count(False)
        except ProcessError as error:
            print(f"could not measure: {error}", file=sys.stderr)
            return 2
    print(f"\n{missed} targets missed" if missed else "\nevery target met")
    return 1 if missed else 0


def _logs(folder: Path, sizes: Sequence[int], rounds: int) -> Iterator[bool]:
    logs = [folder / f"{size}.sqlite" for size in (1, *sizes)]
    for size, path in zip((1, *sizes), logs, strict=True):
        create_log(str(path), None)
        export = path.with_suffix(".jsonl")
        invented.write(export, size, ids(folder))
        Runs(program=program(folder / "home", str(path), "log", "import", str(export))).once()
    heads = [f"{size:,}" for size in sizes]
    print(f"| | one entry | {' | '.join(heads)} | time | memory | exponent |")
    print("|---|---|" + "---|" * (len(sizes) + 3))
    for line, limits in _ON_LOG.items():
        # Memory varies little, and a whole list takes long.
        times = rounds if limits[0] else 1
        columns = [
            _measure(program(folder / "home", str(path), *line.split(), codes=_CODES), times)
            for path in logs
        ]
        (seconds, megabytes), (first_seconds, first_megabytes) = columns[-1], columns[0]
        ratios = (seconds / first_seconds, megabytes / first_megabytes)
        verdicts = []
        for ratio, limit, what in zip(ratios, limits, ("time", "memory"), strict=True):
            verdicts.append(f"{ratio:.2f}")
            if limit is not None:
                verdicts[-1] += "" if ratio <= limit else f" MISSED: {limit}"
                unit = f"{what} of one entry, at {sizes[-1]:,}"
                results.add(f"`{line}`", unit, ratio, limit, met=ratio <= limit)
                yield ratio <= limit
        _row(line, columns, [*verdicts, _exponent(columns, sizes)])


def _registers(folder: Path, sizes: Sequence[int], rounds: int) -> Iterator[bool]:
    paths = [_register(folder / f"{size}.toml", size) for size in sizes]
    print(f"\n| | {' | '.join(f'{size:,} orders' for size in sizes)} | exponent |")
    print("|---|" + "---|" * (len(sizes) + 1))
    for line, limit in _ON_REGISTER.items():
        log_path = str(folder / "1.sqlite")
        columns = [
            _measure(
                program(folder / "home", log_path, "--orders", str(path), *line.split()), rounds
            )
            for path in paths
        ]
        exponent = _exponent(columns, sizes)
        is_met = float(exponent) <= limit + 0.1
        unit = f"exponent, {sizes[0]:,} to {sizes[-1]:,} orders"
        results.add(f"`{line}`", unit, float(exponent), limit, met=is_met)
        _row(line, columns, [exponent if is_met else f"{exponent} MISSED: {limit}"])
        yield is_met


def _register(path: Path, orders: int) -> Path:
    """Write the shipped cases with numbers of their own, until there are so many orders."""
    from orderwatch.register import packaged_path

    text = packaged_path().read_text(encoding="utf-8")
    head, *cases = re.split(r"(?m)^(?=\[\[case\]\])", re.split(r"(?m)^\[\[event\]\]", text)[0])
    cases = [re.split(r"(?m)^\[\[change\]\]", case)[0] for case in cases]
    # Names and references of one case must not occur in another.
    cases = [re.sub(r"(?m)^ *(alias|aliases|reaffirms|modifies) = .*\n", "", x) for x in cases]
    made, parts = 0, [head]
    while made < orders:
        for case in cases:
            parts.append(re.sub(r"(?m)^number = .*$", f"number = {len(parts)}", case, count=1))
            made += case.count("[[case.order]]")
    path.write_text("".join(parts), encoding="utf-8")
    return path


def _measure(asked: Program, rounds: int) -> tuple[float, float]:
    runs = Runs(program=asked)
    for _ in range(rounds):
        runs.once()
    return median(runs.processor), max(runs.megabytes)


def _exponent(columns: Sequence[tuple[float, float]], sizes: Sequence[int]) -> str:
    """Return the exponent of the time between the two largest sizes."""
    if len(sizes) == 1:
        return ""
    return f"{log(columns[-1][0] / columns[-2][0]) / log(sizes[-1] / sizes[-2]):.2f}"


def _row(line: str, columns: Sequence[tuple[float, float]], more: Sequence[str]) -> None:
    cells = [f"{seconds:.2f} s, {megabytes:.0f} MB" for seconds, megabytes in columns]
    print(f"| `{line}` | {' | '.join([*cells, *more])} |", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
