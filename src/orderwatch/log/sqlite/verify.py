"""Verify a log in SQLite: its entries, its tables, and the file."""

import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

from orderwatch.log.reader import entry_count
from orderwatch.log.sqlite import connection, schema
from orderwatch.log.sqlite.connection import Connection
from orderwatch.log.types import VerificationReport
from orderwatch.log.verify import (
    DAY_BITS,
    VerificationError,
    Verifier,
    check_origin,
    check_orphans,
    redacted_after,
)
from orderwatch.model import TreeHead

_SELECT_DEFINITIONS = (
    "SELECT name, sql FROM sqlite_schema WHERE type IN (SELECT value FROM json_each(?))"
    " AND name NOT LIKE 'search^_%' ESCAPE '^'"
)
# One text per id: ten times faster than a million rows. `integrity_check` checks the
# bounds of a day.
_SELECT_INDEX = (
    f"SELECT id, group_concat((seq << {DAY_BITS}) + (day << 1) + affects_status)"  # noqa: S608 - ours
    " FROM event_subject WHERE seq <= ? GROUP BY id"
)


def verify(
    con: Connection,
    path: Path,
    checkpoints: Sequence[TreeHead],
    progress: Callable[[int], None],
) -> VerificationReport:
    """Verify the entries that a log has now; later ones are not verified."""
    until = entry_count(con)
    verifier = Verifier(checkpoints)
    with _file_check(path if until else None) as file_check:
        try:
            _check_definitions(con, "table", "view")
            verifier.verify_entries(con, until, progress)
            verifier.finish(redacted_after(con, until))
            verifier.compare_effects(con)
            check_orphans(con)
            index = con.fetch(_SELECT_INDEX, (until,))
            verifier.compare_index(index, redacted_after(con, until))
            file_check.result()
            check_origin(con, exists=path.exists())
            _check_definitions(con, "trigger")
        except VerificationError as problem:
            return verifier.report(problem)
        except (AttributeError, TypeError, ValueError):
            # Values that no column of the table can hold: `integrity_check` names them.
            try:
                file_check.result()
            except VerificationError as problem:
                return verifier.report(problem)
            raise
    return verifier.report()


@contextmanager
def _file_check(path: Path | None) -> Iterator[Future[None]]:
    """Run the integrity check of SQLite in a thread; it holds no lock of Python."""
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
    message = con.fetch("PRAGMA integrity_check(1)")[0][0]
    if message != b"ok":
        raise VerificationError(f"the file is damaged: {message.decode(errors='replace')}")


def _check_definitions(con: Connection, *types: str) -> None:
    """Compare the SQL of the stored tables with that of a new log."""
    values = (json.dumps(types),)
    with closing(connection.open_empty(schema.version(con))) as new:
        expected = set(new.fetch(_SELECT_DEFINITIONS, values))
    if wrong := expected ^ set(con.fetch(_SELECT_DEFINITIONS, values)):
        name = min(wrong)[0].decode()
        raise VerificationError(f"the file was altered: {name} is not as it was made")
