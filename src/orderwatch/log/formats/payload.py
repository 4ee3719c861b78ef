"""What an entry commits to: an event, or the reason of a retraction; pure.

Keys that are null, false or empty are left out, so that one event has one form.
"""

import re
from collections.abc import Callable, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from orderwatch.log.formats import canonical
from orderwatch.log.formats.canonical import Json
from orderwatch.model import Attachment, Event, EventKind, Grade, Origin, Role

TEXT_MAX = 20_000
"""Characters of one text."""
PAYLOAD_MAX = 256 * 1024
"""Bytes of one payload."""
LIST_MAX = 1_000
"""Items of `about`, `by` and `further`."""
ATTACHMENTS_MAX = 100

_ID = re.compile(r"[!-~]{1,200}")
_SHA256 = re.compile(r"[0-9a-f]{64}")

_CHARACTERS = r'[^"\\\x00-\x1f]*'
_ESCAPE = r'\\(?:["\\bfnrt]|u00(?:0[1-7bef]|1[0-9a-f]))'
_STRING = rf'"(?!"){_CHARACTERS}(?:{_ESCAPE}{_CHARACTERS})*"'
_WORDS = rf"\[{_STRING}(?:,{_STRING})*\]"
_PLAIN_ID = r'"[!#-@\[\]-~]{1,200}"'
_DAY = r'"(\d{4}-\d\d-\d\d)"'
_PLAIN = re.compile(
    rf'\{{(?:"about":\[({_PLAIN_ID}(?:,{_PLAIN_ID})*)\],)?(?:"archive":{_STRING},)?'
    rf'(?:"by":{_WORDS},)?(?:"ends":true,)?(?:"finding":{_STRING},)?'
    rf'(?:"further":{_WORDS},)?(?:"inferred":true,)?'
    rf'"kind":"(?:{"|".join(EventKind)})","on":{_DAY},(?:"private":true,)?'
    rf'"role":"(?:{"|".join(Role)})",(?:"scale":{_STRING},)?(?:"source":{_STRING},)?'
    rf'"speaker":{_STRING},"summary":{_STRING}(?:,"trigger":{_STRING})?\}}',
    re.ASCII,
)
"""What most events look like. Groups: about, on."""
_ABOUT = re.compile(rb'\{(?:"about":\[("[^"\\]+"(?:,"[^"\\]+")*)\],)?')
_DATED = re.compile(rb'"kind":"([a-z-]+)","on":"(\d{4}-\d\d-\d\d)"')
_KIND, _ON, _TRIGGER = b'"kind":"', b'","on":"', b'"trigger":'
_ON_SIZE = len('","on":"YYYY-MM-DD"')
_BEARING = re.compile(rb'"(?:ends|extends_to|trigger)":')
_PLAIN_MAX = 4_000
"""Bytes below which no text and no list of an event can be too long."""

_BEARING_KINDS = frozenset({EventKind.SUBMISSION.value, EventKind.ASSESSMENT.value})
_REQUIRED = frozenset({"kind", "on", "role", "speaker", "summary"})


Lookup = tuple[tuple[str, ...], int, bool]
"""What a store looks an event up by; a reason has no ids and no day.

The ids that it names, and of deadlines their obligation's, each once; its day; and
whether a status can change by more than the number of events.
"""


def encode_event(event: Event, *, private: bool = False) -> bytes:
    """Write what the log keeps of an event; `private` ones are not published.

    Its id and its place belong to the entry. Raise `ValueError` if it cannot be kept.
    """
    value: dict[str, Json] = {
        "about": list(event.about),
        "archive": event.archive,
        "attachments": [
            {
                "media_type": file.media_type,
                "name": file.name,
                "sha256": file.sha256,
                "size": file.size,
            }
            for file in event.attachments
        ],
        "by": list(event.by),
        "ends": event.ends,
        "extends_to": event.extends_to.isoformat() if event.extends_to else None,
        "finding": event.finding,
        "further": list(event.further),
        "grade": event.grade,
        "inferred": event.inferred,
        "kind": event.kind,
        "on": event.on.isoformat(),
        "private": private,
        "role": event.role,
        "scale": event.scale,
        "source": event.source,
        "speaker": event.speaker,
        "summary": event.summary,
        "trigger": event.trigger,
    }
    kept: dict[str, Json] = {
        key: item for key, item in value.items() if item not in (None, False, [])
    }
    data = canonical.encode(kept)
    _fields(kept, len(data))
    return data


