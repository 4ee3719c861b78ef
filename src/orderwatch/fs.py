"""Files and folders, read within limits and written whole or not at all."""

import codecs
import errno
import json
import os
import re
import shutil
import stat
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from hashlib import file_digest, sha256
from itertools import chain
from pathlib import Path
from typing import IO, Self

from orderwatch import text
from orderwatch.errors import DeliveryError, UsageError
from orderwatch.frozen import Frozen
from orderwatch.text import TextError
from orderwatch.translation import _, mark, ngettext


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
            raise IsADirectoryError(0, _("it is a folder"))
        if not stat.S_ISREG(status.st_mode) and not _is_null(status):
            raise OSError(0, _("it is a device or pipe"))
        with os.fdopen(fd, "rb", closefd=False) as file:
            return file.read(limit + 1)
    finally:
        os.close(fd)


def read_text(path: Path, limit: int) -> str:
    """Read and decode a text file of at most `limit` bytes.

    Raises `OSError` and `ValueError` as `read`, and `TextError` for a file that is larger
    or no text.
    """
    return decode(read(path, limit), limit)


def decode(data: bytes, limit: int) -> str:
    """Decode a text file of which at most `limit` + 1 bytes were read."""
    if len(data) > limit:
        raise TextError(_("larger than {limit:,} bytes").format(limit=limit))
    return text.decode(data)


_CHUNK = 1 << 16
"""Bytes of UTF-16 that are decoded at once."""


def read_lines(file: IO[bytes], limit: int) -> Iterator[bytes]:
    """Yield the lines of a text file as UTF-8 without a byte order mark.

    A line of more than `limit` bytes is cut, and is the last. Raises `TextError` for a file
    that is no text.
    """
    first = file.readline(limit + 1)
    if text.is_utf16(first):
        yield from _decode_lines(first, file, limit)
        return
    text.reject_other(first)
    line = first
    while line:
        # Not only the first line begins with one: files are concatenated.
        while line.startswith(codecs.BOM_UTF8):
            line = line.removeprefix(codecs.BOM_UTF8)
        yield line
        if len(line) > limit:
            return
        line = file.readline(limit + 1)


def _decode_lines(first: bytes, file: IO[bytes], limit: int) -> Iterator[bytes]:
    decoder, rest = codecs.getincrementaldecoder("utf-16")(), ""
    chunks = chain([first], iter(lambda: file.read(_CHUNK), b""))
    try:
        for chunk in chunks:
            *lines, rest = (rest + decoder.decode(chunk)).split("\n")
            yield from (f"{line}\n".encode() for line in lines)
            if len(rest) > limit:
                break
        else:
            rest += decoder.decode(b"", final=True)
    except UnicodeError as error:
        raise TextError(_("invalid UTF-16; save it as UTF-8")) from error
    if rest:
        yield rest.encode()


_SIZE_UNITS = {"": 1, "K": 1024, "M": 1024**2, "G": 1024**3, "T": 1024**4}
_SIZE_PATTERN = re.compile(r"([0-9]{1,15}) ?([KMGT]?)", re.IGNORECASE | re.ASCII)


def parse_size(text: str) -> int:
    """Parse a number of bytes, such as `500M` or `4G`; units are powers of 1024."""
    match = _SIZE_PATTERN.fullmatch(text.strip())
    if not match:
        raise ValueError(_("{text!r} is not a size, such as 500M or 4G").format(text=text))
    return int(match[1]) * _SIZE_UNITS[match[2].upper()]


def format_size(size: int) -> str:
    """Format a number of bytes, with the largest unit of which it is a multiple."""
    units = [name for name, count in _SIZE_UNITS.items() if size >= count and size % count == 0]
    return f"{size // _SIZE_UNITS[units[-1]]}{units[-1]}" if units else "0"


def write(path: Path, chunks: Iterable[bytes]) -> None:
    """Write a file atomically: to a temporary file that then replaces it.

    A device or pipe is written in place; otherwise root would turn `/dev/null` into a
    regular file. Raises `OSError`.
    """
    if path.exists() and not path.is_file() and not path.is_dir():
        with path.open("wb") as device:
            device.writelines(chunks)
        return
    with temporary_file(path) as temporary:
        with temporary.open("wb") as file:
            file.writelines(chunks)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)


@contextmanager
def temporary_file(path: Path, *, suffix: str = "") -> Iterator[Path]:
    """Yield an empty file beside a path, for its owner alone; remove it at the end.

    `replace` or `link_new` bring it to the path when it is complete.
    """
    import tempfile

    fd, name = tempfile.mkstemp(prefix=f".{path.name}-", suffix=suffix, dir=path.parent)
    temporary = Path(name)
    try:
        os.fchmod(fd, 0o600)  # regardless of the umask
        os.close(fd)
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)


