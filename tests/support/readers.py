"""Every reader of what comes from outside, as a function of bytes, for fuzzing.

Each raises nothing but what a user is told of; anything else is a crash. Where what
was read can be written again, it is, and has to come back the same.
"""

import atexit
import io
import json
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from orderwatch import deadlines, event_input, lookup, settings, text
from orderwatch.dates import parse_relative_date
from orderwatch.errors import LogError, RegisterError, UsageError
from orderwatch.log.formats import checkpoint, jsonl, payload, signed_note, tree
from orderwatch.log.formats.checkpoint import Checkpoint
from orderwatch.log.formats.consistency import ConsistencyProof
from orderwatch.log.formats.policy import Policy
from orderwatch.log.formats.proof import Proof
from orderwatch.log.formats.signed_note import Signer, Verifier
from orderwatch.log.verify import verify_lines
from orderwatch.lookup import resolve
from orderwatch.model import On, Period, Within
from orderwatch.register import load_register
from orderwatch.snapshot import Snapshot
from tests.support import build
from tests.support.command_reader import WORDS, command
from tests.support.day import TODAY
from tests.support.paths import SMALL

LAST = date(9999, 12, 31)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """One way in."""

    name: str
    read: Callable[[bytes], object]
    told: tuple[type[BaseException], ...]
    """What it may raise."""
    words: tuple[bytes, ...] = ()
    """Pieces of its language."""


@cache
def _scratch() -> Path:
    """Make a folder in memory, if there is one; files are written there often."""
    memory = Path("/dev/shm")  # noqa: S108 - a new folder is made in it
    folder = tempfile.mkdtemp(dir=memory if memory.is_dir() else None)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


def _file(name: str, data: bytes) -> Path:
    path = _scratch() / name
    path.write_bytes(data)
    return path


@cache
def _known() -> Snapshot:
    return Snapshot(settings.load({"orders": [str(SMALL)]}, {}))


def _register(data: bytes) -> None:
    found = load_register(_file("orders.toml", data))
    for duty in found.obligations:
        for until in (duty.order.made, _later(duty.order.made)):
            deadlines.schedule(duty, found.events, until=until)
    for name in lookup.descriptions(found):
        resolve(found, name)


def _later(made: date) -> date:
    """Give a day after an order; in decades of daily reports nothing new comes."""
    return date.fromordinal(min(made.toordinal() + 100, LAST.toordinal()))


def _event(data: bytes) -> None:
    fields = event_input.merge_input({}, "event.json", text.decode(data))
    event = event_input.build_event(fields, _known(), uid="0")
    body = payload.encode_event(event)
    again = payload.decode_event(body, uid="0", seq=1)
    if payload.encode_event(again) != body:
        raise AssertionError("an event does not come back")


def _payload(data: bytes) -> None:
    payload.validate_event(data)
    event = payload.decode_event(data, uid="0", seq=1)
    if payload.encode_event(event) != data:
        raise AssertionError("a payload does not come back")
    payload.index_key(data)


def _lines(data: bytes) -> None:
    report = verify_lines(io.BytesIO(data))
    if report.size > data.count(b"\n") + 1:
        raise AssertionError("more entries than lines")
    for line in io.BytesIO(data):
        found = jsonl.parse(line)
        if jsonl.parse_line(line) != jsonl.to_line(found):
            raise AssertionError("a line is parsed in two ways")
        value = json.loads(line)
        if jsonl.parse(json.dumps(value, indent=1).encode()) != found:
            raise AssertionError("the line split and the line parsed differ")


_KEY = Signer(name="example.org/log", seed=bytes(range(32)))


@cache
def _vkey() -> Verifier:
    return _KEY.verifier


def _checkpoint(data: bytes) -> None:
    found = checkpoint.load(data)
    if Checkpoint.parse(found.to_text()) != found:
        raise AssertionError("a checkpoint does not come back")
    checkpoint.load(data, [_vkey()])


def _note(data: bytes) -> None:
    found = signed_note.parse(data)
    if str(found).encode() != data:
        raise AssertionError("a note does not come back")
    signed_note.verify(found, [_vkey()])


def _proof(data: bytes) -> None:
    found = Proof.parse(data)
    if Proof.parse(found.to_text()) != found:
        raise AssertionError("a proof does not come back")
    found.verify(tree.leaf_hash(found.extra))
    if found.extra.startswith(b"{"):
        found.entry()


def _growth(data: bytes) -> None:
    found = ConsistencyProof.parse(data)
    if ConsistencyProof.parse(found.to_text()) != found:
        raise AssertionError("a proof does not come back")
    new = found.checkpoint
    tree.verify_consistency(found.old_size, new.root, new.size, new.root, found.hashes)


def _policy(data: bytes) -> None:
    found = Policy.parse(data)
    if not found.is_met([witness.name for witness in found.witnesses]):
        raise AssertionError("a quorum that all witnesses do not meet")


def _key(data: bytes) -> None:
    text = data.decode(errors="surrogateescape")
    if text.startswith("PRIVATE"):
        Signer.parse(text)
    elif str(found := Verifier.parse(text)) != text.strip() or not found.name:
        raise AssertionError("a key does not come back")


def _citation(data: bytes) -> None:
    found = resolve(_known().register, data.decode(errors="surrogateescape"))
    if resolve(_known().register, found.id) != found:
        raise AssertionError("a citation does not come back")


def _day(data: bytes) -> None:
    text = data.decode(errors="surrogateescape")
    try:
        day = parse_relative_date(text, TODAY)
    except ValueError:
        settings.parse_days(text)
    else:
        # What is shown of every day there is.
        f"{day:%A %d %B %Y}{day.isoformat()}{day - date.min}"