def encode_why(why: str) -> bytes:
    """Write the reason of a retraction or a redaction."""
    return canonical.encode({"why": _text(why)})


def check_event(payload: bytes) -> None:
    """Raise `ValueError` unless the payload is an event in its one form."""
    if not _is_plain(payload):
        _fields(canonical.decode(payload), len(payload))


def _is_plain(payload: bytes) -> bool:
    """Tell quickly that an event is in order; `False` means "look closely".

    Reading and writing each event again takes seven times as long.
    """
    if len(payload) > _PLAIN_MAX:
        return False
    try:
        found = _PLAIN.fullmatch(payload.decode())
        if found is None:
            return False
        about, on = found.groups()
        _ordinal(on)
    except ValueError:
        return False
    return about is None or _split(about) is not None


def decode_event(payload: bytes, *, uid: str, seq: int) -> tuple[Event, bool]:
    """Read an event of the log, and whether it is private."""
    fields = _fields(canonical.decode(payload), len(payload))
    private = bool(fields.pop("private", False))
    return Event(id=uid, origin=Origin.LOG, seq=seq, **fields), private


def lookup(payload: bytes) -> Lookup:
    """Find what an event is looked up by; raise `ValueError` if it is no event."""
    # A verification looks up every event, and few of them differ in these parts.
    kind = payload.find(_KIND)
    on = payload.find(_ON, kind)
    # In a text, a backslash would stand before the quotes.
    if kind < 0 or on < 0:
        return _looked_up(payload)
    ids, bears = _before_kind(payload[:kind])
    day, bearing = _kind_and_day(payload[kind : on + _ON_SIZE])
    if ids is None or not day:
        return _looked_up(payload)
    return ids, day, bears or bearing or _TRIGGER in payload[on:]


@lru_cache(maxsize=50_000)
def _before_kind(part: bytes) -> tuple[tuple[str, ...] | None, bool]:
    """Give ids, and whether an event bears, of what precedes its kind."""
    found = _ABOUT.match(part)
    about = found and found[1]
    ids = _split(about.decode()) if about else ()
    sure = found is not None and b'"about":' not in part[found.end() :]
    return ids if sure else None, _BEARING.search(part) is not None


@lru_cache(maxsize=10_000)
def _kind_and_day(part: bytes) -> tuple[int, bool]:
    """Give day, and whether an event bears, of its kind and its day; 0 for none."""
    found = _DATED.fullmatch(part)
    if not found:
        return 0, False
    return _ordinal(found[2].decode()), found[1].decode() in _BEARING_KINDS


def _looked_up(payload: bytes) -> Lookup:
    value = canonical.parse(payload.decode())
    if not isinstance(value, dict) or "why" in value:
        return (), 0, False
    fields = _fields(value, len(payload))
    effects = fields.keys() & {"ends", "extends_to", "trigger"}
    bears = bool(effects) or fields["kind"] in _BEARING_KINDS
    return _with_stems(fields.get("about", ())), fields["on"].toordinal(), bears


@lru_cache(maxsize=10_000)
def _split(about: str) -> tuple[str, ...] | None:
    """Split ids that need no unescaping; `None` if one is there twice."""
    ids = about[1:-1].split('","')
    return _with_stems(ids) if len(set(ids)) == len(ids) else None


