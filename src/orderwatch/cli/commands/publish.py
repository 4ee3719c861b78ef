"""`publish`: a folder that any web server can serve."""

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from orderwatch import fs
from orderwatch.cli.commands.log.checkpoint import Sign, read_key
from orderwatch.cli.options import (
    AsOf,
    BaseUrl,
    Ids,
    KnownOn,
    NoLog,
    parse_base_url,
    settings,
)
from orderwatch.cli.terminal import streams
from orderwatch.errors import UsageError
from orderwatch.fs import ReplaceResult, replace_folder
from orderwatch.site import site_files
from orderwatch.snapshot import Snapshot

app = typer.Typer(rich_markup_mode=None, add_completion=False)

Folder = Annotated[str, typer.Argument(metavar="DIR", help="A new folder, or one made before.")]
Force = Annotated[
    bool,
    typer.Option("--force", help="Write among files of others; these stay."),
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Say what would change, and write nothing.")
]
Evidence = Annotated[
    bool,
    typer.Option("--evidence", help="Also the files kept with what is published."),
]


@app.command()
def publish(
    ctx: typer.Context,
    folder: Folder,
    ids: Ids = None,
    base_url: BaseUrl = None,
    no_log: NoLog = False,
    with_evidence: Evidence = False,
    sign: Sign = None,
    force: Force = False,
    dry_run: DryRun = False,
    as_of: AsOf = None,
    known_on: KnownOn = None,
) -> None:
    """Write a folder that any web server can serve: pages, timeline, data.

    Entries of the log that are marked private stay out.

    For example:
      orderwatch publish public
      orderwatch publish public --base-url https://example.org/icj/
      orderwatch publish public --no-log
    """
    if no_log and (with_evidence or sign):
        raise UsageError("--no-log leaves out what --evidence and --sign are about")
    # `Path` takes an empty name for the current folder.
    if not folder or "\0" in folder:
        raise UsageError(f"{folder!r} is the name of no folder")
    site_url = parse_base_url(base_url)
    with Snapshot(
        settings(ctx),
        as_of=as_of,
        known_on=known_on,
        public=True,
        with_log=not no_log,
    ) as snapshot:
        _refuse_id(snapshot, folder, ids or ())
        content = site_files(
            snapshot,
            ids or [],
            site_url,
            signer_key=read_key(sign),
            with_evidence=with_evidence,
        )
        result = replace_folder(Path(folder), content, force=force, dry_run=dry_run)
    if dry_run:
        streams.write_result(f"Would write {_summary_line(Path(folder), result)}")
        return
    streams.write_outcome(_summary_line(Path(folder), result), f"{folder} is published")


def _refuse_id(snapshot: Snapshot, folder: str, ids: Sequence[str]) -> None:
    """Raise `UsageError` if the folder is an id or a case, and no such folder exists."""
    from orderwatch.lookup import find_state
    from orderwatch.text import name_key

    if fs.may_exist(Path(folder)):
        return
    cases = {
        name_key(name): case.id
        for case in snapshot.register.cases
        for name in (case.short, case.title)
    }
    name = cases.get(name_key(folder), folder)
    try:
        snapshot.resolve(name)
    except UsageError:
        if find_state(snapshot.register, folder) is None:
            return
    command = shlex.join(["orderwatch", "publish", "public", name, *ids])
    raise UsageError(f"{folder} names no folder, but what to publish: {command}")


def _summary_line(folder: Path, diff: ReplaceResult) -> str:
    from orderwatch.render.phrases import count
    from orderwatch.render.sanitize import sanitize

    return (
        f"{sanitize(str(folder))}: {count(diff.files, 'file')}, {diff.changed} new or "
        f"changed, {diff.removed} removed\n"
    )
