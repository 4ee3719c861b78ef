"""`log import`, `export`, `verify`: the log as a file, and whether it holds."""

import sys
from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Annotated

import typer

from orderwatch.address import is_shared
from orderwatch.cli import clock, kept, output
from orderwatch.cli.event_options import Style
from orderwatch.cli.options import settings
from orderwatch.cli.output import Format
from orderwatch.cli.past import ahead
from orderwatch.cli.proof import Keys, heads, signed_by
from orderwatch.cli.record import log_of
from orderwatch.errors import LogError, UsageError
from orderwatch.ledger.exchange import LINE_MAX
from orderwatch.ledger.store import Report, path_of
from orderwatch.model import LogHead

_VERIFIED = "entries verified"
"""What is counted while somebody waits."""
File = Annotated[
    str, typer.Argument(metavar="FILE|-", help="JSON Lines, as `log export` writes.")
]
Output = Annotated[
    Path | None,
    typer.Option("--output", metavar="FILE", help="Write there, whole or not at all."),
]
Checkpoints = Annotated[
    list[str] | None,
    typer.Option(
        "--checkpoint", metavar="FILE", help="A checkpoint that was kept elsewhere."
    ),
]


def import_(ctx: typer.Context, file: File, style: Style = None) -> None:
    """Bring in a partner's entries, all or nothing.

    Each keeps who recorded it, and none comes in twice.

    For example:
      orderwatch log import partner.jsonl
      orderwatch log import - < partner.jsonl
    """
    with (
        _lines(file) as lines,
        log_of(settings(ctx), write=True) as log,
        output.progress("entries read") as progress,
    ):
        done = log.append_many(lines, progress)
    root = b64encode(done.root).decode()
    sure = f"the import is done: {done.added} added, {done.skipped} already there"
    if style is Format.JSON:
        from orderwatch.render import json

        output.report(
            json.text(
                {
                    "schema": "orderwatch/import/1",
                    "added": done.added,
                    "skipped": done.skipped,
                    "size": done.size,
                    "root": root,
                }
            ),
            sure,
        )
        return
    from orderwatch.render.words import count

    added, size = (count(n, "entry", "entries") for n in (done.added, done.size))
    output.report(
        f"{added} added, {done.skipped} already there.\n"
        f"The log has {size}, root {root}\n",
        sure,
    )


def export(ctx: typer.Context, file: Output = None) -> None:
    """Write the log as JSON Lines that keep the exact bytes.

    Such a file, in git or at a partner's, verifies as the log does.

    For example:
      orderwatch log export --output log.jsonl
      orderwatch log export > log.jsonl
    """
    with log_of(settings(ctx)) as log:
        if file is None or str(file) == "-":
            output.stream(log.export())
            return
        url = str(settings(ctx).log.value)
        if not is_shared(url) and file.resolve() == path_of(url).resolve():
            raise UsageError(f"{file} is the log itself: name another file")
        output.write(file, log.export())


def verify(
    ctx: typer.Context,
    file: Annotated[
        str | None,
        typer.Argument(
            metavar="FILE|-",
            help="An export, instead of the log.",
            show_default=False,
        ),
    ] = None,
    checkpoint: Checkpoints = None,
    key: Keys = None,
    style: Style = None,
) -> None:
    """Recompute entries, tree and evidence; name what is wrong.

    For example:
      orderwatch log verify
      orderwatch log verify log.jsonl --checkpoint partner.checkpoint
    """
    chosen = settings(ctx)
    if key and not checkpoint:
        raise UsageError("--key says who signed a --checkpoint, and none is given")
    known = heads(checkpoint or (), key or ())
    if file is None:
        with log_of(chosen) as log:
            with output.progress(_VERIFIED) as progress:
                found = log.verify(known, progress)
            files = kept.check(chosen, log) if found.problem is None else 0
            warning = ahead(log, clock.now()) if found.problem is None else None
        if warning:
            output.advise(warning)
    else:
        found, files = _verified(file, known), 0
    if found.problem is not None:
        where = f"entry {found.seq}: " if found.seq else ""
        raise LogError(
            f"the log does not verify: {where}{found.problem}\n"
            "leave it as it is, and hold a backup or a partner's export against it: "
            "`orderwatch log verify FILE`"
        )
    _tell(found, files, known, len(key or ()), style)


def _verified(file: str, known: Sequence[LogHead]) -> Report:
    from orderwatch.ledger.verify import verify_lines

    with _lines(file) as lines, output.progress(_VERIFIED) as progress:
        return verify_lines(lines, known, progress)


def _tell(
    found: Report,
    files: int,
    known: Sequence[LogHead],
    keys: int,
    style: Format | None,
) -> None:
    root = b64encode(found.root).decode()
    if style is Format.JSON:
        from orderwatch.render import json

        output.emit(
            json.text(
                {
                    "schema": "orderwatch/verify/1",
                    "size": found.size,
                    "root": root,
                    "redacted": found.redacted,
                    "withheld": found.withheld,
                    "files": files,
                    "checkpoints": len(known),
                }
            )
        )
        return
    from orderwatch.render.words import count

    gone = f"{found.redacted} redacted"
    if found.withheld:
        gone += f", {found.withheld} withheld from the file"
    checkpoints = count(len(known), "checkpoint")
    if keys:
        checkpoints += f" ({signed_by(keys)})"
    output.emit(
        f"Everything matches: {count(found.size, 'entry', 'entries')} ({gone}), "
        f"{count(files, 'file')}, {checkpoints}, root {root}\n"
    )


@contextmanager
def _lines(file: str) -> Iterator[Iterator[bytes]]:
    """Open an export, or standard input for `-`."""
    if file == "-":
        yield _bounded(sys.stdin.buffer)
        return
    output.expect_name(file)
    try:
        opened = Path(file).open("rb")  # noqa: SIM115 - closed below
    except OSError as error:
        raise UsageError(f"{file}: cannot be read: {error.strerror}") from error
    except ValueError as error:  # a name that no file can have
        raise UsageError(f"{file}: cannot be read: {error}") from error
    with opened:
        try:
            yield _bounded(opened)
        except IsADirectoryError:
            raise UsageError(f"{file}: is a folder") from None


def _bounded(file: IO[bytes]) -> Iterator[bytes]:
    """Yield lines; one that is too long is cut, and is the last that is read."""
    while line := file.readline(LINE_MAX + 1):
        yield line
        if len(line) > LINE_MAX:
            return
