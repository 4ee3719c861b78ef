"""Options, a file, an older entry -> the draft of an event."""

import json
from collections.abc import Mapping
from typing import Any

from orderwatch.cli import draft as drafts
from orderwatch.cli.record import Record
from orderwatch.cli.terminal import streams
from orderwatch.errors import UsageError
from orderwatch.ledger.entry import Recorded

LARGEST = 1_000_000
"""Of an event given as JSON, in bytes."""


def draft(options: Mapping[str, Any], file: str | None) -> dict[str, Any]:
    """Join the options of a command and its file."""
    return _joined(_from_file(file), _typed(options))


def _typed(options: Mapping[str, Any]) -> dict[str, Any]:
    """Take the fields of an event from the options of a command."""
    found = {key: options.get(key) for key in _FIELDS}
    typed = {key: value for key, value in found.items() if value not in _ABSENT}
    return {key: None if value == [""] else value for key, value in typed.items()}


_FIELDS = (
    *("about", "kind", "on", "speaker", "role", "by", "source", "further", "archive"),
    *("summary", "finding", "scale", "extends_to", "trigger", "ends", "private"),
)
_ABSENT: tuple[object, ...] = (None, False, [], ())


def _joined(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    """Join a file and the options; what stands in both is a mistake."""
    if twice := sorted(first.keys() & second.keys()):
        raise UsageError(f"{', '.join(twice)}: given in the file and as an option")
    return {**first, **second}


def _from_file(name: str | None) -> dict[str, Any]:
    """Read an event as JSON, so that nothing of it stays in a shell's history."""
    if name is None:
        return {}
    data = streams.slurp(name, LARGEST)
    try:
        found = json.loads(data, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{name}: is not JSON: {error}") from error
    if not isinstance(found, dict):
        raise UsageError(f"{name}: should hold one JSON object, the event")
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {key} is there twice")
        found[key] = value
    return found


def as_before(old: Recorded, known: Record, typed: dict[str, Any]) -> dict[str, Any]:
    """Write an event back as it could have been typed."""
    event = old.event
    if event is None:
        return {}
    fields = {key: getattr(event, key) for key in _FIELDS if key != "private"}
    fields["private"] = old.private
    days = {key: str(fields[key]) for key in ("on", "extends_to") if fields[key]}
    if "about" in typed and event.by == drafts.supposed(event, known):
        # Who submitted was told by what it was about, and is told anew.
        del fields["by"]
    return {key: value for key, value in (fields | days).items() if value}
