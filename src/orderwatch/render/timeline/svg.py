"""Render the timeline as SVG.

One case has a row per shape; several cases have a row each. The table on the same page
lists the same marks.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from orderwatch.frozen import Frozen, replace
from orderwatch.model import CaseFile, Provenance
from orderwatch.render import phrases
from orderwatch.render.templates import render
from orderwatch.render.timeline import Mark, Scale, Shape, fit_scale, marks, ticks
from orderwatch.translation import _, labelled

_WIDTH = 960
_RIGHT = 44
_TOP = 28
_CHARACTER_WIDTH = 6.0
"""Estimated width of a character; fonts cannot be measured here."""
_SHAPES = (Shape.ORDER, Shape.DEADLINE, Shape.SUBMISSION, Shape.EVENT)
_MAX_TICKS = 11


class _Text(Frozen):
    x: float
    text: str
    kind: str = ""


class _Bar(Frozen):
    x: float
    width: float
    text: str


class _PlacedMark(Frozen):
    kind: Shape
    x: float
    text: str
    label: str = ""
    at: float = 0
    """The x coordinate of the centre of the label."""


class _Row(Frozen):
    label: str
    top: int
    height: int
    y: int
    spans: tuple[_Bar, ...]
    marks: tuple[_PlacedMark, ...]


class _Chart(Frozen):
    title: str
    description: str
    width: int
    height: int
    top: int
    bottom: int
    legend_y: int
    """The y coordinate of the legend."""
    today: float | None
    """The x coordinate of the as-of date, or `None` if it is outside the chart."""
    as_of: str
    anchor: str
    rows: tuple[_Row, ...]
    ticks: tuple[_Text, ...]
    legend: tuple[_Text, ...]


def standalone_svg(view: Provenance, cases: Sequence[CaseFile]) -> str:
    """Render a standalone SVG document with its own styles."""
    return render("timeline.svg", chart=_chart(view, cases, standalone=True), alone=True)


def inline_svg(view: Provenance, cases: Sequence[CaseFile]) -> str:
    """Render SVG for a page, whose stylesheet sets its colours in dark mode."""
    return render("timeline.svg", chart=_chart(view, cases, standalone=False), alone=False)


def _chart(view: Provenance, cases: Sequence[CaseFile], *, standalone: bool) -> _Chart:
    all_marks = marks(view, cases)
    single = len(cases) == 1
    time_scale = fit_scale(
        view, cases, all_marks, left=110 if single else 290, right=_WIDTH - _RIGHT
    )
    rows = tuple(_rows(view, time_scale, cases, all_marks))
    bottom = rows[-1].top + rows[-1].height if rows else _TOP + 20
    today = _x(time_scale, view.as_of) if time_scale.contains(view.as_of) else None
    title = _("Orders, dates and events over time")
    if single:
        title = _("{short}: orders, dates and events over time").format(short=cases[0].case.short)
    return _Chart(
        title=title,
        description=_description(view, all_marks, standalone=standalone),
        width=_WIDTH,
        height=bottom + 60,
        top=_TOP,
        bottom=bottom,
        legend_y=bottom + 42,
        today=today,
        as_of=phrases.bare_day(view.as_of),
        anchor="end" if today and today > _WIDTH - 100 else "middle",
        rows=rows,
        ticks=tuple(_ticks(time_scale)),
        legend=tuple(_legend(all_marks)),
    )


def _rows(
    view: Provenance, scale: Scale, cases: Sequence[CaseFile], marks: Sequence[Mark]
) -> Iterator[_Row]:
    if len(cases) == 1:
        shapes = {Shape.ORDER, *(mark.shape for mark in marks)}
        groups = [
            (shape.row, [mark for mark in marks if mark.shape is shape])
            for shape in _SHAPES
            if shape in shapes
        ]
        label, first = groups[0]
        groups[0] = label, [m for m in marks if m.shape is Shape.SPAN] + first
        height = 46
    else:
        by_case: dict[int | str, list[Mark]] = {item.case.number: [] for item in cases}
        for mark in marks:
            by_case[mark.case.number].append(mark)
        # SVG paints in document order: the last mark is on top.
        groups = [
            (
                _truncate(item.case.short, scale.left - 16),
                sorted(
                    by_case[item.case.number],
                    key=lambda m: _SHAPES[::-1].index(m.shape) if m.shape in _SHAPES else 0,
                ),
            )
            for item in cases
        ]
        height = 26
    for index, (label, group) in enumerate(groups):
        top = _TOP + index * height
        placed = tuple(_place_marks(scale, group))
        yield _Row(
            label=label,
            top=top,
            height=height,
            y=top + height // 2 + (6 if len(cases) == 1 else 0),
            spans=tuple(_bars(view, scale, group)),
            marks=_add_labels(group, placed) if len(cases) == 1 else placed,
        )


def _place_marks(scale: Scale, group: Iterable[Mark]) -> Iterator[_PlacedMark]:
    for mark in group:
        if mark.shape is not Shape.SPAN:
            text = labelled(mark.when, mark.text)
            yield _PlacedMark(kind=mark.shape, x=_x(scale, mark.first), text=text)


def _bars(view: Provenance, scale: Scale, group: Iterable[Mark]) -> Iterator[_Bar]:
    for mark in group:
        if mark.shape is Shape.SPAN:
            x = _x(scale, mark.first)
            width = round(max(1.0, scale.x(mark.last or view.as_of) - x), 1)
            yield _Bar(x=x, width=width, text=labelled(mark.when, mark.text))


def _add_labels(group: Sequence[Mark], placed: Sequence[_PlacedMark]) -> tuple[_PlacedMark, ...]:
    """Add the date above each mark where there is room."""
    days = [mark.first for mark in group if mark.shape is not Shape.SPAN]
    labelled, next_free = [], 0.0
    for day, mark in zip(days, placed, strict=True):
        text = phrases.bare_day(day)
        half = len(text) * _CHARACTER_WIDTH / 2
        at = min(max(mark.x, half + 4), _WIDTH - half - 4)
        if at - half >= next_free:
            next_free = at + half + 8
            labelled.append(replace(mark, label=text, at=round(at, 1)))
        else:
            labelled.append(mark)
    return tuple(labelled)


def _ticks(scale: Scale) -> Iterator[_Text]:
    for day, text in ticks(scale, _MAX_TICKS):
        yield _Text(x=_x(scale, day), text=text)


def _x(scale: Scale, day: date) -> float:
    return round(scale.x(day), 1)


def _legend(marks: Iterable[Mark]) -> Iterator[_Text]:
    """Build the legend of the shapes in the chart."""
    shapes = {mark.shape for mark in marks}
    x = 16.0
    for shape in (*_SHAPES, Shape.SPAN):
        if shape in shapes:
            text = shape.legend
            yield _Text(x=round(x, 1), text=text, kind=shape)
            x += 44 + len(text) * _CHARACTER_WIDTH


def _description(view: Provenance, marks: Sequence[Mark], *, standalone: bool) -> str:
    parts = []
    for shape in _SHAPES:
        number = sum(mark.count for mark in marks if mark.shape is shape)
        if number:
            parts.append(shape.format_count(number))
    text = _("As of {day}: {parts}.")
    if not standalone:
        text = _("As of {day}: {parts}. The table beside this picture has the same facts.")
    text = text.format(
        day=phrases.bare_day(view.as_of), parts=", ".join(parts) or _("nothing to show")
    )
    remarks = phrases.data_remarks(view) if standalone else []
    return " ".join([*(f"{line}." for line in remarks), text])


def _truncate(label: str, width: float) -> str:
    limit = int(width / _CHARACTER_WIDTH)
    return label if len(label) <= limit else f"{label[: limit - 1]}…"
