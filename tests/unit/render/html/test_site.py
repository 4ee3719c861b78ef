"""The published pages, read as text: what they say, and where they lead."""

import gzip
import posixpath
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import islice, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orderwatch.frozen import replace
from orderwatch.model import EventKind, Kind, Origin, Outcome, Register, Site
from orderwatch.render import phrases
from orderwatch.render.html import front, pages, sitemap
from orderwatch.render.phrases import EVENT_LABELS, KIND_LABELS, OUTCOME_LABELS
from orderwatch.render.sanitize import sanitize
from tests.support import sites
from tests.support.site_pages import Read

BESIDE = {
    *("status.json", "events.csv", "deadlines.ics", "feed.atom", "log.jsonl"),
    *("checkpoint", "datapackage.json", "orderwatch.sqlite"),
}
"""What is written beside the pages."""


@pytest.fixture(scope="module")
def folder() -> dict[str, str]:
    return dict(pages(sites.site()))


@pytest.fixture(scope="module")
def read(folder: dict[str, str]) -> dict[str, Read]:
    return {path: Read(text) for path, text in folder.items() if path.endswith(".html")}


def test_there_is_a_page_for_everything_and_for_each_case_and_order(
    folder: dict[str, str],
) -> None:
    told = sites.site()
    assert {"index.html", "404.html", "style.css", "script.js"} <= folder.keys()
    assert len(told.cases) == 61
    for case_file in told.cases:
        assert f"cases/{case_file.case.number}/index.html" in folder
        assert f"cases/{case_file.case.number}/timeline.svg" in folder
        for order in case_file.orders:
            name = f"{case_file.case.number}-{order.made}"
            assert f"orders/{name}/index.html" in folder
            assert f"embed/{name}.html" in folder
            assert f"badge/{name}.svg" in folder


def test_every_link_is_relative_and_leads_somewhere(read: dict[str, Read]) -> None:
    ids = {path: set(page.all("id")) for path, page in read.items()}
    dead = []
    for path, page in read.items():
        for link in page.all("href") + page.all("src"):
            if link.startswith(("https://", "http://")):
                continue
            place, _, anchor = link.partition("#")
            to = posixpath.normpath(posixpath.join(posixpath.dirname(path), place))
            target = to if place else path
            known = target in ids or target in BESIDE or target.endswith(FILES)
            if not known or (anchor and anchor not in ids[target]):
                dead.append((path, link))
    assert dead == []


FILES = ("style.css", "script.js", ".svg", "feed.atom", "deadlines.ics", "index.json")


def test_no_id_stands_twice_on_a_page(read: dict[str, Read]) -> None:
    for path, page in read.items():
        twice = [name for name, n in Counter(page.all("id")).items() if n > 1]
        assert twice == [], path


def test_headings_go_down_by_one(read: dict[str, Read]) -> None:
    for path, page in read.items():
        levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
        assert levels[0] == 1, path
        assert levels.count(1) == 1, path
        steps = pairwise(levels)
        assert all(after <= before + 1 for before, after in steps), path


def test_every_page_says_as_of_when_and_does_not_judge(read: dict[str, Read]) -> None:
    view = sites.site().view
    for path, page in read.items():
        assert phrases.as_of(view) in page.plain, path
        assert phrases.caveat(view) in page.plain, path
        assert phrases.NO_JUDGE in page.plain, path
        if not path.startswith("embed/"):
            assert phrases.reviewed(view) in page.plain, path
            assert phrases.log(view) in page.plain, path


def test_nothing_is_loaded_that_the_policy_does_not_name(
    folder: dict[str, str], read: dict[str, Read]
) -> None:
    for path, page in read.items():
        policy = [have.get("content") for _, have in page.tags if "http-equiv" in have]
        assert policy[0] is not None, path
        assert policy[0].startswith("default-src 'none'; style-src 'self'"), path
        assert not page.all("style"), path
        assert not [name for name in page.all("src") if "//" in name], path
        handlers = [n for _, have in page.tags for n in have if n.startswith("on")]
        assert handlers == [], path
    assert "url(" not in folder["style.css"]
    assert "//" not in folder["script.js"].replace("// ", "")


