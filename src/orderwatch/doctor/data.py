"""Doctor checks of the user's data: configuration, folders, register, log."""

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orderwatch import evidence, fs
from orderwatch.doctor import CheckResult, note, ok, problem
from orderwatch.errors import LogError, OrderwatchError, RegisterError, UsageError
from orderwatch.log_url import strip_secrets
from orderwatch.model import YEAR, Register
from orderwatch.settings import Settings
from orderwatch.snapshot import Snapshot, register_paths
from orderwatch.translation import _

if TYPE_CHECKING:
    from orderwatch.log.sql_log import SqlLog

_USER_VERSION = slice(60, 64)
"""Bytes of `user_version` in the header of an SQLite file: the schema version."""
_WRITABLE_BY_OTHERS = stat.S_IWGRP | stat.S_IWOTH
_READABLE_BY_OTHERS = stat.S_IRGRP | stat.S_IROTH


def check_config(settings: Settings, error: UsageError | None) -> CheckResult:
    """Check that the configuration is valid and closed to other users."""
    if error is not None:
        return problem("configuration", str(error), error.exit_code, "mend the file")
    path = Path(str(settings.config.value))
    if not fs.may_exist(path):
        return ok("configuration", f"none at {path}, and none is needed")
    mode = _mode(path)
    if mode & _WRITABLE_BY_OTHERS:
        return problem(
            "configuration",
            f"{path}: others can change it, and with it what runs in your name",
            UsageError.exit_code,
            f"chmod go-w {path}",
        )
    if settings.has_secrets and mode & _READABLE_BY_OTHERS:
        return problem(
            "configuration",
            f"{path}: others can read it, and it holds what should be secret",
            UsageError.exit_code,
            f"chmod 600 {path}",
        )
    return ok("configuration", f"{path} is in force")


def check_folders(settings: Settings) -> Iterator[CheckResult]:
    """Check that the folders of the configuration and the log are writable."""
    yield _check_folder("configuration folder", Path(str(settings.config.value)).parent, 2)
    path = log_path(settings)
    if path is not None:
        yield _check_folder("log folder", path.absolute().parent, 4)


def _check_folder(name: str, path: Path, code: int) -> CheckResult:
    ancestor = next(candidate for candidate in (path, *path.parents) if fs.may_exist(candidate))
    if not os.access(ancestor, os.R_OK | os.X_OK):
        return problem(name, f"{ancestor} is closed to you", code)
    if not os.access(ancestor, os.W_OK):
        return note(name, f"{ancestor} cannot be written: you can only read here")
    if ancestor != path:
        return ok(name, f"{path} is made when it is needed")
    if _mode(path) & stat.S_IWOTH and not _mode(path) & stat.S_ISVTX:
        return note(
            name,
            f"{path}: everybody on this machine can put files there or take them away",
            f"chmod o-w {path}",
        )
    return ok(name, str(path))


def check_register(
    settings: Settings, register: Register | OrderwatchError, today: date
) -> CheckResult:
    """Check the register and its age."""
    if isinstance(register, OrderwatchError):
        advice = "`orderwatch register validate` names every problem"
        return problem("register", str(register), RegisterError.exit_code, advice)
    paths = settings.orders.parts
    source = ", ".join(map(str, register_paths(settings))) if paths else "the one that ships"
    summary = f"{source}: {len(register.orders)} orders, reviewed on {register.reviewed}"
    if today - register.reviewed > YEAR:
        return note(
            "register",
            f"{summary}, more than a year ago: what has come since is not in it",
            "look for a newer version of orderwatch, or review your own register",
        )
    return ok("register", summary)


def check_follow(settings: Settings, register: Register | OrderwatchError) -> Iterator[CheckResult]:
    """Check that the register has what `follow` names."""
    if isinstance(register, OrderwatchError) or not settings.follow:
        return
    names, problems = Snapshot(settings).followed()
    for text in problems:
        advice = _("`orderwatch config set follow …` changes the list")
        yield problem("follow", text, UsageError.exit_code, advice)
    if not problems:
        yield ok("follow", ", ".join(names))


def read_register(settings: Settings) -> Register | OrderwatchError:
    """Read the register; return the error if it is invalid."""
    try:
        return Snapshot(settings).register
    except OrderwatchError as error:
        return error


def log_path(settings: Settings) -> Path | None:
    """Return the path of the log, or `None` if its URL names no file."""
    from orderwatch.log_url import log_path

    try:
        return log_path(str(settings.log.value))
    except UsageError:
        return None


