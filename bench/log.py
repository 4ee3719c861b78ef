"""How a log of many entries compares with an empty one; exit code 1 if badly.

Everything is measured as whole processes, in turns, in one run.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter

import invented
import ours
import results
from processes import ProcessError, Program, environment, round_count

from orderwatch.log import create_log

_RATIO = 1.4
"""The most that a command may take, in times of what it takes without entries."""
_SPEED = 25_000
"""The fewest entries that an import may read in a second."""
_HASHES = 6.5
"""The most that a verification may take, in times of a loop that only hashes."""
_LONG = 3
"""Rounds of what takes long; the quickest counts, since others only make it slower."""

_TEXT_MAX = 100_000
"""Bytes that are looked at of what a program writes."""

EVENT = (
    *("--kind", "statement", "--on", "2026-11-01", "--speaker", "Ys", "--role"),
    *("party", "--source", "https://example.org/1", "--summary", "The lamp is lit."),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Runs:
    """What a program took, each time."""

    program: Program
    seconds: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    """Seconds of all cores together, with those of the processes that it started."""
    megabytes: list[float] = field(default_factory=list)
    """At its largest."""

    def once(self) -> str:
        """Run it once more; give what it wrote."""
        start = perf_counter()
        with tempfile.TemporaryFile() as output:
            process = subprocess.Popen(  # noqa: S603 - a list of arguments, no shell
                self.program.argv,
                env=self.program.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
            _, status, usage = os.wait4(process.pid, 0)
            seconds = perf_counter() - start
            output.seek(0)
            text = output.read(_TEXT_MAX).decode(errors="replace")
        process.returncode = os.waitstatus_to_exitcode(status)
        self.seconds.append(seconds)
        self.processor.append(usage.ru_utime + usage.ru_stime)
        self.megabytes.append(usage.ru_maxrss / 1024)
        if process.returncode not in self.program.codes or self.program.proof not in text:
            raise ProcessError(f"{self.program.name}: {process.returncode}: {text}")
        return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One command on a log without entries, and on a large one."""

    none: Runs
    many: Runs


def main() -> int:
    """Measure, print, and tell whether every target was met."""
    asked = _arguments()
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="orderwatch-bench-") as folder:
        try:
            met = _measured(Path(folder), asked.entries, asked.rounds)
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


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=100_000, metavar="N")
    parser.add_argument("--rounds", type=round_count, default=11, metavar="N")
    return parser.parse_args()


def _measured(folder: Path, entries: int, rounds: int) -> list[bool]:
    export = folder / "log.jsonl"
    say(f"inventing {entries:,} entries")
    invented.write(export, entries, ids(folder))
    logs = {name: folder / f"{name}.sqlite" for name in ("none", "one", "many")}
    for log in (logs["none"], logs["one"]):
        Runs(program=_program(log, "init")).once()
    Runs(program=_program(logs["one"], "log", "add", "rafah", *EVENT)).once()
    brought = _imported(logs["many"], export)
    megabytes = logs["many"].stat().st_size / 1e6
    print(f"{entries:,} entries, a file of {megabytes:,.0f} MB")
    met = [_report_import(brought, entries), _report_verify(folder, logs["many"])]
    pairs = _pairs(logs, entries)
    turns = [runs for pair in pairs for runs in (pair.none, pair.many)]
    for number in range(-1, rounds):
        say(f"round {number + 1} of {rounds}")
        for runs in turns:
            runs.once()
    print(f"\n{rounds} rounds; medians (quartiles) with no entries and with all, ratios")
    for pair in pairs:
        met += report(pair)
    return met


def _imported(log: Path, export: Path) -> Runs:
    """Import into a new log, several times."""
    brought = Runs(program=_program(log, "log", "import", str(export)))
    for number in range(_LONG):
        say(f"importing, round {number + 1} of {_LONG}")
        log.unlink(missing_ok=True)
        create_log(str(log), None)  # without an owner: the entries are not signed
        brought.once()
    return brought


def ids(folder: Path) -> list[str]:
    """Take the obligations of the register from what `status` says."""
    asked = ours.orderwatch(folder / "home", "status", "--all", "--format", "json")
    output = subprocess.run(  # noqa: S603 - a list of arguments, no shell
        asked.argv, env=asked.environment, capture_output=True, check=False
    )
    if output.returncode:
        raise ProcessError(f"{asked.name}: {output.stderr.decode()}")
    # As `log add` writes them: an id without the court is that of another register.
    return [f"icj:{duty['id']}" for duty in json.loads(output.stdout)["obligations"]]


def _program(log: Path, *arguments: str, proof: str = "") -> Program:
    return program(log.parent / "home", str(log), *arguments, proof=proof)


