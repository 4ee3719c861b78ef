"""Statuses and what was said -> what to say now; pure.

An offset is a number of days before the due date, negative after it. The rule, for
each deadline and recipient: of the offsets that have been reached, the most urgent is
said, once. What was missed meanwhile is less urgent and is left out, so that days off
cost one message and not many. A deadline that moved is a new one, since the due date
is part of the key. A submission on record is said once and ends the reminders.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from orderwatch.model import DeadlineStatus, Status, Timing

BEFORE = (30, 14, 7, 3, 1, 0)


AFTER = (1, 7, 30)


MOVED = 1_000_000


"""The offset of the news that a date has moved: less urgent than all others."""


CLOSED = -1_000_000


"""The offset of the news that a submission is on record: nothing comes after it."""


_NEWS = {MOVED: "the date moved", CLOSED: "a submission is on record"}


Key = tuple[str, date, int]


"""The id of a deadline, its version (the due date), and an offset."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """One deadline that is to be spoken of now, and why now."""

    status: Status
    item: DeadlineStatus
    offset: int

    @property
    def key(self) -> Key:
        """What is remembered once it was said."""
        return self.item.deadline.id, self.item.deadline.due, self.offset


@dataclass(frozen=True, slots=True, kw_only=True)
class Offsets:
    """The days before and after a due date on which something is said."""

    before: tuple[int, ...] = BEFORE
    after: tuple[int, ...] = AFTER

    def reached(self, days_left: int) -> int | None:
        """Give the most urgent offset that has come; `None` before the first."""
        every = (*self.before, *(-days for days in self.after))
        return min((days for days in every if days >= days_left), default=None)

    @property
    def furthest(self) -> int:
        """How many days before a due date the first offset lies."""
        return max(self.before, default=0)

    @property
    def latest(self) -> int:
        """How many days after a due date the last offset lies."""
        return max(self.after, default=0)


def due(
    statuses: Iterable[Status],
    said: Mapping[Key, datetime],
    offsets: Offsets,
    *,
    since: date | None,
) -> tuple[Reminder, ...]:
    """List what is to be said to one recipient, the most urgent first.

    `said` holds what was said to this recipient, and when. `since` is the day of the
    first run for it, `None` on that run: of what lies before that day, only deadlines
    within the offsets are announced, so that a first run does not tell all of history.
    """
    past = _past(said)
    found = [
        Reminder(status=status, item=item, offset=offset)
        for status in statuses
        if status.timing is not Timing.ENDED
        for item in status.deadlines
        if item.timing is not Timing.ENDED
        if (offset := _offset(item, past.get(item.deadline.id, []), offsets, since))
        is not None
    ]
    return tuple(sorted(found, key=_urgency))


def why(offset: int) -> str:
    """Say in words at which offset something was said."""
    if offset in _NEWS:
        return _NEWS[offset]
    if offset == 0:
        return "on the day"
    days = f"{abs(offset)} day{'' if abs(offset) == 1 else 's'}"
    return f"{days} {'before' if offset > 0 else 'after'}"


def _past(said: Mapping[Key, datetime]) -> dict[str, list[tuple[date, int]]]:
    """Give for each deadline what was said of it, the latest last."""
    found: dict[str, list[tuple[date, int]]] = {}
    for name, version, offset in sorted(said, key=lambda key: said[key]):
        found.setdefault(name, []).append((version, offset))
    return found


def _offset(
    item: DeadlineStatus,
    past: list[tuple[date, int]],
    offsets: Offsets,
    since: date | None,
) -> int | None:
    """Choose what is to be said of one deadline; `None` if nothing is."""
    version = item.deadline.due
    if item.submission is not None:
        closed = any(offset == CLOSED for _, offset in past)
        return CLOSED if past and not closed else None
    spoken = [offset for due, offset in past if due == version and offset != CLOSED]
    reached = offsets.reached(item.days_left)
    if reached is not None and min(spoken, default=MOVED) > reached:
        recent = item.days_left >= -offsets.latest
        # As ordinals: after a due date in the year 9999 there is no date.
        missed = since is not None and version.toordinal() - reached > since.toordinal()
        if recent or missed:
            return reached
    # Whoever was told another date hears that it moved, however far the new one is.
    moved = bool(past) and past[-1][0] != version
    return MOVED if moved and MOVED not in spoken else None


def _urgency(found: Reminder) -> tuple[bool, bool, int, str]:
    """Order what is to come by day, then what has passed, then what is closed."""
    left = found.item.days_left
    closed = found.offset == CLOSED
    return closed, left < 0, abs(left), found.item.deadline.id
