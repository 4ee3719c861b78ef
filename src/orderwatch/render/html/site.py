"""Render the pages of the published site, one at a time."""

from collections.abc import Iterator, Mapping
from heapq import nlargest
from urllib.parse import urlsplit

from markupsafe import Markup

from orderwatch.model import Case, CaseFile, Event, Order, Site
from orderwatch.render.html import embed, paging
from orderwatch.render.layout import group_by_order, overview
from orderwatch.render.templates import render
from orderwatch.render.timeline.marks import marks
from orderwatch.render.timeline.svg import inline_svg, standalone_svg

_LATEST_EVENTS = 6
"""Events on the front page."""

Page = tuple[str, str]
"""Path within the site folder, and content."""


def pages(site: Site) -> Iterator[Page]:
    """Render every page of a site; links between pages are relative."""
    common = _shared_context(site)
    yield "style.css", render("style.css")
    yield "script.js", render("script.js", view=site.view)
    yield "icon.svg", render("icon.svg")
    yield "index.html", _index(site, common)
    yield "timeline.html", _timeline(site, common)
    yield "timeline.svg", standalone_svg(site.view, site.cases)
    yield "404.html", _not_found(site, common)
    for dossier in site.cases:
        yield from _case(site, common, dossier)


def _shared_context(site: Site) -> Mapping[str, object]:
    """Return the template variables that all pages share."""
    paths = {}
    for dossier in site.cases:
        paths[dossier.case.id] = f"cases/{dossier.case.number}/index.html"
        for order in dossier.orders:
            paths[order.id] = f"orders/{paging.order_slug(order)}/index.html"
        for status in dossier.statuses:
            obligation = status.obligation
            paths[obligation.id] = f"{paths[obligation.order.id]}#p-{obligation.key}"
    return {
        "view": site.view,
        "base_url": site.base_url,
        "public_log": site.public_log,
        "licence": site.licence,
        "proofs": frozenset(site.proofs),
        "target": lambda name: paths.get(name.partition("@")[0]),
    }


def _index(site: Site, common: Mapping[str, object]) -> str:
    view = site.view
    in_force = [
        dossier
        for dossier in site.cases
        if any(order.in_force(view.as_of) for order in dossier.orders)
    ]
    orders = [order for dossier in site.cases for order in dossier.orders]
    latest = _latest(site)
    return render(
        "index.html",
        **common,
        root="",
        path="index.html",
        seen=overview(view, site.overview),
        asked=_addressees_by_order(site),
        orders=sorted(orders, key=lambda order: (order.made, order.id), reverse=True),
        latest=list(latest),
        place=lambda event: f"cases/{latest[event].number}/index.html#e-{event.id}",
        case_of=lambda event: latest[event].short,
        picture=Markup(inline_svg(view, in_force)) if in_force else None,  # noqa: S704 - of our own template
        marks=marks(view, in_force),
    )


def _addressees_by_order(site: Site) -> dict[str, list[str]]:
    """Return the addressees of each order, by order id, without duplicates."""
    return {
        order.id: list(
            dict.fromkeys(
                name for status in group for name in status.obligation.addressees
            )
        )
        for order, group in group_by_order(
            status for dossier in site.cases for status in dossier.statuses
        )
    }


def _latest(site: Site) -> dict[Event, Case]:
    """Return the newest events, each with its case."""
    candidates = (
        (event, dossier.case)
        for dossier in site.cases
        for event in dossier.events[-_LATEST_EVENTS:]
    )
    latest = nlargest(
        _LATEST_EVENTS * 2,
        candidates,
        key=lambda item: (item[0].on, item[0].seq or 0, item[0].id),
    )
    return dict(list(dict(latest).items())[:_LATEST_EVENTS])


def _timeline(site: Site, common: Mapping[str, object]) -> str:
    return render(
        "timeline.html",
        **common,
        root="",
        path="timeline.html",
        picture=Markup(inline_svg(site.view, site.cases)),  # noqa: S704 - of our own template
        marks=marks(site.view, site.cases),
    )


def _not_found(site: Site, common: Mapping[str, object]) -> str:
    """Render the 404 page, which a server returns under any path."""
    root = urlsplit(site.base_url).path if site.base_url else ""
    return render("missing.html", **common, root=root, path="")


def _case(
    site: Site, common: Mapping[str, object], dossier: CaseFile
) -> Iterator[Page]:
    case, events = dossier.case, dossier.events
    folder = f"cases/{case.number}"
    count = paging.page_count(events)
    statuses_by_order = {
        order.id: statuses for order, statuses in group_by_order(dossier.statuses)
    }
    context = {**common, "case": case, "root": "../../"}
    yield (
        f"{folder}/index.html",
        render(
            "case.html",
            **context,
            path=f"{folder}/index.html",
            orders=[
                (
                    order,
                    len(statuses_by_order.get(order.id, ())),
                    embed.current_deadline(statuses_by_order.get(order.id, ())),
                )
                for order in dossier.orders
            ],
            picture=Markup(inline_svg(site.view, [dossier])),  # noqa: S704 - of our own template
            marks=marks(site.view, [dossier]),
            events=paging.latest(events),
            all=len(events),
            pages=count,
        ),
    )
    yield f"{folder}/timeline.svg", standalone_svg(site.view, [dossier])
    for page in paging.record_pages(events):
        path = f"{folder}/record-{page.number}.html"
        yield (
            path,
            render(
                "record.html",
                **context,
                path=path,
                page=page.number,
                pages=count,
                near=paging.page_links(page.number, count),
                first=page.first,
                last=page.first + len(page.events) - 1,
                all=len(events),
                events=page.events,
            ),
        )
    events_by_order = paging.events_by_order(dossier)
    for order in dossier.orders:
        yield from _order(site, context, dossier, order, events_by_order[order.id])


def _order(
    site: Site,
    context: Mapping[str, object],
    dossier: CaseFile,
    order: Order,
    events: list[Event],
) -> Iterator[Page]:
    view, name = site.view, paging.order_slug(order)
    statuses = [s for s in dossier.statuses if s.obligation.order.id == order.id]
    path = f"orders/{name}/index.html"
    yield (
        path,
        render(
            "order.html",
            **context,
            path=path,
            order=order,
            duties=statuses,
            foremost=embed.current_deadline(statuses),
            decisions=[d for d in dossier.decisions if d.order.id == order.id],
            events=paging.latest(events),
            all=len(events),
            codes=embed.embed_snippets(view, order, statuses, site.base_url),
        ),
    )
    yield f"embed/{name}.html", embed.embed(view, order, statuses)
    yield f"badge/{name}.svg", embed.badge(view, order, statuses)
