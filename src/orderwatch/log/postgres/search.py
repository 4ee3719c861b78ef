"""Text for the search index: the words of an entry, as SQLite's index splits them.

PostgreSQL gets words and positions and parses nothing itself, since what it considers
a letter depends on the locale of the server.
"""

import json
from collections.abc import Sequence

from orderwatch.log.types import Database
from orderwatch.log.writer import Batch, PayloadRow
from orderwatch.text import tokenize

_PAGE = 1_000
_LINES = "string_to_array(?, chr(10), '-')"
_APPEND = f"SELECT append({_LINES}, CAST(? AS bytea[]), {_LINES}, {_LINES})"
_FILL = f"SELECT fill(CAST(? AS bigint[]), CAST(? AS bytea[]), {_LINES}, {_LINES})"
"""Arrays of text are sent as lines: libraries take longer for arrays than the server for all."""


class PostgresIndex:
    """Writer of rows and indexes: the server computes all but the words to search."""

    def __init__(self, con: Database) -> None:
        self._con = con

    def write(self, batch: Batch) -> None:
        """Append the entries of a batch, and fill in payloads of older ones."""
        headers = [str(row[3]) for row in batch.entries]
        if headers:
            rows = [batch.payloads.get(batch.first + n) for n in range(len(headers))]
            self._con.execute(_APPEND, ("\n".join(headers), *_encode_payloads(rows)))
        if batch.filled:
            rows = [batch.payloads.get(seq) for seq in batch.filled]
            self._con.execute(_FILL, (batch.filled, *_encode_payloads(rows)))

    def index_range(self, after: int, until: int) -> None:
        """Return at once: `write` has sent the words."""

    def redact(self, seq: int) -> None:
        """Return at once: the server has deleted the payload with the entry that says so."""

    def optimize(self) -> None:
        """Return at once: nothing is only marked as deleted."""


def fill_search(con: Database, until: int) -> None:
    """Write the words of all payloads to the empty search index."""
    sql, after = "SELECT seq, body FROM payload WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?", 0
    while rows := con.fetch(sql, (after, until, _PAGE)):
        con.insert("search", [(seq, to_tsvector(body)) for seq, body in rows])
        after = rows[-1][0]


def _encode_payloads(rows: Sequence[PayloadRow | None]) -> tuple[str, str, str]:
    """Return salts as a literal, and payloads and words as lines; `-` stands for none."""
    return (
        f"{{{','.join(_NONE if row is None else _quote_bytes(row[1]) for row in rows)}}}",
        "\n".join("-" if row is None else row[3] for row in rows),
        "\n".join("-" if row is None else f" {to_tsvector(row[3])}" for row in rows),
    )


_NONE = "NULL"


def _quote_bytes(data: bytes) -> str:
    return f'"\\\\x{data.hex()}"'


_SEARCHED_KEYS = ("why", "speaker", "by", "summary", "finding", "trigger")
_WORD_MAX = 200
"""Characters of a word; PostgreSQL accepts 2046 bytes."""
_POSITION_MAX = 16_383
"""Last position that PostgreSQL distinguishes."""


def to_tsvector(payload: str | bytes) -> str:
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
