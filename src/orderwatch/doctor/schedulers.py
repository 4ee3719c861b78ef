"""The lines of cron and the timers of systemd that run `orderwatch remind`."""

import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from orderwatch.fs import files

_OURS = re.compile(r"(?P<program>\S*orderwatch)['\"]?\s(?:[^#\n]*\s)?remind\b")
_VARIABLE = re.compile(r"\s*['\"]?(\w+)['\"]?\s*=\s*(.*?)\s*$")
_CRON_PATH = "/usr/bin:/bin"
"""The folders in which cron looks for programs, unless a crontab has a `PATH`."""
_LARGEST = 1_000_000
_PATIENCE = 10
_SYSTEM = ("etc/crontab",)
_FOLDERS = (
    *("etc/cron.d", "etc/cron.daily"),
    *("etc/systemd/system", "usr/lib/systemd/system"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One line that runs `orderwatch remind`."""

    where: str
    command: str
    variables: Mapping[str, str]
    """Those that stand above it."""
    timed: bool = True
    """Whether cron runs it, with cron's environment."""

    @property
    def program(self) -> str:
        """Name the program as the line does."""
        found = _OURS.search(self.command)
        return found["program"].strip("'\"") if found else ""

    def found(self) -> str | None:
        """Find the program as cron does; `None` if it does not."""
        if not self.timed:
            return self.program
        path = self.variables.get("PATH", _CRON_PATH)
        return shutil.which(self.program, path=path)

    @property
    def speaks_utf8(self) -> bool:
        """Whether the mail that cron makes of the output says which letters it has."""
        names = ("CONTENT_TYPE", "LC_ALL", "LC_CTYPE", "LANG")
        said = " ".join(self.variables.get(name, "") for name in names).lower()
        return "utf-8" in said or "utf8" in said


def jobs(home: Path, root: Path = Path("/")) -> Iterator[Job]:
    """List the jobs of this account, and those of the machine that can be read."""
    yield from _lines("your crontab", _own())
    for name in _SYSTEM:
        yield from _lines(f"/{name}", _text(root / name))
    for folder in [*(root / name for name in _FOLDERS), _units(home)]:
        for path in _inside(folder):
            if folder.name.startswith("cron"):
                yield from _lines(str(path), _text(path))
            elif path.suffix == ".service":
                yield from _started(path)


def _own() -> str:
    """Read the crontab of this account; there may be none, and no cron."""
    program = shutil.which("crontab")
    if program is None:
        return ""
    try:
        done = subprocess.run(  # noqa: S603 - cron's own program, without a shell
            [program, "-l"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=_PATIENCE,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.decode(errors="replace")


def _lines(where: str, text: str) -> Iterator[Job]:
    variables: dict[str, str] = {}
    for line in text.splitlines():
        if line.lstrip().startswith("#"):
            continue
        if _OURS.search(line):
            yield Job(where=where, command=line.strip(), variables=dict(variables))
        elif found := _VARIABLE.match(line):
            variables[found[1]] = found[2].strip("'\"")


def _started(path: Path) -> Iterator[Job]:
    for line in _text(path).splitlines():
        if line.strip().startswith("ExecStart=") and _OURS.search(line):
            command = line.partition("=")[2].strip()
            yield Job(where=str(path), command=command, variables={}, timed=False)


def _units(home: Path) -> Path:
    return home / ".config" / "systemd" / "user"


def _inside(folder: Path) -> list[Path]:
    with suppress(OSError):
        return sorted(path for path in folder.iterdir() if path.is_file())
    return []


def _text(path: Path) -> str:
    with suppress(OSError):
        return files.read(path, _LARGEST).decode(errors="replace")
    return ""