def link_new(temporary: Path, path: Path) -> None:
    """Bring a complete file to a path; raise `FileExistsError` if that exists."""
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise
    except OSError:
        # Without hard links, two that create it at once can race.
        if path.exists():
            raise FileExistsError(path) from None
        temporary.rename(path)


def create_private(path: Path, text: str) -> None:
    """Create a file that only its owner can read; raise `OSError` if it exists."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)


def create_folder(folder: Path) -> None:
    """Create a folder and its missing parents, for their owner alone."""
    missing = [parent for parent in (folder, *folder.parents) if not parent.exists()]
    for parent in reversed(missing):
        with suppress(FileExistsError):
            parent.mkdir(mode=0o700)
            parent.chmod(0o700)  # regardless of the umask


@contextmanager
def lock_folder(folder: Path) -> Iterator[None]:
    """Run a block while no other program has the lock of a folder."""
    fd = os.open(folder, os.O_RDONLY)
    try:
        with suppress(ImportError):
            import fcntl

            fcntl.flock(fd, fcntl.LOCK_EX)
        yield
    finally:
        os.close(fd)


def fsync_folder(folder: Path) -> None:
    """Write the entries of a folder to the disk."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


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
        raise FileNotFoundError(
            0, _("it has no home folder ({error})").format(error=error)
        ) from error


def is_readable_by_others(path: Path) -> bool:
    """Return whether users other than the owner may read a file."""
    try:
        return bool(path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH))
    except (OSError, ValueError):
        return False


def _is_null(status: os.stat_result) -> bool:
    return os.path.samestat(status, os.stat(os.devnull))  # noqa: PTH116 - a device


MANIFEST = "manifest.json"
SCHEMA = "orderwatch/folder/1"
Content = str | bytes | Path | Iterable[bytes]
"""Text, bytes, a file to copy, or an iterable of chunks."""
_MANIFEST_SIZE_MAX = 100_000_000
"""Bytes of a manifest in another form than ours."""
_MANIFEST_HEAD = [b"{\n", f'"schema": "{SCHEMA}",\n'.encode(), b'"files": [\n']
_SHA256 = re.compile("[0-9a-f]{64}")
_NAMES_MAX = 5
"""Foreign files listed in an error."""


_RENAME_EXCHANGE, _AT_FDCWD = 2, -100


"""RENAME_EXCHANGE and AT_FDCWD of Linux; RENAME_SWAP of macOS is 2, too."""


_MOUNT_POINT = mark("{path} is a mount point and cannot be replaced: name a folder in it")


class ReplaceResult(Frozen):
    """Counts of a replacement."""

    files: int
    changed: int
    """Files that are new or differ from before."""
    removed: int
    """Files of the old folder that were removed."""


def replace_folder(
    path: Path,
    files: Iterable[tuple[str, Content]],
    *,
    force: bool = False,
    dry_run: bool = False,
) -> ReplaceResult:
    """Replace the content of a folder; with `dry_run`, only compare.

    Owner, group, mode and extended attributes (ACLs) of the folder stay.

    A folder with foreign files is refused with `UsageError` before anything is written;
    with `force` they are carried over, unless one of ours has the same name.
    Raises `DeliveryError` if the files cannot be written; the folder is then unchanged.
    """
    try:
        destination = path.resolve()
        with _Hashes() as hashes, _Hashes() as old_hashes:
            foreign = _classify_files(destination, path, old_hashes)
            if foreign and not force:
                raise UsageError(_refusal_message(path, foreign))
            _require_replaceable(destination, path)
            if dry_run:
                for name, content in files:
                    hashes.add(name, _hash_content(content))
            else:
                destination.parent.mkdir(parents=True, exist_ok=True)
                _remove_leftovers(destination)
                with _StagingDir(destination) as staging:
                    staging.fill(files, old_hashes, hashes)
                    staging.keep_foreign(foreign, hashes)
                    staging.swap()
            unchanged = sum(hashes.get(name) == digest for name, digest in old_hashes)
            removed = sum(name not in hashes for name, _digest in old_hashes)
            count = len(hashes)
    except OSError as error:
        # A bind mount within one file system looks like any folder before it is moved.
        if error.errno == errno.EBUSY:
            raise UsageError(_(_MOUNT_POINT).format(path=path)) from error
        raise DeliveryError(
            _("cannot publish {path}: {reason}; the folder is unchanged").format(
                path=path, reason=error.strerror or error
            )
        ) from error
    return ReplaceResult(files=count, changed=count - unchanged, removed=removed)


