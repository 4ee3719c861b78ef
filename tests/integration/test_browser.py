"""The published pages in a real browser, and before the checker of their standard."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from orderwatch.model import Site
from orderwatch.render.html import pages
from tests.conftest import Run
from tests.support import sites
from tests.support.browsers import DESK, PHONE, TABLET, with_browser
from tests.support.log_commands import add, done
from tests.support.npm import NPM, install
from tests.support.site_server import served

pytestmark = pytest.mark.slow

JAVA = shutil.which("java")
FRAME = re.compile(r"&lt;iframe id.+?/(embed/[^&]+\.html)&#34;.+?height=&#34;(\d+)&#34;", re.DOTALL)
KINDS = {
    "overview": "index.html",
    "orders": "orders/index.html",
    "data": "data.html",
    "states": "states/index.html",
    "state": "states/israel/index.html",
    "timeline": "timeline.html",
    "case": "cases/192/index.html",
    "order": "orders/192-2024-05-24/index.html",
    "obligation": "orders/192-2024-05-24/p-2b/index.html",
    "periodic": "orders/178-2020-01-23/index.html",
    "declined": "orders/193-2024-04-30/index.html",
    "record": "cases/178/record-3.html",
    "fragment": "embed/178-2020-01-23.html",
    "missing": "404.html",
    "hostile": "hostile/cases/192/index.html",
}
"""One page of each kind."""


def write(told: Site, folder: Path) -> None:
    for path, text in pages(told):
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Publish everything below a path of its own, a long record and a hostile one."""
    made = tmp_path_factory.mktemp("web")
    write(sites.site(), made / "icj")
    write(sites.crowded(178, 450), made / "long")
    long = made / "long" / "cases" / "178"
    for sheet in long.glob("record-*.html"):
        shutil.copy(sheet, made / "icj" / "cases" / "178" / sheet.name)
    write(sites.hostile(), made / "icj" / "hostile")
    return made


@pytest.fixture(scope="module")
def web(folder: Path) -> Iterator[str]:
    with served(folder) as address:
        yield f"{address}icj/"


@contextmanager
def opened(browser: Browser, web: str, path: str, **given: Any) -> Iterator[Page]:  # noqa: ANN401 - as there
    """Open a page, and let nothing pass that it says or asks of others."""
    said: list[str] = []
    with browser.new_context(**given) as context:
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("dialog", lambda dialog: said.append(dialog.message))
        page.on(
            "request",
            lambda asked: None if asked.url.startswith(web) else said.append(asked.url),
        )
        answer = page.goto(f"{web}{path}")
        assert answer is None or answer.ok
        yield page
        assert said == []


def size(of: tuple[int, int]) -> dict[str, int]:
    return {"width": of[0], "height": of[1]}


@with_browser
@pytest.mark.parametrize("kind", KINDS)
def test_a_page_fits_every_screen_and_says_nothing(browser: Browser, web: str, kind: str) -> None:
    with opened(browser, web, KINDS[kind]) as page:
        for screen in (PHONE, TABLET, DESK):
            page.set_viewport_size({"width": screen[0], "height": screen[1]})
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= screen[0], screen
        page.emulate_media(media="print")
        page.set_viewport_size({"width": 680, "height": 960})
        assert page.evaluate("document.documentElement.scrollWidth") <= 680


@with_browser
def test_a_published_folder_is_shown_as_it_is(browser: Browser, run: Run, tmp_path: Path) -> None:
    add(run, summary="The lamp is lit.")
    done(run, "publish", str(tmp_path / "icj"))
    kept = {"record", "hostile"}
    with served(tmp_path) as address:
        for kind in KINDS.keys() - kept:
            with opened(browser, f"{address}icj/", KINDS[kind]) as page:
                assert page.title()
        with opened(browser, f"{address}icj/", KINDS["order"]) as page:
            assert "The lamp is lit." in page.inner_text("main")
            with page.expect_download() as proof:
                page.get_by_role("link", name="proof").first.click()
            assert proof.value.suggested_filename.endswith(".tlog-proof")


