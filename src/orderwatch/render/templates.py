"""Configure the Jinja environment of the published site; it sanitizes all output."""

from functools import cache
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from orderwatch.render import phrases
from orderwatch.render.notes import Notes
from orderwatch.render.sanitize import safe_url, sanitize, sanitize_lines
from orderwatch.translation import _, is_right_to_left, language, ngettext, pgettext

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'"
)
"""Content Security Policy of every page: style, script and images of the site only.

Without `connect-src`, Lighthouse cannot fetch `robots.txt`: its requests are those of the page.
"""


def render(template: str, /, **values: object) -> str:
    """Render a template of `templates/site`; it numbers its sources with `notes`."""
    return site_environment().get_template(template).render(values, notes=Notes())


@cache
def site_environment() -> Environment:
    """Build the Jinja environment, cached; `finalize` sanitizes each expression."""
    environment = Environment(
        autoescape=True,
        auto_reload=False,
        undefined=StrictUndefined,
        loader=PackageLoader("orderwatch", "templates/site"),
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalize,
    )
    environment.globals |= {
        "words": phrases,
        "_": _,
        "ngettext": ngettext,
        "pgettext": pgettext,
        "language": language,
        "is_right_to_left": is_right_to_left,
        "safe_url": _link_target,
        "host": _host_name,
        "policy": CONTENT_SECURITY_POLICY,
    }
    environment.filters["pre"] = _preformatted
    return environment


def _finalize(value: object) -> object:
    """Sanitize the value of an expression; `Markup` was sanitized before."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return sanitize(value)
    return value


def _preformatted(text: str) -> Markup:
    """Escape preformatted text and keep its line breaks."""
    return Markup.escape(sanitize_lines(text))


def _host_name(url: str) -> str:
    """Return the host name of an http(s) URL; return other text unchanged."""
    link = safe_url(url)
    return str(urlsplit(link).hostname) if link else url


def _link_target(url: str | None) -> str | None:
    return safe_url(url) if url else None
