"""A feed as RFC 4287 has it: an entry for each order, each deadline and each event.

Ids are UUIDs made of the ids of the register and the log: they stay when a date moves
or the site does. `updated` changes with what an entry says, and not with the day.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from heapq import nlargest
from uuid import NAMESPACE_URL, uuid5

from orderwatch.model import DeadlineStatus, Dossier, Event, Order, Origin, Status, View
from orderwatch.render import phrases
from orderwatch.render.html.environment import fill
from orderwatch.render.html.paging import place
from orderwatch.render.ics import changed, known_at

ENTRIES = 500
"""The latest ones, which a feed holds; pages and files beside it hold all."""

_COURT = "International Court of Justice"
_NAME = "https://orderwatch.invalid/"
"""What ids are made of; an address that leads nowhere, since sites move."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a feed reader shows as one piece of news."""

    id: str
    title: str
    kind: str
    text: str
    published: datetime
    updated: datetime
    author: str
    path: str | None = None
    """Of its page in the published folder."""
    source: str | None = None


def feed(
    view: View,
    cases: Sequence[Dossier],
    *,
    base_url: str | None = None,
    history: Sequence[Event] = (),
    licence: str = "Apache-2.0",
) -> str:
    """Write the feed of some cases; `history` holds what moved dates."""
    found = _once(entry for case in cases for entry in _entries(case, history))
    latest = nlargest(ENTRIES, found, key=lambda one: (one.updated, one.id))
    return fill(
        "feed.xml",
        id=_urn("feed", *sorted(case.subject for case in cases)),
        entries=latest,
        updated=latest[0].updated if latest else _midnight(view.reviewed),
        base_url=base_url,
        licence=licence,
    )


def _once(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Leave out what another case has told already; there can be very many."""
    seen = set[str]()
    for entry in entries:
        if entry.id not in seen:
            seen.add(entry.id)
            yield entry


def _entries(dossier: Dossier, history: Iterable[Event]) -> Iterator[Entry]:
    past = {event.id: event for event in (*dossier.events, *history)}.values()
    for order in dossier.orders:
        yield _order(order)
    for status in dossier.statuses:
        for item in status.deadlines:
            yield _deadline(status, item, past)
    for event in dossier.events:
        yield _event(dossier, event)


def _order(order: Order) -> Entry:
    made = _midnight(order.made)
    return Entry(
        id=_urn("order", order.id),
        title=f"{order.case.short}: order of {phrases.bare_day(order.made)}",
        kind=f"order, {order.outcome.value}",
        text=f"{order.case.title} (No. {order.case.number}). Provisional measures: "
        f"{order.outcome.value}.",
        published=made,
        updated=made,
        author=_COURT,
        path=f"orders/{place(order)}/index.html",
        source=order.url,
    )


def _deadline(status: Status, item: DeadlineStatus, past: Iterable[Event]) -> Entry:
    duty, deadline = status.obligation, item.deadline
    who = ", ".join(duty.addressees) or "Nobody named"
    said = [
        duty.summary,
        *phrases.moved(deadline),
        phrases.recorded(item),
        phrases.NO_JUDGE,
    ]
    return Entry(
        id=_urn("deadline", deadline.id),
        title=f"{who}: {deadline.id} is due on {phrases.long_day(deadline.due)}",
        kind=f"deadline, {duty.kind.value}",
        text=" ".join(_sentence(line) for line in said),
        published=_midnight(duty.order.made),
        updated=changed(duty, past, item),
        author=_COURT,
        path=f"orders/{place(duty.order)}/index.html#p-{duty.key}",
        source=duty.order.url,
    )


def _event(dossier: Dossier, event: Event) -> Entry:
    known = known_at(event)
    of_log = event.origin is Origin.LOG
    return Entry(
        id=f"urn:uuid:{event.id}" if of_log else _urn("event", event.id),
        title=f"{dossier.case.short}: {event.kind.value}, "
        f"{phrases.bare_day(event.on)}, {event.speaker}",
        kind=f"event, {event.kind.value}",
        text=phrases.said(event) if event.finding else event.summary,
        published=known,
        updated=known,
        author=event.speaker,
        path=f"cases/{dossier.case.number}/index.html",
        source=event.source,
    )


def _urn(*names: str) -> str:
    return uuid5(NAMESPACE_URL, _NAME + "/".join(names)).urn


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
