"""Search index in SQLite (FTS5), and deletion of payloads."""

from orderwatch.log.reader import ids_in
from orderwatch.log.types import Database


class SqliteIndex:
    """Writer of the indexes, within one transaction."""

    def __init__(self, con: Database) -> None:
        self._con = con

    def index_range(self, after: int, until: int) -> None:
        """Add the entries after one sequence number, up to another, to the search."""
        self._con.execute(
            "INSERT INTO search (rowid, text) SELECT seq, text FROM indexed_text"
            " WHERE seq > ? AND seq <= ?",
            (after, until),
        )

    def redact(self, seq: int) -> None:
        """Delete the payload of an entry and its rows in the indexes."""
        self._con.execute(
            "INSERT INTO search (search, rowid, text)"
            " SELECT 'delete', seq, text FROM indexed_text WHERE seq = ?",
            (seq,),
        )
        self._con.executemany(
            "DELETE FROM event_subject WHERE id = ? AND seq = ?",
            [(uid, seq) for uid in ids_in(self._con, seq)],
        )
        self._con.execute("DELETE FROM payload WHERE seq = ?", (seq,))

    def optimize(self) -> None:
        """Delete what the search index has only marked as deleted."""
        self._con.execute("INSERT INTO search (search) VALUES ('optimize')")
