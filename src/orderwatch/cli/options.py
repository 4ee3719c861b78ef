"""The options that several commands share, written once."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated

import typer

from orderwatch.cli.completion import complete_ids
from orderwatch.cli.terminal.formats import Format
from orderwatch.errors import UsageError
from orderwatch.settings import Settings


def day(text: str) -> date:
    """Read a date; raise what Typer tells as wrong usage."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(
            f"{text!r} is no date; a date looks like 2024-06-20"
        ) from None


def settings(ctx: typer.Context) -> Settings:
    """Give the settings that the global options led to."""
    found = ctx.find_object(Settings)
    if found is None:
        raise UsageError("the command was called without its settings")
    return found


def nearest(typed: str, names: Iterable[str]) -> str:
    """Name what stands nearest to a wrong name, as the end of an error."""
    from difflib import get_close_matches

    known = {name.casefold(): name for name in names}
    text = typed.strip().casefold()
    near = get_close_matches(text, known, n=3, cutoff=0.5)
    near += [name for name in known if text and text in name and name not in near]
    return "; nearest: " + ", ".join(known[name] for name in near) if near else ""


Ids = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="ID",
        help="Cases, orders, obligations or aliases: 192, rafah, rafah/3.",
        autocompletion=complete_ids,
        show_default=False,
    ),
]
Id = Annotated[
    str,
    typer.Argument(
        metavar="ID",
        help="A case, order, obligation or alias: 192, rafah, 192/2024-05-24/3.",
        autocompletion=complete_ids,
    ),
]
AsOf = Annotated[
    date | None,
    typer.Option(
        "--as-of",
        metavar="DATE",
        parser=day,
        help="See the world at the end of that day; today if left out.",
    ),
]
KnownOn = Annotated[
    date | None,
    typer.Option(
        "--known-on",
        metavar="DATE",
        parser=day,
        help="Use only what the log had recorded by the end of that day.",
    ),
]
NoPager = Annotated[
    bool, typer.Option("--no-pager", help="Do not show a long result page by page.")
]
Style = Annotated[
    Format | None,
    typer.Option(
        "--format",
        help="Default: table on a terminal, plain elsewhere.",
        show_default=False,
    ),
]

BaseUrl = Annotated[
    str | None,
    typer.Option(
        "--base-url", metavar="URL", help="Where the folder will be on the web."
    ),
]
NoLog = Annotated[
    bool, typer.Option("--no-log", help="The public record alone, nothing of the log.")
]
