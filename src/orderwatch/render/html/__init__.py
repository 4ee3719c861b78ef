"""The published pages: templates, their strings and paging."""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import nlargest
from itertools import islice
from urllib.parse import urlsplit

from markupsafe import Markup

from orderwatch.event_list import EventList
from orderwatch.frozen import Frozen
from orderwatch.model import (
    CaseFile,
    Citation,
    CitationStyle,
    Event,
    Order,
    Provenance,
    Site,
    Status,
)
from orderwatch.model.event import obligation_id
from orderwatch.render import citation
from orderwatch.render.html import front, linked_data, subscriptions
from orderwatch.render.html.embeds import badge, current_deadline, embed, embed_snippets
from orderwatch.render.html.paths import (
    PAGE_SIZE,
    event_path,
    obligation_path,
    obligation_slug,
    order_path,
    slug,
)
from orderwatch.render.html.state import state_page, voices
from orderwatch.render.layout import group_by_order, overview
from orderwatch.render.survey import SAYING
from orderwatch.render.templates import render
from orderwatch.render.timeline import marks, panels
from orderwatch.render.timeline.column import items
from orderwatch.render.timeline.svg import inline_svg, standalone_svg
from orderwatch.translation import _, ngettext

_LATEST_EVENTS = 6
"""Events on the front page."""

Page = tuple[str, str]
"""Path within the site folder, and content."""


def pages(site: Site) -> Iterator[Page]:
    """Render every page of a site; links between pages are relative."""
    places = _Places(site)
    states = subscriptions.of_states(site)
    common = {
        **_shared_context(site),
        "event_of": places.event,
        "path_of": places.path,
    }
    yield "style.css", render("style.css")
    yield "script.js", render("script.js", view=site.view, strings=_script_strings())
    yield "icon.svg", render("icon.svg")
    yield "index.html", _index(site, common)
    yield "orders/index.html", _orders(site, common)
    yield "states/index.html", _states(common, states)
    yield "data.html", _data(site, common, states)
    yield "timeline.html", _timeline(site, common)
    yield "timeline.svg", standalone_svg(site.view, site.cases)
    yield "404.html", _not_found(site, common)
    for dossier in site.cases:
        yield from _case(site, common, dossier)
    said = voices(site.cases)
    for item in states:
        yield _state(common, item, places, said)


def _script_strings() -> dict[str, str | tuple[str, str]]:
    """Return the strings of the countdowns, which the script counts for the day of the reader."""
    left, passed = (
        (
            ngettext("{n} day left", "{n} days left", n),
            ngettext("passed {n} day ago", "passed {n} days ago", n),
        )
        for n in (1, 2)
    )
    return {
        "left": (left[0], passed[0]),
        "passed": (left[1], passed[1]),
        "today": _("due today"),
        "age": (ngettext("{n} day", "{n} days", 1), ngettext("{n} day", "{n} days", 2)),
    }


def _shared_context(site: Site) -> Mapping[str, object]:
    """Return the template variables that all pages share."""
    paths = {}
    for dossier in site.cases:
        paths[dossier.case.id] = f"cases/{slug(dossier.case)}/index.html"
        for order in dossier.orders:
            paths[order.id] = f"{order_path(order)}index.html"
        for status in dossier.statuses:
            obligation = status.obligation
            paths[obligation.id] = f"{paths[obligation.order.id]}#p-{obligation.key}"
    return {
        "canonical": canonical,
        "obligation_slug": obligation_slug,
        "view": site.view,
        "base_url": site.base_url,
        "site_url": site.site_url or site.base_url,
        "languages": site.languages,
        "shared": site.shared,
        "card": "timeline.png" if site.pictures else None,
        "public_log": site.public_log,
        "licence": site.licence,
        "proofs": site.proofs,
        "target": lambda name: paths.get(obligation_id(name)),
    }


def _index(site: Site, common: Mapping[str, object]) -> str:
    seen = overview(site.view, site.overview)
    newest = _latest(site)
    years, hidden = front.due_dates(site.overview)
    return render(
        "index.html",
        **common,
        root="",
        path="index.html",
        linked=linked_data.dataset(site),
        seen=seen,
        years=years,
        hidden=hidden,
        in_force=front.group_by_case(seen.orders),
        asked=front.addressees_by_case(site.overview),
        count=sum(len(dossier.orders) for dossier in site.cases),
        latest=list(newest),
        place=lambda event: f"cases/{slug(newest[event].case)}/index.html#e-{event.id}",
        case_of=lambda event: newest[event].case.short,
    )


def _orders(site: Site, common: Mapping[str, object]) -> str:
    orders = [order for dossier in site.cases for order in dossier.orders]
    return render(
        "orders.html",
        **common,
        root="../",
        path="orders/index.html",
        asked=_addressees_by_order(site),
        orders=sorted(orders, key=lambda order: order.sort_key, reverse=True),
    )


def _addressees_by_order(site: Site) -> dict[str, list[str]]:
    """Return the addressees of each order, by order id, without duplicates."""
    return {
        order.id: list(
            dict.fromkeys(name for status in group for name in status.obligation.addressees)
        )
        for order, group in group_by_order(
            status for dossier in site.cases for status in dossier.statuses
        )
    }


