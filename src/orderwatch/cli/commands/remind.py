"""`remind`: send or print the reminders that are due, each once."""

from collections.abc import Sequence
from typing import Annotated

import typer

from orderwatch import clock
from orderwatch.cli.options import AsOf, Everything, Ids, Style, settings
from orderwatch.cli.terminal import formats, pager, streams
from orderwatch.errors import UsageError
from orderwatch.log import recover
from orderwatch.reminders import channels, delivery
from orderwatch.settings import parse_days
from orderwatch.snapshot import Snapshot
from orderwatch.translation import _, mark

app = typer.Typer(rich_markup_mode=None, add_completion=False)


def _validate_days(text: str) -> str:
    try:
        parse_days(text)
    except ValueError:
        raise typer.BadParameter(
            _("{text!r} is not a list of days, such as 30,14,7,3,1,0, or '' for none").format(
                text=text
            )
        ) from None
    return text


Before = Annotated[
    str | None,
    typer.Option(
        "--before",
        metavar="DAYS",
        parser=_validate_days,
        help=mark("Remind this many days before: 30,14,7,3,1,0."),
    ),
]
After = Annotated[
    str | None,
    typer.Option(
        "--after",
        metavar="DAYS",
        parser=_validate_days,
        help=mark("Remind this many days after, if nothing is on record: 1,7,30."),
    ),
]
MailTo = Annotated[
    list[str] | None,
    typer.Option(
        "--mail-to", metavar="ADDRESS", help=mark("Mail reminders to this address; repeatable.")
    ),
]
Notify = Annotated[
    list[str] | None,
    typer.Option(
        "--notify", metavar="URL", help=mark("Send reminders to this apprise URL; repeatable.")
    ),
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help=mark("Print what would be sent to whom; send nothing."))
]
Mark = Annotated[
    bool,
    typer.Option("--mark", help=mark("Send reminders, also on a terminal.")),
]
Test = Annotated[
    str | None,
    typer.Option(
        "--test",
        metavar="ADDRESS",
        help=mark("Mail one sample to this address; mark nothing as sent."),
    ),
]
Again = Annotated[
    bool, typer.Option("--again", help=mark("Send the last reminders again; mark nothing as sent."))
]
List = Annotated[bool, typer.Option("--list", help=mark("List the reminders that were sent."))]


@app.command()
def remind(
    ctx: typer.Context,
    ids: Ids = None,
    everything: Everything = False,
    before: Before = None,
    after: After = None,
    mail_to: MailTo = None,
    notify: Notify = None,
    dry_run: DryRun = False,
    mark: Mark = False,
    test: Test = None,
    again: Again = False,
    list_: List = False,
    as_of: AsOf = None,
    style: Style = None,
) -> None:
    """Send or print the reminders that are due, each once.

    Run it every morning, for example from cron. A run also sends what earlier runs
    missed or could not deliver. On a terminal it is a dry run, unless --mark is set.

    For example:
      orderwatch remind
      orderwatch remind rafah --mail-to desk@example.org
      orderwatch remind --dry-run --as-of 2024-06-20
    """
    config = settings(ctx)
    if sum((list_, again, test is not None)) > 1:
        raise UsageError(_("use only one of --list, --test and --again"))
    if list_:
        with Snapshot(config) as snapshot:
            rows = delivery.sent_rows(snapshot, ids or ())
        pager.show(formats.json_or_plain(style).reminders(rows), style, no_pager=True)
        return
    if test is not None:
        with Snapshot(config, as_of=as_of) as snapshot:
            delivery.send_sample(snapshot, test, streams.write_result, clock.now())
        text = _("A sample was sent to {address}; nothing was marked as sent.")
        streams.print_message(text.format(address=test))
        return
    if mark and dry_run:
        raise UsageError(_("--mark and --dry-run exclude each other"))
    dry_run = dry_run or (not mark and _is_on_terminal())
    # Recover from a killed run: only a writer can, and a reader would always fail.
    if not dry_run:
        recover(str(config.log.value))
    with Snapshot(config, as_of=as_of) as snapshot:
        days = delivery.reminder_days(config.remind, before, after)
        if not (ids or everything):
            snapshot.follow()
        _print_scope(snapshot)
        planner = delivery.planner(snapshot, ids or (), days)
        addresses, urls = channels.recipients(config.remind, mail_to or (), notify or ())
        with channels.open_channels(
            config.mail, config.remind, addresses, urls, streams.write_result
        ) as channel_list:
            if again:
                _repeat(snapshot, channel_list, ids or (), dry_run=dry_run)
            elif dry_run:
                messages = delivery.due_messages(snapshot, channel_list, planner)
                streams.write_result(delivery.preview(snapshot.view, messages, clock.now()))
            else:
                # Also without anything due: `check --reminders` asks when it ran.
                with snapshot.open_outbox() as outbox:
                    # Cron mails what is printed; `orderwatch config` names the key.
                    if streams.is_terminal_output():
                        streams.print_message(snapshot.home_key.note)
                    delivery.deliver(channel_list, outbox, planner, snapshot.view, clock.now)


def _print_scope(snapshot: Snapshot) -> None:
    """Print what the configuration limits reminders to, on a terminal, and its errors anywhere."""
    from orderwatch.render.phrases import following

    if streams.is_terminal_output():
        streams.print_message(following(snapshot.view))
    for problem in snapshot.follow_problems:
        streams.print_message(problem)


def _is_on_terminal() -> bool:
    """Return whether a person reads the result, and print that it is a dry run then."""
    if not streams.is_terminal_output():
        return False
    streams.print_message(
        _("On a terminal this is a dry run: nothing is sent. Set --mark to send.")
    )
    return True


def _repeat(
    snapshot: Snapshot,
    channel_list: Sequence[channels.Channel],
    ids: Sequence[str],
    *,
    dry_run: bool,
) -> None:
    """Send what was said last once more, as it stands today; record nothing."""
    messages = delivery.last_messages(snapshot, channel_list, ids)
    if not messages:
        streams.print_message(_("No reminder was sent yet."))
    if dry_run:
        streams.write_result(delivery.preview(snapshot.view, messages, clock.now()))
    else:
        delivery.repeat(messages, snapshot.view, clock.now())
