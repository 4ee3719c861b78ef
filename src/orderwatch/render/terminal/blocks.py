"""Render blocks of fields, and their sources as numbered notes."""

from collections.abc import Iterable, Sequence

from rich.console import RenderableType
from rich.text import Text

from orderwatch.model import Provenance, Status
from orderwatch.render.plain import Block, status_details
from orderwatch.render.terminal.canvas import (
    HEADING,
    STRONG,
    Canvas,
    concat,
    indent,
    join_with_dots,
    key_values,
    table,
    text,
)
from orderwatch.render.terminal.frame import Renderables
from orderwatch.translation import _, mark

_SOURCE_FIELDS = frozenset(
    {mark("source"), mark("contested source"), mark("further source"), mark("archive")}
)

_ORDER_FIELDS = frozenset(
    {mark("case"), mark("order of"), mark("earlier orders"), mark("url"), mark("state")}
)
"""Fields of an obligation that its order or case has."""


class Notes:
    """Numbers of sources: those of the case file, whatever part of it is shown."""

    def __init__(self, sources: Iterable[str]) -> None:
        self._numbers = {address: number for number, address in enumerate(sources, 1)}
        self._cited: set[str] = set()

    def add(self, source: str) -> str:
        """Return the mark of a source, such as `[1]`; `source` is a URL with remarks."""
        address = source.partition(" ")[0]
        self._cited.add(address)
        return f"[{self._numbers.setdefault(address, len(self._numbers) + 1)}]"

    def render(self, canvas: Canvas) -> Renderables:
        """Render the cited addresses with their numbers."""
        if not self._cited:
            return
        yield Text()
        yield text(_("Sources"), HEADING)
        rows = [
            (text(f"[{number}]"), canvas.url(address))
            for address, number in self._numbers.items()
            if address in self._cited
        ]
        yield indent(table(rows, [len(f"[{len(self._numbers)}]"), None], gap=1))


def render_block(
    canvas: Canvas, block: Block, first: str, *others: str, notes: Notes | None = None
) -> Renderables:
    """Render a block: fields of the title on a line, the summary, the other fields.

    With `notes`, sources are replaced by their numbers.
    """
    fields = {name: value for name, value in block if value is not None}
    marks: list[str] = []
    if notes is not None:
        marks = [notes.add(value) for name, value in block if name in _SOURCE_FIELDS and value]
        fields = {name: value for name, value in fields.items() if name not in _SOURCE_FIELDS}
    yield Text()
    title = [text(fields.pop(first), STRONG), *(text(fields.pop(name)) for name in others)]
    if marks:
        title.append(text("".join(dict.fromkeys(marks))))
    yield join_with_dots(*title)
    summary = fields.pop("summary", None)
    if summary is not None:
        yield indent(canvas.limit_width(text(summary)))
    rows = _rows(canvas, [(name, value) for name, value in block if name in fields])
    yield indent(key_values(rows, canvas.text_width - 2))


def obligation_fields(
    canvas: Canvas, view: Provenance, status: Status, notes: Notes | None = None
) -> Renderables:
    """Render all fields of an obligation but those of its order and case."""
    block = [item for item in status_details(view, status) if item[0] not in _ORDER_FIELDS]
    yield from render_block(canvas, block, "paragraph", "label", "id", "kind", notes=notes)


def _rows(canvas: Canvas, block: Block) -> Sequence[tuple[RenderableType, RenderableType]]:
    """Render fields; the name of a repeated field is printed once."""
    rows: list[tuple[RenderableType, RenderableType]] = []
    shown = None
    for name, value in block:
        if value is not None:
            rows.append((text("" if name == shown else _(name)), _value(canvas, value)))
            shown = name
    return rows


def _value(canvas: Canvas, value: str) -> Text:
    """Render a value; a URL at its beginning is a link."""
    address, space, remark = value.partition(" ")
    if not address.startswith(("https://", "http://")):
        return text(value)
    return concat(canvas.url(address), text(f"{space}{remark}"))
