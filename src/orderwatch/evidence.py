"""Evidence files, stored by SHA-256 in a folder next to the log."""

import codecs
import errno
import mimetypes
import os
import re
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from orderwatch import fs
from orderwatch.errors import LogError, UsageError
from orderwatch.frozen import Frozen, replace
from orderwatch.model import Attachment, Capture, CaptureRole
from orderwatch.translation import _

if TYPE_CHECKING:
    from hashlib import _Hash as Hash

_CHUNK_SIZE = 1024 * 1024
_DEFAULT_MEDIA_TYPE = "application/octet-stream"
_HEAD_SIZE = 1024
"""First bytes of a file, which decide its type."""
SIZE_MAX = 2 * 1024**3
"""Bytes of one file, unless the settings raise it."""

_SIGNATURES = (
    (re.compile(rb"\x89PNG\r\n\x1a\n"), CaptureRole.SCREEN, "image/png"),
    (re.compile(rb"\xff\xd8\xff"), CaptureRole.SCREEN, "image/jpeg"),
    (re.compile(rb"RIFF.{4}WEBP", re.DOTALL), CaptureRole.SCREEN, "image/webp"),
    (re.compile(rb"%PDF-"), CaptureRole.PDF, "application/pdf"),
    (re.compile(rb"PK\x03\x04"), CaptureRole.WACZ, "application/x-wacz"),
    # As browsers recognise HTML (WHATWG MIME Sniffing, section 7.1); XHTML; MHTML.
    (
        re.compile(
            rb"(?:\xef\xbb\xbf)?[\t\n\f\r ]*<(?:!--|(?:!doctype html|html|head|script|iframe|h1|div"
            rb"|font|table|a|style|title|b|body|br|p|meta)[ \t\n\f\r>])",
            re.IGNORECASE,
        ),
        CaptureRole.HTML,
        "text/html",
    ),
    (re.compile(rb"(?:\xef\xbb\xbf)?<\?xml "), CaptureRole.HTML, "application/xhtml+xml"),
    (re.compile(rb"(?:From|MIME-Version): "), CaptureRole.HTML, "multipart/related"),
)
"""The first bytes of captures: pattern, role, media type."""


class NewFile(Frozen):
    """A file to store; a capture of a page has a role."""

    path: Path
    capture: Capture | None = None


def default_folder(log: Path) -> Path:
    """Return the default evidence folder of a log."""
    return log.with_name(f"{log.name}.evidence")


def file_path(attachment: Attachment, folder: Path) -> Path:
    """Return the path under which an attachment is stored."""
    return _path(attachment.sha256, folder)


def _path(digest: str, folder: Path) -> Path:
    return folder / digest[:2] / digest


def add(
    source: Path, folder: Path, capture: Capture | None = None, limit: int = SIZE_MAX
) -> Attachment:
    """Copy a file into the folder, named after its SHA-256.

    The hash is that of the copied bytes, even if the source changes meanwhile. Holes of a
    sparse file stay holes. Raises `UsageError` unless it is a regular file of at most `limit`
    bytes, and a capture of its role; `LogError` if it cannot be stored.
    """
    with _open_source(source) as fd:
        size = os.fstat(fd).st_size
        _require_size(source, size, limit)
        media_type = mimetypes.guess_type(source.name)[0] or _DEFAULT_MEDIA_TYPE
        if capture is not None:
            media_type = _captured_type(source, os.pread(fd, _HEAD_SIZE, 0), capture.role)
        try:
            attachment = _store(fd, folder, size, source.name, media_type)
            return replace(attachment, capture=capture)
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
                for chunk in chunks:
                    if chunk.count(0) == len(chunk):
                        copy.seek(len(chunk), os.SEEK_CUR)  # a hole stays a hole
                    else:
                        copy.write(chunk)
                copy.truncate()
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


