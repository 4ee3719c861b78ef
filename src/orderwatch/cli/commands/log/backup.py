"""`log backup` and `log restore`: log and evidence in one file."""

from pathlib import Path
from typing import Annotated

import typer

from orderwatch.cli.options import settings
from orderwatch.cli.terminal import streams
from orderwatch.errors import UsageError
from orderwatch.log_url import require_other_file, strip_secrets
from orderwatch.snapshot import Snapshot
from orderwatch.translation import _, mark

File = Annotated[Path, typer.Argument(metavar="FILE", help=mark("The backup file."))]
AllowMissing = Annotated[
    bool,
    typer.Option("--allow-missing", help=mark("Leave out evidence that is missing or changed.")),
]


def backup(ctx: typer.Context, file: File, allow_missing: AllowMissing = False) -> None:
    """Write entries, evidence and reminders to one file, and verify it.

    Others can write to the log meanwhile. The file has what private entries say, too, and no
    key: keep it where you keep the log, and keys elsewhere.

    For example:
      orderwatch log backup monday.backup
      orderwatch log backup --allow-missing monday.backup
    """
    from orderwatch.render import plain

    streams.require_file_name(str(file))
    require_other_file(str(settings(ctx).log.value), file)
    if file.exists() and not file.is_file():
        raise UsageError(_("{path}: cannot be written: not a file").format(path=file))
    with Snapshot(settings(ctx)) as snapshot:
        try:
            summary, problems = snapshot.backup(file, allow_missing=allow_missing)
        except OSError as error:
            text = _("{path}: cannot be written: {reason}")
            raise UsageError(text.format(path=file, reason=error.strerror)) from error
    for problem in problems:
        streams.print_message(_("left out: {problem}").format(problem=problem))
    streams.write_outcome(
        f"{file} has {plain.backup(summary.head, len(summary.files))}\n",
        _("{path} was written").format(path=file),
    )


def restore(ctx: typer.Context, file: File) -> None:
    """Make the log of a backup, with its evidence, where there is no log.

    Everything is verified before the log appears. What was recorded after the backup is not in it:
    a newer checkpoint shows that.

    For example:
      orderwatch --log restored.log log restore monday.backup
      orderwatch --log restored.log --orders my-orders.toml log restore monday.backup
    """
    from orderwatch.render import plain

    streams.require_file_name(str(file))
    try:
        with file.open("rb") as stream, Snapshot(settings(ctx)) as snapshot:
            summary = snapshot.restore(stream)
    except OSError as error:
        text = _("{path}: cannot be read: {reason}")
        raise UsageError(text.format(path=file, reason=error.strerror)) from error
    address = strip_secrets(str(settings(ctx).log.value))
    streams.write_outcome(
        _("{address} has {content}\n").format(
            address=address, content=plain.backup(summary.head, len(summary.files))
        ),
        _("{address} was restored").format(address=address),
    )
