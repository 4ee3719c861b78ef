"""Insiders of a shared log: what a reader, a writer, an editor and a cron account can do."""

import json
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

import psycopg
import pytest

from orderwatch.errors import LogError
from orderwatch.frozen import replace
from orderwatch.log import open_store, open_writer
from orderwatch.log.formats import canonical, payload
from orderwatch.log.outbox import Recipient
from orderwatch.log.postgres import connection, schema
from orderwatch.log.sql_log import SqlLog
from orderwatch.model import Access, Attachment, Capture, CaptureRole, Event, EventKind, Grade, Role
from orderwatch.model.entry import Entry
from orderwatch.model.proof import AttestationKind
from tests.conftest import TODAY, Run
from tests.integration.postgres.test_log import attempt, hasty, log, name
from tests.support import build
from tests.support.entries import LIGHTHOUSE, START, Scribe, line
from tests.support.log_commands import refused
from tests.support.servers import CRON, EDITOR, OWNER, PARTNER, READER, WRITER, Server

__all__ = ["hasty", "log", "name"]  # fixtures

MAIL = Recipient(channel="mail", name="desk@example.org")
INSIDERS = [READER, WRITER, PARTNER, EDITOR, CRON]
OUTBOX = {"recipient", "reminder", "pending_message"}
LOG_TABLES = sorted({*schema.TABLES} - OUTBOX)


@pytest.mark.parametrize("user", INSIDERS)
def test_nobody_inserts_into_a_table_of_the_log(postgres: Server, name: str, user: str) -> None:
    for table in LOG_TABLES:
        for sql in (f"INSERT INTO {table} DEFAULT VALUES", f"COPY {table} FROM STDIN"):
            assert attempt(postgres, name, sql, user).sqlstate == "42501", sql
    functions = ["redact(1)", "refuse('')", "appoint('', '', '{}', '', '{}')", "subject_ids('')"]
    for call in functions:
        assert attempt(postgres, name, f"SELECT {call}", user).sqlstate == "42501", call


@pytest.mark.parametrize("user", [READER, CRON])
def test_who_may_not_append_attests_nothing(postgres: Server, name: str, user: str) -> None:
    call = "SELECT attest(1, 'cosignature', '', '')"
    assert attempt(postgres, name, call, user).sqlstate == "42501"


def test_an_attestation_is_of_a_state_of_the_log(
    postgres: Server, name: str, log: SqlLog[Any]
) -> None:
    head = log.head()
    for call in (
        f"attest({head.size + 1}, 'cosignature', '', '')",
        "attest(0, 'cosignature', '', '')",
        "attest(NULL, 'cosignature', '', '')",
        "attest(1, 'oath', '', '')",
        "attest(1, 'timestamp', '', convert_to(repeat('x', 65537), 'UTF8'))",
    ):
        assert attempt(postgres, name, f"SELECT {call}", WRITER).sqlstate == "23514", call
    for _ in range(2):
        log.attest(head.size, AttestationKind.TIMESTAMP, b"x", "y")
    [item] = log.attestations()
    assert (item.size, item.root, item.value) == (head.size, head.root, b"x")
    for sql in ("UPDATE attestation SET size = 1", "DELETE FROM attestation"):
        assert attempt(postgres, name, sql, OWNER).sqlstate == "P0001", sql


@pytest.mark.parametrize("user", [READER, PARTNER, EDITOR])
def test_only_the_reminder_role_changes_the_outbox(
    postgres: Server, name: str, log: SqlLog[Any], user: str
) -> None:
    with open_writer(postgres.url(name, CRON)) as outbox:
        assert outbox.claim([MAIL], TODAY, START)
    for sql in (
        "INSERT INTO recipient VALUES ('mail', 'desk@example.org', '2099-01-01')",
        "UPDATE recipient SET since = '2099-01-01'",
        "INSERT INTO reminder VALUES ('mail', 'desk@example.org', 'a', 'b', 'c', 1, 'd', 'e')",
        "INSERT INTO pending_message VALUES ('mail', 'desk@example.org', '', '')",
        "DELETE FROM pending_message",
        "DO $$ BEGIN LOCK TABLE recipient IN EXCLUSIVE MODE; END $$",
    ):
        assert attempt(postgres, name, sql, user).sqlstate == "42501", sql
    url = postgres.url(name, user)
    with pytest.raises(LogError, match="permission denied"), open_writer(url) as outbox:
        outbox.claim([MAIL], TODAY, START)
    assert log.recipient_state(MAIL).since == TODAY


