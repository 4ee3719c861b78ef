"""The search index in SQLite, and how a payload leaves the file."""

from orderwatch.log.database import Database
from orderwatch.log.reader import ids_of


class SqliteIndex:
    """What entries are looked up by, within one transaction that writes."""

    def __init__(self, con: Database) -> None:
        self._con = con

    def take(self, after: int, until: int) -> None:
        """Take in the words of what was written from one place to another."""
        self._con.execute(
            "INSERT INTO words (rowid, text) SELECT seq, text FROM said"
            " WHERE seq > ? AND seq <= ?",
            (after, until),
        )

    def redact(self, seq: int) -> None:
        """Remove the payload of an entry, and all that it is looked up by."""
        self._con.execute(
            "INSERT INTO words (words, rowid, text)"
            " SELECT 'delete', seq, text FROM said WHERE seq = ?",
            (seq,),
        )
        self._con.executemany(
            "DELETE FROM about WHERE id = ? AND seq = ?",
            [(uid, seq) for uid in ids_of(self._con, seq)],
        )
        self._con.execute("DELETE FROM payload WHERE seq = ?", (seq,))

    def settle(self) -> None:
        """Remove what the search index only marks as deleted."""
        self._con.execute("INSERT INTO words (words) VALUES ('optimize')")
