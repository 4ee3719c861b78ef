"""What `doctor` looks at of reminders: the mail server, and what runs them."""

import os
import shlex
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from orderwatch.address import shown
from orderwatch.doctor.result import Finding, note, ok, problem
from orderwatch.doctor.schedulers import Job, jobs
from orderwatch.errors import DeliveryError, UsageError
from orderwatch.reminders.channels import server
from orderwatch.settings import Settings

_PATIENCE = 10.0
"""Seconds to wait for one answer of a server."""
_LIMIT = 20.0
"""Seconds for the whole conversation."""


def mail(chosen: Settings) -> Finding:
    """Reach the mail server and say who we are, and send nothing."""
    if chosen.mail.host is None:
        return ok("mail", "not set up: `orderwatch remind` prints, and sends nothing")
    from orderwatch.reminders.smtp import Post

    try:
        reached = server(chosen.mail)
        with Post(reached, timeout=_PATIENCE, limit=_LIMIT) as post:
            post.reach()
    except UsageError as error:
        return problem("mail", str(error), error.exit_code)
    except DeliveryError as error:
        advice = "see [mail] in the configuration, and whether the server is up"
        return problem("mail", str(error), error.exit_code, advice)
    way = {"starttls": "STARTTLS", "tls": "TLS", "none": "no encryption"}
    who = f"as {reached.user}" if reached.user else "without a user"
    return ok(
        "mail",
        f"{reached.host}, port {reached.port}: answers, with "
        f"{way[reached.security.value]}, {who}; nothing was sent",
    )


def scheduled(chosen: Settings, root: Path = Path("/")) -> Iterator[Finding]:
    """Say what runs `orderwatch remind`, and whether it can."""
    found = list(jobs(Path("~").expanduser(), root))
    for job in found:
        yield _job(chosen, job)
    if not found:
        yield note(
            "cron",
            "nothing was found that runs `orderwatch remind`: nobody is reminded by "
            "itself",
            f"`crontab -e`, and a line such as: 0 7 * * * {_line(chosen)}",
        )


def _job(chosen: Settings, job: Job) -> Finding:
    if job.found() is None:
        return problem(
            "cron",
            f"{job.where} runs {job.program or 'orderwatch'}, which cron does not find",
            UsageError.exit_code,
            f"name the program by its full path, such as {_self()}",
        )
    sends = any(word in job.command for word in ("--mail-to", "--notify"))
    sends = sends or bool(chosen.remind.mail_to or chosen.remind.notify)
    if job.timed and not sends and not job.speaks_utf8:
        return note(
            "cron",
            f"{job.where} runs {job.command}: cron mails what it prints, and says of "
            "it that it is ASCII",
            'put a line CONTENT_TYPE="text/plain; charset=UTF-8" above it',
        )
    return ok("cron", f"{job.where} runs {job.command}")


def _line(chosen: Settings) -> str:
    """Write the command that reminds of what was looked at, in the way set up."""
    words = [_self()]
    # What the configuration names need not be said again, and a password never is.
    for option, setting in (("--config", chosen.config), ("--log", chosen.log)):
        # The null device stands for a configuration that is to be mended first.
        asked = setting.source.startswith(("option", "environment"))
        if asked and setting.value != os.devnull:
            words += [option, shown(str(setting.value))]
    words.append("remind")
    if chosen.mail.host and not chosen.remind.mail_to:
        words += ["--mail-to", "you@example.org"]
    return shlex.join(words)


def _self() -> str:
    """Name this program as a crontab should."""
    here = Path(sys.executable).with_name("orderwatch")
    return str(here) if here.exists() else shutil.which("orderwatch") or "orderwatch"
