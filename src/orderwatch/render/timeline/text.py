"""Render the timeline for a terminal, and its marks as plain text."""

from collections.abc import Iterable, Iterator, Sequence
from textwrap import wrap

from rich.cells import cell_len, set_cell_size

from orderwatch.model import CaseFile, Provenance
from orderwatch.render import phrases
from orderwatch.render.plain import Block, render_blocks
from orderwatch.render.sanitize import sanitize
from orderwatch.render.timeline import Mark, Scale, Shape, fit_scale, marks, ticks
from orderwatch.translation import mark

_SYMBOLS = {
    Shape.SPAN: "─",
    Shape.EVENT: "○",
    Shape.SUBMISSION: "●",
    Shape.DEADLINE: "▼",
    Shape.ORDER: "◆",
}
"""In drawing order: later shapes overwrite earlier ones."""
_AS_OF_SYMBOL = "┊"
_TICK_WIDTH = 10
"""Columns for a tick label."""
_MAX_LABEL, _MIN_LABEL = 40, 12
"""Maximum and minimum columns for the label of a row."""


def draw(view: Provenance, cases: Sequence[CaseFile], *, width: int) -> str:
    """Render one row per case; for a single case, one row per shape."""
    all_marks = marks(view, cases)
    rows = list(_rows(cases, all_marks))
    longest = max((len(label) for label, _ in rows), default=0)
    left = min(longest, _MAX_LABEL, max(_MIN_LABEL, width // 3)) + 2
    # A column covers several days; subtract 1 so that the last date is inside.
    time_scale = fit_scale(view, cases, all_marks, left=left, right=width - 1)
    head = " · ".join(filter(None, (phrases.short_as_of(view), phrases.age_if_old(view))))
    lines = [
        *_wrap(width, head, *phrases.register_notes(view)),
        "",
        _tick_line(time_scale, width),
        *(_row_line(view, time_scale, width, label, group) for label, group in rows),
        "",
        *_legend(view, time_scale, all_marks, width),
        "",
        *_wrap(width, *([phrases.log(view)] if view.log.size else []), phrases.caveat(view)),
    ]
    return "".join(f"{line.rstrip()}\n" for line in lines)


def plain(view: Provenance, cases: Sequence[CaseFile]) -> str:
    """Render one block per mark, for pipes and screen readers."""
    blocks = (_block(item) for item in marks(view, cases))
    return render_blocks(view, blocks, summaries=True)


def _wrap(width: int, *lines: str) -> list[str]:
    return [part for line in lines for part in wrap(sanitize(line), width)]


def _block(item: Mark) -> Block:
    return [
        (mark("when"), item.when),
        (mark("what"), item.what),
        (mark("case"), phrases.case_name(item.case)),
        (mark("in words"), item.text),
    ]


def _rows(cases: Sequence[CaseFile], marks: Sequence[Mark]) -> Iterator[tuple[str, list[Mark]]]:
    if len(cases) != 1:
        for item in cases:
            yield item.case.short, [m for m in marks if m.case == item.case]
        return
    for shape in (Shape.ORDER, Shape.DEADLINE, Shape.SUBMISSION, Shape.EVENT):
        shapes = {shape, Shape.SPAN} if shape is Shape.ORDER else {shape}
        group = [item for item in marks if item.shape in shapes]
        if group:
            yield shape.row, group


def _row_line(view: Provenance, scale: Scale, width: int, label: str, group: Iterable[Mark]) -> str:
    cells = [" "] * width
    if scale.contains(view.as_of):
        cells[int(scale.x(view.as_of))] = _AS_OF_SYMBOL
    order = list(_SYMBOLS)
    for item in sorted(group, key=lambda item: order.index(item.shape)):
        first = last = int(scale.x(item.first))
        if item.shape is Shape.SPAN:
            last = int(scale.x(item.last or view.as_of))
        for column in range(first, last + 1):
            cells[column] = _SYMBOLS[item.shape]
    name, label_width = sanitize(label), int(scale.left) - 2
    if cell_len(name) > label_width:
        name = f"{set_cell_size(name, label_width - 1)}…"
    return f"{set_cell_size(name, label_width)}  {''.join(cells[int(scale.left) :])}"


def _tick_line(scale: Scale, width: int) -> str:
    """Render the tick labels that fit."""
    cells, next_free = [" "] * width, int(scale.left)
    for day, text in ticks(scale, (width - int(scale.left)) // _TICK_WIDTH):
        at = int(scale.x(day))
        if at >= next_free and at + len(text) <= width:
            cells[at : at + len(text)] = text
            next_free = at + len(text) + 1
    return "".join(cells)


def _legend(view: Provenance, scale: Scale, marks: Iterable[Mark], width: int) -> Iterator[str]:
    """Render the legend of the symbols in use, on as few lines as it needs."""
    shapes = {item.shape for item in marks}
    parts = [
        f"{symbol} {shape.legend}"
        for shape, symbol in reversed(_SYMBOLS.items())
        if shape in shapes
    ]
    if scale.contains(view.as_of):
        parts.append(f"{_AS_OF_SYMBOL} {phrases.bare_day(view.as_of)}")
    line = ""
    for part in parts:
        if line and len(line) + len(part) + 3 > width:
            yield from wrap(line, width)
            line = ""
        line = f"{line}   {part}" if line else part
    yield from wrap(line, width)