def test_the_order_page_tells_all_about_the_rafah_order(read: dict[str, Read]) -> None:
    page = read["orders/192-2024-05-24/index.html"].plain
    for text in (
        "South Africa v. Israel: order of 24 May 2024",
        "Last date: Monday 24 June 2024, (3) · passed 883 days ago · no filing known",
        "13 to 2 (against: Sebutinde, Barak (ad hoc))",
        "within 1 month of the order",
        "1 month from Friday 24 May 2024 is Monday 24 June 2024",
        "A contested reading",
        "Whether the words 'which may inflict' qualify",
        "seen in a verbatim copy or a translation",
        "UN Commission of Inquiry",
        "(UN body), 10 October 2024",
        "Scale: own words",
    ):
        assert text in page, text


def test_the_order_page_says_everything_that_show_says(
    read: dict[str, Read], register: Register
) -> None:
    for duty in register.obligations:
        order = duty.order
        html = read[f"orders/{order.case.number}-{order.made}/index.html"]
        page, links = html.plain, html.all("href")
        said: list[str | None] = [
            duty.summary,
            phrases.vote(duty.votes),
            phrases.time_limit(duty.limit),
        ]
        said += [duty.note, duty.contested.text if duty.contested else None, order.note]
        said += [source.title for source in duty.sources]
        assert {source.url for source in duty.sources} <= set(links), duty.id
        for text in said:
            assert not text or " ".join(text.split()) in page, (duty.id, text)


def test_speakers_stand_side_by_side() -> None:
    told = sites.site(192)
    (first,) = told.cases
    said = [
        replace(
            sites.bad(first, "x"),
            id=f"ev-{name}",
            speaker=name,
            finding=finding,
            scale="own words",
        )
        for name, finding in (("Ruritania", "done"), ("An NGO", "not done"))
    ]
    page = dict(pages(sites.with_events(told, said)))
    text = page["orders/192-2024-05-24/index.html"]
    voices = text.split('<ul class="voices">')[1].split("</ul>")[0]
    assert voices.count("<li>") == 2 + sum(e.finding is not None for e in first.events)
    assert voices.index("Ruritania") < voices.index("An NGO")


def test_the_first_page_is_small(folder: dict[str, str]) -> None:
    assert len(gzip.compress(folder["index.html"].encode())) < 100_000


def test_the_canonical_addresses_are_those_of_the_sitemap() -> None:
    url = "https://example.org/icj/"
    found = dict(pages(sites.site(192, base_url=url)))
    canonical = {
        place
        for path, text in found.items()
        if path.endswith(".html") and not path.startswith("404")
        for place in re.findall(r'<link rel="canonical" href="([^"]+)">', text)
    }
    listed = re.findall(r"<loc>([^<]+)</loc>", sitemap(url, found))
    assert canonical == set(listed)
    assert {url, f"{url}states/israel/", f"{url}data.html"} <= canonical


# The page of an obligation


def test_opposed_statements_are_side_by_side_and_answers_linked(folder: dict[str, str]) -> None:
    page = folder["orders/192-2024-05-24/p-2b/index.html"]
    own, others = page.split("<h3>Israel</h3>")[1].split("<h3>Others</h3>")
    speakers = re.compile(r"<strong><bdi>([^<]+)</bdi>")
    assert all(name.startswith("Israel") for name in speakers.findall(own))
    assert "Egypt (State Information Service)" in speakers.findall(others.split("</section>")[0])
    link = '<a href="../../../cases/192/index.html#e-ev-192-2026-02-04-1">'
    assert re.search(f"Answers: {link}[^<]+, 4 Feb 2026</a>", own)
    assert "Our summary: " in page


def test_the_page_of_an_obligation_has_vote_grades_and_sources(read: dict[str, Read]) -> None:
    page = read["orders/192-2024-05-24/p-3/index.html"].plain
    assert "Vote13 to 2 (against: Sebutinde, Barak (ad hoc)) count: secondary · names: " in page
    assert "within 1 month of the order secondary" in page
    assert "Text seen in1 2 secondary" in page


# Sources


def test_sources_are_notes_and_grades_are_explained_once(
    folder: dict[str, str], read: dict[str, Read]
) -> None:
    paths = {"index.html", "states/israel/index.html", "cases/192/index.html"}
    paths |= {"orders/192-2024-05-24/index.html", "orders/192-2024-05-24/p-2b/index.html"}
    for path in paths:
        page = read[path]
        body, notes = folder[path].split('<ol class="notes">')
        refs = re.findall(r'<a class="ref" href="#n-(\d+)" aria-label="Source \1">\1</a>', body)
        listed = re.findall(r'<li id="n-(\d+)">', notes)
        assert listed == list(dict.fromkeys(refs)) == [str(n + 1) for n in range(len(listed))]
        assert not re.search(r">https?://[^<]+</a>", body), path
        for text in phrases.GRADES.values():
            assert page.plain.count(text) == 1, (path, text)
    for path, page in read.items():
        assert ('id="sources"' in folder[path]) == ("ref" in page.all("class")), path


