"""Doctor checks of delivery: the mail server, and the schedulers."""

import os
import shlex
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from orderwatch.doctor.result import CheckResult, note, ok, problem
from orderwatch.doctor.schedulers import Job, find_jobs
from orderwatch.errors import DeliveryError, UsageError
from orderwatch.log_url import strip_secrets
from orderwatch.reminders.channels import build_server
from orderwatch.settings.types import Settings

_PATIENCE = 10.0
"""Seconds to wait for one answer of a server."""
_SESSION_LIMIT = 20.0
"""Seconds for the whole SMTP session."""


def check_mail(settings: Settings) -> CheckResult:
    """Check the connection to the mail server and the login; send nothing."""
    if settings.mail.host is None:
        return ok("mail", "not set up: `orderwatch remind` prints, and sends nothing")
    from orderwatch.reminders.smtp import SmtpClient

    try:
        mail_server = build_server(settings.mail)
        with SmtpClient(mail_server, timeout=_PATIENCE, limit=_SESSION_LIMIT) as post:
            post.check_connection()
    except UsageError as error:
        return problem("mail", str(error), error.exit_code)
    except DeliveryError as error:
        advice = "see [mail] in the configuration, and whether the server is up"
        return problem("mail", str(error), error.exit_code, advice)
    encryption = {"starttls": "STARTTLS", "tls": "TLS", "none": "no encryption"}
    login = f"as {mail_server.user}" if mail_server.user else "without a user"
    return ok(
        "mail",
        f"{mail_server.host}, port {mail_server.port}: answers, with "
        f"{encryption[mail_server.security.value]}, {login}; nothing was sent",
    )


def check_schedulers(
    settings: Settings, root: Path = Path("/")
) -> Iterator[CheckResult]:
    """Check the schedulers that run `orderwatch remind`, and whether they can."""
    job_list = list(find_jobs(Path("~").expanduser(), root))
    for job in job_list:
        yield _check_job(settings, job)
    if not job_list:
        yield note(
            "cron",
            "nothing was found that runs `orderwatch remind`: nobody is reminded by "
            "itself",
            f"`crontab -e`, and a line such as: 0 7 * * * {_remind_command(settings)}",
        )


def _check_job(settings: Settings, job: Job) -> CheckResult:
    if job.which() is None:
        return problem(
            "cron",
            f"{job.source} runs {job.program or 'orderwatch'}, which cron does not "
            "find",
            UsageError.exit_code,
            f"name the program by its full path, such as {_program_path()}",
        )
    sends = any(word in job.command for word in ("--mail-to", "--notify"))
    sends = sends or bool(settings.remind.mail_to or settings.remind.notify)
    if job.is_cron and not sends and not job.declares_utf8:
        return note(
            "cron",
            f"{job.source} runs {job.command}: cron mails what it prints, and says of "
            "it that it is ASCII",
            'put a line CONTENT_TYPE="text/plain; charset=UTF-8" above it',
        )
    return ok("cron", f"{job.source} runs {job.command}")


def _remind_command(settings: Settings) -> str:
    """Return the command that sends the reminders, with the options in force."""
    argv = [_program_path()]
    # Repeat what options and environment set, never a password.
    for option, setting in (("--config", settings.config), ("--log", settings.log)):
        # /dev/null stands in for an invalid configuration.
        is_override = setting.source.startswith(("option", "environment"))
        if is_override and setting.value != os.devnull:
            argv += [option, strip_secrets(str(setting.value))]
    argv.append("remind")
    if settings.mail.host and not settings.remind.mail_to:
        argv += ["--mail-to", "you@example.org"]
    return shlex.join(argv)


def _program_path() -> str:
    """Return the path of this program, as a crontab needs it."""
    sibling = Path(sys.executable).with_name("orderwatch")
    return (
        str(sibling) if sibling.exists() else shutil.which("orderwatch") or "orderwatch"
    )
