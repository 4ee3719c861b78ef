"""Compare the index of ids, and its running counts, with what the entries hold."""

import sqlite3
from array import array
from collections.abc import Collection, Iterator
from itertools import groupby
from operator import itemgetter

from orderwatch.ledger.connection import Row, fetch
from orderwatch.ledger.counts import NONE, following
from orderwatch.ledger.payload import lookup
from orderwatch.ledger.walk import Mismatch

_ABOUT = (
    "SELECT id, seq, day, bears, nth, last FROM about WHERE seq <= ? ORDER BY id, seq"
)
_UNDONE = "SELECT id, seq, target, nth FROM undone WHERE seq <= ? ORDER BY id, seq"
_LATER = "SELECT target FROM effect WHERE kind = 'redaction' AND seq > ?"
_DAY_BITS = 23
"""Of a day and whether it bears; a place stands above them."""


class Recount:
    """What the index should hold: for each id, what names it, packed into numbers."""

    def __init__(self) -> None:
        self._seen: dict[bytes, array[int]] = {}

    def take(self, seq: int, body: bytes) -> None:
        """Note what an entry names."""
        ids, day, bears = lookup(body)
        row = seq << _DAY_BITS | day << 1 | bears
        for uid in ids:
            name = uid.encode()
            if name not in self._seen:
                self._seen[name] = array("q")
            self._seen[name].append(row)

    def compare(
        self, con: sqlite3.Connection, until: int, effects: Collection[tuple[int, int]]
    ) -> None:
        """Raise `Mismatch` if the index of the first `until` entries is another.

        `effects` are the places of what a later entry touched, and of that entry.
        """
        first: dict[int, int] = {}
        for target, seq in effects:
            first[target] = min(seq, first.get(target, seq))
        # What is redacted meanwhile goes from the index and the counts at once.
        fetch(con, "BEGIN")
        try:
            gone = {target for (target,) in fetch(con, _LATER, (until,))}
            undone: list[Row] = []
            for uid, rows in groupby(con.execute(_ABOUT, (until,)), itemgetter(0)):
                undone += self._compare_id(uid, rows, first, gone)
            for rest in self._seen.values():
                _check_same(array("q"), rest, gone)
            _check_undone(undone, con.execute(_UNDONE, (until,)).fetchall())
        finally:
            con.execute("COMMIT")

    def _compare_id(
        self, uid: bytes, rows: Iterator[Row], first: dict[int, int], gone: set[int]
    ) -> list[Row]:
        """Compare what names an id; list what should be counted as undone of it."""
        count, found, touched = NONE, array("q"), []
        wrong = None
        for _, seq, day, bears, nth, last in rows:
            found.append(seq << _DAY_BITS | day << 1 | bears)
            if not bears and seq in first:
                touched.append((first[seq], seq))
            count = following(count, (seq, day, bears))
            if wrong is None and (nth != count[0] or last != count[1]):
                wrong = seq
        _check_same(found, self._seen.pop(uid, array("q")), gone)
        if wrong is not None:
            raise Mismatch("the running count of what it names is wrong", wrong)
        touched.sort()
        return [(uid, *pair, nth) for nth, pair in enumerate(touched, start=1)]


def _check_same(found: "array[int]", seen: "array[int]", gone: set[int]) -> None:
    if found == seen:
        return
    for wrong in sorted(set(found) ^ set(seen)):
        seq = wrong >> _DAY_BITS
        if wrong in seen and seq in gone:
            continue
        what = "lacks one that it holds" if wrong in seen else "has what it does not"
        raise Mismatch(f"the index of ids {what}", seq)


def _check_undone(expected: list[Row], found: list[Row]) -> None:
    if wrong := set(expected) ^ set(found):
        seq = min(row[1] for row in wrong)
        raise Mismatch("the count of what it undid is wrong", seq)
