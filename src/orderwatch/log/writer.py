"""Put entries at the end of a log: number, hash, rows, and what they are found by."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

from orderwatch.log.database import Database, Index
from orderwatch.log.formats import tree
from orderwatch.log.formats.jsonl import Line, to_line
from orderwatch.log.formats.payload import IndexKey
from orderwatch.log.reader import node_reader, packed, size
from orderwatch.model.entry import Entry, EntryKind

_ROWS = 1_000
"""Rows of one statement: with triggers, a statement costs as much as ten rows."""
_WORDS = 100_000
"""Entries that the search index takes in at once: often takes much longer."""

MakeIndex = Callable[[Database], Index]


@dataclass(slots=True)
class _Batch:
    """Rows that wait to be written."""

    first: int
    entries: list[tuple[object, ...]] = field(default_factory=list)
    payloads: dict[int, tuple[int, bytes, str]] = field(default_factory=dict)
    effects: list[tuple[int, int, str]] = field(default_factory=list)
    redacted: list[int] = field(default_factory=list)
    lookups: dict[int, IndexKey] = field(default_factory=dict)


class Appender:
    """The end of the log, within one transaction that writes."""

    def __init__(self, con: Database, index: MakeIndex) -> None:
        self.size = size(con)
        self._tree = tree.Frontier(self.size, node_reader(con, self.size))
        self._con = con
        self._index = index(con)
        self._indexed = self.size
        self._batch = _Batch(first=self.size + 1)

    @property
    def root(self) -> bytes:
        """The root of the tree, with what waits to be written."""
        return self._tree.root()

    def add(self, entry: Entry, target: int | None = None) -> int:
        """Place one more entry; `target` is the place of what it names."""
        return self.put(to_line(entry), target)

    def put(self, line: Line, target: int | None = None) -> int:
        """Place one more entry, given as a line."""
        uid, kind, _, raw, leaf, salt, body, place = line
        seq = self.size = self.size + 1
        nodes = self._tree.grow(leaf)
        batch = self._batch
        batch.entries.append((seq, packed(uid), raw, nodes))
        if salt is not None and body is not None and place is not None:
            batch.payloads[seq] = (seq, salt, body)
            batch.lookups[seq] = place
        if target is not None:
            batch.effects.append((target, seq, kind.value))
            if kind is EntryKind.REDACTION:
                self._redact(target)
        return seq

    def write(self, *, more: bool = False) -> None:
        """Write what was placed, and what it is looked up by.

        If `more` follows, the search index can wait for it, or for `finish`.
        """
        batch, con = self._batch, self._con
        self._batch = _Batch(first=self.size + 1)
        _insert(con, "INSERT INTO entry VALUES ", batch.entries)
        _insert(con, "INSERT INTO payload VALUES ", list(batch.payloads.values()))
        _insert(con, "INSERT INTO effect VALUES ", batch.effects)
        _insert(con, "INSERT INTO about VALUES ", _named(batch.lookups))
        if not more or batch.redacted or self.size - self._indexed >= _WORDS:
            self.finish()
        for seq in batch.redacted:
            self._index.redact(seq)

    def finish(self) -> None:
        """Index what was written and not indexed yet."""
        self._index.take(self._indexed, self.size)
        self._indexed = self.size

    def forget(self) -> None:
        """Drop what is left of redacted entries, once all is written."""
        self._index.settle()

    def _redact(self, target: int) -> None:
        # A payload that has not been written yet never is.
        if target < self._batch.first:
            self._batch.redacted.append(target)
        elif target in self._batch.payloads:
            del self._batch.payloads[target], self._batch.lookups[target]


def _named(lookups: Mapping[int, IndexKey]) -> list[tuple[object, ...]]:
    """List the rows of the index of ids, in its order."""
    return sorted(
        (uid, seq, day, bears)
        for seq, (ids, day, bears) in lookups.items()
        for uid in ids
    )


def _insert(con: Database, insert: str, rows: Sequence[tuple[object, ...]]) -> None:
    for start in range(0, len(rows), _ROWS):
        part = rows[start : start + _ROWS]
        one = f"({', '.join('?' * len(part[0]))})"
        sql = insert + ", ".join([one] * len(part))
        con.execute(sql, tuple(chain.from_iterable(part)))