class _Hashes:
    """The SHA-256 of each file by name, outside memory: a log can have a million proofs."""

    def __enter__(self) -> Self:
        import sqlite3

        # The database without a name is temporary: SQLite moves to a file what is too large.
        self._con = sqlite3.connect("")
        self._con.execute("CREATE TABLE file (name BLOB PRIMARY KEY, sha256 BLOB) WITHOUT ROWID")
        return self

    def __exit__(self, *_: object) -> None:
        self._con.close()

    def add(self, name: str, digest: str) -> None:
        """Add a file."""
        sql = "INSERT OR REPLACE INTO file VALUES (?, ?)"
        import sqlite3

        try:
            self._con.execute(sql, (os.fsencode(name), bytes.fromhex(digest)))
        except sqlite3.OperationalError as error:  # such as a full disk
            raise OSError(0, str(error)) from error

    def get(self, name: str) -> str | None:
        """Return the hash of a file; `None` for another name."""
        sql = "SELECT sha256 FROM file WHERE name = ?"
        for (digest,) in self._con.execute(sql, (os.fsencode(name),)):
            return str(digest.hex())
        return None

    def __contains__(self, name: str) -> bool:
        return self.get(name) is not None

    def __len__(self) -> int:
        return int(self._con.execute("SELECT count(*) FROM file").fetchone()[0])

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """Yield names and hashes, in the order of names."""
        for name, digest in self._con.execute("SELECT name, sha256 FROM file ORDER BY name"):
            yield os.fsdecode(name), digest.hex()

    def manifest(self) -> Iterator[bytes]:
        """Yield the manifest, as `json.dumps` writes it with `indent=0`."""
        head = json.dumps({"schema": SCHEMA, "files": [None]}, indent=0)
        before, after = head.split("null")
        separator = before.removesuffix("\n")
        for name, digest in self:
            item = json.dumps({"path": name, "sha256": digest}, ensure_ascii=False, indent=0)
            yield f"{separator}\n{item}".encode()
            separator = ","
        empty = json.dumps({"schema": SCHEMA, "files": []}, indent=0)
        yield f"{after}\n".encode() if separator == "," else f"{empty}\n".encode()


class _StagingDir:
    """The new folder until it is swapped into place; removed otherwise."""

    def __init__(self, destination: Path) -> None:
        self._destination = destination
        self._path = destination
        self._lock = -1

    def __enter__(self) -> Self:
        import tempfile

        name = tempfile.mkdtemp(
            prefix=_staging_prefix(self._destination), dir=self._destination.parent
        )
        self._path = Path(name)
        self._lock = os.open(self._path, os.O_RDONLY)
        _try_lock(self._lock)
        # Use the attributes of the folder that is replaced, or the default mode.
        if self._destination.exists():
            _copy_attributes(self._destination, self._path)
        else:
            os.umask(mask := os.umask(0))
            self._path.chmod(0o777 & ~mask)
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self._path, ignore_errors=True)
        os.close(self._lock)

    def fill(
        self,
        files: Iterable[tuple[str, Content]],
        old_hashes: _Hashes,
        hashes: _Hashes,
    ) -> None:
        """Write all files and the manifest, and take their hashes."""
        for name, content in files:
            target = self._resolve(name)
            if name in hashes:
                raise ValueError(_("duplicate name: {name}").format(name=name))
            digest = _write(target, content)
            hashes.add(name, digest)
            if old_hashes.get(name) == digest:
                # Unchanged: link the old file, which keeps its modification time.
                target.unlink()
                _link(self._destination / name, target)
        _write(self._path / MANIFEST, hashes.manifest())

    def keep_foreign(self, names: Iterable[str], hashes: _Hashes) -> None:
        """Carry over the foreign files unchanged."""
        for name in names:
            if name in hashes or name == MANIFEST:
                continue
            target, source = self._resolve(name), self._destination / name
            if source.is_symlink():
                target.symlink_to(source.readlink())
            elif source.is_dir():
                target.mkdir(exist_ok=True)
            else:
                _link(source, target)

    def swap(self) -> None:
        """Swap the staging folder with the old folder."""
        # One sync for all files: one fsync per file takes minutes for thousands.
        if hasattr(os, "sync"):
            os.sync()
        if not self._destination.exists():
            self._path.rename(self._destination)
        elif not _rename_exchange(self._path, self._destination):
            old = Path(f"{self._path}-older")
            self._destination.rename(old)
            self._path.rename(self._destination)
            shutil.rmtree(old, ignore_errors=True)
        with suppress(OSError):
            fsync_folder(self._destination.parent)

    def _resolve(self, name: str) -> Path:
        parts = name.split("/")
        if not all(parts) or {".", ".."} & set(parts) or "\0" in name:
            raise ValueError(_("{name!r} is not a file name in the folder").format(name=name))
        target = self._path.joinpath(*parts)
        target.parent.mkdir(parents=True, exist_ok=True)
        return target


