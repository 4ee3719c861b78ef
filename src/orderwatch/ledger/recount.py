"""Compare the index of ids, and its running counts, with what the entries hold."""

import re
from array import array
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence

from orderwatch.ledger.database import Database, Row, fetch
from orderwatch.ledger.payload import (
    KIND,
    ON,
    ON_SIZE,
    TRIGGER,
    kind_and_day,
    lookup,
)
from orderwatch.ledger.walk import Mismatch

_Note = Callable[[int], None]
_KNOWN_MAX = 50_000
"""Beginnings of payloads that are kept at hand."""
_ABOUT_BEGINS, _ABOUT_ENDS = b'{"about":["', b'"],'
_PLAIN_ID = re.compile(rb"[!#-?A-\[\]-~]+")
"""An id that stands as it is; one of a deadline has its obligation's with it."""
_DAY_BITS = 23
"""Of a day and whether it bears; a place stands above them."""
# The bounds of a day are checked with the file.
ABOUT = (
    f"SELECT id, group_concat((seq << {_DAY_BITS}) + (day << 1) + bears)"  # noqa: S608 - ours
    " FROM about WHERE seq <= ? GROUP BY id"
)
_UNDONE = "SELECT id, seq, target, nth FROM undone WHERE seq <= ? ORDER BY id, seq"
_LATER = "SELECT target FROM effect WHERE kind = 'redaction' AND seq > ?"
# The latest is the one of the largest day, and of these of the largest place.
_WRONG = (
    "SELECT seq FROM (SELECT seq, nth, last, sum(1 - bears) OVER so_far AS events,"
    " max((1 - bears) * ((day << 40) + seq)) OVER so_far AS latest FROM about"
    " WINDOW so_far AS (PARTITION BY id ORDER BY seq ROWS UNBOUNDED PRECEDING))"
    " WHERE nth <> events OR last <> latest & ((1 << 40) - 1) LIMIT 1"
)


class Recount:
    """What the index should hold: for each id, what names it, packed into numbers."""

    def __init__(self) -> None:
        self.seen: defaultdict[str, array[int]] = defaultdict(_numbers)
        """Of each id."""
        self._known: dict[bytes, tuple[_Note, ...]] = {}
        self._notes: dict[bytes, _Note] = {}
        self._days: dict[bytes, int] = {}

    def take_all(self, seqs: Sequence[int], bodies: Sequence[bytes | None]) -> None:
        """Note what entries name, each given as its place and its payload.

        Few payloads differ in ids, or in kind and day: most take a look at each.
        """
        known, days = self._known, self._days
        triggers = TRIGGER in b"".join(filter(None, bodies))
        for seq, body in zip(seqs, bodies, strict=True):
            if body is None:
                continue
            kind = body.find(KIND)
            on = body.find(ON, kind) + ON_SIZE
            noted = known.get(body[:kind]) or self._noted(body[:kind])
            day = days.get(body[kind:on]) or self._day(body[kind:on])
            if not noted or not day or (triggers and TRIGGER in body):
                self.take(seq, body)
                continue
            row = seq << _DAY_BITS | day
            for note in noted:
                note(row)

    def take(self, seq: int, body: bytes) -> None:
        """Note what an entry names."""
        try:
            ids, day, bears = lookup(body)
        except ValueError as error:
            raise Mismatch(str(error), seq) from error
        row = seq << _DAY_BITS | day << 1 | bears
        for uid in ids:
            self.seen[uid].append(row)

    def _noted(self, before: bytes) -> tuple[_Note, ...]:
        """Give what notes the ids before a kind; nothing if there may be more."""
        if not (before.startswith(_ABOUT_BEGINS) and before.endswith(_ABOUT_ENDS)):
            return ()
        ids = before[len(_ABOUT_BEGINS) : -len(_ABOUT_ENDS)].split(b'","')
        notes = [self._notes.get(uid) or self._note(uid) for uid in ids]
        noted = tuple(note for note in notes if note)
        if len(noted) < len(ids) or len(set(ids)) < len(ids):
            return ()
        if len(self._known) >= _KNOWN_MAX:
            self._known.clear()
        self._known[before] = noted
        return noted

    def _note(self, uid: bytes) -> _Note | None:
        if not _PLAIN_ID.fullmatch(uid):
            return None
        note = self._notes[uid] = self.seen[uid.decode()].append
        return note

    def _day(self, kind: bytes) -> int:
        try:
            day, bears = kind_and_day(kind)
        except ValueError:
            return 0
        if day:
            self._days[kind] = day << 1 | bears
        return day << 1 | bears

    def compare(
        self,
        con: Database,
        about: Iterable[Row],
        until: int,
        effects: Collection[tuple[int, int]],
    ) -> None:
        """Raise `Mismatch` if the index of the first `until` entries is another.

        `about` is that index: for each id a list, with commas, of numbers that hold
        place, day and whether it bears. `effects` are the places of what a later entry
        touched, and of that entry.
        What is redacted meanwhile goes from the index and the counts at once: all has
        to be read in one transaction.
        """
        first: dict[int, int] = {}
        for target, seq in effects:
            first[target] = min(seq, first.get(target, seq))
        gone = {target for (target,) in fetch(con, _LATER, (until,))}
        undone: list[Row] = []
        for uid, rows in about:
            undone += self._compare_id(uid, rows, first, gone)
        for rest in self.seen.values():
            _check_same(_numbers(), rest, gone)
        _check_undone(undone, fetch(con, _UNDONE, (until,)))

    def _compare_id(
        self, uid: bytes, rows: bytes, first: dict[int, int], gone: set[int]
    ) -> list[Row]:
        """Compare what names an id; list what should be counted as undone of it."""
        found = self.seen.pop(uid.decode(), _numbers())
        # A million numbers are written in a tenth of the time that it takes to fetch
        # them one by one.
        if ",".join(map(str, found)).encode() != rows:
            seen, found = found, array("q", map(int, rows.split(b",")))
            _check_same(found, seen, gone)
        if not first:
            return []
        places = (row >> _DAY_BITS for row in found if not row & 1)
        touched = sorted((first[seq], seq) for seq in places if seq in first)
        return [(uid, *pair, nth) for nth, pair in enumerate(touched, start=1)]


def check_counts(con: Database) -> None:
    """Raise `Mismatch` if a running count is not that of the index of ids."""
    if wrong := fetch(con, _WRONG):
        raise Mismatch("the running count of what it names is wrong", wrong[0][0])


def _numbers() -> "array[int]":
    return array("q")


def _check_same(found: "array[int]", seen: "array[int]", gone: set[int]) -> None:
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
