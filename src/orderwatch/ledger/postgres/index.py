"""What entries are looked up by in PostgreSQL, where a function redacts."""

from orderwatch.ledger.database import Database
from orderwatch.ledger.postgres.lexemes import lexemes

_PAGE = 1_000


class PostgresIndex:
    """What entries are looked up by, within one transaction that writes."""

    def __init__(self, con: Database) -> None:
        self._con = con

    def take(self, after: int, until: int) -> None:
        """Take in the words of what was written from one place to another."""
        sql = (
            "SELECT seq, body FROM payload WHERE seq > ? AND seq <= ? ORDER BY seq"
            " LIMIT ?"
        )
        while rows := self._con.fetch(sql, (after, until, _PAGE)):
            marks = ", ".join(["(?, CAST(? AS tsvector))"] * len(rows))
            values = [part for seq, body in rows for part in (seq, lexemes(body))]
            self._con.execute(f"INSERT INTO lexemes VALUES {marks}", values)  # noqa: S608 - ours
            after = rows[-1][0]

    def redact(self, seq: int) -> None:
        """Remove the payload of an entry, and all that it is looked up by."""
        self._con.fetch("SELECT redact(?)", (seq,))

    def settle(self) -> None:
        """Do nothing: `redact` leaves nothing behind."""
