"""Read the lines of a long export in a process beside this one.

Threads would gain nothing: reading a line and writing its rows both want the
interpreter. A short export is read here, since a process takes a while to start.
"""

import signal
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import chain, islice
from multiprocessing import get_context
from multiprocessing.connection import Connection
from threading import Thread
from typing import Any

from orderwatch.errors import LogError
from orderwatch.ledger import exchange
from orderwatch.ledger.exchange import Line

FEW = 20_000
"""Lines that are read here; only what comes after them is worth a process."""

PAGE = 8_000_000
"""Bytes that end a page, however few lines it has."""

_WIDE = 1 << 20
"""Bytes of a pipe: Linux lets nobody ask for more."""

Read = tuple[int, Line | str]
"""The number of a line, and what it holds or what is wrong with it."""


def read(lines: Iterable[bytes], size: int) -> Generator[list[Read], None, None]:
    """Yield what so many lines at a time hold; empty lines are left out.

    Closing it ends the process.
    """
    given = iter(lines)
    done = 0
    for _ in range(max(1, FEW // size)):
        some = _page(given, size)
        if not some:
            return
        yield _read(done, some)
        done += len(some)
    some = _page(given, size)
    if some:
        yield from _beside(chain(some, given), done, size)


def _page(lines: Iterator[bytes], size: int) -> list[bytes]:
    some, held = list[bytes](), 0
    for line in islice(lines, size):
        some.append(line)
        held += len(line)
        if held >= PAGE:
            break
    return some


def _read(before: int, lines: Sequence[bytes]) -> list[Read]:
    numbered = enumerate(lines, start=before + 1)
    return [(number, _line(line)) for number, line in numbered if line.strip()]


def _line(data: bytes) -> Line | str:
    try:
        return exchange.read(data)
    except ValueError as error:
        return str(error)


def _beside(lines: Iterator[bytes], before: int, size: int) -> Iterator[list[Read]]:
    context = get_context("spawn")
    theirs, feed = context.Pipe(duplex=False)
    found, back = context.Pipe(duplex=False)
    _widen(feed)
    _widen(found)
    process = context.Process(target=_work, args=(theirs, back, before), daemon=True)
    process.start()
    # Whoever is left alone on a pipe has to notice that.
    theirs.close()
    back.close()
    feeding = _Feeding(feed, lines, size)
    feeding.start()
    try:
        while (some := _received(found)) is not None:
            yield [
                (number, one if isinstance(one, str) else Line._make(one))
                for number, one in some
            ]
        feeding.join()
        if feeding.problem is not None:
            raise feeding.problem
    finally:
        found.close()
        process.terminate()
        process.join()
        feeding.join()


class _Feeding(Thread):
    """Hand lines to the other process, as fast as it takes them."""

    def __init__(self, feed: Connection, lines: Iterator[bytes], size: int) -> None:
        super().__init__(daemon=True)
        self.problem: BaseException | None = None
        """Why the lines could not be read to their end."""
        self._feed, self._lines, self._size = feed, lines, size

    def run(self) -> None:
        """Hand over everything, and close the pipe."""
        try:
            while some := _page(self._lines, self._size):
                self._feed.send(some)
            self._feed.send(None)
        except BrokenPipeError:
            pass  # nobody wants the rest
        except BaseException as error:  # noqa: BLE001 - raised where it is awaited
            self.problem = error
            with suppress(OSError):
                self._feed.send(None)
        finally:
            self._feed.close()


def _widen(pipe: Connection) -> None:
    """Let a pipe hold a page, where it can: the two ends wait less for each other."""
    with suppress(ImportError, AttributeError, OSError):
        import fcntl

        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _WIDE)


def _received(found: Connection) -> list[tuple[int, tuple[Any, ...] | str]] | None:
    try:
        some: list[tuple[int, tuple[Any, ...] | str]] | None = found.recv()
    except EOFError:
        raise LogError(
            "nothing was imported: the process that reads the lines was ended"
        ) from None
    return some


def _work(asked: Connection, back: Connection, before: int) -> None:
    """Read lines for the other process until it wants no more, or is gone."""
    # Ctrl-C goes to both, and the other one tells about it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(EOFError, BrokenPipeError):
        while (some := asked.recv()) is not None:
            # Plain, they are handed over in a fifth of the time.
            back.send(
                [
                    (number, one if isinstance(one, str) else tuple(one))
                    for number, one in _read(before, some)
                ]
            )
            before += len(some)
        back.send(None)
