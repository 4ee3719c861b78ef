"""`orders list`: the orders of the register."""

from typing import Annotated

import typer

from orderwatch.cli.options import AsOf, NoPager, Style, settings, suggest
from orderwatch.cli.terminal import pager
from orderwatch.cli.terminal.formats import renderer
from orderwatch.errors import UsageError
from orderwatch.model import Outcome, Register
from orderwatch.snapshot import Snapshot

OutcomeFilter = Annotated[
    Outcome | None, typer.Option("--outcome", help="Only orders with this outcome.")
]
Year = Annotated[
    int | None, typer.Option("--year", metavar="YEAR", help="Only of this year.")
]
Party = Annotated[
    str | None, typer.Option("--party", metavar="NAME", help="Only with this party.")
]


def list_(
    ctx: typer.Context,
    outcome: OutcomeFilter = None,
    year: Year = None,
    party: Party = None,
    as_of: AsOf = None,
    style: Style = None,
    no_pager: NoPager = False,
) -> None:
    """List the orders of the register, oldest first.

    For example:
      orderwatch orders --outcome indicated --party Israel
      orderwatch orders list --format csv
    """
    with Snapshot(settings(ctx), as_of=as_of) as snapshot:
        register = snapshot.register
        if party is not None:
            _require_party(party, register)
        orders = tuple(
            order
            for order in register.orders
            if order.made <= snapshot.as_of
            and outcome in {None, order.outcome}
            and year in {None, order.made.year}
            and (party is None or _has_party(party, order.case.parties))
        )
        text = renderer(style).orders(snapshot.view, orders, register.obligations)
    pager.show(text, no_pager=no_pager)


def _require_party(party: str, register: Register) -> None:
    """Raise `UsageError` for an unknown party: an empty list would be misread."""
    parties = dict.fromkeys(name for case in register.cases for name in case.parties)
    if not party.strip() or not _has_party(party, tuple(parties)):
        hint = suggest(party, parties)
        raise UsageError(f"{party!r}: no case has a party of that name{hint}")


def _has_party(party: str, parties: tuple[str, ...]) -> bool:
    return any(party.strip().casefold() in name.casefold() for name in parties)
