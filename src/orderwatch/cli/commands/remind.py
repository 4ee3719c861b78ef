"""`remind`: what is due to be said, once."""

from collections.abc import Sequence
from typing import Annotated

import typer

from orderwatch import clock, status
from orderwatch.cli.options import AsOf, Ids, Style, settings
from orderwatch.cli.terminal import formats, streams
from orderwatch.cli.terminal.formats import Format
from orderwatch.errors import UsageError
from orderwatch.ledger.said import Past, open_reader, open_writer, recover
from orderwatch.model import View
from orderwatch.reminders import channels, delivery
from orderwatch.reminders.channels import Channel, Message
from orderwatch.reminders.delivery import Plan
from orderwatch.reminders.plan import AFTER, BEFORE, Offsets, Reminder, due, why
from orderwatch.settings import Remind, Settings
from orderwatch.settings import days as read_days
from orderwatch.snapshot import (
    Record,
    duties,
    events_of,
    log_password,
    record,
    selection,
)

app = typer.Typer(rich_markup_mode=None, add_completion=False)


def _days(text: str) -> str:
    try:
        read_days(text)
    except ValueError:
        raise typer.BadParameter(
            f"{text!r}: days look like 30,14,7,3,1,0, and like '' for none"
        ) from None
    return text


Before = Annotated[
    str | None,
    typer.Option(
        "--before",
        metavar="DAYS",
        parser=_days,
        help="Days before a date on which it is spoken of: 30,14,7,3,1,0.",
    ),
]
After = Annotated[
    str | None,
    typer.Option(
        "--after",
        metavar="DAYS",
        parser=_days,
        help="Days after it, if nothing is on record: 1,7,30.",
    ),
]
MailTo = Annotated[
    list[str] | None,
    typer.Option("--mail-to", metavar="ADDRESS", help="Mail it, instead of printing."),
]
Notify = Annotated[
    list[str] | None,
    typer.Option("--notify", metavar="URL", help="Hand it to a service of apprise."),
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Say what would be said to whom; mark none.")
]
List = Annotated[
    bool, typer.Option("--list", help="List what was said, to whom, and when.")
]


@app.command()
def remind(
    ctx: typer.Context,
    ids: Ids = None,
    before: Before = None,
    after: After = None,
    mail_to: MailTo = None,
    notify: Notify = None,
    dry_run: DryRun = False,
    list_: List = False,
    as_of: AsOf = None,
    style: Style = None,
) -> None:
    """Say what is due to be said, once; print nothing when there is nothing.

    Made to run every morning, unwatched. What a run missed, the next one says; what
    could not be delivered is tried again.

    For example:
      orderwatch remind
      orderwatch remind rafah --mail-to desk@example.org
      orderwatch remind --dry-run --as-of 2024-06-20
    """
    chosen = settings(ctx)
    if list_:
        _list(chosen, ids, style)
        return
    # Only a writer can put right what a killed run left; a reader would fail daily.
    if not dry_run:
        recover(str(chosen.log.value))
    known = record(chosen, as_of=as_of)
    what = _planned(known, ids, _offsets(chosen.remind, before, after))
    addresses, urls = _recipients(chosen.remind, mail_to, notify)
    with channels.opened(chosen.mail, chosen.remind, addresses, urls) as ways:
        waiting = _waiting(chosen, ways, what)
        if dry_run:
            streams.emit(_previews(known.view, waiting))
        elif waiting:
            log = chosen.log
            with open_writer(
                str(log.value), must_exist=log.named, password=log_password(chosen)
            ) as writer:
                told = [way for way, _, _ in waiting]
                delivery.deliver(told, writer, what, known.view)


def _planned(known: Record, ids: list[str] | None, offsets: Offsets) -> Plan:
    """Settle what is to be said; who has heard what already is asked later."""
    wanted = duties(known, selection(known, ids or ()))
    events = events_of(known, wanted)
    day, days = known.view.as_of, offsets.furthest
    statuses = [
        status.assess_within(duty, events, today=day, days=days) for duty in wanted
    ]

    def plan(past: Past) -> tuple[Reminder, ...]:
        return due(statuses, delivery.said(past), offsets, since=past.since)

    return plan


def _offsets(table: Remind, before: str | None, after: str | None) -> Offsets:
    """Take the options, else the configuration, else what is usual."""
    early = table.before if before is None else read_days(before)
    late = table.after if after is None else read_days(after)
    return Offsets(
        before=BEFORE if early is None else early,
        after=AFTER if late is None else late,
    )


def _recipients(
    table: Remind, mail_to: list[str] | None, notify: list[str] | None
) -> tuple[Sequence[str], Sequence[str]]:
    """Take the recipients of the options, else those of the configuration."""
    if not mail_to and not notify:
        return table.mail_to, table.notify
    addresses: list[str] = []
    for text in mail_to or ():
        given = [part.strip() for part in text.split(",") if part.strip()]
        if not given:
            raise UsageError(f"--mail-to: {text!r} names no address")
        addresses += given
    if not all(notify or ()):
        raise UsageError("--notify: '' names no service")
    return addresses, notify or ()


def _waiting(
    chosen: Settings, ways: Sequence[Channel], what: Plan
) -> list[tuple[Channel, Past, tuple[Reminder, ...]]]:
    """List who has something to hear, or is new here; nothing is written yet."""
    log = chosen.log
    with open_reader(
        str(log.value), must_exist=log.named, password=log_password(chosen)
    ) as reader:
        pasts = [(way, reader.past(way.recipient)) for way in ways]
    found = [(way, past, what(past)) for way, past in pasts]
    return [one for one in found if one[1].sending or one[2] or one[1].since is None]


def _previews(
    view: View, waiting: Sequence[tuple[Channel, Past, tuple[Reminder, ...]]]
) -> str:
    from orderwatch.render.sanitize import visible

    now = clock.now()
    found = []
    for way, past, said in waiting:
        name = visible(f"{way.recipient.channel}: {way.recipient.name}")
        if past.sending:
            id_ = visible(past.sending.marks[0].message)
            found.append(f"Would go again to {name}, as it was: {id_}\n")
        if said:
            message = Message(view=view, reminders=said, now=now)
            found.append(f"Would go to {name}\n\n{way.preview(message)}")
    return "\n".join(found)


def _list(chosen: Settings, ids: list[str] | None, style: Format | None) -> None:
    from orderwatch.render import sent_reminders

    log = chosen.log
    with open_reader(
        str(log.value), must_exist=log.named, password=log_password(chosen)
    ) as reader:
        marks = reader.marks()
    if ids:
        known = record(chosen)
        wanted = {duty.id for duty in duties(known, selection(known, ids))}
        marks = tuple(mark for mark in marks if mark.obligation in wanted)
    rows = [
        sent_reminders.Row(
            at=mark.at,
            channel=mark.recipient.channel,
            recipient=mark.recipient.name,
            deadline=mark.deadline,
            due=mark.due,
            why=why(mark.days),
            message=mark.message or None,
        )
        for mark in marks
    ]
    json = formats.chosen(style) is Format.JSON
    streams.emit(sent_reminders.json(rows) if json else sent_reminders.plain(rows))
