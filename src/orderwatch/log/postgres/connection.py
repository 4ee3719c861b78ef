"""Connections to PostgreSQL: settled alike, never waiting without end.

A reader that loses the server looks for it anew, since reading twice is reading once.
What writes is for `again`, which knows how to find out what became of it.
"""

import re
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from typing import Any, TypeVar

import psycopg
from psycopg import pq
from psycopg.adapt import Buffer, Loader

from orderwatch.errors import LogError
from orderwatch.log.database import Row, Values
from orderwatch.log.postgres import schema
from orderwatch.log.postgres import search as lexemes
from orderwatch.log.postgres.conninfo import advised, checked
from orderwatch.log_url import strip_secrets

PATIENCE = 30.0
"""Seconds to wait for a server that is away, and for others who write."""
ANSWER = 300.0
"""Seconds to wait for the answer to one statement."""
_PAUSE, _LONGEST = 0.05, 1.0
"""Seconds between the first and between later looks for a server."""

_USUAL = {
    "fallback_application_name": "orderwatch",
    "connect_timeout": "10",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
}
"""What libpq is told unless the address says otherwise, in its own words."""
_SETTLED = (
    "SELECT current_setting('server_encoding'),"
    " set_config('search_path', 'orderwatch, pg_temp', false),"
    " set_config('idle_in_transaction_session_timeout', '300000', false),"
    " set_config('synchronous_commit', CASE current_setting('synchronous_commit')"
    " WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, false)"
)
_BEGIN = (
    "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL lock_timeout = '{0:.0f}ms';"
    " SELECT pg_advisory_xact_lock(1869442151, {1})"
)
"""The number is that by which files of SQLite are known; the lock is the database's."""

_PASSING = re.compile(
    r"refused|No such file|starting up|shutting down|recovery mode|not yet accepting"
    r"|closed the connection|reset by peer|timeout|too many|terminat|interrupted"
)
_AWAY = frozenset({"57P01", "57P02", "57P03", "08000", "08003", "08006"})
_AGAIN = frozenset({"40001", "40P01"})
_WHY = {
    "55P03": "{log} is locked: another program has been writing to it for more than"
    " {patience:.0f} seconds; try again when it is done",
    "25006": "{log} cannot be written: the server is read-only; is it a replica? An"
    " address can name several hosts and target_session_attrs=read-write",
    "42501": "{log}: {error}; the owner of the log can grant the role that reads it, or"
    " the one that writes to it: see docs/shared-log.md",
    "53100": "the server of {log} has no space left; nothing was recorded",
    "53200": "the server of {log} has no memory left; nothing was recorded",
    "53300": "{log} cannot be used now: the server has too many connections",
    "57014": "{log}: the server gave up ({error}); nothing was recorded",
    "25P03": "{log}: the server gave up waiting for this program; nothing was recorded",
    "40": "{log} changed while it was read or written ({error}); try again",
    "42": "{log} is damaged: {error}; restore a copy, or import an export of it into"
    " a new log",
    "54": "{log} cannot hold that: {error}; nothing was recorded",
    "58": "{log} cannot be read or written: the server says: {error}",
    "XX": "{log} is damaged: the server says: {error}; restore a copy, or import an"
    " export of it into a new log",
    "57": "{log} cannot be reached: {error}",
    "08": "{log} cannot be reached: {error}",
    "28": "{log} cannot be reached: {error}",
    "3D": "{log} cannot be reached: {error}",
}
_MARK = re.compile(r"\?|(?<!:):([a-z_]+)|%")
_HINT = re.compile(r" INDEXED BY \w+")
_T = TypeVar("_T")


class _Bytes(Loader):
    """Text and bytes as they are stored."""

    format = pq.Format.BINARY

    def load(self, data: Buffer) -> bytes:
        return bytes(data)


class _Bounded(psycopg.Connection[Row]):
    """A connection that does not wait for ever for a server that does not answer."""

    def wait(self, gen: Generator[Any, Any, Any], *limits: Any, **others: Any) -> Any:  # noqa: ANN401 - as there
        end = time.monotonic() + ANSWER
        return super().wait(self._until(gen, end), *limits, **others)

    def _until(
        self, gen: Generator[Any, Any, Any], end: float
    ) -> Generator[Any, Any, Any]:
        try:
            wanted = next(gen)
            while True:
                ready = yield wanted
                if not ready and time.monotonic() > end:
                    self.pgconn.finish()
                    raise psycopg.OperationalError(
                        f"the server has not answered for {ANSWER:.0f} seconds"
                    )
                wanted = gen.send(ready)
        except StopIteration as done:
            return done.value


