"""Every output of the reading commands, to hold one law against all of them."""

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType

from orderwatch.model import ChangeKind, DeadlineStatus, RecordChange
from orderwatch.render import csv, json, markdown, plain
from orderwatch.render.layout import Renderer
from orderwatch.render.terminal import Screen
from tests.support.render_examples import Example

RENDERERS: Mapping[str, Renderer] = MappingProxyType(
    {
        "plain": plain,
        "json": json,
        "csv": csv,
        "markdown": markdown,
        "narrow": Screen(width=60),
        "table": Screen(width=100),
        "bright": Screen(width=200, colour=True, links=True),
    }
)
COMMANDS = (
    *("overview", "status", "countdown", "deadlines", "show", "explain", "events"),
    *("changes", "orders"),
)


def dates(given: Example) -> list[DeadlineStatus]:
    """List every date of the example."""
    return [item for status in given.statuses for item in status.deadlines]


def record_changes(given: Example) -> list[RecordChange]:
    """Take each event of the example for a change."""
    return [
        RecordChange(
            day=event.on,
            origin=event.origin,
            kind=ChangeKind.CORRECTED,
            ids=event.about,
            what=event.summary,
            was=event.summary,
            why=event.finding,
            moved_to=event.extends_to,
            entry=event.seq,
            recorder=event.speaker,
        )
        for event in given.events
    ]


def drawn(renderer: Renderer, command: str, given: Example) -> str:
    """Draw what a command draws."""
    draw: Mapping[str, Callable[[], str]] = {
        "overview": lambda: renderer.status(given.view, given.statuses, overview=True),
        "status": lambda: renderer.status(given.view, given.statuses, overview=False),
        "countdown": lambda: renderer.countdown(given.view, given.statuses),
        "deadlines": lambda: renderer.deadlines(given.view, dates(given), total=99),
        "show": lambda: renderer.show(given.view, given.case_file),
        "explain": lambda: renderer.explain(given.view, given.schedules),
        "events": lambda: renderer.events(given.view, given.events),
        "changes": lambda: renderer.changes(
            given.view, record_changes(given), since=date(2024, 1, 1), total=99
        ),
        "orders": lambda: renderer.orders(given.view, given.orders, given.duties),
    }
    return draw[command]()
