"""The manifest of a shared log: every object, right and setting, on each server.

What the owner of a server can alter around the log is found by `log verify`, or is harmless for a
reason that is written here.
"""

from pathlib import Path
from typing import Any

import pytest

import orderwatch.log.postgres
from orderwatch.log import open_store
from orderwatch.log.postgres import schema, verify
from orderwatch.log.postgres.connection import Connection
from orderwatch.log.sql_log import SqlLog
from tests.integration.postgres.test_log import log, name
from tests.support.entries import Scribe
from tests.support.servers import MADE, READER, Server

__all__ = ["log", "name"]  # fixtures

FILE = Path(orderwatch.log.postgres.__file__).with_name("manifest.txt")


def test_the_manifest_is_that_of_a_new_log(
    postgres: Server, name: str, request: pytest.FixtureRequest
) -> None:
    con = Connection(postgres.url(name, READER))
    try:
        con.execute("BEGIN READ ONLY")
        con.execute(verify._SETTINGS)  # noqa: SLF001 - the text of definitions depends on them
        lines = [line for _, line in verify.read_objects(con)]
        rights = verify.read_rights(con)
    finally:
        con.close()
    roles = schema.roles(MADE)
    assert set(rights) == set(roles.values())
    lines += [f"right {role} {line}" for role, named in roles.items() for line in rights[named]]
    text = "".join(f"{line}\n" for line in sorted(lines))
    assert text.count("\n") == len(lines)
    if request.config.getoption("--update-golden"):
        FILE.write_text(text, encoding="utf-8")
    assert text == FILE.read_text(encoding="utf-8")


TRICKS = {
    "a rule that swallows marks of reminders": (
        "CREATE RULE x AS ON INSERT TO reminder DO INSTEAD NOTHING",
        "x differs",
    ),
    "a rule that swallows entries": ("CREATE RULE x AS ON INSERT TO entry DO INSTEAD NOTHING", "x"),
    "rights to change for writers": (
        "GRANT UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA orderwatch TO made_writer",
        "the rights of made_writer",
    ),
    "a right to insert for writers": ("GRANT INSERT ON entry TO made_writer", "rights of made_w"),
    "a right on a column": ("GRANT UPDATE (body) ON payload TO made_reader", "rights of made_r"),
    "a right to grant": (
        "GRANT SELECT ON entry TO made_reader WITH GRANT OPTION",
        "rights of made_reader",
    ),
    "a right to edit for writers": ("GRANT EXECUTE ON FUNCTION edit() TO made_writer", "rights of"),
    "rights for everybody": (
        (
            "GRANT USAGE ON SCHEMA orderwatch TO PUBLIC;"
            " GRANT ALL ON ALL TABLES IN SCHEMA orderwatch TO PUBLIC"
        ),
        "the rights of PUBLIC",
    ),
    "a right less": ("REVOKE SELECT ON payload FROM made_reader", "rights of made_reader"),
    "an append with the rights of its caller": (
        "ALTER FUNCTION append(text[], bytea[], text[], text[]) SECURITY INVOKER",
        "append",
    ),
    "a redact that looks elsewhere": (
        "ALTER FUNCTION redact(bigint) SET search_path = public",
        "re",
    ),
    "a function of the same name": (
        "CREATE FUNCTION redact(x int) RETURNS void LANGUAGE sql AS ''",
        "redact",
    ),
    "row security that hides": ("ALTER TABLE entry ENABLE ROW LEVEL SECURITY", "entry"),
    "a policy": ("CREATE POLICY p ON entry USING (false)", "p differs"),
    "an index less": ("DROP INDEX log_insert_once", "log_insert_once"),
    "a unique constraint less": ("ALTER TABLE entry DROP CONSTRAINT entry_id_key", "entry_id_key"),
    "a check less": ("ALTER TABLE payload DROP CONSTRAINT payload_day_check", "payload_day_check"),
    "a foreign key": (
        "CREATE TABLE public.more (seq bigint REFERENCES orderwatch.payload (seq))",
        "more_seq_fkey",
    ),
    "a column more": ("ALTER TABLE entry ADD COLUMN more text DEFAULT random()::text", "entry"),
    "another type": ("ALTER TABLE redaction ALTER COLUMN role TYPE varchar(90)", "redaction"),
    "another default": ("ALTER TABLE entry ALTER COLUMN role SET DEFAULT 'ana'", "entry"),
    "a table that inherits": ("CREATE TABLE public.child () INHERITS (orderwatch.entry)", "entry"),
    "a view": ("CREATE VIEW more AS SELECT * FROM entry", "more"),
    "an operator": (
        (
            "CREATE FUNCTION public.f(text, text) RETURNS boolean LANGUAGE sql AS 'SELECT true';"
            " CREATE OPERATOR = (FUNCTION = public.f, LEFTARG = text, RIGHTARG = text)"
        ),
        "operator",
    ),
    "a type": ("CREATE DOMAIN bytes AS bytea", "bytes"),
    "rights of objects to come": (
        "ALTER DEFAULT PRIVILEGES IN SCHEMA orderwatch GRANT INSERT ON TABLES TO PUBLIC",
        "default privileges",
    ),
    "a publication": ("CREATE PUBLICATION leak FOR TABLE payload", "leak"),
    "a publication of everything": ("CREATE PUBLICATION leak FOR ALL TABLES", "leak"),
    "an unlogged table": ("ALTER TABLE payload SET UNLOGGED", "payload"),
    "another owner": ("ALTER TABLE reminder OWNER TO ana", "reminder"),
    "asynchronous commit": (
        (
            "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET synchronous_commit = local',"
            " current_database()); END $$"
        ),
        "synchronous_commit",
    ),
    "sessions without triggers": (
        (
            "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET session_replication_role = replica',"
            " current_database()); END $$"
        ),
        "session_replication_role",
    ),
    "a trigger more": (
        (
            "CREATE TRIGGER more BEFORE INSERT ON reminder"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        ),
        "more",
    ),
    "a trigger that is off": ("ALTER TABLE payload DISABLE TRIGGER payload_no_delete", "payload_n"),
}


