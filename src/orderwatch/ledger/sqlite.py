"""A log in one SQLite file."""

import re
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Self

from orderwatch.errors import LogError, UsageError
from orderwatch.ledger import (
    appender,
    connection,
    exchange,
    query,
    tallies,
    tree,
    verify,
)
from orderwatch.ledger.appender import Appender
from orderwatch.ledger.bulk import Importer, locate
from orderwatch.ledger.connection import fetch, told, transaction
from orderwatch.ledger.entry import Effect, Entry, EntryKind, Recorded
from orderwatch.ledger.store import (
    Imported,
    Placed,
    Report,
    Selection,
    Tally,
    missing,
)
from orderwatch.model import Attachment, LogHead

_NUMBER = re.compile(r"[1-9][0-9]{0,17}")
_BEGINNING = re.compile(r"[0-9a-f-]{4,36}")
"""A shorter one would let a slip such as `0` name the only entry."""
_EVERYTHING = Selection()


def _silent(_done: int) -> None:
    """Show no progress."""


class SqliteLog:
    """Entries in their order, their payloads and their tree.

    A log that need not exist reads as empty; the first entry makes its file.
    """

    def __init__(
        self, path: Path, *, write: bool = False, must_exist: bool = True
    ) -> None:
        self.path = path
        self._write = write
        self._in_file = True
        self._con = self._connect(must_exist=must_exist)

    def _connect(self, *, must_exist: bool) -> sqlite3.Connection:
        open_file = connection.writer if self._write else connection.reader
        with told(self.path):
            try:
                return open_file(self.path)
            except (FileNotFoundError, NotADirectoryError):
                if must_exist:
                    raise missing(self.path) from None
        self._in_file = False
        return connection.empty()

    def __enter__(self) -> Self:
        """Give itself; the file is closed at the end."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the file."""
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._con.close()

    # Reading

    def head(self) -> LogHead:
        """Give size, root and name."""
        with told(self.path):
            size = appender.size(self._con)
            rows = fetch(self._con, "SELECT origin FROM log")
            origin = rows[0][0].decode() if rows else None
            return LogHead(size=size, root=tree.root(size, self.node), origin=origin)

    def node(self, level: int, index: int) -> bytes:
        """Read a complete subtree of the tree: what proofs are made of."""
        with told(self.path):
            return appender.read_node(self._con, level, index)

    def find(self, name: str) -> int:
        """Find the place of an entry by its number or the beginning of its id."""
        with told(self.path):
            if _NUMBER.fullmatch(name):
                if int(name) > (size := appender.size(self._con)):
                    raise UsageError(f"there is no entry {name}: the log has {size}")
                return int(name)
            places = self._beginning(name.lower())
        if len(places) != 1:
            how = "more than one entry begins" if places else "no entry begins"
            raise UsageError(
                f"{how} with {name!r}: give its number or at least 4 characters of its "
                "id; `orderwatch log list` shows all"
            )
        return places[0]

    def _beginning(self, name: str) -> list[int]:
        if not _BEGINNING.fullmatch(name):
            return []
        digits = name.replace("-", "")
        first, last = (bytes.fromhex(digits.ljust(32, end)) for end in "0f")
        sql = "SELECT seq FROM entry WHERE id BETWEEN ? AND ? LIMIT 2"
        return [seq for (seq,) in fetch(self._con, sql, (first, last))]

    def get(self, seq: int) -> Recorded:
        """Read the entry at a place that `find` gave."""
        with told(self.path):
            return query.one(self._con, seq)

    def history(self, wanted: Selection = _EVERYTHING) -> Iterator[Recorded]:
        """Yield every entry that is wanted, also what later ones corrected."""
        with told(self.path):
            size = appender.size(self._con)
            yield from query.recorded(self._con, size, wanted)

    def current(self, wanted: Selection = _EVERYTHING) -> Iterator[Recorded]:
        """Yield the events that count: not corrected, retracted or redacted."""
        return (one for one in self.history(wanted) if one.counts)

    def tally(
        self,
        ids: Collection[str],
        *,
        until: date,
        known_on: date | None = None,
        size: int | None = None,
    ) -> dict[str, Tally]:
        """Count the events that count and do not bear on a status, for each id.

        Of what had happened by the end of `until`, among the first `size` entries.
        """
        with told(self.path):
            places = appender.size(self._con) if size is None else size
            return tallies.tally(self._con, ids, until, known_on, places)

    def attachments(self) -> Iterator[tuple[int, Attachment]]:
        """Yield each kept file that an entry names, and the entry's place."""
        with told(self.path):
            for seq in query.with_attachments(self._con):
                event = query.one(self._con, seq).event
                for file in event.attachments if event else ():
                    yield seq, file

    def export(self) -> Iterator[bytes]:
        """Yield each entry as a line."""
        with told(self.path):
            size = appender.size(self._con)
            for raw, salt, payload in query.raw(self._con, size):
                yield exchange.line(raw, salt, payload)

    def verify(
        self,
        checkpoints: Sequence[LogHead] = (),
        progress: Callable[[int], None] = _silent,
    ) -> Report:
        """Compute everything anew, and compare with what is stored."""
        with told(self.path):
            return verify.verify(self._con, self.path, checkpoints, progress)

    # Writing

    def ensure(self) -> None:
        """Make the file, if there is none."""
        if not self._write:
            raise LogError(f"{self.path} was opened to read only")
        # Another program can have made the file since this one looked.
        if not self._in_file:
            with told(self.path):
                connection.create(self.path)
                made = connection.writer(self.path)
            self._con.close()
            self._con, self._in_file = made, True

    def append(self, entry: Entry) -> Placed:
        """Keep one more entry for good; a redaction removes its target's payload.

        Raises `UsageError` if what it names cannot be corrected, retracted or
        redacted.
        """
        self.ensure()
        with told(self.path), transaction(self._con):
            end = Appender(self._con)
            target = self._target(entry)
            seq = end.add(entry, target)
            appender.write(self._con, end.take())
            redacts = entry.header.kind is EntryKind.REDACTION
            if redacts:
                end.forget()
            leaf = tree.leaf_hash(entry.raw)
            placed = Placed(seq=seq, leaf=leaf, size=end.size, root=end.root)
        if redacts:
            self.scrub()
        return placed

    def append_many(
        self, lines: Iterable[bytes], progress: Callable[[int], None] = _silent
    ) -> Imported:
        """Keep every entry of an export that is not there yet: all or none."""
        self.ensure()
        with told(self.path), transaction(self._con):
            importer = Importer(self._con, progress)
            done = importer.run(lines)
        if importer.redacts:
            self.scrub()
        return done

    def scrub(self) -> None:
        """Write the file anew, without what redacted payloads may have left in it.

        SQLite overwrites what is deleted, but not the copies that it made before,
        when it moved a row to another page.
        """
        with told(self.path):
            self._con.execute("VACUUM")

    def _target(self, entry: Entry) -> int | None:
        header = entry.header
        if header.target is None:
            return None
        found = locate(self._con, header.target)
        if found is None:
            raise UsageError(f"there is no entry {header.target}")
        seq, kind = found
        if not header.kind.may_name(kind):
            raise UsageError(
                f"entry {seq} is a {kind}: only events and corrections can be"
                " corrected or retracted"
            )
        target = query.one(self._con, seq)
        if header.kind is EntryKind.REDACTION:
            if target.redacted:
                raise UsageError(f"entry {seq} was redacted already")
        elif target.effects:
            raise UsageError(_done(seq, target.effects[-1]))
        return seq


def _done(seq: int, effect: Effect) -> str:
    done = {
        EntryKind.CORRECTION: "corrected by entry {}: name that one instead",
        EntryKind.RETRACTION: "retracted by entry {}",
        EntryKind.REDACTION: "redacted by entry {}",
    }
    return f"entry {seq} was {done[effect.kind].format(effect.seq)}"
