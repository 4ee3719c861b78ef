"""A web server of tests that serves a release channel over TLS, and notes what was asked."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.utils import formatdate
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import trustme

from tests.support.tls import served


@dataclass
class ChannelSite:
    """Where the channel is, what it answers instead of files, and what was asked."""

    folder: Path
    port: int = 0
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    """Path and headers of each request."""
    sent: int = 0
    """Bytes of all bodies."""
    redirects: dict[str, str] = field(default_factory=dict)
    """By path: where it is instead."""
    status: int = 200
    etags: bool = True
    """Whether it sends `ETag` and `Last-Modified`, and answers 304."""
    cut: bool = False
    """Whether it ends each body halfway."""
    drip: float = 0.0
    """Seconds between two bytes of the header."""
    dripped: int = 0
    """Bytes of headers that were sent so."""

    @property
    def url(self) -> str:
        """Return the address of the channel."""
        return f"https://localhost:{self.port}/register"

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        """Answer a GET."""
        self.requests.append((request.path, dict(request.headers.items())))
        request.close_connection = True
        if self.drip:
            self._drip(request)
        if target := self.redirects.get(request.path):
            return self._head(request, 302, {"Location": target, "Set-Cookie": "id=1"})
        path = self.folder / request.path.removeprefix("/register/")
        if self.status != 200:
            return self._head(request, self.status, {})
        if not path.is_file():
            return self._head(request, 404, {})
        data = path.read_bytes()
        etag, modified = f'"{sha256(data).hexdigest()[:9]}"', formatdate(0, usegmt=True)
        headers = {"Set-Cookie": "id=1", "Content-Length": str(len(data))}
        if self.etags:
            headers |= {"ETag": etag, "Last-Modified": modified}
            if request.headers.get("If-None-Match") == etag:
                return self._head(request, 304, {"ETag": etag})
        self._head(request, 200, headers)
        data = data[: len(data) // 2] if self.cut else data
        self.sent += len(data)
        request.wfile.write(data)
        return None

    @staticmethod
    def _head(request: BaseHTTPRequestHandler, status: int, headers: dict[str, str]) -> None:
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name, value)
        request.end_headers()

    def _drip(self, request: BaseHTTPRequestHandler) -> None:
        with suppress(OSError):
            for byte in b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 1_000:
                request.wfile.write(bytes([byte]))
                self.dripped += 1
                time.sleep(self.drip)


@contextmanager
def serving(folder: Path, authority: trustme.CA) -> Iterator[ChannelSite]:
    """Serve a channel on a port of this machine."""
    site = ChannelSite(folder)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            with suppress(OSError):
                site.answer(self)

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            pass

    with Server(("127.0.0.1", 0), Handler) as server:
        server.socket = served(authority).wrap_socket(server.socket, server_side=True)
        site.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield site
        finally:
            server.shutdown()
            thread.join()