@pytest.mark.parametrize("trick", TRICKS)
def test_what_is_altered_around_a_log_is_found(
    postgres: Server, name: str, log: SqlLog[Any], trick: str
) -> None:
    assert log.verify().problem is None
    sql, what = TRICKS[trick]
    postgres.execute(f"SET search_path TO orderwatch; {sql}", name)
    with open_store(postgres.url(name, READER)) as opened:
        problem = str(opened.verify().problem)
    assert problem.startswith("the log was altered: ")
    assert what in problem


HARMLESS = {
    # It runs for definitions alone, and appending makes none.
    "an event trigger": (
        "CREATE FUNCTION public.et() RETURNS event_trigger LANGUAGE plpgsql AS"
        " 'BEGIN RAISE EXCEPTION $x$no$x$; END';"
        " CREATE EVENT TRIGGER et ON ddl_command_end EXECUTE FUNCTION public.et()"
    ),
    # Every name has its schema.
    "tables of the same names elsewhere": (
        "CREATE TABLE public.entry (x int); CREATE TABLE public.payload (x int)"
    ),
    # It is set for each transaction that writes.
    "a server that commits asynchronously": (
        "ALTER SYSTEM SET synchronous_commit = off; SELECT pg_reload_conf()"
    ),
}


@pytest.mark.parametrize("what", HARMLESS)
def test_what_is_harmless_changes_nothing(
    postgres: Server, name: str, log: SqlLog[Any], what: str
) -> None:
    for sql in HARMLESS[what].split("; SELECT"):
        postgres.execute(sql if sql.startswith(("C", "A")) else f"SELECT {sql}", name)
    try:
        with open_store(postgres.url(name), write=True) as opened:
            opened.append(Scribe("Ben").event("Says more."))
            assert opened.verify().problem is None
            assert opened.head().size == log.head().size == 8
    finally:
        postgres.execute("ALTER SYSTEM RESET synchronous_commit", name)
        postgres.execute("SELECT pg_reload_conf()", name)
        postgres.execute("DROP EVENT TRIGGER IF EXISTS et", name)
