"""Ask a service of advisories about everything that the tests and the program need.

    python tools/audit.py

Exit code 1 if it knows of a hole. Where no service answers, that is said and is no
error: what is tested must not depend on who can be reached.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

ALLOWED: Mapping[str, str] = {}
"""Advisories that do not concern us: their names, and why."""


def main() -> None:
    """Ask, and say what came of it."""
    argv = [sys.executable, "-m", "pip_audit", "--skip-editable", "--format", "json"]
    asked = subprocess.run(  # noqa: S603 - a list of arguments, no shell
        argv, capture_output=True, text=True, check=False
    )
    try:
        report = json.loads(asked.stdout)
    except ValueError:
        said = asked.stderr.strip().splitlines() or ["it says nothing"]
        print(f"not audited, no service answered: {said[-1]}")
        return
    holes, unknown = judged(report)
    many = len(report["dependencies"])
    print(f"{many} packages; of {unknown} the service knows nothing")
    if holes:
        sys.exit("\n".join(holes))


def judged(report: Mapping[str, Any]) -> tuple[list[str], int]:
    """List the holes in a report of pip-audit, and count what it could not look up."""
    holes = [
        f"{one['name']} {one['version']}: {hole['id']}, mended in "
        + (" or ".join(hole["fix_versions"]) or "no version yet")
        for one in report["dependencies"]
        for hole in one.get("vulns", ())
        if not ALLOWED.keys() & {hole["id"], *hole.get("aliases", ())}
    ]
    return holes, sum("skip_reason" in one for one in report["dependencies"])


if __name__ == "__main__":
    main()
