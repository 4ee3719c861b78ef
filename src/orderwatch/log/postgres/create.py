"""Make a log in PostgreSQL, or let an administrator make it."""

import secrets

from orderwatch.errors import UsageError
from orderwatch.log.formats import checkpoint
from orderwatch.log.postgres import schema
from orderwatch.log.postgres.connection import (
    Connection,
    expect,
    told,
    transaction,
    version,
)
from orderwatch.log.postgres.conninfo import checked
from orderwatch.log_url import strip_secrets


def make(url: str, password: str | None = None) -> bool:
    """Make a log, or bring one up to date; tell whether anything had to be done."""
    with told(url):
        con = Connection(url, password)
        try:
            # Two who make it at once take turns, and the second finds it made.
            with transaction(con):
                found = version(con)
                done = found is None or found < schema.latest()
                if done:
                    con.execute(schema.script(con.database, _origin(), found or 0))
            expect(con)
        finally:
            con.close()
    return done


def script(url: str) -> str:
    """Write the SQL by which an administrator makes a log at an address."""
    parts = checked(url)
    name = parts.get("dbname") or parts.get("user")
    if not name:
        raise UsageError(f"{strip_secrets(url)}: names no database")
    return f"BEGIN;\n{schema.script(name, _origin())}COMMIT;\n"


def _origin() -> str:
    return checkpoint.named(secrets.token_hex(8))
