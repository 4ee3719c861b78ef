"""Payload that an entry commits to: an event, a reason, a rank or a handover; pure.

Keys that are null, false or empty are omitted, so that an event has one encoding.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from orderwatch.log.formats import canonical
from orderwatch.log.formats.canonical import Json
from orderwatch.model import (
    Access,
    Attachment,
    Capture,
    CaptureRole,
    Event,
    EventKind,
    Grade,
    Origin,
    Role,
)
from orderwatch.model.entry import Appointment, Handover, Rank
from orderwatch.model.event import obligation_id
from orderwatch.translation import _

TEXT_MAX = 20_000
"""Characters of one text."""
PAYLOAD_MAX = 256 * 1024
"""Bytes of one payload."""
LIST_MAX = 1_000
"""Items of `about`, `by` and `further`."""
ATTACHMENTS_MAX = 100

ORIGIN_MAX = 200
"""Characters of the origin of a log."""
CAPTION_MAX = 200
"""Characters of the caption of a key."""

_KEY_PATTERN = re.compile(r"[0-9a-f]{64}")
_ID_PATTERN = re.compile(r"[!-~]{1,200}")
_SHA256_PATTERN = re.compile(r"[0-9a-f]{64}")
_TIME_PATTERN = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)

_CHARACTERS = r'[^"\\\x00-\x1f]*'
_ESCAPE = r'\\(?:["\\bfnrt]|u00(?:0[1-7bef]|1[0-9a-f]))'
_STRING = rf'"(?!"){_CHARACTERS}(?:{_ESCAPE}{_CHARACTERS})*"'
_STRINGS = rf"\[{_STRING}(?:,{_STRING})*\]"
_PLAIN_ID = r'"[!#-@\[\]-~]{1,200}"'
_DAY = r'"(\d{4}-\d\d-\d\d)"'
_PLAIN_EVENT = re.compile(
    rf'\{{(?:"about":\[({_PLAIN_ID}(?:,{_PLAIN_ID})*)\],)?(?:"archive":{_STRING},)?'
    rf'(?:"by":{_STRINGS},)?(?:"ends":true,)?(?:"finding":{_STRING},)?'
    rf'(?:"further":{_STRINGS},)?(?:"inferred":true,)?'
    rf'"kind":"(?:{"|".join(EventKind)})","on":{_DAY},'
    rf'"role":"(?:{"|".join(Role)})",(?:"scale":{_STRING},)?(?:"source":{_STRING},)?'
    rf'"speaker":{_STRING},"summary":{_STRING}(?:,"trigger":{_STRING})?\}}',
    re.ASCII,
)
"""Pattern of most events. Groups: about, on."""
_ABOUT = re.compile(rb'\{(?:"about":\[("[^"\\]+"(?:,"[^"\\]+")*)\],)?')
_DATED = re.compile(rb'"kind":"([a-z-]+)","on":"(\d{4}-\d\d-\d\d)"')
_KIND, _ON, _TRIGGER = b'"kind":"', b'","on":"', b'"trigger":'
_ON_SIZE = len('","on":"YYYY-MM-DD"')
_AFFECTING = re.compile(rb'"(?:ends|extends_to|trigger)":')
_PLAIN_MAX = 4_000
"""Bytes below which no text and no list of an event can be too long."""

_STATUS_KINDS = frozenset({EventKind.SUBMISSION.value, EventKind.ASSESSMENT.value})
_REQUIRED_KEYS = frozenset({"kind", "on", "role", "speaker", "summary"})


IndexKey = tuple[tuple[str, ...], int, bool]
"""Key of an event in the indexes of a log; a reason has no ids and no day.

