"""Transport of a channel: files of a folder, or conditional requests by HTTPS.

A request says nothing about the user or the machine, sends no cookie, and follows redirects to
HTTPS alone. Size and time are limited.
"""

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any

from orderwatch import fs
from orderwatch.errors import DeliveryError, RegisterError, UsageError
from orderwatch.frozen import Frozen
from orderwatch.translation import _

SIZE_MAX = 200_000
"""Bytes of all files of one update."""
SECONDS_MAX = 60.0
"""Seconds of one request, redirects included."""
_SOCKET_SECONDS = 20.0
_REDIRECTS_MAX = 3
_CHUNK = 16_384
_REDIRECT, _CLIENT_ERROR, _SERVER_ERROR = 300, 400, 500
_NOT_MODIFIED = 304
_AGENT = "orderwatch"
"""The same for every version and machine."""


class Answer(Frozen):
    """Response of a release channel to a request for a file."""

    data: bytes | None
    """`None` if the file is as it was."""
    validators: Mapping[str, str] = MappingProxyType({})
    """Request headers that ask whether the file is as it was."""


class Folder:
    """A channel in a folder."""

    def __init__(self, path: Path) -> None:
        """Read nothing yet."""
        self.path = path

    def get(self, name: str, limit: int, validators: Mapping[str, str]) -> Answer:
        """Read a file of at most `limit` bytes."""
        del validators
        try:
            data = fs.read(self.path / name, limit)
        except OSError as error:
            reason = error.strerror or error
            raise RegisterError(f"{self.path / name}: {reason}") from error
        _require_size(name, data, limit)
        return Answer(data=data)


class Site:
    """A channel on a web server."""

    def __init__(self, address: str) -> None:
        """Send nothing yet."""
        self.address = address.rstrip("/")

    def get(self, name: str, limit: int, validators: Mapping[str, str]) -> Answer:
        """Request a file of at most `limit` bytes, unless it is as it was."""
        return _within(
            SECONDS_MAX, lambda: _request(f"{self.address}/{name}", name, limit, validators)
        )


def open_source(address: str) -> Folder | Site:
    """Return the channel at an address: an HTTPS URL, or the path of a folder."""
    scheme, separator, rest = address.partition("://")
    if not separator:
        try:
            return Folder(fs.expand_home(Path(address)))
        except OSError as error:
            raise UsageError(f"{address}: {error.strerror}") from error
    if scheme.lower() != "https":
        text = _(
            "{scheme}:// is not possible for a release channel: it takes an https URL, or a path"
        )
        raise UsageError(text.format(scheme=scheme))
    if "@" in rest.partition("/")[0] or "?" in rest or "#" in rest or rest[:1] in {"", "/"}:
        raise UsageError(
            _("the URL of a release channel has host and path alone: https://example.org/register")
        )
    if not address.isascii() or not address.isprintable() or " " in address:
        raise UsageError(_("the URL of a release channel has ASCII letters alone"))
    return Site(address)


def _within(seconds: float, request: Callable[[], Answer]) -> Answer:
    """Run a request in a thread, and leave it behind when the time is over.

    Timeouts of a socket do not bound names that are resolved, nor headers that come byte by byte.
    """
    import threading

    results: list[Answer | BaseException] = []

    def run() -> None:
        try:
            results.append(request())
        except BaseException as error:  # noqa: BLE001 - raised again below
            results.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    if not results:
        raise DeliveryError(_("no answer within {n} seconds").format(n=int(seconds)))
    result = results[0]
    if isinstance(result, BaseException):
        raise result
    return result


def _request(address: str, name: str, limit: int, validators: Mapping[str, str]) -> Answer:
    import ssl
    from http.client import HTTPException
    from urllib.error import HTTPError, URLError
    from urllib.request import Request

    request = Request(address, headers={"User-Agent": _AGENT, **validators})  # noqa: S310 - https alone
    end = time.monotonic() + SECONDS_MAX
    try:
        with _opener().open(request, timeout=_SOCKET_SECONDS) as answer:
            data = _read(answer, name, limit, end)
            return Answer(data=data, validators=_validators(answer.headers))
    except HTTPError as error:
        error.close()
        if error.code == _NOT_MODIFIED and validators:
            return Answer(data=None, validators=validators)
        text = _("{name}: the server answered with the code {code}")
        if _REDIRECT <= error.code < _CLIENT_ERROR:
            text = _("{name}: redirect refused (code {code})")
        text = text.format(name=name, code=error.code)
        raise (DeliveryError if error.code >= _SERVER_ERROR else RegisterError)(text) from error
    except URLError as error:
        reason = error.reason
        if isinstance(reason, ssl.SSLCertVerificationError):
            reason = reason.verify_message
        raise DeliveryError(_("not reached: {reason}").format(reason=reason)) from error
    except (OSError, HTTPException, ValueError) as error:
        raise DeliveryError(
            _("the connection failed: {reason}").format(reason=str(error) or type(error).__name__)
        ) from error


def _opener() -> Any:  # noqa: ANN401 - its class is imported late
    """Build an opener for HTTPS, which honours proxies, and follows redirects to HTTPS."""
    import ssl
    from urllib import request

    class Redirects(request.HTTPRedirectHandler):
        max_redirections = _REDIRECTS_MAX

        def redirect_request(self, *arguments: Any) -> Any:  # noqa: ANN401 - as there
            newurl = arguments[-1]
            if not newurl.lower().startswith("https://"):
                arguments[1].close()
                raise RegisterError(_("redirect refused: it does not lead to an https URL"))
            return super().redirect_request(*arguments)

    opener = request.OpenerDirector()
    for handler in (
        request.ProxyHandler(),
        request.HTTPSHandler(context=ssl.create_default_context()),
        request.HTTPDefaultErrorHandler(),
        Redirects(),
        request.HTTPErrorProcessor(),
        request.UnknownHandler(),
    ):
        opener.add_handler(handler)
    opener.addheaders = []
    return opener


def _read(answer: IO[bytes], name: str, limit: int, end: float) -> bytes:
    """Read the body of an answer within its limits of size and time."""
    from http.client import IncompleteRead

    data = bytearray()
    while chunk := answer.read(min(_CHUNK, limit + 1 - len(data))):
        data += chunk
        _require_size(name, data, limit)
        if time.monotonic() > end:
            raise DeliveryError(_("no answer within {n} seconds").format(n=int(SECONDS_MAX)))
    # With a size, `read` returns the end of a body that was cut as that of a whole one.
    if getattr(answer, "length", None):
        raise IncompleteRead(bytes(data))
    return bytes(data)


def _require_size(name: str, data: bytes | bytearray, limit: int) -> None:
    if len(data) > limit:
        text = _("{name} is too large: the files of an update have {limit:,} bytes at most")
        raise RegisterError(text.format(name=name, limit=SIZE_MAX))


def _validators(headers: Mapping[str, str]) -> dict[str, str]:
    pairs = (("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified"))
    values = {name: headers.get(source) for name, source in pairs}
    return {name: value for name, value in values.items() if value and len(value) < _CHUNK // 32}
