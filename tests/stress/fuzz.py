"""Try every reader on many spoilt inputs.

    python -m tests.stress.fuzz [--inputs N] [--seed N] [--reader NAME…] [--guided]

Each reader runs in a process of its own. The exit code is 1 if any input ended in
a traceback, in a wrong exit code, or took more than a second; it is kept then in
`tests/corpus`, which the tests try again for good. With `--guided`, libFuzzer looks
for inputs by the code that they reach, if atheris is installed.
"""

import argparse
import importlib
import multiprocessing
import shutil
import socket
import sys
import tempfile
from pathlib import Path
from typing import NoReturn

from tests.stress.outcome import enter_empty_home
from tests.support import fuzzing
from tests.support.fuzzing import Result
from tests.support.paths import CORPUS
from tests.support.readers import READERS

HEAD = "| reader | inputs | taken | outcomes | tracebacks | slowest | memory | a second |"


def refuse(*_: object) -> NoReturn:
    raise PermissionError("a fuzzed input tried to reach the network")


def attempt(name: str, inputs: int, seed: int) -> Result:
    socket.socket.connect = refuse  # type: ignore[method-assign]
    reader = fuzzing.named(name)
    return fuzzing.fuzz(reader, inputs, seed, keep=fuzzing.kept(reader))


def row(one: Result) -> str:
    speed = one.inputs / one.seconds if one.seconds else 0
    return (
        f"| {one.reader} | {one.inputs:,} | {one.taken:,} | {one.outcomes:,} | "
        f"{len(one.crashes)} | {one.slowest * 1000:.0f} ms | "
        f"{one.memory / 1e6:.0f} MB | {speed:,.0f} |"
    )


def guided(name: str, inputs: int, seed: int) -> None:
    """Let libFuzzer choose; it never returns."""
    atheris = importlib.import_module("atheris")
    reader = fuzzing.named(name)
    atheris.instrument_all()

    def one(data: bytes) -> None:
        try:
            reader.read(data)
        except reader.told:
            return

    folder = CORPUS / name
    limits = (f"-runs={inputs}", "-timeout=5", "-max_len=4000", "-rss_limit_mb=2000")
    kept = (f"-seed={seed + 1}", f"-artifact_prefix={folder}/crash-")
    # It adds to its folder whatever reaches new code: it gets one of its own.
    chosen = Path(tempfile.mkdtemp())
    shutil.copytree(folder, chosen, dirs_exist_ok=True)
    atheris.Setup([sys.argv[0], *limits, *kept, str(chosen)], one)
    atheris.Fuzz()


def main() -> None:
    names = [reader.name for reader in READERS]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--reader", action="append", choices=names)
    parser.add_argument("--guided", action="store_true")
    asked = parser.parse_args()
    if asked.guided:
        for name in asked.reader or names:
            guided(name, asked.inputs, asked.seed)
    print(HEAD)
    print("|---|---|---|---|---|---|---|---|")
    failed: list[str] = []
    with tempfile.TemporaryDirectory() as home:
        enter_empty_home(Path(home))
        for name in asked.reader or names:
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                one = pool.apply(attempt, (name, asked.inputs, asked.seed))
            print(row(one), flush=True)
            failed += [f"{name}: {crash}" for crash in one.crashes]
    for crash in failed[:50]:
        print(crash, file=sys.stderr)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
