"""`log checkpoint`: size and root of the log."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from orderwatch.cli.options import settings
from orderwatch.cli.terminal import streams
from orderwatch.errors import LogError
from orderwatch.ledger import checkpoint as checkpoints
from orderwatch.ledger import note, tree
from orderwatch.ledger.checkpoint import Checkpoint
from orderwatch.ledger.entry import Recorded
from orderwatch.ledger.note import Note, Signer, Verifier
from orderwatch.ledger.proof import Proof
from orderwatch.model import TreeHead
from orderwatch.snapshot import open_log

MAX_BYTES = 1_000_000
"""The maximum size of a checkpoint, a proof or a key, in bytes."""

Sign = Annotated[
    Path | None,
    typer.Option("--sign", metavar="KEYFILE", help="Sign with a key of `log keygen`."),
]
Keys = Annotated[
    list[str] | None,
    typer.Option(
        "--key",
        metavar="VKEY",
        help="A public key that must have signed, or one of several.",
    ),
]


def signature_phrase(key_count: int) -> str:
    """Return a phrase for verified signatures; one of the keys is enough."""
    signers = "the key" if key_count == 1 else f"at least one of the {key_count} keys"
    return f"signed by {signers} given"


def checkpoint(ctx: typer.Context, sign: Sign = None) -> None:
    """Print size and root of the log.

    A partner who keeps it notices when the log is rewritten.

    For example:
      orderwatch log checkpoint > office.checkpoint
      orderwatch log checkpoint --sign office.key > office.checkpoint
    """
    with open_log(settings(ctx)) as log:
        signed_note = sign_checkpoint(log.head(), sign)
    streams.write_result(str(signed_note))


def inclusion_proof(
    item: Recorded, size: int, signed_note: Note, read_node: tree.Read
) -> str:
    """Build the inclusion proof of an entry in a tree of that size."""
    index = item.seq - 1
    hashes = tree.inclusion_proof(index, size, read_node)
    return Proof(
        index=index, hashes=tuple(hashes), note=signed_note, extra=item.raw
    ).text()


def read_tree_heads(names: Sequence[str], keys: Sequence[str]) -> tuple[TreeHead, ...]:
    """Read checkpoints to compare a log with; verify their signatures."""
    verifiers = [Verifier.parse(text) for text in keys]
    tree_heads = []
    for name in names:
        data = streams.read_input(name, MAX_BYTES)
        if verifiers:
            checkpoint = checkpoints.read(data, verifiers)
        else:
            checkpoint = Checkpoint.parse(note.parse(data, unsigned=True).text)
        tree_heads.append(
            TreeHead(
                size=checkpoint.size, root=checkpoint.root, origin=checkpoint.origin
            )
        )
    return tuple(tree_heads)


def sign_checkpoint(head: TreeHead, key: Path | None) -> Note:
    """Build a checkpoint of a tree head, signed if there is a key."""
    if head.origin is None and head.size:
        raise LogError(
            "the name of the log is missing: it is damaged; `orderwatch log verify` "
            "says what else is"
        )
    if head.origin is None:
        raise LogError(
            "the log has no entry yet, and so no checkpoint; `orderwatch log add` "
            "records the first"
        )
    checkpoint = Checkpoint(origin=head.origin, size=head.size, root=head.root)
    signers = []
    if key is not None:
        text = streams.read_input(str(key), MAX_BYTES).decode(errors="replace")
        signers.append(Signer.parse(text.strip()))
    return checkpoints.signed(checkpoint, *signers)
