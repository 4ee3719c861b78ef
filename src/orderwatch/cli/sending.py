"""Claim, say, mark: in this order, for each recipient, whatever happens to another."""

import time
from collections.abc import Callable, Sequence
from datetime import datetime

from orderwatch.cli import clock
from orderwatch.cli.channels import Channel, Message
from orderwatch.errors import DeliveryError
from orderwatch.ledger.said import LEASE, Holder, Mark, Past, SaidWriter
from orderwatch.model import View
from orderwatch.reminders import Key, Reminder

_PAUSE = 0.5
"""Seconds between two looks at a claim that another run holds."""

Plan = Callable[[Past], tuple[Reminder, ...]]
"""What is to be said now to somebody of whom this is known."""


def said(past: Past) -> dict[Key, datetime]:
    """Give the keys of what was said to a recipient, and when."""
    return {(mark.deadline, mark.due, mark.days): mark.at for mark in past.marks}


def deliver(
    channels: Sequence[Channel],
    writer: SaidWriter,
    plan: Plan,
    view: View,
) -> None:
    """Say to every recipient what is due; raise one error for all that failed."""
    failures: list[str] = []
    waiting = {channel.recipient: channel for channel in channels}
    renewed = clock.now()
    while waiting:
        claims = writer.claim(waiting, view.as_of, clock.now())
        for recipient, claim in claims.items():
            if isinstance(claim, Holder):
                continue
            channel = waiting.pop(recipient)
            if clock.now() - renewed > LEASE / 10:
                writer.renew(renewed := clock.now())
            try:
                _say(channel, writer, plan(claim), view)
            except DeliveryError as error:
                writer.release(recipient)
                failures.append(f"{recipient.name}: {error}")
        if waiting:
            # Whoever holds them is sending, or has died: the lease tells which.
            time.sleep(_PAUSE)
    if failures:
        raise DeliveryError(
            "\n".join([*failures, "what was not delivered is tried at the next run"])
        )


def _say(
    channel: Channel, writer: SaidWriter, found: tuple[Reminder, ...], view: View
) -> None:
    if not found or not writer.holds(channel.recipient):
        writer.release(channel.recipient)
        return
    message = Message(view=view, reminders=found, now=clock.now())
    channel.send(message)
    writer.mark(channel.recipient, marks(channel, message))


def marks(channel: Channel, message: Message) -> list[Mark]:
    """Write down what a message says."""
    name = channel.id(message)
    return [
        Mark(
            recipient=channel.recipient,
            obligation=one.status.obligation.id,
            deadline=one.item.deadline.id,
            due=one.item.deadline.due,
            days=one.offset,
            message=name,
            at=clock.now(),
        )
        for one in message.reminders
    ]
