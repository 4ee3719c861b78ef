"""`witness add`: trust the key of a log."""

from typing import Annotated

import typer

from orderwatch.cli.commands.log.checkpoint import MAX_BYTES
from orderwatch.cli.terminal import streams
from orderwatch.log.formats.signed_note import Verifier
from orderwatch.snapshot import data_folder
from orderwatch.translation import mark
from orderwatch.witness import Witness


def add(
    key: Annotated[
        str,
        typer.Argument(
            metavar="VKEY|FILE", help=mark("Public key of the log, as `log checkpoint` prints it.")
        ),
    ],
    name: Annotated[
        str | None,
        typer.Option(
            "--name", metavar="NAME", help=mark("Name of this witness. Default: one of its key.")
        ),
    ] = None,
) -> None:
    """Witness a log: trust its public key; print that of this witness.

    The first call makes the key of the witness, in a folder that must never be copied: two
    copies could cosign two histories.

    For example:
      orderwatch witness add office.vkey
      orderwatch witness add office.vkey --name example.org/desk
    """
    text = key if "+" in key else streams.read_input(key, MAX_BYTES)
    witness = Witness(data_folder() / "witness")
    verifier = witness.add(Verifier.parse(text), name)
    streams.print_message(witness.note)
    streams.write_result(f"{verifier}\n")
