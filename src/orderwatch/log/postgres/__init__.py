"""PostgreSQL engine, for offices that share a log.

Without the extra `postgres`, importing any module raises a `UsageError` that says so.
"""

from orderwatch.errors import UsageError

try:
    import psycopg  # noqa: F401 - without libpq it cannot be imported either
except ImportError as error:
    raise UsageError(
        "a log in PostgreSQL needs one more package: pip install 'orderwatch[postgres]'"
    ) from error
