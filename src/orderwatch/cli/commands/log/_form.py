"""Interactive form for a log entry: prompt for missing fields, then confirm."""

from collections.abc import Callable
from typing import Any

import typer

from orderwatch import event_input, lookup
from orderwatch.cli.commands.log import _picker
from orderwatch.cli.terminal import streams
from orderwatch.cli.terminal.prompt import answer, asked
from orderwatch.dates import spoken
from orderwatch.errors import UsageError
from orderwatch.model import Event, EventKind, Obligation, Role
from orderwatch.snapshot import Record


def complete(raw: dict[str, Any], snapshot: Record) -> dict[str, Any]:
    """Prompt for each missing field, print the entry and ask for confirmation.

    An invalid value is prompted for again. Complete input is returned as it is.
    """
    values = dict(raw)
    missing = [key for key in _questions(snapshot) if _lacks(key, values, snapshot)]
    for key in _questions(snapshot):
        # A value can require another field: an assessment needs a finding.
        if _lacks(key, values, snapshot):
            values[key] = _field(key, snapshot)
    return _confirmed(values, snapshot) if missing else values


def _confirmed(values: dict[str, Any], snapshot: Record) -> dict[str, Any]:
    """Print the entry; read yes, no, or the name of a field to change."""
    while True:
        invalid = _shown(values, snapshot)
        fields = ", ".join(key for key in _questions(snapshot) if values.get(key))
        question = "Change what" if invalid else "Record this? y, n, or what to change"
        reply = answer(f"{question} ({fields})").casefold()
        if reply in {"n", "no"}:
            streams.tell("Nothing was recorded.")
            raise typer.Exit(130)
        # An empty reply is not a yes: an entry cannot be deleted.
        if not invalid and reply in {"y", "yes"}:
            return values
        if reply in _questions(snapshot):
            values[reply] = _field(reply, snapshot)


def _shown(values: dict[str, Any], snapshot: Record) -> bool:
    """Print the entry as it will be recorded; return whether it is invalid."""
    from orderwatch.render import blocks

    try:
        event: Event = event_input.event(values, snapshot, uid="")
    except UsageError as error:
        streams.complain(str(error))
        return True
    hidden_labels = {"event", "kept in", "logged"}
    rows = [
        (name, value)
        for name, value in blocks.event(event)
        if name not in hidden_labels
    ]
    rows += [
        ("which is", _picker.line(obligation)) for obligation in _named(event, snapshot)
    ]
    private = "yes: never to be published" if values.get("private") else None
    preview = blocks.text([*rows, ("private", private)])
    streams.advise(f"\n{streams.folded(preview)}")
    return False


def _named(event: Event, snapshot: Record) -> list[Obligation]:
    """Return the obligations that an event cites individually."""
    references = [lookup.cited(snapshot.register, name) for name in event.about]
    return [
        reference.obligation
        for reference in references
        if reference.obligation is not None
    ]


def _field(key: str, snapshot: Record) -> Any:  # noqa: ANN401 - text or a list of ids
    """Prompt for one field and return its value."""
    if key == "about":
        return _picker.about(snapshot)
    question, validate = _questions(snapshot)[key]
    reply = asked(question, validate)
    if key == "on":
        day = spoken(reply, snapshot.view.as_of)
        if reply != str(day):
            from orderwatch.render.phrases import long_day

            streams.tell(f"= {long_day(day)}")
        return str(day)
    return validate(reply) if key in {"kind", "role"} else reply


def _questions(snapshot: Record) -> dict[str, tuple[str, Callable[[str], object]]]:
    def past(text: str) -> None:
        if problem := event_input.too_late(spoken(text, snapshot.view.as_of), snapshot):
            raise ValueError(problem)

    return {
        "about": ("", event_input.words),
        "kind": (f"Kind ({', '.join(EventKind)})", _begun(EventKind, _KIND)),
        "on": ("Day it happened (2024-06-20, yesterday, last Friday)", past),
        "speaker": ("Who says so", event_input.words),
        "role": (f"Their role ({', '.join(Role)})", _begun(Role, _ROLE)),
        "by": ("Who submitted", event_input.words),
        "source": ("Address of the source", event_input.address),
        "summary": ("What happened, in your words", event_input.words),
        "finding": ("What the speaker found, in their words", event_input.words),
    }


def _begun(
    enum_type: type[EventKind | Role], parse: Callable[[object], object]
) -> Callable[[str], object]:
    """Return a parser that completes a unique prefix of an enum value."""

    def read(text: str) -> object:
        matches = [
            member
            for member in enum_type
            if text and member.startswith(text.casefold())
        ]
        return parse(matches[0] if len(matches) == 1 else text)

    return read


def _lacks(key: str, values: dict[str, Any], snapshot: Record) -> bool:
    """Return whether a required field is empty; invalid values are reported later."""
    return not values.get(key) and _needed(key, values, snapshot)


def _needed(key: str, values: dict[str, Any], snapshot: Record) -> bool:
    if key in {"about", "kind"}:
        return True
    try:
        kind, role = _KIND(values["kind"]), _ROLE(values.get("role") or Role.OTHER)
        if key == "by":
            return event_input.wants_author(
                kind, role, _duties(values["about"], snapshot)
            )
    except (KeyError, ValueError, UsageError):
        return key not in {"by", "finding"}
    if key == "finding":
        return kind is EventKind.ASSESSMENT
    return key != "source" or kind is not EventKind.NOTE


def _duties(about: list[str], snapshot: Record) -> tuple[Obligation, ...]:
    references = [lookup.cited(snapshot.register, text) for text in about]
    return event_input.duties(snapshot, references)


_KIND = event_input.word(EventKind)
_ROLE = event_input.word(Role)
