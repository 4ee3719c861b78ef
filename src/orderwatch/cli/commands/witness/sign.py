"""`witness sign`: cosign a checkpoint."""

from typing import Annotated

import typer

from orderwatch import clock
from orderwatch.cli.terminal import streams
from orderwatch.errors import LogError
from orderwatch.snapshot import data_folder
from orderwatch.translation import mark
from orderwatch.witness import REQUEST_MAX, Witness


def sign(
    request: Annotated[
        str,
        typer.Argument(metavar="REQUEST|-", help=mark("The file of `log witness --request`.")),
    ],
) -> None:
    """Cosign a checkpoint, if the log continues the one that was cosigned last.

    The line that it prints goes back to the holder of the log.

    For example:
      orderwatch witness sign request.txt > answer.txt
      orderwatch witness sign - < request.txt
    """
    text = streams.read_input(request, REQUEST_MAX)
    try:
        line = Witness(data_folder() / "witness").sign(text, clock.now())
    except LogError as error:
        raise LogError(f"{request}: {error}") from error
    streams.write_document(f"{line}\n")
