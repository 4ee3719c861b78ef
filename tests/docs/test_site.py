"""The documentation as a site, and its picture of a terminal."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page

from tests.support.browsers import DESK, PHONE, with_browser
from tests.support.paths import ROOT
from tools import picture, website

pytestmark = pytest.mark.slow

SHOWN = ("index", "use", "remind", "reference/commands", "reference/json", "log")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return website.build(tmp_path_factory.mktemp("docs"))


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Open a page of a browser that has nothing but this disk."""
    made = browser.new_page()
    asked = list[str]()
    made.on("request", lambda request: asked.append(request.url))
    yield made
    made.close()
    assert asked
    assert [x for x in asked if not x.startswith(("file:", "data:", "blob:"))] == []


def test_the_picture_is_what_the_program_prints() -> None:
    drawn = picture.picture()
    assert "in 175 days" in drawn.replace("&#160;", " ")
    assert "url(http" not in drawn
    assert drawn == picture.PICTURE.read_text(encoding="utf-8"), (
        "draw it anew: python tools/picture.py"
    )


def test_every_page_is_on_the_site_and_nothing_comes_from_elsewhere(
    site: Path,
) -> None:
    made = {str(page.relative_to(site)) for page in site.glob("**/*.html")}
    known = {place.replace(".md", ".html") for place in website.places().values()}
    assert known == made - {"404.html"}
    navigation = (ROOT / "zensical.toml").read_text(encoding="utf-8")
    for place in website.places().values():
        assert f'"{place}"' in navigation
    assert list(website.fetched(site)) == []


def test_what_comes_from_elsewhere_is_noticed(tmp_path: Path) -> None:
    page = tmp_path / "a.html"
    page.write_text('<a href="https://a.example"><script defer src="//b.example/c">')
    assert list(website.fetched(tmp_path)) == ['a.html: <script defer src="//b.example/c']


def test_a_link_to_nowhere_fails_the_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "# Page\n\n[gone](gone.md)\n"
    monkeypatch.setattr(website, "moved", lambda _text, _name: text)
    with pytest.raises(subprocess.CalledProcessError):
        website.build(tmp_path)


def test_links_move_with_the_pages() -> None:
    text = "[a](docs/read.md#x) ![b](docs/images/terminal.svg) [`c`](orders.toml)"
    assert website.moved(text, "README.md") == ("[a](read.md#x) ![b](images/terminal.svg) `c`")
    text = "[a](../log.md) [b](../../bench/README.md) [c](https://c.example) [d](#d)"
    assert website.moved(text, "docs/reference/files.md") == (
        "[a](../log.md) [b](../benchmarks.md) [c](https://c.example) [d](#d)"
    )


@with_browser
@pytest.mark.parametrize("name", SHOWN)
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_a_page_is_never_wider_than_the_screen(
    site: Path, page: Page, name: str, size: tuple[int, int]
) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(f"{site.as_uri()}/{name}.html")
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]


@with_browser
def test_a_screen_of_a_hundred_columns_is_not_cut_on_a_desk(site: Path, page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{site.as_uri()}/read.html")
    cut = page.evaluate(
        "[...document.querySelectorAll('pre code')]"
        ".map(code => code.scrollWidth - code.clientWidth)"
    )
    assert set(cut) == {0}


@with_browser
def test_light_and_dark_follow_the_system(site: Path, page: Page) -> None:
    colours = set()
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for scheme in schemes:
        page.emulate_media(color_scheme=scheme)
        page.goto(f"{site.as_uri()}/index.html")
        colours.add(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert len(colours) == 2


@with_browser
def test_the_search_works_from_a_disk(site: Path, page: Page) -> None:
    page.set_viewport_size({"width": DESK[0], "height": DESK[1]})
    page.goto(f"{site.as_uri()}/index.html")
    page.keyboard.press("/")
    page.get_by_role("combobox").fill("redaction")  # once it is there
    # No menu has this text: it is there when the search has found it.
    page.get_by_text("Correct, retract, redact").first.click()
    page.wait_for_url(lambda url: not url.endswith("/index.html"))
