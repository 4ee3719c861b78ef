"""Standard output and standard error: whole or not at all."""

import errno
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, NoReturn, TextIO

from orderwatch.cli.terminal.formats import is_dumb_terminal, width
from orderwatch.errors import DeliveryError, UsageError
from orderwatch.text import TextError, encode
from orderwatch.translation import _

_PROGRESS_STEP = 10_000
"""Items between two updates of the progress line."""
_ERASE_LINE = "\r\x1b[K"
"""Erases the current line of a terminal."""


def is_interactive() -> bool:
    """Return whether an interactive user can be prompted."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def is_terminal_output() -> bool:
    """Return whether a user reads the result on a terminal."""
    return sys.stdout.isatty()


@contextmanager
def progress(label: str) -> Iterator[Callable[[int], None]]:
    """Yield a callback that prints a count, if standard error is a terminal.

    The line is erased at the end, also on errors.
    """
    enabled, has_printed = sys.stderr.isatty() and not is_dumb_terminal(), False

    def update(count: int) -> None:
        nonlocal has_printed
        if enabled and count % _PROGRESS_STEP == 0:
            has_printed = True
            _write(sys.stderr, f"\r{label}: {count:,}")

    try:
        yield update
    finally:
        if has_printed:
            _write(sys.stderr, _ERASE_LINE)


@contextmanager
def open_input(name: str) -> Iterator[BinaryIO]:
    """Open a text file, or standard input for `-`; raise `UsageError` if it is none.

    A `TextError` of the block is reported with the name of the file.
    """
    require_file_name(name)
    with ExitStack() as stack:
        try:
            file = sys.stdin.buffer if name == "-" else stack.enter_context(Path(name).open("rb"))
        except OSError as error:
            raise UsageError(_unreadable(name, error.strerror)) from error
        except ValueError as error:  # NUL in the name
            raise UsageError(_unreadable(name, error)) from error
        try:
            yield file
        except TextError as error:
            raise UsageError(f"{name}: {error}") from error


def _unreadable(name: str, reason: object) -> str:
    return _("{path}: cannot be read: {reason}").format(path=name, reason=reason)


def _unwritable(path: Path, reason: object) -> str:
    return _("{path}: cannot be written: {reason}").format(path=path, reason=reason)


def read_input(name: str, limit: int) -> str:
    """Read a text file, or standard input for `-`, of at most `limit` bytes."""
    with open_input(name) as file:
        try:
            data = file.read(limit + 1)
        except OSError as error:
            raise UsageError(_unreadable(name, error.strerror)) from error
        from orderwatch import fs

        return fs.decode(data, limit)


def require_file_name(name: str) -> None:
    """Raise `UsageError` for an empty name: a path takes it for the current folder."""
    if not name:
        raise UsageError(_("the name of the file is empty"))


def reopen_closed_streams() -> None:
    """Reopen closed standard streams on /dev/null.

    Otherwise a file opened later gets descriptor 0-2 and is written to. Standard output
    is reopened read-only, so that writing to it fails as on a closed stream.
    """
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            mode = os.O_WRONLY if name == "stderr" else os.O_RDONLY
            descriptor = os.open(os.devnull, mode)
            setattr(sys, name, os.fdopen(descriptor, "r" if name == "stdin" else "w"))


def write_result(text: str) -> None:
    """Write a result to standard output, whole or not at all; exit with 141 on EPIPE.

    Raises `DeliveryError` if it cannot be written, for example on a full disk.
    """
    try:
        _write(sys.stdout, text)
    except OSError as error:
        raise _delivery_error(error) from error


def write_document(text: str, *, excel: bool = False) -> None:
    """Write a result for programs: UTF-8 whatever the locale says.

    With `excel` it begins with a byte order mark, from which Excel sees the encoding.
    """
    write_chunks([encode(text, "utf-8-sig" if excel else "utf-8")])


def write_outcome(text: str, outcome: str) -> None:
    """Write the result of an action; on `DeliveryError`, append its outcome."""
    try:
        write_result(text)
    except DeliveryError as error:
        raise DeliveryError(f"{error}\n{outcome}") from error


def write_chunks(chunks: Iterable[bytes]) -> None:
    """Write a long result in chunks; exit with 141 on EPIPE."""
    try:
        sys.stdout.flush()
        for chunk in chunks:
            _write_all(sys.stdout.buffer, chunk)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        _exit_on_epipe(sys.stdout)
    except OSError as error:
        raise _delivery_error(error) from error


def write_file(path: Path, chunks: Iterable[bytes]) -> None:
    """Write a result to a file, whole or not at all."""
    from orderwatch import fs

    require_file_name(str(path))
    try:
        fs.write(path, chunks)
    except OSError as error:
        raise UsageError(_unwritable(path, error.strerror)) from error
    except ValueError as error:  # NUL in the name
        raise UsageError(_unwritable(path, error)) from error


def print_hint(text: str) -> None:
    """Write a hint to standard error."""
    _write_stderr(f"{text}\n")


def print_notes(notes: Iterable[str]) -> None:
    """Write notes on a result to standard error, each once."""
    for note in dict.fromkeys(notes):
        print_hint(f"orderwatch: {note}")


def print_message(text: str | None) -> None:
    """Write a message to standard error, sanitized and wrapped, if there is one."""
    from orderwatch.render.sanitize import sanitize_lines

    if text is not None:
        print_hint(wrap(sanitize_lines(text)))


def wrap(text: str) -> str:
    """Wrap lines at the width of the terminal, between words only."""
    import textwrap

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


def print_error(text: str) -> None:
    """Write an error to standard error, sanitized."""
    from orderwatch.render.sanitize import sanitize_lines

    _write_stderr(f"orderwatch: {sanitize_lines(text)}\n")


def _write_stderr(text: str) -> None:
    try:
        _write(sys.stderr, text)
    except OSError:
        # Nothing can be printed any more; the exit code still reports an error.
        _redirect_to_devnull(sys.stderr)


def _write(stream: TextIO, text: str) -> None:
    encoding = stream.encoding or "utf-8"
    try:
        stream.flush()
        _write_all(stream.buffer, encode(text, encoding))
        stream.buffer.flush()
    except BrokenPipeError:
        _exit_on_epipe(stream)


def _write_all(file: BinaryIO, data: bytes) -> None:
    # With PYTHONUNBUFFERED a write can be partial, and EPIPE is only raised by the
    # next one.
    rest = memoryview(data)
    while rest:
        rest = rest[file.write(rest) :]


def _exit_on_epipe(stream: TextIO) -> NoReturn:
    _redirect_to_devnull(stream)
    raise SystemExit(141)


def _delivery_error(error: OSError) -> DeliveryError:
    _redirect_to_devnull(sys.stdout)
    reason = _("it is closed") if error.errno == errno.EBADF else error.strerror or error
    text = _("standard output cannot be written: {reason}; the output is lost")
    return DeliveryError(text.format(reason=reason))


def _redirect_to_devnull(stream: TextIO) -> None:
    # Python flushes again at exit, which must not fail.
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def prompt(question: str) -> str:
    """Prompt on standard error and return the line typed.

    Raises `typer.Abort` at end of input and on Ctrl-C; nothing is written before that.
    """
    # Enables line editing in `input`; some systems lack it.
    with suppress(ImportError):
        import readline  # noqa: F401 - Python's `input` finds it

    # Typer's prompt writes to standard output, which may be redirected to a file.
    print_message(f"{question}:")
    try:
        return input().strip()
    except (EOFError, KeyboardInterrupt):
        import typer

        print_message("")  # newline after the unfinished input
        raise typer.Abort from None


def prompt_until_valid(
    question: str, validate: Callable[[str], object], default: str | None = None
) -> str:
    """Prompt until the answer is valid; an empty answer selects the default."""
    label = question if default is None else f"{question} [{default}]"
    while True:
        text = prompt(label) or default or ""
        try:
            validate(text)
        except (ValueError, UsageError) as error:
            print_error(str(error))
        else:
            return text


def confirm(question: str, *, default: bool = False) -> bool:
    """Prompt for yes or no; an empty answer selects the default."""
    while True:
        choices = _("Y/n") if default else _("y/N")
        text = prompt(f"{question} ({choices})").casefold()
        if not text:
            return default
        if (answer := yes_or_no(text)) is not None:
            return answer


def yes_or_no(text: str) -> bool | None:
    """Return whether an answer is yes; `None` if it is neither yes nor no."""
    if text in {"y", "yes", *_("y yes").split()}:
        return True
    return False if text in {"n", "no", *_("n no").split()} else None


def confirm_final(question: str, refusal: str, declined: str) -> None:
    """Prompt before what cannot be undone; exit with 130 if the answer is no.

    Raises `UsageError` where nobody can be asked.
    """
    if not is_interactive():
        raise UsageError(refusal)
    if not confirm(question):
        import typer

        print_message(declined)
        raise typer.Exit(130)
