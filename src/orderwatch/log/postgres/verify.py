"""Compute a log in PostgreSQL anew and compare it with what is stored."""

import re
from collections.abc import Callable, Sequence
from contextlib import suppress

import psycopg

from orderwatch.log.database import Row
from orderwatch.log.postgres import schema
from orderwatch.log.postgres.connection import Connection
from orderwatch.log.reader import size
from orderwatch.log.types import VerificationReport
from orderwatch.log.verify import Mismatch, Verifier, check_name, check_orphans
from orderwatch.model import TreeHead

_ABOUT = (
    "SELECT id, string_agg(CAST((seq << 23) + (day << 1) + CASE WHEN bears THEN 1"
    " ELSE 0 END AS text), ',' ORDER BY seq) FROM about WHERE seq <= ? GROUP BY id"
)
_RELATIONS = (
    "SELECT relname FROM pg_class WHERE relnamespace ="
    " CAST('orderwatch' AS regnamespace) AND relkind IN ('r', 'v', 'm', 'p', 'f')"
)
_FUNCTIONS = (
    "SELECT proname, prosrc FROM pg_proc WHERE pronamespace ="
    " CAST('orderwatch' AS regnamespace)"
)
_TRIGGERS = (
    "SELECT tgname, pg_get_triggerdef(t.oid, true) FROM pg_trigger AS t"
    " JOIN pg_class AS c ON c.oid = tgrelid WHERE NOT tgisinternal"
    " AND tgenabled IN ('O', 'A')"
    " AND relnamespace = CAST('orderwatch' AS regnamespace)"
)
_MADE = re.compile(r"CREATE (?:TABLE|VIEW) (\w+)")
_WRITTEN = re.compile(r"CREATE FUNCTION (\w+)\(.*?AS \$\$(.*?)\$\$;", re.DOTALL)
_SET = re.compile(r"(CREATE TRIGGER (\w+) .*?);", re.DOTALL)


def verify(
    con: Connection, checkpoints: Sequence[TreeHead], progress: Callable[[int], None]
) -> VerificationReport:
    """Verify a log as it is now; what happens meanwhile waits for the next time."""
    con.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    verifier = Verifier(checkpoints)
    try:
        until = size(con)
        _check_guards(con)
        check_name(con)
        verifier.verify_entries(con, until, progress)
        verifier.finish()
        verifier.compare_effects(con)
        check_orphans(con)
        # Nothing is redacted meanwhile, as far as this transaction sees.
        verifier.compare_index(con.stream(_ABOUT, (until,)), set())
    except Mismatch as problem:
        return verifier.report(problem)
    finally:
        with suppress(psycopg.Error):
            con.execute("ROLLBACK")
    return verifier.report()


def _check_guards(con: Connection) -> None:
    """Compare what the database says of the log's own tables with how it was made."""
    made = "\n".join(schema.STEPS)
    for expected, sql in (
        ({(name, "") for name in _MADE.findall(made)}, _RELATIONS),
        (set(_WRITTEN.findall(made)), _FUNCTIONS),
        ({(name, _plain(text)) for text, name in _SET.findall(made)}, _TRIGGERS),
    ):
        found = {_text(row) for row in con.fetch(sql)}
        if wrong := expected ^ found:
            raise Mismatch(
                f"the log was altered: {min(wrong)[0]} is not as it was made"
            )


def _text(row: Row) -> tuple[str, str]:
    name, text = (*(part.decode() for part in row), "")[:2]
    return name, _plain(text) if text.startswith("CREATE TRIGGER") else text


def _plain(text: str) -> str:
    return " ".join(text.split())
