"""Standard output and standard error: whole or not at all."""

import codecs
import errno
import os
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NoReturn, TextIO

from orderwatch.cli.terminal.formats import dumb, width
from orderwatch.errors import DeliveryError, UsageError
from orderwatch.fs import files

_STEP = 10_000
"""Between two reports of progress."""
_ERASED = "\r\x1b[K"
"""Takes the line off a terminal."""
_NUMBERED = "orderwatch.numbered"
"""The name under which Python knows how letters are numbered."""


def conversing() -> bool:
    """Tell whether a person sits there who can be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty()


@contextmanager
def progress(what: str) -> Iterator[Callable[[int], None]]:
    """Give what shows how far long work has come, if standard error is a terminal.

    The line is gone when the work has ended, however it ended.
    """
    seen, told = sys.stderr.isatty() and not dumb(), False

    def shown(done: int) -> None:
        nonlocal told
        if seen and done % _STEP == 0:
            told = True
            _write(sys.stderr, f"\r{what}: {done:,}")

    try:
        yield shown
    finally:
        if told:
            _write(sys.stderr, _ERASED)


def slurp(name: str, largest: int) -> bytes:
    """Read a file, or standard input for `-`, up to so many bytes."""
    expect_name(name)
    try:
        if name == "-":
            data = sys.stdin.buffer.read(largest + 1)
        else:
            with Path(name).open("rb") as file:
                data = file.read(largest + 1)
    except OSError as error:
        raise UsageError(f"{name}: cannot be read: {error.strerror}") from error
    except ValueError as error:  # a name that no file can have
        raise UsageError(f"{name}: cannot be read: {error}") from error
    if len(data) > largest:
        raise UsageError(f"{name}: is larger than {largest:,} bytes")
    return data


def expect_name(name: str) -> None:
    """Refuse the empty name, which would be that of the present folder."""
    if not name:
        raise UsageError("'' is the name of no file")


def ready() -> None:
    """Put something in the place of a standard stream that is closed.

    A file that is opened later would take its number, and be written to. What is put
    in the place of standard output cannot be written to, so that it fails as it would.
    """
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            mode = os.O_WRONLY if name == "stderr" else os.O_RDONLY
            number = os.open(os.devnull, mode)
            setattr(sys, name, os.fdopen(number, "r" if name == "stdin" else "w"))


def emit(text: str) -> None:
    """Write a result to standard output, whole, and leave quietly if nobody reads.

    Raises `DeliveryError` if it cannot be written, on a full disk for example.
    """
    try:
        _write(sys.stdout, text)
    except OSError as error:
        raise _undelivered(error) from error


def report(text: str, done: str) -> None:
    """Write what a command did; what was done is done, even if nobody can be told."""
    try:
        emit(text)
    except DeliveryError as error:
        raise DeliveryError(f"{error}\n{done}") from error


def stream(parts: Iterable[bytes]) -> None:
    """Write a long result piece by piece, and leave quietly if nobody reads."""
    try:
        sys.stdout.flush()
        for part in parts:
            _whole(sys.stdout.buffer, part)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        _nobody_reads(sys.stdout)
    except OSError as error:
        raise _undelivered(error) from error


def write(file: Path, parts: Iterable[bytes]) -> None:
    """Write a result to a file that somebody named, whole or not at all."""
    expect_name(str(file))
    try:
        files.write(file, parts)
    except OSError as error:
        raise UsageError(f"{file}: cannot be written: {error.strerror}") from error
    except ValueError as error:  # a name that no file can have
        raise UsageError(f"{file}: cannot be written: {error}") from error


def advise(text: str) -> None:
    """Write a help to standard error."""
    _tell(f"{text}\n")


def tell(text: str) -> None:
    """Write to a person on standard error, with nothing in it that acts.

    Lines are broken between words.
    """
    from orderwatch.render.sanitize import visible_lines

    advise(folded(visible_lines(text)))


def folded(text: str) -> str:
    """Break lines between words where a terminal would cut them anywhere."""
    return "\n".join(
        textwrap.fill(
            line,
            width(),
            subsequent_indent="  ",
            break_long_words=False,
            break_on_hyphens=False,
        )
        for line in text.split("\n")
    )


def complain(text: str) -> None:
    """Write an error to standard error, with nothing in it that acts."""
    from orderwatch.render.sanitize import visible_lines

    _tell(f"orderwatch: {visible_lines(text)}\n")


def _tell(text: str) -> None:
    try:
        _write(sys.stderr, text)
    except OSError:
        # There is nowhere left to say so; the exit code says that something is wrong.
        _give_up(sys.stderr)


def _write(stream: TextIO, text: str) -> None:
    encoding = stream.encoding or "utf-8"
    try:
        stream.flush()
        _whole(stream.buffer, encoded(text, encoding))
        stream.buffer.flush()
    except BrokenPipeError:
        _nobody_reads(stream)


def encoded(text: str, encoding: str | None = None) -> bytes:
    """Write a text in the encoding of standard output, or another."""
    return text.encode(encoding or sys.stdout.encoding or "utf-8", _NUMBERED)


def _whole(file: BinaryIO, data: bytes) -> None:
    # With PYTHONUNBUFFERED a file takes as much as it can, and does not say that a
    # reader has gone away until it is asked again.
    left = memoryview(data)
    while left:
        left = left[file.write(left) :]


def _numbered(error: UnicodeError) -> tuple[str, int]:
    """Write the letters that a locale has not as JSON does: it stays JSON."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    letters = error.object[error.start : error.end].encode("utf-16-be", "surrogatepass")
    units = (letters[at : at + 2].hex() for at in range(0, len(letters), 2))
    return "".join(f"\\u{unit}" for unit in units), error.end


codecs.register_error(_NUMBERED, _numbered)


def _nobody_reads(stream: TextIO) -> NoReturn:
    _give_up(stream)
    raise SystemExit(141)


def _undelivered(error: OSError) -> DeliveryError:
    _give_up(sys.stdout)
    why = "it is closed" if error.errno == errno.EBADF else error.strerror or error
    return DeliveryError(
        f"standard output cannot be written: {why}; what was to be printed is lost"
    )


def _give_up(stream: TextIO) -> None:
    # Python flushes once more at exit: there must be something to flush to.
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
