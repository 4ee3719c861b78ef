"""Files kept as evidence beside the log: added, checked and removed with entries."""

import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from orderwatch import evidence
from orderwatch.address import is_shared
from orderwatch.errors import LogError, OrderwatchError, UsageError
from orderwatch.ledger.log import SqlLog
from orderwatch.ledger.store import path_of
from orderwatch.model import Attachment
from orderwatch.settings import Settings
from orderwatch.snapshot import log_of


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
        place = folder(chosen) if paths else Path()
        for path in paths:
            file = evidence.keep(path, place)
            if file not in found:
                found.append(file)
        yield tuple(found)
    except OrderwatchError:
        # If the log cannot be reached now, an entry may name them all the same.
        with suppress(OrderwatchError):
            forget(chosen, found)
        raise


def forget(chosen: Settings, files: Sequence[Attachment]) -> None:
    """Remove the files that no entry names, and folders that are empty then."""
    if not files:
        return
    with log_of(chosen) as log:
        named = {file.sha256 for _, file in log.attachments()}
    place = folder(chosen)
    for file in files:
        if file.sha256 not in named:
            evidence.forget(file, place)
            with suppress(OSError):
                evidence.path_of(file, place).parent.rmdir()
                place.rmdir()


def check(chosen: Settings, log: SqlLog[Any]) -> int:
    """Count the kept files; raise `LogError` at the first that is not right."""
    found: set[str] = set()
    place = folder(chosen)
    for seq, file in log.attachments():
        if problem := evidence.check(file, place):
            raise LogError(
                f"the log does not verify: entry {seq}: {problem}\n"
                "an import brings no kept files: copy them from the folder beside the "
                f"log that it came from into {place}, or from a backup"
            )
        found.add(file.sha256)
    return len(found)


def folder(chosen: Settings) -> Path:
    """Name the folder of evidence: beside a file, else among the user's data."""
    if chosen.evidence.value is not None:
        return Path(chosen.evidence.value).expanduser()
    url = str(chosen.log.value)
    if not is_shared(url):
        return evidence.folder_of(path_of(url))
    from platformdirs import user_data_path

    with log_of(chosen) as log:
        name = str(log.head().origin).rpartition("/")[2]
    return user_data_path("orderwatch", appauthor=False) / f"{name}.evidence"


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
