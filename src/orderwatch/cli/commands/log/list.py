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
    Style,
    limited,
    settings,
)
from orderwatch.cli.selection import Exact, Subjects, select
from orderwatch.cli.terminal import pager
from orderwatch.cli.terminal.formats import for_excel, renderer
from orderwatch.errors import UsageError
from orderwatch.model import EventKind, Origin
from orderwatch.snapshot import Snapshot

OriginFilter = Annotated[
    Origin | None, typer.Option("--origin", help="Only the public record, or the log.")
]
Speaker = Annotated[
    str | None, typer.Option("--speaker", metavar="NAME", help="Only what they say.")
]
KindFilter = Annotated[EventKind | None, typer.Option("--kind", help="Only events of this kind.")]
Since = Annotated[
    date | None,
    typer.Option("--since", metavar="DATE", help="From that day on."),
]
Until = Annotated[
    date | None,
    typer.Option("--until", metavar="DATE", help="Up to that day."),
]
Search = Annotated[
    str | None,
    typer.Option("--search", metavar="WORDS", help="Only with all of these words."),
]

History = Annotated[bool, typer.Option("--history", help="What was corrected or retracted, too.")]


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
    limit: Limit = None,
    as_of: AsOf = None,
    known_on: KnownOn = None,
    style: Style = None,
    excel: Excel = False,
    no_pager: NoPager = False,
) -> None:
    """List what is on record, oldest first.

    For example:
      orderwatch log rafah
      orderwatch log --kind submission --since 2024-01-01
    """
    style = for_excel(style, excel=excel)
    if speaker is not None and not speaker.strip():
        raise UsageError(f"--speaker: {speaker!r} names nobody")
    with Snapshot(settings(ctx), as_of=as_of, known_on=known_on) as snapshot:
        _require_range(since, until, snapshot.as_of)
        events = snapshot.events(
            *select(snapshot, ids, style, exact=exact, cases=True),
            since=since,
            until=until,
            speaker=speaker,
            kind=kind,
            search=search,
            origin=origin,
            history=history,
        )
        notes: list[str] = []
        text = renderer(style).events(
            snapshot.view, limited(tuple(events), limit, notes, newest=True)
        )
    pager.show(text, style, no_pager=no_pager, excel=excel, notes=[*snapshot.notes, *notes])


def _require_range(since: date | None, until: date | None, as_of: date) -> None:
    """Raise `UsageError` for days that can hold nothing: an empty list would be misread."""
    if since and until and since > until:
        raise UsageError(f"--since {since} is after --until {until}: no day is in between")
    if since and since > as_of:
        raise UsageError(f"--since {since} is after {as_of}, the day that is shown")