def program(
    home: Path, log: str, *arguments: str, proof: str = "", codes: Collection[int] = (0,)
) -> Program:
    """Give a command on a log, which its name does not tell."""
    found = ours.orderwatch(home, "--log", log, *arguments, proof=proof, codes=codes)
    return Program(
        name=" ".join(("orderwatch", *arguments)),
        argv=found.argv,
        environment=found.environment,
        proof=found.proof,
        codes=codes,
    )


def _pairs(logs: dict[str, Path], entries: int) -> list[Pair]:
    none, one, many = logs["none"], logs["one"], logs["many"]
    pairs = [
        Pair(
            none=Runs(program=_program(none, *command, proof=proof)),
            many=Runs(program=_program(many, *command, proof=proof)),
        )
        for command, proof in (
            (("status",), "178"),
            (("status", "rafah"), "rafah"),
            (("log", "checkpoint"), ""),
        )
    ]
    # An empty log has nothing to prove.
    prove = Pair(
        none=Runs(program=_program(one, "log", "prove", "1")),
        many=Runs(program=_program(many, "log", "prove", str(entries // 2))),
    )
    # Last in each round: from the second on, it finds a few entries in either.
    add = Pair(
        none=Runs(program=_program(none, "log", "add", "rafah", *EVENT)),
        many=Runs(program=_program(many, "log", "add", "rafah", *EVENT)),
    )
    return [*pairs, prove, add]


def _report_import(brought: Runs, entries: int) -> bool:
    speed = entries / min(brought.seconds)
    print(
        f"  log import   {_long(brought.seconds)}, {_processor(brought)}, "
        f"{max(brought.megabytes):,.0f} MB: "
        f"{speed:,.0f} entries/s  {_verdict(f'>= {_SPEED:,}', met=speed >= _SPEED)}"
    )
    results.add("`log import`", "entries a second", speed, _SPEED, met=speed >= _SPEED)
    return speed >= _SPEED


def _report_verify(folder: Path, log: Path) -> bool:
    bare = Runs(
        program=Program(
            name="hashes",
            argv=[
                sys.executable,
                str(Path(__file__).with_name("hashes.py")),
                str(folder / "log.jsonl"),
            ],
            environment=environment(folder / "home"),
        )
    )
    hashed, verified = [], Runs(program=_program(log, "log", "verify"))
    for number in range(_LONG):
        say(f"verifying, round {number + 1} of {_LONG}")
        seconds, root = bare.once().split()
        hashed.append(float(seconds))
        if root not in verified.once():
            raise ProcessError("the verification found another root than the loop")
    ratio = min(verified.seconds) / min(hashed)
    print(
        f"  log verify   {_long(verified.seconds)}, {_processor(verified)}, "
        f"{max(verified.megabytes):,.0f} MB: "
        f"{ratio:.2f} times a loop that only hashes, {_long(hashed)}  "
        f"{_verdict(f'<= {_HASHES}', met=ratio <= _HASHES)}"
    )
    results.add("`log verify`", "times a loop that hashes", ratio, _HASHES, met=ratio <= _HASHES)
    return ratio <= _HASHES


def report(pair: Pair, most: float = _RATIO, where: str = "") -> list[bool]:
    """Print one command; tell whether it met its targets of time and memory."""
    met = []
    for unit, none, many in (
        ("ms", _thousand(pair.none.seconds), _thousand(pair.many.seconds)),
        ("MB", pair.none.megabytes[1:], pair.many.megabytes[1:]),
    ):
        ratio = median(many) / median(none)
        met.append(ratio <= most)
        what = "time" if unit == "ms" else "memory"
        results.add(
            f"`{_name(pair.many)}`{where}", f"{what} of an empty log", ratio, most, met=met[-1]
        )
        print(
            f"  {_name(pair.many):24} {unit} {_spread(none)} {_spread(many)}"
            f" {ratio:5.2f}  {_verdict(f'<= {most}', met=met[-1])}"
        )
    return met


def _long(seconds: Sequence[float]) -> str:
    return f"{min(seconds):.1f} s (to {max(seconds):.1f})"


def _processor(runs: Runs) -> str:
    return f"{min(runs.processor):.1f} s of the processor"


def _thousand(seconds: Sequence[float]) -> list[float]:
    """Give milliseconds, without the first round, which may read from the disk."""
    return [1000 * one for one in seconds[1:]]


def _spread(values: Sequence[float]) -> str:
    low, middle, high = quantiles(values, n=4, method="inclusive")
    return f"{middle:6.1f} ({low:.0f}-{high:.0f})".ljust(18)


def _name(runs: Runs) -> str:
    words = runs.program.name.split()[1:]
    return " ".join(words[:2] if words[:2] == ["log", "add"] else words)


def _verdict(target: str, *, met: bool) -> str:
    return f"target {target}: {'met' if met else 'MISSED'}"


def say(text: str) -> None:
    """Tell somebody at a terminal what is measured now."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
