"""Bounded reads and atomic writes of files that a user named."""

import os
import stat
import tempfile
from collections.abc import Iterable
from pathlib import Path


def read(path: Path, limit: int) -> bytes:
    """Read a regular file or the null device, at most `limit` + 1 bytes.

    Raises `OSError` for a directory, device or pipe, which could block forever, and
    `ValueError` for an invalid path.
    """
    # Open first, then fstat: nobody can replace the file in between.
    fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    try:
        status = os.fstat(fd)
        if stat.S_ISDIR(status.st_mode):
            raise IsADirectoryError(0, "it is a folder")
        if not stat.S_ISREG(status.st_mode) and not _is_null(status):
            raise OSError(0, "it is a device or pipe")
        with os.fdopen(fd, "rb", closefd=False) as file:
            return file.read(limit + 1)
    finally:
        os.close(fd)


def write(path: Path, chunks: Iterable[bytes]) -> None:
    """Write a file atomically: to a temporary file that then replaces it.

    A device or pipe is written in place; otherwise root would turn `/dev/null` into a
    regular file. Raises `OSError`.
    """
    if path.exists() and not path.is_file() and not path.is_dir():
        with path.open("wb") as device:
            device.writelines(chunks)
        return
    fd, temporary = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(fd, "wb") as file:
            file.writelines(chunks)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    finally:
        Path(temporary).unlink(missing_ok=True)


def may_exist(path: Path) -> bool:
    """Return whether a path exists or may exist, as in an unreadable folder.

    Opening the path then reports the reason.
    """
    try:
        return path.exists()
    except (OSError, ValueError):
        return True


def expand_home(path: Path) -> Path:
    """Expand a leading `~`; raise `OSError` if that user has no home folder."""
    try:
        return path.expanduser()
    except RuntimeError as error:
        raise FileNotFoundError(0, f"it has no home folder ({error})") from error


def is_readable_by_others(path: Path) -> bool:
    """Return whether users other than the owner may read a file."""
    try:
        return bool(path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH))
    except (OSError, ValueError):
        return False


def _is_null(status: os.stat_result) -> bool:
    return os.path.samestat(status, os.stat(os.devnull))  # noqa: PTH116 - a device
