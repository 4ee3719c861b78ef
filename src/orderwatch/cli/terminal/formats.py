"""Output formats, and what the terminal can show."""

import os
import shutil
import sys
from collections.abc import Sequence
from enum import StrEnum
from typing import Protocol

from orderwatch.errors import UsageError
from orderwatch.model import Dossier, Event, Obligation, Order, Schedule, Status, View


class Format(StrEnum):
    """How a result is written."""

    TABLE = "table"
    PLAIN = "plain"
    JSON = "json"
    CSV = "csv"
    MARKDOWN = "markdown"


class Renderer(Protocol):
    """What every output can draw: values in, text out."""

    def status(self, view: View, statuses: Sequence[Status], *, overview: bool) -> str:
        """Draw where obligations stand."""

    def countdown(self, view: View, statuses: Sequence[Status]) -> str:
        """Draw the deadlines to come."""

    def show(self, view: View, dossier: Dossier) -> str:
        """Draw all about one case, order or obligation."""

    def explain(self, view: View, schedules: Sequence[Schedule]) -> str:
        """Draw how dates were computed."""

    def events(self, view: View, events: Sequence[Event]) -> str:
        """Draw public record and log."""

    def orders(
        self, view: View, orders: Sequence[Order], duties: Sequence[Obligation]
    ) -> str:
        """Draw the register as a list; `duties` are the obligations of the orders."""


def renderer(asked: Format | None) -> Renderer:
    """Give what draws in the format asked for, imported only now."""
    match chosen(asked):
        case Format.TABLE:
            from orderwatch.render.terminal import Screen

            return Screen(width=width(), colour=colours(), links=links())
        case Format.PLAIN:
            from orderwatch.render import plain

            return plain
        case Format.JSON:
            from orderwatch.render import json

            return json
        case Format.CSV:
            from orderwatch.render import csv

            return csv
        case Format.MARKDOWN:
            from orderwatch.render import markdown

            return markdown


def chosen(asked: Format | None) -> Format:
    """Take the format asked for; else a table for a terminal, and plain text."""
    if asked is not None:
        return asked
    usual = os.environ.get("ORDERWATCH_FORMAT") or Format.TABLE
    if usual not in {Format.TABLE, Format.PLAIN}:
        raise UsageError(f"ORDERWATCH_FORMAT is {usual!r}: should be table or plain")
    return Format(usual) if sys.stdout.isatty() else Format.PLAIN


def width() -> int:
    """Give the width to draw for, in columns: `COLUMNS`, the terminal's, or 100."""
    return max(20, shutil.get_terminal_size((100, 24)).columns)


def colours() -> bool:
    """Tell whether to draw with colour."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return sys.stdout.isatty() and not dumb()


def dumb() -> bool:
    """Tell whether the terminal can do nothing but print."""
    return os.environ.get("TERM") in {"dumb", "unknown"}


def links() -> bool:
    """Tell whether addresses may be written as links that a terminal opens."""
    return sys.stdout.isatty() and not dumb()
