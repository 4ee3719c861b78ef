"""Configure the Jinja environment of the published site; it sanitizes all output."""

from functools import cache
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from orderwatch.render import phrases
from orderwatch.render.sanitize import safe_url, visible, visible_lines
from orderwatch.render.strings import page_words, several

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'"
)
"""Content Security Policy of every page: style, script and images of the site only."""


def fill(template: str, /, **values: object) -> str:
    """Render a template of `templates/site`."""
    return engine().get_template(template).render(values)


@cache
def engine() -> Environment:
    """Build the Jinja environment, cached; `finalize` sanitizes each expression."""
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        loader=PackageLoader("orderwatch", "templates/site"),
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    environment.globals |= {
        "words": phrases,
        "w": page_words(),
        "several": several,
        "safe_url": _address,
        "host": _host,
        "policy": POLICY,
    }
    environment.filters["pre"] = _pre
    return environment


def _shown(value: object) -> object:
    """Sanitize the value of an expression; `Markup` was sanitized before."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return visible(value)
    return value


def _pre(text: str) -> Markup:
    """Escape preformatted text and keep its line breaks."""
    return Markup.escape(visible_lines(text))


def _host(url: str) -> str:
    """Return the host name of an http(s) URL; return other text unchanged."""
    link = safe_url(url)
    return str(urlsplit(link).hostname) if link else url


def _address(url: str | None) -> str | None:
    return safe_url(url) if url else None
