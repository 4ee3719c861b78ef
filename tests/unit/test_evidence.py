"""Evidence: a file is kept as it was, once, under its hash."""

import errno
import os
import resource
import stat
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderwatch import evidence
from orderwatch.errors import LogError, UsageError


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Make a file to keep."""
    path = tmp_path / "report of May.pdf"
    path.write_bytes(b"%PDF- what was seen")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Name the folder of the evidence, which is not there yet."""
    return evidence.default_folder(tmp_path / "data" / "log.db")


@given(data=st.binary(max_size=200) | st.just(b"x" * (3 * 1024 * 1024 + 1)))
def test_a_file_is_kept_as_it_was_under_its_hash(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    tmp_path = tmp_path_factory.mktemp("evidence")
    source, folder = tmp_path / "seen.png", tmp_path / "log.db.evidence"
    source.write_bytes(data)
    kept = evidence.add(source, folder)
    assert kept.sha256 == sha256(data).hexdigest()
    assert (kept.name, kept.size, kept.media_type) == (
        "seen.png",
        len(data),
        "image/png",
    )
    assert evidence.file_path(kept, folder).read_bytes() == data
    assert evidence.verify(kept, folder) is None


def test_kept_files_are_the_users_alone(source: Path, folder: Path) -> None:
    before = os.umask(0o777)
    try:
        kept = evidence.add(source, folder)
    finally:
        os.umask(before)
    path = evidence.file_path(kept, folder)
    assert stat.S_IMODE(path.stat().st_mode) == 0o400
    for one in (path.parent, folder):
        assert stat.S_IMODE(one.stat().st_mode) == 0o700


def test_the_same_content_is_kept_once(source: Path, folder: Path) -> None:
    kept = evidence.add(source, folder)
    path = evidence.file_path(kept, folder)
    made = version(path)
    other = source.with_name("another name")
    other.write_bytes(source.read_bytes())
    again = evidence.add(other, folder)
    assert (again.sha256, again.name) == (kept.sha256, "another name")
    assert again.media_type == "application/octet-stream"
    assert version(path) == made
    assert [one for one in folder.rglob("*") if one.is_file()] == [path]


def version(path: Path) -> tuple[int, ...]:
    """Read what changes when a file is replaced or written, and not when it is read."""
    stat = path.lstat()
    return stat.st_dev, stat.st_ino, stat.st_mode, stat.st_size, stat.st_mtime_ns


def overwrite(path: Path) -> None:
    """Put something else there."""
    path.chmod(0o600)
    path.write_bytes(b"something else")


def lengthen(path: Path) -> None:
    """Add to the file."""
    path.chmod(0o600)
    path.write_bytes(path.read_bytes() + b"\n")


def link(path: Path) -> None:
    """Put a link to the same content there."""
    moved = path.rename(path.with_name("moved"))
    path.symlink_to(moved)


def folder_instead(path: Path) -> None:
    """Put a folder there."""
    path.unlink()
    path.mkdir()


def pipe_instead(path: Path) -> None:
    """Put a pipe there, on which reading would wait."""
    path.unlink()
    os.mkfifo(path)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (Path.unlink, "is missing"),
        (overwrite, "is not the attached file"),
        (lengthen, "is not the attached file"),
        (link, "cannot read"),
        (folder_instead, "cannot read"),
        (pipe_instead, "is not the attached file"),
    ],
)
def test_a_kept_file_that_changed_is_noticed_and_never_replaced(
    source: Path, folder: Path, change: Callable[[Path], object], why: str
) -> None:
    kept = evidence.add(source, folder)
    path = evidence.file_path(kept, folder)
    change(path)
    assert why in str(evidence.verify(kept, folder))
    if path.exists():
        before = version(path)
        with pytest.raises(LogError, match=r"move it away"):
            evidence.add(source, folder)
        assert version(path) == before


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda path: path.symlink_to(__file__), "is a symbolic link"),
        (lambda path: path.symlink_to("/nowhere"), "is a symbolic link"),
        (os.mkfifo, "is not a file"),
        (Path.mkdir, "is not a file"),
        (lambda _: None, "No such file"),
    ],
)
def test_only_plain_files_are_kept(
    tmp_path: Path, folder: Path, make: Callable[[Path], object], why: str
) -> None:
    path = tmp_path / "thing"
    make(path)
    with pytest.raises(UsageError, match=why):
        evidence.add(path, folder)
    assert not folder.exists()


