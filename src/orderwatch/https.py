"""Client for HTTPS: one GET or POST, within limits of size, time and redirects.

A request says nothing about the user, the machine or the version, and sends no cookie. Redirects
lead to HTTPS alone, also of another host: sites move to another name, and mirrors serve files from
a content network. The server whose certificate was verified chooses the target, so it vouches for
it, and callers judge what they get by its content: a release by signature and hash, the Court's
list by the document numbers that the register has.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from http import HTTPStatus
from http.client import HTTPException, HTTPResponse, IncompleteRead
from ssl import SSLCertVerificationError, create_default_context
from threading import Thread
from time import monotonic
from types import MappingProxyType
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
    UnknownHandler,
)

from orderwatch.errors import DeliveryError, RegisterError
from orderwatch.frozen import Frozen
from orderwatch.translation import _

SECONDS_MAX = 60.0
"""Seconds of one request, redirects included."""
_SOCKET_SECONDS = 20.0
_REDIRECTS_MAX = 3
_REDIRECT, _CLIENT_ERROR = 3, 4
"""First digits of codes."""
_CHUNK = 1 << 16
_VALIDATOR_MAX = 512
_HEADERS = {"User-Agent": "orderwatch", "Accept": "*/*"}
"""Request headers, identical in every installation."""
_NONE: Mapping[str, str] = MappingProxyType({})


class Answer(Frozen):
    """Response to a request."""

    data: bytes | None
    """`None` if it is as it was when `validators` were received."""
    media_type: str = ""
    charset: str | None = None
    validators: Mapping[str, str] = _NONE
    """Request headers that ask whether it is as it was."""
    status: int = HTTPStatus.OK
    """Code of the answer; of a GET, always that."""

    @property
    def is_ok(self) -> bool:
        """Return whether the request was granted."""
        return self.status == HTTPStatus.OK

    @property
    def is_conflict(self) -> bool:
        """Return whether the request was based on another state than that of the server."""
        return self.status == HTTPStatus.CONFLICT


def get(url: str, limit: int, validators: Mapping[str, str] = _NONE) -> Answer:
    """Get at most `limit` bytes, unless they are as they were.

    Raises `RegisterError` for an answer that is not as expected, and `DeliveryError` if there is
    none, or a part, so that another try may succeed.
    """
    return _run(url, lambda end: _request(url, limit, validators, end))


def post(url: str, body: bytes, limit: int, media_type: str) -> Answer:
    """Post a body; return at most `limit` bytes, also of an answer with a code from 400 to 499.

    Raises the errors of `get`. Redirects are refused.
    """
    headers = {"Content-Type": media_type}
    return _run(url, lambda end: _request(url, limit, headers, end, body))


def _run(url: str, work: Callable[[float], Answer]) -> Answer:
    """Run a request in a thread that is left behind when the time is over.

    Timeouts of a socket bound neither the resolution of names nor headers that come byte by byte.
    """
    results: list[Answer | BaseException] = []
    end = monotonic() + SECONDS_MAX

    def run() -> None:
        try:
            results.append(work(end))
        except BaseException as error:  # noqa: BLE001 - raised again below
            results.append(error)

    thread = Thread(target=run, daemon=True)
    thread.start()
    thread.join(SECONDS_MAX)
    result = results[0] if results else _late()
    if isinstance(result, Answer):
        return result
    if isinstance(result, RegisterError | DeliveryError):
        raise type(result)(f"{url}: {result}") from result
    raise result


def _request(
    url: str, limit: int, headers: Mapping[str, str], end: float, body: bytes | None = None
) -> Answer:
    if not url.lower().startswith("https://"):
        raise RegisterError(_("not an https URL"))
    request = Request(url, body, {**_HEADERS, **headers})  # noqa: S310 - it is https
    try:
        with _opener().open(request, timeout=_SOCKET_SECONDS) as response:
            return Answer(
                data=_read(response, limit, end),
                media_type=response.headers.get_content_type(),
                charset=response.headers.get_content_charset(),
                validators=_validators(response.headers),
            )
    except HTTPError as error:
        with error:
            if body is not None and error.code // 100 == _CLIENT_ERROR:
                return _refusal(error, limit)
        if error.code == HTTPStatus.NOT_MODIFIED and headers:
            return Answer(data=None, validators=headers)
        raise _status_error(error.code, error.reason) from error
    except URLError as error:
        reason = error.reason
        if isinstance(reason, SSLCertVerificationError):
            text = _("its certificate is not trusted ({reason})")
            raise DeliveryError(text.format(reason=reason.verify_message)) from error
        raise DeliveryError(_("not reached: {reason}").format(reason=reason)) from error
    except IncompleteRead as error:
        raise DeliveryError(_("the answer was cut")) from error
    except (OSError, HTTPException, ValueError) as error:
        text = _("the connection failed: {reason}")
        raise DeliveryError(text.format(reason=str(error) or type(error).__name__)) from error


def _refusal(error: HTTPError, limit: int) -> Answer:
    data = b""
    with suppress(OSError, HTTPException):
        data = error.read(limit)
    return Answer(data=data, media_type=error.headers.get_content_type(), status=error.code)


def _status_error(code: int, reason: str) -> RegisterError | DeliveryError:
    if code // 100 == _REDIRECT and code != HTTPStatus.NOT_MODIFIED:
        text = _("redirect refused (code {code}): at most {n}, and to https URLs alone")
        return RegisterError(text.format(code=code, n=_REDIRECTS_MAX))
    text = _("the server answered with the code {code} ({reason})").format(code=code, reason=reason)
    return (DeliveryError if code >= HTTPStatus.INTERNAL_SERVER_ERROR else RegisterError)(text)


def _opener() -> OpenerDirector:
    """Return an opener for HTTPS alone, which honours proxies."""
    opener = OpenerDirector()
    for handler in (
        ProxyHandler(),
        HTTPSHandler(context=create_default_context()),
        _Redirects(),
        HTTPErrorProcessor(),
        HTTPDefaultErrorHandler(),
        UnknownHandler(),
    ):
        opener.add_handler(handler)
    opener.addheaders = []
    return opener


class _Redirects(HTTPRedirectHandler):
    max_redirections = _REDIRECTS_MAX

    def redirect_request(self, *arguments: Any) -> Request | None:  # noqa: ANN401 - as in urllib
        """Return the next request; raise `HTTPError` unless it is a GET by HTTPS."""
        request, file, code, _message, headers, url = arguments
        if request.data is not None or not url.lower().startswith("https://"):
            raise HTTPError(request.full_url, code, "", headers, file)
        return super().redirect_request(*arguments)


def _read(response: HTTPResponse, limit: int, end: float) -> bytes:
    if response.status != HTTPStatus.OK:
        raise _status_error(response.status, response.reason)
    data = bytearray()
    while chunk := response.read(min(_CHUNK, limit + 1 - len(data))):
        data += chunk
        if len(data) > limit:
            raise RegisterError(_("too large: more than {limit:,} bytes").format(limit=limit))
        if monotonic() > end:
            raise _late()
    # With a size, `read` returns the end of a body that was cut as that of a whole one.
    if response.length:
        raise IncompleteRead(bytes(data))
    return bytes(data)


def _late() -> DeliveryError:
    return DeliveryError(_("no answer within {n} seconds").format(n=int(SECONDS_MAX)))


def _validators(headers: Mapping[str, str]) -> dict[str, str]:
    pairs = (("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified"))
    values = {name: headers.get(source) for name, source in pairs}
    return {name: value for name, value in values.items() if value and len(value) < _VALIDATOR_MAX}
