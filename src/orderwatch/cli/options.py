"""The options that several commands share, written once."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, TypeVar

import typer

from orderwatch import lookup
from orderwatch.cli.terminal.formats import Format
from orderwatch.errors import OrderwatchError, UsageError
from orderwatch.model import Kind
from orderwatch.settings import Settings
from orderwatch.translation import _, languages, mark

_T = TypeVar("_T")


def parse_date(text: str, ctx: typer.Context) -> date:
    """Parse a date as people type it; raise `typer.BadParameter` if it is invalid."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        from orderwatch.snapshot import Snapshot, parse_day
    try:
        # The register decides what today is.
        day = parse_day(text, Snapshot(load_settings(ctx)).register)
    except UsageError as error:
        raise typer.BadParameter(str(error)) from None
    assert day is not None  # noqa: S101 - for the type checker: text is a date
    return day


def settings(ctx: typer.Context) -> Settings:
    """Return the settings resolved from the global options."""
    result = ctx.find_object(Settings)
    if result is None:
        raise UsageError(_("the command was called without its settings"))
    return result


def limited(
    items: tuple[_T, ...], limit: int | None, notes: list[str], *, newest: bool = False
) -> tuple[_T, ...]:
    """Return the first items of a list, or the newest, its last; note how many there are."""
    if limit is None or len(items) <= limit:
        return items
    notes.append(_("showing {n} of {total}").format(n=limit, total=len(items)))
    return items[-limit:] if newest else items[:limit]


def require_range(since: date | None, until: date | None) -> None:
    """Raise `UsageError` for dates that no day is between."""
    if since and until and since > until:
        text = _("--since {since} is after --until {until}")
        raise UsageError(text.format(since=since, until=until))


def parse_languages(text: str | None) -> tuple[str, ...]:
    """Parse codes of languages with commas; raise `UsageError` for one that has no catalogue."""
    codes = tuple(dict.fromkeys(code.strip() for code in text.split(","))) if text else ()
    for code in codes:
        if code not in languages():
            message = _("--lang: {code!r} is not a language; choose from {choices}")
            raise UsageError(message.format(code=code[:40], choices=", ".join(languages())))
    return codes


def complete_ids(ctx: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """Return ids and aliases that complete a prefix, one level at a time."""
    from orderwatch.snapshot import Snapshot

    try:
        completions = lookup.completions(Snapshot(load_settings(ctx)).register, incomplete)
    except OrderwatchError:
        return []
    return [(name, describe_completion(summary)) for name, summary in completions]


def describe_completion(summary: str) -> str:
    """Return the description of an id for a shell."""
    from textwrap import shorten

    from orderwatch.render.sanitize import sanitize

    # Typer wraps long descriptions, and fish takes each line for a name.
    return shorten(sanitize(summary), 60, placeholder="…")


def load_settings(ctx: typer.Context, *, must_exist: bool = True) -> Settings:
    """Load the settings that the global options and the environment say."""
    import os

    from orderwatch.settings import load

    return load(global_options(ctx), os.environ, must_exist=must_exist)


def global_options(ctx: typer.Context) -> dict[str, str | Sequence[str] | None]:
    """Return the values of the global options, to load the settings with."""
    params = ctx.find_root().params
    return {
        "orders": params.get("orders_file"),
        "log": params.get("log_url"),
        "config": params.get("config_file"),
    }


Ids = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="ID",
        help=mark("Cases, orders, obligations, aliases or States: 192, rafah, israel."),
        autocompletion=complete_ids,
        show_default=False,
    ),
]
Id = Annotated[
    str,
    typer.Argument(
        metavar="ID",
        help=mark("A case, order, obligation or alias: 192, rafah, rafah/3."),
        autocompletion=complete_ids,
    ),
]
AsOf = Annotated[
    date | None,
    typer.Option(
        "--as-of",
        metavar="DATE",
        help=mark("Compute everything as of the end of this day. Default: today."),
    ),
]
KnownOn = Annotated[
    date | None,
    typer.Option(
        "--known-on",
        metavar="DATE",
        help=mark("Ignore log entries recorded after this day."),
    ),
]
NoPager = Annotated[bool, typer.Option("--no-pager", help=mark("Do not use a pager."))]
Style = Annotated[
    Format | None,
    typer.Option(
        "--format",
        "-f",
        help=mark(
            "Output format. Default: table on a terminal, else plain. --json is --format json."
        ),
        show_default=False,
    ),
]
Excel = Annotated[
    bool,
    typer.Option(
        "--excel",
        help=mark(
            "Write CSV with a byte order mark, so that Excel shows accents. In all CSV, cells "
            "that a spreadsheet takes for numbers or formulas begin with an apostrophe."
        ),
    ),
]

Limit = Annotated[
    int | None,
    typer.Option(
        "--limit",
        "-n",
        metavar="N",
        help=mark("Print at most N; on a terminal, 20 unless set."),
        show_default=False,
    ),
]
OldestFirst = Annotated[
    bool, typer.Option("--oldest-first", help=mark("Print the oldest first, not the newest."))
]
Party = Annotated[
    str | None,
    typer.Option("--party", metavar="NAME", help=mark("Only obligations on this State.")),
]
AnyRole = Annotated[
    bool,
    typer.Option(
        "--any-role", help=mark("With --party: every case to which the State is a party.")
    ),
]
KindFilter = Annotated[
    Kind | None,
    typer.Option("--kind", metavar="KIND", help=mark("Only obligations of this kind: report, …")),
]
InForce = Annotated[
    bool, typer.Option("--in-force", help=mark("Only obligations that are in force."))
]
DueWithin = Annotated[
    int | None,
    typer.Option(
        "--due-within", metavar="DAYS", help=mark("Only deadlines within this number of days.")
    ),
]
Passed = Annotated[bool, typer.Option("--passed", help=mark("Only deadlines that have passed."))]
All = Annotated[
    bool,
    typer.Option(
        "--all",
        help=mark("Also cases that have ended, and what `follow` in the configuration leaves out."),
    ),
]
Everything = Annotated[
    bool,
    typer.Option("--all", help=mark("Also what `follow` in the configuration leaves out.")),
]
Since = Annotated[
    date | None,
    typer.Option("--since", metavar="DATE", help=mark("Only from this date on.")),
]
Until = Annotated[
    date | None,
    typer.Option("--until", metavar="DATE", help=mark("Only up to this date.")),
]

BaseUrl = Annotated[
    str | None,
    typer.Option(
        "--base-url", metavar="URL", help=mark("Address of the published folder, for links.")
    ),
]
NoLog = Annotated[
    bool, typer.Option("--no-log", help=mark("Leave out the log; use the public record only."))
]
