"""A folder of files that is put in the place of an older one, whole or not at all.

Everything is written to a new folder beside it, which then takes its name. Linux and
macOS exchange two folders in one step, so whoever looks finds the old one or the new
one, whatever happens to the program; elsewhere there is an instant between two
renamings in which there is neither. What a program that died has left beside it goes
with the next.

`manifest.json` lists the files with their hashes, and so tells ours from others'.
"""

import ctypes
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Self

from orderwatch.errors import DeliveryError, UsageError

MANIFEST = "manifest.json"


SCHEMA = "orderwatch/folder/1"


Content = str | bytes | Path | Iterable[bytes]


"""Text, bytes, a file to copy, or a long content in parts."""


_LARGEST = 100_000_000


"""Of a manifest, in bytes."""


_NAMED = 5


"""Strangers' files that an error names."""


_EXCHANGE, _CURRENT = 2, -100


"""RENAME_EXCHANGE and AT_FDCWD of Linux; RENAME_SWAP of macOS is 2 as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replaced:
    """What was done."""

    files: int
    changed: int
    """Of these, those that are new or other than before."""
    removed: int
    """Files of the older folder that are gone."""


def replace(
    path: Path, files: Iterable[tuple[str, Content]], *, force: bool = False
) -> Replaced:
    """Put files in the place of a folder.

    A folder that holds files of others is refused with a `UsageError`, before
    anything is written; with `force` they stay, unless one of ours has that name.
    Raises `DeliveryError` if the files cannot be written; the folder is as it was.
    """
    try:
        place = path.resolve()
        ours, others = _look(place, path)
        if others and not force:
            raise UsageError(_refusal(path, others))
        place.parent.mkdir(parents=True, exist_ok=True)
        _clean(place)
        with _Beside(place) as new:
            made = new.fill(files, ours)
            new.adopt(others, made)
            new.take_place()
    except OSError as error:
        raise DeliveryError(
            f"{path}: cannot be published: {error.strerror or error}; it is as it was"
        ) from error
    same = sum(ours.get(name) == digest for name, digest in made.items())
    return Replaced(
        files=len(made),
        changed=len(made) - same,
        removed=len(ours.keys() - made.keys()),
    )


class _Beside:
    """The new folder, until it has its place; removed if it never gets it."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self._path = place
        self._lock = -1

    def __enter__(self) -> Self:
        beside = tempfile.mkdtemp(prefix=_prefix(self._place), dir=self._place.parent)
        self._path = Path(beside)
        self._lock = os.open(self._path, os.O_RDONLY)
        _locked(self._lock)
        # As any other folder that a program makes, or as the one that it replaces.
        if self._place.exists():
            shutil.copymode(self._place, self._path)
        else:
            os.umask(mask := os.umask(0))
            self._path.chmod(0o777 & ~mask)
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self._path, ignore_errors=True)
        os.close(self._lock)

    def fill(
        self, files: Iterable[tuple[str, Content]], ours: Mapping[str, str]
    ) -> dict[str, str]:
        """Write every file and the manifest; give their hashes."""
        made: dict[str, str] = {}
        for name, content in files:
            target = self._target(name)
            if name in made:
                raise ValueError(f"{name} is there twice")
            made[name] = _write(target, content)
            if ours.get(name) == made[name]:
                # The same file, with the time at which it last changed.
                target.unlink()
                _link(self._place / name, target)
        listed = [{"path": name, "sha256": made[name]} for name in sorted(made)]
        document = {"schema": SCHEMA, "files": listed}
        text = json.dumps(document, ensure_ascii=False, indent=0)
        _write(self._path / MANIFEST, f"{text}\n")
        return made

    def adopt(self, others: Iterable[str], made: Mapping[str, str]) -> None:
        """Take over the files of others, as they are."""
        for name in others:
            if name in made or name == MANIFEST:
                continue
            target, source = self._target(name), self._place / name
            if source.is_symlink():
                target.symlink_to(source.readlink())
            elif source.is_dir():
                target.mkdir(exist_ok=True)
            else:
                _link(source, target)

    def take_place(self) -> None:
        """Change places with the older folder; what is here afterwards goes."""
        # All at once: one by one, thousands of small files take minutes.
        if hasattr(os, "sync"):
            os.sync()
        if not self._place.exists():
            self._path.rename(self._place)
        elif not _exchanged(self._path, self._place):
            older = Path(f"{self._path}-older")
            self._place.rename(older)
            self._path.rename(self._place)
            shutil.rmtree(older, ignore_errors=True)
        _sync(self._place.parent)

    def _target(self, name: str) -> Path:
        parts = name.split("/")
        if not all(parts) or {".", ".."} & set(parts) or "\0" in name:
            raise ValueError(f"{name!r} is no name of a file in the folder")
        target = self._path.joinpath(*parts)
        target.parent.mkdir(parents=True, exist_ok=True)
        return target


