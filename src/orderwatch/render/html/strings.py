"""The words of the published pages and of the picture, from their one file."""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files


@cache
def page_words() -> Mapping[str, Mapping[str, str]]:
    """Read `templates/site/words.toml`."""
    import tomli

    place = files("orderwatch") / "templates" / "site" / "words.toml"
    found: dict[str, Mapping[str, str]] = tomli.loads(place.read_text("utf-8"))
    return found


def several(pair: Sequence[str], number: int) -> str:
    """Count with the singular or the plural of a pair: `1 event`, `2 events`."""
    return pair[0 if number == 1 else 1].format(n=f"{number:,}")
