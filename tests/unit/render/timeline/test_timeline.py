"""The timeline: the same facts as the record, in a picture and in a table."""

from datetime import date
from xml.etree.ElementTree import Element, fromstring

import pytest

from orderwatch.frozen import replace
from orderwatch.model import Ending, EventKind, Site
from orderwatch.render.html import pages
from orderwatch.render.timeline import Shape, marks
from orderwatch.render.timeline.svg import inline_svg, standalone_svg
from orderwatch.render.timeline.text import draw as drawn_text
from orderwatch.render.timeline.text import plain
from tests.conftest import Golden, Run
from tests.support import build as make
from tests.support import sites

SVG = "{http://www.w3.org/2000/svg}"


def drawn(told: Site) -> Element:
    return parsed(standalone_svg(told.view, told.cases))


def parsed(text: str) -> Element:
    return fromstring(text)  # noqa: S314 - our own picture


def said(root: Element) -> list[str]:
    """Read what the marks and bars say."""
    return [str(item.text) for item in root.iter(f"{SVG}title")][1:]


@pytest.fixture(scope="module")
def gaza() -> Site:
    return sites.site(192)


def test_a_picture_has_a_role_a_title_and_a_description(gaza: Site) -> None:
    root = drawn(gaza)
    assert root.get("role") == "img"
    named = {item.get("id"): item.text for item in root if item.get("id")}
    title = named[root.get("aria-labelledby")]
    assert title == "South Africa v. Israel: orders, dates and events over time"
    description = named[root.get("aria-describedby")]
    assert description is not None
    assert "24 November 2026: 3 orders, 3 due dates" in description


def test_every_order_deadline_and_event_is_a_mark() -> None:
    site = sites.site(188)
    (told,) = site.cases
    found = marks(site.view, site.cases)
    days = {shape: sorted(m.first for m in found if m.shape is shape) for shape in Shape}
    assert days[Shape.ORDER] == sorted(order.made for order in told.orders)
    assert days[Shape.SPAN] == days[Shape.ORDER]
    assert days[Shape.DEADLINE] == sorted(
        item.deadline.due for status in told.statuses for item in status.deadlines
    )
    submitted = [e.on for e in told.events if e.kind is EventKind.SUBMISSION]
    others = [e.on for e in told.events if e.kind is not EventKind.SUBMISSION]
    assert (days[Shape.SUBMISSION], days[Shape.EVENT]) == (submitted, others)


def test_picture_and_table_say_the_same(gaza: Site) -> None:
    table = [f"{m.when}: {m.text}" for m in marks(gaza.view, gaza.cases)]
    lines = [line for text in said(drawn(gaza)) for line in text.split("\n")]
    assert sorted(lines) == sorted(table)
    page = dict(pages(gaza))["cases/192/index.html"]
    rows = page.split("<details")[1].split("</details>")[0].count("<tr>")
    assert rows == 1 + len(table)


def test_later_stands_further_to_the_right(gaza: Site) -> None:
    chosen = [
        float(str(item.get("d")).split()[0].removeprefix("M"))
        for item in drawn(gaza).iter(f"{SVG}path")
        if item.get("class") == "order" and len(item)
    ]
    assert len(chosen) == 3
    assert chosen == sorted(chosen)
    # 26 January to 28 March and to 24 May 2024: 62 and 119 days.
    first, second, third = chosen
    assert (second - first) / (third - first) == pytest.approx(62 / 119, abs=0.02)


def test_measures_in_force_end_when_their_case_does() -> None:
    ended = Ending(year=2024, day=date(2024, 7, 1))
    case = make.case(ended=ended)
    order = make.order(date(2024, 5, 24), case=case)
    view = replace(sites.site(192).view, as_of=date(2024, 6, 1))
    told = replace(sites.site(192).cases[0], case=case, orders=(order,), statuses=(), events=())
    before = [m.when for m in marks(view, [told]) if m.shape is Shape.SPAN]
    after = [
        m.when
        for m in marks(replace(view, as_of=date(2024, 8, 1)), [told])
        if m.shape is Shape.SPAN
    ]
    assert before == ["since 24 May 2024"]
    assert after == ["24 May 2024 to 1 July 2024"]


