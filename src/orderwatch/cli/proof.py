"""`log checkpoint`, `prove`, `verify-proof`: what others can check without us."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from orderwatch.cli.event_options import Entry
from orderwatch.cli.options import settings
from orderwatch.cli.record import log_of
from orderwatch.cli.terminal import streams
from orderwatch.errors import LogError, UsageError
from orderwatch.ledger import checkpoint as checkpoints
from orderwatch.ledger import note, tree
from orderwatch.ledger.checkpoint import Checkpoint
from orderwatch.ledger.entry import Recorded
from orderwatch.ledger.note import Note, Signer, Verifier
from orderwatch.ledger.proof import Proof
from orderwatch.model import LogHead

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


def prove(ctx: typer.Context, entry: Entry, sign: Sign = None) -> None:
    """Print a proof that an entry is in the log.

    A stranger can check it without the log.

    For example:
      orderwatch log prove 3 > entry-3.proof
      orderwatch log prove 3 --sign office.key > entry-3.proof
    """
    with log_of(settings(ctx)) as log:
        head = log.head()
        found = log.get(log.find(entry))
        text = proof(found, head.size, signed(head, sign), log.node)
    streams.emit(text)


def proof(found: Recorded, size: int, note: Note, read: tree.Read) -> str:
    """Prove that an entry is in the log of a size, of which a checkpoint was made."""
    index = found.seq - 1
    hashes = tree.inclusion_proof(index, size, read)
    return Proof(index=index, hashes=tuple(hashes), note=note, extra=found.raw).text()


def verify_proof(
    file: Annotated[str, typer.Argument(metavar="FILE|-", help="A proof.")],
    key: Keys = None,
) -> None:
    """Check a proof that an entry is in a log.

    For example:
      orderwatch log verify-proof entry-3.proof
      orderwatch log verify-proof - < entry-3.proof
    """
    found = Proof.parse(streams.slurp(file, LARGEST))
    if not found.extra:
        raise LogError(
            f"{file}: the proof holds no entry, so there is nothing to check"
        )
    verified = found.verify(
        tree.leaf_hash(found.extra), [Verifier.parse(text) for text in key or ()]
    )
    signed = signed_by(len(key)) if key else "its signatures not checked"
    from orderwatch.render.sanitize import visible

    # A stranger's proof can be of any bytes.
    entry = visible(found.extra.decode(errors="backslashreplace"))
    streams.emit(
        f"The proof holds: entry {found.index + 1} of {verified.size} in the log "
        f"{visible(verified.origin)} ({signed}).\n{entry}\n"
    )


def keygen(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="KEYFILE", help="A new file.")],
    name: Annotated[
        str | None,
        typer.Option("--name", metavar="NAME", help="The name; the log's if left out."),
    ] = None,
) -> None:
    """Make a key to sign with: a new file; print the public key.

    For example:
      orderwatch log keygen office.key
      orderwatch log keygen desk.key --name example.org/desk
    """
    if name is None:
        with log_of(settings(ctx)) as log:
            name = log.head().origin
    if name is None:
        raise UsageError("the log has no name before its first entry: give --name")
    signer = Signer.generate(name)
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as opened:
            opened.write(f"{signer.private_key()}\n")
    except FileExistsError as error:
        raise UsageError(
            f"{file}: cannot be made: File exists; a key is never overwritten, so give "
            "another name"
        ) from error
    except OSError as error:
        raise UsageError(f"{file}: cannot be made: {error.strerror}") from error
    streams.report(
        f"{signer.verifier}\n", f"{file} is made, and is a key of {signer.verifier}"
    )


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
