"""The torture in short: nothing is lost, and what would be lost is noticed."""

import subprocess
import sys

import pytest

from tests.support.paths import ROOT
from tests.support.waiting import PATIENCE

pytestmark = pytest.mark.slow

FORGETFUL = """
from contextlib import contextmanager
from orderwatch.log import sqlite as log
@contextmanager
def forgetful(con):
    con.execute("BEGIN")
    try:
        yield
    finally:
        con.execute("ROLLBACK")
log.transaction = forgetful
"""
"""A log that says that it has recorded, and has not."""
UNKEPT = """
from contextlib import contextmanager
from orderwatch.log import postgres as log
@contextmanager
def forgetful(con):
    con.execute("BEGIN")
    try:
        yield
    finally:
        con.execute("ROLLBACK")
log.transaction = forgetful
"""
"""The same, on a server."""
HALF = """
from contextlib import nullcontext
from orderwatch.log import postgres as log
log.transaction = lambda con: nullcontext()
"""
"""A log on a server that records what comes first of what belongs together."""
CARELESS = """
from tests.stress import crashed
crashed.TOGETHER = (
    "-cimport runpy; from orderwatch.log.outbox import SqlWriter;"
    " SqlWriter._lease_holder = lambda *_: None;"
    " SqlWriter.store_pending = lambda *_: True;"
    f" runpy.run_path({str(crashed.TOGETHER)!r})"
)
"""
"""A reminder that does not look who else is sending."""
BLIND = """
from orderwatch.log.sqlite import verify
from orderwatch.log.verify import Verifier
verify.verify = lambda *_: Verifier(()).report()
"""
"""A verification that finds nothing."""
LEAKY = """
from orderwatch.log.sqlite.connection import SqliteIndex
SqliteIndex.redact = lambda *_: None
"""
"""A redaction that removes nothing."""


def torture(*argv: str, broken: str = "") -> subprocess.CompletedProcess[str]:
    """Run the torture in short, with something broken on purpose."""
    code = (
        f"import sys\nsys.path.insert(0, {str(ROOT)!r})\n"
        "from tests.stress import torture\n"
        f"{broken}\nsys.exit(torture.main())\n"
    )
    return subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", code, "--quick", *argv],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        timeout=PATIENCE,
    )


def test_nothing_is_lost() -> None:
    done = torture()
    assert (done.returncode, done.stderr) == (0, "")
    *table, machine, lost = done.stdout.splitlines()
    assert lost == "Lost: nothing."
    assert machine.startswith("Python ")
    rows = [line.strip("| ").split(" | ") for line in table[2:]]
    assert len(rows) > 10
    # What was never tried cannot have been lost.
    for _, times, what, *_ in rows:
        assert int(times.replace(",", "")) or what == "1 no disk could be mounted"
    assert {row[-2] for row in rows} == {"nothing"}


@pytest.mark.parametrize(
    ("broken", "harms"),
    [
        (
            FORGETFUL,
            ("`log add` killed", "`log import` killed", "16 writers at once", "a full disk"),
        ),
        (
            UNKEPT,
            ("clients of a server that is crashed", "clients killed, and the server crashed"),
        ),
        (HALF, ("`log import` to a server that is crashed",)),
        (CARELESS, ("two hosts that remind at once",)),
        (BLIND, ("bits of the log flipped", "rows changed", "held against a checkpoint")),
        (LEAKY, ("redacted",)),
    ],
    ids=lambda value: value[-1] if isinstance(value, tuple) else "",
)
def test_what_would_be_lost_is_noticed(broken: str, harms: tuple[str, ...]) -> None:
    unnoticed = set(harms)
    # A crash comes at a random moment: in a short run, none may come in the middle.
    for _ in range(5):
        done = torture(*(f"--only={harm}" for harm in sorted(unnoticed)), broken=broken)
        unnoticed = {harm for harm in unnoticed if f"{harm}: " not in done.stderr}
        if not unnoticed:
            break
    assert unnoticed == set()
    assert done.returncode == 1
    assert "Lost: nothing." not in done.stdout
