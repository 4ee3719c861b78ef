"""How many small faults in the core its tests notice.

    python bench/mutants.py [MODULE…] [--jobs N]

Needs the extra `mutation`. Each mutant is a module changed in one place: mutmut does
that to functions, and here its rules are applied to what it leaves alone, constants
and properties. It is noticed if a test fails. All happens in a copy of the tree. The
exit code is 0 if the tests of every module notice enough, 1 if those of one do not,
2 if something could not be measured.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from constants import mutants

ROOT = Path(__file__).parents[1]
TARGET = 0.9
"""The part of the mutants of a module that has to be noticed."""
TESTS = {
    "deadlines": (
        "unit/test_derivations",
        "unit/test_deadlines",
        "unit/test_status",
        "property/test_deadlines",
    ),
    "status": ("unit/test_status", "property/test_status"),
    "reminders/plan": ("unit/reminders/test_plan", "property/reminders/test_plan"),
    "log/formats/tree": ("unit/log/formats/test_tree",),
}
"""The tests that have to notice them: those of the module, and few others."""
HEAD = (
    "| module | mutants | killed | without an end | not noticed | score | time |\n"
    "|---|---|---|---|---|---|---|"
)
PLUGIN = (
    "--override-ini=addopts=",
    *("-p", "_hypothesis_pytestplugin", "--hypothesis-profile=mutants"),
)
"""All that these tests need beside pytest, and no options of other plugins: to start
every plugin takes three times as long."""
PATIENCE, START = 3, 10
"""How many times as long as without a mutant the tests may take, and the seconds that
their start may take: a mutant that takes longer has no end."""
NOTICED = {"killed", "timeout"}
VERDICTS = {*NOTICED, "survived", "no tests"}


class MutantsError(Exception):
    """Something that makes a count worthless."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One changed module, and what the tests made of it."""

    verdict: str
    change: str


def copied(folder: Path) -> None:
    """Copy the tree, so that no mutant ever stands in the real one."""
    for name in ("src", "tests"):
        without = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, folder / name, ignore=without)
    for name in ("orders.toml", "pyproject.toml"):
        shutil.copy(ROOT / name, folder)


def source(module: str) -> Path:
    return Path(f"src/orderwatch/{module}.py")


def tests(module: str) -> list[str]:
    return [f"tests/{name}.py" for name in TESTS[module]]


def of_functions(module: str, folder: Path, jobs: int) -> Iterator[Mutant]:
    """Let mutmut change the functions."""
    settings = {
        "source_paths": ["src"],
        "only_mutate": [str(source(module))],
        "also_copy": ["orders.toml"],
        "pytest_add_cli_args": [*PLUGIN],
        "pytest_add_cli_args_test_selection": tests(module),
        "timeout_multiplier": [str(PATIENCE)],
        "timeout_constant": [str(START)],
    }
    lines = ["[mutmut]"]
    for key, words in settings.items():
        lines += [f"{key} =", *(f"  {word}" for word in words)]
    (folder / "setup.cfg").write_text("\n".join(lines), encoding="utf-8")
    shutil.rmtree(folder / "mutants", ignore_errors=True)
    mutmut = str(Path(sysconfig.get_path("scripts")) / "mutmut")
    code, told = ran(folder, mutmut, "run", "--max-children", str(jobs))
    if code != 0:
        raise MutantsError(f"mutmut ended with {code}: {told[-2000:]}")
    _, told = ran(folder, mutmut, "results", "--all", "true")
    for name, verdict in re.findall(r"^ +(\S+): (.+)$", told, re.MULTILINE):
        seen = verdict != "killed"
        change = ran(folder, mutmut, "show", name)[1] if seen else name
        yield Mutant(verdict=verdict, change=change)


def of_the_rest(module: str, folder: Path) -> Iterator[Mutant]:
    """Change what is no function, and run the tests on each change."""
    path = folder / source(module)
    code = path.read_text(encoding="utf-8")
    limit = _limit(module, folder, path)
    for change, mutated in mutants(code):
        path.write_text(mutated, encoding="utf-8")
        try:
            failed = _test(module, folder, limit)
            verdict = "killed" if failed else "survived"
        except subprocess.TimeoutExpired:
            verdict = "timeout"
        yield Mutant(verdict=verdict, change=change)
    path.write_text(code, encoding="utf-8")


def _limit(module: str, folder: Path, path: Path) -> float:
    """Give the seconds that the tests may take; see that they read the copy."""
    start = perf_counter()
    if _test(module, folder, None):
        raise MutantsError(f"the tests of {module} fail without a mutant")
    limit = (perf_counter() - start + START) * PATIENCE
    code = path.read_text(encoding="utf-8")
    path.write_text("raise RuntimeError", encoding="utf-8")
    if not _test(module, folder, limit):
        raise MutantsError(f"the tests of {module} do not read {path}")
    path.write_text(code, encoding="utf-8")
    return limit


def _test(module: str, folder: Path, limit: float | None) -> bool:
    """Tell whether a test fails."""
    pytest = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider"]
    code, _ = ran(folder, *pytest, *PLUGIN, *tests(module), limit=limit)
    return code != 0


def ran(folder: Path, *argv: str, limit: float | None = None) -> tuple[int, str]:
    """Run a command in the copy; give its exit code and what it wrote."""
    # Bytecode is taken for that of a file of the same size and second: write none.
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    if argv[0] == sys.executable:
        environment["PYTHONPATH"] = str(folder / "src")
    done = subprocess.run(  # noqa: S603 - a list of arguments, no shell
        argv,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=limit,
        check=False,
    )
    return done.returncode, done.stdout


def measured(module: str, folder: Path, jobs: int) -> tuple[float, str]:
    """Try every mutant of a module, and print those that went by; give the score."""
    start = perf_counter()
    found = [*of_the_rest(module, folder), *of_functions(module, folder, jobs)]
    count = Counter(mutant.verdict for mutant in found)
    strange = set(count) - VERDICTS
    if strange or not found:
        raise MutantsError(f"{module}: {len(found)} mutants, {', '.join(strange)}")
    for mutant in found:
        if mutant.verdict != "killed":
            print(f"{module}, {mutant.verdict}: {mutant.change.strip()}\n", flush=True)
    noticed = sum(count[verdict] for verdict in NOTICED)
    score, minutes = noticed / len(found), (perf_counter() - start) / 60
    row = (
        f"| `{module}` | {len(found)} | {count['killed']} | {count['timeout']} | "
        f"{len(found) - noticed} | {score:.1%} | {minutes:.0f} min |"
    )
    return score, row


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("module", nargs="*", metavar="MODULE", help=", ".join(TESTS))
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, metavar="N")
    asked = parser.parse_args()
    if unknown := set(asked.module) - set(TESTS):
        parser.error(f"no tests are named for {', '.join(unknown)}")
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made).resolve()
        copied(folder)
        try:
            found = [measured(module, folder, asked.jobs) for module in asked.module or TESTS]
        except MutantsError as error:
            print(error, file=sys.stderr)
            return 2
    print(HEAD, *(row for _, row in found), sep="\n")
    return int(min(score for score, _ in found) < TARGET)


if __name__ == "__main__":
    sys.exit(main())
