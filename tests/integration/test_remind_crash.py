"""`remind` killed at every step of a send, and two at the same moment."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from icalendar import Calendar

from orderwatch.log import open_store, open_writer
from orderwatch.log.outbox import (
    LEASE,
    LeaseHolder,
    PendingMessage,
    Recipient,
    RecipientState,
    SentReminder,
)
from orderwatch.log.sqlite import connection
from tests.conftest import Run
from tests.support.mail_settings import DAY, ID, configure
from tests.support.paths import TESTS
from tests.support.smtp_servers import HANG_UP, Office, Rogue, office, rogue
from tests.support.waiting import PATIENCE

pytestmark = [pytest.mark.usefixtures("store"), pytest.mark.slow]

TO = ("desk@example.org", "partner@example.org", "archive@example.org")
FEW, MORE = (ID, "--as-of", DAY), ("--as-of", DAY)
"""What to say: one deadline; that one and another."""
TIMES = 12
"""How often two are started together."""
STEPS = ("connect", "ehlo", "mail", "rcpt", "data", "body", "taken", "answered", "quit")


def started(log: Path, *to: str, what: tuple[str, ...] = FEW) -> subprocess.Popen[bytes]:
    """Begin a run in a process of its own."""
    options = [part for one in to for part in ("--mail-to", one)]
    return subprocess.Popen(  # noqa: S603 - ourselves
        [
            *(sys.executable, "-m", "orderwatch", "--log", str(log)),
            *("remind", *what, *options),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ.copy(),
    )


def again(run: Run, log: Path, *to: str, what: tuple[str, ...] = FEW) -> None:
    """Run to its end in this process, by the clock of the machine."""
    options = [part for one in to for part in ("--mail-to", one)]
    argv = ("--log", str(log), "remind", *what, *options)
    assert run(*argv, today=None) == (0, "", "")


def ended(process: subprocess.Popen[bytes]) -> int:
    out, err = process.communicate(timeout=PATIENCE)
    assert out == b""
    if process.returncode not in {-signal.SIGKILL, 0}:
        raise AssertionError(err.decode())
    return process.returncode


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "log.sqlite"
    connection.create(path)
    return path


def all_have_it_and_doubles_are_the_same(held: Rogue | Office) -> None:
    assert {to for to, _ in held.arrived} == set(TO)
    for name in TO:
        ids = [message["Message-ID"] for to, message in held.arrived if to == name]
        assert len(set(ids)) == 1


@contextmanager
def killed(log: Path, home: Path, step: str, which: int) -> Iterator[Rogue]:
    """Kill a run at a step, the first or the second time that it comes."""
    seen: list[str] = []
    victim: list[subprocess.Popen[bytes]] = []

    def at(name: str) -> str | None:
        if name == "answered" == step:
            # The answer is on its way: what comes after it is a mark in the log.
            time.sleep(0.002)
        seen.append(name)
        if victim and name == step and seen.count(step) == which:
            victim.pop().kill()
        return None

    with rogue(at) as held:
        configure(home, held.port)
        first = started(log, *TO)
        victim.append(first)
        ended(first)
        victim.clear()
        yield held


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("which", [1, 2])
def test_killed_at_a_step_of_a_send_the_next_run_delivers(
    run: Run, log: Path, sealed: Path, step: str, which: int
) -> None:
    with killed(log, sealed, step, which) as held:
        again(run, log, *TO)
        all_have_it_and_doubles_are_the_same(held)
        before = len(held.arrived)
        again(run, log, *TO)
        assert len(held.arrived) == before


def deadlines(message: EmailMessage) -> set[str]:
    """Name the deadlines that a message speaks of."""
    [dates] = message.iter_attachments()
    calendar = Calendar.from_ical(dates.get_content())
    return {str(event["UID"]) for event in calendar.walk("VEVENT")}


def each_deadline_is_told_once(held: Rogue | Office, *to: str) -> None:
    """Once, but for doubles: those are the same to the last byte."""
    assert {name for name, _ in held.arrived} == set(to)
    for name in to:
        mine = [message for who, message in held.arrived if who == name]
        letters = {message["Message-ID"]: message for message in mine}
        for one in mine:
            assert one.as_bytes() == letters[one["Message-ID"]].as_bytes()
        told = [each for one in letters.values() for each in deadlines(one)]
        assert len(told) == len(set(told)) == 2


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("which", [1, 2])
def test_killed_at_a_step_of_a_send_the_next_run_has_more_to_say(
    run: Run, log: Path, sealed: Path, step: str, which: int
) -> None:
    with killed(log, sealed, step, which) as held:
        again(run, log, *TO, what=MORE)
        each_deadline_is_told_once(held, *TO)
        before = len(held.arrived)
        again(run, log, *TO, what=MORE)
        assert len(held.arrived) == before


@pytest.mark.parametrize("answer", [HANG_UP, "nonsense", "451 later", "554 no"])
@pytest.mark.parametrize("step", ["data", "taken"])
def test_a_server_that_took_it_and_said_otherwise_gets_the_same_again(
    run: Run, sealed: Path, step: str, answer: str
) -> None:
    """Unless it said that it had not: then one new message says all there is."""
    broken = {"now": True}

    def at(name: str) -> str | None:
        return answer if broken["now"] and name == step else None

    with rogue(at) as held:
        configure(sealed, held.port)
        assert run("remind", *FEW, "--mail-to", TO[0])[0] == 5
        assert run("remind", *FEW, "--mail-to", TO[0])[0] == 5
        took = len(held.arrived)
        known = answer[0] in "45"
        plan = run("remind", *MORE, "--mail-to", TO[0], "--dry-run")[1]
        assert plan.startswith("Would be sent again to mail: desk@") == (not known)
        assert ("\n2 deadlines, first: " in plan) == known
        broken["now"] = False
        assert run("remind", *MORE, "--mail-to", TO[0]) == (0, "", "")
        if not known:
            each_deadline_is_told_once(held, TO[0])
        assert len(held.arrived) == took + (1 if known else 2)
        assert run("remind", *MORE, "--mail-to", TO[0]) == (0, "", "")


def test_what_is_kept_is_said_again_the_day_after_and_the_news_beside_it(
    run: Run, sealed: Path
) -> None:
    """The offset of the day after is news; what was kept says what it said."""
    broken = {"now": True}

    def at(name: str) -> str | None:
        return HANG_UP if broken["now"] and name == "taken" else None

    with rogue(at) as held:
        configure(sealed, held.port)
        assert run("remind", *FEW, "--mail-to", TO[0])[0] == 5
        broken["now"] = False
        late = ("remind", ID, "--as-of", "2024-06-21", "--mail-to", TO[0])
        assert run(*late) == (0, "", "")
        subjects = [
            re.findall(r"in \d days", str(message["Subject"])) for _, message in held.arrived
        ]
        assert subjects == [["in 4 days"], ["in 4 days"], ["in 3 days"]]
        first, again, news = (m["Message-ID"] for _, m in held.arrived)
        assert first == again != news


def test_a_run_that_lost_its_claim_leaves_what_another_keeps(log: Path) -> None:
    one = Recipient(channel="mail", name=TO[0])
    now = datetime(2024, 6, 20, 7, tzinfo=UTC)
    mark = SentReminder(
        recipient=one,
        obligation=ID,
        deadline=f"{ID}@2024-06-24",
        days=7,
        due=now.date(),
        message="<a@b>",
        at=now,
    )
    ours, theirs = (PendingMessage(content=word, reminders=(mark,)) for word in (b"1", b"2"))
    with open_writer(str(log)) as slow, open_writer(str(log)) as quick:
        slow.claim([one], now.date(), now)
        assert slow.store_pending(one, ours)
        again = quick.claim([one], now.date(), now + LEASE)[one]
        assert isinstance(again, RecipientState)
        assert again.pending == ours
        quick.record_sent(one, [mark])
        quick.claim([one], now.date(), now + LEASE)
        assert quick.store_pending(one, theirs)
        assert not slow.store_pending(one, ours)
        slow.record_sent(one, [mark])
        with open_store(str(log)) as reader:
            assert reader.recipient_state(one).pending == theirs
            assert reader.recipient_state(one).reminders == (mark,)


@pytest.mark.parametrize("milliseconds", range(150, 700, 50))
def test_killed_at_any_moment_the_next_run_delivers(
    run: Run, log: Path, sealed: Path, milliseconds: int
) -> None:
    with office() as held:
        configure(sealed, held.port)
        first = started(log, *TO)
        time.sleep(milliseconds / 1000)
        first.kill()
        ended(first)
        again(run, log, *TO)
        all_have_it_and_doubles_are_the_same(held)


@pytest.mark.file
def test_two_at_the_same_moment_send_each_message_once(tmp_path: Path, sealed: Path) -> None:
    logs = [tmp_path / f"{n}.sqlite" for n in range(TIMES)]
    for path in logs:
        connection.create(path)
    _meet("processes", [str(path) for path in logs], sealed)


def test_two_hosts_at_the_same_moment_send_each_message_once(
    store: str, log_url: str, sealed: Path
) -> None:
    if store == "sqlite":
        connection.create(Path(log_url))
    _meet("hosts", [log_url] * TIMES, sealed)


def _meet(who: str, logs: list[str], home: Path) -> None:
    """Let two remind at the same moment, on one log after the other."""
    script = TESTS / "support" / "concurrent_reminders.py"
    with office() as held:
        configure(home, held.port)
        names = [f"{n}.{name}" for n in range(len(logs)) for name in TO]
        done = subprocess.run(  # noqa: S603 - ourselves
            [sys.executable, str(script), who, ID, DAY, ",".join(TO), *logs],
            capture_output=True,
            check=False,
            timeout=PATIENCE,
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
        assert held.recipients() == sorted(names)


def test_what_a_host_holds_that_died_is_said_when_its_lease_is_over(
    log: Path,
) -> None:
    one = Recipient(channel="mail", name=TO[0])
    now = datetime(2024, 6, 20, 7, tzinfo=UTC)
    with open_writer(str(log)) as far:
        # The other host has another boot, so that nobody here can look at its process.
        far.token = "other/1/2/3 abc"  # noqa: S105 - no secret
        assert isinstance(far.claim([one], now.date(), now)[one], RecipientState)
        with open_writer(str(log)) as near:
            early = near.claim([one], now.date(), now + LEASE - timedelta(seconds=1))
            assert isinstance(early[one], LeaseHolder)
            late = near.claim([one], now.date(), now + LEASE)
            assert isinstance(late[one], RecipientState)
            assert near.store_pending(one)
            assert not far.store_pending(one)


def test_a_run_waits_for_another_that_lives_and_then_says_nothing(log: Path, sealed: Path) -> None:
    sending, gate = threading.Event(), threading.Event()

    def at(name: str) -> str | None:
        if name == "data":
            sending.set()
            gate.wait(PATIENCE)
        return None

    with rogue(at) as held:
        configure(sealed, held.port)
        first = started(log, TO[0])
        assert sending.wait(PATIENCE)
        second = started(log, TO[0])
        time.sleep(1.5)
        assert second.poll() is None
        gate.set()
        assert [ended(first), ended(second)] == [0, 0]
        assert len(held.arrived) == 1
