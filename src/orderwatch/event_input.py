"""What somebody wants to log -> an event, or every reason why it cannot be one."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar
from urllib.parse import urlsplit

from orderwatch import lookup
from orderwatch.cli.terminal import streams
from orderwatch.errors import UsageError
from orderwatch.ledger.entry import Recorded
from orderwatch.ledger.payload import LIST_MAX, TEXT_MAX
from orderwatch.lookup import Cited
from orderwatch.model import Event, EventKind, Obligation, On, Origin, Role
from orderwatch.snapshot import Record, schedule

Draft = Mapping[str, Any]
"""Fields of an event as they were given: text, lists of text, and true."""

REQUIRED = ("about", "kind", "on", "speaker", "role", "summary")
_HELP = "`orderwatch log add --help` says what an event has"
_WRONG = 20
"""Wrong ids after which no more are looked at."""
_Word = TypeVar("_Word", bound=StrEnum)


def event(draft: Draft, known: Record, *, uid: str) -> Event:
    """Make an event of a draft; raise one `UsageError` that names every problem."""
    problems: list[str] = []
    fields = _read(draft, problems)
    problems += [f"{key}: is missing" for key in REQUIRED if _absent(draft.get(key))]
    cited = _cited(fields.get("about", ()), known, problems)
    problems += _misfits(fields, draft, cited, known)
    if problems:
        listed = "".join(f"\n  {problem}" for problem in problems)
        raise UsageError(f"nothing was recorded:{listed}\n{_HELP}")
    fields.pop("private", None)
    fields["about"] = tuple(dict.fromkeys(item.id for item in cited))
    if fields["kind"] is EventKind.SUBMISSION and "by" not in fields:
        fields["by"] = author(fields["role"], duties(known, cited))
    return Event(id=uid, origin=Origin.LOG, **fields)


def _cited(about: Sequence[str], known: Record, problems: list[str]) -> list[Cited]:
    """Find what an event is about, as long as that makes sense."""
    cited: list[Cited] = []
    wrong = 0
    for text in about[:LIST_MAX]:
        try:
            cited.append(lookup.cited(known.register, text))
        except UsageError as error:
            problems.append(f"about: {error}")
            wrong += 1
        # To look for the nearest of each of thousands would take minutes.
        if wrong == _WRONG:
            problems.append(f"about: the {len(about):,} ids were looked at no further")
            break
    if len(about) > LIST_MAX:
        problems.append(f"about: names {len(about):,} ids, more than {LIST_MAX:,}")
    return cited


def _read(draft: Draft, problems: list[str]) -> dict[str, Any]:
    """Read each field by itself; what is null or empty counts as not given."""
    fields: dict[str, Any] = {}
    for key, value in draft.items():
        if key not in _SHAPES:
            problems.append(f"{key}: is no key of an event; known: {_KNOWN}")
        elif not _absent(value):
            try:
                fields[key] = _SHAPES[key](value)
            except ValueError as error:
                problems.append(f"{key}: {error}")
    return fields


def _absent(value: object) -> bool:
    # Not by `in`: 0 equals false.
    return value is None or value is False or value in ("", [], ())


def duties(known: Record, cited: Sequence[Cited]) -> tuple[Obligation, ...]:
    """List the obligations that citations cover."""
    return tuple(
        duty for item in cited for duty in lookup.obligations(known.register, item)
    )


def triggers(chosen: Sequence[Obligation]) -> tuple[str, ...]:
    """List what the time-limits of obligations wait for."""
    limits = [duty.limit for duty in chosen]
    found = [limit.after for limit in limits if not isinstance(limit, On)]
    return tuple(dict.fromkeys(after for after in found if after))


def wants_author(kind: EventKind, role: Role, chosen: Sequence[Obligation]) -> bool:
    """Tell whether neither speaker nor addressee says who submitted."""
    told = kind is not EventKind.SUBMISSION or role is Role.PARTY
    return not told and len(_asked(chosen)) > 1


def author(role: Role, chosen: Sequence[Obligation]) -> tuple[str, ...]:
    """Take the one addressee for the author of what others report of it."""
    return () if role is Role.PARTY else _asked(chosen)


def supposed(event: Event, known: Record) -> tuple[str, ...] | None:
    """Name who an event would say has submitted if it were not told."""
    try:
        cited = [lookup.cited(known.register, name) for name in event.about]
    except UsageError:
        return None
    return author(event.role, duties(known, cited))


def too_late(on: date, known: Record) -> str | None:
    """Say why a day cannot be that of an event."""
    today = known.view.as_of
    return f"{on} lies in the future; today is {today}" if on > today else None


def _misfits(
    fields: Mapping[str, Any], draft: Draft, cited: Sequence[Cited], known: Record
) -> list[str]:
    """Name what is right by itself and wrong together, or wrong today."""
    on, kind = fields.get("on"), fields.get("kind")
    found = []
    if on and (late := too_late(on, known)):
        found.append(f"on: {late}")
    if kind:
        found += _unfit_for(kind, draft)
    if cited and "extends_to" in fields:
        found += _bad_extension(fields["extends_to"], on, cited, known)
    chosen = duties(known, cited)
    if cited and "trigger" in fields and fields["trigger"] not in triggers(chosen):
        offer = "; ".join(triggers(chosen)) or "none of them waits for anything"
        found.append(f"trigger: no time-limit waits for that; known: {offer}")
    role = fields.get("role") if _absent(draft.get("by")) else None
    if kind and role and wants_author(kind, role, chosen):
        found.append(f"by: say who submitted: {', '.join(_asked(chosen))}, or another")
    return found + _no_deadlines(cited, known)


def _unfit_for(kind: EventKind, draft: Draft) -> list[str]:
    """Name what an event of a kind lacks, and what it cannot have."""
    given = {key for key, value in draft.items() if not _absent(value)}
    found = []
    if "source" not in given and kind is not EventKind.NOTE:
        found.append(f"source: a {kind} needs the address where it is written")
    if kind is EventKind.ASSESSMENT and "finding" not in given:
        found.append(
            "finding: an assessment says what was found, in the words of its speaker"
        )
    if kind is not EventKind.ASSESSMENT:
        found += [
            f"{key}: belongs to an assessment, and this is a {kind}"
            for key in ("finding", "scale")
            if key in given
        ]
    return found


def _bad_extension(
    day: date, on: date | None, cited: Sequence[Cited], known: Record
) -> list[str]:
    """Name each thing that has no deadline which a day would extend."""
    found = []
    for item in cited:
        if item.obligation is None:
            found.append(
                f"extends_to: {item.id} is not one duty: name the obligation or the "
                "deadline that is extended"
            )
            continue
        due = item.deadline or _extended(item.obligation, on, known)
        if due is None:
            found.append(f"extends_to: {item.id} has no date that could be extended")
        elif due >= day:
            found.append(
                f"extends_to: {day} is not later than {item.obligation.id}@{due}"
            )
    return found


def _extended(duty: Obligation, on: date | None, known: Record) -> date | None:
    """Choose the date that an extension of a whole obligation moves."""
    dates = [d.first_due for d in schedule(known, duty).deadlines]
    return next((due for due in dates if on and due >= on), max(dates, default=None))


def _asked(chosen: Sequence[Obligation]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for duty in chosen for name in duty.addressees))


def _no_deadlines(cited: Sequence[Cited], known: Record) -> list[str]:
    """Name each `…@DATE` that is no deadline."""
    found = []
    for item in cited:
        if item.obligation is None or item.deadline is None:
            continue
        until = max(item.deadline, known.view.as_of)
        dates = schedule(known, item.obligation, until=until).deadlines
        if item.deadline not in {deadline.first_due for deadline in dates}:
            found.append(
                f"about: {item.id} is no deadline; `orderwatch explain "
                f"{item.obligation.id}` lists them"
            )
    return found


def words(value: object) -> str:
    """Read text that says something; raise `ValueError` if it does not."""
    if not isinstance(value, str):
        raise ValueError("should be text")  # noqa: TRY004 - told, not raised on
    found = value.strip()
    if not found:
        raise ValueError("should be text, not empty")
    if len(found) > TEXT_MAX:
        raise ValueError(f"has {len(found):,} characters, more than {TEXT_MAX:,}")
    return found


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (words(value),)
    if not isinstance(value, list | tuple):
        raise ValueError("should be text, or a list of texts")  # noqa: TRY004 - told, not raised on
    return tuple(words(item) for item in value)


def _true(value: object) -> bool:
    if value is not True:
        raise ValueError("should be true, or be left out")
    return True


def day(value: object) -> date:
    """Read a date; raise `ValueError` with what one looks like."""
    text = words(value)
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is no date; a date looks like 2024-06-20") from None
    return found


def address(value: object) -> str:
    """Read a web address; raise `ValueError` if it is none."""
    text = words(value)
    try:
        parts = urlsplit(text)
        right = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        right = False
    if not right or any(c.isspace() or not c.isprintable() for c in text):
        raise ValueError(f"{text[:80]!r} is no address; one begins with https://")
    return text


def word(known: type[_Word]) -> Callable[[object], _Word]:
    """Give a reader of one of a closed list of words."""

    def read(value: object) -> _Word:
        text = words(value).casefold()
        try:
            return known(text)
        except ValueError:
            offer = ", ".join(known)
            raise ValueError(f"{text[:80]!r} is none of: {offer}") from None

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
    if "about" in typed and event.by == supposed(event, known):
        # Who submitted was told by what it was about, and is told anew.
        del fields["by"]
    return {key: value for key, value in (fields | days).items() if value}
