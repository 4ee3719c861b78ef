"""A real cron runs the crontab of docs/remind.md and mails what is printed.

It changes the machine that it runs on, and so only runs when it is asked for, as root
with cron, a local mail program and what else docs/remind.md names: `pytest -m machine`.
"""

import mailbox
import os
import shutil
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
import trustme

from orderwatch import clock
from tests.support.cron_machine import MAILED, PRINTED, PROGRAM, Machine, blocks
from tests.support.smtp_servers import PASSWORD, USER, office
from tests.support.tls import served
from tests.support.waiting import until

pytestmark = pytest.mark.machine

BOX = Path("/var/mail/backup")
"""Of an account that every Debian has, and that gets no mail."""
REGISTER = """
schema = 1
reviewed = {today}

[[case]]
number = 999
short = "Ruritánia v. Atlantis"
title = "Border Lighthouse (Ruritania v. Atlantis)"
applicants = ["Ruritania"]
respondents = ["Atlantis"]

  [[case.order]]
  date = 2024-05-24
  outcome = "indicated"
  sources = [{{ url = "https://example.org/order", grade = "court" }}]

    [[case.order.obligation]]
    point = "(3)"
    kind = "report"
    addressees = ["Atlantis"]
    summary = "Submit to the Court a report."
    deadline = {{ on = {today} }}
"""


def done(*command: str, stdin: str | None = None) -> str:
    """Run a command of the system."""
    return subprocess.run(  # noqa: S603 - of this machine
        command, capture_output=True, check=True, input=stdin, text=True
    ).stdout


@pytest.fixture
def ran(tmp_path: Path) -> Iterator[Callable[[], str]]:
    """Put the program where the documentation has it, with a deadline of today.

    What is given tells with which codes it has ended.
    """
    program = Path(PROGRAM)
    assert not program.exists()
    register = tmp_path / "orders.toml"
    register.write_text(REGISTER.format(today=clock.today("Europe/Amsterdam")), encoding="utf-8")
    program.parent.mkdir(parents=True)
    program.write_text(
        "#!/bin/sh\n"
        f"export XDG_DATA_HOME={tmp_path}/data XDG_CONFIG_HOME={tmp_path}/config\n"
        f'{sys.executable} -m orderwatch --orders {register} "$@"\n'
        f"code=$?; echo $code >> {tmp_path}/ran; exit $code\n"
    )
    program.chmod(stat.S_IRWXU)
    notes = tmp_path / "ran"
    yield lambda: notes.read_text() if notes.exists() else ""
    shutil.rmtree(program.parents[1])


def _install(*, stdin: str) -> str:
    """Install a crontab, and have cron read it.

    Cron compares times in whole seconds: it never reads a crontab that was installed in
    the second in which it last looked.
    """
    output = done("crontab", "-", stdin=stdin)
    time.sleep(2)
    os.utime("/var/spool/cron/crontabs")
    return output


@pytest.fixture
def cron() -> Iterator[Callable[..., str]]:
    """Run cron on a crontab, and put back the one that was there."""
    had = subprocess.run(["crontab", "-l"], capture_output=True, text=True, check=False)  # noqa: S607 - where the system has it
    assert not BOX.exists()
    # As a system starts it: with nothing of this environment. If there is one
    # already, this one ends at once.
    daemon = subprocess.Popen(  # noqa: S603 - of this machine
        [str(shutil.which("cron", path="/usr/sbin")), "-f"],
        env={"PATH": "/usr/bin:/bin"},
        stderr=subprocess.DEVNULL,
    )
    yield _install
    if had.returncode == 0:
        done("crontab", "-", stdin=had.stdout)
    else:
        done("crontab", "-r")
    daemon.terminate()
    daemon.wait(10)
    BOX.unlink(missing_ok=True)


def arrived() -> list[bytes]:
    """List the mails in the box."""
    if not BOX.exists():
        return []
    with closing(mailbox.mbox(BOX)) as box:
        return [mail.as_bytes() for mail in box]


