"""The timeline in Chromium: what lies where, by bounding boxes."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from orderwatch.model import Site
from orderwatch.render.html import pages
from tests.support import sites
from tests.support.browsers import with_browser

pytestmark = pytest.mark.slow

FLAWS = """() => {
  const inside = (a, b) =>
    a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  const boxes = (svg, names) => [...svg.querySelectorAll(names)].map((node) => {
    const b = node.getBBox();
    // A line has no width of its own.
    const half = node.matches(".grid, .today, .pair") ? 0.5 : 0;
    return {what: node.textContent || node.getAttribute("class"), left: b.x - half,
            right: b.x + b.width + half, top: b.y, bottom: b.y + b.height, node};
  });
  const found = [];
  const compare = (some, others) => some.forEach((a) => others.forEach((b) => {
    if (a.node !== b.node && inside(a, b)) found.push([a.what, b.what]);
  }));
  for (const svg of document.querySelectorAll("svg")) {
    const labels = boxes(svg, "text"), marks = boxes(svg, ".order, .deadline, .submission, .event");
    compare(boxes(svg, ".submission"), boxes(svg, ".deadline"));
    compare(marks, marks);
    compare(labels, [...labels, ...marks, ...boxes(svg, ".grid, .today, .pair, .span")]);
    const {width, height} = svg.viewBox.baseVal;
    for (const a of [...labels, ...marks]) {
      if (a.left < 0 || a.top < 0 || a.right > width || a.bottom > height) found.push([a.what]);
    }
  }
  return found;
}"""
SEEN = """() => [...document.querySelectorAll(".mk, .tl .order, .tl .deadline, .tl .submission")]
  .map((node) => node.getBoundingClientRect())
  .filter((box) => box.width && box.top >= 0 && box.bottom <= innerHeight).length"""
STRUCK = """() => {
  const marks = [...document.querySelectorAll(".column .mk")]
    .map((mark) => mark.getBoundingClientRect());
  const found = [];
  for (const item of document.querySelectorAll(".column li")) {
    const line = item.getBoundingClientRect().left + 16;
    for (const p of item.querySelectorAll("p")) {
      const words = document.createRange();
      words.selectNodeContents(p.lastChild);
      if ([...words.getClientRects()].some((b) => b.left < line)) found.push(p.textContent);
    }
  }
  marks.forEach((a, i) => marks.slice(i + 1).forEach((b) => {
    if (a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom) found.push(i);
  }));
  return found;
}"""


@pytest.fixture(scope="module")
def published() -> dict[str, str]:
    return dict(pages(sites.site()))


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with browser.new_context() as context:
        yield context.new_page()


@with_browser
def test_nothing_lies_on_anything_in_any_picture(page: Page, published: dict[str, str]) -> None:
    pictures = [text for path, text in published.items() if path.endswith("timeline.svg")]
    crowded: Site = sites.crowded(178, 450)
    pictures += [dict(pages(crowded))["cases/178/timeline.svg"]]
    assert len(pictures) > 60
    page.set_content("".join(pictures))
    assert page.locator(".deadline").count() > 30
    assert page.evaluate(FLAWS) == []


def opened(page: Page, published: dict[str, str], path: str) -> Page:
    """Open a page with its style, which no server brings."""
    policy = r'<meta http-equiv="Content-Security-Policy"[^>]*>'
    page.set_content(re.sub(policy, "", published[path]))
    page.add_style_tag(content=published["style.css"])
    return page


@with_browser
@pytest.mark.parametrize("size", [(320, 640), (375, 667), (1440, 900)])
def test_the_first_screen_has_a_mark(
    page: Page, published: dict[str, str], size: tuple[int, int]
) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    opened(page, published, "timeline.html")
    assert page.evaluate(SEEN) >= 1
    is_phone = size[0] < 900
    assert page.locator(".tl").first.is_visible() != is_phone
    assert page.locator(".column").first.is_visible() == is_phone


@with_browser
@pytest.mark.parametrize("path", ["timeline.html", "cases/192/index.html", "cases/178/index.html"])
def test_a_phone_has_a_column_without_a_word_on_a_line(
    page: Page, published: dict[str, str], path: str
) -> None:
    page.set_viewport_size({"width": 375, "height": 667})
    opened(page, published, path)
    assert page.locator(".column .mk").count() > 10
    assert page.evaluate(STRUCK) == []


@with_browser
@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_the_timeline_fits_a_sheet(
    page: Page, published: dict[str, str], paper: str, tmp_path: Path
) -> None:
    sheet = opened(page, published, "timeline.html").pdf(format=paper)
    (tmp_path / "sheet.pdf").write_bytes(sheet)
    assert len(re.findall(rb"/Type\s*/Page\b", sheet)) == 1
    page.emulate_media(media="print")
    assert page.locator(".tl").first.is_visible()
    assert not page.locator(".column").first.is_visible()