@with_browser
@pytest.mark.parametrize("kind", KINDS)
def test_axe_finds_no_violation(browser: Browser, web: str, kind: str) -> None:
    axe = (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
    # In the dark only colours are others.
    everything = {
        "resultTypes": ["violations"],
        # Off unless it is asked for.
        "rules": {"target-size": {"enabled": True}},
    }
    colours = {**everything, "runOnly": ["color-contrast"]}
    phone = (375, 812)
    ways = [("light", DESK, everything), ("light", phone, everything), ("dark", phone, colours)]
    for scheme, screen, rules in ways:
        given: dict[str, Any] = {"color_scheme": scheme, "viewport": size(screen)}
        with opened(browser, web, KINDS[kind], **given) as page:
            # What is folded away is looked at too.
            page.evaluate("document.querySelectorAll('details').forEach(d => d.open=1)")
            page.evaluate(axe)
            found = page.evaluate("rules => axe.run(rules)", rules)
            seen = [
                (item["id"], [node["html"] for node in item["nodes"]][:3])
                for item in found["violations"]
            ]
            assert seen == [], scheme


@with_browser
@pytest.mark.parametrize("kind", ["overview", "order"])
def test_the_keyboard_reaches_everything_and_shows_where_it_is(
    browser: Browser, web: str, kind: str
) -> None:
    with opened(browser, web, KINDS[kind], viewport=size(TABLET)) as page:
        wanted = page.evaluate(
            """() => {
              const all = [...document.querySelectorAll(
                "a[href], summary, input, select, button, [tabindex='0']")]
                .filter((e) => e.checkVisibility());
              all.forEach((e, i) => { e.dataset.stop = i; });
              return all.length;
            }"""
        )
        reached, hidden = [], []
        for _ in range(wanted):
            page.keyboard.press("Tab")
            stop, outline, top = page.evaluate(
                """() => {
                  const e = document.activeElement, s = getComputedStyle(e);
                  return [Number(e.dataset.stop), s.outlineStyle,
                          e.getBoundingClientRect().bottom];
                }"""
            )
            reached.append(stop)
            if outline == "none" or top < 0:
                hidden.append(stop)
        assert reached == list(range(wanted))
        assert hidden == []
        page.keyboard.press("Tab")


@with_browser
def test_the_skip_link_leads_to_the_content(browser: Browser, web: str) -> None:
    with opened(browser, web, "index.html") as page:
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "content"


DAYS = """() => [...document.querySelectorAll("[data-due]")].map((e) =>
  [e.dataset.deadline, e.textContent, e.dataset.timing])"""


def number(text: str) -> int:
    """Read the days of a countdown."""
    if text == "due today":
        return 0
    left, passed = (
        re.fullmatch(r"(\d+) days? left", text),
        re.fullmatch(r"passed (\d+) days? ago", text),
    )
    assert left or passed, text
    return int(left[1]) if left else -int(passed[1]) if passed else 0


@with_browser
@pytest.mark.parametrize(
    "moment",
    [
        ("2026-11-24T22:30:00Z", date(2026, 11, 24)),
        ("2026-11-24T23:30:00Z", date(2026, 11, 25)),
        ("2027-05-22T22:30:00Z", date(2027, 5, 23)),
        ("2027-05-23T22:30:00Z", date(2027, 5, 24)),
    ],
)
@pytest.mark.parametrize("zone", ["Pacific/Auckland", "Europe/Amsterdam", "America/Los_Angeles"])
def test_a_countdown_says_what_status_says_wherever_the_reader_is(
    browser: Browser, web: str, run: Run, moment: tuple[str, date], zone: str
) -> None:
    instant, day = moment
    argv = ("status", "--all", "--format", "json", "--as-of", str(day))
    code, out, _ = run(*argv)
    assert code == 0
    expected = {
        item["id"]: (item["days_left"], item["timing"])
        for duty in json.loads(out)["obligations"]
        for item in duty["deadlines"]
    }
    with browser.new_context(timezone_id=zone) as context:
        page = context.new_page()
        page.clock.set_fixed_time(instant)
        for path in ("index.html", "orders/178-2020-01-23/index.html"):
            page.goto(f"{web}{path}")
            found = page.evaluate(DAYS)
            assert len(found) > 5
            for name, text, timing in found:
                assert (number(text), timing) == expected[name], (name, text)
        counted = page.text_content("[data-counted]")
        elsewhere = day != sites.DAY
        assert (f"{day.day} " in str(counted)) is elsewhere


@with_browser
def test_a_countdown_runs_past_midnight(browser: Browser, web: str) -> None:
    with browser.new_context(timezone_id="Asia/Tokyo") as context:
        page = context.new_page()
        page.clock.install(time="2027-05-22T21:59:00Z")
        page.goto(f"{web}orders/178-2020-01-23/index.html")
        one = page.locator("[data-deadline='178/2020-01-23/4@2027-05-23']").first
        assert one.text_content() == "1 day left"
        page.clock.fast_forward("02:00")
        assert one.text_content() == "due today"


@with_browser
def test_a_page_is_complete_without_its_script(browser: Browser, web: str) -> None:
    given: dict[str, Any] = {"java_script_enabled": False}
    with opened(browser, web, "index.html", **given) as page:
        text = page.inner_text("main")
        for said in ("180 days left", "passed 883 days ago", "82 days"):
            assert said in text
    with opened(browser, web, KINDS["orders"], **given) as page:
        assert "Anglo-Iranian Oil Co." in page.inner_text("main")
        assert not page.is_visible("form")
    with opened(browser, web, KINDS["order"], **given) as page:
        assert page.locator("form").count() == 1
        assert not page.is_visible("form")
        page.click("summary >> nth=0")
        assert page.is_visible("text=1 month from Friday 24 May 2024")


@with_browser
def test_lists_filter(browser: Browser, web: str) -> None:
    with opened(browser, web, KINDS["orders"]) as page:
        shown = page.locator("#list > tr:visible")
        assert shown.count() == 78
        page.fill("form input[name=text]", "nicaragua COSTA")
        assert shown.count() == 4
        page.select_option("form select", "declined")
        assert shown.count() == 1
        page.fill("form input[name=text]", "")
        assert shown.count() == 30
        assert page.text_content("form [role=status]") == "30 of 78 shown"
        page.select_option("form select", "")
        page.check("form input[type=checkbox]")
        assert shown.count() == page.locator("#list [data-force=yes]").count()
    with opened(browser, web, KINDS["case"]) as page:
        page.select_option("form select", "assessment")
        shown = page.locator("#events > li:visible")
        assert 0 < shown.count() < page.locator("#events > li").count()


@with_browser
def test_a_filter_is_in_the_address(browser: Browser, web: str) -> None:
    with opened(browser, web, f"{KINDS['orders']}?text=costa&outcome=declined&x=1") as page:
        assert page.locator("#list > tr:visible").count() == 1
        page.fill("form input[name=text]", "")
        page.check("form input[type=checkbox]")
        assert page.url.endswith("/orders/index.html?outcome=declined&force=yes")
        page.select_option("form select", "")
        page.uncheck("form input[type=checkbox]")
        assert page.url.endswith("/orders/index.html")


@with_browser
def test_paper_shows_addresses_and_what_was_folded(browser: Browser, web: str) -> None:
    with opened(browser, web, KINDS["order"]) as page:
        page.emulate_media(media="print")
        link = page.locator("a[href^=http]:not(.bare)").first
        after = link.evaluate("e => getComputedStyle(e, '::after').content")
        assert str(link.get_attribute("href")) in after
        assert not page.is_visible("nav")
        assert page.is_visible("text=1 month from Friday 24 May 2024")
        assert page.pdf()[:5] == b"%PDF-"


@with_browser
@pytest.mark.parametrize(("kind", "limit"), [("overview", 2), ("state", 2), ("timeline", 1)])
def test_a_summary_fits_its_sheets(browser: Browser, web: str, kind: str, limit: int) -> None:
    with opened(browser, web, KINDS[kind]) as page:
        sheets = re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4"))
        assert 1 <= len(sheets) <= limit


@with_browser
def test_a_hostile_event_is_seen_as_text_and_does_nothing(browser: Browser, web: str) -> None:
    with opened(browser, web, KINDS["hostile"]) as page:
        text = page.inner_text("main")
        assert "<script>alert(1)</script><img src=x onerror=alert(1)>" in text
        assert "<U+202E>right to left" in text
        assert "javascript:alert('" in text
        assert page.locator("main img, main script, main [onload]").count() == 0
        links = page.evaluate("[...document.links].map((a) => a.protocol)")
        assert set(links) <= {"http:", "https:"}


@with_browser
def test_a_frame_is_as_high_as_a_phone_needs(browser: Browser, folder: Path) -> None:
    place = folder / "icj"
    heights = {
        code[1]: int(code[2])
        for page in place.glob("orders/*/index.html")
        if (code := FRAME.search(page.read_text(encoding="utf-8")))
    }
    assert heights.keys() == {f"embed/{page.name}" for page in place.glob("embed/*.html")}
    with browser.new_context(viewport={"width": PHONE[0], "height": 100}) as context:
        page = context.new_page()
        for path, height in heights.items():
            page.goto((place / path).as_uri())
            needed = page.evaluate("document.documentElement.scrollHeight")
            assert needed <= height <= needed + 150, path


@with_browser
def test_a_fragment_works_in_a_frame_of_another_site(
    browser: Browser, web: str, tmp_path: Path
) -> None:
    host = tmp_path / "article.html"
    host.write_text(
        f'<!doctype html><title>An article</title><link rel="icon" href="data:,">'
        f'<iframe src="{web}'
        f'{KINDS["fragment"]}" title="An order" width="320" height="340" '
        'sandbox="allow-scripts allow-top-navigation-by-user-activation"></iframe>',
        encoding="utf-8",
    )
    with served(tmp_path) as elsewhere, browser.new_context() as context:
        page = context.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.goto(f"{elsewhere}article.html")
        frame = page.frame_locator("iframe")
        assert "no filing known" in str(frame.locator(".orderwatch").text_content())
        style = "e => getComputedStyle(e).borderLeftWidth"
        assert frame.locator("main").evaluate(style) == "4px"
        assert said == []


@with_browser
def test_a_frame_takes_the_height_that_it_needs(browser: Browser, web: str, tmp_path: Path) -> None:
    orders = ("order", "periodic", "declined")
    codes = []
    for kind in orders:
        with opened(browser, web, KINDS[kind]) as page:
            code = page.evaluate("document.getElementById('code-frame').textContent")
            codes.append(code.replace("https://example.org/orderwatch/", web))
    (tmp_path / "article.html").write_text(
        f'<!doctype html><title>An article</title><link rel="icon" href="data:,">{"".join(codes)}',
        encoding="utf-8",
    )
    with served(tmp_path) as elsewhere, browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{elsewhere}article.html")
        heights = []
        for width in (1000, 320, 640):
            page.set_viewport_size({"width": width, "height": 700})
            for frame in page.locator("iframe").all():
                frame.scroll_into_view_if_needed()
            content = [inner for inner in page.frames if "/embed/" in inner.url]
            assert len(content) == len(orders)
            for inner in content:
                inner.wait_for_function(
                    "() => Math.abs(innerHeight - document.body.getBoundingClientRect().height) < 2"
                )
                assert inner.evaluate("document.documentElement.scrollHeight - innerHeight") == 0
            heights.append([inner.evaluate("innerHeight") for inner in content])
        assert heights[0] < heights[2] < heights[1]
        ids = page.evaluate("[...document.querySelectorAll('iframe')].map((f) => f.id)")
        assert ids == [f"orderwatch-{KINDS[kind].split('/')[1]}" for kind in orders]
        assert all(page.evaluate("[...document.querySelectorAll('iframe')].map((f) => f.title)"))


@with_browser
def test_citation_and_code_are_copied(browser: Browser, web: str) -> None:
    given: dict[str, Any] = {"permissions": ["clipboard-read", "clipboard-write"]}
    with opened(browser, web, KINDS["obligation"], **given) as page:
        page.click("button[data-copy=cite]")
        assert page.text_content("[data-copied]:not(:empty)") == "Copied."
        line = page.evaluate("navigator.clipboard.readText()")
        assert line == page.inner_text("#cite")
        assert line.startswith("South Africa v. Israel (No. 192), ")


@with_browser
def test_the_folder_can_be_read_from_a_disk(browser: Browser, folder: Path) -> None:
    place = (folder / "icj").as_uri() + "/"
    with opened(browser, place, "orders/index.html") as page:
        assert page.is_visible("form")
    with opened(browser, place, "index.html") as page:
        page.click("text=Myanmar: Report to the Court >> nth=0")
        assert "23 January 2020" in page.title()
        assert page.url.endswith("#p-4")


@pytest.mark.skipif(not (JAVA and NPM), reason="needs Java and npm, which .ci/run installs")
def test_the_nu_html_checker_accepts_every_page(folder: Path) -> None:
    jar = install("vnu-jar", "26.9.27") / "build" / "dist" / "vnu.jar"
    # For Nu a file has no origin, so that the policy blocks what `self` names; and it takes
    # JSON-LD for a script. Other tests look for scripts and for messages of the browser.
    policy = r"Content Security Policy \(meta tag\): (blocked|[a-z ]+ “[\w./-]+” blocked)"
    quick = ("-Xss4m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
    options = ("--Werror", "--stdout", "--skip-non-html", "--filterpattern", f".*{policy}.*")
    done = subprocess.run(  # noqa: S603 - the checker of the tests
        [str(JAVA), *quick, "-jar", str(jar), *options, str(folder)],
        check=False,
        capture_output=True,
        text=True,
    )
    assert (done.stdout, done.returncode) == ("", 0)
