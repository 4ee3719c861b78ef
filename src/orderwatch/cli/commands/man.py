"""`man`: the manual pages, made of what the helps say."""

import os
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from orderwatch import clock
from orderwatch.cli.command_docs import CODES, ENVIRONMENT, FILES, MANUAL
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
    from orderwatch.render.sanitize import visible

    streams.expect_name(folder)
    into = Path(folder)
    day = str(_day(os.environ.get("SOURCE_DATE_EPOCH")))
    try:
        into.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise UsageError(f"{folder}: cannot be made: {why}") from error
    found = list(pages(ctx.find_root()))
    for page in found:
        text = roff.text(page, version=f"orderwatch {__version__}", day=day)
        streams.write(into / f"{page.name}.1", [text.encode()])
    first = visible(str(into / f"{found[0].name}.1"))
    streams.report(
        f"{len(found)} pages are in {visible(folder)}; "
        f"`man -l {first}` shows the first\n",
        f"{len(found)} pages are written",
    )


def pages(root: Any) -> "Iterator[Page]":  # noqa: ANN401 - a context of Typer's
    """Describe every command, the program first."""
    program = root.command
    names = program.list_commands(root)
    every = ("orderwatch", *(f"orderwatch {name}" for name in names))
    yield _page(
        root,
        "orderwatch",
        commands=tuple(program.rows(root, names)),
        exits=tuple(CODES.items()),
        environment=tuple(ENVIRONMENT.items()),
        files=tuple(FILES.items()),
        also=every[1:],
    )
    for name in names:
        yield from _branch(root, program.get_command(root, name), name, every)


def _branch(
    parent: Any,  # noqa: ANN401 - as above
    command: Any,  # noqa: ANN401 - as above
    words: str,
    also: tuple[str, ...],
) -> "Iterator[Page]":
    """Describe a command, and those that it has."""
    ctx = type(parent)(command, info_name=words.rpartition(" ")[2], parent=parent)
    manual, name = MANUAL[words], f"orderwatch {words}"
    inner = command.list_commands(ctx) if hasattr(command, "commands") else []
    within = tuple(f"{name} {one}" for one in inner)
    yield _page(
        ctx,
        name,
        commands=tuple(command.rows(ctx, inner)) if inner else (),
        touches=manual.files(),
        exits=manual.exits(),
        also=tuple(one for one in (*also, *within) if one != name),
    )
    for one in inner:
        near = ("orderwatch", name, *within)
        yield from _branch(ctx, command.commands[one], f"{words} {one}", near)


def _page(ctx: Any, words: str, **more: Any) -> "Page":  # noqa: ANN401 - as above
    from orderwatch.render.roff import Page

    command = ctx.command
    said, _, examples = str(command.help).partition(_EXAMPLES)
    return Page(
        command=words,
        usage=" ".join(command.collect_usage_pieces(ctx)),
        paragraphs=tuple(" ".join(p.split()) for p in said.split("\n\n") if p.strip()),
        examples=tuple(line.strip() for line in examples.splitlines()),
        arguments=tuple(_records(ctx, "argument")),
        options=tuple(_records(ctx, "option")),
        **more,
    )


def _records(ctx: Any, kind: str) -> "Iterator[Pair]":  # noqa: ANN401 - as above
    for param in ctx.command.get_params(ctx):
        record = param.get_help_record(ctx)
        if record is not None and param.param_type_name == kind:
            yield record


def _day(epoch: str | None) -> date:
    """Give the date of a build that can be repeated, or today's."""
    if not epoch:
        return clock.today()
    try:
        return datetime.fromtimestamp(int(epoch), UTC).date()
    except (ValueError, OverflowError, OSError):
        raise UsageError(
            f"SOURCE_DATE_EPOCH: {epoch!r} is no number of seconds since 1970"
        ) from None
