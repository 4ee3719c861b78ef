"""The template engine of the published pages; all that they print passes here."""

from functools import cache
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from orderwatch.render import phrases
from orderwatch.render.html.strings import page_words, several
from orderwatch.render.sanitize import safe_url, visible, visible_lines

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'"
)
"""What a page may load: its own style, script and pictures, and nothing else."""


def fill(template: str, /, **values: object) -> str:
    """Fill in a template of `templates/site`."""
    return engine().get_template(template).render(values)


@cache
def engine() -> Environment:
    """Build the engine once; an expression cannot leave out the choke point."""
    made = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        loader=PackageLoader("orderwatch", "templates/site"),
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    made.globals |= {
        "words": phrases,
        "w": page_words(),
        "several": several,
        "safe_url": _address,
        "host": _host,
        "policy": POLICY,
    }
    made.filters["pre"] = _pre
    return made


def _shown(value: object) -> object:
    """Write out what would act; what a template made itself has been here before."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return visible(value)
    return value


def _pre(text: str) -> Markup:
    """Keep the lines of a text that is shown as it is."""
    return Markup.escape(visible_lines(text))


def _host(url: str) -> str:
    """Name the site of an address; give the whole of one that is not of the web."""
    address = safe_url(url)
    return str(urlsplit(address).hostname) if address else url


def _address(url: str | None) -> str | None:
    return safe_url(url) if url else None