def test_an_ended_case_is_drawn_to_its_end_and_a_pending_one_to_today() -> None:
    ended, pending = sites.site(156), sites.site(192)
    assert "today" not in standalone_svg(ended.view, ended.cases).split("</style>")[1]
    assert 'class="today"' in standalone_svg(pending.view, pending.cases)
    # Of all events of the ended case, the last stands at the right.
    places = [float(str(i.get("x"))) for i in drawn(ended).iter() if i.get("class") == "event"]
    assert max(places) > 800
    assert "┊" in drawn_text(pending.view, pending.cases, width=80)
    assert "┊" not in drawn_text(ended.view, ended.cases, width=80)


def test_all_cases_have_a_row_each() -> None:
    told = sites.site()
    root = drawn(told)
    width = float(str(root.get("width")))
    texts = [str(item.text) for item in root.iter(f"{SVG}text")]
    assert all(item.case.short in texts for item in told.cases)
    for item in root.iter(f"{SVG}text"):
        assert 0 < float(str(item.get("x"))) < width
    assert {"1950", "2020"} <= set(texts)


def test_a_hundred_thousand_events_draw_a_picture_of_a_usual_size() -> None:
    few, many = sites.crowded(192, 500), sites.crowded(192, 100_000)
    sizes = [len(standalone_svg(told.view, told.cases)) for told in (few, many)]
    assert sizes[1] < sizes[0] * 1.1
    counted = [m for m in marks(many.view, many.cases) if m.shape is Shape.EVENT]
    others = sum(e.kind is not EventKind.SUBMISSION for e in many.cases[0].events)
    assert sum(m.count for m in counted) == others
    assert any(m.text.endswith("events") for m in counted)


def test_hostile_text_is_text_in_the_picture() -> None:
    told = sites.hostile(197)
    whole = standalone_svg(told.view, told.cases)
    texts = said(parsed(whole))
    assert any("<script>alert(1)</script>" in text for text in texts)
    assert any("<U+202E>right to left" in text for text in texts)
    plain = sites.site()
    tags = [
        {(item.tag, name) for item in parsed(text).iter() for name in item.attrib}
        for text in (whole, standalone_svg(plain.view, plain.cases))
    ]
    assert tags[0] <= tags[1]


def test_the_ends_of_time_can_be_drawn(gaza: Site) -> None:
    (told,) = gaza.cases
    far = [make.event(day, told.orders[0].id) for day in (date.min, date.max)]
    root = drawn(sites.with_events(gaza, far))
    assert "1 January 1" in " ".join(said(root))


def test_nothing_can_be_drawn(gaza: Site) -> None:
    assert "nothing to show" in standalone_svg(gaza.view, ())


def test_a_page_colours_the_picture_and_a_file_does_so_itself(gaza: Site) -> None:
    assert "<style>" in standalone_svg(gaza.view, gaza.cases)
    assert "<style>" not in inline_svg(gaza.view, gaza.cases)
    assert 'style="' not in inline_svg(gaza.view, gaza.cases)


def test_the_same_values_give_the_same_picture(gaza: Site) -> None:
    assert standalone_svg(gaza.view, gaza.cases) == standalone_svg(gaza.view, gaza.cases)


@pytest.mark.parametrize("numbers", [(178,), ()])
def test_the_picture_is_the_golden_one(golden: Golden, numbers: tuple[int, ...]) -> None:
    site = sites.site(*numbers)
    name = "-".join(["timeline", *map(str, numbers)])
    golden(f"render/{name}.svg", standalone_svg(site.view, site.cases))
    golden(f"render/{name}.txt", drawn_text(site.view, site.cases, width=80))


