"""A recipient of reminders that remembers them."""

from datetime import UTC, date, datetime, timedelta

from orderwatch.model import (
    Event,
    Obligation,
)
from orderwatch.reminders.plan import ReminderDays, ReminderKey, due_reminders
from orderwatch.status import assess_within
from tests.support import build

DUE = date(2024, 6, 24)
DUTY = build.obligation()
OFFSETS = ReminderDays()


class Recipient:
    """Somebody who remembers all that was said."""

    def __init__(self, *duties: Obligation, offsets: ReminderDays = OFFSETS) -> None:
        self.duties = duties or (DUTY,)
        self.offsets = offsets
        self.said: dict[ReminderKey, datetime] = {}
        self.since: date | None = None

    def morning(self, day: date, *events: Event) -> list[tuple[str, int]]:
        """Run on a day; give id and offset of each that was said."""
        statuses = [
            assess_within(duty, events, today=day, days=self.offsets.max_before)
            for duty in self.duties
        ]
        found = due_reminders(statuses, self.said, self.offsets, since=self.since)
        self.since = self.since or day
        for each in found:
            assert each.key not in self.said, "nothing is said twice"
            assert each.item in each.status.deadlines
            self.said[each.key] = datetime(day.year, day.month, day.day, tzinfo=UTC)
        return [(each.item.deadline.id, each.offset) for each in found]

    def offsets_of(self, first: date, days: int, *events: Event) -> dict[int, int]:
        """Run every morning; give the offsets said by the days left to `DUE`."""
        return {
            (DUE - day).days: offset
            for day in (first + timedelta(n) for n in range(days))
            for _, offset in self.morning(day, *events)
        }
