"""A log in PostgreSQL: who may do what, what is noticed, and what is told."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from orderwatch.errors import LogError, UsageError
from orderwatch.log import open_store
from orderwatch.log.postgres import connection, schema
from orderwatch.log.postgres.connection import create, create_script
from orderwatch.log.sql_log import SqlLog
from orderwatch.log.types import EntryFilter
from orderwatch.log_url import is_shared, strip_secrets
from tests.conftest import Run
from tests.support.entries import LIGHTHOUSE, Scribe
from tests.support.log_commands import adding, done, printed, refused
from tests.support.logs import filled
from tests.support.servers import ASKED, OWNER, PASSWORD, READER, WRITER, Server


@pytest.fixture
def name(postgres: Server) -> Iterator[str]:
    """Make a database with an empty log of its own."""
    name = postgres.fresh()
    yield name
    postgres.drop(name)


@pytest.fixture
def log(postgres: Server, name: str) -> Iterator[SqlLog[Any]]:
    """Open it as somebody who writes, with entries of each kind."""
    with open_store(postgres.url(name), write=True) as found:
        filled(found)
        yield found


def attempt(postgres: Server, name: str, sql: str, user: str) -> psycopg.Error:
    """Run a statement that has to fail."""
    with psycopg.connect(postgres.url(name, user), autocommit=True) as con:
        con.execute("SET search_path TO orderwatch")
        with pytest.raises(psycopg.Error) as caught:
            con.execute(sql.encode())
    return caught.value


# Who may do what

TABLES = [
    *("version", "log", "entry", "payload", "effect", "event_subject", "search"),
    *("withheld", "redaction", "recipient", "reminder", "pending_message"),
]
CHANGEABLE = {"recipient", "pending_message", "withheld"}
"""What keeps track of messages that are under way, and of payloads that can still come."""


@pytest.mark.parametrize("table", TABLES)
def test_a_writer_cannot_change_remove_or_drop_anything(
    postgres: Server, name: str, log: SqlLog[Any], table: str
) -> None:
    before = list(log.export())
    column = {"version": "version", "log": "origin", "redaction": "role"}.get(table, "seq")
    statements = [
        f"TRUNCATE {table}",
        f"DROP TABLE {table}",
        f"ALTER TABLE {table} DISABLE TRIGGER ALL",
        f"ALTER TABLE {table} ADD COLUMN more text",
        f"ALTER TABLE {table} OWNER TO {WRITER}",
        f"CREATE RULE more AS ON INSERT TO {table} DO INSTEAD NOTHING",
    ]
    if table not in CHANGEABLE:
        statements.append(f"DELETE FROM {table}")  # noqa: S608 - ours
        if table != "reminder":
            statements.append(f"UPDATE {table} SET {column} = {column}")  # noqa: S608 - ours
    for sql in statements:
        error = attempt(postgres, name, sql, WRITER)
        assert error.sqlstate == "42501", (sql, error)
    assert list(log.export()) == before
    assert log.verify().problem is None


OTHERS = [
    "DROP SCHEMA orderwatch CASCADE",
    "DROP DATABASE made",
    "CREATE TABLE more (x text)",
    "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE sql AS ''",
    "SET session_replication_role = replica",
    "INSERT INTO log VALUES ('another', NULL)",
    "INSERT INTO version VALUES (2)",
    "INSERT INTO redaction VALUES (1, 'nobody', now())",
]


@pytest.mark.parametrize("sql", OTHERS)
def test_a_writer_cannot_make_or_remove_what_holds_the_log(
    postgres: Server, name: str, sql: str
) -> None:
    assert attempt(postgres, name, sql, WRITER).sqlstate == "42501"


def test_a_reader_reads_everything_and_adds_nothing(
    postgres: Server, name: str, log: SqlLog[Any]
) -> None:
    with open_store(postgres.url(name, READER)) as found:
        assert list(found.export()) == list(log.export())
        assert found.verify() == log.verify()
    with (
        open_store(postgres.url(name, READER), write=True) as found,
        pytest.raises(LogError, match=r"permission denied.*docs/shared-log\.md"),
    ):
        found.append(Scribe("Rita").event())
    for sql in (
        "INSERT INTO reminder VALUES ('a', 'b', 'c', 'd', 'e', 1, 'f', 'g')",
        "SELECT redact(1)",
    ):
        assert attempt(postgres, name, sql, READER).sqlstate == "42501"
    assert log.head().size == 7


def test_somebody_without_a_grant_sees_nothing(postgres: Server, name: str) -> None:
    postgres.execute("CREATE ROLE nobody_in_particular LOGIN")
    try:
        with pytest.raises(LogError, match=r"permission denied.*docs/shared-log\.md"):
            open_store(postgres.url(name, "nobody_in_particular"))
    finally:
        postgres.execute("DROP ROLE nobody_in_particular")


def test_a_payload_goes_only_by_an_entry_that_says_so(
    postgres: Server, name: str, log: SqlLog[Any]
) -> None:
    for seq in (1, 2, 4, 99):
        assert attempt(postgres, name, f"SELECT redact({seq})", WRITER).sqlstate == "42501"
        error = attempt(postgres, name, f"SELECT redact({seq})", OWNER)
        assert "only an entry that redacts" in str(error)
    log.append(Scribe("Ben").redact(log_entry(log, 4)))
    assert log.get(4).redacted
    # Whoever did it, and when, is kept beside the entry that says so.
    kept = postgres.execute("SELECT target, role FROM orderwatch.redaction", name)
    assert kept == [(3, WRITER), (4, WRITER)]
    assert not list(log.current(EntryFilter(search="number 3")))
    assert log.verify().problem is None


def log_entry(log: SqlLog[Any], seq: int) -> Any:  # noqa: ANN401 - an entry, as far as it is named
    """Give what a redaction needs of an entry: its header."""
    return log.get(seq)


GUARDED = [
    "UPDATE entry SET header = header",
    "DELETE FROM entry WHERE seq = 7",
    "TRUNCATE entry",
    "INSERT INTO entry VALUES (9, '\\x01', '', '{}', '')",
    "INSERT INTO entry VALUES (7, '\\x01', '', '{}', '')",
    "INSERT INTO entry SELECT 8, id, '', header, nodes FROM entry WHERE seq = 7",
    "UPDATE payload SET body = body",
    "DELETE FROM payload WHERE seq = 1",
    "TRUNCATE payload",
    "INSERT INTO payload VALUES (3, '', 1, '{}')",
    "INSERT INTO payload VALUES (9, '', 1, '{}')",
    "INSERT INTO withheld VALUES (4)",
    "INSERT INTO withheld VALUES (9)",
    "TRUNCATE withheld",
    "UPDATE effect SET kind = kind",
    "DELETE FROM effect",
    "INSERT INTO effect VALUES (4, 5, 'redaction', true)",
    "INSERT INTO effect VALUES (5, 4, 'event', true)",
    "UPDATE event_subject SET day = day + 1 WHERE seq = 1",
    "DELETE FROM event_subject WHERE seq = 1",
    "TRUNCATE event_subject",
    "UPDATE search SET words = ''",
    "DELETE FROM search WHERE seq = 1",
    "DELETE FROM redaction",
    "UPDATE log SET origin = 'another'",
    "INSERT INTO log VALUES ('another', NULL)",
]


@pytest.mark.parametrize("sql", ASKED)
def test_the_tables_refuse_the_mistakes_of_their_owner_too(
    postgres: Server, name: str, log: SqlLog[Any], sql: str
) -> None:
    attempt(postgres, name, sql, OWNER)
    assert log.verify().problem is None


# What was changed around the guards is found

CHANGED = [
    ("UPDATE entry SET header = replace(header, '12:00', '11:00') WHERE seq = 2", 2),
    ("UPDATE entry SET nodes = decode(repeat('00', 32), 'hex') WHERE seq = 1", 1),
    ("UPDATE entry SET id = decode(repeat('00', 16), 'hex') WHERE seq = 4", 4),
    ("DELETE FROM entry WHERE seq = 2", 2),
    ("DELETE FROM entry WHERE seq = 7", 3),
    ("DELETE FROM entry", 1),
    ("INSERT INTO entry VALUES (0, '\\x00', '', '{}', '\\x00')", None),
    ("INSERT INTO entry VALUES (8, '\\x00', '', '{}', '\\x00')", 8),
    ("UPDATE payload SET body = replace(body, 'number 3', 'number 4')", 4),
    ("UPDATE payload SET salt = set_byte(salt, 0, get_byte(salt, 0) # 1)", 1),
    ("UPDATE payload SET day = day + 1 WHERE seq = 4", 4),
    ("UPDATE payload SET day = NULL WHERE seq = 4", 4),
    ("UPDATE entry SET recorded = '2024-05-24T12:00:00.000Z' WHERE seq = 4", 4),
    ("DELETE FROM payload WHERE seq = 4", 4),
    ("INSERT INTO payload VALUES (3, decode(repeat('00', 32), 'hex'), 1, '{}')", 3),
    ("INSERT INTO payload VALUES (9, decode(repeat('00', 32), 'hex'), 1, '{}')", 9),
    ("INSERT INTO withheld VALUES (4)", 4),
    ("DELETE FROM effect WHERE target = 1", 5),
    ("UPDATE effect SET counts = false WHERE target = 1", 5),
    ("UPDATE log SET owner = '54b0'", None),
    ("UPDATE effect SET kind = 'retraction' WHERE target = 3", 7),
    ("INSERT INTO effect VALUES (4, 1, 'redaction', true)", 1),
    ("DELETE FROM event_subject WHERE seq = 1", 1),
    ("UPDATE event_subject SET day = day + 1 WHERE seq = 2 AND id = '991'", 2),
    ("UPDATE event_subject SET affects_status = true WHERE seq = 4 AND id = '993'", 4),
    ("INSERT INTO event_subject VALUES ('990', 4, 739030, false)", 4),
    ("UPDATE log SET origin = replace(origin, 'watch', 'wAtch')", None),
    ("DELETE FROM log", None),
]


@pytest.mark.parametrize(("sql", "seq"), CHANGED)
def test_a_change_behind_the_back_of_the_log_is_found(
    postgres: Server, name: str, log: SqlLog[Any], sql: str, seq: int | None
) -> None:
    assert log.verify().problem is None
    postgres.execute(
        f"SET search_path TO orderwatch; SET session_replication_role = replica; {sql}",
        name,
    )
    report = log.verify()
    assert report.problem is not None
    assert report.seq == seq, report


@pytest.mark.parametrize(
    ("sql", "what"),
    [
        ("DROP TRIGGER entry_no_change ON entry", "entry_no_change"),
        ("ALTER TABLE entry DISABLE TRIGGER entry_insert", "entry_insert"),
        (
            """DROP TRIGGER entry_no_change ON entry; CREATE TRIGGER entry_no_change
            BEFORE DELETE ON entry
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()""",
            "entry_no_change",
        ),
        (
            """CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger
            LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'""",
            "refuse_change",
        ),
        ("DROP FUNCTION redact(bigint)", "redact"),
        ("CREATE TABLE more (x text)", "more"),
        ("CREATE VIEW more AS SELECT 1 AS x", "more"),
    ],
)
def test_a_missing_guard_is_found(
    postgres: Server, name: str, log: SqlLog[Any], sql: str, what: str
) -> None:
    postgres.execute(f"SET search_path TO orderwatch; {sql}", name)
    assert log.verify().problem == f"the log was altered: {what} differs from its definition"


