"""Entries: one value has one sequence of bytes, and no other is taken for it."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from orderwatch.frozen import replace
from orderwatch.log.formats import canonical, entry, jsonl, payload
from orderwatch.log.formats.canonical import Json
from orderwatch.model import Attachment, Capture, CaptureRole, Event, EventKind, Grade, Origin, Role
from orderwatch.model.entry import EntryKind, Header
from tests.support.entries import START, Scribe, signed

# A rare character stays rare in one alphabet: the ones that matter get a half.
odd = st.sampled_from('"\\\n\r\t\b\f\x01\x1f\x7f\u2028\u202e\ue000\U0001f600é\u0301')
texts = st.lists(odd | st.characters(exclude_categories=["Cs"]), max_size=30).map(
    lambda some: "".join(some).replace("\0", "")
)
words = texts.filter(bool)
keys = st.text(st.characters(codec="ascii"), max_size=5).map(lambda key: key.replace("\0", ""))
values: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | st.integers(-canonical.INTEGER_MAX, canonical.INTEGER_MAX) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=12,
)
ids = st.from_regex(r"[0-9a-z/@.,-]{1,20}", fullmatch=True)
days = st.dates()
instants = st.datetimes(timezones=st.just(UTC)).map(
    lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000)
)
attachments = st.builds(
    Attachment,
    sha256=st.from_regex(r"[0-9a-f]{64}", fullmatch=True),
    name=words,
    size=st.integers(0, 2**40),
    media_type=words,
    capture=st.none()
    | st.builds(
        Capture,
        role=st.sampled_from(CaptureRole),
        url=st.none() | words,
        time=st.none() | instants.map(lambda at: at.replace(microsecond=0)),
    ),
)
several = st.lists(words, max_size=3).map(tuple)
events = st.builds(
    Event,
    id=st.just("01890a5d-ac96-774b-bcce-b302099a8057"),
    on=days,
    kind=st.sampled_from(EventKind),
    speaker=words,
    role=st.sampled_from(Role),
    summary=words,
    about=st.lists(ids, max_size=3, unique=True).map(tuple),
    by=several,
    source=st.none() | words,
    further=several,
    archive=st.none() | words,
    grade=st.none() | st.sampled_from(Grade),
    inferred=st.booleans(),
    finding=st.none() | words,
    scale=st.none() | words,
    extends_to=st.none() | days,
    trigger=st.none() | words,
    ends=st.booleans(),
    origin=st.just(Origin.LOG),
    seq=st.just(7),
    attachments=st.lists(attachments, max_size=2).map(tuple),
)
headers = st.builds(
    Header,
    id=st.builds(
        entry.uuid7,
        instants.filter(lambda at: at.year > 1970),
        st.integers(0, 2**74 - 1),
    ),
    kind=st.just(EntryKind.EVENT),
    recorded=instants,
    recorder=words,
    payload=st.from_regex(r"[0-9a-f]{64}", fullmatch=True),
)


@given(values)
def test_canonical_json_is_read_back_as_it_was_written(value: Json) -> None:
    assert canonical.decode(canonical.encode(value)) == value


@given(values)
def test_canonical_json_says_the_same_to_other_readers(value: Json) -> None:
    assert json.loads(canonical.encode(value)) == value


@given(values)
def test_no_other_form_of_the_same_value_is_canonical(value: Json) -> None:
    for other in (
        json.dumps(value).encode(),
        json.dumps(value, ensure_ascii=False, indent=1).encode(),
        b" " + canonical.encode(value),
    ):
        if other != canonical.encode(value):
            with pytest.raises(ValueError, match="canonical"):
                canonical.decode(other)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"1.0", "not an integer"),
        (b"1e3", "not an integer"),
        (b"NaN", "not an integer"),
        (b"-0", "canonical"),
        (b"9007199254740992", "too large"),
        (b'"\\ud800"', "surrogate"),
        (b'"\\u0000"', r"U\+0000"),
        (b'"\xff"', "UTF-8"),
        (b'"\\u001F"', "canonical"),
        (b'"\\/"', "canonical"),
        (b'{"a":1,"a":1}', "canonical"),
        (b'{"b":1,"a":1}', "canonical"),
        ('{"é":1}'.encode(), "ASCII"),
        (b"[" * 100_000, "nested"),
        (b'{"a":1}\n', "canonical"),
        (b"", "Expecting value"),
    ],
)
def test_what_has_no_canonical_form_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        canonical.decode(data)


def test_characters_are_escaped_as_rfc_8785_shows() -> None:
    text = '\u20ac$\u000f\nA\'B"\\\\"/'
    written = '"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'
    assert canonical.encode(text) == written.encode()


@given(events)
def test_an_event_is_read_back_as_it_was_written(event: Event) -> None:
    body = payload.encode_event(event)
    payload.validate_event(body)
    assert payload.decode_event(body, uid=event.id, seq=7) == event


@given(events, st.data())
def test_a_changed_event_is_refused_or_is_its_own_one_form(
    event: Event, data: st.DataObject
) -> None:
    body = bytearray(payload.encode_event(event))
    place = data.draw(st.integers(0, len(body) - 1))
    body[place] = data.draw(st.sampled_from(b'",:[]{}\\ Aa0') | st.integers(0, 255))
    try:
        payload.validate_event(bytes(body))
    except ValueError:
        return
    found = payload.decode_event(bytes(body), uid=event.id, seq=7)
    assert payload.encode_event(found) == body


def plain(**more: Json) -> bytes:
    """Write an event's payload, without the checks of `encode_event`."""
    value: dict[str, Json] = {
        "kind": "note",
        "on": "2024-05-24",
        "role": "ngo",
        "speaker": "A",
        "summary": "B",
    }
    kept: dict[str, Json] = {key: item for key, item in (value | more).items() if item is not None}
    return canonical.encode(kept)


