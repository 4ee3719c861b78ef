"""One order for an article: a fragment, a badge, and the code that embeds them."""

from collections.abc import Sequence

from markupsafe import Markup

from orderwatch.model import DeadlineStatus, Order, Status, Timing, View
from orderwatch.render import phrases
from orderwatch.render.html.environment import engine, fill
from orderwatch.render.html.paging import place
from orderwatch.render.html.strings import page_words
from orderwatch.render.sanitize import visible

_LETTER = 6.6
_HERE = "https://example.org/orderwatch/"
"""Stands in code to be copied where the address of the site is not known."""


def foremost(statuses: Sequence[Status]) -> DeadlineStatus | None:
    """Find the date that counts now: the nearest not passed, else the last."""
    found = [item for status in statuses for item in status.deadlines]
    coming = [i for i in found if i.timing in {Timing.UPCOMING, Timing.DUE_TODAY}]
    passed = [i for i in found if i.timing is Timing.PASSED]
    nearest = min(coming, key=_due, default=None)
    return nearest or max(passed, key=_due, default=None)


def _due(item: DeadlineStatus) -> tuple[int, str]:
    return item.deadline.due.toordinal(), item.deadline.obligation.id


def fragment(view: View, order: Order, statuses: Sequence[Status], top: str) -> str:
    """Write an article about one order; `top` is the way to the site's folder."""
    parts = engine().get_template("parts.html").make_module({"root": top, "view": view})
    return fill(
        "fragment.html",
        view=view,
        case=order.case,
        order=order,
        item=foremost(statuses),
        link=f"{top}orders/{place(order)}/index.html",
        part=parts,
    )


def embed(view: View, order: Order, statuses: Sequence[Status]) -> str:
    """Write the fragment as a small page for a frame."""
    made = fragment(view, order, statuses, "../")
    return fill("embed.html", case=order.case, order=order, fragment=Markup(made))  # noqa: S704 - of our own template


def badge(view: View, order: Order, statuses: Sequence[Status]) -> str:
    """Draw a badge; it counts no days, since a copy of it stays as it was."""
    say = page_words()
    first = say["embed"]["order"].format(day=phrases.bare_day(order.made))
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
    """Write what somebody copies into an article."""
    top = base_url or _HERE
    name = place(order)
    second = _second(view, order, foremost(statuses))
    alt = Markup.escape(visible(_title(view, order, second)))
    return {
        "frame": f'<iframe src="{top}embed/{name}.html" title="{alt}" width="100%" '
        'height="340" loading="lazy"></iframe>',
        "plain": fragment(view, order, statuses, top).strip(),
        "badge": f'<a href="{top}orders/{name}/index.html">'
        f'<img src="{top}badge/{name}.svg" alt="{alt}"></a>',
        "alt": _title(view, order, second),
    }


def _title(view: View, order: Order, second: str) -> str:
    first = page_words()["embed"]["order"].format(day=phrases.bare_day(order.made))
    return f"{order.case.short}, {first}: {second} ({phrases.as_of(view)})"


def _second(view: View, order: Order, item: DeadlineStatus | None) -> str:
    say = page_words()
    if item is None:
        force = order.in_force(view.as_of)
        return say["index"]["yes"] if force else say["outcomes"][order.outcome]
    day = phrases.bare_day(item.deadline.due)
    if item.timing is Timing.PASSED:
        return say["embed"]["last"].format(day=day)
    return say["embed"]["next"].format(day=day)
