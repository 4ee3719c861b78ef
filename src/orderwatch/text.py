"""Compare texts that people type."""

import unicodedata


def fold(text: str) -> str:
    """Return a text without case and accents, with spaces for hyphens."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    letters = (char for char in decomposed if not unicodedata.combining(char))
    return " ".join("".join(letters).replace("-", " ").split())