def check_log(settings: Settings, now: datetime) -> Iterator[CheckResult]:
    """Open the log; check its head, clock skew, evidence and file."""
    path = log_path(settings)
    if path is not None and not settings.log.is_explicit and not fs.may_exist(path):
        yield ok("log", f"none yet: the first `orderwatch log add` makes {path}")
        return
    try:
        with Snapshot(settings) as snapshot:
            log = snapshot.log
            url = strip_secrets(str(settings.log.value))
            yield _check_head(log, url if path is None else f"{path}{_version_suffix(path)}")
            yield from _check_clock_skew(log, now)
            yield _check_evidence(log, snapshot.evidence_folder)
            yield from _check_effects(snapshot)
    except OrderwatchError as error:
        yield problem("log", str(error), error.exit_code)
    if path is not None:
        yield from _check_database_file(path)


def _check_head(log: "SqlLog[Any]", location: str) -> CheckResult:
    """Compare size, last entry and root; `log verify` compares every entry."""
    from base64 import b64encode

    from orderwatch.log.formats.tree import leaf_hash
    from orderwatch.render.phrases import count

    head = log.head()
    if head.size:
        entry = log.get(head.size)
        if leaf_hash(entry.raw) != log.node(0, head.size - 1):
            raise LogError(f"entry {head.size} is not what the tree has of it")
    root = b64encode(head.root).decode()
    return ok(
        "log",
        f"{location}: {count(head.size, 'entry', 'entries')}, root {root}; `orderwatch "
        "log verify` recomputes everything",
    )


def _version_suffix(path: Path) -> str:
    from orderwatch.log.sqlite.schema import latest_version

    with suppress(OSError), path.open("rb") as file:
        version = int.from_bytes(file.read(_USER_VERSION.stop)[_USER_VERSION])
        remark = (
            ""
            if version == latest_version()
            else f" of {latest_version()}, as an older one wrote it"
        )
        return f", version {version}{remark}"
    return ""


def _check_clock_skew(log: "SqlLog[Any]", now: datetime) -> Iterator[CheckResult]:
    from orderwatch.log.sql_log import clock_skew_warning

    if warning := clock_skew_warning(log, now):
        yield note("clock and log", warning)


def _check_effects(snapshot: Snapshot) -> Iterator[CheckResult]:
    """Check that submissions, extensions and triggers count for a deadline."""
    from orderwatch.render.phrases import count

    if void := snapshot.void_events():
        yield note(
            "effects",
            f"{count(len(void), 'entry counts', 'entries count')} for no deadline: entry "
            f"{void[0].seq} {void[0].void}",
            "`orderwatch log --origin log` marks them; `orderwatch log correct "
            f"{void[0].seq}` mends it",
        )


def _check_evidence(log: "SqlLog[Any]", folder: Path) -> CheckResult:
    attachments = {file.sha256: (seq, file) for seq, file in log.attachments()}
    for seq, file in attachments.values():
        path = evidence.file_path(file, folder)
        try:
            size = path.stat().st_size
        except OSError as error:
            return _evidence_problem(seq, f"{path}: {error.strerror}")
        if size != file.size:
            return _evidence_problem(seq, f"{path} is not the file that was kept")
    return ok("kept files", f"{len(attachments)} in {folder}" if attachments else "none")


def _evidence_problem(seq: int, message: str) -> CheckResult:
    advice = "put it back from a copy; `orderwatch log verify` looks at every byte"
    return problem("kept files", f"entry {seq}: {message}", LogError.exit_code, advice)


def _check_database_file(path: Path) -> Iterator[CheckResult]:
    """Check for a leftover journal, WAL mode, and the permissions of the log file."""
    from orderwatch.log.sqlite.connection import companion, is_wal

    with suppress(OSError):
        if is_wal(path):
            wal = companion(path, "wal")
            state = f"{wal} can hold entries" if wal.exists() else "it is read as it is"
            yield note(
                "journal mode",
                f"another program switched {path} to WAL mode: {state}",
                "the next command that writes to the log switches it back",
            )
    journal = companion(path, "journal")
    if fs.may_exist(path) and fs.may_exist(journal):
        yield note(
            "journal",
            f"{journal}: a program is writing to the log, or died while it did; "
            "nothing that was recorded is lost",
            "the next command that writes to the log puts it right",
        )
    if fs.may_exist(path) and _mode(path) & (_WRITABLE_BY_OTHERS | _READABLE_BY_OTHERS):
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
