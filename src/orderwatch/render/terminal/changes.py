"""Render on a terminal what register and log have gained or corrected since a day."""

from collections.abc import Sequence
from datetime import date

from rich.text import Text

from orderwatch.model import Provenance, RecordChange
from orderwatch.render import phrases
from orderwatch.render.plain import change_kind
from orderwatch.render.terminal.canvas import (
    HEADING,
    NAME,
    STRONG,
    Canvas,
    indent,
    join_with_dots,
    key_values,
    text,
)
from orderwatch.render.terminal.frame import Renderables, footer, header, shown_of
from orderwatch.translation import _, ngettext

_IDS_MAX = 3
"""Ids on one line; more are counted."""


def changes(
    canvas: Canvas,
    view: Provenance,
    changes: Sequence[RecordChange],
    *,
    since: date,
    total: int,
) -> Renderables:
    """Render changes; `total` counts those that a limit left out, too."""
    yield from header(canvas, view)
    title = _("Changes since {day}").format(day=phrases.bare_day(since))
    yield text(f"{title}  {total}", HEADING)
    for item in changes:
        yield Text()
        yield _heading(item)
        yield indent(canvas.limit_width(text(item.what)))
        rows = [
            (text(name), text(value))
            for name, value in (
                (_("was"), item.was),
                (_("why"), item.why),
                (_("moved to"), phrases.long_day(item.moved_to) if item.moved_to else None),
            )
            if value
        ]
        if rows:
            yield indent(key_values(rows, canvas.text_width - 2))
    names = (name for item in changes for name in item.ids if not name.startswith("ev-"))
    name = next(names, None)
    command = (_("All on it: {command}"), f"show {name}") if name else None
    yield Text()
    yield from footer(
        canvas,
        view,
        [command or (_("All orders: {command}"), "orders")],
        remark=shown_of(len(changes), total),
    )


def _heading(item: RecordChange) -> Text:
    place = _("register")
    if item.entry is not None:
        place = _("log, entry {entry} by {recorder}").format(
            entry=item.entry, recorder=item.recorder
        )
    names = ", ".join(item.ids[:_IDS_MAX])
    if len(item.ids) > _IDS_MAX:
        rest = len(item.ids) - _IDS_MAX
        names = ngettext("{names} and {n} more", "{names} and {n} more", rest).format(
            names=names, n=rest
        )
    day = text(phrases.bare_day(item.day), STRONG)
    return join_with_dots(day, change_kind(item), place, text(names, NAME))
