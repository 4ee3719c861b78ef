"""Compute a log in SQLite anew and compare it with what is stored."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

from orderwatch.ledger import beside, connection, page, schema, stretch
from orderwatch.ledger.appender import size
from orderwatch.ledger.beside import Job
from orderwatch.ledger.compare import (
    ENTRIES,
    check_effects,
    check_name,
    check_orphans,
    step,
)
from orderwatch.ledger.connection import Connection
from orderwatch.ledger.database import fetch
from orderwatch.ledger.recount import Recount, compare, gone
from orderwatch.ledger.runs import check_counts, read_index
from orderwatch.ledger.sound import check_file, check_words
from orderwatch.ledger.store import Report
from orderwatch.ledger.stretch import PAGE, Stretch
from orderwatch.ledger.walk import Mismatch, Walk
from orderwatch.model import LogHead

STRETCH = 20_000
"""Entries that are shared out at once."""
FEW = 60_000
"""Entries below which starting a helper takes longer than it saves."""

_LEAST = 200
"""Bytes that an entry takes at least, of which its header has most."""

_BYTES = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
_EXTRA = "SELECT 0 FROM entry WHERE seq < 1"
_TABLES = (
    "SELECT name, sql FROM sqlite_schema WHERE type IN (SELECT value FROM json_each(?))"
    " AND name NOT LIKE 'words^_%' ESCAPE '^'"
)


def verify(
    con: Connection,
    path: Path,
    checkpoints: Sequence[LogHead],
    progress: Callable[[int], None],
) -> Report:
    """Verify a store; entries that arrive meanwhile wait for the next time."""
    until = size(con)
    # A damaged number of an entry can be larger than any log: nobody works towards it.
    whole = until if until * _LEAST <= fetch(con, _BYTES)[0][0] else 0
    walk = Walk(())
    with beside.helpers(None if whole >= FEW else 0) as helpers:
        # In the order in which helpers come to it: first what cannot be split.
        words = helpers.ask(partial(check_words, path))
        file = helpers.ask(partial(check_file, path))
        counts = helpers.ask(partial(check_counts, path, until))
        index = helpers.ask(partial(read_index, path, until))
        stretches = [
            helpers.ask(partial(stretch.take, path, start, min(start + STRETCH, until)))
            for start in reversed(range(0, whole, STRETCH))
        ]
        try:
            walk = Walk(checkpoints)
            _check_tables(con, "table", "view")
            noted = [*_walk(con, walk, until, stretches[::-1], progress)]
            walk.finish(gone(con, until))
            check_effects(con, walk, until)
            check_orphans(con)
            compare(index.result() if until else (), noted, gone(con, until))
            for check in (file, counts, words) if until else ():
                check.result()
            check_name(con, made=path.exists())
            _check_tables(con, "trigger")
        except Mismatch as problem:
            return walk.report(problem)
        except (AttributeError, TypeError, ValueError):
            # What no column of its table can hold: SQLite tells where it is.
            try:
                file.result()
            except Mismatch as problem:
                return walk.report(problem)
            raise
    return walk.report()


def _walk(
    con: Connection,
    walk: Walk,
    until: int,
    stretches: Sequence[Job[Stretch | None]],
    progress: Callable[[int], None],
) -> Iterator[dict[str, bytes]]:
    """Go through all entries; yield what names an id, so many entries at a time."""
    if fetch(con, _EXTRA):
        raise Mismatch("there is an entry before the first")
    for job in stretches:
        end = min(walk.tree.size + STRETCH, until)
        found = None if walk.expects(STRETCH) else job.result()
        if found is not None and stretch.join(walk, found):
            yield found.noted
        else:
            yield _walk_slowly(con, walk, end)
        progress(walk.tree.size)
    yield _walk_slowly(con, walk, until)


def _walk_slowly(con: Connection, walk: Walk, until: int) -> dict[str, bytes]:
    """Go on with what is not in order, and say what it is."""
    recount = Recount()
    while rows := fetch(con, ENTRIES, (walk.tree.size, until, PAGE)):
        if not page.take(con, walk, recount, rows):
            for row in rows:
                step(con, walk, recount, row)
    if walk.tree.size < until:
        raise Mismatch("it is missing", walk.tree.size + 1)
    return recount.told()


def _check_tables(con: Connection, *types: str) -> None:
    """Compare what the file says of its own tables with what it was made with."""
    values = (json.dumps(types),)
    with closing(connection.empty(schema.version(con))) as new:
        made = set(fetch(new, _TABLES, values))
    if wrong := made ^ set(fetch(con, _TABLES, values)):
        name = min(wrong)[0].decode()
        raise Mismatch(f"the file was altered: {name} is not as it was made")
