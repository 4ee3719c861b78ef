"""Append an event: the options that describe it, and what is printed."""

from collections.abc import Callable
from contextlib import suppress
from inspect import Parameter, signature
from pathlib import Path
from typing import Annotated, Any, TypedDict, get_type_hints

import typer

from orderwatch import event_input
from orderwatch.cli.options import complete_ids, settings
from orderwatch.cli.terminal import streams
from orderwatch.cli.terminal.formats import Format
from orderwatch.errors import UsageError
from orderwatch.evidence import NewFile
from orderwatch.frozen import replace
from orderwatch.model import Access, EventKind, Role
from orderwatch.model.entry import AppendedEntry, StoredEntry
from orderwatch.settings import Setting, Settings
from orderwatch.snapshot import Snapshot, parse_day
from orderwatch.translation import _, mark

Entry = Annotated[
    str,
    typer.Argument(metavar="ENTRY", help=mark("Number of the entry, or the beginning of its id.")),
]
About = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="ID",
        help=mark("What the event is about: obligations, orders, cases, aliases."),
        autocompletion=complete_ids,
        show_default=False,
    ),
]
Why = Annotated[
    str, typer.Option("--why", metavar="TEXT", help=mark("The reason. It is recorded."))
]
AcceptCut = Annotated[
    str | None,
    typer.Option(
        "--accept-cut",
        metavar="ROOT",
        help=mark("Accept a log that lacks entries of this home; ROOT is its current root."),
        show_default=False,
    ),
]
Style = Annotated[
    Format | None,
    typer.Option("--format", "-f", help=mark("Output format: plain or json."), show_default=False),
]


class EventOptions(TypedDict):
    """The options that describe an event, in the order of the help."""

    kind: Annotated[
        str | None,
        typer.Option(
            "--kind",
            metavar="KIND",
            autocompletion=lambda: list(EventKind),
            help=mark(
                "One of submission, court-decision, assessment, statement, step, development, note."
            ),
        ),
    ]
    on: Annotated[str | None, typer.Option("--on", metavar="DATE", help=mark("Date of the event."))]
    speaker: Annotated[
        str | None, typer.Option("--speaker", metavar="NAME", help=mark("Who reports it."))
    ]
    role: Annotated[
        str | None,
        typer.Option(
            "--role",
            metavar="ROLE",
            autocompletion=lambda: list(Role),
            help=mark("One of court, party, other-state, un-body, ngo, media, other."),
        ),
    ]
    by: Annotated[
        list[str] | None,
        typer.Option(
            "--by", metavar="NAME", help=mark("Who did it, if not the speaker; repeatable.")
        ),
    ]
    source: Annotated[
        str | None,
        typer.Option("--source", metavar="URL", help=mark("URL of the source.")),
    ]
    further: Annotated[
        list[str] | None,
        typer.Option("--further", metavar="URL", help=mark("URL of a further source; repeatable.")),
    ]
    archive: Annotated[
        str | None,
        typer.Option(
            "--archive", metavar="URL", help=mark("URL of an archived copy of the source.")
        ),
    ]
    summary: Annotated[
        str | None,
        typer.Option("--summary", metavar="TEXT", help=mark("What happened, in your own words.")),
    ]
    finding: Annotated[
        str | None,
        typer.Option(
            "--finding",
            metavar="TEXT",
            help=mark("Finding of an assessment, in the speaker's words."),
        ),
    ]
    scale: Annotated[
        str | None, typer.Option("--scale", metavar="NAME", help=mark("Scale of the finding."))
    ]
    access: Annotated[
        str | None,
        typer.Option(
            "--access",
            metavar="WORD",
            autocompletion=lambda: list(Access),
            help=mark("Access to a submission: public or confidential."),
        ),
    ]
    extends_to: Annotated[
        str | None,
        typer.Option("--extends-to", metavar="DATE", help=mark("New date of the deadline.")),
    ]
    trigger: Annotated[
        str | None,
        typer.Option(
            "--trigger",
            metavar="TEXT",
            help=mark("Trigger of the time-limit, as the register names it."),
        ),
    ]
    ends: Annotated[
        bool, typer.Option("--ends", help=mark("This event ends the obligation, order or case."))
    ]
    private: Annotated[bool, typer.Option("--private", help=mark("Never publish this entry."))]
    attach: Annotated[
        list[Path] | None,
        typer.Option(
            "--attach", metavar="FILE", help=mark("Store a file as evidence; repeatable.")
        ),
    ]
    capture: Annotated[
        list[str] | None,
        typer.Option(
            "--capture",
            metavar="ROLE=FILE",
            help=mark("Store a capture of the page; role html, screen, wacz or pdf; repeatable."),
        ),
    ]
    captured: Annotated[
        str | None,
        typer.Option(
            "--captured",
            metavar="DATE-TIME",
            help=mark("When it was captured, such as 2024-06-20T14:30+02:00."),
        ),
    ]
    capture_url: Annotated[
        str | None,
        typer.Option(
            "--capture-url",
            metavar="URL",
            help=mark("URL of the captured page, if not that of --source."),
        ),
    ]
    max_size: Annotated[
        str | None,
        typer.Option(
            "--max-size",
            metavar="SIZE",
            help=mark("Size of the largest file to store, such as 4G."),
            show_default=False,
        ),
    ]
    file: Annotated[
        str | None,
        typer.Option(
            "--file", metavar="FILE|-", help=mark("Read the event as JSON; - is standard input.")
        ),
    ]
    accept_cut: AcceptCut
    style: Style


