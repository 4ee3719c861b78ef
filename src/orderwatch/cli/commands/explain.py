"""`explain`: how each date was computed."""

from dataclasses import replace
from datetime import date

import typer

from orderwatch.cli.options import AsOf, Id, KnownOn, NoPager, Style, settings
from orderwatch.cli.terminal import pager
from orderwatch.cli.terminal.formats import renderer
from orderwatch.errors import UsageError
from orderwatch.model import Obligation, Schedule
from orderwatch.snapshot import (
    Record,
    assessed,
    duties,
    record,
    schedule,
    selection,
)

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def explain(
    ctx: typer.Context,
    id_: Id,
    as_of: AsOf = None,
    known_on: KnownOn = None,
    style: Style = None,
    no_pager: NoPager = False,
) -> None:
    """Explain how each date was computed, or why there is none.

    For example:
      orderwatch explain 192/2024-03-28/3
      orderwatch explain 178/2020-01-23/4@2027-05-23
    """
    known = record(settings(ctx), as_of=as_of, known_on=known_on)
    (found,) = selection(known, (id_,))
    if found.obligation is not None and found.deadline is not None:
        schedules = [_one(known, found.obligation, found.deadline)]
    else:
        schedules = [planned for planned, _ in assessed(known, duties(known, (found,)))]
    pager.show(renderer(style).explain(known.view, schedules), no_pager=no_pager)


def _one(known: Record, duty: Obligation, day: date) -> Schedule:
    """Compute as far as one deadline, and leave the others out."""
    found = schedule(known, duty, until=max(day, known.view.as_of))
    wanted = tuple(d for d in found.deadlines if d.first_due == day)
    if not wanted:
        near = sorted(found.deadlines, key=lambda d: abs((d.first_due - day).days))[:3]
        offer = ", ".join(d.id for d in near) if near else "it has none"
        raise UsageError(f"{duty.id}@{day}: is no deadline of it; nearest: {offer}")
    return replace(found, deadlines=wanted)
