"""`config` and `schema`: the settings in force, and the shapes of what is printed."""

from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from orderwatch.cli.options import Style, settings
from orderwatch.cli.terminal import formats, streams
from orderwatch.cli.terminal.formats import Format
from orderwatch.errors import UsageError
from orderwatch.fs import files as disk

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def config(ctx: typer.Context, style: Style = None) -> None:
    """Show the settings in force, and where each comes from.

    An option beats the environment, which beats the configuration file.

    For example:
      orderwatch config
      orderwatch --log office.log config --format json
    """
    from orderwatch.render import settings as drawn

    chosen = formats.chosen(style)
    if chosen in {Format.CSV, Format.MARKDOWN}:
        raise UsageError(f"config has no {chosen} output; it has table, plain and json")
    rows = [
        (name, setting.value, setting.source) for name, setting in settings(ctx).items()
    ]
    draw = drawn.json if chosen is Format.JSON else drawn.plain
    streams.emit(draw(rows))
    found = settings(ctx)
    if found.keeps_secrets and disk.open_to_others(
        path := Path(str(found.config.value))
    ):
        streams.advise(
            f"{path}: others on this machine can read it, and it holds what should be "
            "secret: chmod 600 changes that"
        )


@app.command()
def schema(
    name: Annotated[
        str | None,
        typer.Argument(metavar="NAME", help="Such as status.", show_default=False),
    ] = None,
) -> None:
    """Print the JSON Schema of an output; alone, list the names.

    For example:
      orderwatch schema
      orderwatch schema status > status.schema.json
    """
    folder = files("orderwatch") / "schemas"
    known = sorted(
        item.name.removesuffix(".json")
        for item in folder.iterdir()
        if item.name.endswith(".json")
    )
    if name is None:
        streams.emit("".join(f"{item}\n" for item in known))
        return
    if name not in known:
        near = get_close_matches(name, known, n=3) or known
        raise UsageError(
            f"{name or repr(name)}: no schema is called so; nearest: {', '.join(near)}"
        )
    streams.emit((folder / f"{name}.json").read_text(encoding="utf-8"))
