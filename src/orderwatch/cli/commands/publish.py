"""`publish`: a folder that any web server can serve."""

from pathlib import Path
from typing import Annotated

import typer

from orderwatch.cli.commands.log.checkpoint import Sign, read_key
from orderwatch.cli.options import (
    AsOf,
    BaseUrl,
    Ids,
    KnownOn,
    NoLog,
    parse_languages,
    settings,
)
from orderwatch.cli.terminal import streams
from orderwatch.errors import UsageError, install_command
from orderwatch.fs import may_exist, replace_folder
from orderwatch.site import parse_base_url, require_folder, site_files
from orderwatch.snapshot import Snapshot
from orderwatch.translation import _, mark

app = typer.Typer(rich_markup_mode=None, add_completion=False)

Folder = Annotated[
    str, typer.Argument(metavar="DIR", help=mark("A new folder, or one that `publish` wrote."))
]
Force = Annotated[
    bool,
    typer.Option("--force", help=mark("Also write to a folder with other files; those stay.")),
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help=mark("Print what would change; write nothing."))
]
Lang = Annotated[
    str | None,
    typer.Option(
        "--lang",
        metavar="CODES",
        help=mark("Languages of the pages, such as en,fr: the first here, others in folders."),
    ),
]
Evidence = Annotated[
    bool,
    typer.Option("--evidence", help=mark("Include the evidence files of published entries.")),
]


@app.command()
def publish(
    ctx: typer.Context,
    folder: Folder,
    ids: Ids = None,
    base_url: BaseUrl = None,
    no_log: NoLog = False,
    with_evidence: Evidence = False,
    lang: Lang = None,
    sign: Sign = None,
    force: Force = False,
    dry_run: DryRun = False,
    as_of: AsOf = None,
    known_on: KnownOn = None,
) -> None:
    """Write a folder that any web server can serve: pages, timeline, data.

    Private entries of the log are left out.

    For example:
      orderwatch publish public --base-url https://example.org/icj/
      orderwatch publish public --lang en,fr
    """
    from orderwatch.render import plain
    from orderwatch.render.timeline import png

    if no_log and (with_evidence or sign):
        raise UsageError(_("--no-log excludes --evidence and --sign"))
    # `Path` takes an empty name for the current folder.
    if not folder or "\0" in folder:
        raise UsageError(_("{folder!r} is not a folder name").format(folder=folder))
    site_url = parse_base_url(base_url)
    is_new = not may_exist(Path(folder))
    with Snapshot(
        settings(ctx),
        as_of=as_of,
        known_on=known_on,
        public=True,
        with_log=not no_log,
    ) as snapshot:
        require_folder(snapshot, folder, ids or ())
        content = site_files(
            snapshot,
            ids or [],
            site_url,
            signer_key=read_key(sign, snapshot),
            with_evidence=with_evidence,
            languages=parse_languages(lang),
        )
        result = replace_folder(Path(folder), content, force=force, dry_run=dry_run)
    notes = [*snapshot.notes]
    if is_new and not png.is_available():
        text = _("no PNG beside the timelines; to have them, run: {command}")
        notes.append(text.format(command=install_command("png")))
    streams.print_notes(notes)
    text = plain.published(str(Path(folder)), result)
    if dry_run:
        streams.write_result(_("Would write {text}").format(text=text))
    else:
        streams.write_outcome(text, _("{folder} was published").format(folder=folder))
