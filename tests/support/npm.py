"""Install packages of npm for tests, below `build`."""

import shutil
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

from tests.support.paths import ROOT

NPM = shutil.which("npm")
_FOLDER = ROOT / "build" / "npm"


def install(package: str, version: str) -> Path:
    """Install a package, unless it is installed; return its folder."""
    folder = _FOLDER / f"{package}@{version}"
    if not folder.exists():
        _FOLDER.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=_FOLDER) as new:
            options = ("--loglevel=error", "--no-audit", "--no-fund", "--ignore-scripts")
            subprocess.run(  # noqa: S603 - a package that a test names
                [str(NPM), "install", *options, "--prefix", new, f"{package}@{version}"],
                check=True,
            )
            with suppress(OSError):  # another process was first
                Path(new).rename(folder)
    return folder / "node_modules" / package
