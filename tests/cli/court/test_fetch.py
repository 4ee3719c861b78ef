"""`court check` without a file: one request by HTTPS, within limits."""

import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
import trustme

from orderwatch import https
from orderwatch.model import Register
from orderwatch.register import court_list
from tests.conftest import Run
from tests.support.court_pages import OTHERS, challenge, page, rows_of, time_limits
from tests.support.https_server import Answer, answering, send
from tests.support.tls import served

TODAY = date(2026, 11, 29)
PATH = "/decisions?type=1&from=1946"


@pytest.fixture
def whole(register: Register) -> bytes:
    """Give a page on which nothing is new."""
    rows = time_limits(date(2000, 1, 4), date(2026, 10, 4))
    return page([*OTHERS, *rows_of(register.orders), *rows]).encode()


@pytest.fixture
def serve(
    authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[Answer], str]]:
    """Serve the list as a test says, in place of the Court."""
    certificate = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(certificate))
    with ExitStack() as stack:

        def start(answer: Answer, context: ssl.SSLContext | None = None) -> str:
            context = context or served(authority)
            address = stack.enter_context(answering(context, answer))
            monkeypatch.setattr(court_list, "URL", address + PATH)
            monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
            return address

        yield start


Serve = Callable[..., str]


def test_it_sends_one_request(run: Run, serve: Serve, whole: bytes) -> None:
    requests: list[tuple[str, dict[str, str]]] = []

    def answer(handler: BaseHTTPRequestHandler) -> None:
        requests.append((handler.path, dict(handler.headers)))
        send(handler, whole)

    serve(answer)
    code, out, err = run("court", "check", today=TODAY)
    assert (code, err) == (0, "")
    assert "nothing new" in out
    ((path, headers),) = requests
    assert path == PATH
    assert set(headers) == {"Accept", "Accept-Encoding", "Connection", "Host", "User-Agent"}
    assert headers["User-Agent"] == "orderwatch"


@pytest.mark.parametrize("is_another_host", [False, True])
def test_it_follows_a_redirect_by_https(
    run: Run, serve: Serve, whole: bytes, *, is_another_host: bool
) -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        if handler.path == PATH:
            send(handler, b"", status=301, LOCATION=f"{target}/en/decisions")
        else:
            send(handler, whole)

    other = serve(lambda handler: send(handler, whole))
    target = other if is_another_host else ""
    serve(answer)
    assert run("court", "check", today=TODAY)[0] == 0


@pytest.mark.parametrize(
    ("status", "headers", "reason"),
    [
        (302, {"LOCATION": "http://localhost:9/decisions"}, "redirect refused (code 302)"),
        (302, {"LOCATION": "file:///etc/passwd"}, "redirect refused (code 302)"),
        (302, {"LOCATION": PATH}, "redirect refused (code 302)"),
        (304, {}, "the code 304"),
        (403, {}, "the code 403"),
        (404, {}, "the code 404"),
        (503, {}, "the code 503"),
        (204, {}, "the code 204"),
        (200, {"CONTENT_TYPE": "application/json"}, "not HTML, but application/json"),
        (200, {"CONTENT_TYPE": "text/html; charset=iso-8859-1"}, "not UTF-8, but iso-8859-1"),
        (200, {"CONTENT_LENGTH": "999999"}, "cut"),
    ],
)
def test_another_answer_is_unknown(  # noqa: PLR0913, PLR0917 - what a case has
    run: Run, serve: Serve, whole: bytes, status: int, headers: dict[str, str], reason: str
) -> None:
    serve(lambda handler: send(handler, whole, status=status, **headers))
    code, out, err = run("court", "check", today=TODAY)
    assert (code, err) == (3, "")
    assert out.startswith("orderwatch UNKNOWN - ")
    assert reason in out


def test_a_challenge_is_unknown(run: Run, serve: Serve) -> None:
    serve(lambda handler: send(handler, challenge().encode(), status=403))
    assert run("court", "check", today=TODAY)[0] == 3
    serve(lambda handler: send(handler, challenge().encode()))
    code, out, _err = run("court", "check", today=TODAY)
    assert (code, "challenge to a browser" in out) == (3, True)


def test_a_page_that_is_too_large_is_unknown(
    run: Run, serve: Serve, whole: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(court_list, "SIZE_MAX", len(whole) - 1)
    serve(lambda handler: send(handler, whole))
    code, out, _err = run("court", "check", today=TODAY)
    assert (code, "too large: more than" in out) == (3, True)


@pytest.mark.parametrize("slow", ["headers", "body"])
def test_a_server_that_takes_too_long_is_unknown(
    run: Run, serve: Serve, slow: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(https, "SECONDS_MAX", 1)
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(head if slow == "headers" else head + b"\r\n")
        for _ in range(100):
            handler.wfile.write(b"X-Drip: 1\r\n" if slow == "headers" else b"<p>")
            time.sleep(0.1)

    serve(answer)
    begin = time.monotonic()
    code, out, _err = run("court", "check", today=TODAY)
    assert (code, "no answer within 1 seconds" in out) == (3, True), out
    assert time.monotonic() - begin < 5


def test_a_certificate_of_a_stranger_is_unknown(run: Run, serve: Serve, whole: bytes) -> None:
    serve(lambda handler: send(handler, whole), served(trustme.CA()))
    code, out, _err = run("court", "check", today=TODAY)
    assert (code, "certificate" in out) == (3, True)


def test_no_server_is_unknown(run: Run, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    serve(lambda handler: send(handler, b""))
    monkeypatch.setattr(court_list, "URL", "https://localhost:9/decisions")
    code, out, _err = run("court", "check", today=TODAY)
    assert (code, "not reached" in out) == (3, True)
    monkeypatch.setattr(court_list, "URL", "http://localhost:9/decisions")
    assert run("court", "check", today=TODAY)[0] == 3
