"""Plan, preview and deliver reminders. For each recipient: lease, store the message, send, record.

A failure for one does not stop the others. A message that was stored and not recorded
may have arrived: it is resent unchanged, under the same id, before anything else.
"""

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from orderwatch.errors import DeliveryError, UsageError
from orderwatch.frozen import replace
from orderwatch.log.outbox import (
    LEASE,
    LeaseHolder,
    PendingMessage,
    RecipientState,
    SentReminder,
)
from orderwatch.model import Provenance
from orderwatch.reminders.channels import Channel, Message, open_channels
from orderwatch.reminders.plan import (
    DEFAULT_AFTER,
    DEFAULT_BEFORE,
    Reminder,
    ReminderDays,
    ReminderKey,
    due_reminders,
    format_offset,
)
from orderwatch.render.sanitize import sanitize
from orderwatch.settings import Remind, parse_days
from orderwatch.translation import _, mark

if TYPE_CHECKING:
    from orderwatch.log.outbox import SqlWriter
    from orderwatch.render import documents
    from orderwatch.snapshot import Snapshot

_RETRY_HINT = mark(
    "undelivered messages are sent again at the next run; `orderwatch "
    "doctor` tests the mail server without sending"
)
_PAUSE_MIN, _PAUSE_MAX = 0.02, 0.5
"""First and longest pause, in seconds, between two attempts to get a lease."""

Planner = Callable[[RecipientState], tuple[Reminder, ...]]
"""A function from the state of a recipient to the reminders due now."""
DueMessage = tuple[Channel, RecipientState, tuple[Reminder, ...]]
"""A channel, the state of its recipient, and the reminders due there."""
Now = Callable[[], datetime]
"""The clock."""


def planner(snapshot: "Snapshot", names: Sequence[str], days: ReminderDays) -> Planner:
    """Return a function from the state of a recipient to the reminders due."""
    statuses = snapshot.statuses_within(days.max_before, *names)

    def plan(state: RecipientState) -> tuple[Reminder, ...]:
        reminders = due_reminders(statuses, sent_keys(state), days, since=state.since)
        if not reminders:
            return ()
        revisions = snapshot.revisions(reminder.status for reminder in reminders)
        return tuple(
            replace(reminder, revision=revisions.of(reminder.item.deadline))
            for reminder in reminders
        )

    return plan


def sample(snapshot: "Snapshot") -> Reminder:
    """Return a reminder of the nearest date with nothing on record; never mark it."""
    items = [
        (status, item)
        for status in snapshot.statuses_within(0)
        for item in status.deadlines
        if item.submission is None
    ]
    if not items:
        raise UsageError(_("--test: the register has no deadline to use as a sample"))
    status, item = min(items, key=lambda pair: (pair[1].days_left < 0, abs(pair[1].days_left)))
    revision = snapshot.revisions([status]).of(item.deadline)
    return Reminder(status=status, item=item, offset=item.days_left, revision=revision)


def send_sample(
    snapshot: "Snapshot", address: str, write: Callable[[str], None], now: datetime
) -> None:
    """Mail a reminder of the nearest dates to one address; mark nothing."""
    settings = snapshot.settings
    message = Message(view=snapshot.view, reminders=[sample(snapshot)], now=now)
    with open_channels(settings.mail, settings.remind, [address], (), write) as [channel]:
        channel.send(channel.encode(message))


def reminder_days(table: Remind, before: str | None, after: str | None) -> ReminderDays:
    """Return the days of the options, else of the configuration, else the defaults."""
    days_before = table.before if before is None else parse_days(before)
    days_after = table.after if after is None else parse_days(after)
    return ReminderDays(
        before=DEFAULT_BEFORE if days_before is None else days_before,
        after=DEFAULT_AFTER if days_after is None else days_after,
    )


def sent_rows(snapshot: "Snapshot", names: Sequence[str]) -> "list[documents.Reminder]":
    """Return the reminders that were sent, of what ids name or of all."""
    ids = {item.log_id for item in snapshot.obligations(*names)} if names else set[str]()
    return [
        {
            "said": reminder.at,
            "channel": reminder.recipient.channel,
            "recipient": reminder.recipient.name,
            "deadline": snapshot.register.local_id(reminder.deadline),
            "due": reminder.due,
            "reminder": format_offset(reminder.days),
            "message": reminder.message or None,
        }
        for reminder in snapshot.log.sent_reminders()
        if not names or reminder.obligation in ids
    ]


def due_messages(
    snapshot: "Snapshot", channels: Sequence[Channel], planner: Planner
) -> list[DueMessage]:
    """Return channels with a reminder, a resend, or a first run; write nothing."""
    states = [(channel, snapshot.log.recipient_state(channel.recipient)) for channel in channels]
    messages = [(channel, state, planner(state)) for channel, state in states]
    return [
        message
        for message in messages
        if message[1].pending or message[2] or message[1].since is None
    ]


