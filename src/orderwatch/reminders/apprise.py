"""Hand messages to apprise, which knows how to reach chats and phones."""

import logging
from hashlib import sha256
from typing import TYPE_CHECKING

from orderwatch.errors import DeliveryError, UsageError

if TYPE_CHECKING:
    from apprise import NotifyBase


def name(url: str) -> str:
    """Name a service by its kind and a fingerprint: its address holds secrets."""
    kind = url.partition("://")[0] if "://" in url else "?"
    # A command line can hold bytes that are no text.
    digest = sha256(url.encode(errors="surrogatepass")).hexdigest()
    return f"{kind[:20]}://…{digest[:12]}"


def check(url: str) -> None:
    """Raise `UsageError` for an address that no service of apprise has."""
    _service(url)


def send(url: str, *, title: str, body: str) -> None:
    """Notify a service; raise `DeliveryError` if it does not take the message."""
    if not _service(url).notify(title=title, body=body):
        raise DeliveryError(f"{name(url)}: the service did not take the message")


def _service(url: str) -> "NotifyBase":
    try:
        from apprise import Apprise
    except ImportError:
        raise UsageError(
            "--notify needs apprise: install orderwatch with the extra `notify`"
        ) from None
    # Its warnings have the address in them: nobody is to print or keep them.
    logging.getLogger("apprise").disabled = True
    found = Apprise.instantiate(url)
    if found is None:
        raise UsageError(
            f"{name(url)}: apprise knows no such service, or the address lacks a part"
        )
    return found
