"""A list of events in the order of their days that reads those of the log a page at a time."""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cached_property
from heapq import merge
from typing import Any, overload

from orderwatch.model import Event

PAGE = 1_000
"""Entries that are read at once."""
_SEQ_BITS = 40
_LOG = 1 << (_SEQ_BITS - 1)
"""The bit in the keys of the log: of one day, the public record comes first."""
_MASK = _LOG - 1

Read = Callable[[Sequence[int]], Iterable[Event]]
"""A function from sequence numbers to the events of these entries."""
KeysAbout = Callable[[Collection[str]], Iterable[int]]
"""A function from ids to the sorted keys of the log of what is about them."""


class EventList(Sequence[Event]):
    """Events of the public record and the log, of which only the keys are in memory."""

    def __init__(
        self,
        public: Sequence[Event],
        log_keys: "array[int]",
        read: Read,
        keys_about: KeysAbout = lambda _ids: (),
        omitted: int = 0,
    ) -> None:
        """Merge sorted events of the public record with sorted keys of the log.

        Of the oldest events of the log, `omitted` have no key: they are counted only, as are
        those of the record before the first key.
        """
        self._public = public
        self.read = read
        self.keys_about = keys_about
        # Without a record there is nothing to merge: no copy of a million keys.
        self.keys = array("q") if public else log_keys
        start = 0 if public else len(log_keys)
        for index, event in enumerate(public):
            key = event.on.toordinal() << _SEQ_BITS | index
            end = bisect_left(log_keys, key, start)
            self.keys += log_keys[start:end]
            self.keys.append(key)
            start = end
        self.keys += log_keys[start:]
        self.summaries: dict[object, Any] = {}
        """Results of reading all events, by what they are of."""
        self.source: EventList | None = None
        """The list whose events are converted."""
        self._convert: Callable[[Any], Any] | None = None
        self._omitted = omitted
        if omitted:
            older = bisect_left(self.keys, log_keys[0]) if log_keys else len(self.keys)
            self._omitted += older
            del self.keys[:older]

    def __len__(self) -> int:
        """Return the number of events, also of those that were omitted."""
        return self._omitted + len(self.keys)

    def __iter__(self) -> Iterator[Event]:
        """Yield the events; read a page of the log at a time."""
        if self._omitted:
            raise IndexError(0)
        for start in range(0, len(self.keys), PAGE):
            yield from self.load(self.keys[start : start + PAGE])

    def __reversed__(self) -> Iterator[Event]:
        """Yield the events, the last first; read a page of the log at a time."""
        return iter(self[::-1])

    @overload
    def __getitem__(self, index: int) -> Event: ...
    @overload
    def __getitem__(self, index: slice) -> "EventList": ...
    def __getitem__(self, index: int | slice) -> "Event | EventList":
        """Return one event, or a list of some."""
        if isinstance(index, slice):
            return self._part(self.keys[index] if not self._omitted else self._tail(index))
        place = range(len(self))[index]
        return self.load(self._tail(slice(place, place + 1)))[0]

    def select(self, matches: Callable[[Event], bool]) -> "EventList":
        """Return the events that match; each is read to find out."""
        selected = array("q")
        for start in range(0, len(self.keys), PAGE):
            page = self.keys[start : start + PAGE]
            pairs = zip(page, self.load(page), strict=True)
            selected.extend(key for key, event in pairs if matches(event))
        return self._part(selected)

    @classmethod
    def union(cls, lists: "Sequence[EventList]") -> "EventList":
        """Return the events of several lists of one log, each event once."""
        public = {
            event.id: event
            for item in lists
            for event in item.load([key for key in item.keys if not key & _LOG])
        }
        keys, last = array("q"), None
        for key in merge(*(item.keys for item in lists)):
            if key & _LOG and key != last:
                keys.append(key)
                last = key
        ordered = sorted(public.values(), key=lambda event: event.sort_key)
        return cls(ordered, keys, lists[0].read, lists[0].keys_about)

    def convert(self, function: Callable[[Any], Any]) -> "EventList":
        """Return a list whose events are converted by a function when they are read."""
        read = self.read
        part = EventList(
            (), self.keys, lambda seqs: map(function, read(seqs)), self.keys_about, self._omitted
        )
        part._public = [*map(function, self._public)]
        part.source, part._convert = self, function
        return part

    def converted(self, value: Any) -> Any:  # noqa: ANN401 - any value of events
        """Convert a value that was read from the source."""
        return value if self._convert is None else self._convert(value)

    def position(self, event: Event) -> int | None:
        """Return the position of an event; `None` if the list lacks it."""
        number = self._public_index.get(event.id) if event.seq is None else _LOG | event.seq
        if number is None:
            return None
        key = event.on.toordinal() << _SEQ_BITS | number
        place = bisect_left(self.keys, key)
        has_it = place < len(self.keys) and self.keys[place] == key
        return self._omitted + place if has_it else None

    @cached_property
    def _public_index(self) -> dict[str, int]:
        return {event.id: index for index, event in enumerate(self._public)}

    @property
    def public(self) -> list[Event]:
        """Return the events of the public record."""
        return self.load([key for key in self.keys if not key & _LOG])

    def about(self, ids: Collection[str]) -> "EventList":
        """Return the events about ids or about deadlines of these."""
        names = {*ids}
        public = [
            event.on.toordinal() << _SEQ_BITS | index
            for index, event in enumerate(self._public)
            if not names.isdisjoint(event.subjects)
        ]
        own = array("q")
        for key in merge(self.keys_about(ids), public):
            place = bisect_left(self.keys, key)
            if place < len(self.keys) and self.keys[place] == key:
                own.append(key)
        return self._part(own)

    def split(self, ids: Collection[str]) -> "tuple[EventList, EventList]":
        """Return the events about ids or about deadlines of these, and the others."""
        own, others, start = self.about(ids), array("q"), 0
        for key in own.keys:
            end = bisect_left(self.keys, key, start)
            others += self.keys[start:end]
            start = end + 1
        others += self.keys[start:]
        return own, self._part(others)

    def _tail(self, index: slice) -> "array[int]":
        """Return the keys of a slice; raise `IndexError` if one was omitted."""
        places = [place - self._omitted for place in range(len(self))[index]]
        if min(places, default=0) < 0:
            raise IndexError(index)
        return array("q", [self.keys[place] for place in places])

    def _part(self, keys: "array[int]") -> "EventList":
        part = EventList((), keys, self.read, self.keys_about)
        part._public = self._public
        return part

    def load(self, keys: Sequence[int]) -> list[Event]:
        """Return the events of keys."""
        entries = {event.seq: event for event in self.read([k & _MASK for k in keys if k & _LOG])}
        return [entries[key & _MASK] if key & _LOG else self._public[key & _MASK] for key in keys]
