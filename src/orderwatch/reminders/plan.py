"""Plan the reminders that are due, from statuses and sent reminders; pure.

An offset is a number of days before the due date, negative after it. For each
deadline and recipient, the most urgent offset that was reached is sent, once. Offsets
missed meanwhile are less urgent and are skipped, so that days off cause one message,
not many. A deadline that moved is a new one, since the due date is part of the key. A
submission on record is announced once and ends the reminders.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from orderwatch.frozen import Frozen
from orderwatch.model import DeadlineStatus, Revision, Status, Timing
from orderwatch.translation import _, mark, ngettext

DEFAULT_BEFORE = (30, 14, 7, 3, 1, 0)
DEFAULT_AFTER = (1, 7, 30)
MOVED = 1_000_000
"""Offset of the notice that a date moved: less urgent than all others."""
CLOSED = -1_000_000
"""Offset of the notice that a submission is on record: the last one."""
_NOTICES = {MOVED: mark("the date moved"), CLOSED: mark("a submission is on record")}
ReminderKey = tuple[str, date, int]
"""Id of a deadline as in the log, its version (the due date), and an offset."""


class Reminder(Frozen):
    """A deadline to send a reminder of now, and the offset."""

    status: Status
    item: DeadlineStatus
    offset: int
    revision: Revision | None = None
    """Of the deadline, for calendars; `None` until somebody needs it."""

    @property
    def key(self) -> ReminderKey:
        """Return the key that is stored once the reminder is sent."""
        return self.item.deadline.log_id, self.item.deadline.due, self.offset


class ReminderDays(Frozen):
    """Days before and after a due date on which reminders are sent."""

    before: tuple[int, ...] = DEFAULT_BEFORE
    after: tuple[int, ...] = DEFAULT_AFTER

    def due_offset(self, days_left: int) -> int | None:
        """Return the most urgent offset reached; `None` before the first."""
        offsets = (*self.before, *(-days for days in self.after))
        return min((days for days in offsets if days >= days_left), default=None)

    @property
    def max_before(self) -> int:
        """Return the days between the first offset and the due date."""
        return max(self.before, default=0)

    @property
    def max_after(self) -> int:
        """Return the days between the due date and the last offset."""
        return max(self.after, default=0)


def due_reminders(
    statuses: Iterable[Status],
    sent_at: Mapping[ReminderKey, datetime],
    days: ReminderDays,
    *,
    since: date | None,
) -> tuple[Reminder, ...]:
    """Return the reminders due for one recipient, the most urgent first.

    `sent_at` holds what was sent to this recipient, and when. `since` is the day of the
    first run for it, `None` on that run: of what lies before that day, only deadlines
    within the offsets are announced, so that a first run does not send all of history.
    """
    history = _history(sent_at)
    reminders = [
        Reminder(status=status, item=item, offset=offset)
        for status in statuses
        if status.timing is not Timing.ENDED
        for item in status.deadlines
        if item.timing is not Timing.ENDED
        if (offset := _select_offset(item, history.get(item.deadline.log_id, []), days, since))
        is not None
    ]
    return tuple(sorted(reminders, key=_urgency))


def format_offset(offset: int) -> str:
    """Format an offset, such as `3 days before`."""
    if offset in _NOTICES:
        return _(_NOTICES[offset])
    if offset == 0:
        return _("on the day")
    if offset > 0:
        return ngettext("{n} day before", "{n} days before", offset).format(n=offset)
    return ngettext("{n} day after", "{n} days after", -offset).format(n=-offset)


def _history(
    sent_at: Mapping[ReminderKey, datetime],
) -> dict[str, list[tuple[date, int]]]:
    """Group the sent reminders by deadline, the latest last."""
    history: dict[str, list[tuple[date, int]]] = {}
    for deadline, version, offset in sorted(sent_at, key=lambda key: sent_at[key]):
        history.setdefault(deadline, []).append((version, offset))
    return history


def _select_offset(
    item: DeadlineStatus,
    history: list[tuple[date, int]],
    days: ReminderDays,
    since: date | None,
) -> int | None:
    """Return the offset to send for one deadline; `None` if there is none."""
    version = item.deadline.due
    if item.submission is not None:
        is_closed = any(offset == CLOSED for _, offset in history)
        return CLOSED if history and not is_closed else None
    sent_offsets = [offset for due, offset in history if due == version and offset != CLOSED]
    due_offset = days.due_offset(item.days_left)
    if due_offset is not None and min(sent_offsets, default=MOVED) > due_offset:
        is_recent = item.days_left >= -days.max_after
        # Compare ordinals: a date after the year 9999 cannot be built.
        is_new = since is not None and version.toordinal() - due_offset > since.toordinal()
        if is_recent or is_new:
            return due_offset
    # Announce a moved date to recipients of the old one, however distant it is.
    has_moved = bool(history) and history[-1][0] != version
    return MOVED if has_moved and MOVED not in sent_offsets else None


def _urgency(reminder: Reminder) -> tuple[bool, bool, int, str]:
    """Return a sort key: upcoming by day, then passed, then closed."""
    days_left = reminder.item.days_left
    is_closed = reminder.offset == CLOSED
    return is_closed, days_left < 0, abs(days_left), reminder.item.deadline.id