def captured(**fields: str) -> bytes:
    """Write an event with a file that has more fields."""
    file = {"media_type": "a/b", "name": "a", "sha256": "0" * 64, "size": 1, **fields}
    value = json.loads(plain()) | {"attachments": [file]}
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (plain(kind="verdict"), "kind: 'verdict'"),
        (plain(role="judge"), "role: 'judge'"),
        (plain(on="2024-02-30"), "on: "),
        (plain(on="20240524"), "on: .*YYYY-MM-DD"),
        (plain(on="2024-W21-5"), "on: .*YYYY-MM-DD"),
        (plain(summary=""), "summary: 0 characters"),
        (plain(summary=7), "summary: not a text"),
        (plain(speaker=None), "missing: speaker"),
        (plain(motive="x"), 'unknown field "motive"'),
        (plain(ends=False), "ends: must be true or left out"),
        (plain(ends=1), "ends: must be true or left out"),
        (plain(about=[]), "about: 0 items"),
        (plain(about="192"), "about: not a list"),
        (plain(about=["192", "192"]), "about: duplicate id"),
        (plain(about=["192/Rafah"]), "about: .* is not an id"),
        (plain(about=["192 "]), "about: .* is not an id"),
        (plain(attachments=[{"name": "a"}]), "attachments: an attachment has"),
        (captured(role="film"), "attachments: 'film'"),
        (captured(url="x"), "attachments: a capture has role"),
        (captured(role="html", time="2024-06-20T24:00:00Z"), "attachments: "),
        (captured(role="html", time="2024-06-20T12:00:00+00:00"), "attachments: .*SSZ"),
        (captured(role="html", url=""), "attachments: 0 characters"),
        (captured(role="html", tool="x"), "attachments: a capture has role"),
        (plain(by=[7]), "by: not a text"),
        (plain(summary="x" * (payload.TEXT_MAX + 1)), "summary: 20,001"),
        (plain(by=["x"] * (payload.LIST_MAX + 1)), "by: 1,001 items"),
        (plain(further=["x" * payload.TEXT_MAX] * 14), "has 28"),
        (b"[]", "is not an object"),
    ],
)
def test_a_payload_that_is_no_event_is_refused_by_name(body: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        payload.validate_event(body)


@pytest.mark.parametrize("size", [-1, True, 2**53])
def test_a_file_has_a_size_that_a_file_can_have(size: int) -> None:
    file: Json = {"media_type": "a/b", "name": "a", "sha256": "0" * 64, "size": size}
    with pytest.raises(ValueError, match=r"attachment|too large"):
        payload.validate_event(
            json.dumps(
                json.loads(plain()) | {"attachments": [file]},
                sort_keys=True,
                separators=(",", ":"),
            ).encode()
        )


@given(headers)
def test_a_header_is_read_back_as_it_was_written(header: Header) -> None:
    raw = entry.encode_header(header)
    assert entry.decode_header(raw) == header
    assert canonical.encode(canonical.decode(raw)) == raw


@given(headers, st.data())
def test_a_changed_header_is_refused_or_is_its_own_one_form(
    header: Header, data: st.DataObject
) -> None:
    raw = bytearray(entry.encode_header(header))
    place = data.draw(st.integers(0, len(raw) - 1))
    raw[place] = data.draw(st.sampled_from(b'",:{}\\ Aa0') | st.integers(0, 255))
    try:
        found = entry.decode_header(bytes(raw))
    except ValueError:
        return
    assert entry.encode_header(found) == raw


@pytest.mark.parametrize(
    "change",
    [
        {"recorder": ""},
        {"recorder": "x" * 201},
        {"recorder": "a\0"},
        {"recorder": "\ud800"},
        {"id": "01890a5d-ac96-474b-bcce-b302099a8057"},
        {"id": "x"},
        {"payload": "x"},
        {"target": "01890a5d-ac96-774b-bcce-b302099a8057"},
        {"kind": EntryKind.RETRACTION},
    ],
    ids=str,
)
def test_a_header_that_could_not_be_read_back_is_not_written(
    change: dict[str, Any],
) -> None:
    header = Scribe().event().header
    with pytest.raises(ValueError, match=r"canonical|target|U\+0000|surrogate"):
        entry.encode_header(replace(header, **change))


def test_a_header_of_a_later_version_is_named_so() -> None:
    raw = Scribe().event().raw.replace(b"entry/1", b"entry/2")
    with pytest.raises(ValueError, match="orderwatch/entry/1"):
        entry.decode_header(raw)


@given(instants, st.integers(0, 23))
def test_an_instant_is_written_in_utc_whatever_its_zone(at: datetime, hours: int) -> None:
    assume(date(2, 1, 1) < at.date() < date(9998, 1, 1))
    elsewhere = at + timedelta(hours=hours) - timedelta(hours=hours)
    assert datetime.fromisoformat(entry.timestamp(elsewhere)) == at


@given(st.lists(st.integers(0, 3), min_size=2, max_size=20), st.integers(0, 2**74 - 1))
def test_ids_grow_even_when_the_clock_does_not(steps: list[int], noise: int) -> None:
    last, made = None, []
    for step in steps:
        # The clock stands, jumps back, or goes on.
        at = START + timedelta(milliseconds=step)
        last = entry.uuid7(at, noise, last)
        made.append(last)
    assert made == sorted(set(made))
    assert {(UUID(one).version, UUID(one).variant) for one in made} == {
        (7, "specified in RFC 4122")
    }


def test_an_id_begins_with_its_milliseconds() -> None:
    uid = entry.uuid7(START, 2**74 - 1)
    assert int(uid.replace("-", "")[:12], 16) == START.timestamp() * 1000
    assert entry.uuid7(START, 0, uid) > uid


def test_a_commitment_hides_the_payload_behind_the_salt() -> None:
    first, second = (entry.commitment(salt * 32, b"{}") for salt in (b"a", b"b"))
    assert first != second


@pytest.mark.parametrize(
    ("salt", "body", "why"),
    [
        (b"x" * 32, b"{}", "not the one that the entry commits to"),
        (b"x", b"{}", "salt has 1 bytes"),
        (None, b"{}", "both be present or both be missing"),
        (b"x" * 32, None, "both be present or both be missing"),
    ],
)
def test_a_payload_that_is_not_the_one_committed_to_is_refused(
    salt: bytes | None, body: bytes | None, why: str
) -> None:
    with pytest.raises(ValueError, match=why):
        entry.parse(Scribe().event().raw, salt, body)


def test_a_signed_entry_is_read_back_as_it_was_signed() -> None:
    item = signed(Scribe('A "n",\\"signature":"00" \\ a').event(private=True))
    assert entry.parse(item.raw, item.salt, item.payload) == item
    line = jsonl.encode_line(item.raw, item.salt, item.payload)
    assert jsonl.parse(line) == jsonl.parse(json.dumps(json.loads(line)).encode())
    assert item.header.private
    assert item.header.key
    assert item.header.key in item.raw.decode()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"recorder": "Eve"}, "not by the key"),
        ({"private": True}, "not by the key"),
        ({"signature": "0" * 128}, "not by the key"),
        ({"key": "0" * 64}, "not by the key"),
        ({"key": None}, "both be present or both be missing"),
        ({"signature": None}, "both be present or both be missing"),
    ],
)
def test_a_header_that_its_key_did_not_sign_is_refused(change: dict[str, Any], why: str) -> None:
    item = signed(Scribe().event())
    raw = entry.encode_header(replace(item.header, **change))
    for salt, body in ((item.salt, item.payload), (None, None)):
        with pytest.raises(ValueError, match=why):
            entry.parse(raw, salt, body)