def _copy_attributes(source: Path, target: Path) -> None:
    """Copy owner, group, mode and extended attributes; raise `OSError` for the first two.

    Labels that the kernel does not let this account set stay as they are.
    """
    status, own = source.stat(), target.stat()
    if hasattr(os, "chown") and (status.st_uid, status.st_gid) != (own.st_uid, own.st_gid):
        # Before the mode: changing the owner clears the bits of set-id.
        os.chown(target, status.st_uid, status.st_gid)
    shutil.copymode(source, target)
    for name in os.listxattr(source) if hasattr(os, "listxattr") else ():
        with suppress(OSError):
            os.setxattr(target, name, os.getxattr(source, name))


def _require_replaceable(destination: Path, path: Path) -> None:
    """Raise `UsageError` for a folder that cannot be exchanged for another."""
    parent = destination.parent
    if destination.is_mount():
        raise UsageError(_(_MOUNT_POINT).format(path=path))
    if destination.exists() and (owner := _foreign_owner(destination)):
        raise UsageError(
            _(
                "{path} belongs to {owner}, and this account cannot create a folder "
                "with that owner: publish as that account or as root, or change the "
                "owner"
            ).format(path=path, owner=owner)
        )
    if parent.exists() and not parent.is_dir():
        raise UsageError(
            _("{path}: {parent} is a file, not a folder").format(path=path, parent=parent)
        )
    if parent.exists() and not os.access(parent, os.W_OK | os.X_OK):
        raise UsageError(
            _(
                "{path}: the new folder is created next to it, and this account may "
                "not write to {parent}: name a folder in {path}, or change the "
                "permissions"
            ).format(path=path, parent=parent)
        )


def _foreign_owner(folder: Path) -> str | None:
    """Return the owner or group of a folder that this account cannot give to another."""
    status = folder.stat()
    if not hasattr(os, "geteuid") or os.geteuid() == 0:
        return None
    if status.st_uid != os.geteuid():
        return _("another account ({name})").format(name=_owner_name(folder))
    if status.st_gid not in {os.getegid(), *os.getgroups()}:
        return _("group {id}").format(id=status.st_gid)
    return None


def _owner_name(folder: Path) -> str:
    try:
        return folder.owner()
    except KeyError:
        return str(folder.stat().st_uid)


def _hash_content(content: Content) -> str:
    if isinstance(content, Path):
        return _hash_file(content) or ""
    digest = sha256()
    for chunk in _chunks(content):
        digest.update(chunk)
    return digest.hexdigest()


def _classify_files(destination: Path, path: Path, ours: _Hashes) -> list[str]:
    """Add our files in a folder that are unchanged; return the foreign ones."""
    if not destination.exists():
        return []
    if not destination.is_dir():
        raise UsageError(_("{path} is not a folder").format(path=path))
    if destination == Path(destination.anchor):
        raise UsageError(_("{path} cannot be replaced: name a folder in it").format(path=path))
    foreign = []
    with _Hashes() as hashes:
        is_ours = _read_manifest(destination / MANIFEST, hashes)
        for name in _walk(destination):
            if name == MANIFEST and is_ours:
                continue
            digest = _hash_file(destination / name)
            if is_ours and digest is not None and hashes.get(name) == digest:
                ours.add(name, digest)
            else:
                foreign.append(name)
    return foreign


def _walk(top: Path) -> Iterator[str]:
    """Yield the names of files, links and empty folders in a folder."""
    for root, folders, files in os.walk(top, onerror=_raise):
        relative = Path(root).relative_to(top)
        links = [name for name in folders if (Path(root) / name).is_symlink()]
        for name in sorted([*files, *links]):
            yield (relative / name).as_posix()
        if not files and not folders and Path(root) != top:
            yield relative.as_posix()


def _read_manifest(manifest: Path, hashes: _Hashes) -> bool:
    """Add the files of a manifest; return whether it is ours."""
    try:
        if manifest.is_symlink():
            return False
        with manifest.open("rb") as file:
            for name, digest in _manifest_items(file):
                if _SHA256.fullmatch(digest):
                    hashes.add(name, digest)
    except (FileNotFoundError, IsADirectoryError, ValueError, RecursionError):
        return False
    return True