def with_event_options(command: Callable[..., None]) -> Callable[..., None]:
    """Return a command whose `**options` Typer reads as the options of an event."""
    own = signature(command)
    *parameters, _ = own.parameters.values()
    for name, annotation in get_type_hints(EventOptions, include_extras=True).items():
        default = False if annotation.__origin__ is bool else None
        parameters.append(
            Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
        )
    command.__signature__ = own.replace(parameters=parameters)  # type: ignore[attr-defined]
    return command


def event_settings(ctx: typer.Context, options: EventOptions) -> Settings:
    """Return the settings, with the size that the options of an event raise."""
    result, size = settings(ctx), options["max_size"]
    if size is None:
        return result
    return replace(result, evidence_max=Setting(value=size, source="option --max-size"))


def append_event(
    snapshot: Snapshot,
    raw: dict[str, Any],
    options: EventOptions,
    target: StoredEntry | None = None,
) -> None:
    """Validate input, append the event with its files and print its place."""
    event = event_input.build_event(raw, snapshot)
    private = bool(raw.get("private"))
    files = [NewFile(path=path) for path in options["attach"] or ()]
    files += [event_input.build_capture(raw, text) for text in options["capture"] or ()]
    for key in ("captured", "capture_url"):
        if raw.get(key) and not options["capture"]:
            raise UsageError(_("{key} needs --capture, the file that it is about").format(key=key))
    result = snapshot.record(event, files, target, private=private)
    action = _("is recorded")
    if target:
        action = _("corrects entry {n}").format(n=target.seq)
    print_result(snapshot, result, action, options["style"])
    if target and private and not target.private:
        text = _("entry {n} is private from now on; copies made before are not changed")
        streams.print_hint(text.format(n=target.seq))


def print_result(
    snapshot: Snapshot, result: AppendedEntry, action: str, output_format: Format | None
) -> None:
    """Print the place of a new entry and the root of the log, and of a key that was made."""
    from orderwatch.render import json, plain

    for note in snapshot.write_notes:
        streams.print_message(note)
    if result.warning:
        streams.print_hint(result.warning)
    text = json.appended(result) if output_format is Format.JSON else plain.appended(result, action)
    streams.write_outcome(
        text, _("entry {n} was recorded all the same; do not add it again").format(n=result.seq)
    )


def read_event(ctx: typer.Context, snapshot: Snapshot, name: str | None) -> dict[str, Any]:
    """Return the input for an event: the options of the command, and its file if there is one.

    Dates as people type them are returned in ISO form; others are left for validation.
    """
    options = {key: value for key, value in ctx.params.items() if key != "accept_cut"}
    content = "" if name is None else streams.read_input(name, event_input.INPUT_MAX)
    values = event_input.merge_input(options, name, content)
    for key in ("on", "extends_to"):
        if isinstance(text := values.get(key), str):
            with suppress(UsageError):
                values[key] = str(parse_day(text, snapshot.register))
    return values
