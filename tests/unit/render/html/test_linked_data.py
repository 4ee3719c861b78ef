"""Previews of shared links, and JSON-LD: what it names, where it leads, and what cannot end it."""

import json
import re
from typing import Any

import pytest

from orderwatch.frozen import replace
from orderwatch.model import CC_BY
from orderwatch.render.html import pages, sitemap
from orderwatch.render.sanitize import sanitize
from tests.support import sites
from tests.support.site_pages import Read

URL = "https://example.org/icj/"
SCRIPT = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


def nodes(page: str) -> list[dict[str, Any]]:
    """Return the nodes of a page."""
    [text] = SCRIPT.findall(page)
    document = json.loads(text)
    assert document["@context"] == "https://schema.org"
    graph: list[dict[str, Any]] = document["@graph"]
    return graph


def encoded(value: object) -> str:
    """Return JSON, of a string without its quotation marks."""
    return json.dumps(value, ensure_ascii=False).strip('"')


def previews(page: str) -> dict[str, str]:
    """Return the properties that a preview of a link shows."""
    tags = [have for tag, have in Read(page).tags if tag == "meta"]
    return {str(have["property"]): str(have["content"]) for have in tags if "property" in have}


@pytest.fixture(scope="module")
def folder() -> dict[str, str]:
    return dict(pages(sites.site(178, 192, base_url=URL)))


def test_the_whole_is_a_dataset_with_licence_and_files(folder: dict[str, str]) -> None:
    [node] = nodes(folder["index.html"])
    assert nodes(folder["data.html"]) == [node]
    assert (node["@type"], node["license"], node["url"]) == ("Dataset", CC_BY.url, URL)
    assert node["temporalCoverage"] == "2020-01-23/2026-11-24"
    files = {item["contentUrl"]: item["encodingFormat"] for item in node["distribution"]}
    assert files[f"{URL}deadlines.csv"] == "text/csv"
    own = replace(sites.site(192), licence=None)
    assert "license" not in nodes(dict(pages(own))["index.html"])[0]


def test_an_order_is_legislation_with_parts_and_dates(folder: dict[str, str]) -> None:
    order, *rest = nodes(folder["orders/178-2020-01-23/index.html"])
    assert order["@id"] == f"{URL}orders/178-2020-01-23/"
    assert order["legislationDate"] == "2020-01-23"
    assert order["legislationLegalForce"] == "https://schema.org/InForce"
    assert order["encoding"]["@type"] == "LegislationObject"
    parts = {node["@id"]: node for node in rest if node["@type"] == "Legislation"}
    assert [part["@id"] for part in order["hasPart"]] == list(parts)
    assert all(node["abstract"].startswith("Our summary: ") for node in parts.values())
    status = next(s for s in sites.site(178).overview if s.obligation.key == "4")
    events = [node for node in rest if node["@type"] == "Event"]
    assert [e["startDate"] for e in events] == [str(d.deadline.due) for d in status.deadlines]
    assert {event["about"]["@id"] for event in events} <= set(parts)
    last = next(event for event in events if event["startDate"] == "2026-11-23")
    assert last["name"] == "Myanmar's report to the ICJ was due"
    assert last["description"] == "no filing known"


def test_an_obligation_is_part_of_its_order(folder: dict[str, str]) -> None:
    order, duty, event = nodes(folder["orders/192-2024-05-24/p-3/index.html"])
    assert duty["isPartOf"] == {"@id": order["@id"]}
    assert event["startDate"] == "2024-06-24"


def test_an_order_without_measures_has_no_force() -> None:
    page = dict(pages(sites.site(193)))["orders/193-2024-04-30/index.html"]
    [order] = nodes(page)
    assert "legislationLegalForce" not in order
    assert order["url"] == "../../orders/193-2024-04-30/"


def test_addresses_are_those_of_the_sitemap(folder: dict[str, str]) -> None:
    listed = set(re.findall(r"<loc>([^<]+)</loc>", sitemap(URL, folder)))
    for path, page in folder.items():
        if SCRIPT.search(page):
            assert {node["url"] for node in nodes(page)} <= listed, path


def test_a_preview_has_title_text_and_address(folder: dict[str, str]) -> None:
    found = previews(folder["orders/192-2024-05-24/index.html"])
    assert found["og:title"] == "South Africa v. Israel: order of 24 May 2024"
    assert "In force · was due 24 June 2024 · no filing known." in found["og:description"]
    assert found["og:url"] == f"{URL}orders/192-2024-05-24/"
    assert found["og:type"] == "article"
    assert "og:image" not in found
    for path, page in folder.items():
        if path.endswith(".html") and not path.startswith(("embed/", "404")):
            assert len(previews(page)["og:description"]) < 700, path


def test_a_preview_has_a_picture_where_one_is_written() -> None:
    site = replace(sites.site(192, base_url=URL), pictures=True)
    found = {path: previews(page) for path, page in pages(site) if path.endswith(".html")}
    assert found["index.html"]["og:image"] == f"{URL}timeline.png"
    for path in ("cases/192/index.html", "orders/192-2024-05-24/p-3/index.html"):
        assert found[path]["og:image"] == f"{URL}cases/192/timeline.png"
    assert not [
        path
        for path, page in pages(replace(site, base_url=None))
        if path.endswith(".html") and "og:image" in page
    ]


@pytest.mark.parametrize("text", [*sites.HOSTILE, "</script><script>alert(1)//", "<!--<script>"])
def test_no_text_ends_the_script(text: str) -> None:
    for path, page in pages(sites.misnamed(text)):
        if found := SCRIPT.search(page):
            assert not set(found[1]) & set("<>&'\u2028\u2029\u202e"), path
            values = encoded(nodes(page))
            assert path.startswith(("index", "data")) or encoded(sanitize(text)) in values


def test_a_citation_is_on_each_order_and_obligation(folder: dict[str, str]) -> None:
    for path, page in folder.items():
        is_order = re.fullmatch(r"orders/[^/]+/(p-[^/]+/)?index\.html", path)
        assert page.count('id="cite"') == bool(is_order), path
    page = Read(folder["orders/192-2024-05-24/p-3/index.html"]).plain
    assert "order of 24 May 2024, para. 57(3); Israel: Report to the Court [our summary];" in page
    assert "accessed on 24 November 2026." in page
