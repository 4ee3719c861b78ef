"""The path of a register -> its bytes, and these -> TOML; or why not."""

import os
import re
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import tomli

from orderwatch.fs import files
from orderwatch.register.problems import Problem, cut

LARGEST = 3_000_000
"""In bytes; the register that ships with the package has less than a tenth."""
MOST = 100_000
"""Signs that begin a value or a table, or part a key; that register has a ninth."""

_SIGNS = (b"=", b",", b"[", b"{", b".")
_BOMS = {
    b"\xef\xbb\xbf": "begins with a byte order mark; save it as UTF-8 without one",
    b"\xff\xfe": "is UTF-16; save it as UTF-8",
    b"\xfe\xff": "is UTF-16; save it as UTF-8",
}


def read(path: Path) -> bytes | Problem:
    """Read a regular file of bearable size."""
    try:
        if path.stat().st_size > LARGEST:
            return _too_large(path)
        data = files.read(path, LARGEST)
    except FileNotFoundError:
        return Problem(file=str(path), message=f"is not there{_near(path)}")
    except (OSError, ValueError) as error:
        # A path with a zero byte is a ValueError.
        why = str(error.strerror if isinstance(error, OSError) else error)
        told = f"cannot be read: {why}"
        if isinstance(error, OSError) and error.errno == 0:
            told = f"{why.removeprefix('it ')}; should be a TOML file"
        return Problem(file=str(path), message=told)
    return data if len(data) <= LARGEST else _too_large(path)


def parse(path: Path, data: bytes) -> tuple[str, dict[str, Any]] | Problem:
    """Decode and parse a file; give its text too."""
    file = str(path)
    for mark, message in _BOMS.items():
        if data.startswith(mark):
            return Problem(file=file, line=1, message=message)
    try:
        _bound(data)
        text = data.decode()
        raw = tomli.loads(text)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        byte = error.start - data.rfind(b"\n", 0, error.start)
        message = f"is not UTF-8 at byte {byte} of this line; save it as UTF-8"
        return Problem(file=file, line=line, message=message)
    except tomli.TOMLDecodeError as error:
        return _not_toml(file, error)
    except (RecursionError, ValueError) as error:
        # Too deeply nested, or an integer longer than Python reads.
        return Problem(file=file, message=f"is not a TOML to read: {cut(str(error))}")
    if not raw:
        return Problem(
            file=file,
            message="is empty; a register begins with schema = 1 and reviewed = DATE",
        )
    return text, raw


def _bound(data: bytes) -> None:
    # A parser needs a minute and gigabytes for ten million of them.
    if sum(map(data.count, _SIGNS)) > MOST:
        raise ValueError(f"more than {MOST:,} keys and values; no register has so many")


def _not_toml(file: str, error: tomli.TOMLDecodeError) -> Problem:
    # tomli writes the place at the end, as "(at line 3, column 5)".
    what, _, at = str(error).rpartition(" (at ")
    where = re.fullmatch(r"line (\d+), (column \d+)\)", at)
    if where is None:
        return Problem(file=file, message=f"is not valid TOML: {cut(what)}, at its end")
    return Problem(
        file=file,
        line=int(where[1]),
        message=f"is not valid TOML: {cut(what)}, at {where[2]}",
    )


def _too_large(path: Path) -> Problem:
    message = f"is larger than {LARGEST // 1_000_000} MB; no register is"
    return Problem(file=str(path), message=message)


def _near(path: Path) -> str:
    """Name the file of the folder whose name is nearest."""
    try:
        with os.scandir(path.parent) as found:
            names = sorted(entry.name for entry in found if entry.is_file())
    except OSError:
        return f", nor is the folder {path.parent}"
    near = get_close_matches(path.name, names, n=1, cutoff=0.4)
    near = near or [name for name in names if name.endswith(".toml")][:1]
    return f"; the nearest in that folder is {near[0]}" if near else ""