def last_messages(
    snapshot: "Snapshot", channels: Sequence[Channel], names: Sequence[str]
) -> list[DueMessage]:
    """Return channels with what they were sent last, as it stands today."""
    messages = []
    for channel in channels:
        state = snapshot.log.recipient_state(channel.recipient)
        sent = state.pending.reminders if state.pending else state.reminders
        keys = {item.deadline: item.days for item in sent if item.at == sent[-1].at}
        horizon = max(((item.due - snapshot.as_of).days for item in sent), default=0)
        statuses = snapshot.statuses_within(max(horizon, 0), *names)
        reminders = tuple(
            Reminder(
                status=status,
                item=item,
                offset=keys[item.deadline.log_id],
                revision=snapshot.revisions([status]).of(item.deadline),
            )
            for status in statuses
            for item in status.deadlines
            if item.deadline.log_id in keys
        )
        if reminders:
            messages.append((channel, RecipientState(since=state.since), reminders))
    return messages


def repeat(messages: Sequence[DueMessage], view: Provenance, now: datetime) -> None:
    """Send messages again and record nothing; raise one error for all failures."""
    failures = []
    for channel, _state, reminders in messages:
        message = Message(view=view, reminders=reminders, now=now, is_repeat=True)
        try:
            channel.send(channel.encode(message))
        except DeliveryError as error:
            failures.append(f"{channel.recipient.name}: {error}")
    if failures:
        raise DeliveryError("\n".join([*failures, _("run --again once more to repeat it")]))


def preview(view: Provenance, due: Sequence[DueMessage], now: datetime) -> str:
    """Format what a run would send, and to whom."""
    previews = []
    for channel, state, reminders in due:
        name = sanitize(f"{channel.recipient.channel}: {channel.recipient.name}")
        if state.pending:
            previews.append(
                _("Would be sent again to {name}, unchanged: {id}\n").format(
                    name=name, id=sanitize(state.pending.reminders[0].message)
                )
            )
        if reminders:
            message = Message(view=view, reminders=reminders, now=now)
            heading = _("Would be sent to {name}").format(name=name)
            previews.append(f"{heading}\n\n{channel.preview(message)}")
    return "\n".join(previews)


def sent_keys(state: RecipientState) -> dict[ReminderKey, datetime]:
    """Return the keys that were, or may have been, sent to a recipient, and when."""
    reminders = (*state.reminders, *(state.pending.reminders if state.pending else ()))
    return {(reminder.deadline, reminder.due, reminder.days): reminder.at for reminder in reminders}


def deliver(
    channels: Sequence[Channel],
    writer: "SqlWriter[Any]",
    planner: Planner,
    view: Provenance,
    now: Now,
) -> None:
    """Send each recipient the reminders due; raise one error for all failures."""
    failures: list[str] = []
    pending = {channel.recipient: channel for channel in channels}
    renewed_at, pause = now(), _PAUSE_MIN
    while pending:
        claims = writer.claim(pending, view.as_of, now())
        for recipient, claim in claims.items():
            if isinstance(claim, LeaseHolder):
                continue
            channel = pending.pop(recipient)
            if now() - renewed_at > LEASE / 10:
                writer.renew(renewed_at := now())
            try:
                if claim.pending is None:
                    _send_new(channel, writer, planner(claim), view, now)
                elif _resend(channel, writer, claim.pending, now):
                    pending[recipient] = channel
            except DeliveryError as error:
                failures.append(f"{recipient.name}: {error}")
        if any(isinstance(claim, LeaseHolder) for claim in claims.values()):
            # Another run is sending, or it died and its lease will expire.
            time.sleep(pause)
            pause = min(2 * pause, _PAUSE_MAX)
    if failures:
        raise DeliveryError("\n".join([*failures, _(_RETRY_HINT)]))


def _send_new(
    channel: Channel,
    writer: "SqlWriter[Any]",
    reminders: tuple[Reminder, ...],
    view: Provenance,
    now: Now,
) -> None:
    if not reminders:
        writer.release(channel.recipient)
        return
    message = Message(view=view, reminders=reminders, now=now())
    pending = PendingMessage(
        content=channel.encode(message), reminders=_to_records(channel, message)
    )
    # Without an id no mailbox detects a duplicate: send a new message instead.
    resendable = pending if channel.message_id(message) else None
    if writer.store_pending(channel.recipient, resendable):
        _transmit(channel, writer, pending, now, is_first=True)


def _resend(channel: Channel, writer: "SqlWriter[Any]", pending: PendingMessage, now: Now) -> bool:
    """Resend a message that may have arrived; return whether more can be due."""
    if not writer.store_pending(channel.recipient):
        return False
    _transmit(channel, writer, pending, now, is_first=False)
    return True


def _transmit(
    channel: Channel,
    writer: "SqlWriter[Any]",
    pending: PendingMessage,
    now: Now,
    *,
    is_first: bool,
) -> None:
    try:
        channel.send(pending.content)
    except DeliveryError as error:
        if is_first and not error.maybe_delivered:
            writer.record_sent(channel.recipient, ())
        else:
            writer.release(channel.recipient)
        raise
    at = now()
    writer.record_sent(
        channel.recipient, [replace(reminder, at=at) for reminder in pending.reminders]
    )


def _to_records(channel: Channel, message: Message) -> tuple[SentReminder, ...]:
    """Build the records of the reminders in a message."""
    message_id = channel.message_id(message)
    return tuple(
        SentReminder(
            recipient=channel.recipient,
            obligation=reminder.status.obligation.log_id,
            deadline=reminder.item.deadline.log_id,
            due=reminder.item.deadline.due,
            days=reminder.offset,
            message=message_id,
            at=message.now,
        )
        for reminder in message.reminders
    )
