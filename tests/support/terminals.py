"""Run the program in a process and on a terminal of its own."""

import os
import pty
import select
import signal
import subprocess
import sys
import termios
import time
from pathlib import Path

from tests.support.waiting import PATIENCE


def orderwatch(*argv: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run the program as a user does, with its output in a pipe."""
    return subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "orderwatch", *argv],
        capture_output=True,
        check=False,
        env=os.environ | environment,
        stdin=subprocess.DEVNULL,
        timeout=PATIENCE,
    )


class Terminal:
    """The program on a terminal of its own."""

    def __init__(self, *argv: str, **environment: str) -> None:
        self.process, self.end = pty.fork()
        if self.process == 0:
            # Not what C libraries put there, as readline does with the size.
            every = dict(os.environ) | {"TERM": "xterm"} | environment
            # Whatever runs the tests in its background has this ignored.
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            os.execve(  # noqa: S606 - our own program
                sys.executable, [sys.executable, "-m", "orderwatch", *argv], every
            )
        self.shown = b""

    def until(self, words: bytes) -> None:
        """Read until the screen shows some words."""
        end = time.monotonic() + PATIENCE
        while words not in self.shown:
            assert self._more(end - time.monotonic()), self.shown

    def press(self, key: bytes) -> None:
        """Press a key."""
        os.write(self.end, key)

    def ended(self) -> int:
        """Read to the end, and give the exit code."""
        end = time.monotonic() + PATIENCE
        while self._more(end - time.monotonic()):
            pass
        os.close(self.end)
        return os.waitstatus_to_exitcode(os.waitpid(self.process, 0)[1])

    def more(self) -> None:
        """Read once more."""
        assert self._more(PATIENCE)

    def is_over(self) -> bool:
        """Tell whether it has ended, without waiting."""
        how = os.WEXITED | os.WNOHANG | os.WNOWAIT
        return os.waitid(os.P_PID, self.process, how) is not None

    def waits_for_a_key(self) -> bool:
        """Tell whether it reads single keys, and sleeps until one is pressed."""
        status = Path(f"/proc/{self.process}/stat").read_text(encoding="utf-8")
        sleeps = status.rpartition(")")[2].split()[0] == "S"
        return sleeps and not self.modes() & termios.ICANON

    def modes(self) -> int:
        """Read the local modes of the terminal."""
        modes: int = termios.tcgetattr(self.end)[3]
        return modes

    def _more(self, patience: float) -> bool:
        ready, _, _ = select.select([self.end], [], [], max(0, patience))
        assert ready, f"nothing more within the time: {self.shown!r}"
        try:
            part = os.read(self.end, 65_536)
        except OSError:  # Linux's word for the end of a terminal
            return False
        self.shown += part
        return bool(part)
