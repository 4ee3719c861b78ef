"""Share work with processes beside this one.

A helper says what came of its work, or nothing: what it could not do is done here, and
fails here. So nothing depends on helpers, and where only one core is there are none.
"""

import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from multiprocessing import get_context, parent_process, resource_tracker
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from queue import SimpleQueue
from threading import Thread
from typing import Any, Generic, TypeVar

HELPERS_MAX = 3
"""There are no more parts of about the same size in what is shared."""

_T = TypeVar("_T")


class Job(Generic[_T]):
    """Work that is done once: by a helper if one comes to it, else when asked for."""

    def __init__(
        self, work: Callable[[], _T], future: Future[tuple[_T] | None] | None
    ) -> None:
        self._work = work
        self._future = future

    def result(self) -> _T:
        """Give what came of it, or raise what it raises."""
        if self._future is None or self._future.cancel():
            return self._work()
        done = self._future.result()
        return self._work() if done is None else done[0]


class Helpers:
    """Processes that take jobs in the order in which they are asked for."""

    def __init__(self, many: int) -> None:
        self._all: list[_Helper] = []
        # Where there may be no more processes, there are fewer.
        with suppress(OSError):
            self._all += (_Helper() for _ in range(many))
        self._free: SimpleQueue[_Helper] = SimpleQueue()
        for helper in self._all:
            self._free.put(helper)
        # What waits for a process is a thread.
        found = len(self._all)
        self._pool = ThreadPoolExecutor(max_workers=found) if found else None

    def ask(self, work: Callable[[], _T]) -> Job[_T]:
        """Have something done: a function of a module, with plain arguments."""
        future = self._pool.submit(self._done, work) if self._pool else None
        return Job(work, future)

    def end(self) -> None:
        """End the processes, whatever they do."""
        for helper in self._all:
            helper.end()
        if self._pool:
            self._pool.shutdown(cancel_futures=True)

    def _done(self, work: Callable[[], _T]) -> tuple[_T] | None:
        helper = self._free.get()
        try:
            return helper.done(work)
        finally:
            self._free.put(helper)


@contextmanager
def helpers(many: int | None = None) -> Iterator[Helpers]:
    """Start helpers, one for each core but this one's, and end them."""
    found = Helpers(min(HELPERS_MAX, cores() - 1) if many is None else many)
    try:
        yield found
    finally:
        found.end()


def cores() -> int:
    """Count the cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def start(work: Callable[..., None], *ends: Connection) -> BaseProcess:
    """Start a process that Ctrl-C does not reach, and that ends with this one."""
    # It is started first, and would let Ctrl-C through again.
    resource_tracker.ensure_running()
    process = get_context("spawn").Process(
        target=_guarded, args=(work, *ends), daemon=True
    )
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        process.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
    return process


class _Helper:
    def __init__(self) -> None:
        self._mine, its = get_context("spawn").Pipe()
        self._process = start(_serve, its)
        # Whoever is left alone on a pipe has to notice that.
        its.close()

    def done(self, work: Callable[[], Any]) -> tuple[Any] | None:
        with suppress(EOFError, OSError):
            self._mine.send(work)
            found: tuple[Any] | None = self._mine.recv()
            return found
        return None

    def end(self) -> None:
        self._process.terminate()
        self._process.join()


def _guarded(work: Callable[..., None], *ends: Connection) -> None:
    Thread(target=_follow, daemon=True).start()
    # Whoever waits for the other end to close cannot hold it open.
    work(*ends)


def _follow() -> None:
    """End when the process that started this one is gone, however that came."""
    parent = parent_process()
    if parent is not None:
        parent.join()
    os._exit(1)


def _serve(asked: Connection) -> None:
    with suppress(EOFError, OSError):
        while True:
            work: Callable[[], Any] = asked.recv()
            asked.send(_tried(work))


def _tried(work: Callable[[], Any]) -> tuple[Any] | None:
    try:
        return (work(),)
    except Exception:  # noqa: BLE001 - it is done again where it is asked for
        return None
