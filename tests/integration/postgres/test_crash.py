"""A shared log whose server is lost, silent or busy: nothing is lost, nothing twice."""

import _thread
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import psycopg
import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from orderwatch.errors import LogError
from orderwatch.log import importer, open_store, open_writer
from orderwatch.log.formats import jsonl, tree
from orderwatch.log.head_memory import HeadMemory
from orderwatch.log.outbox import (
    LEASE,
    LeaseHolder,
    PendingMessage,
    Recipient,
    RecipientState,
    SentReminder,
)
from orderwatch.log.postgres import connection
from orderwatch.log.sql_log import SqlLog
from orderwatch.log.types import Appended
from orderwatch.model.entry import Entry
from tests.conftest import Run
from tests.support.commit_proxy import Fate, Wire, wire
from tests.support.entries import Scribe
from tests.support.log_machine import LogMachine
from tests.support.servers import Server, running
from tests.support.waiting import PATIENCE

pytestmark = pytest.mark.slow

STEPS, EXAMPLES = 15, 8
"""Of the state machine."""
ONE = Recipient(channel="mail", name="desk@example.org")
NOW = datetime(2024, 6, 20, 7, tzinfo=UTC)
MARK = SentReminder(
    recipient=ONE,
    obligation="192/2024-05-24/3",
    deadline="192/2024-05-24/3@2024-06-24",
    days=7,
    due=NOW.date(),
    message="<a@b>",
    at=NOW,
)
SENDING = PendingMessage(content=b"Dear desk", reminders=(MARK,))


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """Run a server that can be lost."""
    with running() as found:
        yield found


@pytest.fixture
def name(server: Server) -> Iterator[str]:
    """Make a database with an empty log."""
    made = server.fresh()
    yield made
    server.drop(made)


@pytest.fixture
def url(server: Server, name: str) -> str:
    return server.url(name)


@pytest.fixture
def cut(server: Server) -> Iterator[Wire]:
    """Lay a wire that can be cut."""
    with wire(server) as found:
        yield found


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait less than a second for anything."""
    monkeypatch.setattr(connection, "PATIENCE", 0.6)
    monkeypatch.setattr(connection, "FAILOVER", 0.6)
    monkeypatch.setattr(connection, "ANSWER", 0.8)


@contextmanager
def bounded() -> Iterator[None]:
    """Fail if it takes for ever; a busy machine is slow."""
    began = time.monotonic()
    yield
    assert time.monotonic() - began < PATIENCE


def crashed(server: Server) -> None:
    """Crash the server, and start it."""
    server.stop("immediate")
    server.start()


def holds(url: str, entries: list[Entry]) -> None:
    """Fail unless a log has these entries, in this order, and verifies."""
    with open_store(url) as log:
        assert [one.header.id for one in log.history()] == [one.header.id for one in entries]
        assert log.verify().problem is None


def place(entries: list[Entry], entry: Entry) -> Appended:
    """Work out where an entry stands, and the root as of then."""
    frontier = tree.Frontier()
    for one in entries[: entries.index(entry) + 1]:
        frontier.add(tree.leaf_hash(one.raw))
    return Appended(
        seq=frontier.size,
        leaf=tree.leaf_hash(entry.raw),
        size=frontier.size,
        root=frontier.root(),
    )


def lines(scribe: Scribe, times: int = 6) -> list[bytes]:
    """Write an export of some entries."""
    made = [scribe.event(f"Says a thing, number {n}.") for n in range(times)]
    return [jsonl.encode_line(one.raw, one.salt, one.payload) for one in made]


# An entry


@pytest.mark.parametrize("fate", [Fate.UNSEEN, Fate.UNANSWERED])
@pytest.mark.parametrize("times", [1, 3])
def test_an_entry_whose_commit_was_cut_is_there_once(
    cut: Wire, name: str, url: str, fate: Fate, times: int
) -> None:
    ana = Scribe()
    before = [ana.event() for _ in range(5)]
    entry = ana.event("Says the thing that counts.")
    with open_store(cut.url(name), write=True) as log:
        for one in before:
            log.append(one)
        cut.fates = [fate] * times
        assert log.append(entry) == place([*before, entry], entry)
    assert cut.fates == []
    assert cut.guests == 1 + times
    holds(url, [*before, entry])


def test_what_others_added_meanwhile_does_not_move_an_entry_that_is_found_again(
    cut: Wire, name: str, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry, later = Scribe().event(), Scribe("Ben").event()
    connect = connection.Connection.reconnect

    def reconnect(self: connection.Connection, end: float) -> None:
        with open_store(url, write=True) as other:
            other.append(later)
        connect(self, end)

    monkeypatch.setattr(connection.Connection, "reconnect", reconnect)
    with open_store(cut.url(name), write=True) as log:
        cut.fates = [Fate.UNANSWERED]
        assert log.append(entry) == place([entry, later], entry)
    holds(url, [entry, later])


@pytest.mark.parametrize("kind", ["correct", "retract", "redact"])
@pytest.mark.parametrize("fate", [Fate.UNSEEN, Fate.UNANSWERED])
def test_what_names_an_entry_is_found_again_too(
    cut: Wire, name: str, url: str, fate: Fate, kind: str
) -> None:
    ana = Scribe()
    first = ana.event()
    second: Entry = getattr(ana, kind)(first)
    with open_store(cut.url(name), write=True) as log:
        log.append(first)
        cut.fates = [fate]
        assert log.append(second) == place([first, second], second)
    holds(url, [first, second])


def test_an_answer_that_never_comes_is_looked_for_when_the_wait_is_over(
    cut: Wire, name: str, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The wait for one answer is longer than that for a server that is away."""
    monkeypatch.setattr(connection, "PATIENCE", 0.5)
    monkeypatch.setattr(connection, "FAILOVER", 0.5)
    monkeypatch.setattr(connection, "ANSWER", 1.0)
    entry = Scribe().event()
    with open_store(cut.url(name), write=True) as log, bounded():
        cut.fates = [Fate.SILENT]
        assert log.append(entry) == place([entry], entry)
    holds(url, [entry])


