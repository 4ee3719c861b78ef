"""Find the crontab lines and systemd units that run `orderwatch remind`."""

import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from orderwatch.frozen import Frozen
from orderwatch.fs import files

_REMIND_COMMAND = re.compile(
    r"(?P<program>\S*orderwatch)['\"]?\s(?:[^#\n]*\s)?remind\b"
)
_ASSIGNMENT = re.compile(r"\s*['\"]?(\w+)['\"]?\s*=\s*(.*?)\s*$")
_DEFAULT_PATH = "/usr/bin:/bin"
"""The default `PATH` of cron."""
_SIZE_MAX = 1_000_000
_TIMEOUT = 10
_SYSTEM_CRONTABS = ("etc/crontab",)
_SYSTEM_FOLDERS = (
    *("etc/cron.d", "etc/cron.daily"),
    *("etc/systemd/system", "usr/lib/systemd/system"),
)


class Job(Frozen):
    """A crontab line or systemd unit that runs `orderwatch remind`."""

    source: str
    command: str
    variables: Mapping[str, str]
    """Set by the lines above it."""
    is_cron: bool = True
    """Whether cron runs it, in the environment of cron."""

    @property
    def program(self) -> str:
        """Return the program as the line spells it."""
        match = _REMIND_COMMAND.search(self.command)
        return match["program"].strip("'\"") if match else ""

    def which(self) -> str | None:
        """Return the path of the program on cron's PATH, or `None`."""
        if not self.is_cron:
            return self.program
        path = self.variables.get("PATH", _DEFAULT_PATH)
        return shutil.which(self.program, path=path)

    @property
    def declares_utf8(self) -> bool:
        """Return whether the environment makes cron declare its mail as UTF-8."""
        names = ("CONTENT_TYPE", "LC_ALL", "LC_CTYPE", "LANG")
        values = " ".join(self.variables.get(name, "") for name in names).lower()
        return "utf-8" in values or "utf8" in values


def find_jobs(home: Path, root: Path = Path("/")) -> Iterator[Job]:
    """Yield the jobs of this account, and the readable ones of the system."""
    yield from _parse_crontab("your crontab", _read_user_crontab())
    for name in _SYSTEM_CRONTABS:
        yield from _parse_crontab(f"/{name}", _read_text(root / name))
    for folder in [*(root / name for name in _SYSTEM_FOLDERS), _user_unit_folder(home)]:
        for path in _list_files(folder):
            if folder.name.startswith("cron"):
                yield from _parse_crontab(str(path), _read_text(path))
            elif path.suffix == ".service":
                yield from _parse_unit(path)


def _read_user_crontab() -> str:
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
            timeout=_TIMEOUT,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return result.stdout.decode(errors="replace")


def _parse_crontab(source: str, text: str) -> Iterator[Job]:
    variables: dict[str, str] = {}
    for line in text.splitlines():
        if line.lstrip().startswith("#"):
            continue
        if _REMIND_COMMAND.search(line):
            yield Job(source=source, command=line.strip(), variables=dict(variables))
        elif match := _ASSIGNMENT.match(line):
            variables[match[1]] = match[2].strip("'\"")


def _parse_unit(path: Path) -> Iterator[Job]:
    for line in _read_text(path).splitlines():
        if line.strip().startswith("ExecStart=") and _REMIND_COMMAND.search(line):
            command = line.partition("=")[2].strip()
            yield Job(source=str(path), command=command, variables={}, is_cron=False)


def _user_unit_folder(home: Path) -> Path:
    return home / ".config" / "systemd" / "user"


def _list_files(folder: Path) -> list[Path]:
    with suppress(OSError):
        return sorted(path for path in folder.iterdir() if path.is_file())
    return []


def _read_text(path: Path) -> str:
    with suppress(OSError):
        return files.read(path, _SIZE_MAX).decode(errors="replace")
    return ""
