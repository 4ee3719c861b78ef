"""Render to a terminal of a given width."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.style import Style

from orderwatch.model import (
    CaseFile,
    DeadlineStatus,
    Event,
    Hit,
    Obligation,
    Order,
    Provenance,
    RecordChange,
    Schedule,
    Status,
)
from orderwatch.render import phrases
from orderwatch.render.plain import CheckRow, result_line
from orderwatch.render.terminal.canvas import (
    HEADING,
    SOON,
    STRONG,
    Canvas,
    concat,
    indent,
    natural_widths,
    table,
    text,
)
from orderwatch.translation import _

if TYPE_CHECKING:
    from orderwatch.model.entry import Shortfall

_STYLES = {"ok": Style(), "note": STRONG, "problem": SOON}
_CHECK_WIDTH = 20
_STATE_WIDTH = len("problem")


def _check_table(rows: Sequence[CheckRow]) -> Iterator[RenderableType]:
    heads = [text(_("State"), HEADING), text(_("Check"), HEADING), text(_("Finding"), HEADING)]
    cells = [
        (text(state, _STYLES[state]), text(check), _finding_text(says, advice))
        for check, state, says, advice in rows
    ]
    yield table([heads, *cells], [_STATE_WIDTH, _CHECK_WIDTH, None])
    yield text("")
    yield text(result_line(rows), HEADING)


def _check_list(rows: Sequence[CheckRow]) -> Iterator[RenderableType]:
    for check, state, says, advice in rows:
        yield concat(text(state, _STYLES[state]), text(f"  {check}", HEADING))
        yield indent(_finding_text(says, advice))
    yield text("")
    yield text(result_line(rows), HEADING)


def _finding_text(says: str, advice: str | None) -> RenderableType:
    if advice is None:
        return text(says)
    return Group(text(says), concat(text(_("To do: "), HEADING), text(advice)))


def _shortfall_table(items: "Sequence[Shortfall]", total: int) -> Iterator[RenderableType]:
    yield text(phrases.shortfall_count(len(items), total), HEADING)
    if items:
        heads = [text(name, HEADING) for name in (_("Entry"), _("Date"), _("Lacks"))]
        rows = [
            (text(str(item.seq)), text(phrases.short_day(item.event.on)), text(phrases.lacks(item)))
            for item in items
        ]
        yield table([heads, *rows], [*natural_widths([heads, *rows])[:2], None])


class Screen(Canvas):
    """Renderer for a terminal, with the same methods as the other formats.

    Each method imports the modules of its screen, so that a command loads few.
    """

    def status(
        self,
        view: Provenance,
        statuses: Sequence[Status],
        *,
        overview: bool,
        full: bool = False,
        empty: str | None = None,
    ) -> str:
        """Render obligation statuses, or the overview."""
        if overview:
            from orderwatch.render.terminal import overview as screen

            return self.draw(screen.overview(self, view, statuses))
        from orderwatch.render.terminal import order

        return self.draw(order.statuses(self, view, statuses, full=full, empty=empty))

    def shortfalls(self, items: "Sequence[Shortfall]", total: int) -> str:
        """Render what entries lack of a standard."""
        return self.draw(_shortfall_table(items, total))

    def countdown(self, view: Provenance, statuses: Sequence[Status]) -> str:
        """Render the deadlines to come."""
        from orderwatch.render.terminal import overview

        return self.draw(overview.countdown(self, view, statuses))

    def deadlines(self, view: Provenance, items: Sequence[DeadlineStatus], *, total: int) -> str:
        """Render a list of deadlines, past and to come."""
        from orderwatch.render.terminal import overview

        return self.draw(overview.deadlines(self, view, items, total=total))

    def show(
        self,
        view: Provenance,
        case_file: CaseFile,
        *,
        sources: bool = False,
        limit: int | None = None,
    ) -> str:
        """Render a case file: a case, an order or an obligation."""
        from orderwatch.render.terminal.case_file import show

        return self.draw(show(self, view, case_file, sources=sources, limit=limit))

    def explain(
        self, view: Provenance, schedules: Sequence[Schedule], *, every: bool = True
    ) -> str:
        """Render how each date was computed."""
        from orderwatch.render.terminal.case_file import explain

        return self.draw(explain(self, view, schedules, every=every))

    def changes(
        self, view: Provenance, changes: Sequence[RecordChange], *, since: date, total: int
    ) -> str:
        """Render what register and log have gained or corrected."""
        from orderwatch.render.terminal import changes as screen

        return self.draw(screen.changes(self, view, changes, since=since, total=total))

    def events(self, view: Provenance, events: Sequence[Event], *, total: int = 0) -> str:
        """Render the events of the public record and the log."""
        from orderwatch.render.terminal import lists

        return self.draw(lists.events(self, view, events, total=total))

    def orders(
        self,
        view: Provenance,
        orders: Sequence[Order],
        obligations: Sequence[Obligation],
        *,
        total: int = 0,
    ) -> str:
        """Render the orders of the register as a list."""
        from orderwatch.render.terminal import lists

        return self.draw(lists.orders(self, view, orders, obligations, total=total))

    def find(
        self, view: Provenance, query: str, hits: Sequence[Hit], total: int | None = None
    ) -> str:
        """Render the results of a search, best first."""
        from orderwatch.render.terminal import hits as screen

        del query
        return self.draw(screen.find(self, view, hits, total=total or len(hits)))

    def doctor(self, rows: Sequence[CheckRow]) -> str:
        """Render one row per check of `doctor`; the result line comes last."""
        return self.draw(_check_list(rows) if self.is_narrow else _check_table(rows))
