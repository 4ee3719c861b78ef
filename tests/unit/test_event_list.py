"""A list of events is in the order of their days, and reads the log a page at a time."""

from array import array
from collections.abc import Collection, Sequence
from datetime import date, timedelta

import pytest

from orderwatch import event_list
from orderwatch.event_list import EventList
from orderwatch.frozen import replace
from orderwatch.log.reader import LOG_BIT
from orderwatch.model import Event
from tests.support.build import event

FIRST = date(2024, 5, 24)


def entry(day: int, seq: int) -> Event:
    return replace(event(FIRST + timedelta(days=day)), id=f"entry-{seq}", seq=seq)


def listed(
    public: Sequence[Event], entries: Sequence[Event], reads: list[list[int]] | None = None
) -> EventList:
    by_seq = {item.seq: item for item in entries}

    def read(seqs: Sequence[int]) -> list[Event]:
        if reads is not None:
            reads.append([*seqs])
        return [by_seq[seq] for seq in reversed(seqs)]

    keys = sorted(item.on.toordinal() << 40 | LOG_BIT | (item.seq or 0) for item in entries)

    def keys_about(ids: Collection[str]) -> list[int]:
        named = (item.seq for item in entries if not {*ids}.isdisjoint(item.subjects))
        return sorted(key for seq in named for key in keys if key & (LOG_BIT - 1) == seq)

    ordered = sorted(public, key=lambda item: item.sort_key)
    return EventList(ordered, array("q", keys), read, keys_about)


def test_events_are_sorted_by_day_and_the_record_comes_first() -> None:
    public = [event(FIRST + timedelta(days=day), number=n) for day in (0, 1, 5) for n in (1, 2)]
    entries = [entry(day, seq) for day, seq in ((1, 4), (1, 2), (0, 9), (3, 1), (9, 3))]
    whole = listed(public, entries)
    expected = sorted([*public, *entries], key=lambda item: item.sort_key)
    assert (len(whole), list(whole)) == (11, expected)
    for part in (slice(3), slice(-4, None), slice(None, None, -1), slice(4, 2), slice(2, 9, 3)):
        assert list(whole[part]) == expected[part]
        assert list(whole[part][::-1]) == expected[part][::-1]
    assert [whole[n] for n in (0, 4, -1)] == [expected[n] for n in (0, 4, -1)]


def test_a_list_of_nothing_is_empty() -> None:
    assert not listed((), ())
    assert list(listed((), ())) == []


def test_only_what_is_used_is_read() -> None:
    reads: list[list[int]] = []
    whole = listed((), [entry(seq, seq) for seq in range(1, 2 * event_list.PAGE + 2)], reads)
    assert len(whole) == 2 * event_list.PAGE + 1
    assert len(whole[-20:]) == 20
    assert reads == []
    assert [item.seq for item in whole[:-3:-1]] == [2 * event_list.PAGE + 1, 2 * event_list.PAGE]
    assert [len(seqs) for seqs in reads] == [2]
    reads.clear()
    assert len(list(whole)) == len(whole)
    assert [len(seqs) for seqs in reads] == [event_list.PAGE, event_list.PAGE, 1]


def test_a_list_is_split_and_selected_by_what_events_are_about() -> None:
    public = [event(FIRST + timedelta(days=day), id_) for day, id_ in ((0, "a"), (1, "b"))]
    entries = [replace(entry(0, seq), about=(id_,)) for seq, id_ in ((1, "b@2024-06-24"), (2, "a"))]
    whole = listed(public, entries)
    expected = sorted([*public, *entries], key=lambda item: item.sort_key)
    own, others = whole.split({"b"})
    assert list(own) == [item for item in expected if item.subjects == ("b",)]
    assert list(others) == [item for item in expected if item.subjects == ("a",)]
    assert [list(part) for part in whole[:2].split({"b"})] == [[expected[1]], [expected[0]]]
    assert list(whole.select(lambda item: item.seq != 1)) == [x for x in expected if x.seq != 1]
    assert list(reversed(whole)) == expected[::-1]


def test_the_oldest_can_be_counted_without_a_key() -> None:
    public = [event(FIRST + timedelta(days=day), number=day) for day in (0, 4, 6)]
    entries = [entry(day, seq) for seq, day in enumerate(range(1, 8), 1)]
    whole = listed(public, entries)

    def read(seqs: Sequence[int]) -> list[Event]:
        return [item for item in entries if item.seq in seqs]

    keys = [item.on.toordinal() << 40 | LOG_BIT | (item.seq or 0) for item in entries]
    part = EventList(public, array("q", keys[4:]), read, omitted=4)
    assert (len(part), list(part[-4:])) == (10, list(whole[-4:]))
    assert list(part[-4:][::-1]) == list(whole[-4:])[::-1]
    assert (part[-1], part[6]) == (whole[-1], whole[6])
    for missing in (lambda: part[5], lambda: part[5:], lambda: list(part)):
        with pytest.raises(IndexError):
            missing()
    only_counted = EventList(public, array("q"), read, omitted=7)
    assert (len(only_counted), list(only_counted[10:])) == (10, [])


def test_an_event_has_a_position_in_the_lists_that_have_it() -> None:
    public = [event(FIRST + timedelta(days=day), number=day) for day in (0, 2)]
    entries = [entry(day, seq) for day, seq in ((1, 1), (2, 2), (2, 3))]
    whole = listed(public, entries)
    assert [whole.position(item) for item in whole] == [0, 1, 2, 3, 4]
    assert [whole[1:3].position(item) for item in whole] == [None, 0, 1, None, None]
    assert whole.position(entry(3, 3)) is None
    assert listed((), entries).position(public[0]) is None


def test_a_union_has_each_event_once() -> None:
    public = [event(FIRST + timedelta(days=day), number=day) for day in (0, 2, 3)]
    entries = [entry(day, seq) for day, seq in ((1, 1), (2, 2), (2, 3))]
    whole = listed(public, entries)
    parts = [whole[:4], whole[2:], whole[:0]]
    assert list(EventList.union(parts)) == list(whole)
    assert list(EventList.union(parts).about({"a"})) == list(whole.about({"a"}))


def test_events_are_converted_when_they_are_read() -> None:
    reads: list[list[int]] = []
    whole = listed([event(FIRST)], [entry(1, 1)], reads)
    upper = whole.convert(lambda item: replace(item, speaker=item.speaker.upper()))
    assert reads == []
    assert [item.speaker for item in upper] == [item.speaker.upper() for item in whole]
    assert upper.source is whole
    assert [*map(upper.position, upper)] == [0, 1]
