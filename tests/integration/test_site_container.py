"""The container of a site: its steps agree, and what it runs serves the folder."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from email.message import Message
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.support.paths import ROOT

FOLDER = ROOT / "containers" / "site"
CONTAINER = (FOLDER / "Containerfile").read_text(encoding="utf-8")
PATH = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"], "/usr/sbin"))
NGINX = shutil.which("nginx", path=PATH)


def test_its_steps_agree() -> None:
    last = CONTAINER.rpartition("\nFROM ")[2]
    copied = re.findall(r"^COPY (.*) /srv/$", last, re.MULTILINE)[0].split()
    assert all((ROOT / name).is_file() for name in copied)
    ignored = (ROOT / ".containerignore").read_text(encoding="utf-8").splitlines()
    assert "!containers" in ignored
    assert re.findall(r"^USER (.*)$", last, re.MULTILINE) == ["65534:65534"]
    [port] = re.findall(r"^EXPOSE (\d+)$", last, re.MULTILINE)
    assert f"listen {port};" in (FOLDER / "nginx.conf").read_text(encoding="utf-8")
    assert int(port) > 1023, "nobody may not listen below"
    [script] = re.findall(r'^ENTRYPOINT \["sh", "/srv/(.*)"\]$', last, re.MULTILINE)
    assert f"containers/site/{script}" in copied


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """Run the entry point with folders and a port of this test; return the port."""
    from tests.support.servers import free_port

    number = free_port()
    for name in ("data", "srv", "tmp"):
        (tmp_path / name).mkdir()
    for name in ("nginx.conf", "serve.sh"):
        text = (FOLDER / name).read_text(encoding="utf-8")
        text = re.sub(r"(?<![\w.])/(data|srv|tmp)/", rf"{tmp_path}/\1/", text)
        text = text.replace("listen 8080", f"listen 127.0.0.1:{number}")
        if name == "nginx.conf" and os.geteuid() == 0:
            text = f"user root;\n{text}"  # workers of root are of a user who may not read here
        (tmp_path / "srv" / name).write_text(text, encoding="utf-8")
    variables = {**os.environ, "PATH": PATH, "BASE_URL": "https://example.org/"}
    process = subprocess.Popen(  # noqa: S603 - our own script
        ["/bin/sh", str(tmp_path / "srv" / "serve.sh")], env=variables, start_new_session=True
    )
    try:
        yield number
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=20)


def get(port: int, path: str, seconds: float = 60) -> tuple[int, Message, bytes]:
    """Request a file; wait until the server listens. Return status, headers and body."""
    end = time.monotonic() + seconds
    while True:
        connection = HTTPConnection("127.0.0.1", port, timeout=10)
        with suppress(ConnectionRefusedError), closing(connection):
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        assert time.monotonic() < end, "nothing listens"
        time.sleep(0.1)


@pytest.mark.slow
@pytest.mark.skipif(NGINX is None, reason="no nginx here")
def test_it_publishes_and_serves_with_the_right_headers(port: int) -> None:
    types = {
        "/": "text/html; charset=utf-8",
        "/deadlines.csv": "text/csv; charset=utf-8",
        "/deadlines.ics": "text/calendar; charset=utf-8",
        "/feed.atom": "application/atom+xml; charset=utf-8",
        "/datapackage.json": "application/json; charset=utf-8",
        "/orderwatch.sqlite": "application/vnd.sqlite3",
        "/timeline.svg": "image/svg+xml",
        "/cases/192/": "text/html; charset=utf-8",
    }
    for path, kind in types.items():
        status, headers, _ = get(port, path)
        assert (status, headers["Content-Type"]) == (200, kind), path
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-cache"
        assert headers["Content-Security-Policy"] == "frame-ancestors 'self'"
        assert headers["Server"] == "nginx"
    headers = get(port, "/embed/192-2024-05-24.html")[1]
    assert headers["Content-Security-Policy"] == "frame-ancestors *"
    status, _, body = get(port, "/none")
    assert (status, b"orderwatch" in body) == (404, True)
