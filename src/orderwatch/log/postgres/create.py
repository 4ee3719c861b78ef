"""Create a log in PostgreSQL, or print the SQL for an administrator."""

import secrets

from orderwatch.errors import UsageError
from orderwatch.log.formats import checkpoint
from orderwatch.log.postgres import schema
from orderwatch.log.postgres.connection import (
    Connection,
    require_log,
    transaction,
    translate_errors,
    version,
)
from orderwatch.log.postgres.conninfo import parse_url
from orderwatch.log_url import strip_secrets


def create(url: str, password: str | None = None) -> bool:
    """Create or upgrade a log; return whether anything had to be done."""
    with translate_errors(url):
        con = Connection(url, password)
        try:
            # Two concurrent runs take turns; the second has nothing to do.
            with transaction(con):
                current = version(con)
                is_needed = current is None or current < schema.latest()
                if is_needed:
                    con.execute(
                        schema.script(con.database, _new_origin(), current or 0)
                    )
            require_log(con)
        finally:
            con.close()
    return is_needed


def script(url: str) -> str:
    """Return the SQL with which an administrator creates a log."""
    settings = parse_url(url)
    name = settings.get("dbname") or settings.get("user")
    if not name:
        raise UsageError(f"{strip_secrets(url)}: names no database")
    return f"BEGIN;\n{schema.script(name, _new_origin())}COMMIT;\n"


def _new_origin() -> str:
    return checkpoint.create_origin(secrets.token_hex(8))
