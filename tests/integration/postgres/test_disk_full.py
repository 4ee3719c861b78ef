"""A shared log whose server has no space left: nothing is half there."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from orderwatch.log import importer
from orderwatch.log.formats import jsonl
from orderwatch.log.postgres import connection
from tests.conftest import Run
from tests.support.entries import Scribe
from tests.support.log_commands import NOTE, adding, done, printed, refused
from tests.support.servers import Server, running

FULL = "has no space left; nothing was recorded"
MANY = 60
"""Entries of two kilobytes, more than pages that are there can hold."""


@dataclass
class Disk:
    """A small disk in memory."""

    path: Path

    def fill(self, but: int = 0) -> None:
        """Leave no space, but so many bytes."""
        (self.path / "ballast").write_bytes(bytes(self.left() - but))

    def left(self) -> int:
        """Tell how many bytes are left."""
        return shutil.disk_usage(self.path).free

    def free(self) -> None:
        """Make room again."""
        (self.path / "ballast").unlink()


@contextmanager
def mounted(server: Server, size: str) -> Iterator[Disk]:
    """Mount a small disk for a server, where that is allowed."""
    path = server.folder / "disk"
    path.mkdir()
    try:
        subprocess.run(  # noqa: S603 - no text from outside
            ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(path)],  # noqa: S607 - as above
            check=True,
            capture_output=True,
        )
    except (OSError, subprocess.CalledProcessError):
        path.rmdir()
        pytest.skip("mounting a disk needs rights that this machine denies")
    try:
        owner = server.data.stat()
        os.chown(path, owner.st_uid, owner.st_gid)
        yield Disk(path)
    finally:
        subprocess.run(["umount", "--lazy", str(path)], check=True)  # noqa: S603, S607 - as above
        path.rmdir()


@pytest.fixture
def disk(postgres: Server) -> Iterator[Disk]:
    """Make a disk that holds a log, and not what the server needs itself."""
    with mounted(postgres, "12m") as found:
        (found.path / "tables").mkdir()
        shutil.chown(found.path / "tables", postgres.data.owner())
        postgres.execute(f"CREATE TABLESPACE small LOCATION '{found.path}/tables'")
        try:
            yield found
        finally:
            postgres.execute("DROP TABLESPACE small")


@pytest.fixture
def url(postgres: Server, disk: Disk) -> Iterator[str]:
    """Give the address of an empty log on that disk."""
    assert disk.path.is_mount()
    name = postgres.fresh()
    try:
        postgres.execute(f"ALTER DATABASE {name} SET TABLESPACE small")
        yield postgres.url(name)
    finally:
        postgres.drop(name)


def export(path: Path) -> str:
    """Write the export of a partner, of entries that do not get small."""
    ben = Scribe("Ben")
    made = [ben.event(f"Says {os.urandom(1_000).hex()}.") for _ in range(MANY)]
    path.write_bytes(b"".join(jsonl.encode_line(one.raw, one.salt, one.payload) for one in made))
    return str(path)


def sound(run: Run, url: str, size: int) -> str:
    """Fail unless a log verifies, and has so many entries; give its root."""
    found = printed(run, "--log", url, "log", "verify")
    assert found["size"] == size
    return str(found["root"])


def test_what_finds_no_space_leaves_nothing_and_goes_again(
    run: Run, url: str, disk: Disk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importer, "LINES_PER_PAGE", 5)
    file = export(tmp_path / "partner.jsonl")
    assert printed(run, "--log", url, *adding())["seq"] == 1
    # The first lines of an import have room.
    disk.fill(but=100_000)
    root = sound(run, url, 1)
    before = done(run, "--log", url, "log", "export")
    for _ in range(2):
        assert FULL in refused(run, "--log", url, "log", "import", file, code=4)
        assert sound(run, url, 1) == root
    assert disk.left() < 20_000
    # A note is small: some go where there is still room in a page.
    size, summary = 1, os.urandom(1_000).hex()
    note = adding(base=NOTE, summary=summary)
    while (answer := run("--log", url, *note))[0] == 0:
        size += 1
        assert size < MANY
    code, out, err = answer
    assert (code, out) == (4, "")
    assert FULL in err
    assert "Traceback" not in err
    root = sound(run, url, size)
    assert done(run, "--log", url, "log", "export").startswith(before)
    assert "Reuters" in done(run, "--log", url, "status", "rafah/3")
    disk.free()
    assert sound(run, url, size) == root
    assert printed(run, "--log", url, *note)["seq"] == size + 1
    found = printed(run, "--log", url, "log", "import", file)
    assert (found["added"], found["skipped"]) == (MANY, 0)
    sound(run, url, size + 1 + MANY)


def test_a_reminder_that_finds_no_space_is_not_sent(run: Run, url: str, disk: Disk) -> None:
    remind = ("--log", url, "remind", "rafah", "--as-of", "2024-06-20")
    sound(run, url, 0)  # the server notes something when it is first asked
    disk.fill()
    assert FULL in refused(run, *remind, code=4)
    disk.free()
    assert "Israel" in done(run, *remind)
    assert done(run, *remind) == ""


def test_a_server_that_stops_for_want_of_space_has_what_it_acknowledged(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it writes ahead finds no place: it crashes, and cannot start."""
    monkeypatch.setattr(connection, "PATIENCE", 0.5)
    monkeypatch.setattr(connection, "FAILOVER", 0.5)
    file = export(tmp_path / "partner.jsonl")
    with running() as server, mounted(server, "80m") as disk:
        url = server.url(server.fresh())
        moved(server, disk)
        size = 0
        disk.fill()
        while (answer := run("--log", url, *adding()))[0] == 0:
            size += 1
            assert size < 10
            with suppress(psycopg.OperationalError):
                # What finds no next file for what is written ahead ends the server.
                server.execute("SELECT pg_switch_wal()")
        code, out, err = answer
        assert (code, out) == (4, "")
        assert "cannot be reached" in err
        assert "Traceback" not in err
        err = refused(run, "--log", url, "log", "import", file, code=4)
        assert "cannot be reached" in err
        stopped(server)
        disk.free()
        server.start()
        sound(run, url, size)
        assert size > 0
        assert printed(run, "--log", url, "log", "import", file)["added"] == MANY
        assert printed(run, "--log", url, *adding())["seq"] == size + MANY + 1
        sound(run, url, size + MANY + 1)
        stopped(server)


def moved(server: Server, disk: Disk) -> None:
    """Let a server write ahead to another disk."""
    server.stop("fast")
    ahead = server.data / "pg_wal"
    subprocess.run(["cp", "-a", str(ahead), str(disk.path)], check=True)  # noqa: S603, S607 - no text from outside
    shutil.rmtree(ahead)
    ahead.symlink_to(disk.path / "pg_wal")
    server.start()


def stopped(server: Server) -> None:
    """Stop a server that may have ended by itself."""
    if (server.data / "postmaster.pid").exists():
        # It may have ended by itself since.
        with suppress(subprocess.CalledProcessError):
            server.stop()
    assert not (server.data / "postmaster.pid").exists()
