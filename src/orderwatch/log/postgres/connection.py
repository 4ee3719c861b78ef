"""Connections to PostgreSQL: no state of a session, and a limit on every wait.

Between two statements, or two transactions, a pooler such as PgBouncer may continue on
another connection: names have their schema, settings are those of one transaction, and
no statement is prepared.

Reads are retried after a reconnect, since reading twice is harmless. Writes go through
`retry`, whose work checks the result of an earlier attempt.
"""

import re
import secrets
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import lru_cache
from typing import Any, TypeVar

import psycopg
from psycopg import pq
from psycopg.adapt import Buffer, Loader

from orderwatch.errors import LogError, UsageError
from orderwatch.log.formats import checkpoint
from orderwatch.log.postgres import schema
from orderwatch.log.postgres import search as lexemes
from orderwatch.log.types import Row, Values
from orderwatch.log_url import explain, parse_url, strip_secrets
from orderwatch.translation import _, mark

PATIENCE = 30.0
"""Seconds that a reader waits for an unavailable server, and a writer for other writers."""
FAILOVER = 120.0
"""Seconds that a writer waits for a server: clusters take 30 seconds, and more, to elect one."""
ANSWER = 300.0
"""Seconds to wait for the reply to one statement."""
_PAUSE, _PAUSE_MAX = 0.05, 1.0
"""Seconds between the first attempts to connect, and at most."""

_DEFAULTS = {
    "fallback_application_name": "orderwatch",
    "connect_timeout": "10",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
}
"""Settings of libpq, unless the address sets others."""
_BEGIN = (
    "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL lock_timeout = '{0:.0f}ms';"
    " SET LOCAL idle_in_transaction_session_timeout = '300s';"
    " SET LOCAL standard_conforming_strings = on;"  # libpq escapes the bytes of a COPY by it
    " SELECT set_config('synchronous_commit', CASE WHEN current_setting('synchronous_commit')"
    " IN ('off', 'local') THEN 'on' ELSE current_setting('synchronous_commit') END, true)"
)
LOCK_LOG = "SELECT orderwatch.lock_log()"
LOCK_OUTBOX = "LOCK TABLE orderwatch.recipient IN EXCLUSIVE MODE"
"""Statements by which those who write take turns; no reader has the right to run them."""

