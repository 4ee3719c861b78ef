"""Collect what was measured against targets, for the table of a run of several parts."""

import json
import os
from pathlib import Path

VARIABLE = "ORDERWATCH_BENCH_RESULTS"
"""The environment variable with the path of a file that collects results."""


def add(command: str, unit: str, measured: float, target: float, *, met: bool) -> None:
    """Append a result to the file of the run, if there is one."""
    if path := os.environ.get(VARIABLE):
        with Path(path).open("a", encoding="utf-8") as file:
            json.dump([command, unit, measured, target, met], file)
            file.write("\n")


def table(path: Path) -> str:
    """Render the results of a run in Markdown."""
    lines = ["| command | in | measured | target | |", "|---|---|---|---|---|"]
    for line in path.read_text(encoding="utf-8").splitlines():
        command, unit, measured, target, met = json.loads(line)
        verdict = "met" if met else "**missed**"
        lines.append(f"| {command} | {unit} | {measured:,.2f} | {target:g} | {verdict} |")
    return "\n".join(lines)
