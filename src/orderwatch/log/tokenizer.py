"""The words of a text, as the search of the log cuts them; pure."""

from re import findall
from unicodedata import combining, normalize


def words(text: str) -> list[str]:
    """List the words of a text: in small letters, without accents.

    `cease-fire` is two words that follow each other.
    """
    # SQLite folds letter by letter: to it, ß is not ss.
    bare = "".join(c for c in normalize("NFD", text) if not combining(c))
    return findall(r"[^\W_]+", bare.lower())
