"""`log checkpoint`: size and root of the log."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from orderwatch.cli.options import settings
from orderwatch.cli.terminal import streams
from orderwatch.errors import LogError, UsageError
from orderwatch.log.formats import checkpoint as checkpoints
from orderwatch.log.formats import signed_note as notes
from orderwatch.log.formats.policy import Policy
from orderwatch.log.formats.signed_note import Note, Signer, Verifier
from orderwatch.model import TreeHead
from orderwatch.snapshot import Snapshot
from orderwatch.text import OTHER, kind_of
from orderwatch.translation import _, mark

MAX_BYTES = 1_000_000
"""The maximum size of a checkpoint, a proof or a key, in bytes."""

HOME = "home"
"""Value of `--sign` that selects the signing key in the data folder."""
_PRIVATE_KEY = mark("a private key")

Sign = Annotated[
    Path | None,
    typer.Option(
        "--sign",
        metavar="KEYFILE|home",
        help=mark("Sign with a key of `log keygen`, or `home` for the key of this home."),
    ),
]
Keys = Annotated[
    list[str] | None,
    typer.Option(
        "--key",
        metavar="VKEY",
        help=mark("Require a signature by this public key, or by one of several."),
    ),
]


PolicyFile = Annotated[
    Path | None,
    typer.Option(
        "--policy",
        metavar="FILE",
        help=mark("Require the signatures that this policy (C2SP tlog-policy) asks for."),
    ),
]
Cosigned = Annotated[
    bool,
    typer.Option("--cosigned", help=mark("Use the last checkpoint that witnesses cosigned.")),
]


def checkpoint(ctx: typer.Context, sign: Sign = None, cosigned: Cosigned = False) -> None:
    """Print a checkpoint: size and root of the log.

    Who keeps it can detect later whether the log was rewritten.

    For example:
      orderwatch log checkpoint > office.checkpoint
      orderwatch log checkpoint --sign home > office.checkpoint
    """
    with Snapshot(settings(ctx)) as snapshot:
        signed_note = read_signed(snapshot, sign, cosigned=cosigned)
    streams.write_document(str(signed_note))


def read_signed(snapshot: Snapshot, sign: Path | None, *, cosigned: bool) -> Note:
    """Return the last checkpoint, signed with a key if one is named, or the last cosigned one."""
    if cosigned:
        if sign is not None:
            raise UsageError(_("--sign and --cosigned exclude each other"))
        return snapshot.cosigned_checkpoint()
    return snapshot.checkpoint(read_key(sign, snapshot))


def read_tree_heads(
    names: Sequence[str], keys: Sequence[str], policy: Policy | None = None
) -> tuple[TreeHead, ...]:
    """Read checkpoints to compare a log with; verify their signatures."""
    verifiers = [Verifier.parse(text) for text in keys]
    tree_heads = []
    for name in names:
        content = read_note(name, "a checkpoint")
        try:
            note = notes.parse(content, unsigned=True)
            checkpoint = checkpoints.from_note(note, verifiers)
            if policy is not None:
                policy.verify(note)
        except LogError as error:
            raise LogError(f"{name}: {error}") from error
        tree_heads.append(
            TreeHead(size=checkpoint.size, root=checkpoint.root, origin=checkpoint.origin)
        )
    return tuple(tree_heads)


def read_policy(path: Path) -> Policy:
    """Read a policy; raise `UsageError` if it is invalid."""
    text = streams.read_input(str(path), MAX_BYTES)
    try:
        return Policy.parse(text.encode())
    except UsageError as error:
        raise UsageError(f"{path}: {error}") from error


def read_key(path: Path | None, snapshot: Snapshot, *, hint: bool = True) -> str | None:
    """Read the file of a signer key, or the key of the home; `None` where none is named.

    With `hint`, the public key of the home is printed.
    """
    if path is None:
        return None
    if str(path) == HOME:
        return _home_key(snapshot, hint=hint)
    content = streams.read_input(str(path), MAX_BYTES).strip()
    if (kind := kind_of(content)) not in {_PRIVATE_KEY, OTHER}:
        text = _("{path}: is {kind}, not a key as `orderwatch log keygen` writes it")
        raise UsageError(text.format(path=path, kind=_(kind)))
    return content


def _home_key(snapshot: Snapshot, *, hint: bool) -> str | None:
    """Return the key of the home under the name of the log; print its public half as a hint."""
    signer, origin = snapshot.home_key.signer(create=False), snapshot.log.head().origin
    if signer is None:
        raise UsageError(
            _("This home has no key yet. The first `orderwatch log add` or `init` makes one.")
        )
    if origin is None:
        return None
    named = Signer(name=origin, seed=signer.seed)
    if hint:
        streams.print_hint(_("To verify the signature: --key {key}").format(key=named.verifier))
    return named.private_key()


def read_note(name: str, expected: str) -> str:
    """Read a checkpoint or a request; empty lines around it are not part of it.

    Raises `UsageError` for a file that is something else.
    """
    content = streams.read_input(name, MAX_BYTES).strip("\n")
    if (kind := kind_of(f"{content}\n")) not in {expected, OTHER}:
        text = _("{path}: is {kind}, not {expected}")
        raise UsageError(text.format(path=name, kind=_(kind), expected=_(expected)))
    return f"{content}\n"
