"""Check the file of a log in SQLite, and what stands in it for speed, by itself.

Nothing here needs Python for long, and each check opens the file anew.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

from orderwatch.ledger import connection
from orderwatch.ledger.database import fetch
from orderwatch.ledger.walk import Mismatch

_COPIES = tuple(
    statement.replace("SHADOW", f"words_{shadow}")
    for shadow in ("data", "idx", "config")
    for statement in (
        "DELETE FROM temp.SHADOW",
        "INSERT INTO temp.SHADOW SELECT * FROM main.SHADOW",
    )
)


def check_file(path: Path) -> None:
    """Raise `Mismatch` if SQLite finds the file damaged."""
    with closing(connection.reader(path)) as con:
        found = fetch(con, "PRAGMA integrity_check(1)")[0][0]
    if found != b"ok":
        raise Mismatch(f"the file is damaged: {found.decode(errors='replace')}")


def check_words(path: Path) -> None:
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
