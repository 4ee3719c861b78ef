"""Send messages through apprise, which reaches chats and phones."""

import logging
from hashlib import sha256
from typing import TYPE_CHECKING

from orderwatch.errors import DeliveryError, UsageError

if TYPE_CHECKING:
    from apprise import NotifyBase


def service_name(url: str) -> str:
    """Return scheme and fingerprint of a service URL, which contains secrets."""
    scheme = url.partition("://")[0] if "://" in url else "?"
    # Arguments can contain bytes that are not UTF-8.
    digest = sha256(url.encode(errors="surrogatepass")).hexdigest()
    return f"{scheme[:20]}://…{digest[:12]}"


def validate(url: str) -> None:
    """Raise `UsageError` unless apprise supports the service URL."""
    _create_service(url)


def send(url: str, *, title: str, body: str) -> None:
    """Send a message to a service; raise `DeliveryError` if it is refused."""
    if not _create_service(url).notify(title=title, body=body):
        raise DeliveryError(
            f"{service_name(url)}: the service did not take the message"
        )


def _create_service(url: str) -> "NotifyBase":
    try:
        from apprise import Apprise
    except ImportError:
        raise UsageError(
            "--notify needs apprise: install orderwatch with the extra `notify`"
        ) from None
    # Drop apprise's warnings, which contain the service URL.
    logging.getLogger("apprise").disabled = True
    service = Apprise.instantiate(url)
    if service is None:
        raise UsageError(
            f"{service_name(url)}: apprise knows no such service, or the address "
            "lacks a part"
        )
    return service
