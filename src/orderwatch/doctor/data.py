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
from orderwatch.snapshot import Snapshot, default_register, register_paths
from orderwatch.translation import _, mark, ngettext

if TYPE_CHECKING:
    from orderwatch.log.sql_log import SqlLog

_USER_VERSION = slice(60, 64)
"""Bytes of `user_version` in the header of an SQLite file: the schema version."""
_WRITABLE_BY_OTHERS = stat.S_IWGRP | stat.S_IWOTH
_READABLE_BY_OTHERS = stat.S_IRGRP | stat.S_IROTH


def check_config(settings: Settings, error: UsageError | None) -> CheckResult:
    """Check that the configuration is valid and closed to other users."""
    if error is not None:
        return problem(mark("configuration"), str(error), error.exit_code, _("correct the file"))
    path = Path(str(settings.config.value))
    if not fs.may_exist(path):
        return ok(mark("configuration"), _("no file at {path}; none is required").format(path=path))
    mode = _mode(path)
    if mode & _WRITABLE_BY_OTHERS:
        return problem(
            mark("configuration"),
            _("{path}: other users can change it, and so choose what runs as you").format(
                path=path
            ),
            UsageError.exit_code,
            f"chmod go-w {path}",
        )
    if settings.has_secrets and mode & _READABLE_BY_OTHERS:
        return problem(
            mark("configuration"),
            _("{path}: other users can read it, and it contains secrets").format(path=path),
            UsageError.exit_code,
            f"chmod 600 {path}",
        )
    return ok(mark("configuration"), _("{path} is in use").format(path=path))


def check_folders(settings: Settings) -> Iterator[CheckResult]:
    """Check that the folders of the configuration and the log are writable."""
    yield _check_folder(mark("configuration folder"), Path(str(settings.config.value)).parent, 2)
    path = log_path(settings)
    if path is not None:
        yield _check_folder(mark("log folder"), path.absolute().parent, 4)


def _check_folder(name: str, path: Path, code: int) -> CheckResult:
    ancestor = next(candidate for candidate in (path, *path.parents) if fs.may_exist(candidate))
    if not os.access(ancestor, os.R_OK | os.X_OK):
        return problem(name, _("no access to {ancestor}").format(ancestor=ancestor), code)
    if not os.access(ancestor, os.W_OK):
        return note(
            name,
            _("{ancestor} is read-only for you: nothing can be written there").format(
                ancestor=ancestor
            ),
        )
    if ancestor != path:
        return ok(name, _("{path} is created when needed").format(path=path))
    if _mode(path) & stat.S_IWOTH and not _mode(path) & stat.S_ISVTX:
        return note(
            name,
            _("{path}: every user of this machine can add and remove files there").format(
                path=path
            ),
            f"chmod o-w {path}",
        )
    return ok(name, str(path))


def check_register(
    settings: Settings, register: Register | OrderwatchError, today: date
) -> CheckResult:
    """Check the register and its age."""
    if isinstance(register, OrderwatchError):
        advice = _("`orderwatch register validate` lists every problem")
        return problem(mark("register"), str(register), RegisterError.exit_code, advice)
    default = default_register(settings)
    if default and default.note:
        advice = _("`orderwatch register update` installs it again")
        return problem(mark("register"), default.note, RegisterError.exit_code, advice)
    source = _("the packaged register")
    if default and default.installed:
        source = _("release {n} of the register").format(n=default.installed.release.number)
    if settings.orders.parts:
        source = ", ".join(map(str, register_paths(settings)))
    summary = ngettext(
        "{source}: {n} order, reviewed on {day}",
        "{source}: {n} orders, reviewed on {day}",
        len(register.orders),
    ).format(source=source, n=len(register.orders), day=register.reviewed)
    if today - register.reviewed > YEAR:
        return note(
            mark("register"),
            _("{summary}, more than a year ago; later events are not in it").format(
                summary=summary
            ),
            _("update orderwatch, or review your own register"),
        )
    return ok(mark("register"), summary)


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
        yield ok(
            mark("log"),
            _("none yet; the first `orderwatch log add` creates {path}").format(path=path),
        )
        return
    try:
        with Snapshot(settings) as snapshot:
            log = snapshot.log
            url = strip_secrets(str(settings.log.value))
            yield _check_head(log, url if path is None else _describe_file(path))
            yield from _check_clock_skew(log, now)
            yield _check_evidence(log, snapshot.evidence_folder)
            yield from _check_effects(snapshot)
    except OrderwatchError as error:
        yield problem(mark("log"), str(error), error.exit_code)
    if path is not None:
        yield from _check_database_file(path)


