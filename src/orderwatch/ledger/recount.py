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
from orderwatch.model import EventKind

_Note = Callable[[int], None]
_KNOWN_MAX = 50_000
"""Beginnings of payloads that are kept at hand."""
_ABOUT_BEGINS, _ABOUT_ENDS = b'{"about":["', b'"],'
_PLAIN_ID = re.compile(rb"[!#-?A-\[\]-~]+")
"""An id that stands as it is; one of a deadline has its obligation's with it."""
_DATED_MAX = max(map(len, EventKind)) + len(KIND) + ON_SIZE
"""Bytes in which a kind and its day end, and a little of what follows on most."""
DAY_BITS = 23
"""Of a day and whether it bears; a place stands above them."""
_UNDONE = "SELECT id, seq, target, nth FROM undone WHERE seq <= ?"
_TOUCHED = (
    "SELECT e.first, p.seq, p.body FROM payload AS p JOIN"
    " (SELECT target, min(seq) AS first FROM effect WHERE seq <= ? GROUP BY target)"
    " AS e ON e.target = p.seq"
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
            noted = known.get(body[:kind]) or self._noted(body[:kind])
            dated = body[kind : kind + _DATED_MAX]
            day = days.get(dated) or self._day(dated)
            if not noted or not day or (triggers and TRIGGER in body):
                self.take(seq, body)
                continue
            row = seq << DAY_BITS | day
            for note in noted:
                note(row)

    def take(self, seq: int, body: bytes) -> None:
        """Note what an entry names."""
        try:
            ids, day, bears = lookup(body)
        except ValueError as error:
            raise Mismatch(str(error), seq) from error
        row = seq << DAY_BITS | day << 1 | bears
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

    def _day(self, dated: bytes) -> int:
        try:
            day, bears = kind_and_day(dated[: dated.find(ON) + ON_SIZE])
        except ValueError:
            return 0
        if day:
            self._days[dated] = day << 1 | bears
        return day << 1 | bears


def compare(
    about: Iterable[Row], noted: Iterable[Mapping[str, bytes]], gone: set[int]
) -> None:
    """Raise `Mismatch` if the index of ids is another than the entries ask for.

    `about` is that index: for each id a list, with commas, of numbers that hold place,
    day and whether it bears. `noted` says the same of the entries, so many at a time.
    The places in `gone` may be in either or in none: they were redacted meanwhile.
    """
    expected = defaultdict[str, list[bytes]](list)
    for some in noted:
        for uid, rows in some.items():
            expected[uid].append(rows)
    for uid, found in about:
        rows = b",".join(expected.pop(uid.decode(), ()))
        if rows != found:
            _check_same(rows, found, gone)
    for rest in expected.values():
        _check_same(b",".join(rest), b"", gone)


def gone(con: Database, until: int) -> set[int]:
    """List the places that entries after the first `until` have redacted."""
    return {target for (target,) in fetch(con, _LATER, (until,))}


def check_undone(con: Database, until: int) -> None:
    """Raise `Mismatch` if the counts of what was undone are not those of the entries.

    What is redacted goes from them at once: they are read in one transaction.
    """
    stored = {*fetch(con, _UNDONE, (until,))}
    touched = defaultdict[str, list[tuple[int, int]]](list)
    for first, target, body in con.execute(_TOUCHED, (until,)):
        ids, _, bears = lookup(body)
        for uid in () if bears else ids:
            touched[uid].append((first, target))
    expected = {
        (uid.encode(), *pair, nth)
        for uid, pairs in touched.items()
        for nth, pair in enumerate(sorted(pairs), start=1)
    }
    if wrong := expected ^ stored:
        seq = min(row[1] for row in wrong)
        raise Mismatch("the count of what it undid is wrong", seq)


def _check_same(expected: bytes, found: bytes, gone: set[int]) -> None:
    rows, seen = (
        {*map(int, one.split(b","))} if one else set() for one in (expected, found)
    )
    for wrong in sorted(rows ^ seen):
        seq = wrong >> DAY_BITS
        if seq in gone:
            continue
        what = "lacks one that it holds" if wrong in rows else "has what it does not"
        raise Mismatch(f"the index of ids {what}", seq)
