"""The terminal: what each command draws on a screen of a certain width."""

from collections.abc import Sequence
from dataclasses import dataclass

from orderwatch.model import Dossier, Event, Obligation, Order, Schedule, Status, View
from orderwatch.render.terminal import lists, show_screen, status_screen
from orderwatch.render.terminal import overview as terminal_overview
from orderwatch.render.terminal.canvas import Paper


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen(Paper):
    """A screen to draw on: the same functions as the other outputs."""

    def status(self, view: View, statuses: Sequence[Status], *, overview: bool) -> str:
        """Draw where obligations stand."""
        if overview:
            return self.drawn(terminal_overview.overview(self, view, statuses))
        return self.drawn(status_screen.status(self, view, statuses))

    def countdown(self, view: View, statuses: Sequence[Status]) -> str:
        """Draw the deadlines to come."""
        return self.drawn(terminal_overview.countdown(self, view, statuses))

    def show(self, view: View, dossier: Dossier) -> str:
        """Draw all about one case, order or obligation."""
        return self.drawn(show_screen.show(self, view, dossier))

    def explain(self, view: View, schedules: Sequence[Schedule]) -> str:
        """Draw how dates were computed."""
        return self.drawn(lists.explain(self, view, schedules))

    def events(self, view: View, events: Sequence[Event]) -> str:
        """Draw public record and log."""
        return self.drawn(lists.events(self, view, events))

    def orders(
        self, view: View, orders: Sequence[Order], duties: Sequence[Obligation]
    ) -> str:
        """Draw the register as a list; `duties` are the obligations of the orders."""
        return self.drawn(lists.orders(self, view, orders, duties))
