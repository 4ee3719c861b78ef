"""Render an Atom feed (RFC 4287): one entry per order, deadline and event.

Ids are UUIDs derived from ids of the register and the log, so they are stable when a
date or the URL of the site changes. `updated` depends on the content of an entry,
not on the day.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time
from heapq import nlargest
from uuid import NAMESPACE_URL, uuid5

from orderwatch.frozen import Frozen
from orderwatch.model import (
    CaseFile,
    DeadlineStatus,
    Event,
    Order,
    Origin,
    Provenance,
    Status,
)
from orderwatch.render import phrases
from orderwatch.render.html import slug
from orderwatch.render.ics import event_timestamp, last_modified
from orderwatch.render.templates import render

MAX_ENTRIES = 500
"""Latest entries in a feed; the pages and data files hold all."""

_ID_NAMESPACE = "https://orderwatch.invalid/"
"""Prefix of hashed ids; an invalid host, since the URL of a site can change."""


class FeedEntry(Frozen):
    """One entry of the feed."""

    id: str
    title: str
    kind: str
    text: str
    published: datetime
    updated: datetime
    author: str
    path: str | None = None
    """Path of its page within the site folder."""
    source: str | None = None


def feed(
    view: Provenance,
    cases: Sequence[CaseFile],
    *,
    base_url: str | None = None,
    history: Sequence[Event] = (),
    licence: str = "Apache-2.0",
) -> str:
    """Render the feed of some cases; `history` holds events that moved dates."""
    entries = _unique(entry for case in cases for entry in _entries(case, history))
    latest = nlargest(MAX_ENTRIES, entries, key=lambda item: (item.updated, item.id))
    return render(
        "feed.xml",
        id=_urn("feed", *sorted(case.subject for case in cases)),
        entries=latest,
        updated=latest[0].updated if latest else _midnight_utc(view.reviewed),
        base_url=base_url,
        licence=licence,
        view=view,
    )


def _author(order: Order) -> str:
    court = order.case.court
    return court.name if court else order.organ


def _unique(entries: Iterable[FeedEntry]) -> Iterator[FeedEntry]:
    """Yield each entry once; several cases can share one."""
    seen = set[str]()
    for entry in entries:
        if entry.id not in seen:
            seen.add(entry.id)
            yield entry


def _entries(dossier: CaseFile, history: Iterable[Event]) -> Iterator[FeedEntry]:
    moving_events = {event.id: event for event in (*dossier.events, *history)}.values()
    for order in dossier.orders:
        yield _order_entry(order)
    for status in dossier.statuses:
        for item in status.deadlines:
            yield _deadline_entry(status, item, moving_events)
    for event in dossier.events:
        yield _event_entry(dossier, event)


def _order_entry(order: Order) -> FeedEntry:
    timestamp = _midnight_utc(order.made)
    return FeedEntry(
        id=_urn("order", order.id),
        title=f"{order.case.short}: order of {phrases.bare_day(order.made)}",
        kind=f"order, {order.outcome.value}",
        text=f"{order.case.title} (No. {order.case.number}). Provisional measures: "
        f"{order.outcome.value}.",
        published=timestamp,
        updated=timestamp,
        author=_author(order),
        path=f"orders/{slug(order)}/index.html",
        source=order.url,
    )


def _deadline_entry(status: Status, item: DeadlineStatus, events: Iterable[Event]) -> FeedEntry:
    obligation, deadline = status.obligation, item.deadline
    addressees = ", ".join(obligation.addressees) or "Nobody named"
    sentences = [
        obligation.summary,
        *phrases.date_remarks(deadline),
        phrases.submission_or_none(item),
        phrases.NO_JUDGE,
    ]
    return FeedEntry(
        id=_urn("deadline", deadline.id),
        title=f"{addressees}: {deadline.id} is due on {phrases.long_day(deadline.due)}",
        kind=f"deadline, {obligation.kind.value}",
        text=" ".join(_sentence(line) for line in sentences),
        published=_midnight_utc(obligation.order.made),
        updated=last_modified(obligation, events, item),
        author=_author(obligation.order),
        path=f"orders/{slug(obligation.order)}/index.html#p-{obligation.key}",
        source=obligation.order.url,
    )


def _event_entry(dossier: CaseFile, event: Event) -> FeedEntry:
    timestamp = event_timestamp(event)
    from_log = event.origin is Origin.LOG
    return FeedEntry(
        id=f"urn:uuid:{event.id}" if from_log else _urn("event", event.id),
        title=f"{dossier.case.short}: {event.kind.value}, "
        f"{phrases.bare_day(event.on)}, {event.speaker}",
        kind=f"event, {event.kind.value}",
        text=phrases.assessment(event) if event.finding else event.summary,
        published=timestamp,
        updated=timestamp,
        author=event.speaker,
        path=f"cases/{slug(dossier.case)}/index.html",
        source=event.source,
    )


def _urn(*names: str) -> str:
    return uuid5(NAMESPACE_URL, _ID_NAMESPACE + "/".join(names)).urn


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


def _midnight_utc(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
