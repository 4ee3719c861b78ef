"""A port of this machine at which a thread of its own answers each guest."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress


@contextmanager
def door(answer: Callable[[socket.socket], None]) -> Iterator[int]:
    """Give the number of the port; `answer` is handed each connection."""
    with socket.create_server(("127.0.0.1", 0)) as held:
        ended = threading.Event()

        def listen() -> None:
            while not ended.is_set():
                with suppress(OSError):
                    guest, _ = held.accept()
                    threading.Thread(target=answer, args=(guest,), daemon=True).start()

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        try:
            yield int(held.getsockname()[1])
        finally:
            ended.set()
            held.shutdown(socket.SHUT_RDWR)
            thread.join(5)
