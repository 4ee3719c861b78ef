"""Render the timeline for a terminal, and its marks as plain text."""

from collections.abc import Iterable, Iterator, Sequence
from textwrap import wrap

from rich.cells import cell_len, set_cell_size

from orderwatch.model import CaseFile, Provenance
from orderwatch.render import phrases
from orderwatch.render.plain import Block, render_blocks
from orderwatch.render.sanitize import sanitize
from orderwatch.render.timeline import Mark, Panel, Shape, marks, panels
from orderwatch.render.timeline.scale import Scale, fit_scale, ticks
from orderwatch.translation import _, clauses, labelled, mark

_SYMBOLS = {
    Shape.SPAN: "─",
    Shape.EVENT: "·",
    Shape.SUBMISSION: "●",
    Shape.DEADLINE: "○",
    Shape.ORDER: "◆",
}
"""In drawing order: later shapes overwrite earlier ones."""
_AS_OF_SYMBOL = "┊"
_TICK_WIDTH = 10
"""Columns for a tick label."""
_MAX_LABEL, _MIN_LABEL = 40, 12
"""Maximum and minimum columns for the label of a row."""
_MAX_DATES = 4
"""Due dates of an obligation in words; of more, the last ones."""
_Line = tuple[str, tuple[Mark, ...]]
"""Label and marks of a line."""


def draw(view: Provenance, cases: Sequence[CaseFile], *, width: int) -> str:
    """Render the rows of the picture, with a line of its own for submissions.

    A single case is named above, with the dates in words below.
    """
    shown = panels(view, cases)
    lines = [*_wrap(width, *_heading(view, cases))]
    for panel in shown:
        lines += ["", *_panel(view, panel, width)]
    lines += ["", *_legend(view, shown, width)]
    if len(cases) == 1 and any(item.shape is Shape.DEADLINE for item in shown[0].marks):
        lines += ["", *_dates(shown[0], width)]
    lines += [
        "",
        *_wrap(width, *([phrases.log(view)] if view.log.size else []), phrases.caveat(view)),
    ]
    return "".join(f"{line.rstrip()}\n" for line in lines)


def plain(view: Provenance, cases: Sequence[CaseFile]) -> str:
    """Render one block per mark, for pipes and screen readers."""
    blocks = (_block(item) for item in marks(view, cases))
    return render_blocks(view, blocks, summaries=True)


def _heading(view: Provenance, cases: Sequence[CaseFile]) -> Iterator[str]:
    if len(cases) == 1:
        (only,) = cases
        name = phrases.case_name(only.case)
        if len(only.orders) == 1:
            name = _("{case}, order of {day}").format(
                case=name, day=phrases.bare_day(only.orders[0].made)
            )
        yield name
    yield " · ".join(filter(None, (phrases.short_as_of(view), phrases.age_if_old(view))))
    yield from phrases.register_notes(view)


def _wrap(width: int, *lines: str) -> list[str]:
    return [part for line in lines for part in wrap(sanitize(line), width)]


def _block(item: Mark) -> Block:
    return [
        (mark("when"), item.when),
        (mark("what"), item.what),
        (mark("case"), phrases.case_name(item.case)),
        (mark("in words"), item.text),
    ]


def _panel(view: Provenance, panel: Panel, width: int) -> Iterator[str]:
    """Yield the scale and the rows of a panel."""
    lines = list(_lines(panel))
    longest = max((cell_len(sanitize(label)) for label, _marks in lines), default=0)
    left = min(longest, _MAX_LABEL, max(_MIN_LABEL, width // 3)) + 2
    # A column covers several days; subtract 1 so that the last date is inside.
    scale = fit_scale(view, panel, left=left, right=width - 1)
    yield _tick_line(scale, panel.title, width)
    for label, group in lines:
        yield _row_line(view, scale, width, label, group)


def _lines(panel: Panel) -> Iterator[_Line]:
    """Yield the lines of the rows: a second one for submissions, below the due dates."""
    for group in panel.groups:
        for number, row in enumerate(group.rows):
            label = row.label
            if panel.title:
                label = f"  {row.label}" if number else row.case.short
            yield label, row.spans + row.marks
            if row.answers:
                yield f"    {_('submissions')}", row.answers


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


def _tick_line(scale: Scale, title: str, width: int) -> str:
    """Render the title of a panel and the tick labels that fit."""
    cells = list(f"{title:{width}}"[:width])
    next_free = max(int(scale.left), len(title) + 1)
    for day, text in ticks(scale, (width - int(scale.left)) // _TICK_WIDTH):
        at = int(scale.x(day))
        if at >= next_free and at + len(text) <= width:
            cells[at : at + len(text)] = text
            next_free = at + len(text) + 1
    return "".join(cells)


def _dates(panel: Panel, width: int) -> Iterator[str]:
    """Yield the due dates of a case in words, with what is on record."""
    for row in panel.groups[0].rows:
        found = [item for item in row.marks if item.shape is Shape.DEADLINE]
        for item in found[-_MAX_DATES:]:
            known = [item.label, *([item.answer.label] if item.answer else [])]
            yield from _wrap(width, labelled(row.detail, clauses(known)))


def _legend(view: Provenance, shown: Sequence[Panel], width: int) -> Iterator[str]:
    """Render the legend of the symbols in use, on as few lines as it needs."""
    shapes = {item.shape for panel in shown for item in panel.marks}
    parts = [
        f"{symbol} {shape.legend}"
        for shape, symbol in reversed(_SYMBOLS.items())
        if shape in shapes
    ]
    scales = (fit_scale(view, panel, left=0, right=1) for panel in shown)
    if any(scale.contains(view.as_of) for scale in scales):
        parts.append(f"{_AS_OF_SYMBOL} {phrases.bare_day(view.as_of)}")
    line = ""
    for part in parts:
        if line and len(line) + len(part) + 3 > width:
            yield from wrap(line, width)
            line = ""
        line = f"{line}   {part}" if line else part
    yield from wrap(line, width)