# Making one


@pytest.fixture
def bare(postgres: Server) -> Iterator[str]:
    """Make a database without a log."""
    postgres.execute("CREATE DATABASE bare")
    yield "bare"
    postgres.drop("bare")
    for role in schema.roles("bare").values():
        postgres.execute(f"DROP ROLE IF EXISTS {role}")


def test_init_makes_the_log_and_its_roles_once(run: Run, postgres: Server, bare: str) -> None:
    url = postgres.url(bare, OWNER)
    err = refused(run, "--log", url, "status", code=4)
    assert "there is no log at" in err
    assert "`orderwatch init`" in err
    assert ": 0 entries" in done(run, "init", "--log", url, "--yes")
    assert "exists already" in done(run, "--log", url, "init")
    roles = postgres.execute(
        "SELECT rolname, rolcanlogin FROM pg_roles WHERE rolname LIKE 'bare%' ORDER BY rolname"
    )
    assert roles == [(f"bare_{role}", False) for role in sorted(schema.ROLES)]
    with open_store(url) as log:
        assert log.verify().problem is None


def test_an_administrator_can_run_what_init_prints(run: Run, postgres: Server, bare: str) -> None:
    postgres.execute("CREATE ROLE plain LOGIN")
    url = postgres.url(bare, "plain")
    try:
        err = refused(run, "--log", url, "init", code=4)
        assert "permission denied" in err
        sql = done(run, "--log", url, "init", "--sql")
        postgres.execute(sql, bare)
        postgres.execute("GRANT bare_writer TO plain")
        assert "0 entries" in done(run, "--log", url, "init")
        assert printed(run, "--log", url, *adding())["seq"] == 1
        assert "Everything matches" in done(run, "--log", url, "log", "verify")
    finally:
        postgres.drop(bare)
        postgres.execute("DROP ROLE plain")
        postgres.execute("CREATE DATABASE bare")


