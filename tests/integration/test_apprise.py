"""Reminders through apprise, to a real server of one of its services."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from tests.conftest import Run

# apprise asks for a module of Python that goes away.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")
DAY = "2024-06-20"
ID = "192/2024-05-24/3"


@contextmanager
def service(codes: list[int]) -> Iterator[tuple[int, list[dict[str, Any]]]]:
    """Take notices, and answer each with the next of the codes, then with 200."""
    arrived: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            size = int(self.headers["Content-Length"])
            body = json.loads(self.rfile.read(size))
            code = codes.pop(0) if codes else 200
            if code == 200:
                arrived.append(body)
            self.send_response(code)
            self.end_headers()

        def log_message(self, *_facts: object) -> None:
            """Print nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.server_port, arrived
        server.shutdown()
        thread.join(5)


def notified(run: Run, *urls: str) -> tuple[int, str, str]:
    options = [part for url in urls for part in ("--notify", url)]
    return run("remind", ID, "--as-of", DAY, *options)


def test_a_service_is_told_once(run: Run) -> None:
    with service([]) as (port, arrived):
        url = f"json://user:s3cret@127.0.0.1:{port}"
        assert notified(run, url) == (0, "", "")
        assert notified(run, url) == (0, "", "")
    [body] = arrived
    assert body["title"].startswith("Israel's report to the ICJ is due on 24 June 2024, in 4 days")
    assert "South Africa v. Israel" in body["message"]
    assert "s3cret" not in run("remind", "--list")[1]


def test_a_service_that_fails_is_tried_again_and_named_without_its_secrets(
    run: Run,
) -> None:
    with service([500]) as (port, arrived), service([]) as (other, others):
        urls = [f"json://user:s3cret@127.0.0.1:{p}" for p in (port, other)]
        code, out, err = notified(run, *urls)
        assert (code, out) == (5, "")
        assert "json://…" in err
        assert "s3cret" not in err
        assert (len(arrived), len(others)) == (0, 1)
        assert notified(run, *urls) == (0, "", "")
        assert (len(arrived), len(others)) == (1, 1)


def test_an_address_that_apprise_does_not_know_is_refused(run: Run) -> None:
    code, _, err = notified(run, "nonsense://s3cret")
    assert code == 2
    assert "apprise does not support this service" in err
    assert "s3cret" not in err
