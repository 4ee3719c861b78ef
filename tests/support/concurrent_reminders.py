"""Run two reminders at the same moment, for each of several logs, in turn.

As two processes of one host, or as two hosts that cannot look at each other's.

Both are forked when all is imported, and set off by one gate: they meet in the log,
and not in the start of Python. The second comes a little later each time, so that
it finds the first at every step of its way.
"""

import os
import platform
import sys
import time
from unittest.mock import patch

from orderwatch import cli
from orderwatch.cli.commands import remind
from orderwatch.log import outbox
from orderwatch.reminders import smtp
from orderwatch.render import reminder_mail

PRELOADED = (cli, remind, smtp, reminder_mail)


def apart(which: int) -> None:
    """Pass for a host of its own, with other processes."""
    name = f"host{which}"
    patch.object(platform, "node", lambda: name).start()
    patch.object(outbox, "process_id", lambda pid: f"{name}/pid/{pid}/0").start()


def both(argv: list[str], later: float, *, hosts: bool) -> None:
    """Set off two, the second so many seconds later, and fail unless both end well."""
    gate, opener = os.pipe()
    children = []
    for which in range(2):
        child = os.fork()
        if not child:
            os.close(opener)
            os.read(gate, 1)
            if hosts:
                apart(which)
            time.sleep(which * later)
            cli.main(argv)
        children.append(child)
    os.close(opener)
    os.close(gate)
    codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    if any(codes):
        raise SystemExit(f"ended with {codes}")


who, what, day, to, *logs = sys.argv[1:]
for number, log in enumerate(logs):
    mine = [f"--mail-to={number}.{name}" for name in to.split(",")]
    argv = ["--log", log, "remind", what, "--as-of", day, *mine]
    both(argv, number % 25 * 0.012, hosts=who == "hosts")
