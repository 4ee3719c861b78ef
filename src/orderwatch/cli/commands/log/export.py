"""`log export`: write the log as JSON Lines."""

from pathlib import Path
from typing import Annotated

import typer

from orderwatch.cli.options import settings
from orderwatch.cli.terminal import streams
from orderwatch.errors import UsageError
from orderwatch.log_url import is_shared, log_path
from orderwatch.snapshot import Snapshot

Output = Annotated[
    Path | None,
    typer.Option("--output", metavar="FILE", help="Write there, whole or not at all."),
]


def export(ctx: typer.Context, file: Output = None) -> None:
    """Write the log as JSON Lines that keep the exact bytes.

    Such a file, in git or at a partner's, verifies as the log does.

    For example:
      orderwatch log export --output log.jsonl
      orderwatch log export > log.jsonl
    """
    with Snapshot(settings(ctx)) as snapshot:
        if file is None or str(file) == "-":
            streams.write_chunks(snapshot.log.export())
            return
        url = str(settings(ctx).log.value)
        if not is_shared(url) and file.resolve() == log_path(url).resolve():
            raise UsageError(f"{file} is the log itself: name another file")
        streams.write_file(file, snapshot.log.export())
