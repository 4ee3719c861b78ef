"""Addresses of shared logs: which are some, and how they are shown; pure."""

import re

_SHARED = re.compile(r"postgres(?:ql)?://", re.IGNORECASE)
_SECRETS = frozenset({"password", "sslpassword", "oauth_client_secret"})


def is_shared(url: str) -> bool:
    """Tell whether a log is kept by a server."""
    return _SHARED.match(url) is not None


def shown(url: str) -> str:
    """Write an address without what is secret in it."""
    if not is_shared(url):
        return url
    scheme, _, rest = url.partition("://")
    authority, _, query = rest.partition("?")
    # Whatever stands before the last @ can be a password with an @ or a / in it.
    user, at, place = authority.rpartition("@")
    kept = "&".join(
        part for part in query.split("&") if part.partition("=")[0] not in _SECRETS
    )
    text = f"{scheme}://{user.partition(':')[0]}{at}{place}"
    return f"{text}?{kept}" if kept else text