_TRANSIENT = re.compile(
    r"refused|No such file|starting up|shutting down|recovery mode|not (?:yet )?accepting"
    r"|closed the connection|reset by peer|time(?:d )?out|too many|slots|terminat|interrupted"
    r"|unexpected eof|EOF detected|No route|unreachable|is down|in recovery"
)
_READ_ONLY = re.compile(r"session is read-only|could not make a writable connection")
"""Error texts of libpq when no host is a primary (`target_session_attrs=read-write`)."""
_UNAVAILABLE = frozenset({"57P01", "57P02", "57P03", "08000", "08003", "08006"})
_NOT_PROMOTED = "25006"
"""A server is a replica, or was the primary a moment ago."""
_RETRYABLE = frozenset({"40001", "40P01"})
_MESSAGES = {
    "55P03": mark(
        "{log} is locked: another program has been writing to it for more than "
        "{patience:.0f} seconds; try again when it is done"
    ),
    "25006": mark(
        "{log} cannot be written: the server is read-only; is it a replica? A "
        "URL can name several hosts and target_session_attrs=read-write"
    ),
    "42501": mark(
        "{log}: {error}; the owner of the log can grant the required role, one "
        "of reader, writer, editor and reminder: see docs/shared-log.md"
    ),
    "23514": mark("{log} cannot store this: {error}; nothing was recorded"),
    "53100": mark("the server of {log} has no space left; nothing was recorded"),
    "53200": mark("the server of {log} has no memory left; nothing was recorded"),
    "53300": mark("{log} cannot be used now: the server has too many connections"),
    "57014": mark("{log}: the server cancelled the command ({error}); nothing was recorded"),
    "25P03": mark("{log}: the server stopped waiting for this program; nothing was recorded"),
    "40": mark("{log} changed while it was read or written ({error}); try again"),
    "42": mark(
        "{log} cannot be used: the server does not support the command "
        "({error}): its version is not one of 13 to 18, or the tables were "
        "changed; nothing was recorded"
    ),
    "54": mark("{log} cannot store this: {error}; nothing was recorded"),
    "58": mark("{log} cannot be read or written: error of the server: {error}"),
    "XX000": mark("{log} cannot be read or written: error of the server: {error}"),
    "XX": mark(
        "{log} is damaged: error of the server: {error}; restore a copy, or "
        "import an export of it into a new log"
    ),
    "57": mark("{log} cannot be reached: {error}"),
    "08": mark("{log} cannot be reached: {error}"),
    "28": mark("{log} cannot be reached: {error}"),
    "3D": mark("{log} cannot be reached: {error}"),
}
_OUTSIDE = frozenset({pq.TransactionStatus.IDLE, pq.TransactionStatus.UNKNOWN})
"""Outside of a transaction: also after a connection was lost, which ended its transaction."""
_PLACEHOLDER = re.compile(r"\?|(?<!:):([a-z_]+)|%")
_HINT = re.compile(r" INDEXED BY \w+")
_OWN_NAMES = re.compile(
    rf"\b(FROM|JOIN|INTO|UPDATE) (?=(?:{'|'.join(schema.TABLES)})\b)"
    rf"|\b(?=(?:{'|'.join(schema.FUNCTIONS)})\()"
)
_T = TypeVar("_T")


class _BytesLoader(Loader):
    """Loader of text as stored bytes."""

    format = pq.Format.BINARY

    def load(self, data: Buffer) -> bytes:
        return bytes(data)


