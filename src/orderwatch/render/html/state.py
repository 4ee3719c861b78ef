"""Select the content of the page of a State; pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from heapq import nlargest

from orderwatch.frozen import Frozen
from orderwatch.model import CaseFile, Event, Order, Status
from orderwatch.render import survey
from orderwatch.render.html.subscriptions import Subscription
from orderwatch.render.survey import SAYING, events_about
from orderwatch.text import fold

_MAX_VOICES = 4
"""Statements of the State, and as many of others."""
_MAX_EVENTS = 4


class StatePage(Frozen):
    """Obligations of a State, its requests, and the record of both."""

    duties: tuple[Status, ...]
    """Of the obligations addressed to it, those in force first, the newest first."""
    requests: tuple[Order, ...]
    """Orders in the cases that it brought, the newest first."""
    own: tuple[Event, ...]
    """Its statements, the latest first."""
    others: tuple[Event, ...]
    """Statements of others about its obligations, the latest first."""
    latest: tuple[Event, ...]
    """Events about what was asked of it, other than what is said, the latest first."""


def voices(case_files: Iterable[CaseFile]) -> dict[str, list[Event]]:
    """Return what each speaker says, by name without organ, the latest first."""
    events = {event.id: event for item in case_files for event in survey.voices(item)}
    said: dict[str, list[Event]] = {}
    for event in sorted(events.values(), key=lambda event: event.sort_key, reverse=True):
        said.setdefault(fold(event.speaker.partition(" (")[0]), []).append(event)
    return said


def state_page(subscription: Subscription, said: Mapping[str, Sequence[Event]]) -> StatePage:
    """Select the content of the page of a State; `said` is by speaker."""
    state = subscription.state
    names = set(map(fold, state.names)) if state else set[str]()
    statuses = [status for file in subscription.dated for status in file.statuses]
    statuses.sort(key=lambda status: status.obligation.order.sort_key, reverse=True)
    statuses.sort(key=lambda status: not status.in_force)
    ids = {
        name for status in statuses for name in (status.obligation.id, status.obligation.order.id)
    }
    others, latest = _newest_about(ids, names, subscription.cases)
    return StatePage(
        duties=tuple(statuses),
        requests=tuple(
            sorted(
                (
                    order
                    for file in subscription.cases
                    if names & set(map(fold, file.case.applicants))
                    for order in file.orders
                ),
                key=lambda order: order.sort_key,
                reverse=True,
            )
        ),
        own=tuple(
            nlargest(
                _MAX_VOICES,
                (event for name in names for event in said.get(name, ())),
                key=lambda event: event.sort_key,
            )
        ),
        others=tuple(others),
        latest=tuple(latest),
    )


def is_speaker(event: Event, names: set[str]) -> bool:
    """Return whether a State speaks, also through an organ: `Israel (Foreign Ministry)`."""
    return fold(event.speaker.partition(" (")[0]) in names


def _newest_about(
    ids: Collection[str], names: set[str], case_files: Sequence[CaseFile]
) -> tuple[list[Event], list[Event]]:
    """Return what others say about ids and the other events about them, the latest first."""
    others, latest = list[Event](), list[Event]()
    for event in reversed(events_about(ids, case_files)):
        if event.kind not in SAYING:
            latest.append(event)
        elif not is_speaker(event, names):
            others.append(event)
        if len(others) >= _MAX_VOICES and len(latest) >= _MAX_EVENTS:
            break
        del others[_MAX_VOICES:], latest[_MAX_EVENTS:]
    return others[:_MAX_VOICES], latest[:_MAX_EVENTS]
