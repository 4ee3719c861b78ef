"""Render JSON-LD of schema.org: the whole as a Dataset, orders as Legislation, dates as Events."""

import json
from collections.abc import Iterator, Mapping, Sequence

from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup

from orderwatch.model import DeadlineStatus, Order, Provenance, Site, Status
from orderwatch.render import phrases
from orderwatch.render.html.paths import obligation_path, order_path
from orderwatch.render.sanitize import safe_url, sanitize
from orderwatch.translation import _

_Node = dict[str, object]
_FORMATS = {
    "datapackage.json": "application/json",
    "orderwatch.sqlite": "application/vnd.sqlite3",
    "status.json": "application/json",
    "deadlines.csv": "text/csv",
    "feed.atom": "application/atom+xml",
    "deadlines.ics": "text/calendar",
}
"""Media types of the files of the whole."""


def dataset(site: Site) -> Markup:
    """Render the description of all data."""
    view, root = site.view, site.base_url or ""
    court = phrases.court_names(view)
    node: _Node = {
        "@type": "Dataset",
        "@id": f"{root}#dataset",
        "name": _("Provisional measures of {court}").format(court=court),
        "description": " ".join(
            (
                _("Cases, orders, obligations, deadlines, votes and events on record."),
                phrases.caveat(view),
                _(phrases.NO_JUDGE),
            )
        ),
        "url": root or "index.html",
        "version": str(view.release or view.reviewed),
        "dateModified": view.known_to.isoformat(),
        "isAccessibleForFree": True,
        "creator": {"@type": "Organization", "name": "orderwatch"},
        "distribution": [
            {"@type": "DataDownload", "contentUrl": _file_url(site, name), "encodingFormat": kind}
            for name, kind in _FORMATS.items()
        ],
    }
    if days := [order.made for case_file in site.cases for order in case_file.orders]:
        node["temporalCoverage"] = f"{min(days)}/{view.as_of}"
    if site.licence:
        node["license"] = site.licence.url
    return _script([node])


def _file_url(site: Site, name: str) -> str:
    """Return the URL of a file; all languages share the data."""
    is_text = name in {"feed.atom", "deadlines.ics"}
    root = site.base_url if is_text else site.site_url or site.base_url
    return f"{root or ('' if is_text else site.shared)}{name}"


def order(site: Site, root: str, item: Order, statuses: Sequence[Status]) -> Markup:
    """Render an order with its obligations and due dates; `root` leads to the site's folder."""
    root = site.base_url or root
    node = _order(site.view, root, item)
    node["hasPart"] = [
        {"@id": f"{root}{obligation_path(status.obligation)}"} for status in statuses
    ]
    nodes = [node]
    for status in statuses:
        nodes += _obligation(site.view, root, status)
    return _script(nodes)


def obligation(site: Site, root: str, status: Status) -> Markup:
    """Render an obligation with its due dates; `root` leads to the site's folder."""
    root = site.base_url or root
    nodes = _obligation(site.view, root, status)
    return _script([_order(site.view, root, status.obligation.order), *nodes])


def _order(view: Provenance, root: str, item: Order) -> _Node:
    url = f"{root}{order_path(item)}"
    node: _Node = {
        "@type": "Legislation",
        "@id": url,
        "url": url,
        "name": phrases.order_name(item),
        "identifier": item.id,
        "legislationDate": item.made.isoformat(),
        "about": item.case.title,
    }
    if item.document or item.citation:
        node["legislationIdentifier"] = item.document or item.citation
    if court := item.case.court:
        node["legislationPassedBy"] = {"@type": "Organization", "name": court.name}
    if item.indicates:
        node["legislationLegalForce"] = _force(in_force=item.in_force(view.as_of))
    if item.url and (text := safe_url(item.url)):
        node["encoding"] = {"@type": "LegislationObject", "url": text}
    return node


def _obligation(view: Provenance, root: str, status: Status) -> Iterator[_Node]:
    item = status.obligation
    url = f"{root}{obligation_path(item)}"
    yield {
        "@type": "Legislation",
        "@id": url,
        "url": url,
        "name": phrases.obligation_label(item),
        "identifier": item.id,
        "abstract": _("Our summary: {summary}").format(summary=item.summary),
        "isPartOf": {"@id": f"{root}{order_path(item.order)}"},
        "legislationLegalForce": _force(in_force=item.in_force(view.as_of)),
    }
    for deadline in status.deadlines:
        yield _event(url, deadline)


def _event(url: str, item: DeadlineStatus) -> _Node:
    day = item.deadline.due.isoformat()
    return {
        "@type": "Event",
        "@id": f"{url}#{day}",
        "url": url,
        "name": phrases.deadline_sentence(item.deadline.obligation, passed=item.days_left < 0),
        "startDate": day,
        "description": phrases.submission_or_none(item),
        "about": {"@id": url},
    }


def _force(*, in_force: bool) -> str:
    return f"https://schema.org/{'InForce' if in_force else 'NotInForce'}"


def _script(nodes: Sequence[_Node]) -> Markup:
    """Encode nodes as the content of a script element, which no text in them can end."""
    document = {"@context": "https://schema.org", "@graph": [*map(_sanitized, nodes)]}
    return htmlsafe_json_dumps(document, json.dumps, ensure_ascii=False, separators=(",", ":"))


def _sanitized(value: object) -> object:
    if isinstance(value, str):
        return sanitize(value)
    if isinstance(value, Mapping):
        return {key: _sanitized(item) for key, item in value.items()}
    return [*map(_sanitized, value)] if isinstance(value, list) else value