def _with_stems(ids: Sequence[str]) -> tuple[str, ...]:
    if "@" not in "".join(ids):
        return tuple(ids)
    return tuple(dict.fromkeys([*ids, *(one.partition("@")[0] for one in ids)]))


@lru_cache(maxsize=10_000)
def _ordinal(day: str) -> int:
    return date.fromisoformat(day).toordinal()


def decode_why(payload: bytes) -> str:
    """Read the reason of a retraction or a redaction."""
    match canonical.decode(payload):
        case {"why": why, **others} if not others:
            return _text(why)
    raise ValueError("the payload does not hold a reason, and nothing else")


def _fields(value: Json, size: int) -> dict[str, Any]:
    if size > PAYLOAD_MAX:
        raise ValueError(f"the event takes {size} bytes, more than {PAYLOAD_MAX}")
    match value:
        case dict():
            fields = {key: _field(key, item) for key, item in value.items()}
        case _:
            raise ValueError("the payload is not an object")
    if missing := _REQUIRED - fields.keys():
        raise ValueError(f"{', '.join(sorted(missing))}: is missing")
    return fields


def _field(key: str, item: Json) -> object:
    try:
        return _SHAPE[key](item)
    except KeyError:
        raise ValueError(f"{key}: is not a key of an event") from None
    except ValueError as error:
        raise ValueError(f"{key}: {error}") from error


def _text(item: Json) -> str:
    match item:
        case str() if 0 < len(item) <= TEXT_MAX:
            return item
        case str():
            raise ValueError(f"has {len(item):,} characters, not 1 to {TEXT_MAX:,}")
    raise ValueError("is not a text")


def _yes(item: Json) -> bool:
    if item is not True:
        raise ValueError("is left out unless it is true")
    return True


def _day(item: Json) -> date:
    day = date.fromisoformat(_text(item))
    if day.isoformat() != item:  # `fromisoformat` takes 20240524 and 2024-W21-5 too
        raise ValueError(f"{item!r} is not written YYYY-MM-DD")
    return day


def _list(item: Json, most: int) -> list[Json]:
    match item:
        case list() if 0 < len(item) <= most:
            return item
        case list():
            raise ValueError(f"has {len(item):,} items, not 1 to {most:,}")
    raise ValueError("is not a list")


def _texts(item: Json) -> tuple[str, ...]:
    return tuple(_text(one) for one in _list(item, LIST_MAX))


def _ids(item: Json) -> tuple[str, ...]:
    ids = _texts(item)
    for one in ids:
        if not _ID.fullmatch(one) or one != one.lower():
            raise ValueError(f"{one!r} is not an id")
    if len(set(ids)) < len(ids):
        raise ValueError("names one id twice")
    return ids


def _attachments(item: Json) -> tuple[Attachment, ...]:
    return tuple(_attachment(one) for one in _list(item, ATTACHMENTS_MAX))


def _attachment(item: Json) -> Attachment:
    match item:
        case {
            "media_type": str(media_type),
            "name": str(name),
            "sha256": str(sha256),
            "size": int(size),
            **others,
        } if not others and size >= 0 and size is not True and size is not False:
            if not _SHA256.fullmatch(sha256):
                raise ValueError(f"{sha256!r} is not a SHA-256")
            return Attachment(
                sha256=sha256,
                name=_text(name),
                size=size,
                media_type=_text(media_type),
            )
    raise ValueError("an attachment has sha256, name, size and media_type")


_SHAPE: dict[str, Callable[[Json], object]] = {
    "about": _ids,
    "archive": _text,
    "attachments": _attachments,
    "by": _texts,
    "ends": _yes,
    "extends_to": _day,
    "finding": _text,
    "further": _texts,
    "grade": lambda item: Grade(_text(item)),
    "inferred": _yes,
    "kind": lambda item: EventKind(_text(item)),
    "on": _day,
    "private": _yes,
    "role": lambda item: Role(_text(item)),
    "scale": _text,
    "source": _text,
    "speaker": _text,
    "summary": _text,
    "trigger": _text,
}
