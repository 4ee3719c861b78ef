"""Claim, keep, say, mark: in this order, for each recipient, whatever befalls another.

A message that was kept and not marked may have arrived. It is said again as it was,
under the id that it had, and only then is looked what else there is to say.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from orderwatch.cli import clock
from orderwatch.cli.channels import Channel, Message
from orderwatch.errors import DeliveryError
from orderwatch.ledger.said import LEASE, Holder, Mark, Past, Sending
from orderwatch.model import View
from orderwatch.reminders import Key, Reminder

if TYPE_CHECKING:
    from orderwatch.ledger.said_sql import SqlWriter

_NEXT = (
    "what was not delivered is tried at the next run; `orderwatch doctor` tries the "
    "mail server and sends nothing"
)
_PAUSE, _LONGEST = 0.02, 0.5
"""Seconds between the first and between later looks at a claim that another holds."""

Plan = Callable[[Past], tuple[Reminder, ...]]
"""What is to be said now to somebody of whom this is known."""


def said(past: Past) -> dict[Key, datetime]:
    """Give the keys of what was said to a recipient, or may have been, and when."""
    marks = (*past.marks, *(past.sending.marks if past.sending else ()))
    return {(mark.deadline, mark.due, mark.days): mark.at for mark in marks}


def deliver(
    channels: Sequence[Channel],
    writer: "SqlWriter[Any]",
    plan: Plan,
    view: View,
) -> None:
    """Say to every recipient what is due; raise one error for all that failed."""
    failures: list[str] = []
    waiting = {channel.recipient: channel for channel in channels}
    renewed, pause = clock.now(), _PAUSE
    while waiting:
        claims = writer.claim(waiting, view.as_of, clock.now())
        for recipient, claim in claims.items():
            if isinstance(claim, Holder):
                continue
            channel = waiting.pop(recipient)
            if clock.now() - renewed > LEASE / 10:
                writer.renew(renewed := clock.now())
            try:
                if claim.sending is None:
                    _say(channel, writer, plan(claim), view)
                elif _repeat(channel, writer, claim.sending):
                    waiting[recipient] = channel
            except DeliveryError as error:
                failures.append(f"{recipient.name}: {error}")
        if any(isinstance(claim, Holder) for claim in claims.values()):
            # Whoever holds them is sending, or has died: the lease tells which.
            time.sleep(pause)
            pause = min(2 * pause, _LONGEST)
    if failures:
        raise DeliveryError("\n".join([*failures, _NEXT]))


def _say(
    channel: Channel, writer: "SqlWriter[Any]", found: tuple[Reminder, ...], view: View
) -> None:
    if not found:
        writer.release(channel.recipient)
        return
    message = Message(view=view, reminders=found, now=clock.now())
    sending = Sending(content=channel.write(message), marks=_marks(channel, message))
    # Without an id no mailbox knows a double: there, one new message is better.
    kept = sending if channel.id(message) else None
    if writer.hold(channel.recipient, kept):
        _hand_in(channel, writer, sending, first=True)


def _repeat(channel: Channel, writer: "SqlWriter[Any]", sending: Sending) -> bool:
    """Say again what may have arrived; tell whether there can be more to say."""
    if not writer.hold(channel.recipient):
        return False
    _hand_in(channel, writer, sending, first=False)
    return True


def _hand_in(
    channel: Channel, writer: "SqlWriter[Any]", sending: Sending, *, first: bool
) -> None:
    try:
        channel.send(sending.content)
    except DeliveryError as error:
        if first and not error.unsure:
            writer.mark(channel.recipient, ())
        else:
            writer.release(channel.recipient)
        raise
    now = clock.now()
    writer.mark(channel.recipient, [replace(mark, at=now) for mark in sending.marks])


def _marks(channel: Channel, message: Message) -> tuple[Mark, ...]:
    """Write down what a message says."""
    name = channel.id(message)
    return tuple(
        Mark(
            recipient=channel.recipient,
            obligation=one.status.obligation.id,
            deadline=one.item.deadline.id,
            due=one.item.deadline.due,
            days=one.offset,
            message=name,
            at=message.now,
        )
        for one in message.reminders
    )
