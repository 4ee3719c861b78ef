"""`orders`: the register as a list."""

from datetime import date
from typing import Annotated

import typer

from orderwatch import lookup
from orderwatch.cli.lazy_group import DefaultListGroup
from orderwatch.cli.options import (
    AsOf,
    Excel,
    Limit,
    NoPager,
    OldestFirst,
    Since,
    Style,
    Until,
    require_range,
    settings,
)
from orderwatch.cli.selection import Subjects, select_orders
from orderwatch.cli.terminal import pager
from orderwatch.cli.terminal.formats import for_excel, list_page, renderer, resolve_format
from orderwatch.errors import UsageError
from orderwatch.model import Outcome
from orderwatch.snapshot import Snapshot
from orderwatch.translation import _, mark

OutcomeFilter = Annotated[
    Outcome | None, typer.Option("--outcome", help=mark("Only orders with this outcome."))
]
Year = Annotated[
    int | None, typer.Option("--year", metavar="YEAR", help=mark("Only orders of this year."))
]
Party = Annotated[
    str | None,
    typer.Option(
        "--party", metavar="NAME", help=mark("Only cases to which this State is a party.")
    ),
]
InForce = Annotated[bool, typer.Option("--in-force", help=mark("Only orders in force."))]


def list_(
    ctx: typer.Context,
    names: Subjects = None,
    outcome: OutcomeFilter = None,
    year: Year = None,
    party: Party = None,
    in_force: InForce = False,
    since: Since = None,
    until: Until = None,
    oldest_first: OldestFirst = False,
    limit: Limit = None,
    as_of: AsOf = None,
    style: Style = None,
    excel: Excel = False,
    no_pager: NoPager = False,
) -> None:
    """List the orders of the register: in force first, newest first.

    For example:
      orderwatch orders --outcome indicated --party Israel
      orderwatch orders list --format csv
    """
    style = for_excel(style, excel=excel)
    require_range(since, until)
    with Snapshot(settings(ctx), as_of=as_of) as snapshot:
        if year is not None and year > snapshot.as_of.year:
            raise UsageError(
                _("--year {year} is after the as-of date, {day}").format(
                    year=year, day=snapshot.as_of
                )
            )
        register = snapshot.register
        orders = lookup.orders(register, snapshot.as_of, outcome=outcome, year=year, party=party)
        first, last = since or date.min, until or date.max
        orders = tuple(
            order
            for order in orders
            if first <= order.made <= last and (order.in_force(snapshot.as_of) or not in_force)
        )
        if names:
            ids = set(select_orders(snapshot, names))
            orders = tuple(o for o in orders if not ids.isdisjoint({o.id, o.case.id}))
        if not (oldest_first or resolve_format(style).is_data):
            from orderwatch.render.layout import newest_first

            orders = tuple(newest_first(snapshot.view, orders)[::-1])
        shown, notes = list_page(style, orders, limit, oldest_first=oldest_first)
        text = renderer(style).orders(snapshot.view, shown, register.obligations, total=len(orders))
    pager.show(text, style, no_pager=no_pager, excel=excel, notes=[*snapshot.notes, *notes])


app = typer.Typer(
    cls=DefaultListGroup,
    rich_markup_mode=None,
    add_completion=False,
)
app.command("list")(list_)


@app.callback()
def orders() -> None:
    """List the orders of the register.

    Those in force come first, and the newest. Run "orderwatch orders list --help" for its options.

    For example:
      orderwatch orders --party Israel
      orderwatch orders --year 2024
    """
