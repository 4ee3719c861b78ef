"""`dossier`: one file for one claim, which a stranger checks."""

from pathlib import Path
from typing import Annotated

import typer

from orderwatch import dossier as dossiers
from orderwatch.cli.commands.log.backup import AllowMissing
from orderwatch.cli.commands.log.checkpoint import Sign, read_key
from orderwatch.cli.options import AsOf, complete_ids, settings
from orderwatch.cli.terminal import streams
from orderwatch.errors import UsageError
from orderwatch.snapshot import Snapshot
from orderwatch.translation import _, mark, ngettext

app = typer.Typer(rich_markup_mode=None, add_completion=False)

Name = Annotated[
    str | None,
    typer.Argument(
        metavar="ID",
        help=mark("A case, an order or an obligation."),
        autocompletion=complete_ids,
        show_default=False,
    ),
]
Entry = Annotated[
    str | None,
    typer.Option(
        "--entry",
        metavar="ENTRY",
        help=mark("One entry of the log: its number, or the beginning of its id."),
        show_default=False,
    ),
]
Output = Annotated[
    Path, typer.Option("--output", "-o", metavar="FILE", help=mark("The ZIP file to write."))
]
WithPrivate = Annotated[
    bool, typer.Option("--with-private", help=mark("Include private entries of the log."))
]
Force = Annotated[bool, typer.Option("--force", help=mark("Replace a file that exists."))]


@app.command()
def dossier(
    ctx: typer.Context,
    output: Output,
    name: Name = None,
    entry: Entry = None,
    with_private: WithPrivate = False,
    allow_missing: AllowMissing = False,
    sign: Sign = None,
    force: Force = False,
    as_of: AsOf = None,
) -> None:
    """Write one ZIP file for one claim, which a stranger checks without orderwatch.

    It has the order, the computed dates, who says what, captures, custody and proofs. Keep the
    printed SHA-256: who gets the file compares it.

    For example:
      orderwatch dossier rafah/3 -o rafah-3.zip
      orderwatch dossier --entry 3 -o entry-3.zip --sign home
    """
    from orderwatch.render.dossier import unknown_ids

    if (name is None) is (entry is None):
        raise UsageError(_("name one ID, or one entry with --entry"))
    streams.require_file_name(str(output))
    with Snapshot(settings(ctx), as_of=as_of, public=not with_private) as snapshot:
        content = dossiers.compile_dossier(
            snapshot,
            name,
            entry,
            signer_key=read_key(sign, snapshot),
            allow_missing=allow_missing,
        )
        result = dossiers.write(snapshot, content, output, force=force)
    streams.print_notes(snapshot.notes)
    if remark := unknown_ids(content):
        streams.print_hint(remark)
    if content.missing:
        text = ngettext("{n} file is missing", "{n} files are missing", len(content.missing))
        streams.print_hint(text.format(n=len(content.missing)))
    text = _(
        "{path}\nfiles: {files}\nproofs of entries: {entries}\n"
        "SHA-256 of manifest.sha256: {digest}\n"
    )
    streams.write_outcome(
        text.format(
            path=output, files=result.files, entries=result.entries, digest=result.manifest
        ),
        _("{path} was written").format(path=output),
    )