class Connection:
    """A log on a server."""

    def __init__(self, url: str, password: str | None = None) -> None:
        self.url = url
        self._settings = {**_usual(), **checked(url), "client_encoding": "utf8"}
        if password is not None:
            self._settings["password"] = password
        self._con = self.connected(time.monotonic() + PATIENCE)

    def close(self) -> None:
        """Close the connection."""
        self._con.close()

    @property
    def database(self) -> str:
        """The name of the database."""
        return self._con.info.dbname

    def execute(self, sql: str, values: Any = ()) -> psycopg.Cursor[Row]:  # noqa: ANN401 - as sqlite3 has it
        """Run a statement; without values, it can be several."""
        if not values:
            return self._con.execute(_plain(sql))
        return self._con.execute(_translated(sql), values, binary=True)

    def executemany(self, sql: str, rows: Iterable[Any]) -> None:
        """Run a statement once for each row."""
        with self._con.cursor(binary=True) as cursor:
            cursor.executemany(_translated(sql), rows)

    def fetch(self, sql: str, values: Values = ()) -> list[Row]:
        """Run a query to its end; outside a transaction, on a new server if need be."""
        end: float | None = None
        while True:
            alone = self._con.info.transaction_status == pq.TransactionStatus.IDLE
            try:
                return self._run(sql, values).fetchall()
            except psycopg.OperationalError as error:
                if not alone or not self.lost(error):
                    raise
                end = end or time.monotonic() + PATIENCE
                if time.monotonic() > end:
                    raise
            self.reconnect(end)

    def _run(self, sql: str, values: Values) -> psycopg.Cursor[Row]:
        if not values:
            return self._con.execute(_plain(sql), binary=True)
        return self._con.execute(_translated(sql), values, binary=True)

    def stream(self, sql: str, values: Values = ()) -> Iterator[Row]:
        """Yield the rows of a long query as they arrive."""
        with self._con.cursor(binary=True) as cursor:
            yield from cursor.stream(_translated(sql), values or None, size=1_000)

    def search(self, text: str) -> list[int]:
        """List the places of the entries that have all words of a text, in order."""
        query = lexemes.query(text)
        if query is None:
            return []
        sql = "SELECT seq FROM lexemes WHERE words @@ CAST(? AS tsquery) ORDER BY seq"
        return [place for (place,) in self.fetch(sql, (query,))]

    def lost(self, error: psycopg.Error) -> bool:
        """Tell whether an error means that the server went away, and may be back."""
        return self._con.closed or error.sqlstate in _AWAY

    def reconnect(self, end: float) -> None:
        """Look for the server anew."""
        with suppress(psycopg.Error):
            self._con.close()
        self._con = self.connected(end)

    def connected(self, end: float) -> _Bounded:
        """Connect and settle, trying again until an instant of the monotonic clock."""
        pause = _PAUSE
        while True:
            con = None
            try:
                con = _Bounded.connect(autocommit=True, **self._settings)  # type: ignore[arg-type]
                _settle(con)
            except psycopg.OperationalError as error:
                if con is not None:
                    con.close()
                passing = error.sqlstate in _AWAY or _PASSING.search(str(error))
                if not passing or time.monotonic() + pause > end:
                    raise
            except BaseException:
                if con is not None:
                    con.close()
                raise
            else:
                return con
            time.sleep(pause)
            pause = min(2 * pause, _LONGEST)


def _usual() -> dict[str, str]:
    """Give what is usual, where neither environment nor service says otherwise."""
    said = {one.keyword.decode() for one in pq.Conninfo.get_defaults() if one.val}
    return {key: value for key, value in _USUAL.items() if key not in said}


def _settle(con: _Bounded) -> None:
    con.adapters.register_loader("text", _Bytes)
    con.adapters.register_loader("name", _Bytes)
    con.adapters.register_loader("bytea", _Bytes)
    [[encoding, *_]] = con.execute(_SETTLED, binary=True).fetchall()
    if encoding != b"UTF8":
        raise LogError(
            f"the database {con.info.dbname} is kept in {encoding.decode()}: a log"
            " needs one in UTF8 (CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0)"
        )


