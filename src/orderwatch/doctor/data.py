"""What `doctor` looks at of the user's own: configuration, folders, register, log."""

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orderwatch import evidence
from orderwatch.address import shown
from orderwatch.cli import kept
from orderwatch.doctor.result import Finding, note, ok, problem
from orderwatch.errors import LogError, OrderwatchError, RegisterError, UsageError
from orderwatch.fs import files
from orderwatch.model import YEAR, Register
from orderwatch.settings import Settings
from orderwatch.snapshot import home, log_of, register

if TYPE_CHECKING:
    from orderwatch.ledger.log import SqlLog

_VERSION = slice(60, 64)
"""Of the header of an SQLite file: the version of its tables."""
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
_OTHERS_READ = stat.S_IRGRP | stat.S_IROTH


def configuration(chosen: Settings, broken: UsageError | None) -> Finding:
    """Say whether the configuration can be used, and by whom it can be read."""
    if broken is not None:
        return problem("configuration", str(broken), broken.exit_code, "mend the file")
    path = Path(str(chosen.config.value))
    if not files.is_there(path):
        return ok("configuration", f"none at {path}, and none is needed")
    mode = _mode(path)
    if mode & _OTHERS_WRITE:
        return problem(
            "configuration",
            f"{path}: others can change it, and with it what runs in your name",
            UsageError.exit_code,
            f"chmod go-w {path}",
        )
    if chosen.keeps_secrets and mode & _OTHERS_READ:
        return problem(
            "configuration",
            f"{path}: others can read it, and it holds what should be secret",
            UsageError.exit_code,
            f"chmod 600 {path}",
        )
    return ok("configuration", f"{path} is in force")


def folders(chosen: Settings) -> Iterator[Finding]:
    """Say whether there is room for a configuration and a log."""
    yield _folder("configuration folder", Path(str(chosen.config.value)).parent, 2)
    path = file_of(chosen)
    if path is not None:
        yield _folder("log folder", path.absolute().parent, 4)


def _folder(check: str, path: Path, code: int) -> Finding:
    nearest = next(one for one in (path, *path.parents) if files.is_there(one))
    if not os.access(nearest, os.R_OK | os.X_OK):
        return problem(check, f"{nearest} is closed to you", code)
    if not os.access(nearest, os.W_OK):
        return note(check, f"{nearest} cannot be written: you can only read here")
    if nearest != path:
        return ok(check, f"{path} is made when it is needed")
    if _mode(path) & stat.S_IWOTH and not _mode(path) & stat.S_ISVTX:
        return note(
            check,
            f"{path}: everybody on this machine can put files there or take them away",
            f"chmod o-w {path}",
        )
    return ok(check, str(path))


def the_register(
    chosen: Settings, found: Register | OrderwatchError, today: date
) -> Finding:
    """Say which register is in force, and how old it is."""
    if isinstance(found, OrderwatchError):
        advice = "`orderwatch orders validate` names every problem"
        return problem("register", str(found), RegisterError.exit_code, advice)
    own = chosen.orders.value
    where = "the one that ships" if own is None else str(home(own))
    says = f"{where}: {len(found.orders)} orders, reviewed on {found.reviewed}"
    if today - found.reviewed > YEAR:
        return note(
            "register",
            f"{says}, more than a year ago: what has come since is not in it",
            "look for a newer version of orderwatch, or review your own register",
        )
    return ok("register", says)


def read_register(chosen: Settings) -> Register | OrderwatchError:
    """Read the register, or give what is wrong with it."""
    try:
        return register(chosen)
    except OrderwatchError as error:
        return error


def file_of(chosen: Settings) -> Path | None:
    """Name the file of the log, if it is one."""
    from orderwatch.ledger.store import path_of

    try:
        return path_of(str(chosen.log.value))
    except UsageError:
        return None


def the_log(chosen: Settings, now: datetime) -> Iterator[Finding]:
    """Open the log, and hold its size, its root and its files against each other."""
    path = file_of(chosen)
    if path is not None and not chosen.log.named and not files.is_there(path):
        yield ok("log", f"none yet: the first `orderwatch log add` makes {path}")
        return
    try:
        with log_of(chosen) as log:
            where = shown(str(chosen.log.value))
            yield _state(log, where if path is None else f"{path}{_version(path)}")
            yield from _clocks(log, now)
            yield _evidence(log, kept.folder(chosen))
    except OrderwatchError as error:
        yield problem("log", str(error), error.exit_code)
    if path is not None:
        yield from _beside(path)


def _state(log: "SqlLog[Any]", where: str) -> Finding:
    """Compare the size, the last entry and the root; `log verify` compares all."""
    from base64 import b64encode

    from orderwatch.ledger.tree import leaf_hash
    from orderwatch.render.phrases import count

    head = log.head()
    if head.size:
        last = log.get(head.size)
        if leaf_hash(last.raw) != log.node(0, head.size - 1):
            raise LogError(f"entry {head.size} is not what the tree has of it")
    root = b64encode(head.root).decode()
    return ok(
        "log",
        f"{where}: {count(head.size, 'entry', 'entries')}, root {root}; `orderwatch "
        "log verify` recomputes everything",
    )


def _version(path: Path) -> str:
    from orderwatch.ledger.schema import latest

    with suppress(OSError), path.open("rb") as file:
        found = int.from_bytes(file.read(_VERSION.stop)[_VERSION])
        older = "" if found == latest() else f" of {latest()}, as an older one wrote it"
        return f", version {found}{older}"
    return ""


def _clocks(log: "SqlLog[Any]", now: datetime) -> Iterator[Finding]:
    from orderwatch.cli.past import ahead

    if warning := ahead(log, now):
        yield note("clock and log", warning)


def _evidence(log: "SqlLog[Any]", folder: Path) -> Finding:
    named = {file.sha256: (seq, file) for seq, file in log.attachments()}
    for seq, file in named.values():
        place = evidence.path_of(file, folder)
        try:
            size = place.stat().st_size
        except OSError as error:
            return _spoilt(seq, f"{place}: {error.strerror}")
        if size != file.size:
            return _spoilt(seq, f"{place} is not the file that was kept")
    return ok("kept files", f"{len(named)} in {folder}" if named else "none")


def _spoilt(seq: int, says: str) -> Finding:
    advice = "put it back from a copy; `orderwatch log verify` looks at every byte"
    return problem("kept files", f"entry {seq}: {says}", LogError.exit_code, advice)


def _beside(path: Path) -> Iterator[Finding]:
    """Look at the file itself, and at what a crash leaves beside it."""
    journal = path.with_name(f"{path.name}-journal")
    if files.is_there(path) and files.is_there(journal):
        yield note(
            "journal",
            f"{journal}: a program is writing to the log, or died while it did; "
            "nothing that was recorded is lost",
            "the next command that writes to the log puts it right",
        )
    if files.is_there(path) and _mode(path) & (_OTHERS_WRITE | _OTHERS_READ):
        yield note(
            "log permissions",
            f"{path}: others on this machine can read or change it",
            f"chmod 600 {path}, unless it is shared on purpose",
        )


def _mode(path: Path) -> int:
    try:
        return path.stat().st_mode
    except OSError:
        return 0