def _period(data: bytes) -> None:
    """Take ten numbers for an order, a time-limit, an extension and a day."""
    numbers = [int.from_bytes(data[at : at + 3]) for at in range(0, 30, 3)]
    made = date.fromordinal(numbers[0] % LAST.toordinal() + 1)
    until = date.fromordinal(numbers[1] % LAST.toordinal() + 1)
    first, every = (
        Period(years=one % 101, months=two % 1201, weeks=two % 7 * 700, days=one % 36501)
        for one, two in (numbers[2:4], numbers[4:6])
    )
    again = every if numbers[6] % 2 and every != Period() else None
    limit: Within | On = Within(first=first, then_every=again)
    if numbers[6] % 5 == 0:
        limit = On(day=until)
    duty = build.obligation(limit, order=build.order(made))
    moved = date.fromordinal(numbers[7] % LAST.toordinal() + 1)
    events = [build.event(made, duty.id, extends_to=moved)] if numbers[8] % 3 else []
    found = deadlines.schedule(duty, events, until=until)
    for one in found.deadlines:
        if one.first_due < made and not isinstance(limit, On):
            raise AssertionError("a date before its order")


def _config(data: bytes) -> None:
    path = _file("config.toml", data)
    found = settings.load({"config": str(path)}, {})
    shown = repr(found) + repr(found.items())
    for secret in (*found.remind.notify, *found.mail.password_command):
        # Words of its own that stand elsewhere too are shown from there.
        if "secret-of-mine" in secret and data.count(b"secret") == 1 and secret in shown:
            raise AssertionError("a secret is shown")


def _command(data: bytes) -> str:
    return command(_scratch(), data)


def _words(text: str) -> tuple[bytes, ...]:
    return tuple(word.encode() for word in text.split())


_TOML = _words(
    "[[case]] [[case.order]] [[case.order.obligation]] [[case.order.decision]] "
    "[[event]] [source.x] schema reviewed number date point kind deadline within "
    "months years weeks days then_every until after on before time immediate "
    "continuing unspecified votes for against unanimous dissenting addressees about "
    "extends_to trigger ends ended alias reaffirms modifies sources url grade court "
    "part outcome indicated = { } [ ] , \"\"\" ''' \" ' # . true false inf nan "
    "0x 1e9 9999-12-31 0001-01-01 2024-02-29 2024-02-30 12:00:00 1979-05-27T07:32:00Z"
)
_EVENT = _words(
    '"about" "kind" "on" "speaker" "role" "by" "source" "further" "archive" '
    '"summary" "finding" "scale" "extends_to" "trigger" "ends" "private" "why" '
    '"entry" "payload" "salt" "attachments" "sha256" "size" "name" "media_type" '
    '"capture" "captured" "capture_url" "html" "2024-05-24T12:00:00Z" "url" "time" '
    '"submission" "assessment" "note" "2024-05-24" "rafah" "192/2024-05-24/3" null '
    "true false { } [ ] : , 1e400 -0 NaN Infinity \\u0000 \\ud800 \\udfff 1.5 "
    '"event" "correction" "retraction" "redaction" "target" "recorded" "recorder"'
)
_NOTE = tuple(
    word.encode()
    for word in (
        *("\u2014 ", "\n\n", "\n", "example.org/log", "+", "PRIVATE+KEY+", "AAAA"),
        *("c2sp.org/tlog-proof@v1", "index ", "extra ", "old ", "0", "-1", "=", "==", "\r\n"),
        *("9223372036854775807", "9223372036854775808", "00"),
        "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
    )
)
_POLICY = _words("log witness group quorum all any none 1 2 X1 X2 X-and-Y # https://x.example/")
_IDS = _words("192 rafah /3 /2a @2024-06-24 178/2020-01-23/4 @2026-11-23 /sole .1 @ /")
_DAYS = _words("2024-02-29 0001-01-01 9999-12-31 -W01-1 T00:00 , - 30,14 \u0661 +")
_CONFIG = _words(
    "orders log recorder [mail] [remind] host port security user password_command "
    'from before after mail_to notify templates = " [ ] , ~ ~x/ :// 587 "starttls" '
    "postgresql://u:p@h/d sqlite:/// '''"
)
READERS: tuple[Reader, ...] = (
    Reader(name="register", read=_register, told=(RegisterError,), words=_TOML),
    Reader(name="event", read=_event, told=(UsageError, ValueError, text.TextError), words=_EVENT),
    Reader(name="payload", read=_payload, told=(ValueError,), words=_EVENT),
    Reader(name="lines", read=_lines, told=(ValueError,), words=_EVENT),
    Reader(name="checkpoint", read=_checkpoint, told=(LogError,), words=_NOTE),
    Reader(name="note", read=_note, told=(LogError,), words=_NOTE),
    Reader(name="proof", read=_proof, told=(LogError,), words=_NOTE),
    Reader(name="growth", read=_growth, told=(LogError,), words=_NOTE),
    Reader(name="policy", read=_policy, told=(UsageError,), words=_POLICY),
    Reader(name="key", read=_key, told=(UsageError,), words=_NOTE),
    Reader(name="citation", read=_citation, told=(UsageError,), words=_IDS),
    Reader(name="day", read=_day, told=(ValueError,), words=_DAYS),
    Reader(name="period", read=_period, told=()),
    Reader(name="config", read=_config, told=(UsageError,), words=_CONFIG),
    Reader(name="command", read=_command, told=(), words=WORDS),
)
