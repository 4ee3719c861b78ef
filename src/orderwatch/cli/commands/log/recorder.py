"""`log recorder`: the keys whose amendments count."""

import re
from typing import Annotated

import typer

from orderwatch.cli.commands.log._append import AcceptCut, Style, print_result
from orderwatch.cli.commands.log.checkpoint import MAX_BYTES
from orderwatch.cli.lazy_group import WrappingGroup
from orderwatch.cli.options import settings
from orderwatch.cli.terminal import pager, streams
from orderwatch.cli.terminal.formats import Format, json_or_plain
from orderwatch.errors import UsageError
from orderwatch.log.formats.signed_note import parse_public_key
from orderwatch.model.entry import Rank
from orderwatch.snapshot import Snapshot
from orderwatch.translation import _, mark

app = typer.Typer(
    cls=WrappingGroup,
    rich_markup_mode=None,
    add_completion=False,
    help="List and change who may amend every entry of the log.\n\n"
    "An entry can be amended with the key that signed it. The owner, whose key created the log, "
    "and the editors can amend all entries.\n\n"
    "For example:\n"
    "  orderwatch log recorder list\n"
    "  orderwatch log recorder list --format json",
)

_DIGITS = re.compile("[0-9A-Fa-f]{64}")

Key = Annotated[
    str,
    typer.Argument(
        metavar="KEY",
        help=mark(
            "A public key, as `log keygen` prints it or 64 hexadecimal digits, or a file with one."
        ),
    ),
]


@app.command()
def add(
    ctx: typer.Context,
    key: Key,
    editor: Annotated[
        bool, typer.Option("--editor", help=mark("Make it an editor (default)."))
    ] = False,
    owner: Annotated[
        bool, typer.Option("--owner", help=mark("Make it the owner, instead of you."))
    ] = False,
    name: Annotated[
        str | None, typer.Option("--name", metavar="NAME", help=mark("Name of the key's holder."))
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help=mark("Do not ask for confirmation."))] = False,
    accept_cut: AcceptCut = None,
    style: Style = None,
) -> None:
    """Make a key an editor of the log, or its owner.

    Only the owner of the log can.

    For example:
      orderwatch log recorder add office.pub --name Ben
      orderwatch log recorder add office.pub --owner --yes
    """
    if editor and owner:
        raise UsageError(_("--editor and --owner exclude each other"))
    public = _read_key(key)
    if owner and not yes:
        streams.confirm_final(
            _("Make {key} the owner of the log?").format(key=public),
            _("only the new owner can undo that; set --yes to confirm"),
            _("Nothing was recorded."),
        )
    rank = Rank.OWNER if owner else Rank.EDITOR
    _appoint(ctx, public, rank, name, accept_cut, style)


@app.command()
def revoke(ctx: typer.Context, key: Key, accept_cut: AcceptCut = None, style: Style = None) -> None:
    """Revoke an editor of the log.

    What it amended before stays amended. Only the owner of the log can.

    For example:
      orderwatch log recorder revoke partner.pub
      orderwatch log recorder revoke partner.pub --format json
    """
    _appoint(ctx, _read_key(key), Rank.REVOKED, None, accept_cut, style)


@app.command("list")
def list_(ctx: typer.Context, style: Style = None) -> None:
    """List the owner and the editors of the log, and the key of this home.

    For example:
      orderwatch log recorder list
      orderwatch log recorder list --format json
    """
    with Snapshot(settings(ctx)) as snapshot:
        authority, appointments = snapshot.log.authority(), snapshot.log.appointments()
        signer = snapshot.home_key.signer(create=False)
    home = signer.verifier.public.hex() if signer else None
    text = json_or_plain(style).recorders(authority, appointments, home)
    pager.show(text, style, no_pager=True)


def _appoint(
    ctx: typer.Context,
    key: str,
    rank: Rank,
    name: str | None,
    accept_cut: str | None,
    output_format: Format | None,
) -> None:
    with Snapshot(settings(ctx), write=True, accept_cut=accept_cut) as snapshot:
        result = snapshot.appoint(key, rank, name)
    print_result(
        snapshot, result, _("makes {key} {rank}").format(key=key, rank=rank), output_format
    )


def _read_key(text: str) -> str:
    """Return the digits of a public key, which stands there or in a file."""
    if not (_DIGITS.fullmatch(text) or "+" in text):
        text = streams.read_input(text, MAX_BYTES).strip()
    return parse_public_key(text)
