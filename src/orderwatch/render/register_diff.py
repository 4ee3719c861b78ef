"""Lines on what differs between two registers, for a terminal."""

from collections.abc import Iterable, Iterator, Sequence

from orderwatch.model import FactChange, FactKind
from orderwatch.render.sanitize import sanitize
from orderwatch.translation import _, ngettext


def lines(changes: Iterable[FactChange]) -> Iterator[str]:
    """Yield a line for each fact: what it is about, and its old and new value."""
    for item in changes:
        name = item.part if item.id == item.part else f"{item.part} {item.id}"
        values = {"name": name, "field": item.field or ""}
        values |= {"was": item.was or _("nothing"), "now": item.now or _("nothing")}
        match item.kind:
            case FactKind.ADDED:
                text = _("+ {name}: {now}")
            case FactKind.REMOVED:
                text = _("- {name}: {was}")
            case _:
                text = _("* {name}, {field}: {was} → {now}")
        yield sanitize(text.format(**values))


def table(changes: Sequence[FactChange]) -> str:
    """Render the lines, and their number."""
    count = ngettext("{n} difference", "{n} differences", len(changes)).format(n=len(changes))
    return "".join(f"{line}\n" for line in (*lines(changes), count))