class _BoundedConnection(psycopg.Connection[Row]):
    """Connection that limits the wait for a server that does not reply."""

    def wait(self, gen: Generator[Any, Any, Any], *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as there
        end = time.monotonic() + ANSWER
        return super().wait(self._until(gen, end), *args, **kwargs)

    def _until(self, gen: Generator[Any, Any, Any], end: float) -> Generator[Any, Any, Any]:
        try:
            condition = next(gen)
            while True:
                ready = yield condition
                if not ready and time.monotonic() > end:
                    self.pgconn.finish()
                    raise psycopg.OperationalError(
                        _("the server has not answered for {seconds:.0f} seconds").format(
                            seconds=ANSWER
                        )
                    )
                condition = gen.send(ready)
        except StopIteration as done:
            return done.value


class Connection:
    """Connection to a log in PostgreSQL."""

    is_shared = True

    def __init__(self, url: str, password: str | None = None, *, write: bool = False) -> None:
        self.url = url
        self.patience = FAILOVER if write else PATIENCE
        """Seconds to wait for an unavailable server."""
        self._settings = {**_defaults(), **parse_url(url), "client_encoding": "utf8"}
        if password is not None:
            self._settings["password"] = password
        self.is_cluster = "," in self._settings.get("host", self._settings.get("hostaddr", ""))
        """Whether the address names several servers, one of which becomes the primary."""
        if write and self.is_cluster:
            self._settings.setdefault("target_session_attrs", "read-write")
        self._con = self.open_session(time.monotonic() + self.patience)

    def close(self) -> None:
        """Close the connection."""
        self._con.close()

    @property
    def database(self) -> str:
        """Return the name of the database."""
        return self._con.info.dbname

    def execute(self, sql: str, values: Any = ()) -> psycopg.Cursor[Row]:  # noqa: ANN401 - as sqlite3 has it
        """Execute a statement; without values, it can be several."""
        if not values:
            return self._con.execute(_qualify(sql).encode())
        return self._con.execute(_convert_sql(sql), values, binary=True)

    def executemany(self, sql: str, rows: Iterable[Any]) -> None:
        """Execute a statement once for each row."""
        with self._con.cursor(binary=True) as cursor:
            cursor.executemany(_convert_sql(sql), rows)

    def pipeline(self) -> AbstractContextManager[object]:
        """Return a context in which `execute` does not wait for its result, but `fetch` does."""
        return self._con.pipeline()

    def run_script(self, sql: str) -> None:
        """Execute statements as they are, with names that have no schema before them."""
        self._con.execute(sql.encode())

    def insert(self, table: str, rows: Sequence[Row]) -> None:
        """Insert rows with all columns of a table."""
        if rows:
            sql = f"COPY {schema.SCHEMA}.{table} FROM STDIN".encode()
            with self._con.cursor() as cursor, cursor.copy(sql) as copy:
                for row in rows:
                    copy.write_row(row)

    def fetch(self, sql: str, values: Values = ()) -> list[Row]:
        """Run a query, return all rows; outside a transaction, reconnect if needed."""
        end: float | None = None
        while True:
            is_idle = self._con.info.transaction_status in _OUTSIDE
            try:
                return self._run(sql, values).fetchall()
            except psycopg.OperationalError as error:
                if not is_idle or not self.is_connection_lost(error):
                    raise
                end = end or time.monotonic() + self.patience
                if time.monotonic() > end:
                    raise
            self.reconnect(end)

    def _run(self, sql: str, values: Values) -> psycopg.Cursor[Row]:
        if not values:
            return self._con.execute(_qualify(sql).encode(), binary=True)
        return self._con.execute(_convert_sql(sql), values, binary=True)

    def stream(self, sql: str, values: Values = ()) -> Iterator[Row]:
        """Yield the rows of a long query as they arrive."""
        with self._con.cursor(binary=True) as cursor:
            yield from cursor.stream(_convert_sql(sql), values or None, size=1_000)

    def search(self, text: str) -> list[int]:
        """Return the sequence numbers of entries with all words of a text, in order."""
        query = lexemes.to_tsquery(text)
        if query is None:
            return []
        sql = "SELECT seq FROM search WHERE words @@ CAST(? AS tsquery) ORDER BY seq"
        return [seq for (seq,) in self.fetch(sql, (query,))]

    def is_connection_lost(self, error: psycopg.Error) -> bool:
        """Return whether an error means that the connection was lost."""
        is_local = error.sqlstate is None and isinstance(error, psycopg.OperationalError)
        return self._con.closed or is_local or error.sqlstate in _UNAVAILABLE

    def is_waiting_for_primary(self, error: psycopg.Error, *, started: bool) -> bool:
        """Return whether a server is read-only that can be promoted, or replaced, in a moment.

        A single server that was read-only from the beginning is a replica, and stays one.
        """
        return error.sqlstate == _NOT_PROMOTED and (started or self.is_cluster)

    def reconnect(self, end: float) -> None:
        """Connect to the server again."""
        with suppress(psycopg.Error):
            self._con.close()
        self._con = self.open_session(end)

    def open_session(self, end: float) -> _BoundedConnection:
        """Connect and configure; retry until an instant of the monotonic clock."""
        pause = _PAUSE
        while True:
            con = None
            try:
                con = _BoundedConnection.connect(autocommit=True, **self._settings)  # type: ignore[arg-type]
                con.prepare_threshold = None
                _configure_session(con)
            except psycopg.OperationalError as error:
                if con is not None:
                    con.close()
                is_transient = error.sqlstate in _UNAVAILABLE or self._is_transient(str(error))
                if not is_transient or time.monotonic() + pause > end:
                    raise
            except BaseException:
                if con is not None:
                    con.close()
                raise
            else:
                return con
            time.sleep(pause)
            pause = min(2 * pause, _PAUSE_MAX)

    def _is_transient(self, text: str) -> bool:
        """Return whether an error of libpq can be over in a moment."""
        if _READ_ONLY.search(text):
            return self.is_cluster
        return _TRANSIENT.search(text) is not None


def _defaults() -> dict[str, str]:
    """Return the defaults that neither environment nor service file overrides."""
    overridden = {option.keyword.decode() for option in pq.Conninfo.get_defaults() if option.val}
    return {key: value for key, value in _DEFAULTS.items() if key not in overridden}


def _configure_session(con: _BoundedConnection) -> None:
    con.adapters.register_loader("text", _BytesLoader)
    con.adapters.register_loader("name", _BytesLoader)
    con.adapters.register_loader("bytea", _BytesLoader)
    sql = "SELECT current_setting('server_encoding')"
    [[encoding]] = con.execute(sql, binary=True).fetchall()
    if encoding != b"UTF8":
        raise LogError(
            _(
                "the database {name} is encoded in {encoding}: a log needs UTF8"
                " (CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0)"
            ).format(name=con.info.dbname, encoding=encoding.decode())
        )


@contextmanager
def transaction(con: Connection, lock: str = "") -> Iterator[None]:
    """Run a block in a transaction that excludes others with the same lock."""
    try:
        con.execute(_BEGIN.format(1_000 * PATIENCE))
        if lock:
            con.run_script(lock)
        yield
        con.execute("COMMIT")
    except BaseException:
        with suppress(psycopg.Error):
            con.execute("ROLLBACK")
        raise


def retry(con: Connection, work: Callable[[bool], _T], unsure: str) -> _T:
    """Run `work`, which writes; if the connection is lost, reconnect and run it again.

    `work` gets whether it was started before, and then has to find out what it did.
    `unsure` says what is uncertain if it cannot find out.
    """
    end: float | None = None
    started, pause = False, _PAUSE
    while True:
        try:
            return work(started)
        except psycopg.Error as error:
            is_lost = con.is_connection_lost(error) or con.is_waiting_for_primary(
                error, started=started
            )
            started = started or is_lost
            # Counted from the first error: the work may have run for hours before.
            end = end or time.monotonic() + con.patience
            if not is_lost and error.sqlstate not in _RETRYABLE:
                if started and _error_message(con.url, error):
                    raise _unavailable_error(con, error, unsure) from error
                raise
            if time.monotonic() + pause > end:
                raise _unavailable_error(con, error, unsure if started else "") from error
            time.sleep(pause)
            pause = min(2 * pause, _PAUSE_MAX)
            if is_lost:
                try:
                    con.reconnect(end)
                except psycopg.Error as failure:
                    raise _unavailable_error(con, failure, unsure) from failure


def _unavailable_error(con: Connection, error: psycopg.Error, unsure: str) -> LogError:
    text = _error_message(con.url, error) or str(error)
    return LogError(f"{text}; {unsure}" if unsure else text)


@contextmanager
def translate_errors(url: str) -> Iterator[None]:
    """Translate errors that a user can cause to `LogError`; let bugs pass."""
    try:
        yield
    except psycopg.Error as error:
        text = _error_message(url, error)
        if text is None:
            raise
        raise LogError(text) from error


def _error_message(url: str, error: psycopg.Error) -> str | None:
    state = error.sqlstate
    detail = " ".join(str(error).split())
    if state is None:
        if not isinstance(error, psycopg.OperationalError):
            return None
        return _("{url} cannot be reached: {error}").format(
            url=strip_secrets(url), error=explain(error)
        )
    names = [code for code in _MESSAGES if state.startswith(code)]
    if not names or state == "42601":
        return None
    text = _MESSAGES[max(names, key=len)]
    return _(text).format(log=strip_secrets(url), error=detail, patience=PATIENCE)


@lru_cache(maxsize=500)
def _convert_sql(sql: str) -> bytes:
    """Convert SQL with values to that of psycopg, which has other placeholders."""
    return _PLACEHOLDER.sub(_placeholder, _qualify(sql)).encode()


def _placeholder(match: "re.Match[str]") -> str:
    if match[0] == "%":
        return "%%"
    return f"%({match[1]})s" if match[1] else "%s"


def _qualify(sql: str) -> str:
    """Return SQL with the schema before the names of our tables and functions, and no hints."""
    return _OWN_NAMES.sub(_with_schema, _HINT.sub("", sql))


def _with_schema(match: "re.Match[str]") -> str:
    return f"{match[1]} {schema.SCHEMA}." if match[1] else f"{schema.SCHEMA}."


def version(con: Connection) -> int | None:
    """Return the version of the tables; `None` if there are none."""
    sql = "SELECT to_regclass('orderwatch.version') IS NOT NULL"
    if not con.fetch(sql)[0][0]:
        return None
    return int(con.fetch("SELECT version FROM version")[0][0])


def exists(url: str, password: str | None = None) -> bool:
    """Return whether there is a log in a database."""
    with translate_errors(url):
        con = Connection(url, password)
        try:
            return version(con) is not None
        finally:
            con.close()


def connect(url: str, password: str | None = None, *, write: bool = False) -> Connection:
    """Connect to a log that exists and that this program can read."""
    with translate_errors(url):
        con = Connection(url, password, write=write)
        try:
            require_log(con)
        except BaseException:
            con.close()
            raise
        return con


def require_log(con: Connection) -> None:
    """Raise `LogError` unless there is a log that this program can read."""
    current = version(con)
    if current is None:
        raise LogError(
            _("there is no log at {url}: `orderwatch init` with this URL creates one").format(
                url=strip_secrets(con.url)
            )
        )
    if current > schema.latest_version():
        raise LogError(
            _("{url} was written by a newer version of orderwatch; update orderwatch").format(
                url=strip_secrets(con.url)
            )
        )
    if current < schema.latest_version():
        raise LogError(
            _(
                "{url} was created by an older version of orderwatch: its owner can "
                "update it with `orderwatch init`"
            ).format(url=strip_secrets(con.url))
        )


def create(
    url: str,
    password: str | None = None,
    owner: Callable[[], str | None] = lambda: None,
    row: Mapping[str, str | None] | None = None,
    fill: Callable[[Connection], None] | None = None,
) -> bool:
    """Create or upgrade a log of an owner; return whether anything had to be done.

    `row` is that of the log itself, and `fill` writes what is in it; without, it is new and
    empty.
    """
    with translate_errors(url):
        con = Connection(url, password)
        try:
            with transaction(con):
                is_new = _create_tables(con, owner, row, fill)
        except psycopg.errors.UniqueViolation:
            # Another program has created the schema at the same time.
            is_new = False
        finally:
            con.close()
        connect(url, password).close()
    return is_new


def _create_tables(
    con: Connection,
    owner: Callable[[], str | None],
    row: Mapping[str, str | None] | None,
    fill: Callable[[Connection], None] | None,
) -> bool:
    current = version(con)
    if current is not None and current < schema.latest_version():
        con.run_script("LOCK TABLE orderwatch.version")
        current = version(con)
    if current is not None and current >= schema.latest_version():
        return False
    row = row or ({} if current else _new_row(owner()))
    con.run_script(schema.create_script(con.database, row, current or 0))
    if fill is not None:
        fill(con)
    return True


def create_script(url: str, owner: str | None = None) -> str:
    """Return the SQL with which an administrator creates a log of an owner."""
    settings = parse_url(url)
    name = settings.get("dbname") or settings.get("user")
    if not name:
        raise UsageError(_("{url}: no database in the URL").format(url=strip_secrets(url)))
    return f"BEGIN;\n{schema.create_script(name, _new_row(owner))}COMMIT;\n"


def _new_row(owner: str | None) -> dict[str, str | None]:
    return {"origin": checkpoint.create_origin(secrets.token_hex(8), owner), "owner": owner}
