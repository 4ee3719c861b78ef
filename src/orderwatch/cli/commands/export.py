"""`export`: one document for a calendar, a feed reader, a program or an article."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from orderwatch import snapshot
from orderwatch.cli.options import AsOf, BaseUrl, Ids, KnownOn, NoLog, settings
from orderwatch.cli.terminal import formats, streams
from orderwatch.errors import UsageError
from orderwatch.snapshot import Record, duties, record, selection, statuses

app = typer.Typer(rich_markup_mode=None, add_completion=False)

_ALARMS_MAX = 10
_FURTHEST = 3660
"""Days before a deadline at which a calendar may sound an alarm."""


class Document(StrEnum):
    """What can be exported."""

    ICS = "ics"
    ATOM = "atom"
    JSON = "json"
    CSV = "csv"
    MARKDOWN = "markdown"
    SVG = "svg"


Wanted = Annotated[
    Document,
    typer.Argument(
        metavar="FORMAT", help="ics, atom, json, csv, markdown or svg (a timeline)."
    ),
]
Output = Annotated[
    Path | None,
    typer.Option("--output", metavar="FILE", help="Write there, whole or not at all."),
]
Alarms = Annotated[
    str | None,
    typer.Option(
        "--alarm",
        metavar="DAYS",
        help="Sound an alarm so many days before, such as 7,1 (ics).",
    ),
]
Private = Annotated[
    bool, typer.Option("--private", help="Also entries that are marked private.")
]
All = Annotated[
    bool,
    typer.Option("--all", help="Also cases that have ended (ics and atom have them)."),
]


@app.command()
def export(
    ctx: typer.Context,
    form: Wanted,
    ids: Ids = None,
    file: Output = None,
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
    alarms = _alarms(alarm, form)
    address = snapshot.base(base_url)
    if address is not None and form is not Document.ATOM:
        raise UsageError(f"--base-url is for links in atom, and {form} has none")
    known = record(
        settings(ctx),
        as_of=as_of,
        known_on=known_on,
        public=not private,
        with_log=not no_log,
    )
    data = _made(known, form, ids or [], ended=ended, alarms=alarms, base_url=address)
    if file is None or str(file) == "-":
        streams.stream([data])
    else:
        streams.write(file, [data])


def _made(
    known: Record,
    form: Document,
    ids: list[str],
    *,
    ended: bool,
    alarms: tuple[int, ...],
    base_url: str | None,
) -> bytes:
    chosen = selection(known, ids)
    match form:
        case Document.ICS:
            from orderwatch.render.ics import calendar

            found = snapshot.cases(known, chosen)
            return calendar(
                known.view,
                found,
                history=snapshot.history(known, found),
                cancelled=snapshot.cancelled(known, found),
                alarms=alarms,
            )
        case Document.ATOM:
            from orderwatch.render.atom import feed

            found = snapshot.cases(known, chosen)
            past = snapshot.history(known, found)
            return feed(known.view, found, base_url=base_url, history=past).encode()
        case Document.SVG:
            from orderwatch.lookup import Cited
            from orderwatch.render.timeline.svg import picture

            listed = dict.fromkeys(
                duty.order.case for duty in duties(known, chosen, ended=ended)
            )
            whole = [Cited(id=case.id, case=case) for case in listed]
            return picture(known.view, snapshot.cases(known, chosen or whole)).encode()
        case _:
            draw = formats.renderer(formats.Format(form.value))
            found_here = statuses(known, duties(known, chosen, ended=ended))
            text = draw.status(known.view, found_here, overview=not ids)
            return text.encode()


def _alarms(text: str | None, form: Document) -> tuple[int, ...]:
    """Read the days of alarms: `7,1`."""
    if text is None:
        return ()
    if form is not Document.ICS:
        raise UsageError(f"--alarm is for calendars, and {form} is none")
    try:
        found = {int(one) for one in text.split(",")}
    except ValueError:
        found = {-1}
    if len(found) > _ALARMS_MAX or not all(0 <= one <= _FURTHEST for one in found):
        raise UsageError(
            f"--alarm {text}: give up to {_ALARMS_MAX} numbers of days before, from 0 "
            f"to {_FURTHEST}, such as 7,1"
        )
    return tuple(sorted(found, reverse=True))
