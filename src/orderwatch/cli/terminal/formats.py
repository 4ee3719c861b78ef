"""Output formats, and what the terminal can show."""

import os
import shutil
import sys
from collections.abc import Sequence
from enum import StrEnum
from types import ModuleType
from typing import TYPE_CHECKING, TypeVar, cast

from orderwatch.errors import UsageError
from orderwatch.translation import ENGLISH, _, language

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from orderwatch.render.layout import Renderer


_T = TypeVar("_T")


class Format(StrEnum):
    """Output format of a result."""

    TABLE = "table"
    PLAIN = "plain"
    JSON = "json"
    CSV = "csv"
    MARKDOWN = "markdown"

    @property
    def is_document(self) -> bool:
        """Return whether it is for programs, and thus UTF-8 whatever the locale says."""
        return self not in {Format.TABLE, Format.PLAIN}

    @property
    def is_data(self) -> bool:
        """Return whether it holds data in a fixed order, not text for readers."""
        return self in {Format.JSON, Format.CSV}


def renderer(option: Format | None) -> "Renderer":
    """Return the renderer of a format; import it late."""
    match resolve_format(option):
        case Format.TABLE:
            from orderwatch.render.terminal import Screen

            return _named(Screen(width=width(), colour=use_colour(), links=use_links()))
        case Format.PLAIN:
            from orderwatch.render import plain

            return _named(plain)
        case Format.JSON:
            from orderwatch.render import json

            return json
        case Format.CSV:
            from orderwatch.render import csv

            return csv
        case Format.MARKDOWN:
            from orderwatch.render import markdown

            return _named(markdown)


def _named(renderer: "Renderer") -> "Renderer":
    """Return a renderer that has the names of the active language."""
    if language() == ENGLISH:
        return renderer
    from orderwatch.render.names import Localized

    return cast("Renderer", Localized(renderer))


def chunks(option: Format | None, name: str) -> "Callable[..., Iterable[str]] | None":
    """Return what renders `events` or `show` in parts; `None` for a terminal."""
    if sys.stdout.isatty():
        return None
    return getattr(renderer(option), name, None)


def json_or_plain(option: Format | None) -> ModuleType:
    """Return the renderer of results that have no other format."""
    from orderwatch.render import json, plain

    return json if option is Format.JSON else plain


def resolve_format(option: Format | None) -> Format:
    """Return the format of the option; default: table on a terminal, else plain."""
    if option is not None:
        return option
    default = os.environ.get("ORDERWATCH_FORMAT") or Format.TABLE
    if default not in {Format.TABLE, Format.PLAIN}:
        text = _("ORDERWATCH_FORMAT should be table or plain, not {value!r}")
        raise UsageError(text.format(value=default))
    return Format(default) if sys.stdout.isatty() else Format.PLAIN


def resolve_text_format(option: Format | None, command: str) -> Format:
    """Return the format of a command that has no CSV and no Markdown."""
    output_format = resolve_format(option)
    if output_format in {Format.CSV, Format.MARKDOWN}:
        text = _("{command} has no {format} output; it has table, plain and json")
        raise UsageError(text.format(command=command, format=output_format))
    return output_format


_LIST_LIMIT = 20
"""Items of a list that a terminal shows at once."""


def list_limit(option: Format | None, limit: int | None) -> int | None:
    """Return the limit of a list: that of `-n`, or else 20 on a terminal."""
    if limit is not None or resolve_format(option).is_document or not sys.stdout.isatty():
        return limit
    return _LIST_LIMIT


def list_page(
    option: Format | None, items: Sequence[_T], limit: int | None, *, oldest_first: bool
) -> tuple[Sequence[_T], list[str]]:
    """Return the items of a list to show, which has the oldest first, and notes.

    Data has the oldest first, text for readers the newest. The table counts the items in
    its foot; for other formats a note does.
    """
    from orderwatch.render.layout import select_page

    output_format = resolve_format(option)
    shown = select_page(
        items,
        list_limit(option, limit),
        oldest_first=oldest_first,
        ascending=output_format.is_data,
    )
    if len(shown) == len(items) or output_format is Format.TABLE:
        return shown, []
    return shown, [_("showing {n} of {total}").format(n=len(shown), total=len(items))]


def for_excel(option: Format | None, *, excel: bool) -> Format | None:
    """Return the format of the options; `--excel` implies CSV."""
    if excel and option not in {None, Format.CSV}:
        raise UsageError(_("--excel goes with --format csv only"))
    return Format.CSV if excel else option


def width() -> int:
    """Return the columns to draw in: `COLUMNS`, those of the terminal, or 100."""
    return max(20, shutil.get_terminal_size((100, 24)).columns)


def use_colour() -> bool:
    """Return whether to draw with colour."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return sys.stdout.isatty() and not is_dumb_terminal()


def is_dumb_terminal() -> bool:
    """Return whether the terminal cannot interpret escape sequences."""
    return os.environ.get("TERM") in {"dumb", "unknown"}


def use_links() -> bool:
    """Return whether to write URLs as terminal hyperlinks."""
    return sys.stdout.isatty() and not is_dumb_terminal()
