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
    parse_languages,
    settings,
)
from orderwatch.cli.terminal import streams
from orderwatch.errors import UsageError
from orderwatch.fs import replace_folder
from orderwatch.site import (
    Document,
    data_package_files,
    document,
    parse_alarms,
    parse_base_url,
)
from orderwatch.snapshot import Snapshot
from orderwatch.translation import _, language, mark, using

app = typer.Typer(rich_markup_mode=None, add_completion=False)

DocumentFormat = Annotated[
    Document,
    typer.Argument(
        metavar="FORMAT",
        help=mark("ics, atom, json, csv, markdown, svg (a timeline), datapackage or sqlite."),
    ),
]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help=mark("Write to FILE, all or nothing; datapackage: a folder."),
    ),
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
Lang = Annotated[
    str | None,
    typer.Option("--lang", metavar="CODE", help=mark("Language of a text, such as fr.")),
]
All = Annotated[
    bool,
    typer.Option(
        "--all",
        help=mark("Include cases that have ended. atom always does; ics has their dates to come."),
    ),
]


_DATA = {Document.DATAPACKAGE, Document.SQLITE}
"""Formats that include every case, whether pending or ended."""


@app.command()
def export(
    ctx: typer.Context,
    form: DocumentFormat,
    ids: Ids = None,
    file: Output = None,
    excel: Excel = False,
    alarm: Alarms = None,
    base_url: BaseUrl = None,
    lang: Lang = None,
    ended: All = False,
    no_log: NoLog = False,
    private: Private = False,
    as_of: AsOf = None,
    known_on: KnownOn = None,
) -> None:
    """Write one document: a calendar, a feed, a timeline, a table, a data package.

    Private entries of the log are left out, unless --with-private is set.

    For example:
      orderwatch export ics --alarm 7,1 --output deadlines.ics
      orderwatch export svg rafah --output rafah.svg
      orderwatch export datapackage --output data
    """
    alarms = parse_alarms(alarm, form)
    if excel and form is not Document.CSV:
        raise UsageError(_("--excel goes with csv, not with {form}").format(form=form))
    site_url = parse_base_url(base_url)
    if site_url is not None and form not in {Document.ATOM, Document.ICS}:
        text = _("--base-url goes with atom and ics, not with {form}")
        raise UsageError(text.format(form=form))
    if form in _DATA:
        _require_data_options(form, file, private=private)
    with Snapshot(
        settings(ctx),
        as_of=as_of,
        known_on=known_on,
        public=not private,
        with_log=not no_log,
    ) as snapshot:
        if form is Document.DATAPACKAGE:
            from orderwatch.render import plain

            result = replace_folder(Path(str(file)), data_package_files(snapshot, ids or ()))
            streams.print_notes(snapshot.notes)
            streams.write_result(plain.published(str(file), result))
            return
        code = next(iter(parse_languages(lang)), language())
        with using(code):
            content = document(
                snapshot, form, ids or (), ended=ended, alarms=alarms, base_url=site_url
            )
    streams.print_notes(snapshot.notes)
    if excel:
        content = BOM_UTF8 + content
    if file is None or str(file) == "-":
        streams.write_chunks([content])
    else:
        streams.write_file(file, [content])


def _require_data_options(form: Document, file: Path | None, *, private: bool) -> None:
    if file is None or str(file) in {"", "-"}:
        text = _("export {form} needs --output, the name of a file or folder")
        raise UsageError(text.format(form=form))
    if private:
        text = _("--with-private: {form} never has private entries; use csv or json")
        raise UsageError(text.format(form=form))