def _store(fd: int, folder: Path, size: int, name: str, media_type: str) -> Attachment:
    fs.create_folder(folder)
    with fs.temporary_file(folder / "new") as temporary:
        copy_fd = os.open(temporary, os.O_WRONLY | os.O_CLOEXEC)
        try:
            digest, size = _copy_and_hash(fd, copy_fd, size)
            os.fchmod(copy_fd, 0o400)
            os.fsync(copy_fd)
        finally:
            os.close(copy_fd)
        attachment = Attachment(sha256=digest, name=name, size=size, media_type=media_type)
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


def _copy_and_hash(source: int, target: int, size: int) -> tuple[str, int]:
    """Copy the first `size` bytes; return the SHA-256 and the number of copied bytes."""
    digest, done = sha256(), 0
    while done < size:
        start, end = _next_data(source, done, size)
        _hash_zeros(digest, start - done)
        done = start
        while done < end and (chunk := os.pread(source, min(_CHUNK_SIZE, end - done), done)):
            digest.update(chunk)
            _write_at(target, chunk, done)
            done += len(chunk)
        if done < end:  # the source was cut meanwhile
            break
    os.ftruncate(target, done)
    return digest.hexdigest(), done


def _next_data(fd: int, start: int, size: int) -> tuple[int, int]:
    """Return begin and end of the next part that is not a hole, up to `size`."""
    try:
        begin = os.lseek(fd, start, os.SEEK_DATA)
        return min(begin, size), min(os.lseek(fd, begin, os.SEEK_HOLE), size)
    except OSError as error:
        if error.errno == errno.ENXIO:
            return size, size
        return start, size  # a file system without holes


def _hash_zeros(digest: "Hash", count: int) -> None:
    zeros = memoryview(bytes(min(count, _CHUNK_SIZE)))
    while count:
        digest.update(zeros[:count])
        count -= min(count, _CHUNK_SIZE)


def _write_at(fd: int, chunk: bytes, offset: int) -> None:
    remaining = memoryview(chunk)
    while remaining:
        written = os.pwrite(fd, remaining, offset)
        remaining, offset = remaining[written:], offset + written


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


def check_source(file: NewFile, limit: int) -> None:
    """Refuse what cannot be stored before anything is written."""
    path = file.path
    try:
        status = path.lstat()
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise UsageError(_("cannot read {path}: {why}").format(path=path, why=why)) from error
    if stat.S_ISLNK(status.st_mode):
        raise UsageError(_("{path} is a symbolic link: attach the file itself").format(path=path))
    if not stat.S_ISREG(status.st_mode):
        raise UsageError(_("{path} is not a file: only files can be attached").format(path=path))
    if not os.access(path, os.R_OK):
        raise UsageError(_("cannot read {path}: permission denied").format(path=path))
    _require_size(path, status.st_size, limit)
    if file.capture is not None:
        with _open_source(path) as fd:
            _captured_type(path, os.pread(fd, _HEAD_SIZE, 0), file.capture.role)


def _require_size(path: Path, size: int, limit: int) -> None:
    if size > limit:
        text = _(
            "{path} has {size:,} bytes; the maximum is {limit}: --max-size or evidence_max in "
            "the configuration raises it"
        )
        raise UsageError(text.format(path=path, size=size, limit=fs.format_size(limit)))


def _captured_type(path: Path, head: bytes, role: CaptureRole) -> str:
    """Return the media type of a capture; raise `UsageError` unless it has its role."""
    if head[:2] in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}:
        head = head.decode("utf-16", "ignore").encode()
    actual = next((item[1:] for item in _SIGNATURES if item[0].match(head)), None)
    if actual is None:
        types = [media_type for _pattern, name, media_type in _SIGNATURES if name is role]
        text = _("{path} is not a capture of the role {role}: it does not begin like {types}")
        raise UsageError(text.format(path=path, role=role, types=", ".join(types)))
    if actual[0] is not role:
        text = _(
            "{path} is not a capture of the role {role}: it begins like {media_type}; use "
            "--capture {right}={path}"
        )
        raise UsageError(text.format(path=path, role=role, media_type=actual[1], right=actual[0]))
    return actual[1]
