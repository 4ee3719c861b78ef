"""Doctor checks of delivery: the mail server, and the schedulers."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from orderwatch import fs
from orderwatch.doctor import CheckResult, note, ok, problem
from orderwatch.errors import DeliveryError, UsageError
from orderwatch.frozen import Frozen
from orderwatch.log_url import strip_command, strip_secrets
from orderwatch.reminders.channels import build_server
from orderwatch.settings import Settings
from orderwatch.translation import _, mark

_PATIENCE = 10.0
"""Seconds to wait for one answer of a server."""
_SESSION_LIMIT = 20.0
"""Seconds for the whole SMTP session."""


_REMIND_COMMAND = re.compile(r"(?P<program>\S*orderwatch)['\"]?\s(?:[^#\n]*\s)?remind\b")
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


def check_mail(settings: Settings) -> CheckResult:
    """Check the connection to the mail server and the login; send nothing."""
    if settings.mail.host is None:
        return ok(mark("mail"), _("not set up: `orderwatch remind` only prints"))
    from orderwatch.reminders.smtp import SmtpClient

    try:
        mail_server = build_server(settings.mail)
        with SmtpClient(mail_server, timeout=_PATIENCE, limit=_SESSION_LIMIT) as post:
            post.check_connection()
    except UsageError as error:
        return problem(mark("mail"), str(error), error.exit_code)
    except DeliveryError as error:
        advice = _("check [mail] in the configuration, and whether the server is running")
        return problem(mark("mail"), str(error), error.exit_code, advice)
    encryption = {"starttls": "STARTTLS", "tls": "TLS", "none": _("no encryption")}
    login = (
        _("as {user}").format(user=mail_server.user)
        if mail_server.user
        else _("without a user name")
    )
    return ok(
        mark("mail"),
        _(
            "{host}, port {port}: the server answers, with {encryption}, {login}; nothing was sent"
        ).format(
            host=mail_server.host,
            port=mail_server.port,
            encryption=encryption[mail_server.security.value],
            login=login,
        ),
    )


def check_schedulers(settings: Settings, root: Path = Path("/")) -> Iterator[CheckResult]:
    """Check the schedulers that run `orderwatch remind`, and whether they can."""
    job_list = list(find_jobs(Path("~").expanduser(), root))
    for job in job_list:
        yield _check_job(settings, job)
    if not job_list:
        yield note(
            mark("cron"),
            _("no job found that runs `orderwatch remind`: no reminder is sent automatically"),
            _("run `crontab -e` and add a line such as: 0 7 * * * {command}").format(
                command=_remind_command(settings)
            ),
        )


def _check_job(settings: Settings, job: Job) -> CheckResult:
    if job.which() is None:
        return problem(
            mark("cron"),
            _("{source} runs {program}, which cron does not find").format(
                source=job.source, program=job.program or "orderwatch"
            ),
            UsageError.exit_code,
            _("use the full path of the program, such as {program_path}").format(
                program_path=_program_path()
            ),
        )
    sends = any(word in job.command for word in ("--mail-to", "--notify"))
    sends = sends or bool(settings.remind.mail_to or settings.remind.notify)
    if job.is_cron and not sends and not job.declares_utf8:
        return note(
            mark("cron"),
            _("{source} runs {command}: cron mails its output, and declares it as ASCII").format(
                source=job.source, command=strip_command(job.command)
            ),
            _('add a line CONTENT_TYPE="text/plain; charset=UTF-8" above it'),
        )
    return ok(
        mark("cron"),
        _("{source} runs {command}").format(source=job.source, command=strip_command(job.command)),
    )


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
    return str(sibling) if sibling.exists() else shutil.which("orderwatch") or "orderwatch"


def find_jobs(home: Path, root: Path = Path("/")) -> Iterator[Job]:
    """Yield the jobs of this account, and the readable ones of the system."""
    yield from _parse_crontab(_("your crontab"), _read_user_crontab())
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
        return fs.read(path, _SIZE_MAX).decode(errors="replace")
    return ""
