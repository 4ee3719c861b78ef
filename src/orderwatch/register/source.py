"""Read a register file and parse it as TOML, or return the problem."""

import os
import re
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import tomli

from orderwatch.fs import files
from orderwatch.register.problems import Problem, truncate

SIZE_MAX = 3_000_000
"""Bytes of a file; the packaged register has less than a tenth."""
DELIMITERS_MAX = 100_000
"""Delimiters of keys, values and tables; the packaged register has a ninth."""

_DELIMITERS = (b"=", b",", b"[", b"{", b".")
_BOMS = {
    b"\xef\xbb\xbf": "begins with a byte order mark; save it as UTF-8 without one",
    b"\xff\xfe": "is UTF-16; save it as UTF-8",
    b"\xfe\xff": "is UTF-16; save it as UTF-8",
}


def read(path: Path) -> bytes | Problem:
    """Read a regular file of limited size."""
    try:
        if path.stat().st_size > SIZE_MAX:
            return _too_large(path)
        data = files.read(path, SIZE_MAX)
    except FileNotFoundError:
        return Problem(file=str(path), message=f"is not there{_suggestion(path)}")
    except (OSError, ValueError) as error:
        # A path with a null byte raises ValueError.
        reason = str(error.strerror if isinstance(error, OSError) else error)
        message = f"cannot be read: {reason}"
        if isinstance(error, OSError) and error.errno == 0:
            message = f"{reason.removeprefix('it ')}; should be a TOML file"
        return Problem(file=str(path), message=message)
    return data if len(data) <= SIZE_MAX else _too_large(path)


def parse(path: Path, data: bytes) -> tuple[str, dict[str, Any]] | Problem:
    """Decode and parse a file; return its text and its content."""
    file = str(path)
    for bom, message in _BOMS.items():
        if data.startswith(bom):
            return Problem(file=file, line=1, message=message)
    try:
        _check_delimiters(data)
        text = data.decode()
        raw = tomli.loads(text)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        message = f"is not UTF-8 at byte {column} of this line; save it as UTF-8"
        return Problem(file=file, line=line, message=message)
    except tomli.TOMLDecodeError as error:
        return _syntax_problem(file, error)
    except (RecursionError, ValueError) as error:
        # Nested too deeply, or an integer too long for Python.
        return Problem(
            file=file, message=f"is not a TOML to read: {truncate(str(error))}"
        )
    if not raw:
        return Problem(
            file=file,
            message="is empty; a register begins with schema = 1 and reviewed = DATE",
        )
    return text, raw


def _check_delimiters(data: bytes) -> None:
    # Ten million of them take a parser a minute and gigabytes.
    if sum(map(data.count, _DELIMITERS)) > DELIMITERS_MAX:
        raise ValueError(
            f"more than {DELIMITERS_MAX:,} keys and values; no register has so many"
        )


def _syntax_problem(file: str, error: tomli.TOMLDecodeError) -> Problem:
    # tomli appends the position, as "(at line 3, column 5)".
    reason, _, position = str(error).rpartition(" (at ")
    match = re.fullmatch(r"line (\d+), (column \d+)\)", position)
    if match is None:
        return Problem(
            file=file, message=f"is not valid TOML: {truncate(reason)}, at its end"
        )
    return Problem(
        file=file,
        line=int(match[1]),
        message=f"is not valid TOML: {truncate(reason)}, at {match[2]}",
    )


def _too_large(path: Path) -> Problem:
    message = f"is larger than {SIZE_MAX // 1_000_000} MB; no register is"
    return Problem(file=str(path), message=message)


def _suggestion(path: Path) -> str:
    """Suggest the file of the folder with the nearest name."""
    try:
        with os.scandir(path.parent) as entries:
            names = sorted(entry.name for entry in entries if entry.is_file())
    except OSError:
        return f", nor is the folder {path.parent}"
    matches = get_close_matches(path.name, names, n=1, cutoff=0.4)
    matches = matches or [name for name in names if name.endswith(".toml")][:1]
    return f"; the nearest in that folder is {matches[0]}" if matches else ""
