"""Verify a log in SQLite: its entries, its tables, and the file."""

import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

from orderwatch.log.database import fetch
from orderwatch.log.reader import size
from orderwatch.log.sqlite import connection, schema
from orderwatch.log.sqlite.connection import Connection
from orderwatch.log.types import VerificationReport
from orderwatch.log.verify import (
    DAY_BITS,
    Mismatch,
    Verifier,
    check_name,
    check_orphans,
    redacted_after,
)
from orderwatch.model import TreeHead

_TABLES = (
    "SELECT name, sql FROM sqlite_schema WHERE type IN (SELECT value FROM json_each(?))"
    " AND name NOT LIKE 'words^_%' ESCAPE '^'"
)
# As one text for each id: a million numbers are written in a tenth of the time that it
# takes to fetch them one by one. The bounds of a day are checked with the file.
_INDEX = (
    f"SELECT id, group_concat((seq << {DAY_BITS}) + (day << 1) + bears)"  # noqa: S608 - ours
    " FROM about WHERE seq <= ? GROUP BY id"
)


def verify(
    con: Connection,
    path: Path,
    checkpoints: Sequence[TreeHead],
    progress: Callable[[int], None],
) -> VerificationReport:
    """Verify a store; entries that arrive meanwhile wait for the next time."""
    until = size(con)
    verifier = Verifier(checkpoints)
    with _file_check(path if until else None) as file_check:
        try:
            _check_tables(con, "table", "view")
            verifier.verify_entries(con, until, progress)
            verifier.finish(redacted_after(con, until))
            verifier.compare_effects(con)
            check_orphans(con)
            index = fetch(con, _INDEX, (until,))
            verifier.compare_index(index, redacted_after(con, until))
            file_check.result()
            check_name(con, made=path.exists())
            _check_tables(con, "trigger")
        except Mismatch as problem:
            return verifier.report(problem)
        except (AttributeError, TypeError, ValueError):
            # What no column of its table can hold: SQLite tells where it is.
            try:
                file_check.result()
            except Mismatch as problem:
                return verifier.report(problem)
            raise
    return verifier.report()


@contextmanager
def _file_check(path: Path | None) -> Iterator[Future[None]]:
    """Let SQLite check a file in a thread beside this one, which it hardly holds up."""
    if path is None:
        done = Future[None]()
        done.set_result(None)
        yield done
        return
    with closing(connection.open_reader(path)) as con, ThreadPoolExecutor(1) as pool:
        try:
            yield pool.submit(_check_file, con)
        finally:
            con.interrupt()


def _check_file(con: Connection) -> None:
    found = fetch(con, "PRAGMA integrity_check(1)")[0][0]
    if found != b"ok":
        raise Mismatch(f"the file is damaged: {found.decode(errors='replace')}")


def _check_tables(con: Connection, *types: str) -> None:
    """Compare what the file says of its own tables with what it was made with."""
    values = (json.dumps(types),)
    with closing(connection.open_empty(schema.version(con))) as new:
        made = set(fetch(new, _TABLES, values))
    if wrong := made ^ set(fetch(con, _TABLES, values)):
        name = min(wrong)[0].decode()
        raise Mismatch(f"the file was altered: {name} is not as it was made")
