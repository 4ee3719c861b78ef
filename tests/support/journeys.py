"""A machine for journeys: programs that stand for crontab, the cron daemon and a mailbox.

crontab FILE     installs a crontab
cron DAY         runs its jobs on a morning, in the environment of cron, and prints
                 what cron would mail; commands after it run on that day, too
inbox            lists the mails that arrived since it was last called
"""

import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.support.day import DAY
from tests.support.smtp_servers import parsed

INSTALLED = "/opt/orderwatch/bin/orderwatch"
MAIL = ".mail"
_SETTING = re.compile(r"([A-Z_]+) *= *(.*)")


def install(programs: Path) -> None:
    """Write the three programs into a folder of the path."""
    for name in ("crontab", "cron", "inbox"):
        program = programs / name
        program.write_text(
            f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m tests.support.journeys {name} "$@"\n'
        )
        program.chmod(0o700)


def _crontab(file: str) -> None:
    (Path.home() / ".crontab").write_text(Path(file).read_text(encoding="utf-8"))


def _cron(day: str) -> None:
    home = Path.home()
    (home / DAY).write_text(day)
    environment = {
        "HOME": str(home),
        "LOGNAME": "anna",
        "PATH": "/usr/bin:/bin",
        "SHELL": "/bin/sh",
    }
    for line in (home / ".crontab").read_text(encoding="utf-8").splitlines():
        if setting := _SETTING.fullmatch(line):
            environment[setting[1]] = setting[2].strip("\"'")
        elif line and not line.startswith("#"):
            job = line.split(maxsplit=5)[5].replace(INSTALLED, str(home / ".bin" / "orderwatch"))
            done = subprocess.run(  # noqa: S603 - a line of the journey
                ["/bin/sh", "-c", job],
                check=False,
                encoding="utf-8",
                env=environment,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
            )
            if done.stdout:
                _print(f"cron mails {environment['MAILTO']}:\n{done.stdout}")


def _inbox() -> None:
    mails = sorted((Path.home() / MAIL).glob("*.eml"), key=lambda path: int(path.stem))
    for path in mails:
        mail = parsed(path.read_bytes())
        files = ", ".join(part.get_filename() or "" for part in mail.iter_attachments())
        _print(f"To: {mail['To']}\nSubject: {mail['Subject'].strip()}\nFiles: {files}")
        path.unlink()
    if not mails:
        _print("no new mail")


def _print(text: str) -> None:
    sys.stdout.write(text.rstrip("\n") + "\n")


if __name__ == "__main__":
    programs: dict[str, Callable[..., None]] = {
        "crontab": _crontab,
        "cron": _cron,
        "inbox": _inbox,
    }
    programs[sys.argv[1]](*sys.argv[2:])
