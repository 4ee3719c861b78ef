"""URLs of logs: detect shared logs, strip secrets; pure."""

import re

_POSTGRES_URL = re.compile(r"postgres(?:ql)?://", re.IGNORECASE)
_SECRET_PARAMETERS = frozenset({"password", "sslpassword", "oauth_client_secret"})


def is_shared(url: str) -> bool:
    """Return whether a log URL names a PostgreSQL server."""
    return _POSTGRES_URL.match(url) is not None


def strip_secrets(url: str) -> str:
    """Return a log URL without passwords and client secrets."""
    if not is_shared(url):
        return url
    scheme, _, rest = url.partition("://")
    authority, _, query = rest.partition("?")
    # The part before the last @ can be a password that contains @ or /.
    user, at, host = authority.rpartition("@")
    parameters = "&".join(
        part
        for part in query.split("&")
        if part.partition("=")[0] not in _SECRET_PARAMETERS
    )
    stripped = f"{scheme}://{user.partition(':')[0]}{at}{host}"
    return f"{stripped}?{parameters}" if parameters else stripped
