"""`status`: what is due, when, and what is on record."""

from collections.abc import Sequence
from typing import Annotated

import typer

from orderwatch import status as law
from orderwatch.cli.options import AsOf, Ids, KnownOn, NoPager, Style, nearest, settings
from orderwatch.cli.terminal import formats, pager
from orderwatch.cli.terminal.formats import Format, renderer
from orderwatch.errors import UsageError
from orderwatch.lookup import Cited
from orderwatch.model import Kind, Status
from orderwatch.snapshot import Record, duties, record, selection, statuses

app = typer.Typer(rich_markup_mode=None, add_completion=False)

Party = Annotated[
    str | None,
    typer.Option("--party", metavar="NAME", help="Only what this State is asked."),
]
OfKind = Annotated[
    Kind | None,
    typer.Option("--kind", metavar="KIND", help="Only this kind, such as report."),
]
DueWithin = Annotated[
    int | None,
    typer.Option(
        "--due-within", metavar="DAYS", min=0, help="Only what falls due in that time."
    ),
]
Passed = Annotated[
    bool, typer.Option("--passed", help="Only deadlines that have passed.")
]
All = Annotated[bool, typer.Option("--all", help="Also cases that have ended.")]


Timeline = Annotated[
    bool, typer.Option("--timeline", help="Draw orders, dates and events over time.")
]


@app.command()
def status(
    ctx: typer.Context,
    ids: Ids = None,
    party: Party = None,
    kind: OfKind = None,
    due_within: DueWithin = None,
    passed: Passed = False,
    ended: All = False,
    timeline: Timeline = False,
    as_of: AsOf = None,
    known_on: KnownOn = None,
    style: Style = None,
    no_pager: NoPager = False,
) -> None:
    """Show what was ordered, what is due when, and what is on record.

    Without an ID: the deadlines of pending cases and the orders in force. With IDs:
    every obligation of them.

    For example:
      orderwatch status
      orderwatch status rafah --as-of 2024-06-20
      orderwatch status --due-within 30 --format json
    """
    if passed and due_within is not None:
        raise UsageError("--passed looks back and --due-within ahead; choose one")
    known = record(settings(ctx), as_of=as_of, known_on=known_on)
    chosen = duties(known, selection(known, ids or ()), ended=ended)
    found = statuses(known, chosen)
    found = _narrowed(found, known, party=party, kind=kind)
    if due_within is not None:
        found = law.due_within(found, due_within)
    if passed:
        found = law.passed(found)
    if timeline:
        pager.show(_timeline(known, found, formats.chosen(style)), no_pager=no_pager)
        return
    overview = not (ids or party or kind or passed or due_within is not None)
    pager.show(
        renderer(style).status(known.view, found, overview=overview), no_pager=no_pager
    )


def _timeline(known: Record, found: Sequence[Status], style: Format) -> str:
    """Draw the cases of what was found; without a terminal, list what is drawn."""
    from orderwatch.render.timeline import text
    from orderwatch.snapshot import dossier

    if style not in {Format.TABLE, Format.PLAIN}:
        raise UsageError(
            f"--timeline draws a table or writes plain text, not {style}; leave "
            "--timeline out for the same facts in that format, or use `orderwatch "
            "export svg` for a picture"
        )
    listed = dict.fromkeys(item.obligation.order.case for item in found)
    cases = [dossier(known, Cited(id=case.id, case=case)) for case in listed]
    if style is Format.PLAIN:
        return text.listed(known.view, cases)
    return text.drawn(known.view, cases, width=formats.width())


def _narrowed(
    found: tuple[Status, ...], known: Record, *, party: str | None, kind: Kind | None
) -> tuple[Status, ...]:
    if party is not None:
        name = _state(known, party)
        found = tuple(s for s in found if name in s.obligation.addressees)
    if kind is not None:
        found = tuple(
            s for s in found if kind in (s.obligation.kind, *s.obligation.also)
        )
    return found


def _state(known: Record, party: str) -> str:
    """Find a State by its name, whatever the case; offer the nearest."""
    every = {n.casefold(): n for d in known.register.obligations for n in d.addressees}
    name = every.get(party.strip().casefold())
    if name is None:
        offer = nearest(party, every.values())
        raise UsageError(f"{party!r}: no order is addressed to that name{offer}")
    return name
