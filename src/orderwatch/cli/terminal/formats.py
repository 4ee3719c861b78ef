"""Output formats, and what the terminal can show."""

import os
import shutil
import sys
from enum import StrEnum
from types import ModuleType
from typing import TYPE_CHECKING

from orderwatch.errors import UsageError

if TYPE_CHECKING:
    from orderwatch.render.layout import Renderer


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


def renderer(option: Format | None) -> "Renderer":
    """Return the renderer of a format; import it late."""
    match resolve_format(option):
        case Format.TABLE:
            from orderwatch.render.terminal import Screen

            return Screen(width=width(), colour=use_colour(), links=use_links())
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
        raise UsageError(f"ORDERWATCH_FORMAT is {default!r}: should be table or plain")
    return Format(default) if sys.stdout.isatty() else Format.PLAIN


def resolve_text_format(option: Format | None, command: str) -> Format:
    """Return the format of a command that has no CSV and no Markdown."""
    output_format = resolve_format(option)
    if output_format in {Format.CSV, Format.MARKDOWN}:
        raise UsageError(f"{command} has no {output_format} output; it has table, plain and json")
    return output_format


def for_excel(option: Format | None, *, excel: bool) -> Format | None:
    """Return the format of the options; `--excel` implies CSV."""
    if excel and option not in {None, Format.CSV}:
        raise UsageError("--excel is for --format csv; leave one of the two out")
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
