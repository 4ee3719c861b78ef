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
from orderwatch.model import LogHead
from orderwatch.snapshot import log_of

LARGEST = 1_000_000
"""Of a checkpoint, a proof or a key, in bytes."""

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


def signed_by(keys: int) -> str:
    """Say what was checked of signatures: one of the keys is enough."""
    which = "the key" if keys == 1 else f"at least one of the {keys} keys"
    return f"signed by {which} given"


def checkpoint(ctx: typer.Context, sign: Sign = None) -> None:
    """Print size and root of the log.

    A partner who keeps it notices when the log is rewritten.

    For example:
      orderwatch log checkpoint > office.checkpoint
      orderwatch log checkpoint --sign office.key > office.checkpoint
    """
    with log_of(settings(ctx)) as log:
        found = signed(log.head(), sign)
    streams.emit(str(found))


def proof(found: Recorded, size: int, note: Note, read: tree.Read) -> str:
    """Prove that an entry is in the log of a size, of which a checkpoint was made."""
    index = found.seq - 1
    hashes = tree.inclusion_proof(index, size, read)
    return Proof(index=index, hashes=tuple(hashes), note=note, extra=found.raw).text()


def heads(files: Sequence[str], keys: Sequence[str]) -> tuple[LogHead, ...]:
    """Read the checkpoints that a log is to be held against."""
    verifiers = [Verifier.parse(text) for text in keys]
    found = []
    for file in files:
        data = streams.slurp(file, LARGEST)
        if verifiers:
            read = checkpoints.read(data, verifiers)
        else:
            read = Checkpoint.parse(note.parse(data, unsigned=True).text)
        found.append(LogHead(size=read.size, root=read.root, origin=read.origin))
    return tuple(found)


def signed(head: LogHead, key: Path | None) -> Note:
    """Make a checkpoint of a state of the log, signed if there is a key."""
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
    found = Checkpoint(origin=head.origin, size=head.size, root=head.root)
    signers = []
    if key is not None:
        text = streams.slurp(str(key), LARGEST).decode(errors="replace")
        signers.append(Signer.parse(text.strip()))
    return checkpoints.signed(found, *signers)
