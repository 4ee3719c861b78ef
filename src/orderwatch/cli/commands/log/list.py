"""`log list`: the public record and the entries of the log."""

from collections.abc import Collection
from datetime import date
from typing import Annotated

import typer

from orderwatch import lookup
from orderwatch.cli.options import AsOf, Ids, KnownOn, NoPager, Style, day, settings
from orderwatch.cli.terminal import pager
from orderwatch.cli.terminal.formats import renderer
from orderwatch.errors import UsageError
from orderwatch.ledger.store import Selection
from orderwatch.ledger.words import words
from orderwatch.model import Event, EventKind, Origin
from orderwatch.snapshot import Record, logged, record, selection

OfOrigin = Annotated[
    Origin | None, typer.Option("--origin", help="Only the public record, or the log.")
]
Speaker = Annotated[
    str | None, typer.Option("--speaker", metavar="NAME", help="Only what they say.")
]
OfKind = Annotated[
    EventKind | None, typer.Option("--kind", help="Only events of this kind.")
]
Since = Annotated[
    date | None,
    typer.Option("--since", metavar="DATE", parser=day, help="From that day on."),
]
Until = Annotated[
    date | None,
    typer.Option("--until", metavar="DATE", parser=day, help="Up to that day."),
]
Search = Annotated[
    str | None,
    typer.Option("--search", metavar="WORDS", help="Only with all of these words."),
]

History = Annotated[
    bool, typer.Option("--history", help="What was corrected or retracted, too.")
]


def list_(
    ctx: typer.Context,
    ids: Ids = None,
    origin: OfOrigin = None,
    speaker: Speaker = None,
    kind: OfKind = None,
    since: Since = None,
    until: Until = None,
    search: Search = None,
    history: History = False,
    as_of: AsOf = None,
    known_on: KnownOn = None,
    style: Style = None,
    no_pager: NoPager = False,
) -> None:
    """List what is on record, oldest first.

    For example:
      orderwatch log rafah
      orderwatch log --kind submission --since 2024-01-01
    """
    if search is not None and not words(search):
        raise UsageError("--search: there is no word to look for")
    known = record(settings(ctx), as_of=as_of, known_on=known_on)
    wanted = Selection(
        about=_about(known, ids) if ids else None,
        kinds=(kind,) if kind else (),
        since=since,
        until=_until(until, as_of, known.view.as_of, history=history),
        search=search,
        known_on=known_on,
    )
    found: list[Event] = []
    if origin is not Origin.LOG:
        found += [event for event in known.curated if _wanted(event, wanted)]
    if origin is not Origin.REGISTER:
        found += logged(known, wanted, history=history)
    if speaker is not None:
        name = speaker.casefold()
        found = [event for event in found if name in event.speaker.casefold()]
    found.sort(key=lambda event: (event.on, event.seq or 0, event.id))
    pager.show(renderer(style).events(known.view, found), no_pager=no_pager)


def _until(
    until: date | None, as_of: date | None, day: date, *, history: bool
) -> date | None:
    """Choose the last day of what is listed.

    A history holds entries without a day, too, unless a day is asked for.
    """
    asked = [one for one in (until, as_of) if one is not None]
    return min(asked, default=None) if history else min([*asked, day])


def _about(known: Record, ids: list[str]) -> set[str]:
    """List the ids that a selection and all its parts have; a deadline has none."""
    cited = selection(known, ids)
    covered = (
        duty
        for item in cited
        if item.deadline is None
        for duty in lookup.obligations(known.register, item)
    )
    orders = {
        order.id
        for item in cited
        for order in known.register.orders
        if item.order is None and order.case == item.case
    }
    return {item.id for item in cited} | {duty.id for duty in covered} | orders


def _wanted(event: Event, wanted: Selection) -> bool:
    """Hold an event of the public record against a selection of the log."""
    about = wanted.about
    return (
        (not wanted.kinds or event.kind in wanted.kinds)
        and (wanted.since is None or wanted.since <= event.on)
        and (wanted.until is None or event.on <= wanted.until)
        and (wanted.search is None or _has(event, wanted.search))
        and (about is None or any(_stem(name, about) for name in event.about))
    )


def _stem(name: str, about: Collection[str]) -> bool:
    """Tell whether an id is one of those, or a deadline of one."""
    return name in about or name.partition("@")[0] in about


def _has(event: Event, search: str) -> bool:
    """Look for all of the words, as the log's index does: whole, without accents."""
    said = (event.speaker, *event.by, event.summary, event.finding, event.trigger)
    text = _spaced(" ".join(part for part in said if part))
    # `cease-fire` is two words that follow each other.
    return all(_spaced(word) in text for word in search.split() if words(word))


def _spaced(text: str) -> str:
    return f" {' '.join(words(text))} "
