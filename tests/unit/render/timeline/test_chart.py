"""The layout of the timeline: nothing lies on anything, whatever there is to draw."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderwatch.frozen import replace
from orderwatch.model import Case
from orderwatch.render.timeline import Group, Mark, Panel, Row, Shape, group_labels, panels
from orderwatch.render.timeline.chart import WIDTH, Box, Chart, Line, lay_out
from orderwatch.render.timeline.measure import fit_text, text_width, wrap_text
from tests.support import build as make
from tests.support import sites

Placed = tuple[Box, object]
VIEW = sites.site(192).view


def of(line: Line) -> Box:
    left, right = sorted((line.x, line.end_x))
    top, bottom = sorted((line.y, line.end_y))
    return Box(left=left - 0.5, top=top, right=right + 0.5, bottom=bottom)


def flaws(chart: Chart) -> Iterator[tuple[object, object]]:
    """Find what lies on another thing, or outside of the picture."""
    frame = Box(left=0, top=0, right=WIDTH, bottom=chart.height)
    labels = [(item.box, item) for item in chart.labels]
    dots = [(item.box, item) for item in (*chart.dots, *chart.legend)]
    links = [(of(item), item) for item in chart.links]
    solid = [*labels, *dots, *links]
    thin = [(of(item), item) for item in (*chart.grid, *chart.as_of)]
    bars = [(item.box, item) for item in chart.bars]
    yield from touching(solid, solid)
    yield from touching(labels, [*thin, *bars])
    for box, item in solid:
        if min(box.left, box.top) < 0 or box.right > WIDTH or box.bottom > frame.bottom:
            yield item, frame


def touching(some: Sequence[Placed], others: Sequence[Placed]) -> Iterator[tuple[object, object]]:
    others = sorted(others, key=lambda placed: placed[0].top)
    tops = [box.top for box, _ in others]
    tallest = max((box.bottom - box.top for box, _ in others), default=0)
    for box, item in some:
        near = others[bisect_left(tops, box.top - tallest) : bisect_left(tops, box.bottom)]
        for other_box, other in near:
            # A link starts and ends at the edge of a mark, and links may cross.
            links = isinstance(item, Line) and isinstance(other, Line)
            if item is not other and not links and box.overlaps(other_box):
                yield item, other


def test_nothing_lies_on_anything_in_any_picture_of_the_site() -> None:
    whole = sites.site()
    for cases in (whole.cases, *([item] for item in whole.cases)):
        chart = lay_out(whole.view, panels(whole.view, cases), title="x " * 200, notes=["y " * 99])
        assert list(flaws(chart)) == []


def test_every_pair_is_drawn_as_one() -> None:
    site = sites.site(178)
    chart = lay_out(site.view, panels(site.view, site.cases))
    due = [dot for dot in chart.dots if dot.shape is Shape.DEADLINE]
    filed = [dot for dot in chart.dots if dot.shape is Shape.SUBMISSION]
    assert (len(due), len(filed)) == (15, 2)
    for above, below in zip(due, filed, strict=False):
        assert above.marks[0].answer == below.marks[0]
        assert above.box.bottom < below.box.top
        assert any(line.x == above.x and line.end_x == below.x for line in chart.links)


def test_labels_tell_what_happened() -> None:
    site = sites.site(178)
    texts = [label.text for label in lay_out(site.view, panels(site.view, site.cases)).labels]
    assert "measures indicated 23 Jan 2020" in texts
    assert "filing reported 22 May 2020" in texts
    assert "23 May 2021 to 23 Nov 2026: 12 due dates, no filing known" in texts
    assert "due 23 May 2027" in texts
    assert "Myanmar: Report to the Court" in texts


def test_several_cases_are_grouped_by_what_became_of_the_measures() -> None:
    shown = panels(VIEW, sites.site().cases)
    assert [panel.title for panel in shown] == [
        "Measures in force",
        "Measures that have ended",
        "No measures indicated",
    ]
    numbers = [{group.case.number for group in panel.groups} for panel in shown]
    assert numbers[0] >= {192, 178}
    assert 150 in numbers[1]
    assert 197 in numbers[2]


# Made up


DAYS = st.dates(date(2019, 1, 1), date(2027, 12, 31))
WORDS = st.text(min_size=1, max_size=60) | st.just("W" * 80) | st.just("Report to the Court")


@st.composite
def marks(draw: st.DrawFn, shape: Shape) -> tuple[Mark, ...]:
    """Draw marks of one shape, often close together, oldest first."""
    start = draw(DAYS)
    gaps = st.integers(0, draw(st.sampled_from([3, 40, 400])))
    days = [start]
    for gap in draw(st.lists(gaps, max_size=25)):
        days.append(min(days[-1] + timedelta(days=gap), date.max))
    made = []
    for day in days:
        state = draw(st.sampled_from(["", "no filing known", "nothing on record"]))
        answer = None
        if shape is Shape.DEADLINE and draw(st.booleans()):
            on = day + timedelta(days=draw(st.integers(-200, 200)))
            answer = mark(Shape.SUBMISSION, on, f"filing reported {on}")
            state = ""
        text = draw(WORDS) if shape is Shape.EVENT else f"measures indicated {day}, {state}"
        made.append(replace(mark(shape, day, text), state=state, answer=answer))
    return tuple(made)


def mark(shape: Shape, day: date, text: str, case: Case = make.PENDING) -> Mark:
    return Mark(case=case, shape=shape, first=day, last=day, text=text, label=text)


@st.composite
def groups(draw: st.DrawFn) -> Group:
    case = replace(make.PENDING, short=draw(WORDS))
    rows = []
    for shape in draw(st.lists(st.sampled_from([s for s in Shape if s is not Shape.SPAN]))):
        found = draw(marks(shape))
        rows.append(Row(case=case, label=draw(WORDS), detail=draw(WORDS), marks=found))
    orders = draw(marks(Shape.ORDER))
    span = replace(mark(Shape.SPAN, orders[0].first, "in force"), last=None)
    return Group(
        case=case, rows=(Row(case=case, label="Orders", spans=(span,), marks=orders), *rows)
    )


@given(st.lists(groups(), min_size=1, max_size=4))
def test_nothing_lies_on_anything_whatever_there_is_to_draw(drawn: list[Group]) -> None:
    for part in (drawn[:1], drawn):
        title = "Measures in force" if len(part) > 1 else ""
        shown = Panel(title=title, groups=tuple(part))
        chart = lay_out(VIEW, [shown])
        assert list(flaws(chart)) == []
        seen = [item for dot in chart.dots for item in dot.marks]
        assert len(seen) == sum(
            len(row.marks) + len(row.answers) for group in part for row in group.rows
        )


def test_no_line_to_a_label_crosses_one_that_was_moved_from_the_edge() -> None:
    found = (
        mark(Shape.ORDER, date(2026, 12, 25), "a label of some length"),
        mark(Shape.ORDER, date(2027, 1, 1), "a label that has no room on the right of its mark"),
    )
    row = Row(case=make.PENDING, label="Orders", marks=found)
    shown = Panel(title="", groups=(Group(case=make.PENDING, rows=(row,)),))
    assert list(flaws(lay_out(VIEW, [shown]))) == []


def test_marks_that_would_touch_are_one_with_all_their_texts() -> None:
    days = [date(2020, 1, day) for day in (1, 3, 5)]
    row = Row(
        case=make.PENDING,
        label="x",
        marks=tuple(mark(Shape.DEADLINE, day, f"due {day}") for day in days),
    )
    shown = Panel(title="", groups=(Group(case=make.PENDING, rows=(row,)),))
    (dot,) = lay_out(VIEW, [shown]).dots
    assert len(dot.texts) == 3
    assert dot.box.width > 10
    assert group_labels(row.marks) == ("1 Jan 2020 to 5 Jan 2020: 3 due dates", "3 due dates")


# Text


@pytest.mark.parametrize("text", ["", "iii", "WWW", "due 24 Jun 2024", "Čž Ж 國際 \U0001f468"])
def test_text_is_cut_to_a_width(text: str) -> None:
    for width in (30, 60, 600):
        short = fit_text(text, 12, width)
        assert short == text or text_width(short, 12) <= width
        lines = wrap_text(text * 9, 12, width, lines=3)
        assert len(lines) <= 3
        assert all(text_width(line, 12) <= max(width, text_width("…", 12)) for line in lines)
