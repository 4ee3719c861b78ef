"""Options of the commands that write to the log."""

from pathlib import Path
from typing import Annotated

import typer

from orderwatch.cli.options import complete_ids
from orderwatch.cli.terminal.formats import Format
from orderwatch.model import EventKind, Role

Entry = Annotated[
    str,
    typer.Argument(metavar="ENTRY", help="Its number, or the beginning of its id."),
]
About = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="ID",
        help="What it is about: obligations, orders, cases, aliases.",
        autocompletion=complete_ids,
        show_default=False,
    ),
]
Kind = Annotated[
    str | None,
    typer.Option(
        "--kind",
        metavar="KIND",
        autocompletion=lambda: list(EventKind),
        help=f"One of {', '.join(EventKind)}.",
    ),
]
On = Annotated[
    str | None, typer.Option("--on", metavar="DATE", help="The day it happened.")
]
Speaker = Annotated[
    str | None, typer.Option("--speaker", metavar="NAME", help="Who says so.")
]
OfRole = Annotated[
    str | None,
    typer.Option(
        "--role",
        metavar="ROLE",
        autocompletion=lambda: list(Role),
        help=f"One of {', '.join(Role)}.",
    ),
]
By = Annotated[
    list[str] | None,
    typer.Option("--by", metavar="NAME", help="Who did it, if not the speaker."),
]
Source = Annotated[
    str | None,
    typer.Option("--source", metavar="URL", help="The address where it is written."),
]
Further = Annotated[
    list[str] | None,
    typer.Option("--further", metavar="URL", help="One more source."),
]
Archive = Annotated[
    str | None,
    typer.Option("--archive", metavar="URL", help="An archived copy of the source."),
]
Summary = Annotated[
    str | None,
    typer.Option("--summary", metavar="TEXT", help="What happened, in your words."),
]
Finding = Annotated[
    str | None,
    typer.Option("--finding", metavar="TEXT", help="What an assessment found."),
]
Scale = Annotated[
    str | None, typer.Option("--scale", metavar="NAME", help="The scale it uses.")
]
ExtendsTo = Annotated[
    str | None,
    typer.Option("--extends-to", metavar="DATE", help="A deadline's new date."),
]
Trigger = Annotated[
    str | None,
    typer.Option("--trigger", metavar="TEXT", help="The trigger that happened."),
]
Ends = Annotated[bool, typer.Option("--ends", help="What it is about ended with this.")]
Private = Annotated[bool, typer.Option("--private", help="Never to be published.")]
Attach = Annotated[
    list[Path] | None,
    typer.Option("--attach", metavar="FILE", help="Keep a file as evidence."),
]
FromFile = Annotated[
    str | None,
    typer.Option(
        "--file", metavar="FILE|-", help="The event as JSON; - is standard input."
    ),
]
Why = Annotated[
    str, typer.Option("--why", metavar="TEXT", help="The reason; it is kept.")
]
Style = Annotated[
    Format | None,
    typer.Option("--format", help="json for a program.", show_default=False),
]
