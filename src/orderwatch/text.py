"""Compare texts that people type."""

import unicodedata
from re import findall
from unicodedata import combining, normalize


def fold(text: str) -> str:
    """Return a text without case and accents, with spaces for hyphens."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    letters = (char for char in decomposed if not unicodedata.combining(char))
    return " ".join("".join(letters).replace("-", " ").split())


def tokenize(text: str) -> list[str]:
    """Return the words of a text, lower-case and without accents.

    `cease-fire` is two adjacent words.
    """
    # Like SQLite, fold letter by letter: ß does not become ss.
    base = "".join(c for c in normalize("NFD", text) if not combining(c))
    return findall(r"[^\W_]+", base.lower())
