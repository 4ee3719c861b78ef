"""`log recorder`: the keys whose amendments count."""

import re
from typing import Annotated

import typer

from orderwatch.cli.commands.log._append import Style, print_result
from orderwatch.cli.options import settings
from orderwatch.cli.terminal import pager, streams
from orderwatch.cli.terminal.formats import Format
from orderwatch.errors import UsageError
from orderwatch.log.formats.signed_note import Verifier, is_small_order
from orderwatch.model.entry import Rank
from orderwatch.snapshot import Snapshot

app = typer.Typer(
    rich_markup_mode=None,
    add_completion=False,
    help="Say who may correct, retract and redact every entry of the log.\n\n"
    "What a key signed, the same key amends. The owner, whose key made the log, and the editors "
    "amend the entries of all.\n\n"
    "For example:\n"
    "  orderwatch log recorder list\n"
    "  orderwatch log recorder add 6f1c… --name Ben",
)

Key = Annotated[
    str,
    typer.Argument(metavar="KEY", help="A public key: 64 digits, or as `log keygen` prints it."),
]


@app.command()
def add(
    ctx: typer.Context,
    key: Key,
    editor: Annotated[bool, typer.Option("--editor", help="As an editor, the default.")] = False,
    owner: Annotated[
        bool, typer.Option("--owner", help="As the next owner; you are it no longer.")
    ] = False,
    name: Annotated[
        str | None, typer.Option("--name", metavar="NAME", help="Whose key it is.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    style: Style = None,
) -> None:
    """Make a key an editor of the log, or its next owner.

    Only the owner of the log can.

    For example:
      orderwatch log recorder add 6f1c… --name Ben
      orderwatch log recorder add 6f1c… --owner --yes
    """
    if editor and owner:
        raise UsageError("--editor and --owner: give one of them")
    public = parse_key(key)
    if owner and not yes:
        _confirm_successor(public)
    rank = Rank.OWNER if owner else Rank.EDITOR
    _appoint(ctx, public, rank, name, style)


@app.command()
def revoke(ctx: typer.Context, key: Key, style: Style = None) -> None:
    """Take the rank of an editor from a key.

    What it amended before stays amended. Only the owner of the log can.

    For example:
      orderwatch log recorder revoke 6f1c…
      orderwatch log recorder revoke 6f1c… --format json
    """
    _appoint(ctx, parse_key(key), Rank.REVOKED, None, style)


@app.command("list")
def list_(ctx: typer.Context, style: Style = None) -> None:
    """List the owner and the editors of the log, and the key of this home.

    For example:
      orderwatch log recorder list
      orderwatch log recorder list --format json
    """
    from orderwatch.render import json, plain

    with Snapshot(settings(ctx)) as snapshot:
        authority, appointments = snapshot.log.authority(), snapshot.log.appointments()
        signer = snapshot.home_key.signer(create=False)
    home = signer.verifier.public.hex() if signer else None
    render = json.recorders if style is Format.JSON else plain.recorders
    pager.show(render(authority, appointments, home), style, no_pager=True)


def parse_key(text: str) -> str:
    """Parse a public key, in hexadecimal or as a verifier key; return its digits."""
    digits = text.strip().lower()
    if re.fullmatch("[0-9a-f]{64}", digits):
        if is_small_order(bytes.fromhex(digits)):
            raise UsageError("the key is weak: anybody can sign for it")
        return digits
    return Verifier.parse(text).public.hex()


def _appoint(
    ctx: typer.Context, key: str, rank: Rank, name: str | None, output_format: Format | None
) -> None:
    with Snapshot(settings(ctx), write=True) as snapshot:
        result = snapshot.appoint(key, rank, name)
    streams.print_note(snapshot.home_key.note)
    print_result(result, f"makes {key} {rank}", output_format)


def _confirm_successor(key: str) -> None:
    if not streams.is_interactive():
        raise UsageError("only the next owner can undo that: give --yes to mean it")
    if not streams.confirm(f"Give the log to {key}?"):
        streams.print_message("Nothing was recorded.")
        raise typer.Exit(130)
