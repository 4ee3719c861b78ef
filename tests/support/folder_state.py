"""Compare every byte and name of a folder before and after."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

State = dict[str, tuple[int, int, bytes]]


def state(*folders: Path, times: bool = True) -> State:
    """Read every file and folder: mode, time of the last change, bytes."""
    found: State = {}
    for folder in folders:
        for path in sorted([folder, *folder.rglob("*")]):
            held = path.read_bytes() if path.is_file() else b""
            of = path.stat()
            found[str(path)] = (of.st_mode, of.st_mtime_ns if times else 0, held)
    return found


@contextmanager
def untouched(*folders: Path, times: bool = True) -> Iterator[None]:
    """Fail if anything in the folders is not as it was.

    A command that could have written, and did not, may leave other times behind.
    """
    before = state(*folders, times=times)
    yield
    assert state(*folders, times=times) == before
