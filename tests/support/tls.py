"""Certificates of tests, and TLS in front of a PostgreSQL that was built without it."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from select import select
from urllib.parse import urlencode

import trustme

from tests.support.servers import WRITER, Server
from tests.support.tcp_listener import door

_ASKS_TLS = bytes.fromhex("0000 0008 04d2 162f")
_ASKS_GSS = bytes.fromhex("0000 0008 04d2 1630")
"""What libpq asks before anything else (`SSLRequest`, `GSSENCRequest`)."""


def served(
    authority: trustme.CA, name: str = "localhost", not_after: datetime | None = None
) -> ssl.SSLContext:
    """Give what a server of this name needs, with a certificate of an authority."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    begins = not_after - timedelta(days=365) if not_after else None
    leaf = authority.issue_cert(name, not_before=begins, not_after=not_after)
    leaf.configure_cert(context)
    return context


@dataclass
class Tunnel:
    """Where clients connect, and what passed there."""

    server: Server
    context: ssl.SSLContext
    port: int = 0
    guests: int = 0
    """How many have connected."""
    wire: bytearray = field(default_factory=bytearray)
    """What somebody in between sees, both ways."""
    said: bytearray = field(default_factory=bytearray)
    """What clients said, as the server understands it."""
    open: set[socket.socket] = field(default_factory=set)

    def hang_up(self) -> None:
        """Cut whatever is connected."""
        for client in list(self.open):
            with suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)

    def url(self, database: str, user: str = WRITER, **parameters: str) -> str:
        """Give the address of a database, through this tunnel."""
        query = urlencode(parameters)
        return f"postgresql://{user}@localhost:{self.port}/{database}?{query}"


@contextmanager
def tunnel(server: Server, context: ssl.SSLContext) -> Iterator[Tunnel]:
    """Let a server be reached by TLS."""
    held = Tunnel(server, context)
    with door(partial(_admit, held)) as held.port:
        try:
            yield held
        finally:
            held.hang_up()


def _admit(held: Tunnel, client: socket.socket) -> None:
    """Answer what libpq asks first; who does not ask for TLS is sent away."""
    held.guests += 1
    with suppress(OSError), client, _listed(held, client):
        while (asked := client.recv(8, socket.MSG_WAITALL)) == _ASKS_GSS:
            client.sendall(b"N")
        held.wire += asked
        if asked == _ASKS_TLS:
            client.sendall(b"S")
            with socket.create_connection(("127.0.0.1", held.server.port)) as server:
                _carry(held, client, server)


@contextmanager
def _listed(held: Tunnel, client: socket.socket) -> Iterator[None]:
    held.open.add(client)
    try:
        yield
    finally:
        held.open.discard(client)


def _carry(held: Tunnel, client: socket.socket, server: socket.socket) -> None:
    """Carry what is said, encrypted on the side of the client alone."""
    arrives, leaves = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = held.context.wrap_bio(arrives, leaves, server_side=True)
    while True:
        for one in select([client, server], [], [])[0]:
            data = one.recv(65_536)
            if not data:
                return
            if one is server:
                tls.write(data)
                continue
            held.wire += data
            arrives.write(data)
            with suppress(ssl.SSLWantReadError):
                tls.do_handshake()
                while said := tls.read(65_536):
                    held.said += said
                    server.sendall(said)
        sent = leaves.read()
        held.wire += sent
        client.sendall(sent)