def _manifest_items(file: IO[bytes]) -> Iterator[tuple[str, str]]:
    """Yield names and hashes; raise `ValueError` for a manifest that is not ours."""
    if [file.readline(), file.readline(), file.readline()] == _MANIFEST_HEAD:
        yield from _items_of_lines(file)
        return
    file.seek(0)
    content = file.read(_MANIFEST_SIZE_MAX + 1)
    if len(content) > _MANIFEST_SIZE_MAX:
        raise ValueError(_("larger than {limit:,} bytes").format(limit=_MANIFEST_SIZE_MAX))
    document = json.loads(content)
    match document:
        case {"schema": schema, "files": [*items]} if schema == SCHEMA:
            for item in items:
                match item:
                    case {"path": str(name), "sha256": str(digest)}:
                        yield name, digest
        case _:
            raise ValueError(document)


def _items_of_lines(file: IO[bytes]) -> Iterator[tuple[str, str]]:
    """Yield names and hashes, a line at a time: the manifest of a large log has 150 MB."""
    name, line = "", b""
    for line in file:
        if line.startswith(b'"path": '):
            name = json.loads(line[len(b'"path": ') : -len(b",\n")])
        elif line.startswith(b'"sha256": '):
            yield name, json.loads(line[len(b'"sha256": ') :])
        elif line not in {b"{\n", b"}\n", b"},\n", b"]\n"}:
            raise ValueError(line)
    if line != b"}\n":
        raise ValueError(line)


def _hash_file(path: Path) -> str | None:
    if path.is_symlink() or not path.is_file():
        return None
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _write(target: Path, content: Content) -> str:
    """Write a file; return its SHA-256."""
    if isinstance(content, Path):
        shutil.copyfile(content, target)
        return _hash_file(target) or ""
    digest = sha256()
    with target.open("xb") as file:
        for chunk in _chunks(content):
            digest.update(chunk)
            file.write(chunk)
    return digest.hexdigest()


def _chunks(content: str | bytes | Iterable[bytes]) -> Iterable[bytes]:
    if isinstance(content, str):
        return [content.encode()]
    return [content] if isinstance(content, bytes) else content


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # no hard links on this file system
        shutil.copy2(source, target)


def _rename_exchange(source: Path, target: Path) -> bool:
    """Exchange two folders in one step; return `False` if unsupported."""
    if os.name != "posix":
        return False
    import ctypes

    library = ctypes.CDLL(None, use_errno=True)
    paths = os.fsencode(source), os.fsencode(target)
    if sys.platform == "darwin" and hasattr(library, "renamex_np"):
        status = library.renamex_np(*paths, _RENAME_EXCHANGE)
    elif hasattr(library, "renameat2"):
        status = library.renameat2(_AT_FDCWD, paths[0], _AT_FDCWD, paths[1], _RENAME_EXCHANGE)
    else:
        return False
    return not status


def _remove_leftovers(destination: Path) -> None:
    """Remove staging folders of programs that died."""
    for leftover in destination.parent.glob(f"{_escape_glob(_staging_prefix(destination))}*"):
        with suppress(OSError):
            fd = os.open(leftover, os.O_RDONLY | os.O_NOFOLLOW)
            try:
                if _try_lock(fd):
                    _restore(leftover, destination)
                    shutil.rmtree(leftover, ignore_errors=True)
            finally:
                os.close(fd)


def _restore(leftover: Path, destination: Path) -> None:
    """Move an old folder back if it was moved away and not replaced."""
    if leftover.name.endswith("-older") and not destination.exists():
        leftover.rename(destination)


def _escape_glob(name: str) -> str:
    return "".join(f"[{char}]" if char in "*?[" else char for char in name)


def _try_lock(fd: int) -> bool:
    """Lock a folder until the process ends; return `False` if it is locked."""
    try:
        import fcntl
    except ImportError:
        return False
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _staging_prefix(destination: Path) -> str:
    return f".{destination.name}.orderwatch-"


def _raise(error: OSError) -> None:
    raise error


def _refusal_message(path: Path, foreign: list[str]) -> str:
    names = ", ".join(foreign[:_NAMES_MAX])
    rest = len(foreign) - _NAMES_MAX
    if rest > 0:
        names = ngettext("{names} and {n} more", "{names} and {n} more", rest).format(
            names=names, n=rest
        )
    return _(
        "{path} contains files that orderwatch did not write, or that were changed since:"
        " {names}; name another folder, or use --force to keep these files and write among them"
    ).format(path=path, names=names)
