"""Merge options, a JSON file and an older entry into the input for an event."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar
from urllib.parse import urlsplit

from orderwatch import lookup
from orderwatch.errors import UsageError
from orderwatch.ledger.entry import Recorded
from orderwatch.ledger.payload import LIST_MAX, TEXT_MAX
from orderwatch.lookup import Cited
from orderwatch.model import Event, EventKind, Obligation, On, Origin, Role
from orderwatch.snapshot import Record, schedule

Draft = Mapping[str, Any]
"""Unvalidated fields of an event: text, lists of text, and true."""

REQUIRED = ("about", "kind", "on", "speaker", "role", "summary")
_HELP = "`orderwatch log add --help` says what an event has"
_WRONG = 20
"""The number of invalid ids after which resolving stops."""
_Word = TypeVar("_Word", bound=StrEnum)


def event(raw: Draft, snapshot: Record, *, uid: str) -> Event:
    """Build an event from input; raise one `UsageError` that lists every problem."""
    problems: list[str] = []
    fields = _read(raw, problems)
    problems += [f"{key}: is missing" for key in REQUIRED if _absent(raw.get(key))]
    references = _cited(fields.get("about", ()), snapshot, problems)
    problems += _misfits(fields, raw, references, snapshot)
    if problems:
        lines = "".join(f"\n  {problem}" for problem in problems)
        raise UsageError(f"nothing was recorded:{lines}\n{_HELP}")
    fields.pop("private", None)
    fields["about"] = tuple(dict.fromkeys(reference.id for reference in references))
    if fields["kind"] is EventKind.SUBMISSION and "by" not in fields:
        fields["by"] = author(fields["role"], duties(snapshot, references))
    return Event(id=uid, origin=Origin.LOG, **fields)


def _cited(about: Sequence[str], snapshot: Record, problems: list[str]) -> list[Cited]:
    """Resolve the ids that an event is about; stop after too many errors."""
    references: list[Cited] = []
    error_count = 0
    for name in about[:LIST_MAX]:
        try:
            references.append(lookup.cited(snapshot.register, name))
        except UsageError as error:
            problems.append(f"about: {error}")
            error_count += 1
        # Suggesting the nearest id for each of thousands would take minutes.
        if error_count == _WRONG:
            problems.append(f"about: the {len(about):,} ids were looked at no further")
            break
    if len(about) > LIST_MAX:
        problems.append(f"about: names {len(about):,} ids, more than {LIST_MAX:,}")
    return references


def _read(raw: Draft, problems: list[str]) -> dict[str, Any]:
    """Parse each field by itself; null and empty values count as missing."""
    fields: dict[str, Any] = {}
    for key, value in raw.items():
        if key not in _SHAPES:
            problems.append(f"{key}: is no key of an event; known: {_KNOWN}")
        elif not _absent(value):
            try:
                fields[key] = _SHAPES[key](value)
            except ValueError as error:
                problems.append(f"{key}: {error}")
    return fields


def _absent(value: object) -> bool:
    # A test with `in` would compare by equality, and 0 == False.
    return value is None or value is False or value in ("", [], ())


def duties(snapshot: Record, references: Sequence[Cited]) -> tuple[Obligation, ...]:
    """Return the obligations that references cover."""
    return tuple(
        obligation
        for reference in references
        for obligation in lookup.obligations(snapshot.register, reference)
    )


def triggers(obligations: Sequence[Obligation]) -> tuple[str, ...]:
    """Return the triggers of the time-limits of obligations."""
    limits = [obligation.limit for obligation in obligations]
    names = [limit.after for limit in limits if not isinstance(limit, On)]
    return tuple(dict.fromkeys(after for after in names if after))


def wants_author(
    kind: EventKind, role: Role, obligations: Sequence[Obligation]
) -> bool:
    """Return whether the author of a submission cannot be inferred."""
    is_stated = kind is not EventKind.SUBMISSION or role is Role.PARTY
    return not is_stated and len(_asked(obligations)) > 1


def author(role: Role, obligations: Sequence[Obligation]) -> tuple[str, ...]:
    """Return the only addressee as author of a submission others report."""
    return () if role is Role.PARTY else _asked(obligations)


def supposed(event: Event, snapshot: Record) -> tuple[str, ...] | None:
    """Return the author inferred for an event without one."""
    try:
        references = [lookup.cited(snapshot.register, name) for name in event.about]
    except UsageError:
        return None
    return author(event.role, duties(snapshot, references))


def too_late(on: date, snapshot: Record) -> str | None:
    """Return an error message if a date is in the future."""
    today = snapshot.view.as_of
    return f"{on} lies in the future; today is {today}" if on > today else None


def _misfits(
    fields: Mapping[str, Any], raw: Draft, references: Sequence[Cited], snapshot: Record
) -> list[str]:
    """Validate fields against each other and against the snapshot."""
    on, kind = fields.get("on"), fields.get("kind")
    errors = []
    if on and (error := too_late(on, snapshot)):
        errors.append(f"on: {error}")
    if kind:
        errors += _unfit_for(kind, raw)
    if references and "extends_to" in fields:
        errors += _bad_extension(fields["extends_to"], on, references, snapshot)
    obligations = duties(snapshot, references)
    if (
        references
        and "trigger" in fields
        and fields["trigger"] not in triggers(obligations)
    ):
        choices = "; ".join(triggers(obligations)) or "none of them waits for anything"
        errors.append(f"trigger: no time-limit waits for that; known: {choices}")
    role = fields.get("role") if _absent(raw.get("by")) else None
    if kind and role and wants_author(kind, role, obligations):
        errors.append(
            f"by: say who submitted: {', '.join(_asked(obligations))}, or another"
        )
    return errors + _no_deadlines(references, snapshot)


def _unfit_for(kind: EventKind, raw: Draft) -> list[str]:
    """Validate the fields that a kind of event requires or excludes."""
    fields = {key for key, value in raw.items() if not _absent(value)}
    errors = []
    if "source" not in fields and kind is not EventKind.NOTE:
        errors.append(f"source: a {kind} needs the address where it is written")
    if kind is EventKind.ASSESSMENT and "finding" not in fields:
        errors.append(
            "finding: an assessment says what was found, in the words of its speaker"
        )
    if kind is not EventKind.ASSESSMENT:
        errors += [
            f"{key}: belongs to an assessment, and this is a {kind}"
            for key in ("finding", "scale")
            if key in fields
        ]
    return errors


def _bad_extension(
    day: date, on: date | None, references: Sequence[Cited], snapshot: Record
) -> list[str]:
    """Validate that each reference has a deadline before the extension."""
    errors = []
    for reference in references:
        if reference.obligation is None:
            errors.append(
                f"extends_to: {reference.id} is not one duty: name the obligation or the "
                "deadline that is extended"
            )
            continue
        due = reference.deadline or _extended(reference.obligation, on, snapshot)
        if due is None:
            errors.append(
                f"extends_to: {reference.id} has no date that could be extended"
            )
        elif due >= day:
            errors.append(
                f"extends_to: {day} is not later than {reference.obligation.id}@{due}"
            )
    return errors


def _extended(obligation: Obligation, on: date | None, snapshot: Record) -> date | None:
    """Return the date that an extension of a whole obligation moves."""
    dates = [
        deadline.first_due for deadline in schedule(snapshot, obligation).deadlines
    ]
    return next((due for due in dates if on and due >= on), max(dates, default=None))


def _asked(obligations: Sequence[Obligation]) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(
            name for obligation in obligations for name in obligation.addressees
        )
    )


def _no_deadlines(references: Sequence[Cited], snapshot: Record) -> list[str]:
    """Return an error for each `…@DATE` that is not a deadline."""
    errors = []
    for reference in references:
        if reference.obligation is None or reference.deadline is None:
            continue
        until = max(reference.deadline, snapshot.view.as_of)
        dates = schedule(snapshot, reference.obligation, until=until).deadlines
        if reference.deadline not in {deadline.first_due for deadline in dates}:
            errors.append(
                f"about: {reference.id} is no deadline; `orderwatch explain "
                f"{reference.obligation.id}` lists them"
            )
    return errors


def words(value: object) -> str:
    """Parse text; raise `ValueError` if it is empty or too long."""
    if not isinstance(value, str):
        raise ValueError("should be text")  # noqa: TRY004 - a message for the user
    text = value.strip()
    if not text:
        raise ValueError("should be text, not empty")
    if len(text) > TEXT_MAX:
        raise ValueError(f"has {len(text):,} characters, more than {TEXT_MAX:,}")
    return text


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (words(value),)
    if not isinstance(value, list | tuple):
        raise ValueError("should be text, or a list of texts")  # noqa: TRY004 - a message for the user
    return tuple(words(item) for item in value)


def _true(value: object) -> bool:
    if value is not True:
        raise ValueError("should be true, or be left out")
    return True


def day(value: object) -> date:
    """Parse an ISO date; raise `ValueError` with an example if it is invalid."""
    text = words(value)
    try:
        result = date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is no date; a date looks like 2024-06-20") from None
    return result


def address(value: object) -> str:
    """Parse a web URL; raise `ValueError` if it is invalid."""
    text = words(value)
    try:
        parts = urlsplit(text)
        is_valid = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        is_valid = False
    if not is_valid or any(
        character.isspace() or not character.isprintable() for character in text
    ):
        raise ValueError(f"{text[:80]!r} is no address; one begins with https://")
    return text


def word(enum_type: type[_Word]) -> Callable[[object], _Word]:
    """Return a parser for the values of an enum."""

    def read(value: object) -> _Word:
        text = words(value).casefold()
        try:
            return enum_type(text)
        except ValueError:
            choices = ", ".join(enum_type)
            raise ValueError(f"{text[:80]!r} is none of: {choices}") from None

    return read


_SHAPES: Mapping[str, Callable[[object], object]] = {
    "about": _texts,
    "archive": address,
    "by": _texts,
    "ends": _true,
    "extends_to": day,
    "finding": words,
    "further": lambda value: tuple(address(item) for item in _texts(value)),
    "kind": word(EventKind),
    "on": day,
    "private": _true,
    "role": word(Role),
    "scale": words,
    "source": address,
    "speaker": words,
    "summary": words,
    "trigger": words,
}
_KNOWN = ", ".join(_SHAPES)

LARGEST = 1_000_000
"""The maximum size of an event in JSON, in bytes."""


def draft(
    options: Mapping[str, Any], name: str | None = None, data: bytes = b""
) -> dict[str, Any]:
    """Merge the options of a command and its JSON file."""
    return _joined({} if name is None else _from_file(name, data), _typed(options))


def _typed(options: Mapping[str, Any]) -> dict[str, Any]:
    """Select the fields of an event from the options of a command."""
    values = {key: options.get(key) for key in _FIELDS}
    fields = {key: value for key, value in values.items() if value not in _ABSENT}
    return {key: None if value == [""] else value for key, value in fields.items()}


_FIELDS = (
    *("about", "kind", "on", "speaker", "role", "by", "source", "further", "archive"),
    *("summary", "finding", "scale", "extends_to", "trigger", "ends", "private"),
)
_ABSENT: tuple[object, ...] = (None, False, [], ())


def _joined(
    file_fields: dict[str, Any], option_fields: dict[str, Any]
) -> dict[str, Any]:
    """Merge file and options; raise `UsageError` for a field in both."""
    if duplicates := sorted(file_fields.keys() & option_fields.keys()):
        raise UsageError(f"{', '.join(duplicates)}: given in the file and as an option")
    return {**file_fields, **option_fields}


def _from_file(name: str, data: bytes) -> dict[str, Any]:
    """Read an event as JSON, so that none of it stays in the shell history."""
    try:
        fields = json.loads(data, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{name}: is not JSON: {error}") from error
    if not isinstance(fields, dict):
        raise UsageError(f"{name}: should hold one JSON object, the event")
    return fields


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for key, value in pairs:
        if key in fields:
            raise ValueError(f"the key {key} is there twice")
        fields[key] = value
    return fields


def as_before(
    entry: Recorded, snapshot: Record, changes: dict[str, Any]
) -> dict[str, Any]:
    """Convert an entry back to the input for its event."""
    event = entry.event
    if event is None:
        return {}
    fields = {key: getattr(event, key) for key in _FIELDS if key != "private"}
    fields["private"] = entry.private
    dates = {key: str(fields[key]) for key in ("on", "extends_to") if fields[key]}
    if "about" in changes and event.by == supposed(event, snapshot):
        # The author was inferred from the obligations, so infer it again.
        del fields["by"]
    return {key: value for key, value in (fields | dates).items() if value}
