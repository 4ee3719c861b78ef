"""Append entries to a log: number, hash, rows and indexes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

from orderwatch.errors import UsageError
from orderwatch.log.formats import tree
from orderwatch.log.formats.jsonl import Line
from orderwatch.log.formats.payload import IndexKey, decode_appointment
from orderwatch.log.reader import entry_count, node_reader, read_authority, uuid_bytes
from orderwatch.log.types import Database
from orderwatch.model.entry import Appointment, Authority, EntryKind, Target
from orderwatch.translation import _

_INDEX_BATCH = 100_000
"""Entries that are added to the search index together; small batches are slow."""


PayloadRow = tuple[int, bytes, int | None, str]
"""Sequence number, salt, day and body."""


@dataclass(slots=True)
class Batch:
    """Rows to be written."""

    first: int
    entries: list[tuple[object, ...]] = field(default_factory=list)
    payloads: dict[int, PayloadRow] = field(default_factory=dict)
    withheld: dict[int, None] = field(default_factory=dict)
    filled: list[int] = field(default_factory=list)
    effects: list[tuple[int, int, str, bool]] = field(default_factory=list)
    redacted: list[int] = field(default_factory=list)
    index_keys: dict[int, IndexKey] = field(default_factory=dict)


class Index(Protocol):
    """Writer of rows and indexes, within one transaction."""

    def write(self, batch: Batch) -> None:
        """Insert the rows of a batch."""

    def index_range(self, after: int, until: int) -> None:
        """Add the entries after one sequence number, up to another, to the search."""

    def redact(self, seq: int) -> None:
        """Delete the payload of an entry and its rows in the indexes."""

    def optimize(self) -> None:
        """Delete what redactions have only marked as deleted."""


IndexFactory = Callable[[Database], Index]


class Appender:
    """Writer of new entries, within one transaction."""

    def __init__(self, con: Database, index: IndexFactory) -> None:
        self.size = entry_count(con)
        self._tree = tree.Frontier(self.size, node_reader(con, self.size))
        self._con = con
        self._index = index(con)
        self._indexed = self.size
        self._batch = Batch(first=self.size + 1)

    @cached_property
    def authority(self) -> Authority:
        """Return whose amendments count now; read at the first amendment."""
        return read_authority(self._con)

    def counts(self, line: Line, target: Target) -> bool:
        """Return whether a line that amends a target would count."""
        return self.authority.allows(line.kind, line.key, target)

    def require_accepted(self, line: Line) -> None:
        """Raise `UsageError` for an appointment that would not count, or change nothing."""
        appointment, authority = appointment_of(line), self.authority
        if appointment is None:
            return
        if authority.owner is None:
            raise UsageError(
                _("the log has no owner: it was created without a key, and nobody can name editors")
            )
        if not authority.accepts(line.key, appointment):
            raise UsageError(
                _("only the owner of the log can do this: the key {owner}").format(
                    owner=authority.owner
                )
            )
        if authority.after(line.key, appointment) == authority:
            raise UsageError(
                _("nothing was recorded: the key {key} has that rank already").format(
                    key=appointment.key
                )
            )

    @property
    def root(self) -> bytes:
        """Return the root of the tree, with the entries that are not written yet."""
        return self._tree.root()

    def append_line(self, line: Line, target: Target | None = None) -> int:
        """Append a line that amends a target, or none; return its sequence number."""
        counts = target is not None and self.counts(line, target)
        uid, kind, _, recorded, raw, leaf, salt, body, index_key, *_ = line
        seq = self.size = self.size + 1
        nodes = self._tree.grow(leaf)
        batch = self._batch
        batch.entries.append((seq, uuid_bytes(uid), recorded, raw, nodes))
        if salt is None or body is None or index_key is None:
            batch.withheld[seq] = None
        else:
            batch.payloads[seq] = (seq, salt, index_key[1] or None, body)
            batch.index_keys[seq] = index_key
        if target is not None:
            batch.effects.append((target.seq, seq, kind.value, counts))
            if counts and kind is EntryKind.REDACTION:
                self._queue_redaction(target.seq)
        if (appointment := appointment_of(line)) is not None:
            self.authority = self.authority.after(line.key, appointment)
        return seq

    def fill(self, seq: int, line: Line) -> None:
        """Append the payload of an entry that was withheld."""
        if line.salt is None or line.body is None or line.index_key is None:
            return
        batch = self._batch
        batch.payloads[seq] = (seq, line.salt, line.index_key[1] or None, line.body)
        batch.index_keys[seq] = line.index_key
        if seq in batch.withheld:
            del batch.withheld[seq]
        else:
            batch.filled.append(seq)

    def write(self, *, more: bool = False) -> None:
        """Write the appended entries and their rows in the indexes.

        If `more` follows, the search index may be updated later.
        """
        batch, indexed = self._batch, self._indexed
        self._batch = Batch(first=self.size + 1)
        self._index.write(batch)
        if not more or batch.redacted or self.size - self._indexed >= _INDEX_BATCH:
            self.flush_index()
        for seq in batch.filled:
            if seq <= indexed:
                self._index.index_range(seq - 1, seq)
        for seq in batch.redacted:
            self._index.redact(seq)

    def flush_index(self) -> None:
        """Add the written entries to the search index."""
        self._index.index_range(self._indexed, self.size)
        self._indexed = self.size

    def optimize_index(self) -> None:
        """Delete what is left of redacted entries in the search index."""
        self._index.optimize()

    def _queue_redaction(self, target: int) -> None:
        # A payload that is still in the batch is never written.
        if target < self._batch.first:
            self._batch.redacted.append(target)
        self._batch.withheld.pop(target, None)
        if target in self._batch.payloads:
            del self._batch.payloads[target], self._batch.index_keys[target]
        if target in self._batch.filled:
            self._batch.filled.remove(target)


def appointment_of(line: Line) -> Appointment | None:
    """Decode the payload of an entry of kind `recorder`."""
    if line.kind is not EntryKind.RECORDER or line.body is None:
        return None
    return decode_appointment(line.body.encode())


def index_rows(index_keys: Mapping[int, IndexKey]) -> list[tuple[object, ...]]:
    """Return the rows of the index of ids, in its order."""
    return sorted(
        (uid, seq, day, affects_status)
        for seq, (ids, day, affects_status) in index_keys.items()
        for uid in ids
    )