@pytest.mark.usefixtures("hasty")
def test_who_cannot_find_out_what_became_of_an_entry_says_so(
    cut: Wire, name: str, url: str
) -> None:
    """The server waits for the rest of what is lost, and keeps the lock for it."""
    entry = Scribe().event()
    said = rf"is locked.*not known.*log show {entry.header.id}"
    with open_store(cut.url(name), write=True) as log, bounded():
        cut.fates = [Fate.HELD]
        with pytest.raises(LogError, match=said):
            log.append(entry)
    cut.ended.set()
    holds(url, [])


def test_an_answer_that_does_not_come_twice_is_not_waited_for_again(
    cut: Wire, name: str, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was recorded at the first time, and nobody could say so."""
    monkeypatch.setattr(connection, "PATIENCE", 0.5)
    monkeypatch.setattr(connection, "FAILOVER", 0.5)
    monkeypatch.setattr(connection, "ANSWER", 1.0)
    entry = Scribe().event()
    said = rf"not answered.*not known.*log show {entry.header.id}"
    with open_store(cut.url(name), write=True) as log, bounded():
        cut.fates = [Fate.SILENT] * 3
        with pytest.raises(LogError, match=said):
            log.append(entry)
    assert cut.fates == [Fate.SILENT]
    cut.fates.clear()
    holds(url, [entry])


def test_a_log_that_stays_open_outlives_its_server(server: Server, url: str) -> None:
    ana = Scribe()
    made = [ana.event() for _ in range(8)]
    with open_store(url, write=True) as log:
        for number, entry in enumerate(made):
            assert log.append(entry) == place(made, entry)
            if number % 3 == 0:
                crashed(server)
        crashed(server)
        assert log.head().size == len(made)
        assert len(list(log.history())) == len(made)
    holds(url, made)


@pytest.mark.usefixtures("hasty")
def test_a_log_that_stays_open_can_be_read_and_written_after_an_error(
    server: Server, url: str
) -> None:
    """The connection is closed by then."""
    entry = Scribe().event()
    with open_store(url, write=True) as log:
        server.stop("immediate")
        try:
            for _ in range(2):
                with pytest.raises(LogError, match="cannot be reached"):
                    log.head()
        finally:
            server.start()
        assert log.head().size == 0
        log.append(entry)
    holds(url, [entry])


def test_an_append_survives_an_error_of_libpq_at_any_statement(
    url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It can leave the connection open, as an end of TLS without goodbye does."""
    ana = Scribe()
    made: list[Entry] = []
    execute = psycopg.Connection.execute
    left = [0]

    def failing(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as there
        left[0] -= 1
        if left[0] == 0:
            raise psycopg.OperationalError("consuming input failed: unexpected eof while reading")
        return execute(*args, **kwargs)

    with open_store(url, write=True) as log:
        log.memory = HeadMemory(tmp_path / "tree-heads")
        monkeypatch.setattr(psycopg.Connection, "execute", failing)
        while left[0] <= 0:
            left[0] = len(made) + 1
            made.append(ana.event())
            assert log.append(made[-1]) == place(made, made[-1])
    assert len(made) > 5
    holds(url, made)


@pytest.mark.usefixtures("hasty")
def test_a_server_that_stays_away_ends_in_words(server: Server, url: str, run: Run) -> None:
    entry = Scribe().event()
    with open_store(url, write=True) as log:
        server.stop("immediate")
        try:
            with bounded(), pytest.raises(LogError, match="cannot be reached"):
                log.append(entry)
            code, out, err = run("--log", url, "log", "list", "--origin", "log")
            assert (code, out) == (4, "")
            assert "cannot be reached" in err
        finally:
            server.start()
    holds(url, [])


@pytest.mark.usefixtures("hasty")
def test_a_server_that_answers_nothing_ends_in_words(server: Server, url: str, run: Run) -> None:
    entry = Scribe().event()
    note = ("--kind", "note", "--on", "2024-06-01", "--speaker", "Ana")
    said = ("--role", "ngo", "--summary", "Says a thing.")
    hurried = f"{url}&connect_timeout=2"
    with open_store(hurried, write=True) as log, bounded():
        with (
            server.frozen(),
            pytest.raises(LogError, match=r"not answered|timeout") as told,
        ):
            log.append(entry)
        assert "it is not known whether the entry was recorded" in str(told.value)
        with server.frozen():
            add = ("log", "add", "192/2024-05-24/3", *note, *said)
            code, out, err = run("--log", hurried, *add)
            assert (code, out) == (4, "")
            assert "cannot be reached" in err
    with open_store(url) as log:
        assert [one.header.id for one in log.history()] in ([], [entry.header.id])
        assert log.verify().problem is None


# Locks


@contextmanager
def locked(url: str, lock: str) -> Iterator[None]:
    """Hold what a writer holds."""
    with psycopg.connect(url) as con:
        con.execute(lock.encode())
        yield
        con.rollback()


@pytest.mark.usefixtures("hasty")
def test_a_log_that_is_locked_can_be_written_when_the_lock_is_gone(url: str) -> None:
    ana = Scribe()
    with open_store(url, write=True) as log:
        for _ in range(2):
            with (
                locked(url, connection.LOCK_LOG),
                bounded(),
                pytest.raises(LogError, match="is locked: another program"),
            ):
                log.append(ana.event())
        entry = ana.event()
        assert log.append(entry) == place([entry], entry)
    holds(url, [entry])


@pytest.mark.usefixtures("hasty")
def test_a_reminder_that_waits_in_vain_for_others_says_so(url: str, run: Run) -> None:
    with locked(url, connection.LOCK_OUTBOX), bounded():
        code, out, err = run("--log", url, "remind", "--as-of", "2024-06-20")
    assert (code, out) == (4, "")
    assert "is locked: another program" in err


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Let Ctrl-C reach the tests: who runs them in its background ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_who_is_interrupted_while_waiting_for_others_leaves_nothing(url: str) -> None:
    ana = Scribe()
    entry = ana.event()
    with open_store(url, write=True) as log, open_writer(url) as said:
        waits: list[tuple[str, Callable[[], object]]] = [
            (connection.LOCK_LOG, lambda: log.append(ana.event())),
            (connection.LOCK_OUTBOX, lambda: said.claim([ONE], NOW.date(), NOW)),
        ]
        for lock, work in waits:
            timer = threading.Timer(0.3, _thread.interrupt_main)
            with locked(url, lock), bounded():
                timer.start()
                with pytest.raises(KeyboardInterrupt):
                    work()
        assert log.append(entry) == place([entry], entry)
        assert said.claim([ONE], NOW.date(), NOW)[ONE] == RecipientState()
    holds(url, [entry])


# An import


@contextmanager
def importing(url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[SqlLog[Any]]:
    """Open a log with one entry, into which imports come in several pieces."""
    monkeypatch.setattr(importer, "LINES_PER_PAGE", 2)
    with open_store(url, write=True) as log:
        log.append(Scribe().event())
        yield log


def test_a_server_lost_in_an_import_leaves_nothing_of_it(
    server: Server, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = lines(Scribe("Ben"))

    def progress(done: int) -> None:
        if done == 4:
            crashed(server)

    with importing(url, monkeypatch) as log:
        with pytest.raises(LogError, match="nothing was imported; import again"):
            log.append_many(file, progress)
        assert log.head().size == 1
        assert log.verify().problem is None
        assert log.append_many(file).added == len(file)
        assert log.verify().problem is None


def test_the_patience_with_a_server_begins_when_it_is_lost(
    server: Server, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An import can have run for hours by then."""
    real = time.monotonic
    late = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: real() + late[0])

    def progress(done: int) -> None:
        if done == 4:
            late[0] = connection.FAILOVER * 2
            crashed(server)

    with (
        importing(url, monkeypatch) as log,
        pytest.raises(LogError, match="nothing was imported; import again"),
    ):
        log.append_many(lines(Scribe("Ben")), progress)


@pytest.mark.parametrize("again", [False, True])
def test_an_import_whose_commit_was_unanswered_is_known_to_be_there(
    cut: Wire, name: str, url: str, monkeypatch: pytest.MonkeyPatch, *, again: bool
) -> None:
    file = lines(Scribe("Ben"))
    with importing(cut.url(name), monkeypatch) as log:
        if again:
            log.append_many(file)
        cut.fates = [Fate.UNANSWERED]
        done = log.append_many(file)
        assert (done.added, done.skipped) == ((0, 6) if again else (6, 0))
        assert (done.size, done.root) == (7, log.head().root)
    with open_store(url) as log:
        assert log.head().size == 7
        assert log.verify().problem is None


def test_an_import_whose_commit_never_arrived_says_that_nothing_was_imported(
    cut: Wire, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = lines(Scribe("Ben"))
    with importing(cut.url(name), monkeypatch) as log:
        cut.fates = [Fate.UNSEEN]
        with pytest.raises(LogError, match="nothing was imported; import again"):
            log.append_many(file)
        assert log.head().size == 1
        assert log.append_many(file).added == 6
        assert log.verify().problem is None


def test_an_import_that_is_interrupted_leaves_nothing_and_goes_again(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = lines(Scribe("Ben"))

    def progress(done: int) -> None:
        if done == 4:
            raise KeyboardInterrupt

    with importing(url, monkeypatch) as log:
        with pytest.raises(KeyboardInterrupt):
            log.append_many(file, progress)
        assert log.head().size == 1
        assert log.append_many(file).added == 6
        assert log.verify().problem is None


# What was said


@pytest.mark.parametrize("fate", [Fate.UNSEEN, Fate.UNANSWERED])
def test_each_step_of_a_reminder_is_taken_once_though_its_commit_was_cut(
    cut: Wire, name: str, url: str, fate: Fate
) -> None:
    with open_writer(cut.url(name)) as near, open_writer(url) as far:
        # Another host, so that nobody here can look at its process.
        far.token = "other/1/2/3 abc"  # noqa: S105 - no secret

        def step(work: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever it gives
            cut.fates = [fate]
            found = work()
            assert cut.fates == []
            return found

        claimed = step(lambda: near.claim([ONE], NOW.date(), NOW))[ONE]
        assert isinstance(claimed, RecipientState)
        assert claimed.reminders == ()
        assert isinstance(far.claim([ONE], NOW.date(), NOW)[ONE], LeaseHolder)
        late = NOW + LEASE - timedelta(seconds=1)
        step(lambda: near.renew(late))
        assert isinstance(far.claim([ONE], NOW.date(), NOW + LEASE)[ONE], LeaseHolder)
        assert step(lambda: near.store_pending(ONE))
        assert step(lambda: near.store_pending(ONE, SENDING))
        with open_store(url) as reader:
            assert reader.recipient_state(ONE).pending == SENDING
        step(lambda: near.record_sent(ONE, [MARK]))
        step(lambda: near.release(ONE))
        free = far.claim([ONE], NOW.date(), NOW)[ONE]
        assert free == RecipientState(since=NOW.date(), reminders=(MARK,))
        assert not near.store_pending(ONE, SENDING)


def test_a_reminder_outlives_its_server_at_each_step(server: Server, url: str) -> None:
    with open_writer(url) as said:
        assert said.claim([ONE], NOW.date(), NOW)[ONE] == RecipientState()
        crashed(server)
        said.renew(NOW)
        crashed(server)
        assert said.store_pending(ONE, SENDING)
        crashed(server)
        said.record_sent(ONE, [MARK])
        crashed(server)
    with open_writer(url) as later:
        claimed = later.claim([ONE], NOW.date(), NOW)[ONE]
        assert claimed == RecipientState(since=NOW.date(), reminders=(MARK,))


# Chance


class SharedMachine(LogMachine):
    """A log on a server."""

    server: ClassVar[Server]

    def new(self) -> str:
        """Take all out of the log."""
        self.server.empty(self.server.shared)
        return self.server.url(self.server.shared)

    def remove(self) -> None:
        """Leave it to the next."""


def test_whatever_is_done_to_it_it_answers_as_a_list_would(server: Server) -> None:
    SharedMachine.server = server
    chosen = settings(max_examples=EXAMPLES, stateful_step_count=STEPS)
    run_state_machine_as_test(SharedMachine, settings=chosen)
