"""`export`: render one document as calendar, feed, data, table or timeline."""

from codecs import BOM_UTF8
from pathlib import Path
from typing import Annotated

import typer

from orderwatch.cli.options import (
    AsOf,
    BaseUrl,
    Excel,
    Ids,
    KnownOn,
    NoLog,
    settings,
)
from orderwatch.cli.terminal import streams
from orderwatch.errors import UsageError
from orderwatch.site import Document, document, parse_alarms, parse_base_url
from orderwatch.snapshot import Snapshot
from orderwatch.translation import _, mark

app = typer.Typer(rich_markup_mode=None, add_completion=False)

DocumentFormat = Annotated[
    Document,
    typer.Argument(
        metavar="FORMAT", help=mark("ics, atom, json, csv, markdown or svg (a timeline).")
    ),
]
Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", help=mark("Write to FILE, all or nothing.")),
]
Alarms = Annotated[
    str | None,
    typer.Option(
        "--alarm",
        metavar="DAYS",
        help=mark("ics: add alarms this many days before, such as 7,1."),
    ),
]
Private = Annotated[
    bool, typer.Option("--with-private", help=mark("Include entries that are marked private."))
]
All = Annotated[
    bool,
    typer.Option(
        "--all",
        help=mark("Include cases that have ended. atom always does; ics has their dates to come."),
    ),
]


@app.command()
def export(
    ctx: typer.Context,
    form: DocumentFormat,
    ids: Ids = None,
    file: Output = None,
    excel: Excel = False,
    alarm: Alarms = None,
    base_url: BaseUrl = None,
    ended: All = False,
    no_log: NoLog = False,
    private: Private = False,
    as_of: AsOf = None,
    known_on: KnownOn = None,
) -> None:
    """Write one document: a calendar, a feed, a timeline, a table.

    Private entries of the log are left out, unless --with-private is set.

    For example:
      orderwatch export ics --alarm 7,1 --output deadlines.ics
      orderwatch export svg rafah --output rafah.svg
      orderwatch export markdown 178
    """
    alarms = parse_alarms(alarm, form)
    if excel and form is not Document.CSV:
        raise UsageError(_("--excel goes with csv, not with {form}").format(form=form))
    site_url = parse_base_url(base_url)
    if site_url is not None and form not in {Document.ATOM, Document.ICS}:
        text = _("--base-url goes with atom and ics, not with {form}")
        raise UsageError(text.format(form=form))
    with Snapshot(
        settings(ctx),
        as_of=as_of,
        known_on=known_on,
        public=not private,
        with_log=not no_log,
    ) as snapshot:
        content = document(snapshot, form, ids or (), ended=ended, alarms=alarms, base_url=site_url)
    streams.print_notes(snapshot.notes)
    if excel:
        content = BOM_UTF8 + content
    if file is None or str(file) == "-":
        streams.write_chunks([content])
    else:
        streams.write_file(file, [content])
