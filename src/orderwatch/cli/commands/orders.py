"""`orders`: the register as a list, its checks, its schema."""

from typing import Annotated

import typer

from orderwatch.cli.lazy_group import ListingGroup
from orderwatch.cli.options import AsOf, NoPager, Style, nearest, settings
from orderwatch.cli.terminal import pager, streams
from orderwatch.cli.terminal.formats import renderer
from orderwatch.errors import UsageError
from orderwatch.model import Outcome, Register
from orderwatch.snapshot import home, record

app = typer.Typer(
    cls=ListingGroup,
    rich_markup_mode=None,
    add_completion=False,
    help="The orders of the register; alone, it lists them.\n\n"
    "`orderwatch orders list --help` shows what it can be asked for.\n\n"
    "For example:\n"
    "  orderwatch orders --party Israel\n"
    "  orderwatch orders validate my-orders.toml",
)

File = Annotated[
    str | None,
    typer.Argument(
        metavar="FILE", help="The register in force if left out.", show_default=False
    ),
]
OfOutcome = Annotated[
    Outcome | None, typer.Option("--outcome", help="Only orders with this outcome.")
]
Year = Annotated[
    int | None, typer.Option("--year", metavar="YEAR", help="Only of this year.")
]
Party = Annotated[
    str | None, typer.Option("--party", metavar="NAME", help="Only with this party.")
]


@app.command("list")
def list_(
    ctx: typer.Context,
    outcome: OfOutcome = None,
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
    known = record(settings(ctx), as_of=as_of)
    if party is not None:
        _check(party, known.register)
    found = tuple(
        order
        for order in known.register.orders
        if order.made <= known.view.as_of
        and outcome in {None, order.outcome}
        and year in {None, order.made.year}
        and (party is None or _named(party, order.case.parties))
    )
    pager.show(
        renderer(style).orders(known.view, found, known.register.obligations),
        no_pager=no_pager,
    )


def _check(party: str, register: Register) -> None:
    """Refuse a name that no case knows: an empty list would read as no orders."""
    every = dict.fromkeys(name for case in register.cases for name in case.parties)
    if not party.strip() or not _named(party, tuple(every)):
        offer = nearest(party, every)
        raise UsageError(f"{party!r}: no case has a party of that name{offer}")


def _named(party: str, parties: tuple[str, ...]) -> bool:
    return any(party.strip().casefold() in name.casefold() for name in parties)


@app.command()
def validate(ctx: typer.Context, file: File = None) -> None:
    """Check a register file and name every problem in it.

    For example:
      orderwatch orders validate
      orderwatch orders validate my-orders.toml
    """
    from orderwatch.register.load import load_orders, shipped

    if file is not None:
        streams.expect_name(file)
    named = file or settings(ctx).orders.value
    path = shipped() if named is None else home(named)
    found = load_orders(path)
    streams.emit(
        f"{path}: valid: {len(found.cases)} cases, {len(found.orders)} orders, "
        f"{len(found.obligations)} obligations, {len(found.decisions)} decisions, "
        f"{len(found.events)} events; reviewed {found.reviewed}\n"
    )


@app.command()
def schema() -> None:
    """Print the JSON Schema of a register file, for editors.

    For example:
      orderwatch orders schema
      orderwatch orders schema > register.schema.json
    """
    import json

    from orderwatch.register.load import schema as of_register

    streams.emit(json.dumps(of_register(), indent=2, ensure_ascii=False) + "\n")
