"""The timeline as a picture: values in, SVG text out.

One case has a row for each sort of mark; several cases have a row each. The table
beside it on a page has the same marks.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from orderwatch.model import Dossier, View
from orderwatch.render import phrases
from orderwatch.render.html.environment import fill
from orderwatch.render.html.strings import page_words, several
from orderwatch.render.timeline.marks import Mark, Shape, marks
from orderwatch.render.timeline.scale import Scale, scale, ticks

_WIDTH = 960
_RIGHT = 44
_TOP = 28
_LETTER = 6.0
"""How wide a letter is, about; nothing here can measure it."""
_SHAPES = (Shape.ORDER, Shape.DEADLINE, Shape.SUBMISSION, Shape.EVENT)
_LINES = 11


@dataclass(frozen=True, slots=True, kw_only=True)
class _Text:
    x: float
    text: str
    kind: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bar:
    x: float
    width: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drawn:
    kind: Shape
    x: float
    text: str
    label: str = ""
    at: float = 0
    """Where the label has its middle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    label: str
    top: int
    height: int
    y: int
    spans: tuple[_Bar, ...]
    marks: tuple[_Drawn, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chart:
    title: str
    description: str
    width: int
    height: int
    top: int
    bottom: int
    key: int
    """Where the legend stands."""
    today: float | None
    """Where the day of the view stands; `None` if that is not shown."""
    as_of: str
    anchor: str
    rows: tuple[_Row, ...]
    ticks: tuple[_Text, ...]
    legend: tuple[_Text, ...]


def picture(view: View, cases: Sequence[Dossier]) -> str:
    """Draw a whole SVG document, which needs nothing beside it."""
    return fill("timeline.svg", chart=_chart(view, cases, alone=True), alone=True)


def inline(view: View, cases: Sequence[Dossier]) -> str:
    """Draw the same for a page, whose stylesheet colours it in the dark."""
    return fill("timeline.svg", chart=_chart(view, cases, alone=False), alone=False)


def _chart(view: View, cases: Sequence[Dossier], *, alone: bool) -> _Chart:
    shown = marks(view, cases)
    one = len(cases) == 1
    found = scale(view, cases, shown, left=110 if one else 290, right=_WIDTH - _RIGHT)
    rows = tuple(_rows(view, found, cases, shown))
    bottom = rows[-1].top + rows[-1].height if rows else _TOP + 20
    today = _place(found, view.as_of) if found.has(view.as_of) else None
    say = page_words()["timeline"]
    title = say["title_one"].format(short=cases[0].case.short) if one else say["title"]
    return _Chart(
        title=title,
        description=_description(view, shown, alone=alone),
        width=_WIDTH,
        height=bottom + 60,
        top=_TOP,
        bottom=bottom,
        key=bottom + 42,
        today=today,
        as_of=phrases.bare_day(view.as_of),
        anchor="end" if today and today > _WIDTH - 100 else "middle",
        rows=rows,
        ticks=tuple(_ticks(found)),
        legend=tuple(_legend(shown)),
    )


def _rows(
    view: View, scale: Scale, cases: Sequence[Dossier], shown: Sequence[Mark]
) -> Iterator[_Row]:
    if len(cases) == 1:
        say = page_words()["timeline"]
        there = {Shape.ORDER, *(mark.shape for mark in shown)}
        groups = [
            (say[f"row_{shape}"], [mark for mark in shown if mark.shape is shape])
            for shape in _SHAPES
            if shape in there
        ]
        label, first = groups[0]
        groups[0] = label, [m for m in shown if m.shape is Shape.SPAN] + first
        height = 46
    else:
        by_case: dict[int, list[Mark]] = {item.case.number: [] for item in cases}
        for mark in shown:
            by_case[mark.case.number].append(mark)
        # What is drawn last lies on top.
        groups = [
            (
                _fitted(item.case.short, scale.left - 16),
                sorted(
                    by_case[item.case.number],
                    key=lambda m: (
                        _SHAPES[::-1].index(m.shape) if m.shape in _SHAPES else 0
                    ),
                ),
            )
            for item in cases
        ]
        height = 26
    for place, (label, group) in enumerate(groups):
        top = _TOP + place * height
        drawn = tuple(_drawn(scale, group))
        yield _Row(
            label=label,
            top=top,
            height=height,
            y=top + height // 2 + (6 if len(cases) == 1 else 0),
            spans=tuple(_bars(view, scale, group)),
            marks=_labelled(group, drawn) if len(cases) == 1 else drawn,
        )


def _drawn(scale: Scale, group: Iterable[Mark]) -> Iterator[_Drawn]:
    for mark in group:
        if mark.shape is not Shape.SPAN:
            text = f"{mark.when}: {mark.text}"
            yield _Drawn(kind=mark.shape, x=_place(scale, mark.first), text=text)


def _bars(view: View, scale: Scale, group: Iterable[Mark]) -> Iterator[_Bar]:
    for mark in group:
        if mark.shape is Shape.SPAN:
            x = _place(scale, mark.first)
            width = round(max(1.0, scale.x(mark.last or view.as_of) - x), 1)
            yield _Bar(x=x, width=width, text=f"{mark.when}: {mark.text}")


def _labelled(group: Sequence[Mark], drawn: Sequence[_Drawn]) -> tuple[_Drawn, ...]:
    """Write the day above each mark where there is room for it."""
    days = [mark.first for mark in group if mark.shape is not Shape.SPAN]
    found, free = [], 0.0
    for day, mark in zip(days, drawn, strict=True):
        text = phrases.bare_day(day)
        half = len(text) * _LETTER / 2
        at = min(max(mark.x, half + 4), _WIDTH - half - 4)
        if at - half >= free:
            free = at + half + 8
            found.append(replace(mark, label=text, at=round(at, 1)))
        else:
            found.append(mark)
    return tuple(found)


def _ticks(scale: Scale) -> Iterator[_Text]:
    for day, text in ticks(scale, _LINES):
        yield _Text(x=_place(scale, day), text=text)


def _place(scale: Scale, day: date) -> float:
    return round(scale.x(day), 1)


def _legend(shown: Iterable[Mark]) -> Iterator[_Text]:
    """Explain the shapes that are there."""
    there = {mark.shape for mark in shown}
    x = 16.0
    for shape in (*_SHAPES, Shape.SPAN):
        if shape in there:
            say = page_words()["timeline"]
            text = say["in_force"] if shape is Shape.SPAN else say[shape]
            yield _Text(x=round(x, 1), text=text, kind=shape)
            x += 44 + len(text) * _LETTER


def _description(view: View, shown: Sequence[Mark], *, alone: bool) -> str:
    say = page_words()["timeline"]
    parts = []
    for shape in _SHAPES:
        number = sum(mark.count for mark in shown if mark.shape is shape)
        if number:
            parts.append(several(say[f"{shape}s"], number))
    return say["description_alone" if alone else "description"].format(
        day=phrases.bare_day(view.as_of), parts=", ".join(parts) or say["nothing"]
    )


def _fitted(label: str, width: float) -> str:
    room = int(width / _LETTER)
    return label if len(label) <= room else f"{label[: room - 1]}…"