def test_sql_is_for_an_address(run: Run, postgres: Server) -> None:
    assert "name one, as in" in refused(run, "init", "--sql")
    with pytest.raises(UsageError, match="no database in the URL"):
        create_script("postgresql://")
    made = create_script(postgres.url('a"b'))
    assert 'CREATE ROLE "a""b_writer"' in made


def test_two_who_make_one_log_make_it_once(postgres: Server, bare: str) -> None:
    from concurrent.futures import ThreadPoolExecutor

    url = postgres.url(bare, OWNER)
    with ThreadPoolExecutor(max_workers=4) as pool:
        made = list(pool.map(create, [url] * 4))
    assert sorted(made) == [False, False, False, True]


def test_an_older_log_is_brought_up_to_date_by_its_owner_alone(
    run: Run, postgres: Server, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = (*schema.VERSIONS, "CREATE TABLE later (x text);")
    monkeypatch.setattr(schema, "VERSIONS", steps)
    url = postgres.url(name)
    for argv in (("status",), ("log", "verify"), adding()):
        assert "of an older version" not in refused(run, "--log", url, *argv, code=4)
    assert "created by an older version" in refused(run, "--log", url, "status", code=4)
    postgres.execute(f"DROP DATABASE IF EXISTS {name}_x")
    assert "Created the log" in done(run, "--log", postgres.url(name, OWNER), "init")
    assert printed(run, "--log", url, *adding())["seq"] == 1
    err = refused(run, "--log", url, "log", "verify", code=4)
    assert "later differs from its definition" in err
    monkeypatch.setattr(schema, "VERSIONS", schema.VERSIONS[:1])
    assert "newer version" in refused(run, "--log", url, "status", code=4)


def test_a_database_in_another_encoding_is_refused(run: Run, postgres: Server) -> None:
    postgres.execute("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    try:
        url = postgres.url("latin", OWNER)
        assert "is encoded in LATIN1" in refused(run, "--log", url, "init", code=4)
    finally:
        postgres.drop("latin")


# From one store to the other


def test_a_log_moves_between_the_stores_with_its_root(
    run: Run, postgres: Server, name: str, tmp_path: Path
) -> None:
    shared, file = postgres.url(name), str(tmp_path / "log.db")
    done(run, "--log", file, "init")
    for number in range(5):
        done(run, "--log", file, *adding(summary=f"Says {number}."))
    done(run, "--log", file, "log", "redact", "2", "--why", "At risk.", "--yes")
    root = done(run, "--log", file, "log", "checkpoint").splitlines()[1:]
    lines = done(run, "--log", file, "log", "export")
    done(run, "--log", shared, "log", "import", "-", stdin=lines)
    assert done(run, "--log", shared, "log", "checkpoint").splitlines()[1:] == root
    assert done(run, "--log", shared, "log", "export") == lines
    back = str(tmp_path / "back.db")
    done(run, "--log", back, "init")
    done(run, "--log", back, "log", "import", "-", stdin=lines)
    assert done(run, "--log", back, "log", "checkpoint").splitlines()[1:] == root
    # Whatever is asked, both say the same.
    for argv in (
        *(("status", "rafah"), ("show", "rafah/3"), ("log", "rafah", "--history")),
        *(("log", "--search", "says 3"), ("countdown",), ("log", "show", "4")),
        *(("export", "ics"), ("status", "--known-on", "2024-01-01", "rafah/3")),
    ):
        told = [done(run, "--log", url, *argv) for url in (file, shared)]
        assert told[0] == told[1]


# Addresses and secrets


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("postgresql://ana:s3cret@db/log", "postgresql://ana@db/log"),
        ("postgresql://ana:s3?cr%40et@db:5/log", "postgresql://ana@db:5/log"),
        ("postgresql://ana:s3/cr@et@db:5/log", "postgresql://…"),
        ("postgresql://ana:s3@cr?et@db/log", "postgresql://…"),
        ("postgresql://a:s3cret@one:5,two:6/log", "postgresql://a@one:5,two:6/log"),
        ("postgresql://db/log?p%61ssword=s3cret", "postgresql://db/log"),
        ("postgres://ana@db/log?password=s3cret", "postgres://ana@db/log"),
        (
            "postgresql:///log?host=/run&password=s3cret&sslmode=require",
            "postgresql:///log?host=/run&sslmode=require",
        ),
        ("POSTGRESQL://db/log", "POSTGRESQL://…"),
        ("/home/ana/log.db", "/home/ana/log.db"),
    ],
)
def test_an_address_is_shown_without_its_secrets(url: str, told: str) -> None:
    assert strip_secrets(url) == told
    assert is_shared(url) is url.lower().startswith("postgres")


