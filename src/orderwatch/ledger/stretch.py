"""Verify a stretch of a log in SQLite by itself, as if all before it were in order."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from orderwatch.ledger import connection, page
from orderwatch.ledger.appender import read_node
from orderwatch.ledger.compare import ENTRIES
from orderwatch.ledger.database import fetch
from orderwatch.ledger.recount import Recount
from orderwatch.ledger.tree import Frontier
from orderwatch.ledger.walk import Mismatch, Walk

PAGE = 256
"""Entries that are read at once: few enough to stay in a processor's cache."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """What is known after some entries, if what came before is what it is based on."""

    before: bytes
    """The root of all that came before."""
    tree: Frontier
    bare: set[int]
    effects: set[tuple[int, int, str]]
    noted: dict[str, bytes]
    """Of each id, what names it: see `recount`."""


def take(path: Path, start: int, end: int) -> Stretch | None:
    """Take the entries after `start` up to `end`; `None` if not all are in order."""
    walk, recount = Walk(()), _recount()
    recount.told()
    try:
        with closing(connection.reader(path)) as con:
            # Every look outside of a transaction asks the system for the lock.
            con.execute("BEGIN")
            walk.tree = Frontier(start, lambda *node: read_node(con, *node))
            before = walk.tree.root()
            while rows := fetch(con, ENTRIES, (walk.tree.size, end, PAGE)):
                if not page.take(con, walk, recount, rows):
                    return None
    except (Mismatch, sqlite3.DatabaseError):
        return None
    if walk.tree.size < end:
        return None
    return Stretch(
        before=before,
        tree=walk.tree,
        bare=walk.bare,
        effects=walk.effects,
        noted=recount.told(),
    )


def join(walk: Walk, found: Stretch) -> bool:
    """Go on with a stretch, if it follows on what is known so far."""
    if found.before != walk.tree.root():
        return False
    walk.tree = found.tree
    walk.bare |= found.bare
    walk.effects |= found.effects
    return True


@cache
def _recount() -> Recount:
    """Give the one of this process: what it has learned serves the next stretch."""
    return Recount()
