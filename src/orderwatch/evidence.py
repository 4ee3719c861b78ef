"""Files kept as evidence: by SHA-256, in a folder beside the log."""

import errno
import mimetypes
import os
import stat
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path

from orderwatch.errors import LogError, UsageError
from orderwatch.model import Attachment

_CHUNK = 1024 * 1024
_UNKNOWN = "application/octet-stream"


def folder_of(log: Path) -> Path:
    """Name the folder of a log's evidence."""
    return log.with_name(f"{log.name}.evidence")


def path_of(attachment: Attachment, folder: Path) -> Path:
    """Name the place where a file is kept."""
    return folder / attachment.sha256[:2] / attachment.sha256


def keep(source: Path, folder: Path) -> Attachment:
    """Copy a file into the folder, under its hash.

    The hash is of what was copied, whatever happens to the source meanwhile.
    Raises `UsageError` for what is no plain file, `LogError` if it cannot be kept.
    """
    with _source(source) as handle:
        try:
            return _keep(source, handle, folder)
        except OSError as error:
            raise LogError(
                f"{source} cannot be kept in {folder}: {error.strerror or error};"
                " nothing was recorded"
            ) from error


def check(attachment: Attachment, folder: Path) -> str | None:
    """Say what is wrong with a kept file; `None` if it is what was kept."""
    path = path_of(attachment, folder)
    try:
        found, size = _hash(path)
    except FileNotFoundError:
        return f"{path} is missing"
    except OSError as error:
        return f"{path} cannot be read: {error.strerror or error}"
    if (found, size) != (attachment.sha256, attachment.size):
        return f"{path} is not the file that was kept"
    return None


def forget(attachment: Attachment, folder: Path) -> None:
    """Remove a kept file, and folders that are empty then.

    One that is gone already is no error.
    """
    path = path_of(attachment, folder)
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise LogError(
            f"{path} cannot be removed: {error.strerror}; remove it by hand"
        ) from error
    with suppress(OSError):
        path.parent.rmdir()
        folder.rmdir()


def verify(attachments: Iterable[tuple[int, Attachment]], folder: Path) -> int:
    """Count the kept files of entries; raise `LogError` at the first that differs."""
    digests: set[str] = set()
    for seq, attachment in attachments:
        if problem := check(attachment, folder):
            raise LogError(
                f"the log does not verify: entry {seq}: {problem}\n"
                "an import brings no kept files: copy them from the folder beside the "
                f"log that it came from into {folder}, or from a backup"
            )
        digests.add(attachment.sha256)
    return len(digests)


@contextmanager
def _source(path: Path) -> Iterator[int]:
    """Open a plain file; opening a pipe would wait, and a link can point anywhere."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        handle = os.open(path, flags)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise UsageError(f"{path} is a link: attach the file itself") from error
        raise UsageError(f"cannot read {path}: {error.strerror}") from error
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise UsageError(f"{path} is not a file: only files can be attached")
        yield handle
    finally:
        os.close(handle)


def _keep(source: Path, handle: int, folder: Path) -> Attachment:
    _make(folder)
    copy, name = tempfile.mkstemp(prefix=".new-", dir=folder)
    new = Path(name)
    try:
        try:
            digest, size = _copy(handle, copy)
            os.fchmod(copy, 0o400)
            os.fsync(copy)
        finally:
            os.close(copy)
        kept = Attachment(
            sha256=digest,
            name=source.name,
            size=size,
            media_type=mimetypes.guess_type(source.name)[0] or _UNKNOWN,
        )
        _settle(new, kept, folder)
    finally:
        new.unlink(missing_ok=True)
    return kept


def _settle(new: Path, kept: Attachment, folder: Path) -> None:
    """Give the copy its place, unless the same file has it."""
    place = path_of(kept, folder)
    _make(place.parent)
    try:
        os.link(new, place)
    except FileExistsError:
        if problem := check(kept, folder):
            raise LogError(
                f"{problem}; move it away, and attach the file again"
            ) from None
    except OSError:
        # Some file systems have no links. Two copies of one hash are the same.
        if not place.exists():
            new.rename(place)
    for one in (place.parent, folder):
        _sync(one)


def _copy(source: int, target: int) -> tuple[str, int]:
    digest, size = sha256(), 0
    while chunk := os.read(source, _CHUNK):
        digest.update(chunk)
        size += len(chunk)
        rest = memoryview(chunk)
        while rest:
            rest = rest[os.write(target, rest) :]
    return digest.hexdigest(), size


def _hash(path: Path) -> tuple[str, int]:
    digest, size = sha256(), 0
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        while chunk := os.read(handle, _CHUNK):
            digest.update(chunk)
            size += len(chunk)
    finally:
        os.close(handle)
    return digest.hexdigest(), size


def _make(folder: Path) -> None:
    if folder.is_dir():
        return
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)  # whatever the umask took away


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def check_source(path: Path) -> None:
    """Refuse what cannot be kept before anything is written."""
    try:
        mode = path.lstat().st_mode
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise UsageError(f"cannot read {path}: {why}") from error
    if stat.S_ISLNK(mode):
        raise UsageError(f"{path} is a link: attach the file itself")
    if not stat.S_ISREG(mode):
        raise UsageError(f"{path} is not a file: only files can be attached")
    if not os.access(path, os.R_OK):
        raise UsageError(f"cannot read {path}: you may not")
