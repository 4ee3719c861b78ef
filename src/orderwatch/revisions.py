"""Number the changes to a deadline, for calendars and feeds; pure.

Calendars compare `SEQUENCE`, feed readers `updated`: both increase with every change to
the meaning of a deadline, also when an entry is corrected, retracted or redacted, and
depend on the record alone, never on the clock. Entries count in the order of the log:
an import appends entries that were recorded before.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta

from orderwatch.model import Change, Deadline, Ending, Event, EventKind, Obligation, Revision
from orderwatch.model.entry import Amendment, EntryKind
from orderwatch.model.event import obligation_id

_Step = tuple[int, datetime]
"""Sequence number and instant of an entry."""


class Revisions:
    """The changes to deadlines, from events, amendments and rows of the register."""

    def __init__(
        self,
        events: Iterable[Event] = (),
        amendments: Iterable[Amendment] = (),
        changes: Iterable[Change] = (),
        hidden: Iterable[Amendment] = (),
    ) -> None:
        """Index the changes; `events` include amended ones.

        `hidden` are amendments of entries that became private: `events` lack these.
        """
        self._events: dict[str, dict[str, Event]] = {}
        for event in events:
            for id_ in event.subjects:
                self._events.setdefault(id_, {})[event.id] = event
        self._changes: dict[str, list[Change]] = {}
        self._amendments: dict[int, list[Amendment]] = {}
        instants = list[datetime]()
        for change in changes:
            instants.append(midnight_utc(change.day))
            for id_ in dict.fromkeys(map(obligation_id, change.ids)):
                self._changes.setdefault(id_, []).append(change)
        for item in amendments:
            instants += item.recorded, item.target_recorded
            self._amendments.setdefault(item.target, []).append(item)
        self._lost = {*self._redaction_steps()}
        for item in hidden:
            instants += item.recorded, item.target_recorded
            self._lost |= {(item.target, item.target_recorded), (item.seq, item.recorded)}
        self.latest = max(instants, default=None)
        """The last amendment of an entry or change of the register."""

    def _redaction_steps(self) -> Iterator[_Step]:
        # The payload said what it was about. It is gone: a redacted entry and what
        # amended it go on counting, now for every deadline.
        for target, items in self._amendments.items():
            if any(item.kind is EntryKind.REDACTION for item in items):
                yield target, items[0].target_recorded
                yield from ((item.seq, item.recorded) for item in items)

    def of(self, deadline: Deadline, cancelled_by: Ending | None = None) -> Revision:
        """Return the revision of a deadline, or of its cancellation."""
        revision = self.of_obligation(deadline.obligation, deadline.id)
        if cancelled_by is None:
            return revision
        ended = midnight_utc(cancelled_by.last_day)
        return Revision(sequence=revision.sequence + 1, modified=max(revision.modified, ended))

    def of_obligation(self, obligation: Obligation, deadline_id: str | None = None) -> Revision:
        """Return the revision of a deadline; without one, of all the deadlines."""
        names = (obligation.id, obligation.order.id, obligation.order.case.id)
        events = {
            event.id: event
            for name in names
            for event in self._events.get(name, {}).values()
            if _bears_on(event, deadline_id)
        }
        steps = list[_Step](self._lost)
        modified, count = midnight_utc(obligation.order.made), 0
        for event in events.values():
            instant = event_instant(event)
            if event.seq is None:
                modified, count = max(modified, instant), count + 1
                continue
            amendments = self._amendments.get(event.seq, ())
            steps += [(event.seq, instant), *((item.seq, item.recorded) for item in amendments)]
        for change in self._changes_of(*names, *events):
            # What a row took away counted before: once for each id, at most.
            modified, count = max(modified, midnight_utc(change.day)), count + 1 + len(change.ids)
        for _, instant in sorted(steps):
            modified = max(modified + timedelta(seconds=1), instant)
        return Revision(
            sequence=2 * (len(steps) + count),
            modified=(modified + timedelta(seconds=count)).replace(microsecond=0),
        )

    def updated(self, id_: str, instant: datetime) -> datetime:
        """Return when an order or event of the register changed, at least `instant`."""
        changes = self._changes.get(id_, ())
        last = max([instant, *(midnight_utc(change.day) for change in changes)])
        return last + timedelta(seconds=sum(1 + len(change.ids) for change in changes))

    def _changes_of(self, *ids: str) -> list[Change]:
        rows = (change for id_ in ids for change in self._changes.get(id_, ()))
        return list({id(change): change for change in rows}.values())


def event_instant(event: Event) -> datetime:
    """Return when an event counted first: when it was logged, but not before its day."""
    day = midnight_utc(event.on)
    return day if event.recorded is None else max(day, event.recorded.astimezone(UTC))


def midnight_utc(day: date) -> datetime:
    """Return the first instant of a day in UTC."""
    return datetime.combine(day, time(), UTC)


def _bears_on(event: Event, deadline_id: str | None) -> bool:
    """Return whether an event can change a deadline of what it is about."""
    if event.extends_to or event.trigger or event.ends:
        return True
    # A submission without a date counts for the nearest, which an extension can change.
    is_dated = all("@" in id_ for id_ in event.about)
    return event.kind is EventKind.SUBMISSION and (
        deadline_id is None or not is_dated or deadline_id in event.about
    )