The ids that it names, with the obligation of each deadline, without duplicates; its
day; and whether it affects a status by more than the number of events.
"""


def encode_event(event: Event) -> bytes:
    """Encode an event.

    Its id and sequence number belong to the entry. Raises `ValueError` if invalid.
    """
    value: dict[str, Json] = {
        "about": list(event.about),
        "access": event.access,
        "archive": event.archive,
        "attachments": [_attachment_fields(file) for file in event.attachments],
        "by": list(event.by),
        "ends": event.ends,
        "extends_to": event.extends_to.isoformat() if event.extends_to else None,
        "finding": event.finding,
        "further": list(event.further),
        "grade": event.grade,
        "inferred": event.inferred,
        "kind": event.kind,
        "on": event.on.isoformat(),
        "role": event.role,
        "scale": event.scale,
        "source": event.source,
        "speaker": event.speaker,
        "summary": event.summary,
        "trigger": event.trigger,
    }
    fields: dict[str, Json] = {
        key: item for key, item in value.items() if item not in (None, False, [])
    }
    data = canonical.encode(fields)
    _parse_fields(fields, len(data))
    return data


def _attachment_fields(file: Attachment) -> dict[str, Json]:
    # The index `payload_attachments` relies on `media_type` as the first key.
    capture = file.capture
    value: dict[str, Json] = {
        "media_type": file.media_type,
        "name": file.name,
        "role": capture.role if capture else None,
        "sha256": file.sha256,
        "size": file.size,
        "time": format_time(capture.time) if capture and capture.time else None,
        "url": capture.url if capture else None,
    }
    return {key: item for key, item in value.items() if item is not None}


def format_time(instant: datetime) -> str:
    """Format the time of a capture: RFC 3339, UTC, seconds."""
    naive = instant.astimezone(UTC).replace(tzinfo=None)
    return f"{naive.isoformat(timespec='seconds')}Z"


def encode_reason(reason: str) -> bytes:
    """Encode the reason of a retraction or a redaction."""
    return canonical.encode({"why": _parse_text(reason)})


def validate_event(payload: bytes) -> None:
    """Raise `ValueError` unless the payload is an event in canonical form."""
    if not _is_plain_event(payload):
        _parse_fields(canonical.decode(payload), len(payload))


def _is_plain_event(payload: bytes) -> bool:
    """Return whether an event is certainly valid; `False` means "parse it".

    Parsing and encoding each event takes seven times as long.
    """
    if len(payload) > _PLAIN_MAX:
        return False
    try:
        match = _PLAIN_EVENT.fullmatch(payload.decode())
        if match is None:
            return False
        about, on = match.groups()
        _ordinal(on)
    except ValueError:
        return False
    return about is None or _split(about) is not None


def decode_event(payload: bytes, *, uid: str, seq: int) -> Event:
    """Decode an event of the log."""
    fields = _parse_fields(canonical.decode(payload), len(payload))
    return Event(id=uid, origin=Origin.LOG, seq=seq, **fields)


def index_key(payload: bytes) -> IndexKey:
    """Return the index key of a payload; raise `ValueError` if it is no event."""
    # A verification computes the key of every event; few differ in these parts.
    kind = payload.find(_KIND)
    on = payload.find(_ON, kind)
    # In a text, a backslash would stand before the quotes.
    if kind < 0 or on < 0:
        return _parse_index_key(payload)
    ids, has_effect = _parse_before_kind(payload[:kind])
    day, affects_status = _parse_kind_and_day(payload[kind : on + _ON_SIZE])
    if ids is None or not day:
        return _parse_index_key(payload)
    return ids, day, has_effect or affects_status or payload.find(_TRIGGER, on) >= 0


@lru_cache(maxsize=50_000)
def _parse_before_kind(part: bytes) -> tuple[tuple[str, ...] | None, bool]:
    """Return ids and whether a status is affected, of the keys before `kind`."""
    match = _ABOUT.match(part)
    about = match and match[1]
    ids = _split(about.decode()) if about else ()
    is_certain = match is not None and b'"about":' not in part[match.end() :]
    return ids if is_certain else None, _AFFECTING.search(part) is not None


@lru_cache(maxsize=10_000)
def _parse_kind_and_day(part: bytes) -> tuple[int, bool]:
    """Return day (0 if invalid) and whether a status is affected, of kind and day."""
    match = _DATED.fullmatch(part)
    if not match:
        return 0, False
    return _ordinal(match[2].decode()), match[1].decode() in _STATUS_KINDS


def _parse_index_key(payload: bytes) -> IndexKey:
    value = canonical.parse(payload.decode())
    if not isinstance(value, dict) or value.keys() & {"why", "rank", "giver"}:
        return (), 0, False
    fields = _parse_fields(value, len(payload))
    effects = fields.keys() & {"ends", "extends_to", "trigger"}
    affects_status = bool(effects) or fields["kind"] in _STATUS_KINDS
    return (
        _with_obligations(fields.get("about", ())),
        fields["on"].toordinal(),
        affects_status,
    )


@lru_cache(maxsize=10_000)
def _split(about: str) -> tuple[str, ...] | None:
    """Split ids that need no unescaping; `None` if an id is repeated."""
    ids = about[1:-1].split('","')
    return _with_obligations(ids) if len(set(ids)) == len(ids) else None


def _with_obligations(ids: Sequence[str]) -> tuple[str, ...]:
    if "@" not in "".join(ids):
        return tuple(ids)
    return tuple(dict.fromkeys([*ids, *map(obligation_id, ids)]))


@lru_cache(maxsize=10_000)
def _ordinal(day: str) -> int:
    return date.fromisoformat(day).toordinal()


def decode_reason(payload: bytes) -> str:
    """Decode the reason of a retraction or a redaction."""
    match canonical.decode(payload):
        case {"why": reason, **others} if not others:
            return _parse_text(reason)
    raise ValueError(_("the payload must contain a reason, and nothing else"))


def encode_appointment(appointment: Appointment) -> bytes:
    """Encode the rank of a key; raise `ValueError` if it is invalid."""
    value: dict[str, Json] = {
        "key": appointment.key,
        "log": appointment.log,
        "name": appointment.name,
        "rank": appointment.rank,
    }
    data = canonical.encode({key: item for key, item in value.items() if item is not None})
    decode_appointment(data)
    return data


def decode_appointment(payload: bytes) -> Appointment:
    """Decode the rank of a key."""
    match canonical.decode(payload):
        case {"key": str(key), "log": str(log), "rank": str(rank), **others} if others.keys() <= {
            "name"
        }:
            if not _KEY_PATTERN.fullmatch(key):
                raise ValueError(_("{key!r} is not a public key").format(key=key[:ORIGIN_MAX]))
            if not 0 < len(log) <= ORIGIN_MAX:
                raise ValueError(_("log: not the origin of a log"))
            name = _parse_text(others["name"]) if "name" in others else None
            if name is not None and len(name) > CAPTION_MAX:
                raise ValueError(
                    _("name: longer than {limit} characters").format(limit=CAPTION_MAX)
                )
            return Appointment(log=log, key=key, rank=Rank(rank), name=name)
    raise ValueError(_("the payload must contain key, log, rank and name, and nothing else"))


def encode_handover(handover: Handover) -> bytes:
    """Encode who gave what to whom; raise `ValueError` if it is invalid."""
    value: dict[str, Json] = {
        "date": handover.date.isoformat(),
        "file": handover.file,
        "giver": handover.giver,
        "receiver": handover.receiver,
        "what": handover.what,
    }
    data = canonical.encode({key: item for key, item in value.items() if item is not None})
    decode_handover(data)
    return data


def decode_handover(payload: bytes) -> Handover:
    """Decode who gave what to whom."""
    match canonical.decode(payload):
        case {"date": day, "giver": giver, "receiver": receiver, "what": what, **others} if (
            others.keys() <= {"file"}
        ):
            file = others.get("file")
            if file is not None and not _SHA256_PATTERN.fullmatch(str(file)):
                raise ValueError(_("{digest!r} is not a SHA-256").format(digest=file))
            return Handover(
                date=_parse_date(day),
                giver=_parse_text(giver),
                receiver=_parse_text(receiver),
                what=_parse_text(what),
                file=None if file is None else _parse_text(file),
            )
    raise ValueError(
        _("the payload must contain date, giver, receiver, what and file, and nothing else")
    )


def _parse_fields(value: Json, size: int) -> dict[str, Any]:
    if size > PAYLOAD_MAX:
        raise ValueError(
            _("the event has {size} bytes; the maximum is {limit}").format(
                size=size, limit=PAYLOAD_MAX
            )
        )
    match value:
        case dict():
            fields = {key: _parse_field(key, item) for key, item in value.items()}
        case _:
            raise ValueError(_("the payload is not an object"))
    if missing_keys := _REQUIRED_KEYS - fields.keys():
        raise ValueError(_("missing: {keys}").format(keys=", ".join(sorted(missing_keys))))
    return fields


def _parse_field(key: str, item: Json) -> object:
    try:
        return _PARSERS[key](item)
    except KeyError:
        raise ValueError(_('unknown field "{key}"').format(key=key)) from None
    except ValueError as error:
        raise ValueError(f"{key}: {error}") from error


def _parse_text(item: object) -> str:
    match item:
        case str() if 0 < len(item) <= TEXT_MAX:
            return item
        case str():
            raise ValueError(
                _("{n:,} characters, not 1 to {limit:,}").format(n=len(item), limit=TEXT_MAX)
            )
    raise ValueError(_("not a text"))


def _parse_true(item: Json) -> bool:
    if item is not True:
        raise ValueError(_("must be true or left out"))
    return True


def _parse_date(item: Json) -> date:
    day = date.fromisoformat(_parse_text(item))
    if day.isoformat() != item:  # `fromisoformat` accepts 20240524 and 2024-W21-5
        raise ValueError(_("{item!r} does not have the form YYYY-MM-DD").format(item=item))
    return day


def _parse_list(item: Json, limit: int) -> list[Json]:
    match item:
        case list() if 0 < len(item) <= limit:
            return item
        case list():
            raise ValueError(_("{n:,} items, not 1 to {limit:,}").format(n=len(item), limit=limit))
    raise ValueError(_("not a list"))


def _parse_texts(item: Json) -> tuple[str, ...]:
    return tuple(_parse_text(element) for element in _parse_list(item, LIST_MAX))


def _parse_ids(item: Json) -> tuple[str, ...]:
    ids = _parse_texts(item)
    for name in ids:
        if not _ID_PATTERN.fullmatch(name) or name != name.lower():
            raise ValueError(_("{name!r} is not an id").format(name=name))
    if len(set(ids)) < len(ids):
        raise ValueError(_("duplicate id"))
    return ids


def _parse_attachments(item: Json) -> tuple[Attachment, ...]:
    return tuple(_parse_attachment(element) for element in _parse_list(item, ATTACHMENTS_MAX))


def _parse_attachment(item: Json) -> Attachment:
    match item:
        case {
            "media_type": str(media_type),
            "name": str(name),
            "sha256": str(sha256),
            "size": int(size),
            **others,
        } if size >= 0 and size is not True and size is not False:
            if not _SHA256_PATTERN.fullmatch(sha256):
                raise ValueError(_("{digest!r} is not a SHA-256").format(digest=sha256))
            return Attachment(
                sha256=sha256,
                name=_parse_text(name),
                size=size,
                media_type=_parse_text(media_type),
                capture=_parse_capture(others),
            )
    raise ValueError(_("an attachment has sha256, name, size and media_type"))


def _parse_capture(fields: Mapping[Any, Any]) -> Capture | None:
    """Parse the fields of an attachment that a capture has besides."""
    if not fields:
        return None
    if "role" not in fields or fields.keys() - {"role", "time", "url"}:
        raise ValueError(_("a capture has role, time and url, and nothing else"))
    return Capture(
        role=CaptureRole(_parse_text(fields["role"])),
        url=_parse_text(fields["url"]) if "url" in fields else None,
        time=_parse_time(_parse_text(fields["time"])) if "time" in fields else None,
    )


def _parse_time(text: str) -> datetime:
    instant = datetime.fromisoformat(text) if _TIME_PATTERN.fullmatch(text) else None
    # `fromisoformat` of Python 3.14 accepts 24:00:00.
    if instant is None or format_time(instant) != text:
        raise ValueError(
            _("{item!r} does not have the form YYYY-MM-DDTHH:MM:SSZ").format(item=text)
        )
    return instant


_PARSERS: dict[str, Callable[[Json], object]] = {
    "about": _parse_ids,
    "access": lambda item: Access(_parse_text(item)),
    "archive": _parse_text,
    "attachments": _parse_attachments,
    "by": _parse_texts,
    "ends": _parse_true,
    "extends_to": _parse_date,
    "finding": _parse_text,
    "further": _parse_texts,
    "grade": lambda item: Grade(_parse_text(item)),
    "inferred": _parse_true,
    "kind": lambda item: EventKind(_parse_text(item)),
    "on": _parse_date,
    "role": lambda item: Role(_parse_text(item)),
    "scale": _parse_text,
    "source": _parse_text,
    "speaker": _parse_text,
    "summary": _parse_text,
    "trigger": _parse_text,
}
