"""`export`: render one document as calendar, feed, data, table or timeline."""

from codecs import BOM_UTF8
from collections.abc import Sequence
from enum import StrEnum
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
    parse_base_url,
    settings,
)
from orderwatch.cli.terminal import formats, streams
from orderwatch.errors import UsageError
from orderwatch.model import CaseFile
from orderwatch.revisions import Revisions
from orderwatch.snapshot import Snapshot

app = typer.Typer(rich_markup_mode=None, add_completion=False)

_ALARMS_MAX = 10
_ALARM_DAYS_MAX = 3660
"""The maximum number of days between an alarm and its deadline."""


class Document(StrEnum):
    """The formats of an exported document."""

    ICS = "ics"
    ATOM = "atom"
    JSON = "json"
    CSV = "csv"
    MARKDOWN = "markdown"
    SVG = "svg"


DocumentFormat = Annotated[
    Document,
    typer.Argument(metavar="FORMAT", help="ics, atom, json, csv, markdown or svg (a timeline)."),
]
Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", help="Write there, whole or not at all."),
]
Alarms = Annotated[
    str | None,
    typer.Option(
        "--alarm",
        metavar="DAYS",
        help="Sound an alarm so many days before, such as 7,1 (ics).",
    ),
]
Private = Annotated[bool, typer.Option("--private", help="Also entries that are marked private.")]
All = Annotated[
    bool,
    typer.Option(
        "--all", help="Also cases that have ended (atom has them; ics, their dates to come)."
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

    Entries of the log that are marked private stay out.

    For example:
      orderwatch export ics --alarm 7,1 --output deadlines.ics
      orderwatch export svg rafah --output rafah.svg
      orderwatch export markdown 178
    """
    alarms = _parse_alarms(alarm, form)
    if excel and form is not Document.CSV:
        raise UsageError(f"--excel is for csv; leave it out for {form}")
    site_url = parse_base_url(base_url)
    if site_url is not None and form not in {Document.ATOM, Document.ICS}:
        raise UsageError(f"--base-url is for links in atom and ics, and {form} has none")
    with Snapshot(
        settings(ctx),
        as_of=as_of,
        known_on=known_on,
        public=not private,
        with_log=not no_log,
    ) as snapshot:
        content = _render_document(
            snapshot, form, ids or [], ended=ended, alarms=alarms, base_url=site_url
        )
    if excel:
        content = BOM_UTF8 + content
    if file is None or str(file) == "-":
        streams.write_chunks([content])
    else:
        streams.write_file(file, [content])


def _render_document(
    snapshot: Snapshot,
    document: Document,
    ids: list[str],
    *,
    ended: bool,
    alarms: tuple[int, ...],
    base_url: str | None,
) -> bytes:
    match document:
        case Document.ICS:
            from orderwatch.render.ics import calendar

            case_files = snapshot.case_files(*ids)
            return calendar(
                snapshot.view,
                case_files,
                _revisions(snapshot, case_files),
                cancelled=snapshot.cancelled_deadlines(case_files),
                alarms=alarms,
                base_url=base_url,
                ended=ended or bool(ids),
            )
        case Document.ATOM:
            from orderwatch.render.atom import feed

            case_files = snapshot.case_files(*ids)
            revisions = _revisions(snapshot, case_files)
            return feed(snapshot.view, case_files, revisions, base_url=base_url).encode()
        case Document.SVG:
            from orderwatch.render.timeline.svg import standalone_svg

            obligations = snapshot.obligations(*ids, ended=ended)
            cases = dict.fromkeys(item.order.case.id for item in obligations)
            return standalone_svg(snapshot.view, snapshot.case_files(*(ids or cases))).encode()
        case _:
            renderer = formats.renderer(formats.Format(document.value))
            results = snapshot.statuses(*ids, ended=ended)
            text = renderer.status(snapshot.view, results, overview=not ids)
            return text.encode()


def _revisions(snapshot: Snapshot, case_files: Sequence[CaseFile]) -> Revisions:
    return snapshot.revisions(status for file in case_files for status in file.statuses)


def _parse_alarms(text: str | None, document: Document) -> tuple[int, ...]:
    """Parse the days of alarms, such as `7,1`."""
    if text is None:
        return ()
    if document is not Document.ICS:
        raise UsageError(f"--alarm is for calendars, and {document} is none")
    try:
        days = {int(day) for day in text.split(",")}
    except ValueError:
        days = {-1}
    if len(days) > _ALARMS_MAX or not all(0 <= day <= _ALARM_DAYS_MAX for day in days):
        raise UsageError(
            f"--alarm {text}: give up to {_ALARMS_MAX} numbers of days before, from 0 "
            f"to {_ALARM_DAYS_MAX}, such as 7,1"
        )
    return tuple(sorted(days, reverse=True))