@pytest.mark.parametrize("field", [{"key": "0" * 63}, {"signature": "G" * 128}])
def test_a_key_and_a_signature_have_one_form(field: dict[str, Any]) -> None:
    header = signed(Scribe().event()).header
    with pytest.raises(ValueError, match="canonical"):
        entry.encode_header(replace(header, **field))


def test_a_reason_is_no_event_and_an_event_no_reason() -> None:
    ana = Scribe()
    event = ana.event()
    assert event.payload
    retraction = ana.retract(event)
    with pytest.raises(ValueError, match="must contain a reason"):
        entry.create(retraction.header, event.payload, b"x" * 32)
    with pytest.raises(ValueError, match='unknown field "why"'):
        entry.create(event.header, payload.encode_reason("Because."), b"x" * 32)


def lines() -> list[bytes]:
    """Write one line of each sort."""
    ana = Scribe('A "n" \\ a')
    event = ana.event('A "quoted" word, a \\ and a line\nbreak')
    made = [event, ana.correct(event), ana.retract(event), ana.redact(event)]
    whole = [jsonl.encode_line(one.raw, one.salt, one.payload) for one in made]
    return [*whole, jsonl.encode_line(event.raw, None, None)]


@pytest.mark.parametrize("line", lines())
def test_a_line_is_read_back_as_it_was_written(line: bytes) -> None:
    found = jsonl.parse(line)
    assert jsonl.encode_line(found.raw, found.salt, found.payload) == line


