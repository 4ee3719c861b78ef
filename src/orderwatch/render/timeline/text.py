"""The timeline for a terminal, and the same facts as plain text."""

from collections.abc import Iterable, Iterator, Sequence
from textwrap import wrap

from rich.cells import cell_len, set_cell_size

from orderwatch.model import Dossier, View
from orderwatch.render import phrases
from orderwatch.render.blocks import Block, document
from orderwatch.render.html.strings import page_words
from orderwatch.render.sanitize import visible
from orderwatch.render.timeline.marks import Mark, Shape, marks
from orderwatch.render.timeline.scale import Scale, scale, ticks

_SIGNS = {
    Shape.SPAN: "─",
    Shape.EVENT: "○",
    Shape.SUBMISSION: "●",
    Shape.DEADLINE: "▼",
    Shape.ORDER: "◆",
}
"""What is further down is drawn over what is above."""
_TODAY = "┊"
_TICK = 10
"""Columns that the name of a month or year needs."""
_LABEL, _LEAST = 40, 12
"""Columns for the name of a row: at most, and at least where there is no room."""


def drawn(view: View, cases: Sequence[Dossier], *, width: int) -> str:
    """Draw one row for each case; of one case, a row for each sort of mark."""
    shown = marks(view, cases)
    rows = list(_rows(cases, shown))
    longest = max((len(label) for label, _ in rows), default=0)
    left = min(longest, _LABEL, max(_LEAST, width // 3)) + 2
    # A column stands for a stretch of days: the last of them ends before the edge.
    laid = scale(view, cases, shown, left=left, right=width - 1)
    lines = [
        *_filled(width, phrases.TITLE, phrases.as_of(view)),
        "",
        _head(laid, width),
        *(_line(view, laid, width, label, group) for label, group in rows),
        "",
        *_legend(view, laid, shown, width),
        "",
        *_filled(width, phrases.reviewed(view), phrases.log(view)),
        *_filled(width, phrases.CONFIDENTIAL, phrases.NO_JUDGE),
    ]
    return "".join(f"{line.rstrip()}\n" for line in lines)


def listed(view: View, cases: Sequence[Dossier]) -> str:
    """Write a block for each mark, for pipes and for those who do not see a picture."""
    return document(view, (_block(mark) for mark in marks(view, cases)))


def _filled(width: int, *lines: str) -> list[str]:
    return [part for line in lines for part in wrap(visible(line), width)]


def _block(mark: Mark) -> Block:
    return [
        ("when", mark.when),
        ("what", mark.what),
        ("case", f"{mark.case.short} (No. {mark.case.number})"),
        ("in words", mark.text),
    ]


def _rows(
    cases: Sequence[Dossier], shown: Sequence[Mark]
) -> Iterator[tuple[str, list[Mark]]]:
    if len(cases) != 1:
        for item in cases:
            yield item.case.short, [m for m in shown if m.case == item.case]
        return
    say = page_words()["timeline"]
    for shape in (Shape.ORDER, Shape.DEADLINE, Shape.SUBMISSION, Shape.EVENT):
        wanted = {shape, Shape.SPAN} if shape is Shape.ORDER else {shape}
        group = [mark for mark in shown if mark.shape in wanted]
        if group:
            yield say[f"row_{shape}"], group


def _line(
    view: View, laid: Scale, width: int, label: str, group: Iterable[Mark]
) -> str:
    signs = [" "] * width
    if laid.has(view.as_of):
        signs[int(laid.x(view.as_of))] = _TODAY
    order = list(_SIGNS)
    for mark in sorted(group, key=lambda mark: order.index(mark.shape)):
        first = last = int(laid.x(mark.first))
        if mark.shape is Shape.SPAN:
            last = int(laid.x(mark.last or view.as_of))
        for column in range(first, last + 1):
            signs[column] = _SIGNS[mark.shape]
    name, room = visible(label), int(laid.left) - 2
    if cell_len(name) > room:
        name = f"{set_cell_size(name, room - 1)}…"
    return f"{set_cell_size(name, room)}  {''.join(signs[int(laid.left) :])}"


def _head(laid: Scale, width: int) -> str:
    """Name days where there is room."""
    signs, free = [" "] * width, int(laid.left)
    for day, text in ticks(laid, (width - int(laid.left)) // _TICK):
        at = int(laid.x(day))
        if at >= free and at + len(text) <= width:
            signs[at : at + len(text)] = text
            free = at + len(text) + 1
    return "".join(signs)


def _legend(
    view: View, laid: Scale, shown: Iterable[Mark], width: int
) -> Iterator[str]:
    """Explain the signs that are there, on as few lines as they need."""
    say = page_words()["timeline"]
    there = {mark.shape for mark in shown}
    parts = [
        f"{sign} {say['in_force'] if shape is Shape.SPAN else say[shape]}"
        for shape, sign in reversed(_SIGNS.items())
        if shape in there
    ]
    if laid.has(view.as_of):
        parts.append(f"{_TODAY} {phrases.bare_day(view.as_of)}")
    line = ""
    for part in parts:
        if line and len(line) + len(part) + 3 > width:
            yield from wrap(line, width)
            line = ""
        line = f"{line}   {part}" if line else part
    yield from wrap(line, width)
