"""Translate the words that Typer puts into helps; English needs nothing of this."""

from collections.abc import Sequence

from typer import core
from typer._click.core import Context
from typer._click.formatting import HelpFormatter

from orderwatch.translation import _, colon, mark

TYPER_TEXTS = (
    *(mark("Arguments"), mark("Options"), mark("Commands"), mark("required")),
    *(mark("default: {default}"), mark("Show this message and exit.")),
    mark("Install completion for the current shell."),
    mark("Show completion for the current shell, to copy it or customize the installation."),
)
"""Texts of Typer that helps contain."""


class TranslatedFormatter(HelpFormatter):
    """Format a help with headings and remarks in the active language."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write the line of the usage."""
        super().write_usage(prog, args, prefix or _("Usage: "))

    def write_heading(self, heading: str) -> None:
        """Write the heading of a section."""
        self.write(f"{'':>{self.current_indent}}{colon(_(heading))}\n")

    def write_dl(
        self, rows: Sequence[tuple[str, str]], col_max: int = 30, col_spacing: int = 2
    ) -> None:
        """Write a list of names with their meanings."""
        translated = [(name, _(about) if about in TYPER_TEXTS else about) for name, about in rows]
        super().write_dl(translated, col_max, col_spacing)


def install() -> None:
    """Have Typer format every help in the active language."""
    core._ = _  # type: ignore[attr-defined] # it has no other way
    Context.formatter_class = TranslatedFormatter