@pytest.mark.parametrize("line", lines())
def test_a_line_that_some_tool_wrote_anew_is_the_same_entry(line: bytes) -> None:
    value = dict(reversed(json.loads(line).items()))
    assert jsonl.parse(json.dumps(value, indent=1).encode()) == jsonl.parse(line)


def renamed(line: bytes) -> bytes:
    """Give a key another name."""
    return line.replace(b'"salt"', b'"salz"')


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (renamed, "a line has entry, payload and salt"),
        (lambda line: line.replace(b'{"entry"', b'{"x":1,"entry"'), "unknown keys of a line: x"),
        (lambda line: line[:-20], "Unterminated|Expecting"),
        (lambda line: b"\xff" + line, "UTF-8"),
        (lambda line: line.replace(b"happened", b"happaned"), "commits to"),
        (lambda line: line.replace(b'"salt":"', b'"salt":"zz'), "hexadecimal"),
        (lambda line: line.replace(b'"salt":"', b'"salt":7,"b":"'), "unknown keys of a line: b"),
        (lambda _: b'{"entry":{},"payload":null,"salt":7}', "neither a text"),
        (lambda _: b'{"entry":[],"payload":null,"salt":null}', "a line has"),
        (lambda line: line + b" " * jsonl.LINE_MAX, "longer than"),
        (lambda _: b"[" * 100_000, "nested"),
    ],
)
def test_a_line_that_is_no_entry_is_refused_with_the_reason(
    change: Callable[[bytes], bytes], why: str
) -> None:
    event = Scribe().event()
    line = jsonl.encode_line(event.raw, event.salt, event.payload)
    with pytest.raises(ValueError, match=why):
        jsonl.parse(change(line))
