"""Lines that a partner's export should not have: refused by name, or taken as what they are."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from orderwatch.errors import LogError
from orderwatch.frozen import replace
from orderwatch.log import open_store
from orderwatch.log.formats import entry
from orderwatch.log.sql_log import SqlLog
from orderwatch.model.entry import Entry
from tests.support.entries import Scribe, line

SEED = b"p" * 32
LAST_ID = "ffffffff-ffff-7fff-bfff-ffffffffffff"
Change = Callable[[bytes, Entry], bytes]


def _instead(old: bytes, new: bytes) -> Change:
    return lambda data, _: data.replace(old, new, 1)


CHANGES: dict[str, Change] = {
    "a further key of a header": _instead(b'{"entry":{', b'{"entry":{"a":1,'),
    "a kind twice": _instead(b'"kind":"event"', b'"kind":"event","kind":"redaction"'),
    "an entry twice": _instead(b'"}\n', b'","entry":{}}\n'),
    "a float": _instead(b'"on":', b'"n":1.0,"on":'),
    "infinity": _instead(b'"on":', b'"n":1e400,"on":'),
    "no number": _instead(b'"on":', b'"n":NaN,"on":'),
    "5,000 digits": _instead(b'"on":', b'"n":%b,"on":' % (b"9" * 5000)),
    "2^53 + 1": _instead(b'"on":', b'"n":9007199254740993,"on":'),
    "half a surrogate pair": _instead(b"Theirs", b"\\ud800"),
    "NUL": _instead(b"Theirs", b"a\\u0000b"),
    "a raw NUL": _instead(b"Theirs", b"a\0b"),
    "depth": lambda _data, _one: b'{"entry":' + b"[" * 100_000 + b"]" * 100_000 + b"}\n",
    "a deep payload": _instead(b'"Theirs."', b"[" * 50_000 + b"]" * 50_000),
    "an id in capitals": lambda data, one: data.replace(
        one.header.id.encode(), one.header.id.upper().encode(), 1
    ),
    "a short salt": lambda data, _: data[:-5] + data[-3:],
    "two on one line": lambda data, _: data.strip() + data,
    "30 February": _instead(b'"recorded":"2024-05-24', b'"recorded":"2024-02-30'),
    "a leap second": _instead(b":01.000Z", b":60.000Z"),
    "digits of another script": _instead(b'"recorded":"2024', '"recorded":"٢٠٢٤'.encode()),
    "another kind": _instead(b'"kind":"event"', b'"kind":"deletion"'),
    "no name": _instead(b'"recorder":"Ben"', b'"recorder":""'),
    "a signature of another": lambda data, one: data.replace(
        str(one.header.signature).encode(), str(one.header.signature)[::-1].encode()
    ),
    "a key of small order": lambda data, one: data.replace(
        str(one.header.key).encode(), b"01" + b"00" * 31
    ),
    "a key without a signature": lambda data, one: data.replace(
        b',"signature":"%b"' % str(one.header.signature).encode(), b""
    ),
    "a signature without a key": lambda data, one: data.replace(
        b'"key":"%b",' % str(one.header.key).encode(), b""
    ),
}


@pytest.fixture
def log(log_url: str) -> Iterator[SqlLog[Any]]:
    """Open a log to write."""
    with open_store(log_url, write=True, must_exist=False) as store:
        yield store


@pytest.mark.parametrize("name", CHANGES)
def test_a_hostile_line_is_refused_by_its_number(log: SqlLog[Any], name: str) -> None:
    ben = Scribe("Ben", SEED)
    first, second = ben.event("Theirs."), ben.event("Theirs.")
    changed = CHANGES[name](line(second), second)
    assert changed != line(second)
    with pytest.raises(LogError, match="line 2: "):
        log.append_many([line(first), changed], effects=True)
    assert log.head().size == 0
    log.append_many([line(first), line(second)])
    assert log.verify().problem is None


@pytest.mark.parametrize("verb", ["correct", "retract", "redact"])
def test_an_amendment_of_itself_or_of_what_comes_later_is_refused(
    log: SqlLog[Any], verb: str
) -> None:
    ben = Scribe("Ben", SEED)
    event = ben.event("Theirs.")
    amendment = getattr(ben, verb)(event)
    with pytest.raises(LogError, match=f"it names {event.header.id}"):
        log.append_many([line(amendment), line(event)], effects=True)
    assert log.head().size == 0


@pytest.mark.parametrize("recorded", ["0001-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z"])
def test_the_largest_id_and_any_time_leave_room_for_more(log: SqlLog[Any], recorded: str) -> None:
    ben = Scribe("Ben")
    one = ben.event("Theirs.")
    header = replace(one.header, id=LAST_ID)
    raw = entry.encode_header(header)
    raw = raw.replace(entry.timestamp(header.recorded).encode(), recorded.encode())
    log.append_many([line(replace(one, header=header, raw=raw))])
    log.append(Scribe("Ana").event("Ours."))
    log.append_many([line(ben.event("More."))])
    assert [item.header.recorder for item in log.history()] == ["Ben", "Ana", "Ben"]
    assert log.verify().problem is None
