"""`doctor`: check the environment, the data and the delivery of reminders."""

import os
from collections.abc import Iterable, Iterator

import typer

from orderwatch import __version__, clock
from orderwatch.cli.options import Style, global_options
from orderwatch.cli.terminal import formats, streams
from orderwatch.cli.terminal.formats import Format
from orderwatch.doctor import CheckResult, data, delivery, environment
from orderwatch.errors import OrderwatchError, UsageError
from orderwatch.settings import Settings, load

app = typer.Typer(rich_markup_mode=None, add_completion=False)

_CODES_BY_SEVERITY = (4, 3, 2, 5)
"""Exit codes of problems, the worst first: a lost log cannot be replaced."""


@app.command()
def doctor(ctx: typer.Context, style: Style = None) -> None:
    """Look at what orderwatch needs, and say what to do; change nothing.

    Python, time, terminal, configuration, folders, register, log, mail server, cron.
    The mail server is greeted and left, and nothing is sent.

    For example:
      orderwatch doctor
      orderwatch doctor --format json
    """
    output_format = formats.resolve_format(style)
    if output_format in {Format.CSV, Format.MARKDOWN}:
        raise UsageError(f"doctor has no {output_format} output; it has table, plain and json")
    results = list(_run_checks(*_load_settings(ctx)))
    rows = [(result.name, result.state.value, result.message, result.advice) for result in results]
    code = exit_code(results)
    if output_format is Format.JSON:
        from orderwatch.render import json

        streams.write_document(json.doctor(rows, version=__version__, code=code))
    elif output_format is Format.PLAIN:
        from orderwatch.render import plain

        streams.write_result(plain.doctor(rows))
    else:
        from orderwatch.render.terminal import Screen

        screen = Screen(width=formats.width(), colour=formats.use_colour())
        streams.write_result(screen.doctor(rows))
    raise typer.Exit(code)


def exit_code(results: Iterable[CheckResult]) -> int:
    """Return the exit code of the worst problem, or 0 without one."""
    codes = {result.code for result in results}
    return next((code for code in _CODES_BY_SEVERITY if code in codes), 0)


def _load_settings(ctx: typer.Context) -> tuple[Settings, UsageError | None]:
    """Load the settings; skip an invalid config file and return its error."""
    options = global_options(ctx)
    try:
        return load(options, os.environ), None
    except UsageError as error:
        # /dev/null is an empty file that always exists.
        return load({**options, "config": os.devnull}, os.environ), error


def _run_checks(settings: Settings, error: UsageError | None) -> Iterator[CheckResult]:
    """Run the checks in order of dependency."""
    now = clock.now()
    register = data.read_register(settings)
    reviewed = None if isinstance(register, OrderwatchError) else register.reviewed
    yield environment.check_program()
    yield environment.check_python()
    zones = ("UTC",) if isinstance(register, OrderwatchError) else register.time_zones
    days = {zone: clock.today(zone) for zone in zones}
    for zone, day in days.items():
        yield environment.check_time_zone(zone, day)
    yield environment.check_clock(now, reviewed)
    yield from environment.check_terminal(
        environment.Terminal(
            columns=formats.width(),
            colours=formats.use_colour(),
            links=formats.use_links(),
            dumb=formats.is_dumb_terminal(),
        )
    )
    yield data.check_config(settings, error)
    yield from data.check_folders(settings)
    yield data.check_register(settings, register, max(days.values()))
    yield from data.check_log(settings, now)
    yield from environment.check_extras(settings)
    yield delivery.check_mail(settings)
    yield from delivery.check_schedulers(settings)
