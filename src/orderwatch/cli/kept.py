"""Files kept as evidence beside the log: added, checked and removed with entries."""

import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from orderwatch import evidence
from orderwatch.cli.record import log_of
from orderwatch.errors import LogError, OrderwatchError, UsageError
from orderwatch.ledger.sqlite import SqliteLog
from orderwatch.ledger.store import path_of
from orderwatch.model import Attachment
from orderwatch.settings import Settings


@contextmanager
def keep(chosen: Settings, paths: Sequence[Path]) -> Iterator[tuple[Attachment, ...]]:
    """Keep files while an entry that names them is made; none stays if none is."""
    for path in paths:
        _check(path)
    found: list[Attachment] = []
    if paths:
        with log_of(chosen, write=True) as log:
            log.ensure()
    try:
        for path in paths:
            file = evidence.keep(path, _folder(chosen))
            if file not in found:
                found.append(file)
        yield tuple(found)
    except OrderwatchError:
        forget(chosen, found)
        raise


def forget(chosen: Settings, files: Sequence[Attachment]) -> None:
    """Remove the files that no entry names, and folders that are empty then."""
    if not files:
        return
    with log_of(chosen) as log:
        named = {file.sha256 for _, file in log.attachments()}
    for file in files:
        if file.sha256 not in named:
            evidence.forget(file, _folder(chosen))
            with suppress(OSError):
                evidence.path_of(file, _folder(chosen)).parent.rmdir()
                _folder(chosen).rmdir()


def check(chosen: Settings, log: SqliteLog) -> int:
    """Count the kept files; raise `LogError` at the first that is not right."""
    count = 0
    for seq, file in log.attachments():
        if problem := evidence.check(file, _folder(chosen)):
            raise LogError(f"the log does not verify: entry {seq}: {problem}")
        count += 1
    return count


def _folder(chosen: Settings) -> Path:
    return evidence.folder_of(path_of(str(chosen.log.value)))


def _check(path: Path) -> None:
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
