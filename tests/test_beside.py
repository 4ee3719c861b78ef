"""Helpers do what would be done here, and nothing depends on them."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from functools import partial
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest

from orderwatch.ledger import beside
from tests.waiting import PATIENCE, until

HOLD = (
    "import os, signal, sys\n"
    "from functools import partial\n"
    "from multiprocessing import active_children\n"
    "from time import sleep\n"
    "from orderwatch.ledger import beside\n"
    "if __name__ == '__main__':\n"
    "    with beside.helpers(1) as helpers:\n"
    "        pid = active_children()[0].pid\n"
    "        os.kill(pid, signal.SIGINT)\n"
    "        job = helpers.ask(os.getpid)\n"
    "        while not job._future.done(): sleep(0.02)\n"
    "        helpers.ask(partial(sleep, 600))\n"
    "        who = job.result()\n"
    "        print(pid, who, flush=True)\n"
    "        sys.stdin.read()\n"
)


def refuse() -> None:
    """Fail, wherever that is."""
    raise ValueError(os.getpid())


def pause(_number: int) -> int:
    """Take a moment."""
    time.sleep(0.2)
    return os.getpid()


def linger(here: int) -> int:
    """Take longer than anybody waits, but here."""
    if os.getpid() != here:
        time.sleep(600)
    return os.getpid()


def begun(job: beside.Job[int] | beside.Job[None]) -> None:
    """Wait until a helper has begun a job, or has done it."""
    future = job._future  # noqa: SLF001 - what nobody but a test asks
    assert future
    until(lambda: future.running() or future.done())


def is_there(pid: int) -> bool:
    """Tell whether a process runs; one that was not collected yet does not."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] not in {"Z", "X"}


def test_a_helper_does_the_work_and_is_gone_afterwards() -> None:
    with beside.helpers(1) as helpers:
        job = helpers.ask(os.getpid)
        [process] = multiprocessing.active_children()
        begun(job)
        assert job.result() == process.pid
        # Asked for again, it is not done again.
        assert job.result() == process.pid
    assert multiprocessing.active_children() == []


def test_what_no_helper_has_begun_is_done_here() -> None:
    with beside.helpers(1) as helpers:
        jobs = [helpers.ask(partial(pause, number)) for number in range(9)]
        assert jobs[-1].result() == os.getpid()
        assert jobs[0].result() != os.getpid()
    with beside.helpers(0) as helpers:
        assert helpers.ask(os.getpid).result() == os.getpid()
    assert multiprocessing.active_children() == []


def test_what_fails_fails_here() -> None:
    with beside.helpers(1) as helpers:
        job, other = helpers.ask(refuse), helpers.ask(partial(pause, 1))
        begun(other)
        with pytest.raises(ValueError, match=str(os.getpid())):
            job.result()
        assert other.result() != os.getpid()


def test_the_work_of_a_helper_that_was_killed_is_done_here() -> None:
    with beside.helpers(1) as helpers:
        first = helpers.ask(partial(linger, os.getpid()))
        waiting = helpers.ask(partial(linger, os.getpid()))
        [process] = multiprocessing.active_children()
        begun(first)
        process.kill()
        assert first.result() == os.getpid()
        assert waiting.result() == os.getpid()
        assert helpers.ask(os.getpid).result() == os.getpid()


def test_ctrl_c_does_not_reach_a_helper() -> None:
    with beside.helpers(1) as helpers:
        [process] = multiprocessing.active_children()
        assert process.pid
        # At once, while Python is still starting, and when it waits for work.
        for _ in range(2):
            os.kill(process.pid, signal.SIGINT)
            job = helpers.ask(partial(pause, 1))
            begun(job)
            assert job.result() == process.pid


def test_an_error_ends_the_helpers_whatever_they_do() -> None:
    def stopped() -> None:
        with beside.helpers(2) as helpers:
            jobs = [helpers.ask(partial(linger, os.getpid())) for _ in range(5)]
            begun(jobs[1])
            raise KeyboardInterrupt

    # It would linger for ten minutes.
    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize("death", [signal.SIGKILL, signal.SIGTERM])
def test_a_helper_does_not_outlive_who_started_it(
    tmp_path: Path, death: signal.Signals
) -> None:
    code = tmp_path / "hold.py"
    code.write_text(HOLD, encoding="ascii")
    with subprocess.Popen(  # noqa: S603 - our own code
        [sys.executable, str(code)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout
        helper, who = map(int, holder.stdout.readline().split())
        # Not even while the first helper of all starts does Ctrl-C reach it.
        assert who == helper
        assert is_there(helper)
        holder.send_signal(death)
        holder.wait(timeout=PATIENCE)
        until(lambda: not is_there(helper))


def test_one_core_has_no_helper(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "cores", lambda: 1)
    with beside.helpers() as helpers:
        assert multiprocessing.active_children() == []
        assert helpers.ask(os.getpid).result() == os.getpid()
    for many, expected in ((2, 1), (64, beside.HELPERS_MAX)):
        monkeypatch.setattr(beside, "cores", lambda many=many: many)
        with beside.helpers():
            assert len(multiprocessing.active_children()) == expected


@pytest.mark.parametrize("allowed", [0, 1])
def test_where_no_process_may_be_started_all_is_done_here(
    monkeypatch: pytest.MonkeyPatch, allowed: int
) -> None:
    start, started = beside.start, list[object]()

    def limited(work: Any, *ends: Any) -> BaseProcess:  # noqa: ANN401 - as there
        if len(started) == allowed:
            raise BlockingIOError(11, "Resource temporarily unavailable")
        started.append(work)
        return start(work, *ends)

    monkeypatch.setattr(beside, "start", limited)
    with beside.helpers(2) as helpers:
        assert len(multiprocessing.active_children()) == allowed
        jobs = [helpers.ask(partial(pause, number)) for number in range(9)]
        assert jobs[-1].result() == os.getpid()
        assert len({job.result() for job in jobs}) == 1 + allowed
    assert multiprocessing.active_children() == []


@pytest.mark.unmeasured
def test_a_command_that_shares_nothing_loads_nothing_of_it(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from orderwatch.cli.app import main\n"
        "try:\n"
        "    main(['--log', sys.argv[1], *sys.argv[2:]])\n"
        "finally:\n"
        "    print('multiprocessing' in sys.modules, file=sys.stderr)\n"
    )
    for words, expected in (
        (["init"], False),
        (["log"], False),
        (["log", "verify"], True),
    ):
        log = str(tmp_path / "log.sqlite")
        done = subprocess.run(  # noqa: S603 - our own code
            [sys.executable, "-c", code, log, *words],
            capture_output=True,
            text=True,
            check=True,
        )
        assert (words, done.stderr) == (words, f"{expected}\n")
