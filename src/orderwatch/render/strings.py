"""Load the strings of the published site and the timeline from `words.toml`."""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files


@cache
def site_strings() -> Mapping[str, Mapping[str, str]]:
    """Load `templates/site/words.toml`, cached."""
    import tomli

    path = files("orderwatch") / "templates" / "site" / "words.toml"
    strings: dict[str, Mapping[str, str]] = tomli.loads(path.read_text("utf-8"))
    return strings


def pluralize(forms: Sequence[str], number: int) -> str:
    """Format a number with a singular or plural form: `1 event`, `2 events`."""
    return forms[0 if number == 1 else 1].format(n=f"{number:,}")
