"""`check`: one line for a monitor, with the exit codes of its plug-ins."""

from collections.abc import Sequence
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperCommand

from orderwatch.cli.lazy_group import GLOBAL_OPTIONS, usage_text
from orderwatch.cli.options import AsOf, Everything, Ids, settings
from orderwatch.cli.terminal import streams
from orderwatch.errors import DeliveryError, OrderwatchError, UsageError
from orderwatch.log_url import strip_arguments
from orderwatch.monitor import UNKNOWN, Thresholds, check_snapshot, unknown_line
from orderwatch.snapshot import Snapshot
from orderwatch.translation import _, mark

app = typer.Typer(rich_markup_mode=None, add_completion=False)


class PluginCommand(TyperCommand):
    """A command that reports usage errors as plug-in state UNKNOWN."""

    def make_context(self, *args: Any, **options: Any) -> Any:  # noqa: ANN401 - Typer's copy of click has no public type for it
        """Parse the arguments; exit with 3 on an error, since 2 means CRITICAL."""
        try:
            return super().make_context(*args, **options)
        except typer.TyperException as error:
            exit_unknown(usage_text(error))


Warn = Annotated[
    int,
    typer.Option(
        "--warn", metavar="DAYS", help=mark("WARNING from this many days before a deadline.")
    ),
]
Critical = Annotated[
    int,
    typer.Option(
        "--critical", metavar="DAYS", help=mark("CRITICAL from this many days before a deadline.")
    ),
]
Forget = Annotated[
    int,
    typer.Option(
        "--forget", metavar="DAYS", help=mark("WARNING until this many days after a deadline.")
    ),
]
MaxRegisterAge = Annotated[
    int,
    typer.Option(
        "--max-register-age",
        metavar="DAYS",
        help=mark("UNKNOWN if the register is older than this."),
    ),
]
Ack = Annotated[
    list[str] | None,
    typer.Option(
        "--ack", metavar="ID@DATE", help=mark("Raise no alarm for this deadline; repeatable.")
    ),
]


Reminders = Annotated[
    int | None,
    typer.Option(
        "--reminders",
        metavar="DAYS",
        help=mark("WARNING if `remind` has not run for this many days."),
    ),
]


@app.command(cls=PluginCommand)
def check(
    ctx: typer.Context,
    ids: Ids = None,
    everything: Everything = False,
    warn: Warn = 7,
    critical: Critical = 1,
    forget: Forget = 30,
    max_register_age: MaxRegisterAge = 90,
    ack: Ack = None,
    reminders: Reminders = None,
    as_of: AsOf = None,
) -> None:
    """Print one line for a monitor; the exit code says how near a deadline is.

    WARNING and CRITICAL are for deadlines with nothing on record. CRITICAL beats
    WARNING beats UNKNOWN. For a permanent --ack, set `acknowledged` in the
    configuration.

    For example:
      orderwatch check
      orderwatch check 178/2020-01-23/4 --warn 30 --critical 7
    """
    try:
        if critical > warn:
            raise UsageError(_("--critical must not be more days than --warn"))
        limits = Thresholds(
            warn=warn,
            critical=critical,
            forget=forget,
            max_register_age=max_register_age,
            reminders=reminders,
        )
        with Snapshot(settings(ctx), as_of=as_of) as snapshot:
            if not (ids or everything):
                snapshot.follow()
            code, line = check_snapshot(snapshot, ids or (), limits, ack or ())
    except OrderwatchError as error:
        exit_unknown(strip_arguments(str(error), ids or ()))
    raise typer.Exit(print_result(line, code))


def invokes_check(arguments: Sequence[str]) -> bool:
    """Return whether the command line calls `check` or `court check`, even if it is invalid."""
    remaining = iter(arguments)
    for argument in remaining:
        if argument in GLOBAL_OPTIONS:
            next(remaining, None)
        elif not argument.startswith("-"):
            return argument in {"check", "court"}
    return False


def exit_unknown(reason: str) -> NoReturn:
    """Print an UNKNOWN line and exit."""
    raise SystemExit(print_result(unknown_line(reason), UNKNOWN))


def print_result(line: str, code: int) -> int:
    """Print the line; return its exit code, or UNKNOWN if printing fails."""
    try:
        streams.write_result(f"{line}\n")
    except DeliveryError as error:
        streams.print_error(str(error))
        return UNKNOWN
    return code
