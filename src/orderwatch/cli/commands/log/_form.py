"""Interactive form for a log entry: prompt for missing fields, then confirm."""

import re
from collections.abc import Callable
from textwrap import shorten
from typing import Any
from unicodedata import combining, normalize

import typer

from orderwatch import event_input, lookup
from orderwatch.cli.terminal import streams
from orderwatch.cli.terminal.streams import prompt, prompt_until_valid
from orderwatch.dates import parse_relative_date
from orderwatch.errors import UsageError
from orderwatch.model import Event, EventKind, Obligation, Role
from orderwatch.snapshot import Snapshot


def fill_missing(raw: dict[str, Any], snapshot: Snapshot) -> dict[str, Any]:
    """Prompt for each missing field, print the entry and ask for confirmation.

    An invalid value is prompted for again. Complete input is returned as it is.
    """
    values = dict(raw)
    missing = [key for key in _questions(snapshot) if _is_missing(key, values, snapshot)]
    for key in _questions(snapshot):
        # A value can require another field: an assessment needs a finding.
        if _is_missing(key, values, snapshot):
            values[key] = _prompt_field(key, snapshot)
    return _confirm_entry(values, snapshot) if missing else values


def _confirm_entry(values: dict[str, Any], snapshot: Snapshot) -> dict[str, Any]:
    """Print the entry; read yes, no, or the name of a field to change."""
    while True:
        invalid = _print_preview(values, snapshot)
        fields = ", ".join(key for key in _questions(snapshot) if values.get(key))
        question = "Change what" if invalid else "Record this? y, n, or what to change"
        reply = prompt(f"{question} ({fields})").casefold()
        if reply in {"n", "no"}:
            streams.print_message("Nothing was recorded.")
            raise typer.Exit(130)
        # An empty reply is not a yes: an entry cannot be deleted.
        if not invalid and reply in {"y", "yes"}:
            return values
        if reply in _questions(snapshot):
            values[reply] = _prompt_field(reply, snapshot)


def _print_preview(values: dict[str, Any], snapshot: Snapshot) -> bool:
    """Print the entry as it will be recorded; return whether it is invalid."""
    from orderwatch.render import plain

    try:
        event: Event = event_input.build_event(values, snapshot)
    except UsageError as error:
        streams.print_error(str(error))
        return True
    hidden_labels = {"event", "kept in", "logged"}
    rows = [(name, value) for name, value in plain.event_block(event) if name not in hidden_labels]
    rows += [
        ("which is", obligation_line(obligation))
        for obligation in _cited_obligations(event, snapshot)
    ]
    private = "yes: never to be published" if values.get("private") else None
    preview = plain.render_block([*rows, ("private", private)])
    streams.print_hint(f"\n{streams.wrap(preview)}")
    return False


def _cited_obligations(event: Event, snapshot: Snapshot) -> list[Obligation]:
    """Return the obligations that an event cites individually."""
    references = [lookup.resolve(snapshot.register, name) for name in event.about]
    return [reference.obligation for reference in references if reference.obligation is not None]


def _prompt_field(key: str, snapshot: Snapshot) -> Any:  # noqa: ANN401 - text or a list of ids
    """Prompt for one field and return its value."""
    if key == "about":
        return prompt_obligation(snapshot)
    question, validate = _questions(snapshot)[key]
    reply = prompt_until_valid(question, validate)
    if key == "on":
        day = parse_relative_date(reply, snapshot.as_of)
        if reply != str(day):
            from orderwatch.render.phrases import long_day

            streams.print_message(f"= {long_day(day)}")
        return str(day)
    return validate(reply) if key in {"kind", "role"} else reply


def _questions(snapshot: Snapshot) -> dict[str, tuple[str, Callable[[str], object]]]:
    def check_date(text: str) -> None:
        if problem := event_input.future_date_error(
            parse_relative_date(text, snapshot.as_of), snapshot
        ):
            raise ValueError(problem)

    return {
        "about": ("", event_input.parse_text),
        "kind": (
            f"Kind ({', '.join(EventKind)})",
            _prefix_parser(EventKind, _parse_kind),
        ),
        "on": ("Day it happened (2024-06-20, yesterday, last Friday)", check_date),
        "speaker": ("Who says so", event_input.parse_text),
        "role": (f"Their role ({', '.join(Role)})", _prefix_parser(Role, _parse_role)),
        "by": ("Who submitted", event_input.parse_text),
        "source": ("Address of the source", event_input.parse_url),
        "summary": ("What happened, in your words", event_input.parse_text),
        "finding": ("What the speaker found, in their words", event_input.parse_text),
    }


