"""Verify a log in PostgreSQL: its entries, indexes and definitions."""

import re
from collections.abc import Callable, Sequence
from contextlib import suppress

import psycopg

from orderwatch.log.postgres import schema
from orderwatch.log.postgres.connection import Connection
from orderwatch.log.reader import entry_count, first_authority
from orderwatch.log.sql_log import no_progress
from orderwatch.log.types import Row
from orderwatch.log.verify import (
    VerificationError,
    Verifier,
    check_origin,
    check_orphans,
    withheld_seqs,
)
from orderwatch.model import TreeHead
from orderwatch.model.entry import VerificationReport

_BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_SETTINGS = "SET LOCAL search_path = orderwatch, pg_temp; SET LOCAL quote_all_identifiers = off"
"""Settings of definitions as PostgreSQL prints them."""
_SELECT_INDEX = (
    "SELECT id, string_agg(CAST((seq << 23) + (day << 1) + CAST(affects_status AS int)"
    " AS text), ',' ORDER BY seq) FROM event_subject WHERE seq <= ? GROUP BY id"
)
_SELECT_TABLES = (
    "SELECT relname FROM pg_class WHERE relnamespace ="
    " CAST('orderwatch' AS regnamespace) AND relkind IN ('r', 'v', 'm', 'p', 'f')"
)
_SELECT_FUNCTIONS = (
    "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = CAST('orderwatch' AS regnamespace)"
)
_SELECT_TRIGGERS = (
    "SELECT tgname, pg_get_triggerdef(t.oid, true) FROM pg_trigger AS t"
    " JOIN pg_class AS c ON c.oid = tgrelid WHERE NOT tgisinternal"
    " AND tgenabled IN ('O', 'A')"
    " AND relnamespace = CAST('orderwatch' AS regnamespace)"
)
_TABLE_NAME = re.compile(r"CREATE (?:TABLE|VIEW) (\w+)")
_FUNCTION_SQL = re.compile(r"CREATE FUNCTION (\w+)\(.*?AS \$\$(.*?)\$\$;", re.DOTALL)
_TRIGGER_SQL = re.compile(r"(CREATE TRIGGER (\w+) .*?);", re.DOTALL)


def verify(
    con: Connection, checkpoints: Sequence[TreeHead], progress: Callable[[int], None]
) -> VerificationReport:
    """Verify a snapshot of a log; later entries are not verified."""
    con.execute(_BEGIN)
    try:
        return verify_now(con, checkpoints, progress)
    finally:
        with suppress(psycopg.Error):
            con.execute("ROLLBACK")


def verify_now(
    con: Connection,
    checkpoints: Sequence[TreeHead] = (),
    progress: Callable[[int], None] = no_progress,
) -> VerificationReport:
    """Verify a log in the open transaction."""
    con.execute(_SETTINGS)
    verifier = Verifier(checkpoints, first_authority(con))
    try:
        until = entry_count(con)
        _check_definitions(con)
        check_origin(con)
        verifier.verify_entries(con, until, progress)
        verifier.finish(withheld=withheld_seqs(con))
        verifier.compare_effects(con)
        check_orphans(con)
        # No concurrent redaction is visible in this transaction.
        verifier.compare_index(con.stream(_SELECT_INDEX, (until,)), set())
    except VerificationError as problem:
        return verifier.report(problem)
    return verifier.report()


def _check_definitions(con: Connection) -> None:
    """Compare tables, functions and triggers with those of the schema."""
    script = "\n".join(schema.VERSIONS)
    for expected, sql in (
        ({(name, "") for name in _TABLE_NAME.findall(script)}, _SELECT_TABLES),
        (set(_FUNCTION_SQL.findall(script)), _SELECT_FUNCTIONS),
        (
            {(name, _squeeze(text)) for text, name in _TRIGGER_SQL.findall(script)},
            _SELECT_TRIGGERS,
        ),
    ):
        stored = {_decode_definition(row) for row in con.fetch(sql)}
        if wrong := expected ^ stored:
            raise VerificationError(f"the log was altered: {min(wrong)[0]} is not as it was made")


def _decode_definition(row: Row) -> tuple[str, str]:
    name, text = (*(part.decode() for part in row), "")[:2]
    return name, _squeeze(text) if text.startswith("CREATE TRIGGER") else text


def _squeeze(text: str) -> str:
    return " ".join(text.split())
