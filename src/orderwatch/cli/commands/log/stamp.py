"""`log stamp`: have the time of a checkpoint certified."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from orderwatch.cli.commands.log.checkpoint import MAX_BYTES
from orderwatch.cli.options import settings
from orderwatch.cli.terminal import streams
from orderwatch.errors import LogError, UsageError
from orderwatch.log_url import require_other_file
from orderwatch.snapshot import Snapshot
from orderwatch.translation import _, mark

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

Roots = Annotated[
    list[Path] | None,
    typer.Option(
        "--tsa-root",
        metavar="FILE",
        help=mark("Certificates (PEM) of time-stamp authorities to trust; repeatable."),
    ),
]


def stamp(
    ctx: typer.Context,
    tsa: Annotated[
        list[str] | None,
        typer.Option(
            "--tsa",
            metavar="URL",
            help=mark("Send a request to this time-stamp authority (RFC 3161); repeatable."),
        ),
    ] = None,
    request: Annotated[
        Path | None,
        typer.Option(
            "--request", metavar="FILE", help=mark("Write a request, to send by another machine.")
        ),
    ] = None,
    token: Annotated[
        str | None,
        typer.Option("--token", metavar="FILE|-", help=mark("Store the response to a request.")),
    ] = None,
    tsa_root: Roots = None,
) -> None:
    """Have the last checkpoint stamped: the log up to it existed before a time.

    The authority gets a hash, and no text. `log verify --tsa-root` verifies the stamps.

    For example:
      orderwatch log stamp --tsa https://freetsa.org/tsr --tsa-root freetsa.pem
      orderwatch log stamp --request query.tsq
    """
    from orderwatch.log import stamp as stamps
    from orderwatch.render import plain

    if [bool(tsa), request is not None, token is not None].count(True) != 1:
        raise UsageError(_("use one of --tsa, --request and --token"))
    roots = [root for path in tsa_root or () for root in read_roots(path)]
    with Snapshot(settings(ctx), write=request is None) as snapshot:
        log = snapshot.log
        if request is not None:
            require_other_file(str(settings(ctx).log.value), request)
            streams.write_file(request, [stamps.build_request(log).as_bytes()])
            text = _("{path} is the request: send it to a time-stamp authority.")
            streams.write_result(text.format(path=request) + "\n")
            return
        if token is not None:
            with streams.open_input(token) as file:
                data = file.read(MAX_BYTES)
            try:
                stored = [stamps.store(log, data, roots)]
            except LogError as error:
                raise LogError(f"{token}: {error}") from error
        else:
            stored = [stamps.submit(log, url, roots) for url in tsa or ()]
    streams.write_result(plain.stamped(stored, is_verified=bool(roots)))


def read_roots(path: Path) -> "list[Certificate]":
    """Read certificates of authorities; raise `UsageError` if there are none."""
    from orderwatch.log import stamp as stamps

    with streams.open_input(str(path)) as file:
        data = file.read(stamps.ROOTS_MAX)
    try:
        return stamps.read_roots(data)
    except UsageError as error:
        raise UsageError(f"{path}: {error}") from error
