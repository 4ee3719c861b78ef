"""Run the jobs of docs/remind.md as cron does."""

import re
import subprocess
import sys
from pathlib import Path

from tests.support.paths import ROOT
from tests.support.smtp_servers import Office
from tests.support.waiting import PATIENCE

PAGE = (ROOT / "docs" / "remind.md").read_text(encoding="utf-8")
PROGRAM = "/opt/orderwatch/bin/orderwatch"
CONFIG = "/etc/orderwatch.toml"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


LINES = [line for block in blocks("crontab") for line in block.splitlines()]
SETTING = re.compile(r"([A-Z_]+)=(.*)")
SETTINGS = {x[1]: x[2].strip('"') for line in LINES if (x := SETTING.match(line))}
JOBS = [line for line in LINES if not SETTING.match(line)]
PRINTED, MAILED, PINGED, REPORTED, SHARED = JOBS


class Machine:
    """A machine with cron on it, a mail server, and a `curl` that notes its calls."""

    def __init__(self, folder: Path, post: Office) -> None:
        self.post = post
        self._folder = folder
        self._curl = folder / "curl"
        self._curl.write_text(f'#!/bin/sh\necho "$@" >> {folder}/called\n')
        self._curl.chmod(0o700)
        self._config = folder / "orderwatch.toml"
        server = (
            f'host = "localhost"\nport = {post.port}\nsecurity = "none"\n'
            'from = "orderwatch@example.org"\n'
        )
        self._config.write_text(f"[mail]\n{server}")

    @property
    def calls(self) -> int:
        """How often the sign of life was given."""
        return len(self.called)

    @property
    def called(self) -> list[str]:
        """What was called, in order."""
        path = self._folder / "called"
        return path.read_text().splitlines() if path.exists() else []

    def morning(self, job: str, day: str) -> tuple[int, str, str]:
        """Run a job as cron does; the day stands for the clock."""
        command = job.split(maxsplit=5)[5]
        for old, new in (
            (PROGRAM, f"{sys.executable} -m orderwatch"),
            (" remind", f" remind --as-of {day}"),
        ):
            command = command.replace(old, new)
        done = subprocess.run(  # noqa: S603 - a line of the documentation
            ["/bin/sh", "-c", command],
            capture_output=True,
            check=False,
            cwd=self._folder,
            env={
                "HOME": str(self._folder),
                "LOGNAME": "desk",
                "ORDERWATCH_CONFIG": str(self._config),
                "PATH": "/usr/bin:/bin",
                "PING": SETTINGS["PING"].replace("curl ", f"{self._curl} "),
                "SHELL": "/bin/sh",
            },
            stdin=subprocess.DEVNULL,
            timeout=PATIENCE,
        )
        return done.returncode, done.stdout.decode(), done.stderr.decode()