def test_a_password_is_in_no_output_and_no_error(
    run: Run, postgres: Server, tmp_path: Path
) -> None:
    url = f"postgresql://ana:hunter2@/nothing?host={postgres.data}&port={postgres.port}"
    file = tmp_path / "config.toml"
    file.write_text(f'log = "{url}"\n[postgres]\npassword_command = "echo hunter3"\n')
    file.chmod(0o644)
    said = []
    for argv in (
        *(("config",), ("config", "--format", "json"), ("status",), ("doctor",)),
        *(("log", "verify"), ("init", "--sql"), ("remind",), ("check",)),
    ):
        code, out, err = run("--config", str(file), *argv)
        said.append(out + err)
        assert code != 1
    assert "nothing" in "".join(said)
    assert "hunter" not in "".join(said)
    assert "chmod 600" in said[0]


def test_a_password_comes_from_a_command(
    run: Run,
    postgres: Server,
    name: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with postgres.guarding():
        url = postgres.tcp(name, ASKED)
        assert "no password" in refused(run, "--log", url, "status", code=4)
        file = tmp_path / "config.toml"
        argv = ("--config", str(file), "--log", url)
        for command, why in (
            ('["false"]', "ended with exit code 1"),
            ('["true"]', "it printed nothing"),
            ('["echo", "wrong"]', "password authentication failed"),
        ):
            file.write_text(f"[postgres]\npassword_command = {command}\n")
            assert why in refused(run, *argv, "status", code=4)
        file.write_text(f'[postgres]\npassword_command = ["echo", "{PASSWORD}"]\n')
        assert printed(run, *argv, *adding())["seq"] == 1
        # As libpq has it, too.
        monkeypatch.setenv("PGPASSWORD", PASSWORD)
        assert "Reuters" in done(run, "--log", url, "status", "rafah/3")


def test_a_service_file_names_the_server(
    run: Run,
    postgres: Server,
    name: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = tmp_path / "services"
    file.write_text(
        f"[office]\nhost={postgres.data}\nport={postgres.port}\ndbname={name}\nuser=ana\n"
    )
    monkeypatch.setenv("PGSERVICEFILE", str(file))
    done(run, "--log", "postgresql://?service=office", *adding())
    err = refused(run, "--log", "postgresql://?service=home", "status", code=4)
    assert 'service "home" not found' in err


# Servers that cannot be used


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for nobody longer than a moment."""
    monkeypatch.setattr(connection, "PATIENCE", 0.3)
    monkeypatch.setattr(connection, "FAILOVER", 0.3)


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("postgresql://ana@127.0.0.1:1/log", "Connection refused"),
        ("postgresql://ana@/log?host=/nowhere", "No such file or directory"),
        ("postgresql://ana@host.invalid/log", "failed to resolve host"),
    ],
)
def test_a_server_that_is_away_is_told_after_a_moment(run: Run, url: str, why: str) -> None:
    for argv in (("status",), ("log", "verify"), adding(), ("remind",), ("init",)):
        err = refused(run, "--log", url, *argv, code=4)
        assert "cannot be reached" in err
        assert why in err
    code, out, _ = run("--log", url, "check")
    assert (code, "UNKNOWN" in out) == (3, True)


def test_a_database_or_role_that_is_not_there_is_told_at_once(
    run: Run, postgres: Server, name: str
) -> None:
    err = refused(run, "--log", postgres.url("nowhere"), "status", code=4)
    assert 'database "nowhere" does not exist' in err
    err = refused(run, "--log", postgres.url(name, "nobody"), "status", code=4)
    assert 'role "nobody" does not exist' in err


def test_a_server_that_is_read_only_is_told_and_read(run: Run, postgres: Server, name: str) -> None:
    url = postgres.url(name)
    done(run, "--log", url, *adding())
    postgres.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    assert "the server is read-only" in refused(run, "--log", url, *adding(), code=4)
    assert "Reuters" in done(run, "--log", url, "status", "rafah/3")
    assert printed(run, "--log", url, "log", "verify")["size"] == 1


@pytest.mark.usefixtures("hasty")
def test_a_log_that_somebody_writes_to_for_too_long_is_told(
    run: Run, postgres: Server, name: str
) -> None:
    url = postgres.url(name)
    con = connection.Connection(url)
    try:
        with connection.transaction(con, connection.LOCK_LOG):
            err = refused(run, "--log", url, *adding(), code=4)
            assert "another program has been writing to it" in err
            assert "no filing known" in done(run, "--log", url, "status", "rafah/3")
    finally:
        con.close()
    assert printed(run, "--log", url, *adding())["seq"] == 1


def test_a_server_without_room_for_one_more_is_told(
    run: Run, postgres: Server, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "PATIENCE", 0.3)
    monkeypatch.setattr(connection, "FAILOVER", 0.3)
    postgres.execute(f"ALTER DATABASE {name} CONNECTION LIMIT 0")
    err = refused(run, "--log", postgres.url(name), "status", code=4)
    assert "too many connections" in err


def test_what_a_writer_asks_for_is_durable(postgres: Server, name: str) -> None:
    postgres.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
    con = connection.Connection(postgres.url(name))
    try:
        with connection.transaction(con):
            assert con.fetch("SHOW synchronous_commit") == [(b"on",)]
        assert con.fetch("SHOW synchronous_commit") == [(b"off",)]
    finally:
        con.close()


def test_many_words_and_long_ones_are_found(log: SqlLog[Any]) -> None:
    ben = Scribe("Ben")
    long, many = "x" * 19_000, " ".join(f"w{number}" for number in range(3_000))
    log.append(ben.event(f"Émile's {long} ends."))
    log.append(ben.event(many, LIGHTHOUSE))
    log.append(ben.event("It's a 'quoted' \\ back-slashed & | ! <-> :* word."))
    log.append(ben.event("The \ufb01rst Straße of Myan\u00admar."))
    assert log.verify().problem is None
    for search, places in (
        (long, [8]),
        ("EMILE ends", [8]),
        ("w2999 w0", [9]),
        ("'quoted'", [10]),
        ("back-slashed", [10]),
        ("slashed-back", []),
        ("& | ! <-> :*", []),
        ("it\\'s", [10]),
        ("FIRST strasse myanmar", [11]),
    ):
        assert [one.seq for one in log.current(EntryFilter(search=search))] == places
