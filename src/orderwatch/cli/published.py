"""What leaves for others to read: everything about a selection, as far as it may."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Annotated, TypeVar
from urllib.parse import urlsplit

import typer

from orderwatch import deadlines
from orderwatch.cli.record import Record, duties, events_of, logged
from orderwatch.cli.show import dossier
from orderwatch.errors import UsageError
from orderwatch.lookup import Cited
from orderwatch.model import Case, Deadline, Dossier, Event, Obligation, Status

BaseUrl = Annotated[
    str | None,
    typer.Option(
        "--base-url", metavar="URL", help="Where the folder will be on the web."
    ),
]
NoLog = Annotated[
    bool, typer.Option("--no-log", help="The public record alone, nothing of the log.")
]
_T = TypeVar("_T")


def at_once(known: Record) -> Record:
    """Read the log once, for all that is to be said about many things."""
    if known.view.log.size == 0:
        return known
    from orderwatch.ledger.store import Selection

    wanted = Selection(until=known.view.as_of, known_on=known.view.known_on)
    named: dict[str, list[Event]] = {}
    for event in logged(known, wanted):
        stems = (name.partition("@")[0] for name in event.about)
        for name in dict.fromkeys((*event.about, *stems)):
            named.setdefault(name, []).append(event)
    return replace(known, read=named)


def cases(known: Record, chosen: Sequence[Cited]) -> tuple[Dossier, ...]:
    """Gather all about each case of a selection, or of all, the newest case first."""
    cited = chosen or [Cited(id=c.id, case=c) for c in known.register.cases]
    found: dict[Case, Dossier] = {}
    for one in cited:
        part = dossier(known, one)
        whole = found.get(one.case)
        found[one.case] = part if whole is None else _joined(whole, part)
    made = (one for one in found.values() if one.orders)
    return tuple(sorted(made, key=lambda one: -one.case.number))


def _joined(one: Dossier, other: Dossier) -> Dossier:
    return replace(
        one,
        subject=one.case.id,
        orders=_union(one.orders, other.orders),
        decisions=_union(one.decisions, other.decisions),
        statuses=_union(one.statuses, other.statuses),
        schedules=_union(one.schedules, other.schedules),
        events=tuple(
            sorted(
                _union(one.events, other.events),
                key=lambda event: (event.on, event.seq or 0, event.id),
            )
        ),
    )


def _union(one: tuple[_T, ...], other: tuple[_T, ...]) -> tuple[_T, ...]:
    return tuple(dict.fromkeys((*one, *other)))


def history(known: Record, found: Iterable[Dossier]) -> list[Event]:
    """List what of the log moved a date, also what was taken back since."""
    if known.view.log.size == 0:
        return []
    from orderwatch.ledger.store import Selection

    about = {
        name
        for one in found
        for status in one.statuses
        for name in (one.case.id, status.obligation.order.id, status.obligation.id)
    }
    wanted = Selection(
        about=about,
        until=known.view.as_of,
        known_on=known.view.known_on,
        bearing=True,
    )
    events = logged(known, wanted, history=True)
    return [event for event in events if event.extends_to is not None]


def cancelled(known: Record, found: Iterable[Dossier]) -> tuple[Deadline, ...]:
    """List the deadlines that had been computed and no longer come: the case ended."""
    return tuple(
        deadline
        for one in found
        for status in one.statuses
        for deadline in _dropped(
            known,
            status.obligation,
            {item.deadline.id for item in status.deadlines},
        )
    )


def _dropped(known: Record, duty: Obligation, kept: set[str]) -> Iterable[Deadline]:
    end = duty.end
    if end is None or not end.by(known.view.as_of):
        return
    case = replace(duty.order.case, ended=None)
    bare = replace(duty, ended=None, order=replace(duty.order, ended=None, case=case))
    day = end.day or date(end.year, 12, 31)
    events = [event for event in events_of(known, [duty]) if event.on <= day]
    for deadline in deadlines.schedule(bare, events, until=day).deadlines:
        if deadline.id not in kept:
            yield replace(deadline, obligation=duty)


def overview(
    known: Record, chosen: Sequence[Cited], found: Iterable[Dossier]
) -> tuple[Status, ...]:
    """Give where the obligations of some cases stand, as `status --all` lists them."""
    stands = {status.obligation.id: status for one in found for status in one.statuses}
    return tuple(stands[duty.id] for duty in duties(known, chosen, ended=True))


def base(url: str | None) -> str | None:
    """Check the address of a site, and end it with a slash."""
    if url is None:
        return None
    from orderwatch.render.sanitize import safe_url

    found = safe_url(url)
    parts = urlsplit(found or "")
    if not found or parts.query or parts.fragment or parts.username:
        raise UsageError(
            f"{url}: is no address of a site; one looks like https://example.org/icj/"
        )
    return found if found.endswith("/") else f"{found}/"
