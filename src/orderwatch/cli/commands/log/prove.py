"""`log prove`: the proof that an entry is in the log, or that the log continues an older one."""

from typing import Annotated

import typer

from orderwatch.cli.commands.log.checkpoint import (
    Cosigned,
    Sign,
    read_signed,
    read_tree_heads,
)
from orderwatch.cli.commands.log.export import WithPrivate
from orderwatch.cli.options import settings
from orderwatch.cli.terminal import streams
from orderwatch.errors import UsageError
from orderwatch.model.entry import StoredEntry
from orderwatch.snapshot import Snapshot
from orderwatch.translation import _, mark


def prove(
    ctx: typer.Context,
    entry: Annotated[
        str | None,
        typer.Argument(
            metavar="ENTRY",
            help=mark("Number of the entry, or the beginning of its id."),
            show_default=False,
        ),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(
            "--since",
            metavar="CHECKPOINT",
            help=mark("Prove that the log continues the state of this file."),
        ),
    ] = None,
    sign: Sign = None,
    cosigned: Cosigned = False,
    hash_only: Annotated[
        bool, typer.Option("--hash-only", help=mark("Leave out text and salt."))
    ] = False,
    with_private: WithPrivate = False,
) -> None:
    """Print a proof: of one entry with its text, or that nothing older was changed.

    `log verify-proof` verifies it without the log. The text of a private entry stays out.

    For example:
      orderwatch log prove 3 --sign home > entry-3.proof
      orderwatch log prove --since partner.checkpoint > growth.proof
    """
    if (entry is None) is (since is None):
        raise UsageError(_("name an entry, or a checkpoint with --since"))
    with Snapshot(settings(ctx)) as snapshot:
        if since is not None:
            [head] = read_tree_heads([since], [])
            note = read_signed(snapshot, sign, cosigned=cosigned)
            text = snapshot.prove_since(head, note).to_text()
        else:
            item = snapshot.entry(str(entry))
            note = read_signed(snapshot, sign, cosigned=cosigned)
            proof = snapshot.prove(
                str(item.seq), note, hash_only=hash_only, with_private=with_private
            )
            text = proof.to_text()
            if not hash_only:
                _print_omission(item, with_private=with_private)
    streams.write_document(text)


def _print_omission(item: StoredEntry, *, with_private: bool) -> None:
    """Print why the text of an entry is not in its proof."""
    if item.redacted or item.withheld:
        text = _("entry {n} has no text any more: the proof is of its header")
        if item.withheld:
            text = _("the text of entry {n} was withheld: the proof is of its header")
        streams.print_hint(text.format(n=item.seq))
    elif item.private and not with_private:
        text = _("the text of the private entry {n} was left out; --with-private includes it")
        streams.print_hint(text.format(n=item.seq))
