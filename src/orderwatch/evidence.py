"""Evidence files, stored by SHA-256 in a folder next to the log."""

import errno
import mimetypes
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path

from orderwatch import fs
from orderwatch.errors import LogError, UsageError
from orderwatch.model import Attachment
from orderwatch.translation import _

_CHUNK_SIZE = 1024 * 1024
_DEFAULT_MEDIA_TYPE = "application/octet-stream"


def default_folder(log: Path) -> Path:
    """Return the default evidence folder of a log."""
    return log.with_name(f"{log.name}.evidence")


def file_path(attachment: Attachment, folder: Path) -> Path:
    """Return the path under which an attachment is stored."""
    return _path(attachment.sha256, folder)


def _path(digest: str, folder: Path) -> Path:
    return folder / digest[:2] / digest


def add(source: Path, folder: Path) -> Attachment:
    """Copy a file into the folder, named after its SHA-256.

    The hash is that of the copied bytes, even if the source changes meanwhile.
    Raises `UsageError` unless it is a regular file, `LogError` if it cannot be stored.
    """
    with _open_source(source) as fd:
        try:
            return _store(source, fd, folder)
        except OSError as error:
            raise LogError(
                _("cannot store {source} in {folder}: {reason}; nothing was recorded").format(
                    source=source, folder=folder, reason=error.strerror or error
                )
            ) from error


def read(attachment: Attachment, folder: Path, size: int) -> Iterator[bytes]:
    """Yield a stored file in chunks; raise `LogError` unless it is intact."""
    digest = sha256()
    try:
        with _open_source(file_path(attachment, folder)) as fd:
            while chunk := os.read(fd, size):
                digest.update(chunk)
                yield chunk
    except (OSError, UsageError) as error:
        raise LogError(str(error)) from error
    if digest.hexdigest() != attachment.sha256:
        raise LogError(
            _("{path} is not the attached file: its digest differs").format(
                path=file_path(attachment, folder)
            )
        )


def restore(digest: str, chunks: Iterable[bytes], folder: Path) -> bool:
    """Store a file of a backup under its digest; return whether it was not there before."""
    is_new = not fs.may_exist(_path(digest, folder))
    try:
        fs.create_folder(folder)
        with fs.temporary_file(folder / "new") as temporary:
            with temporary.open("wb") as copy:
                copy.writelines(chunks)
                copy.flush()
                os.fchmod(copy.fileno(), 0o400)
                os.fsync(copy.fileno())
            found, size = _hash_file(temporary)
            if found != digest:
                raise LogError(
                    _("a file of the backup does not have the digest {digest}").format(
                        digest=digest
                    )
                )
            attachment = Attachment(
                sha256=digest, name=digest, size=size, media_type=_DEFAULT_MEDIA_TYPE
            )
            _move_into_place(temporary, attachment, folder)
            return is_new
    except OSError as error:
        raise LogError(
            _("cannot store a file of the backup in {folder}: {reason}").format(
                folder=folder, reason=error.strerror or error
            )
        ) from error


def verify(attachment: Attachment, folder: Path) -> str | None:
    """Verify a stored file; return the problem, or `None` if it is intact."""
    path = file_path(attachment, folder)
    try:
        digest, size = _hash_file(path)
    except FileNotFoundError:
        return _("{path} is missing").format(path=path)
    except OSError as error:
        return _("cannot read {path}: {reason}").format(path=path, reason=error.strerror or error)
    if (digest, size) != (attachment.sha256, attachment.size):
        return _("{path} is not the attached file: its digest differs").format(path=path)
    return None


def remove(attachment: Attachment, folder: Path) -> None:
    """Remove a stored file; ignore one that is missing."""
    discard(attachment.sha256, folder)


