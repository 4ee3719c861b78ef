"""`court check`: find orders on the Court's list that the register lacks."""

from typing import Annotated

import typer

from orderwatch import clock, court
from orderwatch.cli.commands.check import exit_unknown, print_result
from orderwatch.cli.options import settings
from orderwatch.cli.terminal import streams
from orderwatch.errors import OrderwatchError, UsageError
from orderwatch.monitor import CRITICAL, OK, WARNING, state_line
from orderwatch.register.court_list import SIZE_MAX
from orderwatch.snapshot import Snapshot, expand_home
from orderwatch.translation import _, mark

File = Annotated[
    str | None,
    typer.Argument(
        metavar="FILE|-",
        help=mark(
            "A saved page of the list, or a press-release mail; without it, the page is fetched."
        ),
        show_default=False,
    ),
]
Draft = Annotated[
    str | None,
    typer.Option(
        "--draft",
        "-o",
        metavar="FILE",
        help=mark("Write a copy of the register with the new orders, to be coded."),
        show_default=False,
    ),
]


def check(ctx: typer.Context, file: File = None, draft: Draft = None) -> None:
    """Find orders on provisional measures on the Court's list that the register lacks.

    Without FILE, it sends one request to www.icj-cij.org; no other command does. It never
    changes the register. It remembers how many decisions the list had, and reports a list
    that has fewer.

    For example:
      orderwatch court check
      orderwatch court check decisions.html
      orderwatch court check - --draft new-orders.toml
    """
    try:
        if draft is not None:
            streams.require_file_name(draft)
        today = clock.today(court.TIME_ZONE)
        data = None if file is None else _read(file)
        with Snapshot(settings(ctx)) as snapshot:
            try:
                court.require_court(snapshot.register)
            except UsageError as error:
                raise SystemExit(
                    print_result(state_line(CRITICAL, str(error)), CRITICAL)
                ) from error
            streams.print_notes(snapshot.notes)
            report = court.examine(snapshot, data, today)
            if draft is not None:
                path = expand_home(draft)
                streams.print_message(court.write_draft(snapshot, path, report.new, today))
    except OrderwatchError as error:
        exit_unknown(str(error))
    streams.print_message(report.note)
    code = WARNING if report.new else OK
    raise typer.Exit(print_result(state_line(code, str(report)), code))


def _read(name: str) -> bytes:
    with streams.open_input(name) as file:
        try:
            return file.read(SIZE_MAX + 1)
        except OSError as error:
            text = _("{name}: cannot be read: {reason}")
            raise UsageError(text.format(name=name, reason=error.strerror)) from error
