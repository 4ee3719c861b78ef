"""A shared log behind PgBouncer in transaction mode: six who write and two who read."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from orderwatch.log import open_store, open_writer
from orderwatch.log.outbox import Recipient
from tests.conftest import TODAY, Run
from tests.integration.postgres.test_log import name
from tests.support.entries import START, Scribe
from tests.support.log_commands import done
from tests.support.logs import filled
from tests.support.poolers import pooling
from tests.support.servers import WRITER, Server

__all__ = ["name"]  # a fixture

pytestmark = pytest.mark.machine


def test_many_write_and_read_through_a_pooler(
    run: Run, postgres: Server, name: str, tmp_path: Path
) -> None:
    with pooling(postgres, tmp_path) as port:
        url = f"postgresql://{WRITER}@127.0.0.1:{port}/{name}"

        def write(writer: str) -> list[int]:
            scribe = Scribe(writer)
            with open_store(url, write=True) as opened:
                return [opened.append(scribe.event(f"{writer} {n}")).seq for n in range(10)]

        def read(_reader: int) -> None:
            for _ in range(10):
                with open_store(url) as opened:
                    assert opened.verify().problem is None

        with ThreadPoolExecutor(8) as pool:
            readers = [pool.submit(read, number) for number in range(2)]
            written = [*pool.map(write, "abcdef")]
            for reader in readers:
                reader.result()
        assert sorted(seq for seqs in written for seq in seqs) == [*range(1, 61)]
        with open_store(url, write=True) as opened:
            lines = [*opened.export()]
            assert len({json.loads(line)["payload"]["summary"] for line in lines}) == 60
            assert opened.append_many(lines).skipped == 60
            filled(opened)
            report = opened.verify()
            assert (report.size, report.redacted, report.problem) == (67, 1, None)
        with open_writer(url) as outbox:
            recipient = Recipient(channel="mail", name="desk@example.org")
            assert outbox.claim([recipient], TODAY, START)
        for argv in (("status", "rafah/3"), ("log", "verify"), ("log", "list")):
            done(run, "--log", url, *argv)
