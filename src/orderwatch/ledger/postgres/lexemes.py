"""What the search index holds: the words of an entry, as SQLite's index cuts them.

PostgreSQL is given words and their places; it cuts nothing itself, since what it takes
for a letter depends on how the server was set up.
"""

import json

from orderwatch.ledger.words import words

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
