"""Render one order for embedding: fragment, badge and HTML snippets."""

from collections.abc import Sequence

from markupsafe import Markup

from orderwatch.model import DeadlineStatus, Order, Status, Timing, View
from orderwatch.render import phrases
from orderwatch.render.html.paging import place
from orderwatch.render.sanitize import visible
from orderwatch.render.strings import page_words
from orderwatch.render.templates import engine, fill

_LETTER = 6.6
_HERE = "https://example.org/orderwatch/"
"""Base URL in snippets of a site without a configured one."""


def foremost(statuses: Sequence[Status]) -> DeadlineStatus | None:
    """Return the nearest deadline not passed, or else the last passed."""
    deadlines = [item for status in statuses for item in status.deadlines]
    upcoming = [
        deadline
        for deadline in deadlines
        if deadline.timing in {Timing.UPCOMING, Timing.DUE_TODAY}
    ]
    passed = [deadline for deadline in deadlines if deadline.timing is Timing.PASSED]
    nearest = min(upcoming, key=_due, default=None)
    return nearest or max(passed, key=_due, default=None)


def _due(item: DeadlineStatus) -> tuple[int, str]:
    return item.deadline.due.toordinal(), item.deadline.obligation.id


def fragment(view: View, order: Order, statuses: Sequence[Status], root: str) -> str:
    """Render an order as an article; `root` is the path to the site's folder."""
    parts = (
        engine().get_template("parts.html").make_module({"root": root, "view": view})
    )
    return fill(
        "fragment.html",
        view=view,
        case=order.case,
        order=order,
        item=foremost(statuses),
        link=f"{root}orders/{place(order)}/index.html",
        part=parts,
    )


def embed(view: View, order: Order, statuses: Sequence[Status]) -> str:
    """Render the fragment as a page for an iframe."""
    html = fragment(view, order, statuses, "../")
    return fill("embed.html", case=order.case, order=order, fragment=Markup(html))  # noqa: S704 - of our own template


def badge(view: View, order: Order, statuses: Sequence[Status]) -> str:
    """Render an SVG badge; it shows no day count, since copies are not updated."""
    strings = page_words()
    first = strings["embed"]["order"].format(day=phrases.bare_day(order.made))
    second = _second(view, order, foremost(statuses))
    left = round(len(first) * _LETTER + 16)
    return fill(
        "badge.svg",
        title=_title(view, order, second),
        first=first,
        second=second,
        left=left,
        width=left + round(len(second) * _LETTER + 16),
    )


def codes(
    view: View, order: Order, statuses: Sequence[Status], base_url: str | None
) -> dict[str, str]:
    """Render the HTML snippets for embedding an order."""
    root = base_url or _HERE
    slug = place(order)
    second = _second(view, order, foremost(statuses))
    alt = Markup.escape(visible(_title(view, order, second)))
    return {
        "frame": f'<iframe src="{root}embed/{slug}.html" title="{alt}" width="100%" '
        'height="340" loading="lazy"></iframe>',
        "plain": fragment(view, order, statuses, root).strip(),
        "badge": f'<a href="{root}orders/{slug}/index.html">'
        f'<img src="{root}badge/{slug}.svg" alt="{alt}"></a>',
        "alt": _title(view, order, second),
    }


def _title(view: View, order: Order, second: str) -> str:
    first = page_words()["embed"]["order"].format(day=phrases.bare_day(order.made))
    return f"{order.case.short}, {first}: {second} ({phrases.as_of(view)})"


def _second(view: View, order: Order, item: DeadlineStatus | None) -> str:
    strings = page_words()
    if item is None:
        force = order.in_force(view.as_of)
        return strings["index"]["yes"] if force else strings["outcomes"][order.outcome]
    day = phrases.bare_day(item.deadline.due)
    if item.timing is Timing.PASSED:
        return strings["embed"]["last"].format(day=day)
    return strings["embed"]["next"].format(day=day)
