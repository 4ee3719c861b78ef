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
from orderwatch.translation import _, mark

app = typer.Typer(rich_markup_mode=None, add_completion=False)

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
    timeline: Timeline = False,
    as_of: AsOf = None,
    known_on: KnownOn = None,
    style: Style = None,
    excel: Excel = False,
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
    style = for_excel(style, excel=excel)
    if passed and due_within is not None:
        raise UsageError(_("--passed and --due-within exclude each other"))
    with Snapshot(settings(ctx), as_of=as_of, known_on=known_on) as snapshot:
        if not (ids or everything):
            snapshot.follow()
        results = snapshot.statuses(
            *select(snapshot, ids, style, exact=exact),
            ended=everything,
            party=party,
            any_role=any_role,
            kind=kind,
            in_force=in_force,
        )
        if due_within is not None:
            results = law.due_within(results, due_within)
        if passed:
            results = law.passed(results)
        notes: list[str] = []
        results = limited(results, limit, notes)
        if timeline:
            text = _render_timeline(snapshot, results, formats.resolve_format(style))
        else:
            overview = not (
                ids or party or kind or in_force or passed or due_within is not None or limit
            )
            text = renderer(style).status(snapshot.view, results, overview=overview)
    pager.show(
        text,
        style,
        no_pager=no_pager,
        excel=excel,
        notes=[*snapshot.notes, *snapshot.follow_problems, *notes],
    )


def _render_timeline(snapshot: Snapshot, statuses: Sequence[Status], style: Format) -> str:
    """Render the timeline of the cases of statuses; as a list without a terminal."""
    from orderwatch.render.timeline import text

    if style not in {Format.TABLE, Format.PLAIN}:
        raise UsageError(
            f"--timeline draws a table or writes plain text, not {style}; leave "
            "--timeline out for the same facts in that format, or use `orderwatch "
            "export svg` for a picture"
        )
    cases = dict.fromkeys(item.obligation.order.case for item in statuses)
    case_files = [snapshot.case_file(case.id) for case in cases]
    if style is Format.PLAIN:
        return text.plain(snapshot.view, case_files)
    return text.draw(snapshot.view, case_files, width=formats.width())
