"""`log list`: the public record and the entries of the log."""

from collections.abc import Collection
from datetime import date
from typing import Annotated

import typer

from orderwatch import lookup
from orderwatch.cli.options import (
    AsOf,
    Ids,
    KnownOn,
    NoPager,
    Style,
    parse_date,
    settings,
)
from orderwatch.cli.terminal import pager
from orderwatch.cli.terminal.formats import renderer
from orderwatch.errors import UsageError
from orderwatch.log.tokenizer import tokenize
from orderwatch.log.types import EntryFilter
from orderwatch.model import Event, EventKind, Origin
from orderwatch.snapshot import Snapshot, load_snapshot, log_events, resolve

OriginFilter = Annotated[
    Origin | None, typer.Option("--origin", help="Only the public record, or the log.")
]
Speaker = Annotated[
    str | None, typer.Option("--speaker", metavar="NAME", help="Only what they say.")
]
KindFilter = Annotated[
    EventKind | None, typer.Option("--kind", help="Only events of this kind.")
]
Since = Annotated[
    date | None,
    typer.Option(
        "--since", metavar="DATE", parser=parse_date, help="From that day on."
    ),
]
Until = Annotated[
    date | None,
    typer.Option("--until", metavar="DATE", parser=parse_date, help="Up to that day."),
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
    origin: OriginFilter = None,
    speaker: Speaker = None,
    kind: KindFilter = None,
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
    if search is not None and not tokenize(search):
        raise UsageError("--search: there is no word to look for")
    snapshot = load_snapshot(settings(ctx), as_of=as_of, known_on=known_on)
    entry_filter = EntryFilter(
        about=_covered_ids(snapshot, ids) if ids else None,
        kinds=(kind,) if kind else (),
        since=since,
        until=_last_day(until, as_of, snapshot.view.as_of, history=history),
        search=search,
        known_on=known_on,
    )
    events: list[Event] = []
    if origin is not Origin.LOG:
        events += [
            event for event in snapshot.public_record if _matches(event, entry_filter)
        ]
    if origin is not Origin.REGISTER:
        events += log_events(snapshot, entry_filter, history=history)
    if speaker is not None:
        name = speaker.casefold()
        events = [event for event in events if name in event.speaker.casefold()]
    events.sort(key=lambda event: (event.on, event.seq or 0, event.id))
    pager.show(renderer(style).events(snapshot.view, events), no_pager=no_pager)


def _last_day(
    until: date | None, as_of: date | None, day: date, *, history: bool
) -> date | None:
    """Return the last day to list, or `None` without a limit.

    A history also lists entries without a day, unless there is a limit.
    """
    limits = [limit for limit in (until, as_of) if limit is not None]
    return min(limits, default=None) if history else min([*limits, day])


def _covered_ids(snapshot: Snapshot, ids: list[str]) -> set[str]:
    """Return the ids of references and of their parts; a deadline has no parts."""
    references = resolve(snapshot, ids)
    obligations = (
        obligation
        for reference in references
        if reference.deadline is None
        for obligation in lookup.obligations(snapshot.register, reference)
    )
    orders = {
        order.id
        for reference in references
        for order in snapshot.register.orders
        if reference.order is None and order.case == reference.case
    }
    return (
        {reference.id for reference in references}
        | {obligation.id for obligation in obligations}
        | orders
    )


def _matches(event: Event, entry_filter: EntryFilter) -> bool:
    """Return whether an event of the public record matches a filter of the log."""
    ids = entry_filter.about
    return (
        (not entry_filter.kinds or event.kind in entry_filter.kinds)
        and (entry_filter.since is None or entry_filter.since <= event.on)
        and (entry_filter.until is None or event.on <= entry_filter.until)
        and (entry_filter.search is None or _has_words(event, entry_filter.search))
        and (ids is None or any(_is_about(name, ids) for name in event.about))
    )


def _is_about(id_: str, ids: Collection[str]) -> bool:
    """Return whether `ids` has an id, or the obligation of a deadline id."""
    return id_ in ids or id_.partition("@")[0] in ids


def _has_words(event: Event, search: str) -> bool:
    """Return whether an event has all the words, matched as by the log's search index.

    Words match whole; accents and case do not matter.
    """
    fields = (event.speaker, *event.by, event.summary, event.finding, event.trigger)
    text = _token_string(" ".join(field for field in fields if field))
    # `cease-fire` is two tokens, matched as a phrase.
    return all(_token_string(word) in text for word in search.split() if tokenize(word))


def _token_string(text: str) -> str:
    return f" {' '.join(tokenize(text))} "