@contextmanager
def transaction(con: Connection, lock: int = 1) -> Iterator[None]:
    """Write all or nothing, alone among those who take the same lock."""
    try:
        con.execute(_BEGIN.format(1_000 * PATIENCE, lock))
        yield
        con.execute("COMMIT")
    except BaseException:
        with suppress(psycopg.Error):
            con.execute("ROLLBACK")
        raise


def again(con: Connection, work: Callable[[bool], _T], unsure: str) -> _T:
    """Do work that writes; if the server is lost, find it and do the work again.

    `work` is told whether it was begun before, and then has to look for what it may
    have done. `unsure` says what nobody knows if it cannot look.
    """
    end: float | None = None
    begun, pause = False, _PAUSE
    while True:
        try:
            return work(begun)
        except psycopg.Error as error:
            gone = con.lost(error)
            begun = begun or gone
            # The work may have gone on for hours before.
            end = end or time.monotonic() + PATIENCE
            if not gone and error.sqlstate not in _AGAIN:
                if begun and _told(con.url, error):
                    raise _away(con, error, unsure) from error
                raise
            if time.monotonic() + pause > end:
                raise _away(con, error, unsure if begun else "") from error
            time.sleep(pause)
            pause = min(2 * pause, _LONGEST)
            if gone:
                try:
                    con.reconnect(end)
                except psycopg.Error as problem:
                    raise _away(con, problem, unsure) from problem


def _away(con: Connection, error: psycopg.Error, unsure: str) -> LogError:
    text = f"{_told(con.url, error) or error}"
    return LogError(f"{text}; {unsure}" if unsure else text)


@contextmanager
def told(url: str) -> Iterator[None]:
    """Turn what a user can cause into a `LogError`; let bugs pass."""
    try:
        yield
    except psycopg.Error as error:
        text = _told(url, error)
        if text is None:
            raise
        raise LogError(text) from error


def _told(url: str, error: psycopg.Error) -> str | None:
    state = error.sqlstate
    said = " ".join(str(error).split())
    if state is None:
        if not isinstance(error, psycopg.OperationalError):
            return None
        return f"{strip_secrets(url)} cannot be reached: {advised(error)}"
    names = [known for known in _WHY if state.startswith(known)]
    if not names or state == "42601":
        return None
    text = _WHY[max(names, key=len)]
    return text.format(log=strip_secrets(url), error=said, patience=PATIENCE)


@lru_cache(maxsize=500)
def _translated(sql: str) -> bytes:
    """Write SQL as psycopg reads it: other marks for values, no hints."""
    return _MARK.sub(_mark, _HINT.sub("", sql)).encode()


def _mark(found: "re.Match[str]") -> str:
    if found[0] == "%":
        return "%%"
    return f"%({found[1]})s" if found[1] else "%s"


def _plain(sql: str) -> bytes:
    return _HINT.sub("", sql).encode()


def version(con: Connection) -> int | None:
    """Read the version of the tables; `None` if there are none."""
    sql = "SELECT to_regclass('orderwatch.version') IS NOT NULL"
    if not con.fetch(sql)[0][0]:
        return None
    return int(con.fetch("SELECT version FROM version")[0][0])


def opened(url: str, password: str | None = None) -> Connection:
    """Connect to a log that is there, and that this program can read."""
    with told(url):
        con = Connection(url, password)
        try:
            expect(con)
        except BaseException:
            con.close()
            raise
        return con


def expect(con: Connection) -> None:
    """Raise `LogError` unless there is a log that this program can read."""
    found = version(con)
    if found is None:
        raise LogError(
            f"there is no log at {strip_secrets(con.url)}: "
            "`orderwatch init` with this address makes one"
        )
    if found > schema.latest():
        raise LogError(
            f"{strip_secrets(con.url)} was written by a newer version of orderwatch; "
            "update"
            " orderwatch"
        )
    if found < schema.latest():
        raise LogError(
            f"{strip_secrets(con.url)} was made by an older version of orderwatch: "
            "its owner "
            "brings it up to date with `orderwatch init`"
        )
