"""Files that somebody named: read without waiting or end, written whole or not."""

import os
import stat
import tempfile
from collections.abc import Iterable
from pathlib import Path


def read(path: Path, largest: int) -> bytes:
    """Read a regular file, or the null device, up to one byte more than `largest`.

    Raises `OSError`: for a folder, a device or a pipe too, on which a program could
    wait for ever; and `ValueError` for a path that cannot be one.
    """
    # Opened first and looked at then: between the two nobody can put another there.
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    try:
        found = os.fstat(handle)
        if stat.S_ISDIR(found.st_mode):
            raise IsADirectoryError(0, "it is a folder")
        if not stat.S_ISREG(found.st_mode) and not _is_null(found):
            raise OSError(0, "it is a device or pipe")
        with os.fdopen(handle, "rb", closefd=False) as file:
            return file.read(largest + 1)
    finally:
        os.close(handle)


def write(path: Path, parts: Iterable[bytes]) -> None:
    """Write a file whole: under another name first, which is then changed.

    A device or pipe is written to: for root, `/dev/null` would become a file else.
    Raises `OSError`.
    """
    if path.exists() and not path.is_file() and not path.is_dir():
        with path.open("wb") as device:
            device.writelines(parts)
        return
    handle, new = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as opened:
            opened.writelines(parts)
            opened.flush()
            os.fsync(opened.fileno())
        Path(new).replace(path)
    finally:
        Path(new).unlink(missing_ok=True)


def is_there(path: Path) -> bool:
    """Tell whether there is something, or may be: a folder may be closed to us.

    Whoever opens it then is told why that cannot be done.
    """
    try:
        return path.exists()
    except (OSError, ValueError):
        return True


def expanded(path: Path) -> Path:
    """Write out a `~` at the beginning; raise `OSError` if it is nobody's."""
    try:
        return path.expanduser()
    except RuntimeError as error:
        raise FileNotFoundError(0, f"it has no home folder ({error})") from error


def open_to_others(path: Path) -> bool:
    """Tell whether anybody but its owner may read a file."""
    try:
        return bool(path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH))
    except (OSError, ValueError):
        return False


def _is_null(found: os.stat_result) -> bool:
    return os.path.samestat(found, os.stat(os.devnull))  # noqa: PTH116 - a device
