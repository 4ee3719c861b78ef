"""`log keygen`: make a key pair."""

from pathlib import Path
from typing import Annotated

import typer

from orderwatch import fs
from orderwatch.cli.options import settings
from orderwatch.cli.terminal import streams
from orderwatch.errors import UsageError
from orderwatch.log.formats.signed_note import Signer
from orderwatch.snapshot import Snapshot
from orderwatch.translation import _, mark


def keygen(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="KEYFILE", help=mark("The new file."))],
    name: Annotated[
        str | None,
        typer.Option(
            "--name", metavar="NAME", help=mark("Name of the key. Default: the name of the log.")
        ),
    ] = None,
) -> None:
    """Create a signing key in a new file; print the public key.

    For example:
      orderwatch log keygen office.key
      orderwatch log keygen desk.key --name example.org/desk
    """
    if name is None:
        with Snapshot(settings(ctx)) as snapshot:
            name = snapshot.log.head().origin
    if name is None:
        raise UsageError(_("the log has no name before its first entry: use --name"))
    signer = Signer.generate(name)
    try:
        fs.create_private(file, f"{signer.private_key()}\n")
    except FileExistsError as error:
        raise UsageError(
            _("{path}: file exists; a key is never overwritten").format(path=file)
        ) from error
    except OSError as error:
        text = _("{path}: cannot be created: {reason}")
        raise UsageError(text.format(path=file, reason=error.strerror)) from error
    streams.write_outcome(
        f"{signer.verifier}\n",
        _("{path} was created; its public key is {key}").format(path=file, key=signer.verifier),
    )
