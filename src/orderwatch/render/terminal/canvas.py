"""Build rich renderables for a canvas of a given width, colour and link support."""

import re
from collections.abc import Iterable
from io import StringIO

from rich.console import Console, Group, RenderableType
from rich.constrain import Constrain
from rich.padding import Padding
from rich.style import Style
from rich.table import Table
from rich.text import Text

from orderwatch.frozen import Frozen
from orderwatch.render.sanitize import safe_url, sanitize

HEADING = Style(bold=True)
STRONG = Style(bold=True)
QUIET = Style(dim=True)
NAME = Style(color="cyan")
"""For names that `orderwatch show` accepts."""
SOON = Style(color="magenta", bold=True)
"""For what is due within a week; the text next to it gives the days."""

_MAX_TEXT_WIDTH = 110
"""In columns; longer lines are hard to read."""
_MIN_TABLE_WIDTH = 96
_LINK_ID = re.compile(r"\x1b\]8;id=[^;]*;")


class Canvas(Frozen):
    """Terminal canvas: width, colour and links."""

    width: int
    """In columns."""
    colour: bool = False
    links: bool = False
    """Write OSC 8 hyperlinks; only with colour."""

    @property
    def is_narrow(self) -> bool:
        """Return whether the canvas is too narrow for a table."""
        return self.width < _MIN_TABLE_WIDTH

    @property
    def text_width(self) -> int:
        """Return the maximum width of running text."""
        return min(self.width, _MAX_TEXT_WIDTH)

    def draw(self, parts: Iterable[RenderableType]) -> str:
        """Render parts to text; the same parts give the same text."""
        buffer = StringIO()
        console = Console(
            file=buffer,
            width=self.width,
            force_terminal=self.colour,
            color_system="standard" if self.colour else None,
            no_color=not self.colour,
            legacy_windows=False,
            highlight=False,
            markup=False,
            emoji=False,
            _environ={},
        )
        console.print(Group(*parts))
        # rich writes a random id into each OSC 8 link; remove it for stable output.
        text = _LINK_ID.sub("\x1b]8;;", buffer.getvalue())
        lines = text.removesuffix("\n").split("\n")
        return "".join(f"{line.rstrip(' ')}\n" for line in lines)

    def limit_width(self, part: RenderableType) -> RenderableType:
        """Limit running text to a readable width."""
        return Constrain(part, self.text_width)

    def url(self, address: str) -> Text:
        """Render a URL, as a terminal link if links are enabled and it is http(s)."""
        link = safe_url(address) if self.links else None
        return Text(sanitize(address), Style(link=link) if link else QUIET)


def text(value: str, style: Style | None = None) -> Text:
    """Build sanitized text in a style; markup is not interpreted."""
    return Text(sanitize(value), style or "", overflow="fold")


def concat(*parts: Text) -> Text:
    """Concatenate texts, each in its own style."""
    return Text("", overflow="fold").join(parts)


def join_with_dots(*parts: Text | str) -> Text:
    """Join texts on one line with middle dots."""
    texts = [text(part) if isinstance(part, str) else part for part in parts]
    return Text(" · ", overflow="fold").join(texts)


def indent(part: RenderableType, by: int = 2) -> Padding:
    """Indent a renderable by some columns."""
    return Padding(part, (0, 0, 0, by))


def key_values(rows: Iterable[tuple[RenderableType, RenderableType]], width: int) -> Table:
    """Build a grid with keys on the left and values on the right."""
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.width = width
    grid.add_column(no_wrap=True)
    grid.add_column(ratio=1, overflow="fold")
    for name, value in rows:
        grid.add_row(name, value)
    return grid


def columns(
    heads: Iterable[tuple[str, int | None]],
    rows: Iterable[Iterable[RenderableType]],
) -> Table:
    """Build a table without borders; a column without a width fills the rest."""
    table = Table(
        box=None,
        padding=(0, 2, 0, 0),
        pad_edge=False,
        header_style=QUIET,
        expand=True,
    )
    for head, width in heads:
        ratio = 1 if width is None else None
        table.add_column(head, overflow="fold", width=width, ratio=ratio)
    for row in rows:
        table.add_row(*row)
    return table


def column_width(cells: Iterable[Text], head: str, *, maximum: int) -> int:
    """Return the width a column needs, at most `maximum`."""
    return min(maximum, max(len(head), *(cell.cell_len for cell in cells)))
