"""The log: formats of entries, tree, checkpoints and proofs, and the engines."""

from typing import IO, TYPE_CHECKING, Any

from orderwatch import fs
from orderwatch.errors import LogError, UsageError
from orderwatch.log.types import OwnerKey, no_owner
from orderwatch.log_url import is_shared, log_path, strip_secrets
from orderwatch.translation import _, labelled, ngettext

if TYPE_CHECKING:
    from orderwatch.log.outbox import SqlWriter
    from orderwatch.log.sql_log import SqlLog


def create_log(url: str, password: str | None, owner: OwnerKey = no_owner) -> str:
    """Create the log at a URL unless it exists; return a line that reports it."""
    if is_shared(url):
        address, is_new = strip_secrets(url), _create_shared(url, password, owner)
    else:
        address, is_new = _create_file(url, owner)
    with open_store(url, write=False, must_exist=True, password=password) as store:
        head = store.head()
    message = _("Created the log {address}") if is_new else _("The log {address} exists already")
    size = ngettext("{n} entry", "{n} entries", head.size).format(n=head.size)
    about = _("{size}, name {name}").format(size=size, name=head.origin)
    return f"{labelled(message.format(address=address), about)}\n"


def _create_shared(url: str, password: str | None, owner: OwnerKey) -> bool:
    from orderwatch.log.postgres.connection import create

    return create(url, password, lambda: owner(create=True))


def _create_file(url: str, owner: OwnerKey) -> tuple[str, bool]:
    path = log_path(url)
    is_new = not fs.may_exist(path)
    with open_store(url, write=True, must_exist=False, owner=owner) as store:
        store.ensure()
    return str(path), is_new


def create_script(url: str, owner: OwnerKey = no_owner) -> str:
    """Return the SQL by which an administrator creates the log."""
    if not is_shared(url):
        raise UsageError(
            _("--sql is for a log in PostgreSQL: name one, as in --log postgresql://…")
        )
    from orderwatch.log.postgres.connection import create_script as sql_script

    return sql_script(url, owner(create=True))


def restore_log(url: str, file: IO[bytes], password: str | None) -> None:
    """Write a backup to an address without a log; raise `LogError` if there is one."""
    if is_shared(url):
        from orderwatch.log.postgres import restore as restore_shared

        restore_shared(url, file, password)
    else:
        from orderwatch.log.sqlite import restore

        restore(log_path(url), file)


def require_no_log(url: str, password: str | None) -> None:
    """Raise `LogError` if there is a log at a URL."""
    address = strip_secrets(url)
    if is_shared(url):
        from orderwatch.log.postgres.connection import exists

        is_there = exists(url, password)
    else:
        address, is_there = str(log_path(url)), fs.may_exist(log_path(url))
    if is_there:
        raise LogError(
            _("there is a log at {address} already; a backup is restored to a new log only").format(
                address=address
            )
        )


def open_store(
    url: str,
    *,
    write: bool = False,
    must_exist: bool = True,
    password: str | None = None,
    owner: OwnerKey = no_owner,
) -> "SqlLog[Any]":
    """Open a log: a path, `sqlite:///PATH`, or `postgresql://…`.

    A file that need not exist reads as empty, and is created by the first entry, for an
    owner. Raises
    `UsageError` for an invalid address, `LogError` for a log that is missing or cannot
    be read.
    """
    # Import engines late: each is slow to import, and only one is used.
    if is_shared(url):
        from orderwatch.log.postgres import PostgresLog

        return PostgresLog(url, write=write, password=password)
    from orderwatch.log.sqlite import SqliteLog

    return SqliteLog(log_path(url), write=write, must_exist=must_exist, owner=owner)


def open_writer(
    url: str,
    *,
    must_exist: bool = True,
    password: str | None = None,
    owner: OwnerKey = no_owner,
) -> "SqlWriter[Any]":
    """Open the outbox for writing; the file of a default log is created."""
    if is_shared(url):
        from orderwatch.log.postgres import PostgresWriter

        return PostgresWriter(url, password)
    from orderwatch.log.sqlite import SqliteWriter

    return SqliteWriter(log_path(url), must_exist=must_exist, owner=owner)


def recover(url: str) -> None:
    """Recover a log after a program died while it was writing.

    A reader cannot; a dry run would repeat the error forever.
    """
    if is_shared(url):
        return  # the server recovers by itself
    from orderwatch.log.sqlite import recover

    recover(log_path(url))
