"""The pages, feeds and tables of a long record keep few of its events in memory."""

import gc
import re
from array import array
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime

import pytest

from orderwatch import event_list
from orderwatch.event_list import EventList
from orderwatch.frozen import replace
from orderwatch.log.reader import LOG_BIT
from orderwatch.model import Event, EventKind, Origin, Role, Site
from orderwatch.render import data_package, html, survey
from orderwatch.render.atom import feed
from orderwatch.render.html import pages, paths
from orderwatch.revisions import Revisions
from tests.support import sites

_COUNT = 1_500
_DAYS = 150
_PAGE = 50


def _entries(plain: Site) -> list[Event]:
    """Build entries of a log about the first case, of every kind and of many months."""
    [case_file] = plain.cases
    ids = [case_file.case.id, *(item.obligation.id for item in case_file.statuses[:3])]
    first = plain.view.as_of.toordinal() - _DAYS
    kinds = [kind for kind in EventKind if kind is not EventKind.SUBMISSION]
    return [
        replace(
            sites.bad(case_file, "plain"),
            id=f"01900000-0000-7000-8000-{seq:012}",
            seq=seq,
            on=plain.view.as_of.fromordinal(first + seq * 7 % _DAYS),
            kind=kinds[seq % len(kinds)],
            about=(ids[seq % len(ids)],),
            speaker=("Ys", "Atlantis (Ministry)", "Harbour Watch")[seq % 3],
            role=Role.OTHER_STATE if seq % 3 else Role.NGO,
            origin=Origin.LOG,
            recorded=datetime(2026, 1, 1, seq % 24, seq % 60, tzinfo=UTC),
        )
        for seq in range(1, _COUNT + 1)
    ]


def _with(plain: Site, events: Sequence[Event]) -> Site:
    [case_file] = plain.cases
    return replace(plain, cases=(replace(case_file, events=events),))


def _lazy(plain: Site, entries: Sequence[Event]) -> EventList:
    """Return a list that builds each event when it is read, as from a log."""
    fields = {item.seq: vars(item) for item in entries}

    def keys(items: Sequence[Event]) -> "array[int]":
        return array(
            "q", sorted(item.on.toordinal() << 40 | LOG_BIT | (item.seq or 0) for item in items)
        )

    def about(ids: Collection[str]) -> "array[int]":
        return keys([item for item in entries if not {*ids}.isdisjoint(item.subjects)])

    public = list(plain.cases[0].events)
    return EventList(
        public, keys(entries), lambda seqs: [Event(**fields[seq]) for seq in seqs], about
    )


def _contents(site: Site) -> Iterator[tuple[str, str]]:
    yield from pages(site)
    yield "feed.atom", feed(site.view, site.cases, Revisions())
    tables = data_package.tables(site.view, site.cases)
    for path, content in data_package.files(site.view, tables, None):
        yield path, content if isinstance(content, str) else b"".join(content).decode()


def _alive() -> int:
    return sum(type(item) is Event for item in gc.get_objects())


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> Site:
    monkeypatch.setattr(event_list, "PAGE", _PAGE)
    for module in (paths, html):
        monkeypatch.setattr(module, "PAGE_SIZE", _PAGE)
    monkeypatch.setattr(survey, "FEED", _PAGE)
    monkeypatch.setattr(survey, "SINGLE", _PAGE // 5)
    return sites.site(192)


def test_a_site_is_the_same_when_its_events_are_read_in_pages(plain: Site) -> None:
    entries = _entries(plain)
    whole = sorted([*plain.cases[0].events, *entries], key=lambda event: event.sort_key)
    expected = dict(_contents(_with(plain, tuple(whole))))
    found = dict(_contents(_with(plain, _lazy(plain, entries))))
    assert found.keys() == expected.keys()
    assert [path for path, text in found.items() if text != expected[path]] == []


def test_few_events_are_in_memory_at_any_moment(plain: Site) -> None:
    entries = _entries(plain)
    site = _with(plain, _lazy(plain, entries))
    before = _alive()
    most = max(_alive() for path, _ in _contents(site) if "index.html" not in path)
    assert most - before < _COUNT / 2


def test_the_page_of_an_obligation_links_the_events_that_it_leaves_out(plain: Site) -> None:
    entries = _entries(plain)
    [case_file] = plain.cases
    status = case_file.statuses[0]
    own = [*case_file.events, *entries]
    count = sum(status.obligation.id in event.subjects for event in own)
    statuses = (replace(status, count=count), *case_file.statuses[1:])
    site = _with(plain, _lazy(plain, entries))
    site = replace(site, cases=(replace(site.cases[0], statuses=statuses),))
    page = dict(pages(site))[f"{paths.obligation_path(status.obligation)}index.html"]
    text = f"Of {count} events the latest {_PAGE} are here"
    assert re.search(rf'<a href="../../../cases/192/index.html">{text}', page)
    assert len(re.findall(r'id="e-', page)) == _PAGE
