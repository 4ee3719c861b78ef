"""Compare the index of ids with what the entries hold."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

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
_TOUCHED = (
    "SELECT seq, body FROM payload"
    " WHERE seq IN (SELECT target FROM effect WHERE seq <= ?)"
)
_LATER = "SELECT target FROM effect WHERE kind = 'redaction' AND seq > ?"


class Recount:
    """What the index should hold: for each id, what names it, packed into numbers."""

    def __init__(self) -> None:
        self.seen: defaultdict[str, list[int]] = defaultdict(list)
        """Of each id, since the last look."""
        self._known: dict[bytes, tuple[_Note, ...]] = {}
        self._notes: dict[bytes, _Note] = {}
        self._days: dict[bytes, int] = {}

    def told(self) -> dict[str, bytes]:
        """Give what was noted, with commas, and forget it.

        What was learned of the beginnings of payloads stays.
        """
        found = {
            # A million numbers are written in a tenth of the time that it takes to
            # fetch them one by one.
            uid: ",".join(map(str, rows)).encode()
            for uid, rows in self.seen.items()
            if rows
        }
        for rows in self.seen.values():
            rows.clear()
        return found

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
    con: Database,
    about: Iterable[Row],
    noted: Iterable[Mapping[str, bytes]],
    until: int,
    effects: Iterable[tuple[int, int]],
) -> None:
    """Raise `Mismatch` if the index of the first `until` entries is another.

    `about` is that index: for each id a list, with commas, of numbers that hold place,
    day and whether it bears. `noted` says the same of the entries, so many at a time.
    `effects` are the places of what a later entry touched, and of that entry.
    What is redacted meanwhile goes from the index and the counts at once: all has to be
    read in one transaction.
    """
    expected = defaultdict[str, list[bytes]](list)
    for some in noted:
        for uid, rows in some.items():
            expected[uid].append(rows)
    gone = {target for (target,) in fetch(con, _LATER, (until,))}
    for uid, found in about:
        rows = b",".join(expected.pop(uid.decode(), ()))
        if rows != found:
            _check_same(rows, found, gone)
    for rest in expected.values():
        _check_same(b",".join(rest), b"", gone)
    _check_undone(_undone(con, effects, until), fetch(con, _UNDONE, (until,)))


def _undone(con: Database, effects: Iterable[tuple[int, int]], until: int) -> set[Row]:
    """List what should be counted as undone: of each id what was touched, in order."""
    first: dict[int, int] = {}
    for target, seq in effects:
        first[target] = min(seq, first.get(target, seq))
    touched = defaultdict[str, list[tuple[int, int]]](list)
    for target, body in con.execute(_TOUCHED, (until,)) if first else ():
        ids, _, bears = lookup(body)
        for uid in () if bears else ids:
            touched[uid].append((first[target], target))
    return {
        (uid.encode(), *pair, nth)
        for uid, pairs in touched.items()
        for nth, pair in enumerate(sorted(pairs), start=1)
    }


def _check_same(expected: bytes, found: bytes, gone: set[int]) -> None:
    rows, seen = (
        {*map(int, one.split(b","))} if one else set() for one in (expected, found)
    )
    for wrong in sorted(rows ^ seen):
        seq = wrong >> _DAY_BITS
        if wrong in rows and seq in gone:
            continue
        what = "lacks one that it holds" if wrong in rows else "has what it does not"
        raise Mismatch(f"the index of ids {what}", seq)


def _check_undone(expected: set[Row], found: list[Row]) -> None:
    if wrong := expected ^ {*found}:
        seq = min(row[1] for row in wrong)
        raise Mismatch("the count of what it undid is wrong", seq)