def test_each_obligation_has_a_page_with_all_its_events(read: dict[str, Read]) -> None:
    for status in sites.site().overview:
        duty = status.obligation
        order = f"orders/{duty.order.id.replace('/', '-')}"
        page = read[f"{order}/p-{duty.key}/index.html"]
        assert {f"e-{event.id}" for event in status.events} <= set(page.all("id")), duty.id
        assert f"p-{duty.key}/index.html" in read[f"{order}/index.html"].all("href")


# The page of a State


def test_a_state_page_answers_four_questions(read: dict[str, Read]) -> None:
    page = read["states/israel/index.html"].plain
    asked, rest = page.split("What it asked", 1)[0], page.split("What it asked", 1)[1]
    assert "South Africa v. Israel, order of 24 May 2024, (3) in force" in asked
    assert "Mon 24 Jun 2024 · passed 883 days ago · no filing known" in asked
    assert "It brought none of the cases on record." in rest
    for heading in ("Who says what", "This State", "Others", "On record about what was asked"):
        assert heading in rest, heading
    page = read["states/south-africa/index.html"].plain
    assert "No order on record asks anything of it." in page
    assert "South Africa v. Israel 24 May 2024 modifies the order of 28 March 2024" in page


def test_a_state_page_puts_the_state_beside_others(folder: dict[str, str]) -> None:
    voices = folder["states/israel/index.html"].split('<h2 id="voices">')[1]
    own, others = voices.split("<h3>Others</h3>")[0], voices.split("<h3>Others</h3>")[1]
    others = others.split("</section>")[0]
    speakers = re.compile(r"<strong><bdi>([^<]+)</bdi>")
    assert len(speakers.findall(own)) == len(speakers.findall(others)) == 4
    assert all(name.startswith("Israel") for name in speakers.findall(own))
    assert not any(name.startswith("Israel") for name in speakers.findall(others))
    assert re.search(r'Answers: <a href="../../cases/192/index.html#e-[^"]+">[^<]+</a>', own)


# The front page


def test_the_front_page_answers_with_four_figures(read: dict[str, Read]) -> None:
    page = read["index.html"].plain
    for text in (
        "Orders in force 15 in 8 cases",
        "Next date 23 May 2027 Myanmar's report to the ICJ is due · 180 days left",
        "Last date 23 Nov 2026 Myanmar's report to the ICJ was due · no filing known",
        "Age of the data 82 days Court's decisions known to 3 Sep 2026",
    ):
        assert text in page, text


def test_the_front_page_has_the_caveat_once(read: dict[str, Read]) -> None:
    page, view = read["index.html"].plain, sites.site().view
    assert page.count(phrases.caveat(view)) == 1


def test_the_strip_has_a_mark_for_each_due_date(
    folder: dict[str, str], read: dict[str, Read]
) -> None:
    strip = folder["index.html"].split('<ol class="strip">')[1].split("</section>")[0]
    items = [item for status in sites.site().overview for item in status.deadlines]
    assert strip.count("<li><a ") == len(items)
    assert strip.count('"dot filled"') == sum(item.submission is not None for item in items)
    assert strip.count('"dot to-come"') == sum(item.days_left >= 0 for item in items)
    page = read["index.html"].plain
    assert "24 June 2024 · Israel: Report to the Court · no filing known" in page


def test_a_strip_of_many_dates_counts_the_earlier_ones() -> None:
    told = sites.site()
    years, hidden = front.due_dates(told.overview * 4)
    shown = [item for year in years for item in year.deadlines]
    assert len(shown) == 60
    assert hidden == 4 * sum(len(status.deadlines) for status in told.overview) - 60
    every, _none = front.due_dates(told.overview)
    assert [year.number for year in every if year.follows_gap] == [1986, 2013, 2020]
    page = dict(pages(replace(told, overview=told.overview * 4)))["index.html"]
    assert f"{hidden} earlier dates are not shown." in page


def test_the_front_page_groups_the_orders_in_force_by_case(folder: dict[str, str]) -> None:
    section = folder["index.html"].split('<h2 id="in-force">')[1].split("</section>")[0]
    rows = re.findall(r"<tr>\n<th.*?</tr>", section, re.DOTALL)
    assert len(rows) == 8
    row = Read(next(row for row in rows if "South Africa v. Israel" in row)).plain
    days = ("24 May 2024 5 measures", "28 March 2024 4 measures", "26 January 2024 6 measures")
    assert row == f"South Africa v. Israel Israel {' '.join(days)}"


