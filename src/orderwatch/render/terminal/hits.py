"""Render the results of a search on a terminal."""

from collections.abc import Sequence

from orderwatch.model import Hit, Provenance
from orderwatch.render import hits as words
from orderwatch.render.terminal.canvas import (
    NAME,
    Canvas,
    indent,
    join_with_dots,
    natural_widths,
    table,
    text,
)
from orderwatch.render.terminal.frame import Renderables, footer, header, our_summary, shown_of
from orderwatch.translation import _

_GAP = 2
_MIN_WIDTH = 30
"""Of the match, from which each result has one line."""


def find(canvas: Canvas, view: Provenance, hits: Sequence[Hit], total: int | None) -> Renderables:
    """Render one line for each result, or two on a narrow screen, and how to go on."""
    yield from header(canvas, view)
    rows = [
        (text(words.name(hit), NAME), text(words.state(hit)), text(_match(hit))) for hit in hits
    ]
    name, state, _match_width = natural_widths(rows)
    if canvas.width - name - state - 2 * _GAP >= _MIN_WIDTH:
        yield table(rows, [name, state, None])
    else:
        for first, second, match in rows:
            yield join_with_dots(first, second)
            yield indent(match)
    yield our_summary()
    command = (_("More: {command}"), f"show {words.name(hits[0])}")
    yield from footer(canvas, view, [command], remark=shown_of(len(hits), total or 0))


def _match(hit: Hit) -> str:
    parts = [words.label(hit)]
    if hit.order or hit.event:
        parts.append(hit.case.short)
    return " · ".join(parts)
