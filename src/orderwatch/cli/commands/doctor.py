"""`doctor`: check the environment, the data and the delivery of reminders."""

import os

import typer

from orderwatch import __version__, clock
from orderwatch.cli.options import Style, global_options
from orderwatch.cli.terminal import formats, streams
from orderwatch.cli.terminal.formats import Format
from orderwatch.doctor import exit_code, run_checks
from orderwatch.doctor.environment import Terminal
from orderwatch.errors import UsageError
from orderwatch.settings import Settings, load
from orderwatch.translation import _

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def doctor(ctx: typer.Context, style: Style = None) -> None:
    """Check configuration, register, log and mail server; change nothing.

    It also checks Python, time zones, the terminal, folders and cron. It connects to
    the mail server and sends nothing.

    For example:
      orderwatch doctor
      orderwatch doctor --format json
    """
    output_format = formats.resolve_text_format(style, "doctor")
    terminal = Terminal(
        columns=formats.width(),
        colours=formats.use_colour(),
        links=formats.use_links(),
        dumb=formats.is_dumb_terminal(),
    )
    results = list(run_checks(*_load_settings(ctx), terminal, clock.now(), clock.today))
    code = exit_code(results)
    is_json = output_format is Format.JSON
    rows = [
        (
            result.name if is_json else _(result.name),
            result.state.value,
            result.message,
            result.advice,
        )
        for result in results
    ]
    if is_json:
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


def _load_settings(ctx: typer.Context) -> tuple[Settings, UsageError | None]:
    """Load the settings; skip an invalid config file and return its error."""
    options = global_options(ctx)
    try:
        return load(options, os.environ), None
    except UsageError as error:
        # /dev/null is an empty file that always exists.
        return load({**options, "config": os.devnull}, os.environ), error
