"""A page over https, within limits of size, time and redirects."""

import ssl
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.client import HTTPException, HTTPResponse, HTTPSConnection
from socket import SHUT_RDWR, socket
from typing import IO, Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
)

from orderwatch.errors import RegisterError
from orderwatch.frozen import Frozen
from orderwatch.translation import _

STEP_SECONDS = 20
"""Seconds that the server may take for each answer, and for each piece of it."""
TOTAL_SECONDS = 90
_REDIRECTS_MAX = 3
_CHUNK = 1 << 16


class Page(Frozen):
    """Body and media type of an HTTPS response."""

    data: bytes
    media_type: str
    charset: str | None


def get(url: str, limit: int, *, agent: str) -> Page:
    """Get a page of at most `limit` bytes; raise `RegisterError` for any other answer.

    Only https, and redirects only to https of the same host.
    """
    _require_https(url)
    host = urlsplit(url).hostname
    sockets: list[socket] = []
    expired = threading.Event()
    timer = threading.Timer(TOTAL_SECONDS, _shut_down, [sockets, expired])
    timer.daemon = True
    timer.start()
    try:
        request = Request(url, headers={"User-Agent": agent, "Accept": "text/html"})  # noqa: S310 - it is https
        with _opener(sockets).open(request, timeout=STEP_SECONDS) as response:
            page = _read(response, limit)
        if expired.is_set():
            raise TimeoutError
    except HTTPError as error:
        text = _("{host} answered {status} ({reason})")
        raise RegisterError(
            text.format(host=host, status=error.code, reason=error.reason)
        ) from error
    except (OSError, HTTPException, ValueError) as error:
        if expired.is_set():
            text = _("{host} did not answer within {seconds} seconds")
            raise RegisterError(text.format(host=host, seconds=TOTAL_SECONDS)) from error
        text = _("{host} cannot be reached: {reason}")
        raise RegisterError(text.format(host=host, reason=_reason(error))) from error
    finally:
        timer.cancel()
    return page


def _reason(error: Exception) -> str:
    """Return why a request failed, in words."""
    cause = error.reason if isinstance(error, URLError) else error
    if isinstance(cause, ssl.SSLCertVerificationError):
        text = _("its certificate is not trusted ({reason})")
        return text.format(reason=cause.verify_message)
    if isinstance(cause, ssl.SSLError):
        return _("it does not speak TLS as expected")
    return str(getattr(cause, "strerror", None) or cause or type(cause).__name__)


def _read(response: HTTPResponse, limit: int) -> Page:
    """Read an answer; raise `HTTPException` if the server sent less than it announced."""
    encoding = response.headers.get("Content-Encoding", "identity")
    if response.status != HTTPStatus.OK or encoding != "identity":
        text = _("the server answered {status} ({reason}), in the encoding {encoding}")
        raise RegisterError(
            text.format(status=response.status, reason=response.reason, encoding=encoding)
        )
    data = bytearray()
    while chunk := response.read(_CHUNK):
        data += chunk
        if len(data) > limit:
            raise RegisterError(
                _("the page has more than {limit} MB").format(limit=limit // 1_000_000)
            )
    announced = response.headers.get("Content-Length", "")
    if announced.isdecimal() and int(announced) != len(data):
        raise RegisterError(_("the page arrived cut"))
    return Page(
        data=bytes(data),
        media_type=response.headers.get_content_type(),
        charset=response.headers.get_content_charset(),
    )


def _opener(sockets: list[socket]) -> OpenerDirector:
    """Return an opener for https alone, which lists its sockets."""
    opener = OpenerDirector()
    handlers = (ProxyHandler(), _Https(sockets), _SameHost())
    for handler in (*handlers, HTTPErrorProcessor(), HTTPDefaultErrorHandler()):
        opener.add_handler(handler)
    return opener


class _Https(HTTPSHandler):
    """A handler whose connections can be shut down by a timer."""

    def __init__(self, sockets: list[socket]) -> None:
        super().__init__()
        self._sockets = sockets

    def https_open(self, req: Request) -> HTTPResponse:
        """Open a connection and list its socket."""
        return self.do_open(self._connection, req)

    def _connection(self, *args: Any, **options: Any) -> HTTPSConnection:  # noqa: ANN401 - as in http.client
        return _Connection(self._sockets.append, *args, **options)


class _Connection(HTTPSConnection):
    def __init__(self, opened: Callable[[socket], None], *args: Any, **options: Any) -> None:  # noqa: ANN401 - as above
        super().__init__(*args, **options)
        self._opened = opened

    def connect(self) -> None:
        super().connect()
        self._opened(self.sock)


class _SameHost(HTTPRedirectHandler):
    """Follower of redirects to https of the same host alone."""

    max_redirections = _REDIRECTS_MAX

    def redirect_request(  # noqa: PLR0913, PLR0917 - as in urllib
        self,
        req: Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: Any,  # noqa: ANN401 - as there
        newurl: str,
    ) -> Request | None:
        """Return the next request; raise `RegisterError` for another host."""
        _require_https(newurl)
        if urlsplit(newurl).netloc != urlsplit(req.full_url).netloc:
            text = _("{host} redirects to another host, {other}")
            raise RegisterError(
                text.format(host=urlsplit(req.full_url).hostname, other=urlsplit(newurl).hostname)
            )
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _require_https(url: str) -> None:
    if urlsplit(url).scheme != "https":
        raise RegisterError(_("not an https address: {url}").format(url=url))


def _shut_down(sockets: list[socket], expired: threading.Event) -> None:
    expired.set()  # before the request ends, which asks for it
    for item in sockets:
        try:
            item.shutdown(SHUT_RDWR)
        except OSError:
            continue
