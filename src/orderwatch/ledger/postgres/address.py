"""The address of a log in PostgreSQL, read as libpq reads it."""

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from orderwatch.address import strip_secrets
from orderwatch.errors import UsageError


def checked(url: str) -> dict[str, str]:
    """Read an address; raise `UsageError` if libpq cannot."""
    try:
        return {key: str(value) for key, value in conninfo_to_dict(url).items()}
    except (ProgrammingError, UnicodeError):
        # What libpq says of it can repeat a password.
        raise UsageError(
            f"{strip_secrets(url)}: is no address that PostgreSQL knows; one looks "
            "like "
            "postgresql://USER@HOST/DATABASE"
        ) from None
