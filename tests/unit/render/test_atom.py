"""The feed: read by another's program, with ids that stay and times that mean it."""

import re
import xml.etree.ElementTree as ET
from datetime import UTC, date, datetime

import feedparser  # type: ignore[import-untyped]

from orderwatch.frozen import replace
from orderwatch.model import Event, Origin, Site
from orderwatch.render.atom import MAX_ENTRIES, feed
from orderwatch.revisions import Revisions
from tests.support import build as make
from tests.support import sites
from tests.support.hostile import ALL
from tests.support.log_commands import REPORT

URL = "https://example.org/icj/"
_URN = re.compile(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def entries(text: str) -> dict[str, feedparser.FeedParserDict]:
    """Read a feed with a parser that did not write it: each entry by its id."""
    parsed = feedparser.parse(text.encode(), sanitize_html=False)
    assert not parsed.bozo, parsed.get("bozo_exception")
    found = {entry.id: entry for entry in parsed.entries}
    assert len(found) == len(parsed.entries)
    return found


def of(site: Site, base_url: str | None = URL) -> str:
    events = (event for case in site.cases for event in case.events)
    return feed(site.view, site.cases, Revisions(events), base_url=base_url)


def test_there_is_an_entry_for_each_order_deadline_and_event() -> None:
    site = sites.site(192)
    [case_file] = site.cases
    found = entries(of(site))
    dates = [item for status in case_file.statuses for item in status.deadlines]
    assert len(found) == len(case_file.orders) + len(dates) + len(case_file.events)
    titles = [entry.title for entry in found.values()]
    assert "South Africa v. Israel: order of 24 May 2024" in titles
    assert "Israel's report to the ICJ is due on Monday 24 June 2024" in titles
    assert all(_URN.fullmatch(uid) for uid in found)


def test_ids_stay_whatever_the_address_and_the_day() -> None:
    here = entries(of(sites.site(192)))
    moved = entries(of(sites.site(192), "https://elsewhere.example/"))
    later = entries(of(sites.site(192, day=date(2027, 5, 1))))
    assert here.keys() == moved.keys() == later.keys()
    assert {uid: entry.updated for uid, entry in here.items()} == {
        uid: entry.updated for uid, entry in later.items()
    }
    assert of(sites.site(192)) == of(sites.site(192))


def test_updated_changes_with_the_date_and_only_there() -> None:
    site = sites.site(192)
    more = Event(
        id="01900000-0000-7000-8000-000000000001",
        on=date(2024, 6, 1),
        kind=make.event(sites.DAY).kind,
        speaker="Court",
        role=make.event(sites.DAY).role,
        summary="More time.",
        about=(REPORT,),
        extends_to=date(2024, 7, 24),
        origin=Origin.LOG,
        seq=1,
        recorded=datetime(2024, 6, 2, 8, tzinfo=UTC),
    )
    before, after = entries(of(site)), entries(of(sites.with_events(site, [more])))
    changed = [
        entry.title
        for uid, entry in after.items()
        if uid in before and before[uid].updated != entry.updated
    ]
    assert changed == ["Israel's report to the ICJ is due on Monday 24 June 2024"]
    assert after.keys() - before.keys() == {f"urn:uuid:{more.id}"}


def test_links_lead_to_the_page_and_to_the_source() -> None:
    found = entries(of(sites.site(192)))
    [order] = [e for e in found.values() if e.title.endswith("order of 24 May 2024")]
    assert {link.rel: link.href for link in order.links} == {
        "alternate": f"{URL}orders/192-2024-05-24/index.html",
        "via": "https://www.icj-cij.org/node/204091",
    }
    bare = of(sites.site(192), None)
    assert "alternate" not in bare
    assert 'rel="self"' not in bare


def test_hostile_text_stays_text() -> None:
    for text in (*ALL, *sites.HOSTILE):
        site = sites.site(192)
        event = make.event(
            sites.DAY, REPORT, summary=text, speaker=text, source="javascript:alert(1)"
        )
        written = of(sites.with_events(site, [event]))
        root = ET.fromstring(written)  # noqa: S314 - of ours, and it has to be read
        assert {one.tag.rpartition("}")[2] for one in root.iter()} <= {
            *("feed", "id", "title", "subtitle", "updated", "author", "name"),
            *("generator", "rights", "link", "entry", "published", "category"),
            "content",
        }
        assert "javascript:" not in " ".join(
            link.get("href", "") for link in root.iter() if link.tag.endswith("link")
        )


def test_a_feed_holds_the_latest_and_no_more() -> None:
    site = sites.site(192)
    many = [
        replace(make.event(date(2026, 1, 1), REPORT), id=f"ev-{number}")
        for number in range(MAX_ENTRIES + 100)
    ]
    found = entries(of(sites.with_events(site, many)))
    assert len(found) == MAX_ENTRIES
    assert all(entry.updated >= "2026-01-01" for entry in found.values())
