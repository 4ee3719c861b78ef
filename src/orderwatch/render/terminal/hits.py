"""Render the results of a search on a terminal."""

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType

from orderwatch.model import Hit
from orderwatch.render import hits as words
from orderwatch.render.terminal.canvas import (
    NAME,
    QUIET,
    Canvas,
    columns,
    concat,
    indent,
    join_with_dots,
    text,
)
from orderwatch.translation import _

_NAME_MAX = 20
_STATE_MIN = len("24 September 2024")


def find(canvas: Canvas, hits: Sequence[Hit]) -> Iterator[RenderableType]:
    """Render one line for each result, and how to go on."""
    yield Group(*map(_stacked, hits)) if canvas.is_narrow else _table(hits)
    example = text(f"orderwatch show {words.name(hits[0])}", NAME)
    yield concat(text(_("More: "), QUIET), example)


def _table(hits: Sequence[Hit]) -> RenderableType:
    names = [text(words.name(hit), NAME) for hit in hits]
    width = min(_NAME_MAX, max(name.cell_len for name in names))
    return columns(
        ((_("Name"), width), (_("Match"), None), (_("Date or state"), _STATE_MIN)),
        (
            (name, _match(hit), text(words.state(hit)))
            for hit, name in zip(hits, names, strict=True)
        ),
    )


def _match(hit: Hit) -> RenderableType:
    parts = [text(words.label(hit))]
    if hit.order or hit.event:
        parts.append(text(hit.case.short, QUIET))
    return join_with_dots(*parts)


def _stacked(hit: Hit) -> Group:
    line = join_with_dots(text(words.name(hit), NAME), text(words.state(hit)))
    return Group(line, indent(_match(hit)))
