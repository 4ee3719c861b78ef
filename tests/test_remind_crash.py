"""`remind` killed at every step of a send, and two at the same moment."""

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from orderwatch.ledger import connection
from orderwatch.ledger.said import LEASE, Holder, Past, Recipient, SaidWriter
from tests.post_office import Office, Rogue, office, rogue
from tests.test_remind import DAY, ID, configure

TO = ("desk@example.org", "partner@example.org", "archive@example.org")
TIMES = 20
"""How often two are started together."""
STEPS = ("connect", "ehlo", "mail", "rcpt", "data", "body", "taken", "answered", "quit")


def started(log: Path, *to: str) -> subprocess.Popen[bytes]:
    """Begin a run in a process of its own."""
    options = [part for one in to for part in ("--mail-to", one)]
    return subprocess.Popen(  # noqa: S603 - ourselves
        [
            *(sys.executable, "-m", "orderwatch", "--log", str(log)),
            *("remind", ID, "--as-of", DAY, *options),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ.copy(),
    )


def ended(process: subprocess.Popen[bytes]) -> int:
    out, err = process.communicate(timeout=60)
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


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("which", [1, 2])
def test_killed_at_a_step_of_a_send_the_next_run_delivers(
    log: Path, sealed: Path, step: str, which: int
) -> None:
    """The first or the second time that the step comes."""
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
        configure(sealed, held.port)
        first = started(log, *TO)
        victim.append(first)
        ended(first)
        victim.clear()
        assert ended(started(log, *TO)) == 0
        all_have_it_and_doubles_are_the_same(held)
        before = len(held.arrived)
        assert ended(started(log, *TO)) == 0
        assert len(held.arrived) == before


@pytest.mark.parametrize("milliseconds", range(150, 700, 50))
def test_killed_at_any_moment_the_next_run_delivers(
    log: Path, sealed: Path, milliseconds: int
) -> None:
    with office() as held:
        configure(sealed, held.port)
        first = started(log, *TO)
        time.sleep(milliseconds / 1000)
        first.kill()
        ended(first)
        assert ended(started(log, *TO)) == 0
        all_have_it_and_doubles_are_the_same(held)


def test_two_at_the_same_moment_send_each_message_once(log: Path, sealed: Path) -> None:
    with office() as held:
        configure(sealed, held.port)
        for _ in range(TIMES):
            held.arrived.clear()
            log.unlink()
            connection.create(log)
            both = [started(log, *TO), started(log, *TO)]
            assert [ended(one) for one in both] == [0, 0]
            assert held.recipients() == sorted(TO)


def test_what_a_host_holds_that_died_is_said_when_its_lease_is_over(
    log: Path,
) -> None:
    one = Recipient(channel="mail", name=TO[0])
    now = datetime(2024, 6, 20, 7, tzinfo=UTC)
    with SaidWriter(str(log)) as far:
        # The other host has another boot, so that nobody here can look at its process.
        far.token = "other/1/2/3 abc"  # noqa: S105 - no secret
        assert isinstance(far.claim([one], now.date(), now)[one], Past)
        with SaidWriter(str(log)) as near:
            early = near.claim([one], now.date(), now + LEASE - timedelta(seconds=1))
            assert isinstance(early[one], Holder)
            late = near.claim([one], now.date(), now + LEASE)
            assert isinstance(late[one], Past)
            assert near.holds(one)
            assert not far.holds(one)


def test_a_run_waits_for_another_that_lives_and_then_says_nothing(
    log: Path, sealed: Path
) -> None:
    gate = threading.Event()

    def at(name: str) -> str | None:
        if name == "data":
            gate.wait(20)
        return None

    with rogue(at) as held:
        configure(sealed, held.port)
        first = started(log, TO[0])
        time.sleep(1)
        second = started(log, TO[0])
        time.sleep(1.5)
        assert second.poll() is None
        gate.set()
        assert [ended(first), ended(second)] == [0, 0]
        assert len(held.arrived) == 1
