"""Running counts of what names an id: see `schema` for their columns."""

from collections.abc import Iterable, Iterator

from orderwatch.ledger.database import Database, Row, fetch
from orderwatch.ledger.payload import Lookup

IDS_MAX = 20_000
"""Ids whose counts are kept at hand."""
_PAGE = 10_000
NONE = (0, 0, 0)
_ALL = 2**62


def following(count: tuple[int, int, int], row: Row) -> tuple[int, int, int]:
    """Go on from `nth`, `last` and the day of `last` to those of the next row."""
    nth, last, latest = count
    seq, day, bears = row
    if bears:
        return count
    return (nth + 1, seq, day) if day >= latest else (nth + 1, last, latest)


class Counts:
    """The counts at the end of the log, within one transaction that writes."""

    def __init__(self, con: Database) -> None:
        self._con = con
        self._ends: dict[str, tuple[int, int, int]] = {}
        self._stale: dict[str, int] = {}
        """From which place on an id has to be counted anew."""

    def add(self, entries: Iterable[tuple[int, Lookup]]) -> list[Row]:
        """Give the rows of entries that come next."""
        if len(self._ends) > IDS_MAX:
            self._ends.clear()
        ends, found = self._ends, []
        for seq, (ids, day, bears) in entries:
            for uid in ids:
                end = ends.get(uid) or self._end(uid)
                end = ends[uid] = following(end, (seq, day, bears))
                found.append((uid, seq, day, bears, end[0], end[1]))
        found.sort()
        return found

    def undo(self, ids: Iterable[str], target: int, seq: int) -> None:
        """Count that an entry undid another, if it was the first to do so."""
        self._con.executemany(
            "INSERT INTO undone SELECT id, :seq, :target, 1 + coalesce(("
            "SELECT nth FROM undone AS u WHERE u.id = a.id ORDER BY u.seq DESC LIMIT 1"
            "), 0) FROM about AS a WHERE id = :id AND seq = :target AND NOT bears"
            " AND NOT EXISTS (SELECT 1 FROM effect WHERE target = :target"
            " AND seq < :seq)",
            [{"id": uid, "target": target, "seq": seq} for uid in ids],
        )

    def remove(self, ids: Iterable[str], target: int) -> None:
        """Take out what a redacted entry named; `settle` has to follow."""
        for uid in ids:
            self._con.execute(
                "DELETE FROM undone WHERE id = :id AND target = :target AND seq IN"
                " (SELECT seq FROM effect WHERE target = :target)",
                {"id": uid, "target": target},
            )
            self._con.execute(
                "DELETE FROM about WHERE id = ? AND seq = ?", (uid, target)
            )
            self._stale[uid] = min(target, self._stale.get(uid, target))

    def settle(self) -> None:
        """Count anew what follows on rows that were taken out."""
        for uid, seq in self._stale.items():
            self._recount(uid, seq)
            self._renumber(uid, seq)
        self._stale.clear()
        self.forget()

    def forget(self) -> None:
        """Read the counts anew when they are asked for next."""
        self._ends.clear()

    def _recount(self, uid: str, seq: int) -> None:
        count = self._end(uid, seq)
        for row in self._rows("about", "day, bears, nth, last", uid, seq):
            count = following(count, row[:3])
            if count[:2] != row[3:]:
                self._con.execute(
                    "UPDATE about SET nth = ?, last = ? WHERE id = ? AND seq = ?",
                    (*count[:2], uid, row[0]),
                )

    def _renumber(self, uid: str, seq: int) -> None:
        sql = "SELECT count(*) FROM undone WHERE id = ? AND seq < ?"
        [[before]] = fetch(self._con, sql, (uid, seq))
        rows = self._rows("undone", "nth", uid, seq)
        for number, (place, nth) in enumerate(rows, start=before + 1):
            if nth != number:
                self._con.execute(
                    "UPDATE undone SET nth = ? WHERE id = ? AND seq = ?",
                    (number, uid, place),
                )

    def _end(self, uid: str, before: int = _ALL) -> tuple[int, int, int]:
        rows = fetch(
            self._con,
            "SELECT a.nth, a.last, coalesce(b.day, 0) FROM about AS a"
            " LEFT JOIN about AS b ON b.id = a.id AND b.seq = a.last"
            " WHERE a.id = ? AND a.seq < ? ORDER BY a.seq DESC LIMIT 1",
            (uid, before),
        )
        return rows[0] if rows else NONE

    def _rows(self, table: str, columns: str, uid: str, seq: int) -> Iterator[Row]:
        """Read rows of an id from a place on, so that they can be changed meanwhile."""
        sql = (
            f"SELECT seq, {columns} FROM {table} WHERE id = ? AND seq >= ?"  # noqa: S608 - ours
            f" ORDER BY seq LIMIT {_PAGE}"
        )
        while page := fetch(self._con, sql, (uid, seq)):
            yield from page
            seq = page[-1][0] + 1
