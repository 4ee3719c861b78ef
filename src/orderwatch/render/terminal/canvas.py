"""What the terminal output is drawn on: a width, colours, links."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from io import StringIO

from rich.console import Console, Group, RenderableType
from rich.constrain import Constrain
from rich.padding import Padding
from rich.style import Style
from rich.table import Table
from rich.text import Text

from orderwatch.render.sanitize import safe_url, visible

HEADING = Style(bold=True)
STRONG = Style(bold=True)
QUIET = Style(dim=True)
NAME = Style(color="cyan")
"""Of what can be typed after `orderwatch show`."""
SOON = Style(color="magenta", bold=True)
"""Of what falls due within a week; the words beside say so too."""

_PROSE = 110
"""Columns beyond which lines of text are hard to follow."""
_NARROW = 96
_LINK_ID = re.compile(r"\x1b\]8;id=[^;]*;")


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """Where to draw, and with what."""

    width: int
    """In columns."""
    colour: bool = False
    links: bool = False
    """Whether addresses become links that a terminal opens; only with colour."""

    @property
    def is_narrow(self) -> bool:
        """Whether columns beside each other would leave too little for words."""
        return self.width < _NARROW

    @property
    def prose(self) -> int:
        """The width for running text."""
        return min(self.width, _PROSE)

    def drawn(self, parts: Iterable[RenderableType]) -> str:
        """Draw everything into a text; the same parts give the same text."""
        held = StringIO()
        console = Console(
            file=held,
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
        # rich gives every link a number by chance.
        text = _LINK_ID.sub("\x1b]8;;", held.getvalue())
        lines = text.removesuffix("\n").split("\n")
        return "".join(f"{line.rstrip(' ')}\n" for line in lines)

    def running(self, part: RenderableType) -> RenderableType:
        """Keep running text at a width that can be read."""
        return Constrain(part, self.prose)

    def url(self, address: str) -> Text:
        """Show an address; one of the web can be opened."""
        target = safe_url(address) if self.links else None
        return Text(visible(address), Style(link=target) if target else QUIET)


def text(value: str, style: Style | None = None) -> Text:
    """Show a text of any origin; nothing in it is markup."""
    return Text(visible(value), style or "", overflow="fold")


def phrase(*parts: Text) -> Text:
    """Put texts one after the other, each in its own style."""
    return Text("", overflow="fold").join(parts)


def joined(*parts: Text | str) -> Text:
    """Put texts on one line, with points between."""
    shown = [text(part) if isinstance(part, str) else part for part in parts]
    return Text(" · ", overflow="fold").join(shown)


def indented(part: RenderableType, by: int = 2) -> Padding:
    """Move something to the right."""
    return Padding(part, (0, 0, 0, by))


def pairs(rows: Iterable[tuple[RenderableType, RenderableType]], width: int) -> Table:
    """Draw names on the left, values on the right."""
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
    """Draw a table without lines; a column without a width takes what is left."""
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


def widest(cells: Iterable[Text], head: str, *, most: int) -> int:
    """Give the width that a column needs, up to the `most` that it may have."""
    return min(most, max(len(head), *(cell.cell_len for cell in cells)))