def _latest(site: Site) -> dict[Event, CaseFile]:
    """Return the newest events, each with the file of its case."""
    candidates = (
        (event, dossier) for dossier in site.cases for event in dossier.events[-_LATEST_EVENTS:]
    )
    latest = nlargest(
        _LATEST_EVENTS * 2,
        candidates,
        key=lambda item: item[0].sort_key,
    )
    return dict(list(dict(latest).items())[:_LATEST_EVENTS])


def _data(
    site: Site, common: Mapping[str, object], states: Sequence[subscriptions.Subscription]
) -> str:
    return render(
        "data.html",
        **common,
        root="",
        path="data.html",
        linked=linked_data.dataset(site),
        groups=[
            (None, [subscriptions.everything(site)]),
            (_("States"), states),
            (_("Cases"), list(map(subscriptions.of_case, site.cases))),
        ],
    )


def _states(common: Mapping[str, object], states: Sequence[subscriptions.Subscription]) -> str:
    return render(
        "states.html",
        **common,
        root="../",
        path="states/index.html",
        states=states,
    )


class _Places:
    """The pages of events; an answer names an event of the public record."""

    def __init__(self, site: Site) -> None:
        self._cases = site.cases
        self._events: dict[str, Event] = {}
        self._positions: dict[str, tuple[CaseFile, int]] = {}
        for case_file in site.cases:
            events = case_file.events
            if isinstance(events, EventList):
                self._events |= {event.id: event for event in events.public}
                continue
            for position, event in enumerate(events):
                self._events[event.id] = event
                self._positions[event.id] = case_file, position

    def event(self, id_: str) -> Event | None:
        """Return the event of an id."""
        return self._events.get(id_)

    def path(self, event: Event) -> str:
        """Return the path of an event."""
        case_file, position = self._position(event)
        return event_path(case_file, position, event)

    def case_file(self, event: Event) -> CaseFile:
        """Return a case file that has an event."""
        return self._position(event)[0]

    def _position(self, event: Event) -> tuple[CaseFile, int]:
        if event.id in self._positions:
            return self._positions[event.id]
        for case_file in reversed(self._cases):
            if isinstance(case_file.events, EventList):
                position = case_file.events.position(event)
                if position is not None:
                    return case_file, position
        raise KeyError(event.id)


def _state(
    common: Mapping[str, object],
    item: subscriptions.Subscription,
    places: "_Places",
    said: Mapping[str, Sequence[Event]],
) -> Page:
    content = state_page(item, said)
    path = f"{item.folder}index.html"
    return path, render(
        "state.html",
        **common,
        root="../../",
        path=path,
        follow=item,
        page=content,
        place=places.path,
        case_of=lambda event: places.case_file(event).case.short,
    )


def _timeline(site: Site, common: Mapping[str, object]) -> str:
    return render(
        "timeline.html",
        **common,
        root="",
        path="timeline.html",
        **_timeline_parts(site, site.cases),
    )


def _timeline_parts(site: Site, cases: Sequence[CaseFile]) -> dict[str, object]:
    """Return the template variables of a timeline: picture, column and table."""
    return {
        "picture": Markup(inline_svg(site.view, cases)),  # noqa: S704 - of our own template
        "panels": panels(site.view, cases),
        "column_items": items,
        "marks": marks(site.view, cases),
    }


def _not_found(site: Site, common: Mapping[str, object]) -> str:
    """Render the 404 page, which a server returns under any path."""
    root = urlsplit(site.base_url).path if site.base_url else ""
    return render("missing.html", **common, root=root, path="")


def _case(site: Site, common: Mapping[str, object], dossier: CaseFile) -> Iterator[Page]:
    case, events = dossier.case, dossier.events
    folder = f"cases/{slug(case)}"
    count = page_count(events)
    statuses_by_order = {order.id: statuses for order, statuses in group_by_order(dossier.statuses)}
    context = {
        **common,
        "case": case,
        "root": "../../",
        "follow": subscriptions.of_case(dossier),
        "card": f"{folder}/timeline.png" if site.pictures else None,
    }
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
                    current_deadline(statuses_by_order.get(order.id, ())),
                )
                for order in dossier.orders
            ],
            **_timeline_parts(site, [dossier]),
            events=latest(events),
            all=len(events),
            pages=count,
        ),
    )
    yield f"{folder}/timeline.svg", standalone_svg(site.view, [dossier])
    newest = _Newest(dossier)
    for page in record_pages(newest.watch(events), len(events)):
        path = f"{folder}/record-{page.number}.html"
        yield (
            path,
            render(
                "record.html",
                **context,
                path=path,
                page=page.number,
                pages=count,
                near=page_links(page.number, count),
                first=page.first,
                last=page.first + len(page.events) - 1,
                all=len(events),
                events=page.events,
            ),
        )
    for order in dossier.orders:
        yield from _order(site, context, dossier, order, newest)


