"""Render to a terminal of a given width."""

from collections.abc import Sequence

from orderwatch.model import (
    CaseFile,
    Event,
    Obligation,
    Order,
    Provenance,
    Schedule,
    Status,
)
from orderwatch.render.terminal import details, status_screen
from orderwatch.render.terminal import overview as terminal_overview
from orderwatch.render.terminal.canvas import Canvas


class Screen(Canvas):
    """Renderer for a terminal, with the same methods as the other formats."""

    def status(
        self, view: Provenance, statuses: Sequence[Status], *, overview: bool
    ) -> str:
        """Render obligation statuses, or the overview."""
        if overview:
            return self.draw(terminal_overview.overview(self, view, statuses))
        return self.draw(status_screen.status(self, view, statuses))

    def countdown(self, view: Provenance, statuses: Sequence[Status]) -> str:
        """Render the deadlines to come."""
        return self.draw(terminal_overview.countdown(self, view, statuses))

    def show(self, view: Provenance, dossier: CaseFile) -> str:
        """Render a dossier: a case, an order or an obligation."""
        return self.draw(details.show(self, view, dossier))

    def explain(self, view: Provenance, schedules: Sequence[Schedule]) -> str:
        """Render how each date was computed."""
        return self.draw(details.explain(self, view, schedules))

    def events(self, view: Provenance, events: Sequence[Event]) -> str:
        """Render the events of the public record and the log."""
        return self.draw(details.events(self, view, events))

    def orders(
        self,
        view: Provenance,
        orders: Sequence[Order],
        obligations: Sequence[Obligation],
    ) -> str:
        """Render the orders of the register as a list."""
        return self.draw(terminal_overview.orders(self, view, orders, obligations))
