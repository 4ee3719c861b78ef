"""What `remind` says when a mail server speaks TLS sooner or later than expected."""

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread

import pytest
import trustme

from orderwatch.reminders import smtp
from tests.conftest import Run
from tests.support.mail_settings import DAY, ID, configure

TLS, STARTTLS = 'set mail.security = "tls"', 'set mail.security = "starttls"'


def _tls(guest: socket.socket) -> None:
    authority = trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(context)
    with suppress(OSError):
        context.wrap_socket(guest, server_side=True)


def _alert(guest: socket.socket) -> None:
    guest.sendall(b"\x15\x03\x01\x00\x02\x02\x46\r\n")


def _plain(guest: socket.socket) -> None:
    guest.sendall(b"220 mx.example.org\r\n")
    guest.recv(1000)


def _hang_up(guest: socket.socket) -> None:
    guest.recv(0)


def _wants_starttls(guest: socket.socket) -> None:
    guest.sendall(b"220 mx.example.org\r\n")
    guest.recv(1000)
    guest.sendall(b"250 mx.example.org\r\n")
    guest.recv(1000)
    guest.sendall(b"530 5.7.0 Must issue a STARTTLS command first\r\n")
    guest.recv(1000)


@contextmanager
def _served(talk: Callable[[socket.socket], None]) -> Iterator[int]:
    def serve() -> None:
        with suppress(OSError):
            while True:
                guest, _ = server.accept()
                with guest, suppress(OSError):
                    talk(guest)

    with socket.create_server(("127.0.0.1", 0)) as server:
        Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize(
    ("security", "talk", "says"),
    [
        ("tls", _plain, STARTTLS),
        ("starttls", _tls, TLS),
        ("none", _tls, TLS),
        ("starttls", _alert, TLS),
        ("starttls", _hang_up, TLS),
        ("none", _wants_starttls, STARTTLS),
    ],
)
def test_a_mode_that_does_not_match_the_port_is_named(  # noqa: PLR0913 - fixtures
    run: Run,
    sealed: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    security: str,
    talk: Callable[[socket.socket], None],
    says: str,
) -> None:
    patient = smtp.SmtpClient.__init__.__kwdefaults__ or {}
    monkeypatch.setitem(patient, "timeout", 1.0)
    with _served(talk) as port:
        configure(sealed, port, security=security)
        code, _, err = run("remind", ID, "--as-of", DAY, "--mail-to", "desk@example.org")
    assert code == 5
    assert says in err
    assert "_ssl.c" not in err
