"""Interactive form for a log entry: prompt for missing fields, then confirm."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import typer

from orderwatch import event_input, lookup
from orderwatch.cli.terminal import streams
from orderwatch.cli.terminal.streams import prompt, prompt_until_valid
from orderwatch.dates import parse_relative_date
from orderwatch.errors import UsageError
from orderwatch.model import EventKind, Obligation, Role
from orderwatch.render import phrases, plain
from orderwatch.snapshot import Snapshot
from orderwatch.translation import _


def fill_missing(raw: dict[str, Any], snapshot: Snapshot) -> dict[str, Any]:
    """Prompt for each missing field, print the entry and ask for confirmation.

    An invalid value is prompted for again. Complete input is returned as it is.
    """
    values = dict(raw)
    missing = [key for key in _questions(snapshot) if event_input.is_missing(key, values, snapshot)]
    for key in _questions(snapshot):
        # A value can require another field: an assessment needs a finding.
        if event_input.is_missing(key, values, snapshot):
            values[key] = _prompt_field(key, snapshot)
    return _confirm_entry(values, snapshot) if missing else values


def _confirm_entry(values: dict[str, Any], snapshot: Snapshot) -> dict[str, Any]:
    """Print the entry; read yes, no, or the name of a field to change."""
    while True:
        invalid = _print_preview(values, snapshot)
        fields = ", ".join(key for key in _questions(snapshot) if values.get(key))
        question = _("Field to change ({fields})")
        if not invalid:
            question = _("Record this? y, n, or a field to change ({fields})")
        reply = prompt(question.format(fields=fields)).casefold()
        if streams.yes_or_no(reply) is False:
            streams.print_message(_("Nothing was recorded."))
            raise typer.Exit(130)
        # An empty reply is not a yes: an entry cannot be deleted.
        if not invalid and streams.yes_or_no(reply):
            return values
        if reply in _questions(snapshot):
            values[reply] = _prompt_field(reply, snapshot)


def _print_preview(values: dict[str, Any], snapshot: Snapshot) -> bool:
    """Print the entry as it will be recorded; return whether it is invalid."""
    try:
        event = event_input.build_event(values, snapshot)
    except UsageError as error:
        streams.print_error(str(error))
        return True
    cited = [lookup.resolve(snapshot.register, name).obligation for name in event.about]
    preview = plain.new_event(event, filter(None, cited), private=bool(values.get("private")))
    streams.print_hint(f"\n{streams.wrap(preview)}")
    return False


def _prompt_field(key: str, snapshot: Snapshot) -> Any:  # noqa: ANN401 - text or a list of ids
    """Prompt for one field and return its value."""
    if key == "about":
        return prompt_obligation(snapshot)
    question, validate = _questions(snapshot)[key]
    reply = prompt_until_valid(question, validate)
    if key == "on":
        day = parse_relative_date(reply, snapshot.as_of)
        if reply != str(day):
            streams.print_message(f"= {phrases.long_day(day)}")
        return str(day)
    return validate(reply) if key in {"kind", "role"} else reply


def _questions(snapshot: Snapshot) -> dict[str, tuple[str, Callable[[str], object]]]:
    def check_date(text: str) -> None:
        day = parse_relative_date(text, snapshot.as_of)
        if problem := event_input.future_date_error(day, snapshot):
            raise ValueError(problem)

    return {
        "about": ("", event_input.parse_text),
        "kind": (
            _("Kind ({kinds})").format(kinds=", ".join(EventKind)),
            event_input.prefix_parser(EventKind),
        ),
        "on": (_("Date of the event (2024-06-20, yesterday, last Friday)"), check_date),
        "speaker": (_("Speaker: who reports it"), event_input.parse_text),
        "role": (
            _("Role of the speaker ({roles})").format(roles=", ".join(Role)),
            event_input.prefix_parser(Role),
        ),
        "by": (_("Who submitted it"), event_input.parse_text),
        "source": (_("URL of the source"), event_input.parse_url),
        "summary": (_("Summary: what happened, in your own words"), event_input.parse_text),
        "finding": (_("Finding, in the speaker's words"), event_input.parse_text),
    }


_LISTED_MAX = 9


def prompt_obligation(snapshot: Snapshot) -> list[str]:
    """Prompt for the obligation of an event, until it is selected; return its ids."""
    question = _("What is it about? Ids (rafah/3), a party, or words")
    text = prompt(question)
    while True:
        try:
            return _parse_ids(snapshot, text)
        except UsageError as error:
            matches = lookup.search(snapshot.register, text, snapshot.as_of) if text.strip() else []
            if text.strip() and not matches:
                streams.print_error(str(error))
        if not matches:
            text = prompt(question)
            continue
        last = _print_matches(matches)
        text = prompt(_("Number, or other words"))
        if text.isdecimal() and 1 <= int(text) <= last:
            return [matches[int(text) - 1].id]


def _print_matches(matches: list[Obligation]) -> int:
    """Print the first matches; return the last number that can be selected."""
    for number, obligation in enumerate(matches[:_LISTED_MAX], start=1):
        streams.print_message(f"{number}  {phrases.obligation_line(obligation)}")
    if (remaining := len(matches) - _LISTED_MAX) > 0:
        streams.print_message(_("… and {n} more; type more words").format(n=remaining))
    return min(len(matches), _LISTED_MAX)


def _parse_ids(snapshot: Snapshot, text: str) -> list[str]:
    """Parse one id, or several; raise `UsageError` at the first unknown id."""
    with suppress(UsageError):
        return [lookup.resolve(snapshot.register, text).id]
    names = text.split() or [""]
    for name in names:
        lookup.resolve(snapshot.register, name)
    return names
