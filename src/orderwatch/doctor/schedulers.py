"""Find the crontab lines and systemd units that run `orderwatch remind`."""

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
"""The default `PATH` of cron."""
_LARGEST = 1_000_000
_PATIENCE = 10
_SYSTEM = ("etc/crontab",)
_FOLDERS = (
    *("etc/cron.d", "etc/cron.daily"),
    *("etc/systemd/system", "usr/lib/systemd/system"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A crontab line or systemd unit that runs `orderwatch remind`."""

    where: str
    command: str
    variables: Mapping[str, str]
    """Set by the lines above it."""
    timed: bool = True
    """Whether cron runs it, in the environment of cron."""

    @property
    def program(self) -> str:
        """Return the program as the line spells it."""
        match = _OURS.search(self.command)
        return match["program"].strip("'\"") if match else ""

    def found(self) -> str | None:
        """Return the path of the program on cron's PATH, or `None`."""
        if not self.timed:
            return self.program
        path = self.variables.get("PATH", _CRON_PATH)
        return shutil.which(self.program, path=path)

    @property
    def speaks_utf8(self) -> bool:
        """Return whether the environment makes cron declare its mail as UTF-8."""
        names = ("CONTENT_TYPE", "LC_ALL", "LC_CTYPE", "LANG")
        values = " ".join(self.variables.get(name, "") for name in names).lower()
        return "utf-8" in values or "utf8" in values


def jobs(home: Path, root: Path = Path("/")) -> Iterator[Job]:
    """Yield the jobs of this account, and the readable ones of the system."""
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
    """Read the crontab of this account; return "" without one or without cron."""
    program = shutil.which("crontab")
    if program is None:
        return ""
    try:
        result = subprocess.run(  # noqa: S603 - cron's own program, without a shell
            [program, "-l"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=_PATIENCE,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return result.stdout.decode(errors="replace")


def _lines(source: str, text: str) -> Iterator[Job]:
    variables: dict[str, str] = {}
    for line in text.splitlines():
        if line.lstrip().startswith("#"):
            continue
        if _OURS.search(line):
            yield Job(where=source, command=line.strip(), variables=dict(variables))
        elif match := _VARIABLE.match(line):
            variables[match[1]] = match[2].strip("'\"")


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