def _check_head(log: "SqlLog[Any]", location: str) -> CheckResult:
    """Compare size, last entry and root; `log verify` compares every entry."""
    from base64 import b64encode

    from orderwatch.log.formats.tree import leaf_hash

    head = log.head()
    if head.size:
        entry = log.get(head.size)
        if leaf_hash(entry.raw) != log.node(0, head.size - 1):
            raise LogError(_("entry {size} does not match the Merkle tree").format(size=head.size))
    root = b64encode(head.root).decode()
    return ok(
        mark("log"),
        ngettext(
            "{location}: {n} entry, root {root}; `orderwatch log verify` checks everything",
            "{location}: {n} entries, root {root}; `orderwatch log verify` checks everything",
            head.size,
        ).format(location=location, n=head.size, root=root),
    )


def _describe_file(path: Path) -> str:
    """Return the path of an SQLite log with the version of its schema."""
    from orderwatch.log.sqlite.schema import latest_version

    with suppress(OSError), path.open("rb") as file:
        version = int.from_bytes(file.read(_USER_VERSION.stop)[_USER_VERSION])
        if version == latest_version():
            return _("{path}, version {version}").format(path=path, version=version)
        return _("{path}, version {version} of an older orderwatch; the latest is {latest}").format(
            path=path, version=version, latest=latest_version()
        )
    return str(path)


def _check_clock_skew(log: "SqlLog[Any]", now: datetime) -> Iterator[CheckResult]:
    from orderwatch.log.sql_log import clock_skew_warning

    if warning := clock_skew_warning(log, now):
        yield note(mark("clock and log"), warning)


def _check_effects(snapshot: Snapshot) -> Iterator[CheckResult]:
    """Check that submissions, extensions and triggers count for a deadline."""
    if void := snapshot.void_events():
        yield note(
            mark("effects"),
            ngettext(
                "{n} entry has no effect: entry {seq} {effect}",
                "{n} entries have no effect: entry {seq} {effect}",
                len(void),
            ).format(n=len(void), seq=void[0].seq, effect=void[0].void),
            _(
                "`orderwatch log --origin log` marks them; `orderwatch log correct "
                "{seq}` corrects the first"
            ).format(seq=void[0].seq),
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
            return _evidence_problem(
                seq, _("{path} is not the attached file: its size differs").format(path=path)
            )
    return ok(
        mark("evidence"),
        _("{n} in {folder}").format(n=len(attachments), folder=folder)
        if attachments
        else _("none"),
    )


def _evidence_problem(seq: int, message: str) -> CheckResult:
    advice = _("restore it from a copy; `orderwatch log verify` checks every byte")
    return problem(
        mark("evidence"),
        _("entry {seq}: {message}").format(seq=seq, message=message),
        LogError.exit_code,
        advice,
    )


def _check_database_file(path: Path) -> Iterator[CheckResult]:
    """Check for a leftover journal, WAL mode, and the permissions of the log file."""
    from orderwatch.log.sqlite.connection import companion, is_wal

    with suppress(OSError):
        if is_wal(path):
            wal = companion(path, "wal")
            state = (
                _("{wal} can contain entries").format(wal=wal)
                if wal.exists()
                else _("it can be read as it is")
            )
            yield note(
                mark("journal mode"),
                _("another program switched {path} to WAL mode: {state}").format(
                    path=path, state=state
                ),
                _("the next command that writes to the log switches it back"),
            )
    journal = companion(path, "journal")
    if fs.may_exist(path) and fs.may_exist(journal):
        yield note(
            mark("journal"),
            _(
                "{journal}: a program is writing to the log, or was stopped while it "
                "did; no recorded entry is lost"
            ).format(journal=journal),
            _("the next command that writes to the log repairs it"),
        )
    if fs.may_exist(path) and _mode(path) & (_WRITABLE_BY_OTHERS | _READABLE_BY_OTHERS):
        yield note(
            mark("log permissions"),
            _("{path}: other users of this machine can read or change it").format(path=path),
            _("chmod 600 {path}, unless you share it on purpose").format(path=path),
        )


def _mode(path: Path) -> int:
    try:
        return path.stat().st_mode
    except OSError:
        return 0
