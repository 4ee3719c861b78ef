"""`doctor`: check the environment, the data and the delivery of reminders."""

import os
from collections.abc import Iterable, Iterator

import typer

from orderwatch import clock
from orderwatch.cli.completion import given
from orderwatch.cli.options import Style
from orderwatch.cli.terminal import formats, streams
from orderwatch.cli.terminal.formats import Format
from orderwatch.doctor import data, delivery, environment
from orderwatch.doctor.result import Finding
from orderwatch.errors import OrderwatchError, UsageError
from orderwatch.settings.load import load
from orderwatch.settings.types import Settings
from orderwatch.version import __version__

app = typer.Typer(rich_markup_mode=None, add_completion=False)

_WORST = (4, 3, 2, 5)
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
    output_format = formats.chosen(style)
    if output_format in {Format.CSV, Format.MARKDOWN}:
        raise UsageError(
            f"doctor has no {output_format} output; it has table, plain and json"
        )
    from orderwatch.render import doctor as renderer

    results = list(_findings(*_settled(ctx)))
    rows = [
        (result.check, result.state.value, result.says, result.advice)
        for result in results
    ]
    code = worst(results)
    if output_format is Format.JSON:
        streams.emit(renderer.json(rows, version=__version__, code=code))
    elif output_format is Format.PLAIN:
        streams.emit(renderer.plain(rows))
    else:
        streams.emit(
            renderer.table(rows, width=formats.width(), colour=formats.colours())
        )
    raise typer.Exit(code)


def worst(results: Iterable[Finding]) -> int:
    """Return the exit code of the worst problem, or 0 without one."""
    codes = {result.code for result in results}
    return next((code for code in _WORST if code in codes), 0)


def _settled(ctx: typer.Context) -> tuple[Settings, UsageError | None]:
    """Load the settings; skip an invalid config file and return its error."""
    options = given(ctx)
    try:
        return load(options, os.environ), None
    except UsageError as error:
        # /dev/null is an empty file that always exists.
        return load({**options, "config": os.devnull}, os.environ), error


def _findings(settings: Settings, error: UsageError | None) -> Iterator[Finding]:
    """Run the checks in order of dependency."""
    now = clock.now()
    register = data.read_register(settings)
    reviewed = None if isinstance(register, OrderwatchError) else register.reviewed
    yield environment.program()
    yield environment.python()
    yield environment.zone(clock.today())
    yield environment.clock(now, reviewed)
    yield from environment.terminal(
        environment.Terminal(
            columns=formats.width(),
            colours=formats.colours(),
            links=formats.links(),
            dumb=formats.dumb(),
        )
    )
    yield data.configuration(settings, error)
    yield from data.folders(settings)
    yield data.the_register(settings, register, clock.today())
    yield from data.the_log(settings, now)
    yield from environment.extras(settings)
    yield delivery.mail(settings)
    yield from delivery.scheduled(settings)
