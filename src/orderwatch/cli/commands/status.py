"""`status`: what is due, when, and what is on record."""

from collections.abc import Sequence
from typing import Annotated

import typer

from orderwatch import status as law
from orderwatch.cli.options import (
    All,
    AnyRole,
    AsOf,
    DueWithin,
    Excel,
    InForce,
    KindFilter,
    KnownOn,
    Limit,
    NoPager,
    Party,
    Passed,
    Style,
    limited,
    settings,
)
from orderwatch.cli.selection import Exact, Subjects, select
from orderwatch.cli.terminal import formats, pager
from orderwatch.cli.terminal.formats import Format, for_excel, renderer
from orderwatch.errors import UsageError
from orderwatch.model import Status
from orderwatch.snapshot import Snapshot
from orderwatch.translation import _, mark, ngettext

app = typer.Typer(rich_markup_mode=None, add_completion=False)

Full = Annotated[bool, typer.Option("--full", help=mark("Show all fields of each obligation."))]
Timeline = Annotated[
    bool, typer.Option("--timeline", help=mark("Draw orders, dates and events over time."))
]


@app.command()
def status(
    ctx: typer.Context,
    ids: Subjects = None,
    exact: Exact = False,
    party: Party = None,
    any_role: AnyRole = False,
    kind: KindFilter = None,
    in_force: InForce = False,
    due_within: DueWithin = None,
    passed: Passed = False,
    limit: Limit = None,
    everything: All = False,
    full: Full = False,
    timeline: Timeline = False,
    as_of: AsOf = None,
    known_on: KnownOn = None,
    style: Style = None,
    excel: Excel = False,
    no_pager: NoPager = False,
) -> None:
    """Show orders, deadlines and what is on record.

    Without an ID: the next and the last deadlines, and the cases with orders in force.
    With IDs: one line per obligation.

    For example:
      orderwatch status
      orderwatch status rafah --as-of 2024-06-20
      orderwatch status --due-within 30 --format json
    """
    style = for_excel(style, excel=excel)
    if passed and due_within is not None:
        raise UsageError(_("--passed and --due-within exclude each other"))
    with Snapshot(settings(ctx), as_of=as_of, known_on=known_on) as snapshot:
        if not (ids or everything):
            snapshot.follow()
        names = select(snapshot, ids, style, exact=exact)
        results = snapshot.statuses(
            *names,
            ended=everything,
            party=party,
            any_role=any_role,
            kind=kind,
            in_force=in_force,
        )
        empty = None
        if due_within is not None:
            selected = law.due_within(results, due_within)
            empty = None if selected else _none_due(due_within, results)
            results = selected
        elif passed:
            results = law.passed(results)
        elif not formats.resolve_format(style).is_data:
            results = _newest_first(snapshot, results)
        notes: list[str] = []
        results = limited(results, limit, notes)
        if timeline:
            text = _render_timeline(snapshot, names, results, formats.resolve_format(style))
        else:
            overview = not (
                ids or party or kind or in_force or passed or due_within is not None or limit
            )
            text = renderer(style).status(
                snapshot.view, results, overview=overview and not full, full=full, empty=empty
            )
    pager.show(
        text,
        style,
        no_pager=no_pager,
        excel=excel,
        notes=[*snapshot.notes, *snapshot.follow_problems, *notes],
    )


def _newest_first(snapshot: Snapshot, statuses: Sequence[Status]) -> tuple[Status, ...]:
    """Sort statuses by order: in force first, then newest first."""
    from orderwatch.render.layout import newest_first

    orders = newest_first(snapshot.view, (item.obligation.order for item in statuses))
    rank = {order.id: number for number, order in enumerate(orders)}
    return tuple(sorted(statuses, key=lambda item: rank[item.obligation.order.id]))


def _none_due(days: int, statuses: Sequence[Status]) -> str:
    """Return that nothing falls due in a number of days, and the next date."""
    from orderwatch.render import phrases
    from orderwatch.render.layout import short_name

    text = ngettext(
        "Nothing is due within {n} day.", "Nothing is due within {n} days.", days
    ).format(n=days)
    upcoming = [item.current for item in law.upcoming(statuses) if item.current]
    if not upcoming:
        return _("{text} No later date is known.").format(text=text)
    obligation = upcoming[0].deadline.obligation
    return _("{text} Next: {day}, {days} ({obligation}, {name}).").format(
        text=text,
        day=phrases.long_day(upcoming[0].deadline.due),
        days=phrases.days_from_now(upcoming[0].days_left),
        obligation=phrases.obligation_label(obligation),
        name=short_name(obligation),
    )


def _render_timeline(
    snapshot: Snapshot, ids: Sequence[str], statuses: Sequence[Status], style: Format
) -> str:
    """Render the timeline of what was selected; as a list without a terminal."""
    from orderwatch.render.layout import select_statuses
    from orderwatch.render.timeline import text

    if style not in {Format.TABLE, Format.PLAIN}:
        raise UsageError(
            _(
                "--timeline has no {format} output; leave --timeline out, or use "
                '"orderwatch export svg" for a picture'
            ).format(format=style)
        )
    subjects = ids or list(dict.fromkeys(item.obligation.order.case.id for item in statuses))
    case_files = [
        select_statuses(item, statuses)
        for item in (snapshot.case_files(*subjects) if subjects else ())
    ]
    if style is Format.PLAIN:
        return text.plain(snapshot.view, case_files)
    return text.draw(snapshot.view, case_files, width=formats.width())
