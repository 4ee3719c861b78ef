"""Render what an article can show of an order: a fragment, a page for a frame, a badge; pure."""

import math
from collections.abc import Sequence

from markupsafe import Markup

from orderwatch.model import DeadlineStatus, Order, Provenance, Status, Timing
from orderwatch.render import phrases
from orderwatch.render.html.paths import order_path, slug
from orderwatch.render.templates import render, site_environment
from orderwatch.translation import _

_CHARACTER_WIDTH = 6.6
_PLACEHOLDER_URL = "https://example.org/orderwatch/"
"""Base URL in snippets of a site without a configured one."""


def current_deadline(statuses: Sequence[Status]) -> DeadlineStatus | None:
    """Return the nearest deadline not passed, or else the last passed."""
    deadlines = [item for status in statuses for item in status.deadlines]
    upcoming = [
        deadline for deadline in deadlines if deadline.timing in {Timing.UPCOMING, Timing.DUE_TODAY}
    ]
    passed = [deadline for deadline in deadlines if deadline.timing is Timing.PASSED]
    nearest = min(upcoming, key=_due_key, default=None)
    return nearest or max(passed, key=_due_key, default=None)


def _due_key(item: DeadlineStatus) -> tuple[int, str]:
    return item.deadline.due.toordinal(), item.deadline.obligation.id


def fragment(view: Provenance, order: Order, statuses: Sequence[Status], root: str) -> str:
    """Render an order as an article; `root` is the path to the site's folder."""
    parts = site_environment().get_template("parts.html").make_module({"root": root, "view": view})
    return render(
        "fragment.html",
        view=view,
        case=order.case,
        order=order,
        item=current_deadline(statuses),
        link=f"{root}{order_path(order)}index.html",
        part=parts,
    )


def embed(view: Provenance, order: Order, statuses: Sequence[Status]) -> str:
    """Render the fragment as a page for an iframe."""
    html = fragment(view, order, statuses, "../")
    return render("embed.html", case=order.case, order=order, fragment=Markup(html))  # noqa: S704 - of our own template


def badge(view: Provenance, order: Order, statuses: Sequence[Status]) -> str:
    """Render an SVG badge; it shows no day count, since copies are not updated."""
    first = _order_name(order)
    second = _summary(view, order, current_deadline(statuses))
    left = round(len(first) * _CHARACTER_WIDTH + 16)
    return render(
        "badge.svg",
        view=view,
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
    summary = _summary(view, order, current_deadline(statuses))
    title = _title(view, order, summary)
    plain = fragment(view, order, statuses, root).strip()
    values = {
        "name": slug(order),
        "page": order_path(order),
        "root": root,
        "title": title,
        "height": _phone_height(plain),
    }
    return {
        "frame": render("embed_frame.html", **values).strip(),
        "height": str(values["height"]),
        "plain": plain,
        "badge": render("embed_badge.html", **values).strip(),
        "summary": summary,
        "title": title,
    }


def _phone_height(html: str) -> int:
    """Return the height in pixels at which a fragment fits a screen of 320 pixels.

    A character takes 0.9 pixels of height there; `tests/integration/test_browser.py`
    measures every order of the register.
    """
    characters = len(Markup(html).striptags())  # noqa: S704 - of our own template
    return math.ceil((60 + 0.9 * characters) / 20) * 20


def _title(view: Provenance, order: Order, summary: str) -> str:
    return _("{case}, {order}: {summary} ({as_of})").format(
        case=order.case.short,
        order=_order_name(order),
        summary=summary,
        as_of=phrases.as_of(view),
    )


def _order_name(order: Order) -> str:
    return _("{court} order {day}").format(
        court=phrases.court_short(order.case.court), day=phrases.bare_day(order.made)
    )


def _summary(view: Provenance, order: Order, item: DeadlineStatus | None) -> str:
    """Format what a badge shows: `in force · due 24 June 2024 · no filing known`."""
    parts = [phrases.force_or_outcome(order, view.as_of)]
    if item:
        text = _("was due {day}") if item.days_left < 0 else _("due {day}")
        parts.append(text.format(day=phrases.bare_day(item.deadline.due)))
        if item.submission:
            parts.append(phrases.filing(item.submission))
        elif item.days_left < 0:
            parts.append(phrases.no_submission(item.deadline.obligation))
    return " · ".join(parts)
