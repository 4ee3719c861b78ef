"""A wire between clients and a server that is cut at a COMMIT, as a test asks.

Nothing of it is left to chance: the server has seen the COMMIT, or it never will.
"""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import partial
from select import select

from tests.support.servers import WRITER, Server
from tests.support.tcp_listener import door

_COMMIT = b"COMMIT\0"
"""How a client asks for it, and how a server says that it is done."""


class Fate(Enum):
    """What becomes of a COMMIT."""

    UNSEEN = auto()
    """The wire is cut before the server sees it."""
    UNANSWERED = auto()
    """It is done, and the wire is cut before the answer."""
    SILENT = auto()
    """It is done, and nobody says so; the wire seems to hold."""
    HELD = auto()
    """The wire is cut on the side of the client; the server waits for the rest."""


@dataclass
class Wire:
    """Where clients connect, and what becomes of their next COMMITs."""

    server: Server
    port: int = 0
    fates: list[Fate] = field(default_factory=list)
    guests: int = 0
    """How many have connected."""
    ended: threading.Event = field(default_factory=threading.Event)

    def url(self, database: str) -> str:
        """Give the address of a database, by this wire."""
        return f"postgresql://{WRITER}@127.0.0.1:{self.port}/{database}"


@contextmanager
def wire(server: Server) -> Iterator[Wire]:
    """Lay a wire to a server."""
    held = Wire(server)
    with door(partial(_carry, held)) as held.port:
        yield held
        held.ended.set()


def _carry(held: Wire, client: socket.socket) -> None:
    held.guests += 1
    with suppress(OSError), client, socket.socket(socket.AF_UNIX) as server:
        server.connect(str(held.server.socket))
        while True:
            for one in select([client, server], [], [])[0]:
                data = one.recv(65_536)
                if not data:
                    return
                if _COMMIT in data and held.fates and _meets(held.fates[0], one, client):
                    fate = held.fates.pop(0)
                    if fate is Fate.HELD:
                        client.close()
                    if fate in {Fate.HELD, Fate.SILENT}:
                        held.ended.wait(60)
                    return
                (server if one is client else client).sendall(data)


def _meets(fate: Fate, sender: socket.socket, client: socket.socket) -> bool:
    """Tell whether it is on the way of the question, or on that of the answer."""
    return (fate in {Fate.UNSEEN, Fate.HELD}) == (sender is client)