def test_the_cron_account_reminds_and_records_nothing(postgres: Server, name: str) -> None:
    url = postgres.url(name, CRON)
    with open_writer(url) as outbox:
        assert outbox.store_pending(MAIL) is False
    with open_store(url, write=True) as opened, pytest.raises(LogError, match="permission denied"):
        opened.append(Scribe().event())
    assert attempt(postgres, name, "DELETE FROM reminder", CRON).sqlstate == "42501"
    assert attempt(postgres, name, "UPDATE reminder SET days = 1", CRON).sqlstate == "42501"


@pytest.mark.usefixtures("hasty")
def test_a_reader_holds_no_lock_that_others_need(
    postgres: Server, name: str, log: SqlLog[Any]
) -> None:
    before = log.head().size
    with psycopg.connect(postgres.url(name, READER)) as con:
        con.execute("SET search_path TO orderwatch")
        for first, second in ((1869442151, 1), (1869442151, 2), (0, 0)):
            con.execute("SELECT pg_advisory_lock(%s, %s)", (first, second))
        for table in schema.TABLES:
            con.execute(f"LOCK TABLE {table} IN ACCESS SHARE MODE".encode())
            con.execute(f"SELECT * FROM {table}".encode())  # noqa: S608 - ours
        # The transaction stays open.
        log.append(Scribe("Ben").event("Says it all the same."))
        with open_writer(postgres.url(name, CRON)) as outbox:
            assert outbox.claim([MAIL], TODAY, START)
    assert log.head().size == before + 1
    for table in schema.TABLES:
        for mode in ("ROW SHARE", "ROW EXCLUSIVE", "SHARE", "EXCLUSIVE", "ACCESS EXCLUSIVE"):
            sql = f"DO $$ BEGIN LOCK TABLE {table} IN {mode} MODE; END $$"
            if mode != "ROW SHARE" or postgres.version < 16:
                assert attempt(postgres, name, sql, READER).sqlstate == "42501", sql
        sql = f"SELECT * FROM {table} FOR KEY SHARE"  # noqa: S608 - ours
        assert attempt(postgres, name, sql, READER).sqlstate == "42501", sql
    for sql in ("SELECT lock_log()", "SELECT append('{}', '{}', '{}', '{}')"):
        assert attempt(postgres, name, sql, READER).sqlstate == "42501"


def test_the_role_that_records_is_noted(postgres: Server, name: str) -> None:
    for user in (WRITER, PARTNER, EDITOR):
        with open_store(postgres.url(name, user), write=True) as opened:
            opened.append(Scribe(user).event())
    with psycopg.connect(postgres.url(name, PARTNER), autocommit=True) as con:
        con.execute("SET ROLE made_writer")
        item = Scribe("another").event()
        append(con, [item])
    rows = postgres.execute("SELECT role FROM orderwatch.entry ORDER BY seq", name)
    assert [role for (role,) in rows] == [WRITER, PARTNER, EDITOR, PARTNER]


def test_a_writer_redacts_what_the_same_role_recorded_and_an_editor_the_rest(
    postgres: Server, name: str
) -> None:
    ana, ben = Scribe("Ana"), Scribe("Ben")
    first, second, third = ana.event("One."), ben.event("Two."), ana.event("Three.")
    with open_store(postgres.url(name, WRITER), write=True) as opened:
        opened.append(first)
        opened.append(third)
    with open_store(postgres.url(name, PARTNER), write=True) as opened:
        opened.append(second)
        with pytest.raises(LogError, match=f"entry 1 was recorded by the role {WRITER}"):
            opened.append(ben.redact(first))
        opened.append(ben.redact(second))
        assert opened.get(3).redacted
        assert not opened.get(1).redacted
    with open_store(postgres.url(name, EDITOR), write=True) as opened:
        opened.append(Scribe("Edith").redact(first))
        assert opened.get(1).redacted
        assert opened.verify().problem is None
    notes = postgres.execute("SELECT target, role FROM orderwatch.redaction ORDER BY 1", name)
    assert notes == [(1, EDITOR), (3, PARTNER)]