def test_cron_mails_the_reminder_once(ran: Callable[[], str], cron: Callable[..., str]) -> None:
    table, begin = blocks("crontab")[0], "0 7 * * *"
    assert "MAILTO=desk@example.org\n" in table
    assert begin in table
    table = table.replace("desk@example.org", "backup@localhost")
    cron(stdin=table.replace(begin, "* * * * *"))
    until(arrived)
    [mail] = arrived()
    headers, _, body = mail.decode().partition("\n\n")
    assert f"{PROGRAM} remind" in headers
    assert body.startswith("Atlantis's report to the Court is due on ")
    assert "today (999/2024-05-24/3)" in body.splitlines()[0]
    assert "Ruritánia v. Atlantis" in body
    assert "charset=UTF-8" in headers
    assert "Source: https://example.org/order" in body
    until(lambda: ran() == "0\n0\n")
    # Had it said anything, that would be in the box by now, or in the queue.
    time.sleep(2)
    assert len(arrived()) == 1


@pytest.mark.parametrize("wrapper", ["chronic", "cronic"])
def test_what_keeps_output_swallows_what_is_printed(wrapper: str, tmp_path: Path) -> None:
    """And shows a mail that could not be sent: its code is not 0."""
    with office() as post:
        machine = Machine(tmp_path, post)
        table = PRINTED.replace(PROGRAM, f"{wrapper} {PROGRAM}")
        assert machine.morning(table, "2026-11-23") == (0, "", "")
        # It counts as said.
        assert machine.morning(PRINTED, "2026-11-23") == (0, "", "")
        post.data = "451 later"
        table = MAILED.replace(PROGRAM, f"{wrapper} {PROGRAM}")
        _, out, err = machine.morning(table, "2026-11-23")
        assert "451 later" in out + err
        post.data = None
        assert machine.morning(table, "2026-11-23") == (0, "", "")
        assert len(post.arrived) == 2


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_msmtp_sends_what_cron_hands_it_and_keeps_nothing_back(
    tmp_path: Path, authority: trustme.CA
) -> None:
    [table] = blocks("msmtp")
    roots, word, file = (tmp_path / name for name in ("roots", "word", "msmtprc"))
    authority.cert_pem.write_to_path(str(roots))
    word.write_text(PASSWORD, encoding="utf-8")
    mail = "To: desk@example.org\nSubject: Cron\n\nDue today\n"
    with office(starttls=served(authority), auth=True) as post:
        for old, new in (
            ("/etc/ssl/certs/ca-certificates.crt", str(roots)),
            ("smtp.example.org", "localhost"),
            ("port 587", f"port {post.port}"),
            ("user orderwatch", f"user {USER}"),
            ("/etc/orderwatch.password", str(word)),
        ):
            assert old in table
            table = table.replace(old, new)
        file.write_text(table, encoding="utf-8")
        file.chmod(0o600)
        done("msmtp", f"--file={file}", "desk@example.org", stdin=mail)
        assert post.recipients() == ["desk@example.org"]
    with pytest.raises(subprocess.CalledProcessError, match=r"status (69|75)"):
        done("msmtp", f"--file={file}", "desk@example.org", stdin=mail)


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")
def test_systemd_knows_the_units(ran: object, tmp_path: Path) -> None:
    assert ran
    units = [tmp_path / "orderwatch.service", tmp_path / "orderwatch.timer"]
    for path, text in zip(units, blocks("ini"), strict=True):
        path.write_text(text.replace("User=orderwatch", "User=backup"))
    command = ["systemd-analyze", "verify", "--man=no", *map(str, units)]
    told = subprocess.run(command, capture_output=True, check=False, text=True)  # noqa: S603 - of this machine
    about = [line for line in told.stderr.splitlines() if "orderwatch" in line]
    assert about == []
