"""Render the results of a search on a terminal."""

from collections.abc import Sequence

from rich.text import Text

from orderwatch.model import Hit, Provenance
from orderwatch.render import hits as words
from orderwatch.render.terminal.canvas import (
    NAME,
    Canvas,
    crop,
    indent,
    join_with_dots,
    natural_widths,
    table,
    text,
)
from orderwatch.render.terminal.frame import (
    Renderables,
    footer,
    header,
    our_summary,
    shown_of,
)
from orderwatch.translation import _

_NAME_MAX = 22
_GAP = 2
_MIN_WIDTH = 80
"""Columns from which each result is on one line."""


def find(canvas: Canvas, view: Provenance, hits: Sequence[Hit], *, total: int) -> Renderables:
    """Render one line for each result, best first, and how to go on."""
    yield from header(canvas, view)
    rows = [_cells(hit) for hit in hits]
    if canvas.width < _MIN_WIDTH:
        for name, state, match in rows:
            yield join_with_dots(name, state)
            yield indent(match)
    else:
        name_width, state_width, _match_width = natural_widths(rows)
        name_width = min(name_width, _NAME_MAX)
        rest = canvas.width - name_width - state_width - 2 * _GAP
        yield table(
            [[name, state, crop(match, rest)] for name, state, match in rows],
            [name_width, state_width, rest],
        )
    yield our_summary()
    command = (_("More: {command}"), f"show {words.name(hits[0])}")
    yield from footer(canvas, view, [command], remark=shown_of(len(hits), total))


def _cells(hit: Hit) -> tuple[Text, Text, Text]:
    """Return the name to type, the date or state, and what it is."""
    label = words.label(hit)
    where = hit.case.short if hit.order or hit.event else words.parties(hit.case)
    if hit.order is None and " v. " in label:
        where = label
    return (
        text(words.name(hit), NAME),
        text(words.state(hit)),
        join_with_dots(*dict.fromkeys((label, where))),
    )