def _order(
    site: Site,
    context: Mapping[str, object],
    dossier: CaseFile,
    order: Order,
    newest: "_Newest",
) -> Iterator[Page]:
    view, name = site.view, slug(order)
    statuses = [s for s in dossier.statuses if s.obligation.order.id == order.id]
    path = f"{order_path(order)}index.html"
    yield (
        path,
        render(
            "order.html",
            **context,
            path=path,
            linked=linked_data.order(site, "../../", order, statuses),
            cite=_cite(view, order),
            order=order,
            duties=statuses,
            foremost=current_deadline(statuses),
            decisions=[d for d in dossier.decisions if d.order.id == order.id],
            events=newest.of(order.id),
            all=newest.counts[order.id],
            codes=embed_snippets(view, order, statuses, site.base_url),
        ),
    )
    for status in statuses:
        yield _obligation(site, context, status, newest.of(status.obligation.id))
    yield f"embed/{name}.html", embed(view, order, statuses)
    yield f"badge/{name}.svg", badge(view, order, statuses)


def _cite(view: Provenance, order: Order, status: Status | None = None) -> str:
    """Render the line that cites an order, or an obligation with its current deadline."""
    current = status.current if status else None
    item = Citation(
        case=order.case,
        order=order,
        obligation=status.obligation if status else None,
        deadline=current.deadline if current else None,
        reviewed=view.reviewed,
        accessed=view.as_of,
    )
    return citation.render(item, CitationStyle.LINE).strip()


def _obligation(
    site: Site, context: Mapping[str, object], status: Status, newest: Sequence[Event]
) -> Page:
    """Render the page of an obligation: addressees beside others, and the other events."""
    obligation = status.obligation
    path, root = f"{obligation_path(obligation)}index.html", "../../../"
    said = [event for event in newest if event.kind in SAYING]
    own = [e for e in said if obligation.is_addressee(e.speaker.partition(" (")[0])]
    return path, render(
        "obligation.html",
        **{**context, "root": root},
        path=path,
        linked=linked_data.obligation(site, root, status),
        cite=_cite(site.view, obligation.order, status),
        item=status,
        shown=len(newest),
        own=own,
        others=[event for event in said if event not in own],
        events=[event for event in newest if event.kind not in SAYING],
    )


_UNLISTED = ("404.html", "embed/")
"""Path prefixes of pages that search engines should not index."""


def canonical(path: str) -> str:
    """Return the path by which a page is listed: that of its folder, without `index.html`."""
    return path.removesuffix("index.html")


def sitemap(base_url: str, paths: Iterable[str]) -> str:
    """List the URLs of the pages among some paths."""
    pages = [
        canonical(path)
        for path in paths
        if path.endswith(".html") and not path.startswith(_UNLISTED)
    ]
    return render("sitemap.xml", base_url=base_url, paths=sorted(pages))


def robots(base_url: str | None) -> str:
    """Render a robots.txt that allows everything."""
    line = f"Sitemap: {base_url}sitemap.xml\n" if base_url else ""
    return f"User-agent: *\nAllow: /\n{line}"


class RecordPage(Frozen):
    """One page of events; its position is stable when events are added."""

    number: int
    first: int
    """Position of its first event, from 1."""
    events: Sequence[Event]


def record_pages(events: Iterator[Event], count: int) -> Iterator[RecordPage]:
    """Split events into pages, oldest first; yield none if the case page holds all."""
    for number in range(1, -(-count // PAGE_SIZE) + 1):
        page = tuple(islice(events, PAGE_SIZE))
        if count > PAGE_SIZE:
            yield RecordPage(number=number, first=(number - 1) * PAGE_SIZE + 1, events=page)


def page_count(events: Sequence[Event]) -> int:
    """Return the number of pages for some events."""
    return -(-len(events) // PAGE_SIZE)


def latest(events: Sequence[Event]) -> list[Event]:
    """Return the events on the page of a case or order, newest first."""
    return list(reversed(events[-PAGE_SIZE:]))


def page_links(page: int, last: int) -> list[int]:
    """List the page numbers to link to: first, last and neighbours."""
    neighbours = range(max(1, page - 2), min(last, page + 2) + 1)
    return sorted({1, last, *neighbours})


class _Newest:
    """The latest events about each order and obligation of a case, from one reading of all."""

    def __init__(self, dossier: CaseFile) -> None:
        ids = [order.id for order in dossier.orders]
        self._orders = {*ids}
        ids += [status.obligation.id for status in dossier.statuses]
        self._events = {id_: deque[Event](maxlen=PAGE_SIZE) for id_ in ids}
        self.counts = dict.fromkeys(ids, 0)

    def watch(self, events: Iterable[Event]) -> Iterator[Event]:
        """Yield events, the oldest first, and take those about orders and obligations."""
        for event in events:
            names = event.subjects
            orders = {"/".join(name.split("/")[:2]) for name in names} & self._orders
            for id_ in orders | (self._events.keys() & names):
                self._events[id_].append(event)
                self.counts[id_] += 1
            yield event

    def of(self, id_: str) -> list[Event]:
        """Return the events on the page of an order or obligation, newest first."""
        return [*reversed(self._events[id_])]
