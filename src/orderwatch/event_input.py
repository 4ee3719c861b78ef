"""Merge options, a JSON file and an older entry into the input for an event."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from orderwatch import lookup, text
from orderwatch.errors import UsageError
from orderwatch.evidence import NewFile
from orderwatch.log.formats.payload import LIST_MAX, TEXT_MAX
from orderwatch.lookup import Match
from orderwatch.model import (
    Access,
    Capture,
    CaptureRole,
    Event,
    EventKind,
    Obligation,
    On,
    Origin,
    Role,
)
from orderwatch.model.entry import StoredEntry
from orderwatch.snapshot import Snapshot
from orderwatch.translation import _, mark

EventInput = Mapping[str, Any]
"""Unvalidated fields of an event: text, lists of text, and true."""

REQUIRED = ("about", "kind", "on", "speaker", "role", "summary")
_HELP = mark("`orderwatch log add --help` lists the fields of an event")
_ID_ERRORS_MAX = 20
"""The number of invalid ids after which resolving stops."""
_QUOTED_MAX = 80
_DAY = timedelta(days=1)
_Word = TypeVar("_Word", bound=StrEnum)


def build_event(raw: EventInput, snapshot: Snapshot, *, uid: str = "") -> Event:
    """Build an event from input; raise one `UsageError` that lists every problem."""
    problems: list[str] = []
    fields = _parse_fields(raw, problems)
    problems += [
        _("{key}: required").format(key=key) for key in REQUIRED if _is_empty(raw.get(key))
    ]
    references = _resolve_ids(fields.get("about", ()), snapshot, problems)
    problems += _cross_field_errors(fields, raw, references, snapshot)
    if problems:
        lines = "".join(f"\n  {problem}" for problem in problems)
        raise UsageError(
            _("nothing was recorded:{lines}\n{help}").format(lines=lines, help=_(_HELP))
        )
    for key in _NOT_OF_EVENTS:
        fields.pop(key, None)
    fields["about"] = tuple(dict.fromkeys(reference.id for reference in references))
    if fields["kind"] is EventKind.SUBMISSION and "by" not in fields:
        fields["by"] = default_author(fields["role"], cited_obligations(snapshot, references))
    return Event(id=uid, origin=Origin.LOG, **fields)


def build_capture(raw: EventInput, text: str) -> NewFile:
    """Build a capture from `ROLE=FILE`, and address and time of the input for its event."""
    name, _separator, path = text.partition("=")
    if name not in set(CaptureRole) or not path:
        roles = ", ".join(CaptureRole)
        message = _("--capture takes ROLE=FILE, not {text!r}; roles: {roles}")
        raise UsageError(message.format(text=text, roles=roles))
    url, time = raw.get("capture_url"), raw.get("captured")
    capture = Capture(
        role=CaptureRole(name),
        url=parse_url(url) if url else None,
        time=parse_time(time) if time else None,
    )
    return NewFile(path=Path(path), capture=capture)


def _resolve_ids(about: Sequence[str], snapshot: Snapshot, problems: list[str]) -> list[Match]:
    """Resolve the ids that an event is about; stop after too many errors."""
    references: list[Match] = []
    error_count = 0
    for name in about[:LIST_MAX]:
        try:
            references.append(snapshot.resolver.select_one(name))
        except UsageError as error:
            problems.append(f"about: {error}")
            error_count += 1
        # Suggesting the nearest id for each of thousands would take minutes.
        if error_count == _ID_ERRORS_MAX:
            problems.append(
                _("about: stopped after {limit} invalid ids of {n:,}").format(
                    limit=_ID_ERRORS_MAX, n=len(about)
                )
            )
            break
    if len(about) > LIST_MAX:
        problems.append(
            _("about: {n:,} ids; the maximum is {limit:,}").format(n=len(about), limit=LIST_MAX)
        )
    return references


def _parse_fields(raw: EventInput, problems: list[str]) -> dict[str, Any]:
    """Parse each field by itself; null and empty values count as missing."""
    fields: dict[str, Any] = {}
    for key, value in raw.items():
        if key not in _PARSERS:
            problems.append(
                _('unknown field "{key}"; known: {names}').format(key=key, names=_FIELD_NAMES)
            )
        elif not _is_empty(value):
            try:
                fields[key] = _PARSERS[key](value)
            except ValueError as error:
                problems.append(f"{key}: {error}")
    return fields


def _is_empty(value: object) -> bool:
    # A test with `in` would compare by equality, and 0 == False.
    return value is None or value is False or value in ("", [], ())


def cited_obligations(snapshot: Snapshot, references: Sequence[Match]) -> tuple[Obligation, ...]:
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


def requires_author(kind: EventKind, role: Role, obligations: Sequence[Obligation]) -> bool:
    """Return whether the author of a submission cannot be inferred."""
    is_stated = kind is not EventKind.SUBMISSION or role is Role.PARTY
    return not is_stated and len(_addressees(obligations)) > 1


def default_author(role: Role, obligations: Sequence[Obligation]) -> tuple[str, ...]:
    """Return the only addressee as author of a submission others report."""
    return () if role is Role.PARTY else _addressees(obligations)


def inferred_author(event: Event, snapshot: Snapshot) -> tuple[str, ...] | None:
    """Return the author inferred for an event without one."""
    try:
        return default_author(event.role, _obligations_of(event.about, snapshot))
    except UsageError:
        return None


def future_date_error(on: date, snapshot: Snapshot) -> str | None:
    """Return an error message if a date is in the future."""
    today = snapshot.as_of
    return (
        _("{on} is in the future; today is {today}").format(on=on, today=today)
        if on > today
        else None
    )


def _cross_field_errors(
    fields: Mapping[str, Any],
    raw: EventInput,
    references: Sequence[Match],
    snapshot: Snapshot,
) -> list[str]:
    """Validate fields against each other and against the snapshot."""
    on, kind = fields.get("on"), fields.get("kind")
    errors = []
    if on and (error := future_date_error(on, snapshot)):
        errors.append(f"on: {error}")
    if (captured := fields.get("captured")) and captured.date() > snapshot.as_of + _DAY:
        errors.append(_("captured: {time} is in the future").format(time=captured))
    if kind:
        errors += _kind_errors(kind, raw)
    if references and "extends_to" in fields:
        errors += _extension_errors(fields["extends_to"], on, references, snapshot)
    obligations = cited_obligations(snapshot, references)
    names = triggers(obligations)
    trigger = text.name_key(fields.get("trigger", ""))
    if references and trigger and trigger not in map(text.name_key, names):
        choices = "; ".join(names) or _("none")
        errors.append(
            _("trigger: no time-limit waits for it; known: {choices}").format(choices=choices)
        )
    role = fields.get("role") if _is_empty(raw.get("by")) else None
    if kind and role and requires_author(kind, role, obligations):
        errors.append(
            _("by: name the State that submitted: {states}, or another").format(
                states=", ".join(_addressees(obligations))
            )
        )
    return errors + _deadline_errors(references, snapshot)


def _kind_errors(kind: EventKind, raw: EventInput) -> list[str]:
    """Validate the fields that a kind of event requires or excludes."""
    fields = {key for key, value in raw.items() if not _is_empty(value)}
    errors = []
    if "source" not in fields and kind is not EventKind.NOTE:
        errors.append(
            _(
                'source: required for an event of kind "{kind}": the URL where it is published'
            ).format(kind=kind)
        )
    if kind is EventKind.ASSESSMENT and "finding" not in fields:
        errors.append(_("finding: required for an assessment, in the words of the speaker"))
    if kind is not EventKind.SUBMISSION and "access" in fields:
        errors.append(
            _('access: for submissions only; this event has the kind "{kind}"').format(kind=kind)
        )
    if kind is not EventKind.ASSESSMENT:
        errors += [
            _('{key}: for assessments only; this event has the kind "{kind}"').format(
                key=key, kind=kind
            )
            for key in ("finding", "scale")
            if key in fields
        ]
    return errors


def _extension_errors(
    day: date, on: date | None, references: Sequence[Match], snapshot: Snapshot
) -> list[str]:
    """Validate that each reference has a deadline before the extension."""
    errors = []
    for reference in references:
        if reference.obligation is None:
            errors.append(
                _(
                    "extends_to: {id} is not one obligation: name the obligation or the "
                    "deadline that is extended"
                ).format(id=reference.id)
            )
            continue
        due = reference.deadline or _extendable_date(reference.obligation, on, snapshot)
        if due is None:
            errors.append(_("extends_to: {id} has no date to extend").format(id=reference.id))
        elif due >= day:
            errors.append(
                _("extends_to: {day} is not later than {deadline}").format(
                    day=day, deadline=f"{reference.obligation.id}@{due}"
                )
            )
    return errors


def _extendable_date(obligation: Obligation, on: date | None, snapshot: Snapshot) -> date | None:
    """Return the date that an extension of a whole obligation moves."""
    dates = [deadline.first_due for deadline in snapshot.schedule(obligation).deadlines]
    return next((due for due in dates if on and due >= on), max(dates, default=None))


def _addressees(obligations: Sequence[Obligation]) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(name for obligation in obligations for name in obligation.addressees)
    )


def _deadline_errors(references: Sequence[Match], snapshot: Snapshot) -> list[str]:
    """Return an error for each `…@DATE` that is not a deadline."""
    errors = []
    for reference in references:
        if reference.obligation is None or reference.deadline is None:
            continue
        until = max(reference.deadline, snapshot.as_of)
        dates = snapshot.schedule(reference.obligation, until=until).deadlines
        if reference.deadline not in {deadline.first_due for deadline in dates}:
            errors.append(
                _(
                    "about: {id} is not a deadline; `orderwatch explain {obligation}` lists them"
                ).format(id=reference.id, obligation=reference.obligation.id)
            )
    return errors


def parse_text(value: object) -> str:
    """Parse text; raise `ValueError` if it is empty or too long."""
    if not isinstance(value, str):
        raise ValueError(_("expected text"))  # noqa: TRY004 - a message for the user
    content = text.nfc(value.strip())
    if not content:
        raise ValueError(_("expected text, not an empty value"))
    if len(content) > TEXT_MAX:
        raise ValueError(
            _("{n:,} characters; the maximum is {limit:,}").format(n=len(content), limit=TEXT_MAX)
        )
    return content


def _parse_texts(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (parse_text(value),)
    if not isinstance(value, list | tuple):
        raise ValueError(_("expected text, or a list of texts"))  # noqa: TRY004 - a message for the user
    return tuple(parse_text(item) for item in value)


def parse_time(value: object) -> datetime:
    """Parse date and time with their offset from UTC; raise `ValueError` without one."""
    text = parse_text(value)
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise ValueError(
            _("{text!r} is not date, time and offset, such as 2024-06-20T14:30+02:00").format(
                text=text
            )
        )
    try:
        return instant.astimezone(UTC).replace(microsecond=0)
    except OverflowError as error:
        raise ValueError(str(error)) from error


def _parse_true(value: object) -> bool:
    if value is not True:
        raise ValueError(_("expected true, or no value"))
    return True


def parse_date(value: object) -> date:
    """Parse an ISO date; raise `ValueError` with an example if it is invalid."""
    text = parse_text(value)
    try:
        result = date.fromisoformat(text)
    except ValueError:
        from orderwatch.dates import invalid_date

        raise invalid_date(text, "2024-06-20") from None
    return result


def parse_url(value: object) -> str:
    """Parse a web URL; raise `ValueError` if it is invalid."""
    parse_text(value)
    # Another Unicode form is another address.
    address = str(value).strip()
    try:
        parts = urlsplit(address)
        is_valid = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        is_valid = False
    if not is_valid or any(
        character.isspace() or not character.isprintable() for character in address
    ):
        raise ValueError(
            _("invalid URL {address!r}; a URL begins with https://").format(
                address=text.cut(address, _QUOTED_MAX)
            )
        )
    return address


def enum_parser(enum_type: type[_Word]) -> Callable[[object], _Word]:
    """Return a parser for the values of an enum."""

    def parse(value: object) -> _Word:
        word = parse_text(value).casefold()
        try:
            return enum_type(word)
        except ValueError:
            choices = ", ".join(enum_type)
            raise ValueError(
                _("invalid value {value!r}; one of: {choices}").format(
                    value=text.cut(word, _QUOTED_MAX), choices=choices
                )
            ) from None

    return parse


def prefix_parser(enum_type: type[_Word]) -> Callable[[str], _Word]:
    """Return a parser that completes a unique prefix of an enum value."""
    parse = enum_parser(enum_type)

    def parse_prefix(text: str) -> _Word:
        matches = [member for member in enum_type if text and member.startswith(text.casefold())]
        return parse(matches[0] if len(matches) == 1 else text)

    return parse_prefix


def is_missing(key: str, values: dict[str, Any], snapshot: Snapshot) -> bool:
    """Return whether a required field is empty; invalid values are reported later."""
    return not values.get(key) and _is_required(key, values, snapshot)


def _is_required(key: str, values: dict[str, Any], snapshot: Snapshot) -> bool:
    if key in {"about", "kind"}:
        return True
    try:
        kind = enum_parser(EventKind)(values["kind"])
        role = enum_parser(Role)(values.get("role") or Role.OTHER)
        if key == "by":
            return requires_author(kind, role, _obligations_of(values["about"], snapshot))
    except (KeyError, ValueError, UsageError):
        return key not in {"by", "finding"}
    if key == "finding":
        return kind is EventKind.ASSESSMENT
    return key != "source" or kind is not EventKind.NOTE


def _obligations_of(about: Sequence[str], snapshot: Snapshot) -> tuple[Obligation, ...]:
    references = [lookup.resolve(snapshot.register, name) for name in about]
    return cited_obligations(snapshot, references)


_PARSERS: Mapping[str, Callable[[object], object]] = {
    "about": _parse_texts,
    "access": enum_parser(Access),
    "archive": parse_url,
    "by": _parse_texts,
    "capture_url": parse_url,
    "captured": parse_time,
    "ends": _parse_true,
    "extends_to": parse_date,
    "finding": parse_text,
    "further": lambda value: tuple(parse_url(item) for item in _parse_texts(value)),
    "kind": enum_parser(EventKind),
    "on": parse_date,
    "private": _parse_true,
    "role": enum_parser(Role),
    "scale": parse_text,
    "source": parse_url,
    "speaker": parse_text,
    "summary": parse_text,
    "trigger": parse_text,
}
_FIELD_NAMES = ", ".join(_PARSERS)
_NOT_OF_EVENTS = {"private", "capture_url", "captured"}
"""Input about the entry and its new files."""

INPUT_MAX = 1_000_000
"""The maximum size of an event in JSON, in bytes."""


def merge_input(
    options: Mapping[str, Any], name: str | None = None, content: str = ""
) -> dict[str, Any]:
    """Merge the options of a command and its JSON file."""
    return _merge({} if name is None else _from_file(name, content), _from_options(options))


def _from_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """Select the fields of an event from the options of a command."""
    values = {key: options.get(key) for key in _PARSERS}
    fields = {key: value for key, value in values.items() if value not in _UNSET}
    return {key: None if value == [""] else value for key, value in fields.items()}


_UNSET: tuple[object, ...] = (None, False, [], ())


def _merge(file_fields: dict[str, Any], option_fields: dict[str, Any]) -> dict[str, Any]:
    """Merge file and options; raise `UsageError` for a field in both."""
    if duplicates := sorted(file_fields.keys() & option_fields.keys()):
        raise UsageError(
            _("{names}: in the file and as an option; remove one").format(
                names=", ".join(duplicates)
            )
        )
    return {**file_fields, **option_fields}


def _from_file(name: str, content: str) -> dict[str, Any]:
    """Read an event as JSON, so that none of it stays in the shell history."""
    try:
        fields = json.loads(content, object_pairs_hook=_reject_duplicates)
    except (ValueError, RecursionError) as error:
        if (kind := text.kind_of(content)) not in {text.JSON, text.OTHER}:
            raise UsageError(
                _("{name}: is {kind}, not an event in JSON").format(name=name, kind=_(kind))
            ) from error
        raise UsageError(
            _("{name}: is not JSON: {error}").format(name=name, error=error)
        ) from error
    if not isinstance(fields, dict):
        raise UsageError(_("{name}: expected one JSON object, the event").format(name=name))
    if "entry" in fields:
        raise UsageError(
            _("{name}: is an export of a log, not an event; use `orderwatch log import`").format(
                name=name
            )
        )
    if isinstance(fields.get("schema"), str):
        raise UsageError(
            _('{name}: is a document "{schema}", not an event').format(
                name=name, schema=fields["schema"][:80]
            )
        )
    return fields


def _reject_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for key, value in pairs:
        if key in fields:
            raise ValueError(_("duplicate key {key}").format(key=key))
        fields[key] = value
    return fields


def from_entry(entry: StoredEntry, snapshot: Snapshot, changes: dict[str, Any]) -> dict[str, Any]:
    """Convert an entry back to the input for its event."""
    event = entry.event
    if event is None:
        return {}
    fields = {key: getattr(event, key) for key in _PARSERS if key not in _NOT_OF_EVENTS}
    fields["private"] = entry.private
    dates = {key: str(fields[key]) for key in ("on", "extends_to") if fields[key]}
    if "about" in changes and event.by == inferred_author(event, snapshot):
        # The author was inferred from the obligations, so infer it again.
        del fields["by"]
    return {key: value for key, value in (fields | dates).items() if value}