def append(con: "psycopg.Connection[Any]", entries: list[Entry], **changes: list[Any]) -> None:
    """Call the function of the server as an insider would."""
    values = {
        "headers": [item.raw.decode() for item in entries],
        "salts": [item.salt for item in entries],
        "bodies": [item.payload and item.payload.decode() for item in entries],
        "words": ["'a':1" for _ in entries],
        **changes,
    }
    con.execute(
        "SELECT orderwatch.append(%s::text[], %s::bytea[], %s::text[], %s::text[])",
        [*values.values()],
    )


def sealed(body: str, **header: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """Seal any text as a payload, with a header that commits to it."""
    salt = b"s" * 32
    digest = sha256(b"orderwatch/payload/1\0" + salt + body.encode()).hexdigest()
    value = json.loads(Scribe().event().raw) | {"payload": digest} | header
    kept = {key: item for key, item in value.items() if item is not None}
    return {"headers": [canonical.encode(kept).decode()], "salts": [salt], "bodies": [body]}


FILE: dict[str, Any] = {"media_type": "a/b", "name": "a", "sha256": "0" * 64, "size": 1}
EVENT = json.loads(Scribe().event().payload or b"")


def event(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """Seal an event with other fields; what is `None` is left out."""
    value = {key: item for key, item in {**EVENT, **changes}.items() if item is not None}
    text = json.dumps(value, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
    return sealed(text)


UNREADABLE: dict[str, dict[str, Any]] = {
    "an unknown kind": event(kind="gossip"),
    "an unknown role": event(role="x"),
    "no speaker": event(speaker=None),
    "no summary": event(summary=""),
    "a long summary": event(summary="x" * 20_001),
    "a field more": event(more="x"),
    "a number": event(speaker=5),
    "a null": event(summary="a") | sealed('{"about":["a"],"kind":null}'),
    "a date that is none": event(on="2024-02-30"),
    "a week": event(on="2024-W21-5"),
    "a year before the first": event(on="0000-01-01"),
    "an extension that is no date": event(extends_to="soon"),
    "ends that is false": event(ends=False),
    "ends that is a text": event(ends="true"),
    "no ids": event(about=[]),
    "an id twice": event(about=["a", "a"]),
    "an id with capitals": event(about=["A"]),
    "an id with a space": event(about=["a b"]),
    "an id that is null": event(about=[None]),
    "an id that is long": event(about=["x" * 201]),
    "nested ids": event(about=[["a"]]),
    "many ids": event(about=[f"x{number}" for number in range(1_001)]),
    "an empty list": event(by=[]),
    "a list of nothing": event(further=[None]),
    "a list of lists": event(by=[["a"]]),
    "an attachment of no file": event(attachments=[{"name": "x"}]),
    "no attachments": event(attachments=[]),
    "a capture of no role": event(attachments=[FILE | {"role": "film"}]),
    "an address of no capture": event(attachments=[FILE | {"url": "x"}]),
    "an address that is empty": event(attachments=[FILE | {"role": "html", "url": ""}]),
    "a capture on no day": event(
        attachments=[FILE | {"role": "html", "time": "2024-02-30T12:00:00Z"}]
    ),
    "a capture at no time": event(
        attachments=[FILE | {"role": "html", "time": "2024-02-20T24:00:00Z"}]
    ),
    "an unknown grade": event(grade="best"),
    "an unknown access": event(access="secret"),
    "other spaces": sealed(json.dumps(EVENT, sort_keys=True)),
    "another order": sealed(json.dumps(dict(reversed(EVENT.items())), separators=(",", ":"))),
    "a key twice": sealed('{"about":["a"],"about":["a"],' + json.dumps(EVENT)[1:]),
    "no event": sealed("[]"),
    "no JSON": sealed("x"),
    "a reason": sealed('{"why":"x"}'),
    "a reason without words": sealed('{"why":""}', kind="retraction", target="x"),
    **{
        f"a handover with {what}": sealed(body, kind="handover", target=str(UUID(int=7 << 76)))
        for what, body in {
            "no giver": '{"date":"2024-06-20","receiver":"b","what":"c"}',
            "an empty text": '{"date":"2024-06-20","giver":"a","receiver":"b","what":""}',
            "a day that is none": '{"date":"2024-02-30","giver":"a","receiver":"b","what":"c"}',
            "no file": '{"date":"2024-06-20","file":"x","giver":"a","receiver":"b","what":"c"}',
            "more": '{"date":"2024-06-20","giver":"a","more":1,"receiver":"b","what":"c"}',
            "a reason": '{"why":"x"}',
        }.items()
    },
    "another commitment": event() | {"salts": [b"t" * 32]},
    "a short salt": event() | {"salts": [b""]},
    "a salt without payload": event() | {"bodies": [None]},
    "a payload without salt": event() | {"salts": [None]},
    "more salts": event() | {"salts": [b"s" * 32] * 2},
    "no arrays": {"headers": None, "salts": None, "bodies": None},
    "nothing": {"headers": [None], "salts": [None], "bodies": [None]},
    "a header that is none": {"headers": ["garbage"], "salts": [None], "bodies": [None]},
    **{
        f"a header with {what}": sealed(json.dumps(EVENT), **{what: value})
        for what, value in {
            "id": "0000",
            "kind": "gossip",
            "recorded": "2024-02-30T00:00:00.000Z",
            "recorder": "",
            "schema": "orderwatch/entry/2",
            "signature": "0" * 128,
            "key": "0" * 64,
            "target": "01900000-0000-7000-8000-000000000000",
            "more": "x",
            "private": False,
        }.items()
    },
    "a time that is none": sealed(
        payload.encode_event(build.event(date(2024, 1, 1), "a")).decode(),
        recorded="2024-01-01T24:00:00.000Z",
    ),
    "a target that is not there": sealed(
        '{"why":"x"}', kind="retraction", target="01900000-0000-7000-8000-000000000000"
    ),
    "an appointment without a signer": sealed(
        '{"key":"","log":"x","rank":"king"}', kind="recorder"
    ),
}


@pytest.mark.parametrize("what", UNREADABLE)
def test_what_a_reader_could_not_decode_is_refused(
    postgres: Server, name: str, log: SqlLog[Any], what: str
) -> None:
    before = log.head()
    with psycopg.connect(postgres.url(name, PARTNER), autocommit=True) as con:
        with pytest.raises(psycopg.Error) as caught:
            append(con, [Scribe().event()], **UNREADABLE[what])
        assert str(caught.value.sqlstate)[:2] in {"22", "23"}
    assert log.head() == before
    assert log.verify().problem is None


FULL = build.event(date(2024, 2, 29), "a", 'b"\\c', LIGHTHOUSE + "@2024-06-24")
READABLE: list[Event] = [
    *(replace(FULL, kind=kind) for kind in EventKind),
    *(replace(FULL, role=role) for role in Role),
    *(replace(FULL, grade=grade) for grade in Grade),
    *(replace(FULL, access=access) for access in Access),
    replace(FULL, ends=True, inferred=True, extends_to=date(9999, 12, 31)),
    replace(FULL, summary='Tab \t, "quotes", \\, \x7f, \x1f, \u2028, 日本, 😀 and a \n line.'),
    replace(FULL, by=("A", "B"), further=("https://x.example", "c"), source="d", archive="e"),
    replace(FULL, finding="f", scale="g", trigger="h", on=date(1, 1, 1)),
    replace(FULL, about=()),
    replace(
        FULL,
        attachments=tuple(
            Attachment(sha256=digit * 64, name=f'"{digit}"', size=2**53 - 1, media_type="a/b")
            for digit in "0a"
        ),
    ),
    *(
        replace(FULL, attachments=(Attachment(**FILE, capture=capture),))
        for capture in (
            *(Capture(role=role) for role in CaptureRole),
            Capture(role=CaptureRole.PDF, url='"\\', time=datetime(1, 1, 1, tzinfo=UTC)),
            Capture(role=CaptureRole.HTML, time=datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
        )
    ),
    replace(FULL, summary="x" * 20_000, about=tuple(f"x{number}" for number in range(1_000))),
]


def test_what_a_client_seals_the_server_accepts(postgres: Server, name: str) -> None:
    scribe = Scribe('Ana "A" \\ 日本\n')
    with open_store(postgres.url(name, PARTNER), write=True) as opened:
        for item in READABLE:
            opened.append(scribe.of(item))
        noted = scribe.event("Noted.")
        opened.append(noted)
        opened.append(scribe.hand_over(noted, 'A "disk"\\.'))
        opened.append(scribe.retract(noted))
        report = opened.verify()
        assert (report.size, report.problem) == (len(READABLE) + 3, None)
        events = [item.event for item in opened.current()]
    stored = [replace(item, id="", seq=None, origin=FULL.origin) for item in events if item]
    assert stored == [replace(item, id="") for item in READABLE]


def test_an_insider_cannot_undo_or_forge_what_others_recorded(
    postgres: Server, name: str, log: SqlLog[Any]
) -> None:
    """Every hand-made call that the server accepts leaves a log that verifies."""
    ben, other = Scribe("Ben"), Scribe("Cid")
    entries = [ben.event(f"Says {number}.") for number in range(3)]
    with psycopg.connect(postgres.url(name, PARTNER), autocommit=True) as con:
        append(con, entries, words=["'planted':1"] * 3)
        append(
            con, [other.event(), other.event("Withheld.")], bodies=[None, None], salts=[None] * 2
        )
        with pytest.raises(psycopg.errors.UniqueViolation):
            append(con, entries)
        with pytest.raises(psycopg.errors.UniqueViolation):
            append(con, [other.event("Twice.")] * 2)
    assert log.verify().problem is None
    assert log.verify().withheld == 2
    assert log.head().size == 12


@pytest.mark.usefixtures("hasty")
def test_many_append_at_once_through_the_function(postgres: Server, name: str) -> None:
    problems: list[BaseException] = []

    def work(user: str, number: int) -> None:
        scribe = Scribe(f"{user} {number}")
        try:
            with open_store(postgres.url(name, user), write=True) as opened:
                for _ in range(5):
                    opened.append(scribe.event())
        except BaseException as error:  # noqa: BLE001 - reported below
            problems.append(error)

    run: Callable[..., threading.Thread] = threading.Thread
    threads = [run(target=work, args=(user, n)) for user in (WRITER, PARTNER) for n in range(2)]
    connection.PATIENCE = 30.0
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    with open_store(postgres.url(name, OWNER)) as opened:
        assert (opened.verify().size, opened.verify().problem) == (20, None)


ANA, MALLORY = b"a" * 32, b"m" * 32
PLANTED = {
    "a strangers retraction counts": "UPDATE effect SET counts = true WHERE seq = 4",
    "a correction counts no more": "UPDATE effect SET counts = false WHERE seq = 2",
    "the effect of a correction is gone": "DELETE FROM effect WHERE seq = 2",
    "a correction retracts": "UPDATE effect SET kind = 'retraction' WHERE seq = 2",
    "a correction is of another entry": "UPDATE effect SET target = 3 WHERE seq = 2",
    "a text was exchanged": (
        "UPDATE payload SET body = replace(body, 'Says something else', 'Says it all')"
    ),
    "a header was exchanged": (
        'UPDATE entry SET header = replace(header, \'"recorder":"Ana"\', \'"recorder":"Eva"\')'
    ),
    "a signature is gone": (
        "UPDATE entry SET header = regexp_replace(header, ',\"signature\":\"[0-9a-f]+\"', '')"
    ),
    "the log has another owner": f"UPDATE log SET owner = '{'ab' * 32}'",  # noqa: S608 - ours
}


@pytest.mark.parametrize("sql", PLANTED.values(), ids=PLANTED)
def test_a_reader_notices_what_the_owner_of_the_server_planted(
    postgres: Server, name: str, run: Run, sql: str
) -> None:
    ana, mallory = Scribe("Ana", ANA), Scribe("Mallory", MALLORY)
    first = ana.event("Filed it.", LIGHTHOUSE, kind=EventKind.SUBMISSION)
    made = [first, ana.correct(first), ana.event(), mallory.retract(first)]
    url = postgres.url(name)
    with open_store(url, write=True) as opened:
        opened.append_many(map(line, made))
        assert [item.counts for item in opened.history()] == [True, True, True, False]
    postgres.execute(
        f"SET search_path = orderwatch; SET session_replication_role = replica; {sql}", name
    )
    with open_store(url) as opened:
        with pytest.raises(LogError, match=r"damaged|owner"):
            list(opened.history())
        with pytest.raises(LogError, match=r"damaged|owner"):
            opened.get_many([1, 2, 3, 4])
        if sql.startswith(("UPDATE entry", "UPDATE effect SET counts = true")):
            with pytest.raises(LogError, match="damaged"):
                opened.amendments(4)
        assert opened.verify().problem is not None
    refused(run, "--log", url, "log", "list", "--origin", "log", code=4)
