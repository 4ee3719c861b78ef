"""Write a large log of invented entries, as JSON Lines that `log import` reads."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

_BEGIN = datetime(2024, 1, 1, tzinfo=UTC)
_DAYS = 1_000
_BEARING = 0.001
"""Of all entries: those that a status has to read, and not only to count."""
_CORRECTIONS = 0.005
_KINDS = ("statement", "step", "development", "note", "court-decision")
_SPEAKERS = (
    ("Red Lighthouse", "ngo"),
    ("Harbour Watch", "ngo"),
    ("Comité des phares", "ngo"),
    ("Office of Lamps", "un-body"),
    ("The Evening Lamp", "media"),
    ("Lamp and Line", "media"),
    ("Atlantis", "other-state"),
    ("Ys", "party"),
)
_WORDS = (
    "access",
    "aid",
    "border",
    "bridge",
    "camp",
    "convoy",
    "court",
    "crossing",
    "detained",
    "document",
    "door",
    "élève",
    "evidence",
    "family",
    "harbour",
    "hospital",
    "journalist",
    "lamp",
    "letter",
    "lighthouse",
    "ministry",
    "opened",
    "order",
    "port",
    "prison",
    "register",
    "released",
    "report",
    "road",
    "school",
    "ship",
    "statement",
    "“storm”",
    "truck",
    "village",
    "water",
    "witness",
)


def write(file: Path, entries: int, ids: Sequence[str]) -> None:
    """Write so many entries about some of the ids; the same ones each time."""
    random = Random(entries)  # noqa: S311 - nothing secret
    with file.open("wb") as opened:
        opened.writelines(_lines(random, entries, ids))


def _lines(random: Random, entries: int, ids: Sequence[str]) -> Iterator[bytes]:
    events = list[tuple[str, str]]()
    for number in range(entries):
        at = _BEGIN + timedelta(days=_DAYS) * (number / entries)
        body = _canonical(_event(random, at.date(), ids))
        salt = random.randbytes(32)
        header = {
            "id": _uuid7(random, at),
            "kind": "event",
            "payload": sha256(b"orderwatch/payload/1\0" + salt + body).hexdigest(),
            "recorded": f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}Z",
            "recorder": random.choice(("Ana", "Ben (Rotterdam)", "Zoé")),
            "schema": "orderwatch/entry/1",
        }
        if events and random.random() < _CORRECTIONS:
            # Each corrects another entry, by the same recorder: others may not.
            target, recorder = events.pop()
            header |= {"kind": "correction", "recorder": recorder, "target": target}
        elif number % 100 == 0:
            events.append((header["id"], header["recorder"]))
        raw, digits = _canonical(header), salt.hex().encode()
        yield b'{"entry":%b,"payload":%b,"salt":"%b"}\n' % (raw, body, digits)


def _event(random: Random, day: date, ids: Sequence[str]) -> dict[str, Any]:
    speaker, role = random.choice(_SPEAKERS)
    summary = " ".join(random.choices(_WORDS, k=12))
    event: dict[str, Any] = {
        "about": random.sample(ids, random.choice((1, 1, 1, 2))),
        "kind": random.choice(_KINDS),
        "on": day.isoformat(),
        "role": role,
        "source": f"https://example.org/{random.randrange(10**6)}",
        "speaker": speaker,
        "summary": summary,
    }
    if random.random() < _BEARING:
        event |= {"kind": "assessment", "finding": "partly done", "scale": "own words"}
    if random.random() < 1 / 20:
        event["summary"] = f'It says: "{summary}"'
    return event


def _canonical(value: dict[str, Any]) -> bytes:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return text.encode()


def _uuid7(random: Random, at: datetime) -> str:
    milliseconds = int(at.timestamp() * 1000)
    noise = random.getrandbits(62)
    digits = f"{milliseconds:012x}7{random.getrandbits(12):03x}{2 << 62 | noise:016x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
