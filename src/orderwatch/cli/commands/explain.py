"""`explain`: how each date was computed."""

from datetime import date

import typer

from orderwatch.cli.options import AsOf, Id, KnownOn, NoPager, Style, settings
from orderwatch.cli.terminal import pager
from orderwatch.cli.terminal.formats import renderer
from orderwatch.errors import UsageError
from orderwatch.frozen import replace
from orderwatch.model import Obligation, Schedule
from orderwatch.snapshot import (
    Snapshot,
    assess,
    load_snapshot,
    resolve,
    schedule,
    select_obligations,
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
    snapshot = load_snapshot(settings(ctx), as_of=as_of, known_on=known_on)
    (reference,) = resolve(snapshot, (id_,))
    if reference.obligation is not None and reference.deadline is not None:
        schedules = [_schedule_of(snapshot, reference.obligation, reference.deadline)]
    else:
        schedules = [
            schedule
            for schedule, _ in assess(
                snapshot, select_obligations(snapshot, (reference,))
            )
        ]
    pager.show(renderer(style).explain(snapshot.view, schedules), no_pager=no_pager)


def _schedule_of(snapshot: Snapshot, obligation: Obligation, day: date) -> Schedule:
    """Compute the schedule up to one deadline; drop all others."""
    full = schedule(snapshot, obligation, until=max(day, snapshot.view.as_of))
    matches = tuple(
        deadline for deadline in full.deadlines if deadline.first_due == day
    )
    if not matches:
        closest = sorted(
            full.deadlines, key=lambda deadline: abs((deadline.first_due - day).days)
        )[:3]
        hint = (
            ", ".join(deadline.id for deadline in closest) if closest else "it has none"
        )
        raise UsageError(
            f"{obligation.id}@{day}: is no deadline of it; nearest: {hint}"
        )
    return replace(full, deadlines=matches)
