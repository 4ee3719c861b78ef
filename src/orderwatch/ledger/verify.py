"""Compute a log in SQLite anew and compare it with what is stored."""

import json
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

from orderwatch.ledger import connection, page, schema
from orderwatch.ledger.appender import packed, size
from orderwatch.ledger.bulk import locate
from orderwatch.ledger.connection import Connection
from orderwatch.ledger.database import Row, fetch
from orderwatch.ledger.entry import header_fields
from orderwatch.ledger.recount import Recount, check_counts
from orderwatch.ledger.store import Report
from orderwatch.ledger.walk import Mismatch, Walk
from orderwatch.model import LogHead

PAGE = 250
"""Entries that are read at once: few enough to stay in a processor's cache."""

ENTRIES = (
    "SELECT e.seq, e.id, e.header, e.nodes, p.salt, p.body"
    " FROM entry AS e LEFT JOIN payload AS p ON p.seq = e.seq"
    " WHERE e.seq > ? AND e.seq <= ? ORDER BY e.seq LIMIT ?"
)
_EXTRA = "SELECT 0 FROM entry WHERE seq < 1"
_ORPHAN = "SELECT seq FROM payload WHERE seq < 1 OR seq > (SELECT max(seq) FROM entry)"
_TABLES = (
    "SELECT name, sql FROM sqlite_schema WHERE type IN (SELECT value FROM json_each(?))"
    " AND name NOT LIKE 'words^_%' ESCAPE '^'"
)
_COPIES = tuple(
    statement.replace("SHADOW", f"words_{shadow}")
    for shadow in ("data", "idx", "config")
    for statement in (
        "DELETE FROM temp.SHADOW",
        "INSERT INTO temp.SHADOW SELECT * FROM main.SHADOW",
    )
)


def verify(
    con: Connection,
    path: Path,
    checkpoints: Sequence[LogHead],
    progress: Callable[[int], None],
) -> Report:
    """Verify a store; entries that arrive meanwhile wait for the next time."""
    until = size(con)
    walk = Walk(())
    with ThreadPoolExecutor(max_workers=1) as pool:
        # What needs no Python runs beside what does.
        file = pool.submit(_check_file, path) if until else None
        try:
            walk = Walk(checkpoints)
            _check_tables(con, "table", "view")
            recount = Recount()
            _walk(con, walk, recount, until, progress)
            walk.finish(_redacted_after(con, until))
            _check_effects(con, walk, until)
            _check_orphans(con)
            recount.compare(con, until, [effect[:2] for effect in walk.effects])
            if file:
                file.result()
            _check_tables(con, "trigger")
        except Mismatch as problem:
            return walk.report(problem)
    return walk.report()


def _walk(
    con: Connection,
    walk: Walk,
    recount: Recount,
    until: int,
    progress: Callable[[int], None],
) -> None:
    if fetch(con, _EXTRA):
        raise Mismatch("there is an entry before the first")
    while rows := fetch(con, ENTRIES, (walk.tree.size, until, PAGE)):
        if not page.take(con, walk, recount, rows):
            for row in rows:
                step(con, walk, recount, row)
        progress(walk.tree.size)
    if walk.tree.size < until:
        raise Mismatch("it is missing", walk.tree.size + 1)


def step(con: Connection, walk: Walk, recount: Recount, row: Row) -> None:
    """Take the next entry, a row of `ENTRIES`; say what is wrong with it."""
    seq, uid, raw, nodes, salt, body = row
    expected = walk.tree.size + 1
    if seq != expected:
        raise Mismatch("it is missing", expected)
    if not all(isinstance(one, bytes) for one in (raw, salt or b"", body or b"")):
        raise Mismatch("what is stored of it is neither text nor bytes", seq)
    try:
        name, kind, committed, _, _, target = header_fields(raw)
        found = walk.add(raw, committed, None if body is None else (salt, body))
        if target is not None:
            walk.name(kind, locate(con, target))
    except (Mismatch, ValueError) as error:
        raise Mismatch(str(error), seq) from error
    if body is not None:
        recount.take(seq, body)
    if packed(name) != uid:
        raise Mismatch("its id is not the one by which it is found", seq)
    if nodes != found:
        raise Mismatch("its hash, or one above it, is not the one stored", seq)


def _redacted_after(con: Connection, until: int) -> list[int]:
    sql = "SELECT target FROM effect WHERE kind = 'redaction' AND seq > ?"
    return [target for (target,) in fetch(con, sql, (until,))]


def _check_effects(con: Connection, walk: Walk, until: int) -> None:
    rows = fetch(con, "SELECT target, seq, kind FROM effect WHERE seq <= ?", (until,))
    stored = {(target, seq, kind.decode()) for target, seq, kind in rows}
    if wrong := stored ^ walk.effects:
        target, seq, _ = min(wrong, key=lambda effect: effect[1])
        raise Mismatch(f"what is stored of its effect on entry {target} is wrong", seq)


def _check_orphans(con: Connection) -> None:
    if rows := fetch(con, _ORPHAN):
        raise Mismatch("there is a payload without an entry", rows[0][0])


def _check_file(path: Path) -> None:
    with closing(connection.reader(path)) as con:
        found = fetch(con, "PRAGMA integrity_check(1)")[0][0]
    if found != b"ok":
        raise Mismatch(f"the file is damaged: {found.decode(errors='replace')}")
    with closing(connection.reader(path)) as con:
        check_counts(con)
    _check_words(path)


def _check_words(path: Path) -> None:
    """Check the search index by its own means.

    They need to write, so a copy of it is checked, in memory, against the file.
    """
    with closing(connection.reader(path)) as con:
        con.execute("PRAGMA temp_store = MEMORY")
        [[index]] = fetch(con, "SELECT sql FROM sqlite_schema WHERE name = 'words'")
        [[view]] = fetch(con, "SELECT sql FROM sqlite_schema WHERE name = 'said'")
        fetch(con, "BEGIN")
        fetch(con, "SELECT 1 FROM entry LIMIT 1")
        con.execute(index.decode().replace("TABLE words", "TABLE temp.words", 1))
        con.execute(view.decode().replace("VIEW said", "TEMP VIEW said", 1))
        for statement in _COPIES:
            con.execute(statement)
        try:
            con.execute("INSERT INTO words (words, rank) VALUES ('integrity-check', 1)")
        except sqlite3.DatabaseError as error:
            if not str(error.sqlite_errorname).startswith("SQLITE_CORRUPT"):
                raise
            raise Mismatch("the search index does not fit the entries") from error


def _check_tables(con: Connection, *types: str) -> None:
    """Compare what the file says of its own tables with what it was made with."""
    values = (json.dumps(types),)
    with closing(connection.empty(schema.version(con))) as new:
        made = set(fetch(new, _TABLES, values))
    if wrong := made ^ set(fetch(con, _TABLES, values)):
        name = min(wrong)[0].decode()
        raise Mismatch(f"the file was altered: {name} is not as it was made")
