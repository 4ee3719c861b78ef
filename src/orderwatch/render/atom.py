"""Render an Atom feed (RFC 4287): one entry per order, deadline and event.

Ids are UUIDs derived from ids of the register and the log, so they are stable when a
date or the URL of the site changes. `updated` depends on the content of an entry,
not on the day.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from heapq import nlargest
from itertools import chain, islice
from uuid import NAMESPACE_URL, uuid5

from orderwatch.frozen import Frozen
from orderwatch.model import (
    CaseFile,
    DeadlineStatus,
    Event,
    Licence,
    Order,
    Origin,
    Provenance,
    Status,
)
from orderwatch.render import phrases
from orderwatch.render.html.paths import event_path, slug
from orderwatch.render.survey import FEED, recent
from orderwatch.render.templates import render
from orderwatch.revisions import Revisions, midnight_utc
from orderwatch.translation import ENGLISH, _, language

MAX_ENTRIES = FEED
"""Latest entries in a feed; the pages and data files hold all."""

FILE_NAME = "feed.atom"
"""A feed of a published folder."""

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


def feed(  # noqa: PLR0913 - what a feed is of
    view: Provenance,
    cases: Sequence[CaseFile],
    revisions: Revisions,
    *,
    base_url: str | None = None,
    licence: Licence | None = None,
    name: str | None = None,
    folder: str = "",
) -> str:
    """Render the feed of some cases.

    In a published folder, `name` and `folder` are those of the State or the case; without
    them it is the feed of the whole folder.
    """
    names = (folder,) if folder else sorted(case.subject for case in cases)
    latest = _latest(entry for case in cases for entry in _entries(case, revisions))
    return render(
        "feed.xml",
        id=_urn("feed", *names, *(() if language() == ENGLISH else (language(),))),
        name=name,
        path=f"{folder}{FILE_NAME}",
        page=f"{folder}index.html",
        entries=latest,
        updated=_updated(view, cases, latest, revisions),
        base_url=base_url,
        licence=licence,
        view=view,
    )


def _updated(
    view: Provenance,
    cases: Iterable[CaseFile],
    latest: Sequence[FeedEntry],
    revisions: Revisions,
) -> datetime:
    """Return the time of the last change, also of one that removed an entry."""
    instants = [entry.updated for entry in latest[:1]]
    instants += [] if revisions.latest is None else [revisions.latest]
    instants += (
        revisions.of_obligation(status.obligation).modified
        for case in cases
        for status in case.statuses
        if status.deadlines or status.count
    )
    return max(instants, default=midnight_utc(view.reviewed))


def _author(order: Order) -> str:
    court = order.case.court
    return court.name if court else order.organ


def _latest(entries: Iterator[FeedEntry]) -> list[FeedEntry]:
    """Return the latest entries, each once: several cases can share one."""
    latest: list[FeedEntry] = []
    while batch := list(islice(entries, MAX_ENTRIES)):
        unique: dict[str, FeedEntry] = {}
        for entry in chain(latest, batch):
            unique.setdefault(entry.id, entry)
        latest = nlargest(MAX_ENTRIES, unique.values(), key=lambda x: (x.updated, x.id))
    return latest


def _entries(dossier: CaseFile, revisions: Revisions) -> Iterator[FeedEntry]:
    for order in dossier.orders:
        yield _order_entry(order, revisions)
    for status in dossier.statuses:
        for item in status.deadlines:
            yield _deadline_entry(status, item, revisions)
    for position, event in recent(dossier):
        yield _event_entry(dossier, event, revisions, event_path(dossier, position, event))


def _order_entry(order: Order, revisions: Revisions) -> FeedEntry:
    published = midnight_utc(order.made)
    return FeedEntry(
        id=_urn("order", order.id),
        title=_("{short}: order of {day}").format(
            short=order.case.short, day=phrases.bare_day(order.made)
        ),
        kind=f"order, {order.outcome.value}",
        text=_("{title} (No. {number}). Provisional measures: {outcome}.").format(
            title=order.case.title,
            number=order.case.number,
            outcome=_(phrases.OUTCOME_LABELS[order.outcome]),
        ),
        published=published,
        updated=revisions.updated(order.id, published),
        author=_author(order),
        path=f"orders/{slug(order)}/index.html",
        source=order.url,
    )


def _deadline_entry(status: Status, item: DeadlineStatus, revisions: Revisions) -> FeedEntry:
    obligation, deadline = status.obligation, item.deadline
    sentences = [
        obligation.summary,
        *phrases.date_remarks(deadline),
        phrases.submission_or_none(item),
        _(phrases.NO_JUDGE),
    ]
    return FeedEntry(
        id=_urn("deadline", deadline.id),
        title=_("{sentence} on {day}").format(
            sentence=phrases.deadline_sentence(obligation), day=phrases.long_day(deadline.due)
        ),
        kind=f"deadline, {obligation.kind.value}",
        text=" ".join(_sentence(line) for line in sentences),
        published=midnight_utc(obligation.order.made),
        updated=revisions.of(deadline).modified,
        author=_author(obligation.order),
        path=f"orders/{slug(obligation.order)}/index.html#p-{obligation.key}",
        source=obligation.order.url,
    )


def _event_entry(dossier: CaseFile, event: Event, revisions: Revisions, path: str) -> FeedEntry:
    published = event.recorded or midnight_utc(event.on)
    from_log = event.origin is Origin.LOG
    return FeedEntry(
        id=f"urn:uuid:{event.id}" if from_log else _urn("event", event.id),
        title=_("{case}: {kind}, {day}, {speaker}").format(
            case=dossier.case.short,
            kind=_(phrases.EVENT_LABELS[event.kind]),
            day=phrases.bare_day(event.on),
            speaker=event.speaker,
        ),
        kind=f"event, {event.kind.value}",
        text=phrases.assessment(event) if event.finding else event.summary,
        published=published,
        updated=published if from_log else revisions.updated(event.id, published),
        author=event.speaker,
        path=path,
        source=event.source,
    )


def _urn(*names: str) -> str:
    return uuid5(NAMESPACE_URL, _ID_NAMESPACE + "/".join(names)).urn


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."