def test_the_same_site_gives_the_same_pages() -> None:
    assert list(pages(sites.site(192, 178))) == list(pages(sites.site(192, 178)))


# Words


def test_every_kind_and_outcome_has_a_label() -> None:
    assert set(OUTCOME_LABELS) == set(Outcome)
    assert set(KIND_LABELS) == set(Kind)
    assert set(EVENT_LABELS) == set(EventKind)


# Long records


def test_a_long_record_is_cut_into_pages_that_keep_their_place() -> None:
    told = sites.crowded(192, 450)
    found = dict(pages(told))
    total = len(told.cases[0].events)
    listed = [p for p in found if p.startswith("cases/192/record-")]
    assert listed == [f"cases/192/record-{n}.html" for n in range(1, -(-total // 200) + 1)]
    ids = [
        name
        for path in listed
        for name in re.findall(r'<li class="row" id="e-([^"]+)"', found[path])
    ]
    assert ids == [event.id for event in told.cases[0].events]
    assert f"The latest 200 of {total} events" in found["cases/192/index.html"]
    grown = dict(pages(sites.with_events(told, [sites.bad(told.cases[0], "new")])))
    first = "cases/192/record-1.html"
    rows = re.compile(r'<ol class="rows".*</ol>', re.DOTALL)
    assert rows.findall(grown[first]) == rows.findall(found[first])
    for path in listed:
        for link in Read(found[path]).all("href"):
            if link.startswith("record-"):
                assert f"cases/192/{link}" in found


def test_no_page_grows_with_the_record() -> None:
    few, many = (
        max(len(text) for _, text in pages(sites.crowded(192, count))) for count in (1_000, 3_000)
    )
    assert many < few * 1.02


def test_pages_are_made_one_at_a_time() -> None:
    asked = pages(sites.crowded(192, 100_000))
    assert isinstance(asked, Iterator)
    assert [path for path, _ in islice(asked, 4)] == [
        *("style.css", "script.js", "icon.svg", "index.html"),
    ]


# The log


def test_an_own_entry_says_where_it_is_kept_and_links_its_proof() -> None:
    told = sites.site(192)
    own = replace(
        sites.bad(told.cases[0], "x"),
        id="0192f0c1-0000-7000-8000-000000000001",
        origin=Origin.LOG,
        seq=7,
        recorded=datetime(2026, 11, 24, 9, tzinfo=UTC),
        recorder="office",
    )
    with_log = replace(sites.with_events(told, [own]), proofs={7})
    page = Read(dict(pages(with_log))["cases/192/index.html"])
    assert "log, entry 7, recorded 2026-11-24T09:00:00Z by office" in page.plain
    assert f"../../proofs/{own.id}.tlog-proof" in page.all("href")


def test_a_log_that_is_not_published_is_not_linked() -> None:
    told = replace(sites.site(192), public_log=False)
    for path, text in pages(told):
        links = Read(text).all("href") if path.endswith(".html") else []
        assert not [x for x in links if x.endswith(("checkpoint", "log.jsonl"))], path


# Hostile text


@pytest.fixture(scope="module")
def dangerous() -> dict[str, str]:
    return dict(pages(sites.hostile()))


def test_a_hostile_event_is_text_on_every_page(dangerous: dict[str, str]) -> None:
    for path in ("cases/192/index.html", "orders/192-2024-05-24/index.html"):
        page = Read(dangerous[path])
        for text in sites.HOSTILE:
            assert sanitize(text) in page.text, (path, text)


def test_no_hostile_event_adds_a_tag_or_an_attribute(dangerous: dict[str, str]) -> None:
    for path, text in dangerous.items():
        if not path.endswith(".html"):
            continue
        page = Read(text)
        own, *linked = [have for tag, have in page.tags if tag == "script"]
        assert set(own) == {"src", "defer"}, path
        assert linked in ([], [{"type": "application/ld+json"}]), path
        assert not [n for _, have in page.tags for n in have if n.startswith("on")]
        bad = [
            link
            for link in page.all("href")
            if re.match(r"\s*(javascript|data|vbscript):", link, re.IGNORECASE)
        ]
        assert bad == [], path
        assert "\u202e" not in text, path
        assert "\x1b" not in text, path
        text.encode()


@pytest.mark.parametrize("text", sites.HOSTILE)
def test_a_hostile_register_is_text_on_every_page(text: str) -> None:
    plain = [shape(page) for _, page in pages(sites.misnamed("plain"))]
    for (path, page), expected in zip(pages(sites.misnamed(text)), plain, strict=True):
        assert shape(page) == expected, path
        if path.startswith(("index", "cases", "orders")) and path.endswith(".html"):
            assert sanitize(text) in Read(page).text, path
        page.encode()


@settings(max_examples=40)
@given(st.text(min_size=1))
def test_no_text_of_a_register_changes_what_a_page_is_made_of(text: str) -> None:
    plain = [shape(page) for _, page in pages(sites.misnamed("plain"))]
    for (path, page), expected in zip(pages(sites.misnamed(text)), plain, strict=True):
        assert shape(page) == expected, path
        assert not set(page) & set("\x00\x1b\u2028\u202a\u202e\u2066"), path


def shape(page: str) -> list[tuple[str, list[str]]]:
    """List the tags of a page with the names of their attributes, links apart.

    A picture has its lines of text where they fit: see the test of its own tags.
    """
    apart = {"a", "text", "rect", "path"}
    return [(tag, sorted(have)) for tag, have in Read(page).tags if tag not in apart]


def test_a_site_of_nothing_can_be_told() -> None:
    told = replace(sites.site(192), cases=(), overview=())
    assert "No upcoming date is known." in dict(pages(told))["index.html"]


def test_an_endless_line_stands_in_the_record_and_is_cut_elsewhere() -> None:
    line = "x" * 1_000_000
    for path, text in pages(sites.endless()):
        whole = path in {"cases/192/index.html", "orders/192-2024-05-24/index.html"}
        assert text.count(line) == whole, path
        assert len(text) < 300_000 + whole * len(line), path


# Elsewhere


def test_the_page_for_what_is_missing_finds_its_style_at_any_address() -> None:
    told = sites.site(192, base_url="https://example.org/icj/")
    page = Read(dict(pages(told))["404.html"])
    assert "/icj/style.css" in page.all("href")
    assert "/icj/script.js" in page.all("src")
    assert "/icj/index.html" in page.all("href")


def test_code_to_embed_has_the_address_of_the_site() -> None:
    told = sites.site(192, base_url="https://example.org/icj/")
    page = Read(dict(pages(told))["orders/192-2024-05-24/index.html"])
    assert 'src="https://example.org/icj/embed/192-2024-05-24.html"' in page.text
    assert 'src="https://example.org/icj/badge/192-2024-05-24.svg"' in page.text
    assert 'href="https://example.org/icj/orders/192-2024-05-24/index.html"' in (page.text)


def test_a_fragment_tells_status_days_source_and_day(read: dict[str, Read]) -> None:
    page = read["embed/178-2020-01-23.html"]
    for text in (
        "The Gambia v. Myanmar, ICJ order 23 January 2020 (in force)",
        "Sunday 23 May 2027: 180 days left · no filing known",
        "As of Tuesday 24 November 2026",
    ):
        assert text in page.plain
    assert [x for x in page.all("href") if x.startswith("https://www.icj-cij.org/")]


def test_a_badge_has_force_date_and_filing_and_counts_no_days(folder: dict[str, str]) -> None:
    badges = {p: text for p, text in folder.items() if p.startswith("badge/")}
    for name, text in (
        ("178-2020-01-23", "in force · due 23 May 2027"),
        ("192-2024-05-24", "in force · was due 24 June 2024 · no filing known"),
        ("192-2024-01-26", "in force · was due 26 February 2024 · filing reported 26 Feb 2024"),
        ("91-1993-04-08", "not in force"),
        ("193-2024-04-30", "declines the request"),
        ("70-1984-05-10", "not in force"),
    ):
        assert f">{text}</text>" in badges[f"badge/{name}.svg"]
    assert not [p for p, text in badges.items() if "days" in text or "modified" in text]


def test_a_past_day_knows_nothing_of_what_came_later() -> None:
    told: Site = sites.site(192, day=date(2024, 2, 1))
    found = dict(pages(told))
    assert {p.split("/")[1] for p in found if p.startswith("orders/1")} == {"192-2024-01-26"}
    assert "25 days left" in Read(found["index.html"]).plain
    assert "2025" not in Read(found["cases/192/index.html"]).plain.replace("2002-2025", "")
