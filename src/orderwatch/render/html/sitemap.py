"""What search engines look for: `sitemap.xml` and `robots.txt`."""

from collections.abc import Iterable

from orderwatch.render.html.environment import fill

_APART = ("404.html", "embed/")
"""Pages that nobody should find by themselves."""


def sitemap(base_url: str, paths: Iterable[str]) -> str:
    """List the addresses of the pages among some paths."""
    found = [
        path.removesuffix("index.html")
        for path in paths
        if path.endswith(".html") and not path.startswith(_APART)
    ]
    return fill("sitemap.xml", base_url=base_url, paths=sorted(found))


def robots(base_url: str | None) -> str:
    """Let everybody look at everything."""
    line = f"Sitemap: {base_url}sitemap.xml\n" if base_url else ""
    return f"User-agent: *\nAllow: /\n{line}"
