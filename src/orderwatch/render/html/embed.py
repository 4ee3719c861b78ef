"""Render one order for embedding: fragment, badge and HTML snippets."""

from collections.abc import Sequence

from markupsafe import Markup

from orderwatch.model import DeadlineStatus, Order, Provenance, Status, Timing
from orderwatch.render import phrases
from orderwatch.render.html.paging import order_slug
from orderwatch.render.sanitize import sanitize
from orderwatch.render.strings import site_strings
from orderwatch.render.templates import render, site_environment

_CHARACTER_WIDTH = 6.6
_PLACEHOLDER_URL = "https://example.org/orderwatch/"
"""Base URL in snippets of a site without a configured one."""


def current_deadline(statuses: Sequence[Status]) -> DeadlineStatus | None:
    """Return the nearest deadline not passed, or else the last passed."""
    deadlines = [item for status in statuses for item in status.deadlines]
    upcoming = [
        deadline
        for deadline in deadlines
        if deadline.timing in {Timing.UPCOMING, Timing.DUE_TODAY}
    ]
    passed = [deadline for deadline in deadlines if deadline.timing is Timing.PASSED]
    nearest = min(upcoming, key=_due_key, default=None)
    return nearest or max(passed, key=_due_key, default=None)


def _due_key(item: DeadlineStatus) -> tuple[int, str]:
    return item.deadline.due.toordinal(), item.deadline.obligation.id


def fragment(
    view: Provenance, order: Order, statuses: Sequence[Status], root: str
) -> str:
    """Render an order as an article; `root` is the path to the site's folder."""
    parts = (
        site_environment()
        .get_template("parts.html")
        .make_module({"root": root, "view": view})
    )
    return render(
        "fragment.html",
        view=view,
        case=order.case,
        order=order,
        item=current_deadline(statuses),
        link=f"{root}orders/{order_slug(order)}/index.html",
        part=parts,
    )


def embed(view: Provenance, order: Order, statuses: Sequence[Status]) -> str:
    """Render the fragment as a page for an iframe."""
    html = fragment(view, order, statuses, "../")
    return render("embed.html", case=order.case, order=order, fragment=Markup(html))  # noqa: S704 - of our own template


def badge(view: Provenance, order: Order, statuses: Sequence[Status]) -> str:
    """Render an SVG badge; it shows no day count, since copies are not updated."""
    strings = site_strings()
    first = strings["embed"]["order"].format(
        court=phrases.court_short(view.court), day=phrases.bare_day(order.made)
    )
    second = _date_text(view, order, current_deadline(statuses))
    left = round(len(first) * _CHARACTER_WIDTH + 16)
    return render(
        "badge.svg",
        title=_title(view, order, second),
        first=first,
        second=second,
        left=left,
        width=left + round(len(second) * _CHARACTER_WIDTH + 16),
    )


def embed_snippets(
    view: Provenance, order: Order, statuses: Sequence[Status], base_url: str | None
) -> dict[str, str]:
    """Render the HTML snippets for embedding an order."""
    root = base_url or _PLACEHOLDER_URL
    slug = order_slug(order)
    second = _date_text(view, order, current_deadline(statuses))
    alt = Markup.escape(sanitize(_title(view, order, second)))
    return {
        "frame": f'<iframe src="{root}embed/{slug}.html" title="{alt}" width="100%" '
        'height="340" loading="lazy"></iframe>',
        "plain": fragment(view, order, statuses, root).strip(),
        "badge": f'<a href="{root}orders/{slug}/index.html">'
        f'<img src="{root}badge/{slug}.svg" alt="{alt}"></a>',
        "alt": _title(view, order, second),
    }


def _title(view: Provenance, order: Order, second: str) -> str:
    first = site_strings()["embed"]["order"].format(
        court=phrases.court_short(view.court), day=phrases.bare_day(order.made)
    )
    return f"{order.case.short}, {first}: {second} ({phrases.as_of(view)})"


def _date_text(view: Provenance, order: Order, item: DeadlineStatus | None) -> str:
    strings = site_strings()
    if item is None:
        force = order.in_force(view.as_of)
        return strings["index"]["yes"] if force else strings["outcomes"][order.outcome]
    day = phrases.bare_day(item.deadline.due)
    if item.timing is Timing.PASSED:
        return strings["embed"]["last"].format(day=day)
    return strings["embed"]["next"].format(day=day)
