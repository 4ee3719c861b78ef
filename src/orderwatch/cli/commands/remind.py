"""`remind`: send or print the reminders that are due, each once."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

import typer

from orderwatch import clock
from orderwatch.cli.options import AsOf, Ids, Style, settings
from orderwatch.cli.terminal import formats, streams
from orderwatch.cli.terminal.formats import Format
from orderwatch.errors import UsageError
from orderwatch.log import recover
from orderwatch.reminders import channels, delivery
from orderwatch.reminders.channels import Message
from orderwatch.reminders.plan import (
    DEFAULT_AFTER,
    DEFAULT_BEFORE,
    ReminderDays,
    format_offset,
)
from orderwatch.settings import Remind, Settings
from orderwatch.settings import parse_days as read_days
from orderwatch.snapshot import Snapshot

app = typer.Typer(rich_markup_mode=None, add_completion=False)


def _validate_days(text: str) -> str:
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
        parser=_validate_days,
        help="Days before a date on which it is spoken of: 30,14,7,3,1,0.",
    ),
]
After = Annotated[
    str | None,
    typer.Option(
        "--after",
        metavar="DAYS",
        parser=_validate_days,
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
Mark = Annotated[
    bool,
    typer.Option("--mark", help="Send and mark; on a terminal it is a dry run without."),
]
Test = Annotated[
    str | None,
    typer.Option("--test", metavar="ADDRESS", help="Mail one sample there; mark nothing."),
]
List = Annotated[bool, typer.Option("--list", help="List what was said, to whom, and when.")]


@app.command()
def remind(
    ctx: typer.Context,
    ids: Ids = None,
    before: Before = None,
    after: After = None,
    mail_to: MailTo = None,
    notify: Notify = None,
    dry_run: DryRun = False,
    mark: Mark = False,
    test: Test = None,
    list_: List = False,
    as_of: AsOf = None,
    style: Style = None,
) -> None:
    """Say what is due to be said, once; print nothing when there is nothing.

    Made to run every morning, unwatched. What a run missed, the next one says; what
    could not be delivered is tried again. On a terminal it is a dry run unless --mark
    is given.

    For example:
      orderwatch remind
      orderwatch remind rafah --mail-to desk@example.org
      orderwatch remind --dry-run --as-of 2024-06-20
    """
    config = settings(ctx)
    if list_:
        _print_sent(config, ids, style)
        return
    if test is not None:
        _send_sample(config, test, as_of)
        return
    if mark and dry_run:
        raise UsageError("--mark sends and --dry-run does not; leave one of the two out")
    if not mark and not dry_run and streams.is_terminal_output():
        dry_run = True
        streams.print_message(
            "This is a dry run, as on every terminal: nothing is sent or marked. "
            "--mark sends and marks."
        )
    # Recover from a killed run: only a writer can, and a reader would always fail.
    if not dry_run:
        recover(str(config.log.value))
    with Snapshot(config, as_of=as_of) as snapshot:
        planner = delivery.planner(snapshot, ids or (), _offsets(config.remind, before, after))
        addresses, urls = _recipients(config.remind, mail_to, notify)
        with channels.open_channels(
            config.mail, config.remind, addresses, urls, streams.write_result
        ) as channel_list:
            due = delivery.due_messages(snapshot, channel_list, planner)
            if dry_run:
                streams.write_result(delivery.preview(snapshot.view, due, clock.now()))
            elif due:
                due_channels = [channel for channel, _, _ in due]
                with snapshot.open_outbox() as outbox:
                    streams.print_note(snapshot.home_key.note)
                    delivery.deliver(due_channels, outbox, planner, snapshot.view, clock.now)


def _send_sample(config: Settings, address: str, as_of: date | None) -> None:
    """Mail a reminder of the nearest dates to one address; mark nothing."""
    with Snapshot(config, as_of=as_of) as snapshot:
        sample = delivery.sample(snapshot)
        with channels.open_channels(
            config.mail, config.remind, [address], (), streams.write_result
        ) as [channel]:
            message = Message(view=snapshot.view, reminders=[sample], now=clock.now())
            channel.send(channel.encode(message))
    streams.print_message(f"A sample went to {address}; nothing was marked.")


def _offsets(table: Remind, before: str | None, after: str | None) -> ReminderDays:
    """Return the days of the options, else of the configuration, else the defaults."""
    days_before = table.before if before is None else read_days(before)
    days_after = table.after if after is None else read_days(after)
    return ReminderDays(
        before=DEFAULT_BEFORE if days_before is None else days_before,
        after=DEFAULT_AFTER if days_after is None else days_after,
    )


def _recipients(
    table: Remind, mail_to: list[str] | None, notify: list[str] | None
) -> tuple[Sequence[str], Sequence[str]]:
    """Return the recipients of the options, else of the configuration."""
    if not mail_to and not notify:
        return table.mail_to, table.notify
    addresses: list[str] = []
    for text in mail_to or ():
        parts = [part.strip() for part in text.split(",") if part.strip()]
        if not parts:
            raise UsageError(f"--mail-to: {text!r} names no address")
        addresses += parts
    if not all(notify or ()):
        raise UsageError("--notify: '' names no service")
    return addresses, notify or ()


def _print_sent(settings: Settings, ids: list[str] | None, style: Format | None) -> None:
    from orderwatch.render import documents, json, plain

    with Snapshot(settings) as snapshot:
        sent = snapshot.log.sent_reminders()
        if ids:
            obligation_ids = {item.log_id for item in snapshot.obligations(*ids)}
            sent = tuple(reminder for reminder in sent if reminder.obligation in obligation_ids)
    rows = [
        documents.Reminder(
            said=reminder.at,
            channel=reminder.recipient.channel,
            recipient=reminder.recipient.name,
            deadline=snapshot.register.local_id(reminder.deadline),
            due=reminder.due,
            reminder=format_offset(reminder.days),
            message=reminder.message or None,
        )
        for reminder in sent
    ]
    if formats.resolve_format(style) is Format.JSON:
        document = documents.RemindersDocument(schema="orderwatch/reminders/1", reminders=rows)
        streams.write_document(json.text(document))
    else:
        streams.write_result(plain.reminders(rows))
