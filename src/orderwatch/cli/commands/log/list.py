"""`log list`: the public record and the entries of the log."""

from datetime import date
from typing import Annotated

import typer

from orderwatch.cli.options import (
    AsOf,
    Excel,
    KnownOn,
    Limit,
    NoPager,
    OldestFirst,
    Since,
    Style,
    Until,
    require_range,
    settings,
)
from orderwatch.cli.selection import Exact, Subjects, select_record
from orderwatch.cli.terminal import pager
from orderwatch.cli.terminal.formats import chunks, for_excel, list_limit, list_page, renderer
from orderwatch.errors import UsageError
from orderwatch.event_list import PAGE
from orderwatch.model import EventKind, Origin
from orderwatch.snapshot import Snapshot
from orderwatch.translation import _, mark

OriginFilter = Annotated[
    Origin | None,
    typer.Option("--origin", help=mark("Only the public record (register) or the log.")),
]
Speaker = Annotated[
    str | None,
    typer.Option("--speaker", metavar="NAME", help=mark("Only events reported by this speaker.")),
]
KindFilter = Annotated[
    EventKind | None, typer.Option("--kind", help=mark("Only events of this kind."))
]
Search = Annotated[
    str | None,
    typer.Option("--search", metavar="WORDS", help=mark("Only events with all of these words.")),
]

History = Annotated[
    bool, typer.Option("--history", help=mark("Include corrected, retracted and redacted entries."))
]


def list_(
    ctx: typer.Context,
    ids: Subjects = None,
    exact: Exact = False,
    origin: OriginFilter = None,
    speaker: Speaker = None,
    kind: KindFilter = None,
    since: Since = None,
    until: Until = None,
    search: Search = None,
    history: History = False,
    oldest_first: OldestFirst = False,
    limit: Limit = None,
    as_of: AsOf = None,
    known_on: KnownOn = None,
    style: Style = None,
    excel: Excel = False,
    no_pager: NoPager = False,
) -> None:
    """List the events on record, the newest first.

    For example:
      orderwatch log rafah
      orderwatch log --kind submission --since 2024-01-01
    """
    style = for_excel(style, excel=excel)
    if speaker is not None and not speaker.strip():
        raise UsageError(_("--speaker needs a name, not {speaker!r}").format(speaker=speaker))
    require_range(since, until)
    with Snapshot(settings(ctx), as_of=as_of, known_on=known_on) as snapshot:
        _require_begun(since, snapshot.as_of)
        names, words = select_record(snapshot, ids, style, exact=exact)
        events = snapshot.event_list(
            *names,
            since=since,
            until=until,
            speaker=speaker,
            kind=kind,
            search=" ".join(filter(None, (search, words))) or search,
            origin=origin,
            history=history,
            newest=None if oldest_first else list_limit(style, limit),
        )
        shown, notes = list_page(style, events, limit, oldest_first=oldest_first)
        if len(shown) > PAGE and (render := chunks(style, "event_chunks")):
            content = render(snapshot.view, shown)
            pager.stream(content, style, excel=excel, notes=[*snapshot.notes, *notes])
            return
        text = renderer(style).events(snapshot.view, shown, total=len(events))
    pager.show(text, style, no_pager=no_pager, excel=excel, notes=[*snapshot.notes, *notes])


def _require_begun(since: date | None, as_of: date) -> None:
    """Raise `UsageError` for a future day: an empty list would be misread."""
    if since and since > as_of:
        raise UsageError(
            _("--since {since} is after the as-of date, {day}").format(since=since, day=as_of)
        )
