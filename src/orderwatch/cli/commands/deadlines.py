"""`deadlines`: every deadline as a flat list."""

import typer

from orderwatch.cli.options import (
    AnyRole,
    AsOf,
    DueWithin,
    Excel,
    InForce,
    KindFilter,
    KnownOn,
    Limit,
    NoPager,
    OldestFirst,
    Party,
    Passed,
    Since,
    Style,
    Until,
    require_range,
    settings,
)
from orderwatch.cli.selection import Exact, Subjects, select
from orderwatch.cli.terminal import pager
from orderwatch.cli.terminal.formats import for_excel, list_page, renderer
from orderwatch.errors import UsageError
from orderwatch.model import DeadlineStatus, Timing
from orderwatch.snapshot import Snapshot
from orderwatch.translation import _

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def deadlines(
    ctx: typer.Context,
    names: Subjects = None,
    exact: Exact = False,
    passed: Passed = False,
    due_within: DueWithin = None,
    in_force: InForce = False,
    party: Party = None,
    any_role: AnyRole = False,
    kind: KindFilter = None,
    since: Since = None,
    until: Until = None,
    limit: Limit = None,
    oldest_first: OldestFirst = False,
    as_of: AsOf = None,
    known_on: KnownOn = None,
    style: Style = None,
    excel: Excel = False,
    no_pager: NoPager = False,
) -> None:
    """List every deadline, past and to come.

    Of a series that goes on: all past dates and the next. Cases that have ended are
    among them; --in-force leaves them out.

    For example:
      orderwatch deadlines --passed
      orderwatch deadlines myanmar --since 2024-01-01
      orderwatch deadlines --format csv > deadlines.csv
    """
    style = for_excel(style, excel=excel)
    if passed and due_within is not None:
        raise UsageError(_("--passed and --due-within exclude each other"))
    require_range(since, until)
    with Snapshot(settings(ctx), as_of=as_of, known_on=known_on) as snapshot:
        items = snapshot.deadline_statuses(
            *select(snapshot, names, style, exact=exact),
            since=since,
            until=until,
            party=party,
            any_role=any_role,
            kind=kind,
            in_force=in_force,
        )
        if passed:
            items = [item for item in items if item.timing is Timing.PASSED]
        if due_within is not None:
            items = [item for item in items if _is_within(item, due_within)]
        items.sort(key=lambda item: (item.deadline.due, item.deadline.id))
        rows, notes = list_page(style, items, limit, oldest_first=oldest_first)
        text = renderer(style).deadlines(snapshot.view, rows, total=len(items))
    pager.show(text, style, no_pager=no_pager, excel=excel, notes=[*snapshot.notes, *notes])


def _is_within(item: DeadlineStatus, days: int) -> bool:
    is_open = item.timing in {Timing.UPCOMING, Timing.DUE_TODAY}
    return is_open and item.days_left <= days
