"""Real SMTP servers on this machine: one that works, and one that misbehaves."""
# aiosmtpd names the methods that it calls, and passes more than they need.
# ruff: noqa: ANN401, ARG002, N802

import socket
import ssl
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword

from tests.support.tcp_listener import door

USER, PASSWORD = "desk", "sésame & co"


def free_port() -> int:
    """Find a port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def parsed(raw: bytes) -> EmailMessage:
    """Read a message as a mail program does."""
    found = message_from_bytes(raw.replace(b"\r\n", b"\n"), policy=policy.default)
    assert isinstance(found, EmailMessage)
    assert not found.defects
    return found


@dataclass
class Office:
    """What arrived, and what the server answers to whom."""

    port: int
    arrived: list[tuple[str, EmailMessage]] = field(default_factory=list)
    refuse: dict[str, str] = field(default_factory=dict)
    """Answers to recipients, such as `550 no such user`."""
    data: str | None = None
    """The answer to every message, instead of taking it."""
    folder: Path | None = None
    """A folder that gets a file for each message, for a program that reads mail."""

    def recipients(self) -> list[str]:
        """Name everybody who got something, as often as they did."""
        return sorted(to for to, _ in self.arrived)

    async def handle_RCPT(
        self,
        server: Any,
        session: Any,
        envelope: Envelope,
        address: str,
        options: Any,
    ) -> str:
        """Take a recipient, or refuse."""
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(
        self,
        server: Any,
        session: Any,
        envelope: Envelope,
    ) -> str:
        """Take a message, or refuse."""
        if self.data:
            return self.data
        raw = envelope.original_content
        assert raw is not None
        [to] = envelope.rcpt_tos
        self.arrived.append((str(to), parsed(raw)))
        if self.folder:
            (self.folder / f"{len(self.arrived)}.eml").write_bytes(raw)
        return "250 OK"


def _authenticate(*facts: Any) -> AuthResult:
    given = facts[-1]
    right = isinstance(given, LoginPassword) and (given.login, given.password) == (
        USER.encode(),
        PASSWORD.encode(),
    )
    return AuthResult(success=right, handled=False)


@contextmanager
def office(
    *,
    starttls: ssl.SSLContext | None = None,
    tls: ssl.SSLContext | None = None,
    auth: bool = False,
    utf8: bool = False,
    folder: Path | None = None,
) -> Iterator[Office]:
    """Run a server that works, on a port of its own."""
    held = Office(port=free_port(), folder=folder)
    controller = Controller(
        held,
        hostname="127.0.0.1",
        port=held.port,
        tls_context=starttls,
        require_starttls=starttls is not None,
        ssl_context=tls,
        authenticator=_authenticate if auth else None,
        auth_required=auth,
        auth_require_tls=tls is None,
        enable_SMTPUTF8=utf8,
    )
    controller.start()
    try:
        yield held
    finally:
        controller.stop()


@dataclass
class Rogue:
    """A server that does as a script says at each step of a conversation.

    `at` is called with the name of a step before it is answered: `connect`, `ehlo`,
    `mail`, `rcpt`, `data`, `body` (in the middle), `taken` (the message is kept and
    not answered for), `answered`, `quit`. What it returns is sent as the answer;
    `HANG_UP` ends the connection.
    """

    at: Callable[[str], str | None]
    port: int = 0
    arrived: list[tuple[str, EmailMessage]] = field(default_factory=list)


HANG_UP = "HANG UP"
_USUAL = {
    "connect": "220 here",
    "ehlo": "250 hello",
    "mail": "250 OK",
    "rcpt": "250 OK",
    "data": "354 go on",
    "body": "",
    "taken": "250 kept",
    "answered": "",
    "quit": "221 bye",
    "rset": "250 OK",
    "noop": "250 OK",
}


class _HungUpError(Exception):
    """The script ends the connection."""


@contextmanager
def rogue(at: Callable[[str], str | None]) -> Iterator[Rogue]:
    """Run a server that follows a script."""
    held = Rogue(at=at)
    with door(partial(_talk, held)) as held.port:
        yield held


def _talk(held: Rogue, guest: socket.socket) -> None:
    def step(name: str) -> bool:
        answer = held.at(name)
        if answer == HANG_UP:
            raise _HungUpError
        text = _USUAL[name] if answer is None else answer
        if text:
            guest.sendall(f"{text}\r\n".encode())
        return text.startswith("354")

    with suppress(OSError, _HungUpError), guest, guest.makefile("rb") as lines:
        step("connect")
        to = ""
        for line in lines:
            word = line[:4].decode().strip().lower()
            if word == "rcpt":
                to = line.decode().partition("<")[2].partition(">")[0]
            goes_on = step(word if word in _USUAL else "ehlo")
            if word == "quit":
                return
            if goes_on:
                raw = _body(lines, step)
                if raw is None:
                    return
                held.arrived.append((to, parsed(raw)))
                step("taken")
                step("answered")


def _body(lines: Iterable[bytes], step: Callable[[str], object]) -> bytes | None:
    """Read a message to its end; `None` if the connection ends before."""
    raw = bytearray()
    for number, part in enumerate(lines):
        if part == b".\r\n":
            return bytes(raw)
        if number == 5:
            step("body")
        raw += part[1:] if part.startswith(b"..") else part
    return None
