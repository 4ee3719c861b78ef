"""Open and create logs and outboxes: the choice of an engine by URL."""

from typing import TYPE_CHECKING, Any

from orderwatch.errors import UsageError
from orderwatch.fs import files
from orderwatch.log_url import is_shared, path_of, strip_secrets

if TYPE_CHECKING:
    from orderwatch.log.outbox import SqlReader, SqlWriter
    from orderwatch.log.sql_log import SqlLog


def create_log(url: str, password: str | None) -> str:
    """Create the log at a URL, unless there is one; return a line that says so."""
    if is_shared(url):
        from orderwatch.log.postgres.create import make

        where, made = strip_secrets(url), make(url, password)
    else:
        where, made = _file(url)
    with open_store(url, write=False, must_exist=True, password=password) as store:
        head = store.head()
    done = "is made" if made else "is there already"
    return f"The log {where} {done}: {head.size} entries, name {head.origin}\n"


def _file(url: str) -> tuple[str, bool]:
    path = path_of(url)
    made = not files.may_exist(path)
    with open_store(url, write=True, must_exist=False) as store:
        store.ensure()
    return str(path), made


def create_script(url: str) -> str:
    """Return the SQL by which an administrator creates the log."""
    if not is_shared(url):
        raise UsageError(
            "--sql is for a log in PostgreSQL: name one, as in --log postgresql://…"
        )
    from orderwatch.log.postgres.create import script

    return script(url)


def open_store(
    url: str,
    *,
    write: bool = False,
    must_exist: bool = True,
    password: str | None = None,
) -> "SqlLog[Any]":
    """Open a log: a path, `sqlite:///PATH`, or `postgresql://…`.

    A file that need not exist reads as empty, and is made by the first entry. Raises
    `UsageError` for an address that cannot be meant, `LogError` for a log that is
    missing or cannot be read.
    """
    # Importing an engine takes a while, and `--help` has no log.
    if is_shared(url):
        from orderwatch.log.postgres.log import PostgresLog

        return PostgresLog(url, write=write, password=password)
    from orderwatch.log.sqlite.log import SqliteLog

    return SqliteLog(path_of(url), write=write, must_exist=must_exist)


def open_reader(
    url: str, *, must_exist: bool = True, password: str | None = None
) -> "SqlReader[Any]":
    """Open what was said; a log that need not exist reads as empty."""
    # Importing an engine takes a while, and `--help` has no log.
    if is_shared(url):
        from orderwatch.log.postgres.outbox import PostgresReader

        return PostgresReader(url, password)
    from orderwatch.log.sqlite.outbox import SqliteReader

    return SqliteReader(path_of(url), must_exist=must_exist)


def open_writer(
    url: str, *, must_exist: bool = True, password: str | None = None
) -> "SqlWriter[Any]":
    """Open what was said to add to it; the file of a default log is made."""
    if is_shared(url):
        from orderwatch.log.postgres.outbox import PostgresWriter

        return PostgresWriter(url, password)
    from orderwatch.log.sqlite.outbox import SqliteWriter

    return SqliteWriter(path_of(url), must_exist=must_exist)


def recover(url: str) -> None:
    """Put right what a program left that died while it was writing.

    A reader cannot; a reminder that only looks would say the same error for ever.
    """
    if is_shared(url):
        return  # the server does that by itself
    from orderwatch.log.sqlite.outbox import recover

    recover(path_of(url))