def _look(place: Path, path: Path) -> tuple[dict[str, str], list[str]]:
    """Tell the files that are ours and as they were from all others."""
    if not place.exists():
        return {}, []
    if not place.is_dir():
        raise UsageError(f"{path} is not a folder: name a folder, or a new one")
    if place == Path(place.anchor):
        raise UsageError(f"{path} cannot be replaced: name a folder in it")
    manifest = _listed(place / MANIFEST)
    listed = manifest or {}
    ours, others = {}, []
    for name in _names(place):
        if name == MANIFEST and manifest is not None:
            continue
        if listed.get(name) == _digest(place / name) is not None:
            ours[name] = listed[name]
        else:
            others.append(name)
    return ours, others


def _names(place: Path) -> Iterator[str]:
    """List what a folder holds: files, links, and folders without any of these."""
    for root, folders, files in os.walk(place, onerror=_raise):
        here = Path(root).relative_to(place)
        links = [name for name in folders if (Path(root) / name).is_symlink()]
        for name in sorted([*files, *links]):
            yield (here / name).as_posix()
        if not files and not folders and Path(root) != place:
            yield here.as_posix()


def _listed(manifest: Path) -> dict[str, str] | None:
    """Read a manifest; `None` if it is none of ours."""
    try:
        if manifest.is_symlink() or manifest.stat().st_size > _LARGEST:
            return None
        found = json.loads(manifest.read_bytes())
    except (FileNotFoundError, IsADirectoryError, ValueError, RecursionError):
        return None
    match found:
        case {"schema": schema, "files": [*items]} if schema == SCHEMA:
            return dict(_pairs(items))
    return None


def _pairs(items: Iterable[object]) -> Iterator[tuple[str, str]]:
    for item in items:
        match item:
            case {"path": str(name), "sha256": str(digest)}:
                yield name, digest


def _digest(path: Path) -> str | None:
    if path.is_symlink() or not path.is_file():
        return None
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _write(target: Path, content: Content) -> str:
    """Write a file; give its hash."""
    if isinstance(content, Path):
        shutil.copyfile(content, target)
        return _digest(target) or ""
    digest = sha256()
    with target.open("xb") as file:
        for part in _parts(content):
            digest.update(part)
            file.write(part)
    return digest.hexdigest()


def _parts(content: str | bytes | Iterable[bytes]) -> Iterable[bytes]:
    if isinstance(content, str):
        return [content.encode()]
    return [content] if isinstance(content, bytes) else content


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # not every file system can
        shutil.copy2(source, target)


def _exchanged(one: Path, other: Path) -> bool:
    """Let two folders change places in one step; `False` where that cannot be."""
    if os.name != "posix":
        return False
    library = ctypes.CDLL(None, use_errno=True)
    names = os.fsencode(one), os.fsencode(other)
    if sys.platform == "darwin" and hasattr(library, "renamex_np"):
        failed = library.renamex_np(*names, _EXCHANGE)
    elif hasattr(library, "renameat2"):
        failed = library.renameat2(_CURRENT, names[0], _CURRENT, names[1], _EXCHANGE)
    else:
        return False
    return not failed


def _clean(place: Path) -> None:
    """Remove what programs that died have left beside a folder."""
    for left in place.parent.glob(f"{_glob(_prefix(place))}*"):
        with suppress(OSError):
            handle = os.open(left, os.O_RDONLY | os.O_NOFOLLOW)
            try:
                if _locked(handle):
                    _restore(left, place)
                    shutil.rmtree(left, ignore_errors=True)
            finally:
                os.close(handle)


def _restore(left: Path, place: Path) -> None:
    """Give an older folder its place again, if it lost it and nothing took it."""
    if left.name.endswith("-older") and not place.exists():
        left.rename(place)


def _glob(name: str) -> str:
    return "".join(f"[{one}]" if one in "*?[" else one for one in name)


def _locked(handle: int) -> bool:
    """Hold a folder for as long as this program lives; `False` if another does."""
    try:
        import fcntl
    except ImportError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _prefix(place: Path) -> str:
    return f".{place.name}.orderwatch-"


def _sync(folder: Path) -> None:
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _raise(error: OSError) -> None:
    raise error


def _refusal(path: Path, others: list[str]) -> str:
    named = ", ".join(others[:_NAMED])
    more = f" and {len(others) - _NAMED} more" if len(others) > _NAMED else ""
    return (
        f"{path} holds what orderwatch did not write, or what was changed since: "
        f"{named}{more}; name another folder, or give --force to keep these files "
        "and write among them"
    )
