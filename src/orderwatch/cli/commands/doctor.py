"""`doctor`: what is where, what works, what does not, and what to do."""

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
from orderwatch.settings import Settings, load
from orderwatch.version import __version__

app = typer.Typer(rich_markup_mode=None, add_completion=False)

_WORST = (4, 3, 2, 5)
"""The exit codes of problems, the worst first: the log cannot be had again."""


@app.command()
def doctor(ctx: typer.Context, style: Style = None) -> None:
    """Look at what orderwatch needs, and say what to do; change nothing.

    Python, time, terminal, configuration, folders, register, log, mail server, cron.
    The mail server is greeted and left, and nothing is sent.

    For example:
      orderwatch doctor
      orderwatch doctor --format json
    """
    chosen = formats.chosen(style)
    if chosen in {Format.CSV, Format.MARKDOWN}:
        raise UsageError(f"doctor has no {chosen} output; it has table, plain and json")
    from orderwatch.render import doctor as drawn

    found = list(_findings(*_settled(ctx)))
    rows = [(one.check, one.state.value, one.says, one.advice) for one in found]
    code = worst(found)
    if chosen is Format.JSON:
        streams.emit(drawn.json(rows, version=__version__, code=code))
    elif chosen is Format.PLAIN:
        streams.emit(drawn.plain(rows))
    else:
        streams.emit(drawn.table(rows, width=formats.width(), colour=formats.colours()))
    raise typer.Exit(code)


def worst(found: Iterable[Finding]) -> int:
    """Choose the exit code of the worst problem; 0 if there is none."""
    codes = {one.code for one in found}
    return next((code for code in _WORST if code in codes), 0)


def _settled(ctx: typer.Context) -> tuple[Settings, UsageError | None]:
    """Settle the settings; without the configuration file, if it is broken."""
    options = given(ctx)
    try:
        return load(options, os.environ), None
    except UsageError as error:
        # The null device is an empty file that is always there.
        return load({**options, "config": os.devnull}, os.environ), error


def _findings(chosen: Settings, broken: UsageError | None) -> Iterator[Finding]:
    """Look at one thing after another, those that others stand on first."""
    now = clock.now()
    register = data.read_register(chosen)
    known = None if isinstance(register, OrderwatchError) else register.reviewed
    yield environment.program()
    yield environment.python()
    yield environment.zone(clock.today())
    yield environment.clock(now, known)
    yield from environment.terminal()
    yield data.configuration(chosen, broken)
    yield from data.folders(chosen)
    yield data.the_register(chosen, register, clock.today())
    yield from data.the_log(chosen, now)
    yield from environment.extras(chosen)
    yield delivery.mail(chosen)
    yield from delivery.scheduled(chosen)
