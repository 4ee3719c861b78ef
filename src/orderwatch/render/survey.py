"""Summaries of the events of a case file: those of a log are read once for all summaries."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from heapq import nlargest
from typing import Protocol

from orderwatch.event_list import EventList
from orderwatch.frozen import Frozen
from orderwatch.model import CaseFile, Event, EventKind, Role, Timing

SAYING = {EventKind.STATEMENT, EventKind.ASSESSMENT}
"""Kinds of events in which a speaker says something of an obligation."""
_VOICES = 4
"""Latest statements of each speaker."""
FEED = 500
"""Latest entries of the log."""
SINGLE = 60
"""Events of one kind that a timeline draws each."""
_Month = tuple[int, int]


class EventGroup(Frozen):
    """The number of events of a month or a year, the first of them and the last day."""

    first: Event
    last: date
    count: int

    def add(self, later: "EventGroup") -> "EventGroup":
        """Return a group with the events of a later one."""
        return EventGroup(first=self.first, last=later.last, count=self.count + later.count)


class Tally(Frozen):
    """The events of a kind: the first of them, and groups by month."""

    count: int
    events: tuple[Event, ...]
    """Of more than `SINGLE`, only these."""
    groups: tuple[tuple[_Month, EventGroup], ...]


class _Summary(Protocol):
    def add(self, position: int, event: Event) -> None:
        """Count the next event, the oldest first."""

    def result(self) -> object:
        """Return what names can be replaced in."""


class _Speakers:
    """An event of each speaker for a State that is no party."""

    def __init__(self, _case_file: CaseFile) -> None:
        self._events: dict[str, Event] = {}

    def add(self, _position: int, event: Event) -> None:
        if event.role is Role.OTHER_STATE:
            self._events.pop(event.speaker, None)
            self._events[event.speaker] = event

    def result(self) -> tuple[Event, ...]:
        return tuple(self._events.values())


class _Voices:
    """The latest statements and assessments of each speaker."""

    def __init__(self, _case_file: CaseFile) -> None:
        self._events: dict[str, list[Event]] = {}

    def add(self, _position: int, event: Event) -> None:
        if event.kind in SAYING:
            said = self._events.setdefault(event.speaker, [])
            said.append(event)
            del said[:-_VOICES]

    def result(self) -> tuple[Event, ...]:
        return tuple(event for said in self._events.values() for event in said)


class _Recent:
    """The public record, and the entries of the log that were recorded last."""

    def __init__(self, _case_file: CaseFile) -> None:
        self._public: list[tuple[int, Event]] = []
        self._entries: list[tuple[int, Event]] = []

    def add(self, position: int, event: Event) -> None:
        if event.seq is None:
            self._public.append((position, event))
            return
        self._entries.append((position, event))
        if len(self._entries) >= 2 * FEED:
            self._entries = self._last()

    def result(self) -> tuple[tuple[int, Event], ...]:
        return tuple(sorted([*self._public, *self._last()], key=lambda item: item[0]))

    def _last(self) -> list[tuple[int, Event]]:
        return nlargest(FEED, self._entries, key=lambda item: (item[1].recorded, item[1].id))


class _Tallies:
    """The events of each kind, without the submissions for a due date."""

    def __init__(self, case_file: CaseFile) -> None:
        self._filed = _filed(case_file)
        self._events: dict[EventKind, list[Event]] = {}
        self._counts: dict[EventKind, dict[_Month, tuple[Event, date, int]]] = {}

    def add(self, _position: int, event: Event) -> None:
        if event.id in self._filed:
            return
        kept = self._events.setdefault(event.kind, [])
        if len(kept) <= SINGLE:
            kept.append(event)
        month = event.on.year, event.on.month
        months = self._counts.setdefault(event.kind, {})
        first, _last, count = months.get(month, (event, event.on, 0))
        months[month] = first, event.on, count + 1

    def result(self) -> dict[EventKind, Tally]:
        return {
            kind: Tally(
                count=sum(count for _, _, count in months.values()),
                events=tuple(self._events[kind]),
                groups=tuple(
                    (month, EventGroup(first=first, last=last, count=count))
                    for month, (first, last, count) in months.items()
                ),
            )
            for kind, months in self._counts.items()
        }


def has_filing(case_file: CaseFile) -> bool:
    """Return whether a submission is on record for a due date."""
    return bool(_filed(case_file))


def _filed(case_file: CaseFile) -> set[str]:
    return {
        item.submission.event.id
        for status in case_file.statuses
        for item in status.deadlines
        if item.submission and item.timing is not Timing.ENDED
    }


_SUMMARIES: Sequence[Callable[[CaseFile], _Summary]] = (_Speakers, _Voices, _Recent, _Tallies)


def speakers(case_file: CaseFile) -> tuple[Event, ...]:
    """Return an event of each speaker for a State that is no party."""
    return _summary(case_file, _Speakers)  # type: ignore[return-value]


def voices(case_file: CaseFile) -> tuple[Event, ...]:
    """Return the latest statements and assessments of each speaker."""
    return _summary(case_file, _Voices)  # type: ignore[return-value]


def recent(case_file: CaseFile) -> tuple[tuple[int, Event], ...]:
    """Return positions and events of the record, and the latest entries of a log."""
    return _summary(case_file, _Recent)  # type: ignore[return-value]


def tallies(case_file: CaseFile) -> Mapping[EventKind, Tally]:
    """Return the events of each kind, without the submissions for a due date."""
    return _summary(case_file, _Tallies)  # type: ignore[return-value]


def _summary(case_file: CaseFile, kind: Callable[[CaseFile], _Summary]) -> object:
    events = case_file.events
    if not isinstance(events, EventList):
        return _read(events, [kind(case_file)])[0]
    if kind not in events.summaries:
        if events.source is None:
            results = _read(events, [item(case_file) for item in _SUMMARIES])
            events.summaries.update(zip(_SUMMARIES, results, strict=True))
        else:
            source = case_file.__replace__(events=events.source)
            events.summaries[kind] = events.converted(_summary(source, kind))
    return events.summaries[kind]


def _read(events: Sequence[Event], summaries: Sequence[_Summary]) -> list[object]:
    for position, event in enumerate(events):
        for summary in summaries:
            summary.add(position, event)
    return [summary.result() for summary in summaries]


def union(case_files: Sequence[CaseFile]) -> Sequence[Event]:
    """Return the events of case files, each once, the oldest first."""
    lists = [item.events for item in case_files if isinstance(item.events, EventList)]
    if lists:
        return EventList.union(lists)
    events = {event.id: event for item in case_files for event in item.events}
    return sorted(events.values(), key=lambda event: event.sort_key)


def events_about(ids: Collection[str], case_files: Sequence[CaseFile]) -> Sequence[Event]:
    """Return the events of case files that name one of some ids, the oldest first."""
    events = union(case_files)
    if isinstance(events, EventList):
        return events.about(ids)
    return [event for event in events if not set(ids).isdisjoint(event.subjects)]
