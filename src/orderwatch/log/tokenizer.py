"""Tokenizer of the search of the log, equivalent to that of FTS5; pure."""

from re import findall
from unicodedata import combining, normalize


def tokenize(text: str) -> list[str]:
    """Return the words of a text, lower-case and without accents.

    `cease-fire` is two adjacent words.
    """
    # Like SQLite, fold letter by letter: ß does not become ss.
    base = "".join(c for c in normalize("NFD", text) if not combining(c))
    return findall(r"[^\W_]+", base.lower())
