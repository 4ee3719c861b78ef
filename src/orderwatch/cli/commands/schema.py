"""`schema`: the JSON Schemas of what is printed."""

from importlib.resources import files
from typing import Annotated

import typer

from orderwatch.cli.terminal import streams
from orderwatch.errors import UsageError, suggest
from orderwatch.translation import _, mark

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def schema(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="NAME", help=mark("Name of the schema, such as status."), show_default=False
        ),
    ] = None,
) -> None:
    """Print the JSON Schema of an output; without a name, list the names.

    For example:
      orderwatch schema
      orderwatch schema status > status.schema.json
    """
    folder = files("orderwatch") / "schemas"
    names = sorted(
        item.name.removesuffix(".json") for item in folder.iterdir() if item.name.endswith(".json")
    )
    if name is None:
        streams.write_result("".join(f"{item}\n" for item in names))
        return
    if name not in names:
        matches = suggest(name, names) or names
        text = _("unknown schema {name!r}; nearest: {names}")
        raise UsageError(text.format(name=name, names=", ".join(matches)))
    streams.write_document((folder / f"{name}.json").read_text(encoding="utf-8"))
