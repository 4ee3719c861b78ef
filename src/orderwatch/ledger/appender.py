"""Put entries at the end of a log in SQLite: number, hash, rows, indexes."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain

from orderwatch.ledger import tree
from orderwatch.ledger.connection import fetch
from orderwatch.ledger.counts import Counts
from orderwatch.ledger.entry import Entry, EntryKind
from orderwatch.ledger.exchange import Line, taken
from orderwatch.ledger.payload import Lookup, lookup

ID_SIZE = 16
"""Bytes of an id."""
_ROWS = 1_000
"""Rows of one statement: with triggers, a statement costs as much as ten rows."""
_WORDS = 100_000
"""Entries that the search index takes in at once: often takes much longer."""


class Words:
    """The search index, within one transaction that writes."""

    def __init__(self, con: sqlite3.Connection, until: int) -> None:
        self.until = until
        """The place up to which it has the entries."""
        self._con = con

    def take(self, until: int) -> None:
        """Take in what was written up to a place."""
        self._con.execute(
            "INSERT INTO words (rowid, text) SELECT seq, text FROM said"
            " WHERE seq > ? AND seq <= ?",
            (self.until, until),
        )
        self.until = until


@dataclass(slots=True)
class Batch:
    """Rows that wait to be written."""

    first: int
    counts: Counts
    words: Words
    entries: list[tuple[object, ...]] = field(default_factory=list)
    payloads: dict[int, tuple[int, bytes, str]] = field(default_factory=dict)
    effects: list[tuple[int, int, str]] = field(default_factory=list)
    redacted: list[int] = field(default_factory=list)
    lookups: dict[int, Lookup] = field(default_factory=dict)


class Appender:
    """The end of the log, within one transaction that writes."""

    def __init__(self, con: sqlite3.Connection) -> None:
        self.size = size(con)
        self._tree = tree.Frontier(self.size, lambda *node: read_node(con, *node))
        self._con = con
        self._counts = Counts(con)
        self._words = Words(con, self.size)
        self._batch = self._empty()

    @property
    def root(self) -> bytes:
        """The root of the tree, with what waits to be written."""
        return self._tree.root()

    def add(self, entry: Entry, target: int | None = None) -> int:
        """Place one more entry; `target` is the place of what it names."""
        return self.put(taken(entry), target)

    def put(self, line: Line, target: int | None = None) -> int:
        """Place one more entry, given as a line."""
        uid, kind, _, raw, salt, body, place = line
        seq = self.size = self.size + 1
        nodes = self._tree.grow(tree.leaf_hash(raw.encode()))
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

    def take(self) -> Batch:
        """Hand over what waits to be written."""
        batch, self._batch = self._batch, self._empty()
        return batch

    def finish(self) -> None:
        """Index what was written and not indexed yet."""
        self._words.take(self.size)

    def forget(self) -> None:
        """Drop what is left of redacted entries, once all is written."""
        self._counts.settle()
        # The search index only marks what is deleted.
        self._con.execute("INSERT INTO words (words) VALUES ('optimize')")

    def _empty(self) -> Batch:
        return Batch(first=self.size + 1, counts=self._counts, words=self._words)

    def _redact(self, target: int) -> None:
        # A payload that has not been written yet never is.
        if target < self._batch.first:
            self._batch.redacted.append(target)
        elif target in self._batch.payloads:
            del self._batch.payloads[target], self._batch.lookups[target]


def write(con: sqlite3.Connection, batch: Batch, *, more: bool = False) -> None:
    """Write the rows of a batch, and what they are looked up by.

    If `more` follows, the search index can wait for it, or for `finish`.
    """
    counts, words = batch.counts, batch.words
    _insert(con, "INSERT INTO entry VALUES ", batch.entries)
    _insert(con, "INSERT INTO payload VALUES ", list(batch.payloads.values()))
    _insert(con, "INSERT INTO effect VALUES ", batch.effects)
    _insert(con, "INSERT INTO about VALUES ", counts.add(batch.lookups.items()))
    last = batch.first + len(batch.entries) - 1
    if not more or batch.redacted or last - words.until >= _WORDS:
        words.take(last)
    for target, seq, kind in batch.effects:
        if kind != EntryKind.REDACTION:
            counts.undo(_ids(con, target), target, seq)
    for seq in batch.redacted:
        _remove(con, counts, seq)


def packed(uid: str) -> bytes:
    """Give the 16 bytes of an id."""
    return bytes.fromhex(uid.replace("-", ""))


def size(con: sqlite3.Connection) -> int:
    """Count the entries."""
    return int(fetch(con, "SELECT coalesce(max(seq), 0) FROM entry")[0][0])


def read_node(con: sqlite3.Connection, level: int, index: int) -> bytes:
    """Read a complete subtree, from the entry that completed it."""
    rows = fetch(
        con,
        "SELECT substr(nodes, ?, ?) FROM entry WHERE seq = ?",
        (level * tree.HASH_SIZE + 1, tree.HASH_SIZE, (index + 1) << level),
    )
    return bytes(rows[0][0]) if rows else b""


def _insert(
    con: sqlite3.Connection, insert: str, rows: Sequence[tuple[object, ...]]
) -> None:
    for start in range(0, len(rows), _ROWS):
        part = rows[start : start + _ROWS]
        one = f"({', '.join('?' * len(part[0]))})"
        sql = insert + ", ".join([one] * len(part))
        con.execute(sql, tuple(chain.from_iterable(part)))


def _remove(con: sqlite3.Connection, counts: Counts, seq: int) -> None:
    con.execute(
        "INSERT INTO words (words, rowid, text)"
        " SELECT 'delete', seq, text FROM said WHERE seq = ?",
        (seq,),
    )
    counts.remove(_ids(con, seq), seq)
    con.execute("DELETE FROM payload WHERE seq = ?", (seq,))


def _ids(con: sqlite3.Connection, seq: int) -> tuple[str, ...]:
    rows = fetch(con, "SELECT CAST(body AS BLOB) FROM payload WHERE seq = ?", (seq,))
    return lookup(rows[0][0]).ids if rows else ()
