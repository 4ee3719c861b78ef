"""What entries are looked up by in PostgreSQL, where a function redacts."""

import json

from orderwatch.log.database import Database
from orderwatch.log.tokenizer import words

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


_SAID = ("why", "speaker", "by", "summary", "finding", "trigger")
_LONGEST = 200
"""Characters of a word; PostgreSQL takes 2046 bytes."""
_FURTHEST = 16_383
"""The last place that PostgreSQL tells apart."""


def lexemes(payload: bytes) -> str:
    """Write the words of a payload as the text of a `tsvector`."""
    value = json.loads(payload)
    parts = (value.get(key, "") for key in _SAID)
    said = " ".join(part if isinstance(part, str) else " ".join(part) for part in parts)
    return " ".join(
        f"{_quoted(word)}:{min(place, _FURTHEST)}"
        for place, word in enumerate(words(said), start=1)
    )


def query(text: str) -> str | None:
    """Ask for all words of a text, and those of one with a hyphen next to each other.

    `None` if there is no word in it.
    """
    phrases = (words(part) for part in text.split())
    asked = [" <-> ".join(map(_quoted, phrase)) for phrase in phrases if phrase]
    return " & ".join(f"({phrase})" for phrase in asked) or None


def _quoted(word: str) -> str:
    return f"'{word[:_LONGEST]}'"
