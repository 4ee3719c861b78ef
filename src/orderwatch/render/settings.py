"""Render the effective settings and the source of each."""

from collections.abc import Iterable

from orderwatch.render import json as documents
from orderwatch.render.sanitize import sanitize

Setting = tuple[str, str | None, str]
"""Name, value if set, and source of the value."""


def plain(settings: Iterable[Setting]) -> str:
    """Render one line per setting."""
    return "".join(
        f"{name}: {sanitize(value or 'not set')} (from {sanitize(source)})\n"
        for name, value, source in settings
    )


def json(settings: Iterable[Setting]) -> str:
    """Render `orderwatch/config/1`."""
    return documents.text(
        {
            "schema": "orderwatch/config/1",
            "settings": {
                name: {"value": value, "source": source}
                for name, value, source in settings
            },
        }
    )