def discard(digest: str, folder: Path) -> None:
    """Remove the stored file with a digest; ignore one that is missing."""
    path = _path(digest, folder)
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise LogError(
            _("cannot remove {path}: {strerror}; remove it by hand").format(
                path=path, strerror=error.strerror
            )
        ) from error
    with suppress(OSError):
        path.parent.rmdir()
        folder.rmdir()


def verify_all(attachments: Iterable[tuple[int, Attachment]], folder: Path) -> int:
    """Count the kept files of entries; raise `LogError` at the first that differs."""
    digests: set[str] = set()
    for seq, attachment in attachments:
        if problem := verify(attachment, folder):
            raise LogError(
                _(
                    "the log does not verify: entry {seq}: {problem}\nAn import does not "
                    "bring attached files: copy them to {folder} from the evidence folder "
                    "of the log that was exported, or from a backup"
                ).format(seq=seq, problem=problem, folder=folder)
            )
        digests.add(attachment.sha256)
    return len(digests)


@contextmanager
def _open_source(path: Path) -> Iterator[int]:
    """Open a regular file; reject links, and pipes, which would block."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        fd = os.open(path, flags)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise UsageError(
                _("{path} is a symbolic link: attach the file itself").format(path=path)
            ) from error
        raise UsageError(
            _("cannot read {path}: {strerror}").format(path=path, strerror=error.strerror)
        ) from error
    try:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            raise UsageError(
                _("{path} is not a file: only files can be attached").format(path=path)
            )
        yield fd
    finally:
        os.close(fd)


def _store(source: Path, fd: int, folder: Path) -> Attachment:
    fs.create_folder(folder)
    with fs.temporary_file(folder / "new") as temporary:
        copy_fd = os.open(temporary, os.O_WRONLY | os.O_CLOEXEC)
        try:
            digest, size = _copy_and_hash(fd, copy_fd)
            os.fchmod(copy_fd, 0o400)
            os.fsync(copy_fd)
        finally:
            os.close(copy_fd)
        attachment = Attachment(
            sha256=digest,
            name=source.name,
            size=size,
            media_type=mimetypes.guess_type(source.name)[0] or _DEFAULT_MEDIA_TYPE,
        )
        _move_into_place(temporary, attachment, folder)
    return attachment


def _move_into_place(temporary: Path, attachment: Attachment, folder: Path) -> None:
    """Move the copy to its final path, unless the same file is there."""
    path = file_path(attachment, folder)
    fs.create_folder(path.parent)
    try:
        fs.link_new(temporary, path)
    except FileExistsError:
        if problem := verify(attachment, folder):
            raise LogError(
                _("{problem}; move it away, and attach the file again").format(problem=problem)
            ) from None
    for directory in (path.parent, folder):
        fs.fsync_folder(directory)


def _copy_and_hash(source: int, target: int) -> tuple[str, int]:
    digest, size = sha256(), 0
    while chunk := os.read(source, _CHUNK_SIZE):
        digest.update(chunk)
        size += len(chunk)
        remaining = memoryview(chunk)
        while remaining:
            remaining = remaining[os.write(target, remaining) :]
    return digest.hexdigest(), size


def _hash_file(path: Path) -> tuple[str, int]:
    digest, size = sha256(), 0
    fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        while chunk := os.read(fd, _CHUNK_SIZE):
            digest.update(chunk)
            size += len(chunk)
    finally:
        os.close(fd)
    return digest.hexdigest(), size


def check_source(path: Path) -> None:
    """Refuse what cannot be kept before anything is written."""
    try:
        mode = path.lstat().st_mode
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise UsageError(_("cannot read {path}: {why}").format(path=path, why=why)) from error
    if stat.S_ISLNK(mode):
        raise UsageError(_("{path} is a symbolic link: attach the file itself").format(path=path))
    if not stat.S_ISREG(mode):
        raise UsageError(_("{path} is not a file: only files can be attached").format(path=path))
    if not os.access(path, os.R_OK):
        raise UsageError(_("cannot read {path}: permission denied").format(path=path))
