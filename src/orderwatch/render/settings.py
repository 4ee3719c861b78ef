"""The settings in force, and where each comes from."""

from collections.abc import Iterable

from orderwatch.render import json as documents
from orderwatch.render.sanitize import visible

Setting = tuple[str, str | None, str]
"""Its name, its value if it has one, and where that comes from."""


def plain(settings: Iterable[Setting]) -> str:
    """Write a line for each setting."""
    return "".join(
        f"{name}: {visible(value or 'not set')} (from {visible(source)})\n"
        for name, value, source in settings
    )


def json(settings: Iterable[Setting]) -> str:
    """Write `orderwatch/config/1`."""
    return documents.text(
        {
            "schema": "orderwatch/config/1",
            "settings": {
                name: {"value": value, "source": source}
                for name, value, source in settings
            },
        }
    )