def test_a_device_is_not_kept(folder: Path) -> None:
    with pytest.raises(UsageError, match="is not a file"):
        evidence.add(Path("/dev/zero"), folder)


def test_a_folder_that_cannot_be_made_is_told(source: Path) -> None:
    with pytest.raises(LogError, match="nothing was recorded"):
        evidence.add(source, source / "log.db.evidence")


def test_a_file_that_does_not_fit_leaves_nothing_behind(source: Path, folder: Path) -> None:
    source.write_bytes(b"x" * 3_000_000)
    code = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from orderwatch import evidence\n"
        "from orderwatch.errors import LogError\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, 2_000_000))\n"
        "try: evidence.add(Path(sys.argv[1]), Path(sys.argv[2]))\n"
        "except LogError as error: print(error)\n"
    )
    done = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", code, str(source), str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "File too large; nothing was recorded" in done.stdout, done.stderr
    assert list(folder.iterdir()) == []


def test_a_large_file_takes_no_more_memory_than_a_small_one(tmp_path: Path, folder: Path) -> None:
    large = tmp_path / "large"
    with large.open("wb") as file:
        file.truncate(200 * 1024 * 1024)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert evidence.add(large, folder).size == 200 * 1024 * 1024
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 20 * 1024


def sparse(path: Path, size: int) -> None:
    """Make a file of holes, with some bytes at 1 MiB and at the end."""
    with path.open("wb") as file:
        file.seek(1024 * 1024)
        file.write(b"seen")
        file.seek(size - 3)
        file.write(b"end")


def blocks(path: Path) -> int:
    """Return the bytes on the disk."""
    return path.stat().st_blocks * 512


def test_holes_of_a_sparse_file_stay_holes(tmp_path: Path, folder: Path) -> None:
    source, size = tmp_path / "page.wacz", 32 * 1024 * 1024
    sparse(source, size)
    kept = evidence.add(source, folder)
    copy = evidence.file_path(kept, folder)
    assert (kept.size, kept.sha256) == (size, sha256(source.read_bytes()).hexdigest())
    assert copy.read_bytes() == source.read_bytes()
    assert blocks(copy) <= blocks(source) < 1024 * 1024
    again = tmp_path / "restored.evidence"
    chunks = evidence.read(kept, folder, 1024 * 1024)
    assert evidence.restore(kept.sha256, chunks, again)
    assert blocks(evidence.file_path(kept, again)) <= 3 * 1024 * 1024


@pytest.mark.slow
def test_a_sparse_file_of_4_gib_costs_little(tmp_path: Path, folder: Path) -> None:
    source, size = tmp_path / "page.wacz", 4 * 1024**3
    sparse(source, size)
    with pytest.raises(UsageError, match=r"4,294,967,296 bytes; the maximum is 2G"):
        evidence.add(source, folder)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    kept = evidence.add(source, folder, limit=size)
    assert (kept.size, blocks(evidence.file_path(kept, folder)) < 1024 * 1024) == (size, True)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20 * 1024


def test_a_file_system_without_holes_will_do(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: int) -> int:
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))

    source = tmp_path / "page.wacz"
    sparse(source, 3 * 1024 * 1024)
    monkeypatch.setattr(os, "lseek", refuse)
    assert evidence.add(source, folder).sha256 == sha256(source.read_bytes()).hexdigest()
