"""A mail address, as it is typed."""

from contextlib import suppress
from email.errors import HeaderParseError
from email.headerregistry import Address

from orderwatch.errors import UsageError

_LONGEST = 320
"""Characters of an address: 64, an @, and 255 more."""


def parse_address(text: str) -> Address:
    """Parse an address with or without a name; raise `UsageError` if invalid."""
    name, bracket, rest = text.strip().rpartition("<")
    spec = rest.removesuffix(">") if bracket else text.strip()
    local, _, domain = spec.rpartition("@")
    with suppress(HeaderParseError, ValueError, IndexError):
        if (
            local
            and domain
            and len(spec) <= _LONGEST
            and text.isprintable()
            and not set(' <>()[]\\,;:"') & set(spec)
            and bool(bracket) == text.strip().endswith(">")
        ):
            host = domain.encode("idna").decode("ascii").lower()
            display_name = name.strip().strip('"')
            return Address(display_name=display_name, username=local, domain=host)
    raise UsageError(f"{text}: is no mail address; one looks like desk@example.org")
