"""Ask a person for what an event still lacks, and whether it is right."""

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


def complete(typed: dict[str, Any], known: Record) -> dict[str, Any]:
    """Ask for each field that is missing, then show all and ask whether it is right.

    A wrong answer is asked for again. Who gave everything is asked nothing.
    """
    found = dict(typed)
    lacking = [key for key in _questions(known) if _lacks(key, found, known)]
    for key in _questions(known):
        # What was answered can ask for more: an assessment has a finding.
        if _lacks(key, found, known):
            found[key] = _field(key, known)
    return _confirmed(found, known) if lacking else found


def _confirmed(found: dict[str, Any], known: Record) -> dict[str, Any]:
    """Show the entry; take yes, no, or the name of a field that is to change."""
    while True:
        wrong = _shown(found, known)
        fields = ", ".join(key for key in _questions(known) if found.get(key))
        question = "Change what" if wrong else "Record this? y, n, or what to change"
        text = answer(f"{question} ({fields})").casefold()
        if text in {"n", "no"}:
            streams.tell("Nothing was recorded.")
            raise typer.Exit(130)
        # Not on an empty answer: what is recorded stays for good.
        if not wrong and text in {"y", "yes"}:
            return found
        if text in _questions(known):
            found[text] = _field(text, known)


def _shown(found: dict[str, Any], known: Record) -> bool:
    """Show the entry as it will read; tell whether something is wrong with it."""
    from orderwatch.render import blocks

    try:
        event: Event = event_input.event(found, known, uid="")
    except UsageError as error:
        streams.complain(str(error))
        return True
    left_out = {"event", "kept in", "logged"}
    block = [
        (name, value) for name, value in blocks.event(event) if name not in left_out
    ]
    block += [("which is", _picker.line(duty)) for duty in _named(event, known)]
    private = "yes: never to be published" if found.get("private") else None
    shown = blocks.text([*block, ("private", private)])
    streams.advise(f"\n{streams.folded(shown)}")
    return False


def _named(event: Event, known: Record) -> list[Obligation]:
    """List the obligations that an event names one by one."""
    cited = [lookup.cited(known.register, name) for name in event.about]
    return [one.obligation for one in cited if one.obligation is not None]


def _field(key: str, known: Record) -> Any:  # noqa: ANN401 - a text, or ids
    """Ask for one field."""
    if key == "about":
        return _picker.about(known)
    question, check = _questions(known)[key]
    text = asked(question, check)
    if key == "on":
        day = spoken(text, known.view.as_of)
        if text != str(day):
            from orderwatch.render.phrases import long_day

            streams.tell(f"= {long_day(day)}")
        return str(day)
    return check(text) if key in {"kind", "role"} else text


def _questions(known: Record) -> dict[str, tuple[str, Callable[[str], object]]]:
    def past(text: str) -> None:
        if late := event_input.too_late(spoken(text, known.view.as_of), known):
            raise ValueError(late)

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
    known: type[EventKind | Role], check: Callable[[object], object]
) -> Callable[[str], object]:
    """Take the beginning of a word, if only one begins so."""

    def read(text: str) -> object:
        fits = [word for word in known if text and word.startswith(text.casefold())]
        return check(fits[0] if len(fits) == 1 else text)

    return read


def _lacks(key: str, found: dict[str, Any], known: Record) -> bool:
    """Tell whether a field is wanted; what was typed wrongly is told at the end."""
    return not found.get(key) and _needed(key, found, known)


def _needed(key: str, found: dict[str, Any], known: Record) -> bool:
    if key in {"about", "kind"}:
        return True
    try:
        kind, role = _KIND(found["kind"]), _ROLE(found.get("role") or Role.OTHER)
        if key == "by":
            return event_input.wants_author(kind, role, _duties(found["about"], known))
    except (KeyError, ValueError, UsageError):
        return key not in {"by", "finding"}
    if key == "finding":
        return kind is EventKind.ASSESSMENT
    return key != "source" or kind is not EventKind.NOTE


def _duties(about: list[str], known: Record) -> tuple[Obligation, ...]:
    cited = [lookup.cited(known.register, text) for text in about]
    return event_input.duties(known, cited)


_KIND = event_input.word(EventKind)
_ROLE = event_input.word(Role)
