"""`man`: the manual pages, generated from the help texts."""

import os
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from orderwatch import clock
from orderwatch.cli.command_docs import COMMAND_DOCS, ENVIRONMENT, EXIT_CODES, FILES
from orderwatch.cli.terminal import streams
from orderwatch.errors import UsageError
from orderwatch.version import __version__

if TYPE_CHECKING:
    from orderwatch.render.roff import Page, Pair

app = typer.Typer(rich_markup_mode=None, add_completion=False)

_EXAMPLES = "\b\nFor example:\n"

Folder = Annotated[
    str, typer.Argument(metavar="DIR", help="Where to; it is made if need be.")
]


@app.command()
def man(ctx: typer.Context, folder: Folder) -> None:
    """Write the manual pages into a folder, one for each command.

    `man` finds those in the folder man1 of a place that it knows. The date on them is
    that of SOURCE_DATE_EPOCH, or today.

    For example:
      orderwatch man ~/.local/share/man/man1
      orderwatch man build/man1
    """
    from orderwatch.render import roff
    from orderwatch.render.sanitize import sanitize

    streams.require_file_name(folder)
    target = Path(folder)
    day = str(_build_date(os.environ.get("SOURCE_DATE_EPOCH")))
    try:
        target.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UsageError(f"{folder}: cannot be made: {reason}") from error
    page_list = list(pages(ctx.find_root()))
    for page in page_list:
        text = roff.text(page, version=f"orderwatch {__version__}", day=day)
        streams.write_file(target / f"{page.name}.1", [text.encode()])
    first = sanitize(str(target / f"{page_list[0].name}.1"))
    streams.write_outcome(
        f"{len(page_list)} pages are in {sanitize(folder)}; "
        f"`man -l {first}` shows the first\n",
        f"{len(page_list)} pages are written",
    )


def pages(root: Any) -> "Iterator[Page]":  # noqa: ANN401 - a context of Typer's
    """Yield the manual page of each command, the page of the program first."""
    program = root.command
    names = program.list_commands(root)
    commands = ("orderwatch", *(f"orderwatch {name}" for name in names))
    yield _build_page(
        root,
        "orderwatch",
        commands=tuple(program.help_rows(root, names)),
        exits=tuple(EXIT_CODES.items()),
        environment=tuple(ENVIRONMENT.items()),
        files=tuple(FILES.items()),
        also=commands[1:],
    )
    for name in names:
        yield from _command_pages(root, program.get_command(root, name), name, commands)


def _command_pages(
    parent: Any,  # noqa: ANN401 - as above
    command: Any,  # noqa: ANN401 - as above
    path: str,
    see_also: tuple[str, ...],
) -> "Iterator[Page]":
    """Yield the page of a command, then the pages of its subcommands."""
    ctx = type(parent)(command, info_name=path.rpartition(" ")[2], parent=parent)
    doc, name = COMMAND_DOCS[path], f"orderwatch {path}"
    subcommands = command.list_commands(ctx) if hasattr(command, "commands") else []
    full_names = tuple(f"{name} {command_name}" for command_name in subcommands)
    yield _build_page(
        ctx,
        name,
        commands=tuple(command.help_rows(ctx, subcommands)) if subcommands else (),
        touches=doc.io_text(),
        exits=doc.exit_codes(),
        also=tuple(
            command_name
            for command_name in (*see_also, *full_names)
            if command_name != name
        ),
    )
    for command_name in subcommands:
        related = ("orderwatch", name, *full_names)
        yield from _command_pages(
            ctx, command.commands[command_name], f"{path} {command_name}", related
        )


def _build_page(ctx: Any, full_name: str, **sections: Any) -> "Page":  # noqa: ANN401 - as above
    from orderwatch.render.roff import Page

    command = ctx.command
    description, _, examples = str(command.help).partition(_EXAMPLES)
    return Page(
        command=full_name,
        usage=" ".join(command.collect_usage_pieces(ctx)),
        paragraphs=tuple(
            " ".join(paragraph.split())
            for paragraph in description.split("\n\n")
            if paragraph.strip()
        ),
        examples=tuple(line.strip() for line in examples.splitlines()),
        arguments=tuple(_help_rows(ctx, "argument")),
        options=tuple(_help_rows(ctx, "option")),
        **sections,
    )


def _help_rows(ctx: Any, kind: str) -> "Iterator[Pair]":  # noqa: ANN401 - as above
    for param in ctx.command.get_params(ctx):
        row = param.get_help_record(ctx)
        if row is not None and param.param_type_name == kind:
            yield row


def _build_date(epoch: str | None) -> date:
    """Return the date of a reproducible build, or today."""
    if not epoch:
        return clock.today("UTC")
    try:
        return datetime.fromtimestamp(int(epoch), UTC).date()
    except (ValueError, OverflowError, OSError):
        raise UsageError(
            f"SOURCE_DATE_EPOCH: {epoch!r} is no number of seconds since 1970"
        ) from None