def _prefix_parser(
    enum_type: type[EventKind | Role], parse: Callable[[object], object]
) -> Callable[[str], object]:
    """Return a parser that completes a unique prefix of an enum value."""

    def parse_prefix(text: str) -> object:
        matches = [member for member in enum_type if text and member.startswith(text.casefold())]
        return parse(matches[0] if len(matches) == 1 else text)

    return parse_prefix


def _is_missing(key: str, values: dict[str, Any], snapshot: Snapshot) -> bool:
    """Return whether a required field is empty; invalid values are reported later."""
    return not values.get(key) and _is_required(key, values, snapshot)


def _is_required(key: str, values: dict[str, Any], snapshot: Snapshot) -> bool:
    if key in {"about", "kind"}:
        return True
    try:
        kind, role = (
            _parse_kind(values["kind"]),
            _parse_role(values.get("role") or Role.OTHER),
        )
        if key == "by":
            return event_input.requires_author(
                kind, role, _resolve_obligations(values["about"], snapshot)
            )
    except (KeyError, ValueError, UsageError):
        return key not in {"by", "finding"}
    if key == "finding":
        return kind is EventKind.ASSESSMENT
    return key != "source" or kind is not EventKind.NOTE


def _resolve_obligations(about: list[str], snapshot: Snapshot) -> tuple[Obligation, ...]:
    references = [lookup.resolve(snapshot.register, text) for text in about]
    return event_input.cited_obligations(snapshot, references)


_parse_kind = event_input.enum_parser(EventKind)
_parse_role = event_input.enum_parser(Role)

_LISTED_MAX = 9
_WIDTH = 76


def prompt_obligation(snapshot: Snapshot) -> list[str]:
    """Prompt for the obligation of an event, until it is selected; return its ids."""
    question = "What is it about? Some of its words, a party, or ids: rafah/3"
    text = prompt(question)
    while True:
        try:
            return _parse_ids(snapshot, text)
        except UsageError as error:
            matches = search(snapshot, text)
            if text and not matches:
                streams.print_error(str(error))
        if not matches:
            text = prompt(question)
            continue
        last = _print_matches(matches)
        text = prompt("Its number, or other words")
        if text.isdecimal() and 1 <= int(text) <= last:
            return [matches[int(text) - 1].id]


def search(snapshot: Snapshot, text: str) -> list[Obligation]:
    """Return the obligations that match all the words, the latest orders first.

    Orders in force come before others.
    """
    query = _tokens(text)
    day = snapshot.as_of
    matches = [
        obligation
        for obligation in snapshot.register.obligations
        if obligation.order.made <= day
        and query
        and all(_has_prefix(obligation, word) for word in query)
    ]
    return sorted(
        matches,
        key=lambda obligation: (obligation.order.in_force(day), obligation.order.made),
        reverse=True,
    )


def obligation_line(obligation: Obligation) -> str:
    """Format an obligation on one line."""
    addressees = ", ".join(obligation.addressees)
    name = obligation.alias or obligation.id
    text = shorten(f"{addressees}: {obligation.summary}", _WIDTH - len(name), placeholder="…")
    return f"{name}  {text}"


def _print_matches(matches: list[Obligation]) -> int:
    """Print the first matches; return the last number that can be selected."""
    for number, obligation in enumerate(matches[:_LISTED_MAX], start=1):
        streams.print_message(f"{number}  {obligation_line(obligation)}")
    if (remaining := len(matches) - _LISTED_MAX) > 0:
        streams.print_message(f"… and {remaining} more: give more words")
    return min(len(matches), _LISTED_MAX)


def _parse_ids(snapshot: Snapshot, text: str) -> list[str]:
    """Parse ids; raise `UsageError` at the first unknown id."""
    names = text.split() or [""]
    for name in names:
        lookup.resolve(snapshot.register, name)
    return names


def _has_prefix(obligation: Obligation, prefix: str) -> bool:
    """Return whether a word about an obligation or its case begins with `prefix`."""
    order = obligation.order
    parts = (obligation.id, obligation.alias, order.case.short, *order.case.parties)
    text = " ".join(part for part in (*parts, *obligation.addressees, obligation.summary) if part)
    return any(token.startswith(prefix) for token in _tokens(f"{text} {obligation.kind.value}"))


def _tokens(text: str) -> list[str]:
    # An id is one token, with its slashes and hyphens.
    return [token for token in re.split(r"[^\w/.@-]+", _fold(text)) if token]


def _fold(text: str) -> str:
    decomposed = normalize("NFD", text.casefold())
    return "".join(character for character in decomposed if not combining(character))
