"""`check`: one line for a monitor, with the exit codes of its plug-ins."""

from collections.abc import Sequence
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperCommand

from orderwatch import status
from orderwatch.cli.options import AsOf, Ids, settings
from orderwatch.cli.terminal import streams
from orderwatch.errors import DeliveryError, OrderwatchError, UsageError
from orderwatch.monitor import UNKNOWN, told
from orderwatch.snapshot import duties, events_of, record, selection

_GLOBAL = ("--orders", "--log", "--config")

app = typer.Typer(rich_markup_mode=None, add_completion=False)


class Plugin(TyperCommand):
    """A command whose wrong usage is told as a monitor expects it."""

    def make_context(self, *args: Any, **options: Any) -> Any:  # noqa: ANN401 - Typer's copy of click has no public type for it
        """Read the arguments; a mistake in them is 3 and not 2, which is CRITICAL."""
        try:
            return super().make_context(*args, **options)
        except typer.TyperException as error:
            unknown(error.format_message())


Warn = Annotated[
    int,
    typer.Option("--warn", metavar="DAYS", min=0, help="WARNING so many days before."),
]
Critical = Annotated[
    int,
    typer.Option("--critical", metavar="DAYS", min=0, help="CRITICAL so many before."),
]


@app.command(cls=Plugin)
def check(
    ctx: typer.Context,
    ids: Ids = None,
    warn: Warn = 7,
    critical: Critical = 1,
    as_of: AsOf = None,
) -> None:
    """Print one line for a monitor; the exit code says how near a deadline is.

    WARNING and CRITICAL come so many days before a deadline with nothing recorded,
    and CRITICAL stays after it.

    For example:
      orderwatch check
      orderwatch check 178/2020-01-23/4 --warn 30 --critical 7
    """
    try:
        if critical > warn:
            raise UsageError("--critical is nearer to the date than --warn: give less")
        known = record(settings(ctx), as_of=as_of)
        wanted = duties(known, selection(known, ids or ()))
        events = events_of(known, wanted)
        day = known.view.as_of
        statuses = [
            status.assess_within(one, events, today=day, days=warn) for one in wanted
        ]
    except OrderwatchError as error:
        unknown(str(error))
    code, line = told(statuses, warn, critical)
    raise typer.Exit(_answer(line, code))


def is_asked(arguments: Sequence[str]) -> bool:
    """Tell whether the command line calls `check`, whatever else is wrong with it."""
    rest = iter(arguments)
    for word in rest:
        if word in _GLOBAL:
            next(rest, None)
        elif not word.startswith("-"):
            return word == "check"
    return False


def unknown(text: str) -> NoReturn:
    """Say on one line why there is no answer; `|` would begin performance data."""
    from orderwatch.render.sanitize import visible

    line = visible("; ".join(text.splitlines())).replace("|", "/")
    raise SystemExit(_answer(f"orderwatch UNKNOWN - {line}", UNKNOWN))


def _answer(line: str, code: int) -> int:
    """Print the one line; a state that nobody could read is unknown."""
    try:
        streams.emit(f"{line}\n")
    except DeliveryError as error:
        streams.complain(str(error))
        return UNKNOWN
    return code
