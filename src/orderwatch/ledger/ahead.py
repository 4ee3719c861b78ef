"""Read the lines of a long export in a process beside this one.

Threads would gain nothing: reading a line and writing its rows both want the
interpreter. A short export is read here, since a process takes a while to start.
"""

import signal
from collections.abc import Generator, Iterable, Iterator
from contextlib import suppress
from itertools import chain, islice
from multiprocessing import get_context
from multiprocessing.connection import Connection
from threading import Thread
from typing import Any

from orderwatch.errors import LogError
from orderwatch.ledger import exchange
from orderwatch.ledger.entry import EntryKind
from orderwatch.ledger.exchange import Line
from orderwatch.ledger.payload import Lookup

FEW = 20_000
"""Lines that are read here; only what comes after them is worth a process."""

PAGE = 8_000_000
"""Bytes that end a page, however few lines it has."""

Read = tuple[int, Line | str]
"""The number of a line, and what it holds or what is wrong with it."""

_Plain = tuple[Any, ...]
_KINDS = {kind.value: kind for kind in EntryKind}


def read(lines: Iterable[bytes], size: int) -> Generator[list[Read], None, None]:
    """Yield what so many lines at a time hold; empty lines are left out.

    Closing it ends the process.
    """
    numbered = enumerate(lines, start=1)
    for _ in range(max(1, FEW // size)):
        some = _page(numbered, size)
        if not some:
            return
        yield [(number, _line(line)) for number, line in some if line.strip()]
    rest = _page(numbered, size)
    if rest:
        yield from _beside(chain(rest, numbered), size)


def _page(numbered: Iterator[tuple[int, bytes]], size: int) -> list[tuple[int, bytes]]:
    some, held = list[tuple[int, bytes]](), 0
    for one in islice(numbered, size):
        some.append(one)
        held += len(one[1])
        if held >= PAGE:
            break
    return some


def _line(data: bytes) -> Line | str:
    try:
        return exchange.read(data)
    except ValueError as error:
        return str(error)


def _beside(numbered: Iterator[tuple[int, bytes]], size: int) -> Iterator[list[Read]]:
    context = get_context("spawn")
    theirs, feed = context.Pipe(duplex=False)
    found, back = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(theirs, back), daemon=True)
    process.start()
    # Whoever is left alone on a pipe has to notice that.
    theirs.close()
    back.close()
    feeding = _Feeding(feed, numbered, size)
    feeding.start()
    try:
        while (some := _received(found)) is not None:
            yield [(number, _made(one)) for number, one in some]
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

    def __init__(
        self, feed: Connection, numbered: Iterator[tuple[int, bytes]], size: int
    ) -> None:
        super().__init__(daemon=True)
        self.problem: BaseException | None = None
        """Why the lines could not be read to their end."""
        self._feed, self._numbered, self._size = feed, numbered, size

    def run(self) -> None:
        """Hand over everything, and close the pipe."""
        try:
            while some := _page(self._numbered, self._size):
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


def _received(found: Connection) -> list[tuple[int, _Plain | str]] | None:
    try:
        some: list[tuple[int, _Plain | str]] | None = found.recv()
    except EOFError:
        raise LogError(
            "nothing was imported: the process that reads the lines was ended"
        ) from None
    return some


def _work(asked: Connection, back: Connection) -> None:
    """Read lines for the other process until it wants no more, or is gone."""
    # Ctrl-C goes to both, and the other one tells about it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(EOFError, BrokenPipeError):
        while (some := asked.recv()) is not None:
            back.send(
                [
                    (number, one if isinstance(one, str) else _plain(one))
                    for number, one in (
                        (n, _line(line)) for n, line in some if line.strip()
                    )
                ]
            )
        back.send(None)


def _plain(line: Line) -> _Plain:
    """Write a line as what is handed over in a fifth of the time."""
    uid, kind, target, raw, salt, body, place = line
    return uid, kind.value, target, raw, salt, body, place and tuple(place)


def _made(found: _Plain | str) -> Line | str:
    if isinstance(found, str):
        return found
    uid, kind, *others, place = found
    where = None if place is None else Lookup._make(place)
    return Line._make((uid, _KINDS[kind], *others, where))
