"""A list of events in the order of their days that reads those of the log a page at a time."""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import overload

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
"""A function from ids to the keys of the log of what is about them."""


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
        self._read = read
        self._keys_about = keys_about
        # Without a record there is nothing to merge: no copy of a million keys.
        self._keys = array("q") if public else log_keys
        start = 0 if public else len(log_keys)
        for index, event in enumerate(public):
            key = event.on.toordinal() << _SEQ_BITS | index
            end = bisect_left(log_keys, key, start)
            self._keys += log_keys[start:end]
            self._keys.append(key)
            start = end
        self._keys += log_keys[start:]
        self._omitted = omitted
        if omitted:
            older = bisect_left(self._keys, log_keys[0]) if log_keys else len(self._keys)
            self._omitted += older
            del self._keys[:older]

    def __len__(self) -> int:
        """Return the number of events, also of those that were omitted."""
        return self._omitted + len(self._keys)

    def __iter__(self) -> Iterator[Event]:
        """Yield the events; read a page of the log at a time."""
        if self._omitted:
            raise IndexError(0)
        for start in range(0, len(self._keys), PAGE):
            yield from self._load(self._keys[start : start + PAGE])

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
            return self._part(self._keys[index] if not self._omitted else self._tail(index))
        place = range(len(self))[index]
        return self._load(self._tail(slice(place, place + 1)))[0]

    def select(self, matches: Callable[[Event], bool]) -> "EventList":
        """Return the events that match; each is read to find out."""
        selected = array("q")
        for start in range(0, len(self._keys), PAGE):
            page = self._keys[start : start + PAGE]
            pairs = zip(page, self._load(page), strict=True)
            selected.extend(key for key, event in pairs if matches(event))
        return self._part(selected)

    def split(self, ids: Collection[str]) -> "tuple[EventList, EventList]":
        """Return the events about ids or about deadlines of these, and the others."""
        about = {*self._keys_about(ids)}
        for index, event in enumerate(self._public):
            if not {*ids}.isdisjoint(event.subjects):
                about.add(event.on.toordinal() << _SEQ_BITS | index)
        own, others = array("q"), array("q")
        for key in self._keys:
            (own if key in about else others).append(key)
        return self._part(own), self._part(others)

    def _tail(self, index: slice) -> "array[int]":
        """Return the keys of a slice; raise `IndexError` if one was omitted."""
        places = [place - self._omitted for place in range(len(self))[index]]
        if min(places, default=0) < 0:
            raise IndexError(index)
        return array("q", [self._keys[place] for place in places])

    def _part(self, keys: "array[int]") -> "EventList":
        part = EventList((), keys, self._read, self._keys_about)
        part._public = self._public
        return part

    def _load(self, keys: Sequence[int]) -> list[Event]:
        entries = {event.seq: event for event in self._read([k & _MASK for k in keys if k & _LOG])}
        return [entries[key & _MASK] if key & _LOG else self._public[key & _MASK] for key in keys]
