"""Text for the search index: the words of an entry, as SQLite's index splits them.

PostgreSQL gets words and positions and parses nothing itself, since what it considers
a letter depends on the locale of the server.
"""

import json

from orderwatch.log.types import Database
from orderwatch.text import tokenize

_PAGE = 1_000


class PostgresIndex:
    """Writer of the indexes, within one transaction."""

    def __init__(self, con: Database) -> None:
        self._con = con

    def index_range(self, after: int, until: int) -> None:
        """Add the entries after one sequence number, up to another, to the search."""
        sql = "SELECT seq, body FROM payload WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?"
        while rows := self._con.fetch(sql, (after, until, _PAGE)):
            self._con.insert("search", [(seq, to_tsvector(body)) for seq, body in rows])
            after = rows[-1][0]

    def redact(self, seq: int) -> None:
        """Delete the payload of an entry and its rows in the indexes."""
        self._con.fetch("SELECT redact(?)", (seq,))

    def optimize(self) -> None:
        """Return at once: `redact` has deleted everything."""


_SEARCHED_KEYS = ("why", "speaker", "by", "summary", "finding", "trigger")
_WORD_MAX = 200
"""Characters of a word; PostgreSQL accepts 2046 bytes."""
_POSITION_MAX = 16_383
"""Last position that PostgreSQL distinguishes."""


def to_tsvector(payload: bytes) -> str:
    """Return the words of a payload as the text of a `tsvector`."""
    value = json.loads(payload)
    parts = (value.get(key, "") for key in _SEARCHED_KEYS)
    text = " ".join(part if isinstance(part, str) else " ".join(part) for part in parts)
    return " ".join(
        f"{_quote(word)}:{min(position, _POSITION_MAX)}"
        for position, word in enumerate(tokenize(text), start=1)
    )


def to_tsquery(text: str) -> str | None:
    """Return a `tsquery` for all words of a text; hyphenated words must be adjacent.

    `None` if it contains no word.
    """
    phrases = (tokenize(part) for part in text.split())
    terms = [" <-> ".join(map(_quote, phrase)) for phrase in phrases if phrase]
    return " & ".join(f"({phrase})" for phrase in terms) or None


def _quote(word: str) -> str:
    return f"'{word[:_WORD_MAX]}'"
