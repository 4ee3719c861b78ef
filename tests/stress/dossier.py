"""Change single bytes of a dossier: its own script has to name each changed file.

    python -m tests.stress.dossier [--changes N] [--seed N]

The script runs on Python alone, without other packages. The exit code is 1 if a change was not
noticed, or if another file was named.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.support import captures
from tests.support.dossiers import CAPTURED, GIVEN, unnoticed, unpack, verify
from tests.support.log_commands import NOTE, adding


def make(folder: Path) -> Path:
    """Make a dossier with captures and a handover in an empty home; unpack it."""

    def run(*argv: str) -> None:
        subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-m", "orderwatch", *argv],
            env={"HOME": str(folder), "PATH": "", "PYTHONPATH": ":".join(sys.path)},
            check=True,
            capture_output=True,
        )

    run(*adding(), *captures.write(folder), *CAPTURED)
    run("log", "handover", "1", *GIVEN)
    run(*adding(base=NOTE))
    run("dossier", "rafah/3", "-o", str(folder / "a.zip"), "--sign", "home")
    return unpack(folder / "a.zip", folder / "unpacked")


def main() -> None:
    """Change bytes, and print those that nobody noticed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--changes", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = make(Path(folder))
        start = time.monotonic()
        code, _out = verify(place, bare=True)
        seconds = time.monotonic() - start
        wrong = list(unnoticed(place, options.changes, options.seed))
    print(f"unchanged: exit code {code} after {seconds:.1f} s")
    named = options.changes - len(wrong)
    print(f"{named} of {options.changes} changes named", *wrong, sep="\n")
    sys.exit(bool(wrong or code))


if __name__ == "__main__":
    main()
