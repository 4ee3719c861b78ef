"""`check`: one line for a monitor, with the exit codes of its plug-ins."""

from collections.abc import Iterable, Sequence
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperCommand

from orderwatch.cli import ahead
from orderwatch.cli.options import AsOf, Ids, settings
from orderwatch.cli.record import duties, events_of, record, selection
from orderwatch.cli.terminal import streams
from orderwatch.errors import DeliveryError, OrderwatchError, UsageError
from orderwatch.model import DeadlineStatus, Status, Timing

OK, WARNING, CRITICAL, UNKNOWN = range(4)
_WORDS = ("OK", "WARNING", "CRITICAL", "UNKNOWN")
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
        statuses = [ahead.assess(one, events, today=day, days=warn) for one in wanted]
    except OrderwatchError as error:
        unknown(str(error))
    code, line = told(statuses, warn, critical)
    raise typer.Exit(_answer(line, code))


def told(statuses: Iterable[Status], warn: int, critical: int) -> tuple[int, str]:
    """Give the state of what counts now, and the line that says so."""
    found = [item for status in statuses for item in _counting(status)]
    passed = [item for item in found if item.timing is Timing.PASSED]
    coming = [item for item in found if item.timing is not Timing.PASSED]
    near = min((item.days_left for item in coming), default=None)
    if passed or (near is not None and near <= critical):
        code = CRITICAL
    else:
        code = WARNING if near is not None and near <= warn else OK
    soon = [item for item in coming if item.days_left <= warn]
    days = "" if near is None else near
    return code, (
        f"orderwatch {_WORDS[code]} - {_text(passed, soon, near)} | "
        f"days_left={days if days != '' else 'U'};{warn + 1}:;{critical + 1}: "
        f"passed={len(passed)};;0;0 upcoming={len(coming)};;;0"
    )


def _counting(status: Status) -> list[DeadlineStatus]:
    """List what has nothing recorded: all that is to come, and the last that passed.

    Of a series, what passed before the last is history.
    """
    if status.timing is Timing.ENDED:
        return []
    ended = (Timing.ENDED, Timing.PASSED)
    coming = [item for item in status.deadlines if item.timing not in ended]
    passed = [item for item in status.deadlines if item.timing is Timing.PASSED]
    last = max(passed, key=lambda item: item.deadline.due, default=None)
    every = coming if last is None else [last, *coming]
    return [item for item in every if item.submission is None]


def _text(
    passed: Sequence[DeadlineStatus],
    soon: Sequence[DeadlineStatus],
    near: int | None,
) -> str:
    from orderwatch.render.phrases import count, days

    urgent = sorted(soon, key=lambda item: item.days_left)
    urgent += sorted(passed, key=lambda item: -item.days_left)
    if not urgent:
        if near is None:
            return "no deadline to come without a submission on record"
        return f"next deadline in {count(near, 'day')}"
    first = urgent[0]
    more = f", and {len(urgent) - 1} more" if urgent[1:] else ""
    name = first.deadline.obligation.id
    return f"{name}: {days(first)}, nothing recorded{more}"


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
