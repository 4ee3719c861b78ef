"""Render `sitemap.xml` and `robots.txt`."""

from collections.abc import Iterable

from orderwatch.render.templates import render

_UNLISTED = ("404.html", "embed/")
"""Path prefixes of pages that search engines should not index."""


def sitemap(base_url: str, paths: Iterable[str]) -> str:
    """List the URLs of the pages among some paths."""
    pages = [
        path.removesuffix("index.html")
        for path in paths
        if path.endswith(".html") and not path.startswith(_UNLISTED)
    ]
    return render("sitemap.xml", base_url=base_url, paths=sorted(pages))


def robots(base_url: str | None) -> str:
    """Render a robots.txt that allows everything."""
    line = f"Sitemap: {base_url}sitemap.xml\n" if base_url else ""
    return f"User-agent: *\nAllow: /\n{line}"
