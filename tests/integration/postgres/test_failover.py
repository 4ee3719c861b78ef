"""A shared log whose primary is lost and whose replica is promoted, by streaming replication."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from orderwatch.errors import LogError
from orderwatch.log import open_store
from orderwatch.log.head_memory import HeadMemory
from orderwatch.log.postgres import connection
from tests.conftest import Run
from tests.support.entries import Scribe
from tests.support.log_commands import NOTE, adding, done, refused
from tests.support.servers import WRITER, Server, running

pytestmark = pytest.mark.slow
WRITERS, LATER = 4, 20
"""Threads that append, and entries that each appends while the primary is lost."""


@pytest.fixture
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Server]]:
    """Run a primary and a replica of it."""
    folder = tmp_path_factory.mktemp("replica")
    for parent in (folder, *folder.parents[:2]):
        parent.chmod(0o755)
    with running() as primary:
        replica = primary.clone(folder)
        replica.start()
        try:
            yield primary, replica
        finally:
            replica.stop()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> float:
    """Let readers wait for less than a fail-over takes."""
    monkeypatch.setattr(connection, "PATIENCE", 1.0)
    return 3.0


def address(*servers: Server, database: str) -> str:
    hosts = ",".join(f"127.0.0.1:{server.port}" for server in servers)
    return f"postgresql://{WRITER}@{hosts}/{database}"


def synchronize(primary: Server) -> None:
    """Let commits wait for the replica."""
    primary.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
    primary.execute("SELECT pg_reload_conf()")
    wait(lambda: primary.execute("SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'"))


def wait(holds: Callable[[], object]) -> None:
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.1)


def test_writers_wait_for_the_replica_to_be_promoted_and_lose_nothing(
    pair: tuple[Server, Server], impatient: float
) -> None:
    primary, replica = pair
    database = primary.fresh()
    synchronize(primary)
    url = address(primary, replica, database=database)
    half = threading.Barrier(WRITERS + 1)

    def write(number: int) -> list[str]:
        scribe, ids = Scribe(f"writer {number}"), []
        with open_store(url, write=True) as log:
            for step in range(2 * LATER):
                if step == LATER:
                    half.wait(60)
                entry = scribe.event(f"Number {step}.")
                log.append(entry)
                ids.append(entry.header.id)
        return ids

    with ThreadPoolExecutor(WRITERS) as pool:
        results = [pool.submit(write, number) for number in range(WRITERS)]
        half.wait(60)
        time.sleep(0.05)
        primary.kill()
        time.sleep(impatient)
        replica.execute("ALTER SYSTEM SET synchronous_standby_names = ''")
        replica.promote()
        acknowledged = [uid for result in results for uid in result.result()]
    with open_store(address(replica, database=database)) as log:
        assert sorted(item.header.id for item in log.history()) == sorted(acknowledged)
        assert len(acknowledged) == WRITERS * 2 * LATER
        assert log.verify().problem is None


def test_a_writer_waits_for_a_promotion_where_an_address_names_several_servers(
    pair: tuple[Server, Server], impatient: float, run: Run
) -> None:
    primary, replica = pair
    database = primary.fresh()
    url = address(primary, replica, database=database)
    done(run, "--log", url, *adding(base=NOTE))
    wait(lambda: "Rang" in run("--log", replica.url(database), "log", "list")[1])
    began = time.monotonic()
    alone = address(replica, database=database)
    assert "the server is read-only" in refused(run, "--log", alone, *adding(), code=4)
    assert time.monotonic() - began < connection.FAILOVER
    primary.kill()
    timer = threading.Timer(impatient, replica.promote)
    timer.start()
    done(run, "--log", url, *adding(base=NOTE))
    timer.join()


def test_a_tail_that_the_replica_lacks_is_noticed_when_the_connection_is_back(
    pair: tuple[Server, Server], run: Run, tmp_path: Path
) -> None:
    primary, replica = pair
    database = primary.fresh()
    url = address(primary, replica, database=database)
    ana = Scribe()
    kept = tmp_path / "kept.checkpoint"
    with open_store(url, write=True) as log:
        log.memory = HeadMemory(tmp_path / "tree-heads")
        log.append(ana.event())
        wait(lambda: "Atlantis" in run("--log", replica.url(database), "log", "list")[1])
        replica.stop("fast")
        for _ in range(3):
            log.append(ana.event())
        kept.write_text(done(run, "--log", url, "log", "checkpoint"))
        primary.kill()
        replica.start()
        replica.promote()
        with pytest.raises(LogError, match="Entries 2 to 4 were acknowledged") as refusal:
            log.append(ana.event())
    argv = ("--log", url, "log", "verify", "--checkpoint", str(kept))
    assert "entries 2 to 4 are missing" in refused(run, *argv, code=4)
    root = str(refusal.value).rpartition(" ")[2]
    with open_store(url, write=True) as log:
        log.memory = HeadMemory(tmp_path / "tree-heads", root)
        assert [log.append(ana.event()).seq for _ in range(2)] == [2, 3]
        assert log.verify().problem is None
