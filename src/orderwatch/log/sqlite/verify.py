"""Verify a log in SQLite: its entries, its tables, and the file."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

from orderwatch.log.reader import entry_count, first_authority
from orderwatch.log.sqlite import connection
from orderwatch.log.sqlite.connection import Connection
from orderwatch.log.verify import (
    DAY_BITS,
    VerificationError,
    Verifier,
    check_origin,
    check_orphans,
    redacted_after,
    withheld_seqs,
)
from orderwatch.model import TreeHead
from orderwatch.model.entry import VerificationReport
from orderwatch.translation import _

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
    until, withheld = entry_count(con), withheld_seqs(con)
    verifier = Verifier(checkpoints, first_authority(con))
    with _file_check(path if until else None) as file_check:
        try:
            check_origin(con, exists=path.exists())
            verifier.verify_entries(con, until, progress)
            verifier.finish(redacted_after(con, until), withheld)
            verifier.compare_effects(con)
            check_orphans(con)
            index = con.stream(_SELECT_INDEX, (until,))
            verifier.compare_index(index, redacted_after(con, until))
            file_check.result()
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
        raise VerificationError(
            _("the file is damaged: {message}").format(message=message.decode(errors="replace"))
        )
