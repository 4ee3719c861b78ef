"""Measure everyday commands, large logs and registers, and verification: `python bench`.

The exit code is the highest of the parts: 1 if a target is missed, 2 if one could not be measured.
"""

import subprocess
import sys
from pathlib import Path

_PARTS = {
    "Everyday commands": ("speed.py",),
    "Large logs and registers": ("scale.py",),
    "Import and verification": ("log.py", "--rounds", "3"),
}


def main() -> int:
    """Run the parts one after another; return the highest exit code."""
    codes = []
    for title, (script, *options) in _PARTS.items():
        print(f"\n## {title}\n", flush=True)
        command = (sys.executable, str(Path(__file__).with_name(script)), *options)
        codes.append(subprocess.run(command, check=False).returncode)  # noqa: S603 - ours
    return max(codes)


if __name__ == "__main__":
    raise SystemExit(main())
