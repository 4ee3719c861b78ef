"""The program to compare with: Typer reads one argument, rich prints one table."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console  # noqa: TID253 - it does nothing without rich
from rich.table import Table  # noqa: TID253 - it does nothing without rich

app = typer.Typer()


@app.command()
def show(
    data: Annotated[Path, typer.Argument(help="Headings and rows, as JSON.")],
) -> None:
    """Print a table."""
    content = json.loads(data.read_text(encoding="utf-8"))
    table = Table(title=content["title"])
    for heading in content["headings"]:
        table.add_column(heading)
    for row in content["rows"]:
        table.add_row(*row)
    Console().print(table)


if __name__ == "__main__":
    app()
