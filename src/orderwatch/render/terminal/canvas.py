"""Build rich renderables for a canvas of a given width, colour and link support."""

import re
from collections.abc import Iterable, Sequence
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
NAME = Style(underline=True)
"""For names that `orderwatch show` accepts."""
SOON = Style(bold=True, reverse=True)
"""For what is due within a week; the text gives the days."""
# No colours: none of the 16 has a contrast of 4.5:1 on both the dark and the light
# backgrounds of common themes (tests/unit/render/terminal/test_contrast.py).

_MAX_TEXT_WIDTH = 110
"""In columns; longer lines are hard to read."""
_MIN_TABLE_WIDTH = 96
_NO_BREAK, _GLUE = "\N{NO-BREAK SPACE}", "\ue000"
"""A space at which no line ends, and what stands for it in rich, which breaks lines there."""
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
        text = text.replace(_GLUE, _NO_BREAK)
        lines = text.removesuffix("\n").split("\n")
        return "".join(f"{line.rstrip(' ')}\n" for line in lines)

    def limit_width(self, part: RenderableType) -> RenderableType:
        """Limit running text to a readable width."""
        return Constrain(part, self.text_width)

    def url(self, address: str) -> Text:
        """Render a URL, as a terminal link if links are enabled and it is http(s)."""
        link = safe_url(address) if self.links else None
        return Text(sanitize(address), Style(link=link) if link else "", overflow="fold")

    def short_url(self, address: str) -> Text:
        """Render a URL without its scheme, which terminals open just so."""
        link = safe_url(address) if self.links else None
        short = sanitize(address).removeprefix("https://").removeprefix("www.")
        return Text(short, Style(link=link) if link else "", overflow="fold")

    def edges(self, left: Text, right: Text) -> RenderableType:
        """Render two texts at the edges of one line, or on two lines if they do not fit."""
        if not right:
            return left
        needed = left.cell_len + 2 + right.cell_len
        if needed > self.width:
            return Group(left, right)
        space = max(needed, self.text_width) - left.cell_len - right.cell_len
        return concat(left, Text(" " * space), right)

    def flow(self, parts: Sequence[Text], *, margin: int = 2) -> list[Text]:
        """Join parts with middle dots into lines that break only between them."""
        lines: list[Text] = []
        for part in parts:
            joined = join_with_dots(lines[-1], part) if lines else part
            if lines and joined.cell_len <= self.text_width - margin:
                lines[-1] = joined
            else:
                lines.append(part)
        return lines


def text(value: str, style: Style | None = None) -> Text:
    """Build sanitized text in a style; markup is not interpreted."""
    # As a span: the style of a whole text would cover the padding of its cell, too.
    glued = sanitize(value).replace(_NO_BREAK, _GLUE)
    return Text(overflow="fold").append(glued, style)


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


def table(
    rows: Sequence[Sequence[RenderableType]], widths: Sequence[int | None], *, gap: int = 2
) -> Table:
    """Build a grid of columns; one without a width fills the rest."""
    grid = Table.grid(padding=(0, gap, 0, 0), expand=None in widths)
    for width in widths:
        grid.add_column(width=width, ratio=1 if width is None else None, overflow="fold")
    for row in rows:
        grid.add_row(*row)
    return grid


def natural_widths(rows: Sequence[Sequence[Text]]) -> list[int]:
    """Return the width of each column in which no cell wraps."""
    return [max(cell.cell_len for cell in column) for column in zip(*rows, strict=True)]


def crop(value: Text, width: int) -> Text:
    """Crop a text to a width, with an ellipsis."""
    result = value.copy()
    result.truncate(width, overflow="ellipsis")
    return result
