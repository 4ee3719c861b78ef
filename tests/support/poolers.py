"""PgBouncer in transaction mode, between commands and a server."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.support.servers import WRITER, Server, free_port

PROGRAM = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


@contextmanager
def pooling(server: Server, folder: Path) -> Iterator[int]:
    """Run a pooler with two connections to a server, as the writer; return its port."""
    assert PROGRAM, "no pgbouncer here: apt-get install pgbouncer"
    port, settings = free_port(), folder / "pgbouncer.ini"
    settings.write_text(
        f"""[databases]
* = host=127.0.0.1 port={server.port} user={WRITER}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 2
"""
    )
    # It refuses to run as root, and reads its settings as another user.
    for path in (settings, *list(folder.parents)[:-2], folder):
        path.chmod(path.stat().st_mode | 0o055)
    user = ["-u", "nobody"] if os.geteuid() == 0 else []
    command = [PROGRAM, "-q", *user, str(settings)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as pool:  # noqa: S603 - ours
        try:
            _wait(f"postgresql://{WRITER}@127.0.0.1:{port}/postgres")
            yield port
        finally:
            pool.kill()


def _wait(url: str) -> None:
    for _ in range(100):
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError("the pooler does not answer")
