"""A log in tables, whichever engine keeps them: what is the same for all."""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import date
from typing import TYPE_CHECKING

from orderwatch.errors import UsageError
from orderwatch.log import reader
from orderwatch.log.database import Con, Connected, fetch
from orderwatch.log.formats import jsonl, tree
from orderwatch.log.importer import Importer
from orderwatch.log.reader import locate
from orderwatch.log.types import (
    Appended,
    EntryFilter,
    EventCount,
    ImportResult,
    VerificationReport,
)
from orderwatch.log.writer import Appender, MakeIndex
from orderwatch.model import Attachment, TreeHead
from orderwatch.model.entry import Effect, Entry, EntryKind, StoredEntry

if TYPE_CHECKING:
    from orderwatch.log.outbox import Recipient, RecipientState, SentReminder

_NUMBER = re.compile(r"[1-9][0-9]{0,17}")
_BEGINNING = re.compile(r"[0-9a-f-]{4,36}")
"""A shorter one would let a slip such as `0` name the only entry."""
_EVERYTHING = EntryFilter()


def silent(_done: int) -> None:
    """Show no progress."""


class SqlLog(Connected[Con], ABC):
    """Entries in their order, their payloads and their tree."""

    _index: MakeIndex

    @abstractmethod
    def ensure(self) -> None:
        """Make the log, if there may be none."""

    @abstractmethod
    def append(self, entry: Entry) -> Appended:
        """Keep one more entry for good; a redaction removes its target's payload.

        Raises `UsageError` if what it names cannot be corrected, retracted or
        redacted.
        """

    @abstractmethod
    def append_many(
        self, lines: Iterable[bytes], progress: Callable[[int], None] = silent
    ) -> ImportResult:
        """Keep every entry of an export that is not there yet: all or none."""

    @abstractmethod
    def verify(
        self,
        checkpoints: Sequence[TreeHead] = (),
        progress: Callable[[int], None] = silent,
    ) -> VerificationReport:
        """Compute everything anew, and compare with what is stored."""

    @abstractmethod
    def _told(self) -> AbstractContextManager[None]:
        """Turn what a user can cause into a `LogError`; let bugs pass."""

    # Reading

    def head(self) -> TreeHead:
        """Give size, root and name."""
        with self._told():
            size = reader.size(self._con)
            rows = fetch(self._con, "SELECT origin FROM log")
            origin = rows[0][0].decode() if rows else None
            root = tree.root(size, reader.node_reader(self._con, size))
            return TreeHead(size=size, root=root, origin=origin)

    def node(self, level: int, index: int) -> bytes:
        """Read a complete subtree of the tree: what proofs are made of."""
        with self._told():
            return reader.read_node(self._con, level, index)

    def find(self, name: str) -> int:
        """Find the place of an entry by its number or the beginning of its id."""
        with self._told():
            if _NUMBER.fullmatch(name):
                if int(name) > (size := reader.size(self._con)):
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

    def get(self, seq: int) -> StoredEntry:
        """Read the entry at a place that `find` gave."""
        with self._told():
            return reader.one(self._con, seq)

    def some(self, places: Collection[int]) -> list[StoredEntry]:
        """Read the entries at places that `tally` gave, all at once."""
        with self._told():
            return reader.some(self._con, places)

    def history(self, wanted: EntryFilter = _EVERYTHING) -> Iterator[StoredEntry]:
        """Yield every entry that is wanted, also what later ones corrected."""
        with self._told():
            size = reader.size(self._con)
            yield from reader.recorded(self._con, size, wanted)

    def current(self, wanted: EntryFilter = _EVERYTHING) -> Iterator[StoredEntry]:
        """Yield the events that count: not corrected, retracted or redacted."""
        return (one for one in self.history(wanted) if one.is_effective)

    def tally(
        self,
        ids: Collection[str],
        *,
        until: date,
        known_on: date | None = None,
        size: int | None = None,
    ) -> dict[str, EventCount]:
        """Count the events that count and do not bear on a status, for each id.

        Of what had happened by the end of `until`, among the first `size` entries.
        """
        with self._told():
            places = reader.size(self._con) if size is None else size
            return reader.tally(self._con, ids, until, known_on, places)

    def attachments(self) -> Iterator[tuple[int, Attachment]]:
        """Yield each kept file that an entry names, and the entry's place."""
        with self._told():
            for seq in reader.with_attachments(self._con):
                event = reader.one(self._con, seq).event
                for file in event.attachments if event else ():
                    yield seq, file

    def recipient_state(self, recipient: "Recipient") -> "RecipientState":
        """Return the state of a recipient of reminders."""
        from orderwatch.log.outbox import read_state

        with self._told():
            return read_state(self._con, recipient)

    def sent_reminders(self) -> "tuple[SentReminder, ...]":
        """Return all sent reminders, the oldest first."""
        from orderwatch.log.outbox import read_sent

        with self._told():
            return read_sent(self._con)

    def export(self) -> Iterator[bytes]:
        """Yield each entry as a line."""
        with self._told():
            size = reader.size(self._con)
            for raw, salt, payload in reader.raw(self._con, size):
                yield jsonl.encode_line(raw, salt, payload)

    # Writing, within a transaction

    def _put(self, entry: Entry) -> Appended:
        end = Appender(self._con, self._index)
        seq = end.add(entry, self._target(entry))
        end.write()
        if entry.header.kind is EntryKind.REDACTION:
            end.forget()
        leaf = tree.leaf_hash(entry.raw)
        return Appended(seq=seq, leaf=leaf, size=end.size, root=end.root)

    def _importer(self, progress: Callable[[int], None]) -> Importer:
        return Importer(self._con, self._index, progress)

    def _target(self, entry: Entry) -> int | None:
        header = entry.header
        if header.target is None:
            return None
        found = locate(self._con, header.target)
        if found is None:
            raise UsageError(f"there is no entry {header.target}")
        seq, kind = found
        if not header.kind.can_target(kind):
            raise UsageError(
                f"entry {seq} is a {kind}: only events and corrections can be"
                " corrected or retracted"
            )
        target = reader.one(self._con, seq)
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
