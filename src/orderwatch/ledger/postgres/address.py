"""The address of a log in PostgreSQL, read as libpq reads it."""

from orderwatch.address import shown
from orderwatch.errors import UsageError


def needed() -> None:
    """Raise `UsageError` if what speaks with PostgreSQL is not installed.

    To be called before any other module of this package is imported.
    """
    try:
        import psycopg  # noqa: F401 - without libpq it cannot be imported either
    except ImportError as error:
        raise UsageError(
            "a log in PostgreSQL needs one more package: "
            "pip install 'orderwatch[postgres]'"
        ) from error


def checked(url: str) -> dict[str, str]:
    """Read an address; raise `UsageError` if libpq cannot."""
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    try:
        return {key: str(value) for key, value in conninfo_to_dict(url).items()}
    except (ProgrammingError, UnicodeError):
        # What libpq says of it can repeat a password.
        raise UsageError(
            f"{shown(url)}: is no address that PostgreSQL knows; one looks like "
            "postgresql://USER@HOST/DATABASE"
        ) from None