# On a terminal


@pytest.mark.parametrize("width", [20, 60, 100, 160])
@pytest.mark.parametrize("numbers", [(192,), (178, 192), ()])
def test_a_terminal_shows_the_same_marks_in_its_width(numbers: tuple[int, ...], width: int) -> None:
    told = sites.site(*numbers)
    lines = drawn_text(told.view, told.cases, width=width).splitlines()
    assert max(map(len, lines)) <= width
    assert "".join(lines).count("◆") > 1


def test_the_columns_of_a_terminal_are_days(gaza: Site) -> None:
    text = drawn_text(gaza.view, gaza.cases, width=100)
    orders = next(line for line in text.splitlines() if line.startswith("Orders"))
    first, second, third = (at for at, sign in enumerate(orders) if sign == "◆")
    # 62 and 119 days after the first, of 1,080 on 70 columns.
    assert (second - first, third - first) == (4, 8)
    assert orders.rstrip().endswith("─")


def test_plain_text_has_a_block_for_each_mark(run: Run, gaza: Site) -> None:
    argv = ("status", "192", "--timeline", "--format", "plain")
    code, out, _ = run(*argv, today=sites.DAY)
    assert code == 0
    blocks = out.split("\n\n")[1:]
    assert len(blocks) == len(marks(gaza.view, gaza.cases))
    assert "when: 24 May 2024\nwhat: Order\ncase: South Africa v. Israel (No. 192)" in (out)


def test_a_timeline_is_drawn_of_the_cases_that_were_chosen(run: Run) -> None:
    argv = ("status", "--party", "Myanmar", "--timeline", "--format", "table")
    code, out, err = run(*argv)
    assert (code, err) == (0, "")
    assert out.startswith("The Gambia v. Myanmar (No. 178), order of 23 January 2020\n")
    assert "○ Due date   ● Submission on record" in out
    assert "point (4), order of 23 Jan 2020: due 23 Nov 2025, no filing known" in out


@pytest.mark.parametrize(
    ("name", "heading", "orders"),
    [
        ("rafah", "South Africa v. Israel (No. 192), order of 24 May 2024", 1),
        ("192", "South Africa v. Israel (No. 192)", 3),
        ("181", "Azerbaijan v. Armenia (No. 181)", 2),
        ("193", "Nicaragua v. Germany (No. 193), order of 30 April 2024", 1),
        ("178", "The Gambia v. Myanmar (No. 178), order of 23 January 2020", 1),
    ],
)
def test_a_screen_names_the_case_and_has_only_what_was_asked_for(
    run: Run, name: str, heading: str, orders: int
) -> None:
    code, out, err = run("status", name, "--timeline", "--format", "table")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == heading
    assert len(lines) <= 25
    assert max(map(len, lines)) <= 80
    row = next(line for line in lines if line.startswith("Orders"))
    assert row.count("◆") == orders
    if name == "rafah":
        assert "due 24 Jun 2024, no filing known" in out
        assert "26 Feb 2024" not in out


def test_a_timeline_is_no_json(run: Run) -> None:
    code, out, err = run("status", "--timeline", "--format", "json")
    assert (code, out) == (2, "")
    assert "leave --timeline out" in err


def test_hostile_text_does_not_act_on_a_terminal() -> None:
    told = sites.hostile()
    bad = replace(told.cases[0].case, short="\x1b]0;x\x07\u202e" + "case" * 20)
    orders = tuple(replace(order, case=bad) for order in told.cases[0].orders)
    case = replace(told.cases[0], case=bad, orders=orders, statuses=())
    for text in (
        drawn_text(told.view, [case, told.cases[0]], width=80),
        plain(told.view, [case]),
    ):
        assert "<U+001B>]0;x" in text
        assert not set(text) & set("\x1b\x07\u202e\u2066\x00")
