"""Compute a log in PostgreSQL anew and compare it with what is stored."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import chain

import psycopg

from orderwatch.ledger import page
from orderwatch.ledger.appender import size
from orderwatch.ledger.compare import (
    ENTRIES,
    check_effects,
    check_name,
    check_orphans,
    step,
)
from orderwatch.ledger.database import Row
from orderwatch.ledger.postgres import schema
from orderwatch.ledger.postgres.connection import Connection
from orderwatch.ledger.postgres.lexemes import lexemes
from orderwatch.ledger.recount import Recount, check_undone, compare
from orderwatch.ledger.store import Report
from orderwatch.ledger.walk import Mismatch, Walk
from orderwatch.model import LogHead

PAGE = 1_000
"""Entries that are read at once."""

_ABOUT = (
    "SELECT id, string_agg(CAST((seq << 23) + (day << 1) + CASE WHEN bears THEN 1"
    " ELSE 0 END AS text), ',' ORDER BY seq) FROM about WHERE seq <= ? GROUP BY id"
)
# As the view `counted`, in one pass: joined with it, a plan that was made before the
# server knew how many rows there are took hours.
COUNTS = (
    "SELECT seq FROM (SELECT seq, nth, last,"
    " count(*) FILTER (WHERE NOT bears) OVER so_far AS events,"
    " coalesce(max((day << 40) + seq) FILTER (WHERE NOT bears) OVER so_far, 0)"
    " & ((CAST(1 AS bigint) << 40) - 1) AS latest FROM about"
    " WINDOW so_far AS (PARTITION BY id ORDER BY seq ROWS UNBOUNDED PRECEDING)) AS c"
    " WHERE nth <> events OR last <> latest ORDER BY seq LIMIT 1"
)
_UNSAID = (
    "SELECT seq FROM lexemes AS l WHERE NOT EXISTS"
    " (SELECT 1 FROM payload AS p WHERE p.seq = l.seq) ORDER BY seq LIMIT 1"
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
    con: Connection, checkpoints: Sequence[LogHead], progress: Callable[[int], None]
) -> Report:
    """Verify a log as it is now; what happens meanwhile waits for the next time."""
    con.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    walk = Walk(())
    try:
        until = size(con)
        walk = Walk(checkpoints)
        _check_guards(con)
        check_name(con)
        noted = [*_walk(con, walk, until, progress)]
        walk.finish()
        check_effects(con, walk, until)
        check_orphans(con)
        # Nothing is redacted meanwhile, as far as this transaction sees.
        compare(con.stream(_ABOUT, (until,)), noted, set())
        check_undone(con, until)
        _expect_none(con, COUNTS, "the running count of what it names is wrong")
        _expect_none(con, _UNSAID, "the search index has what it does not hold")
    except Mismatch as problem:
        return walk.report(problem)
    finally:
        with suppress(psycopg.Error):
            con.execute("ROLLBACK")
    return walk.report()


def _walk(
    con: Connection,
    walk: Walk,
    until: int,
    progress: Callable[[int], None],
) -> Iterator[dict[str, bytes]]:
    """Go through all entries; yield what names an id, so many entries at a time."""
    recount = Recount()
    if con.fetch("SELECT 0 FROM entry WHERE seq < 1"):
        raise Mismatch("there is an entry before the first")
    while rows := con.fetch(ENTRIES, (walk.tree.size, until, PAGE)):
        rows = [_encoded(row) for row in rows]
        if not page.take(con, walk, recount, rows):
            for row in rows:
                step(con, walk, recount, row)
        _check_words(con, rows)
        yield recount.told()
        progress(walk.tree.size)
    if walk.tree.size < until:
        raise Mismatch("it is missing", walk.tree.size + 1)


def _encoded(row: Row) -> Row:
    return tuple(bytes(part) if isinstance(part, memoryview) else part for part in row)


def _check_words(con: Connection, rows: Sequence[Row]) -> None:
    said = [(row[0], lexemes(row[5])) for row in rows if row[5] is not None]
    if not said:
        return
    marks = ", ".join(["(CAST(? AS bigint), CAST(? AS tsvector))"] * len(said))
    wrong = con.fetch(
        f"SELECT v.seq FROM (VALUES {marks}) AS v (seq, words)"  # noqa: S608 - ours
        " LEFT JOIN lexemes AS l ON l.seq = v.seq"
        " WHERE l.words IS DISTINCT FROM v.words ORDER BY v.seq LIMIT 1",
        list(chain.from_iterable(said)),
    )
    if wrong:
        raise Mismatch("the search index does not fit it", wrong[0][0])


def _expect_none(con: Connection, sql: str, what: str) -> None:
    if rows := con.fetch(sql):
        raise Mismatch(what, rows[0][0])


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
