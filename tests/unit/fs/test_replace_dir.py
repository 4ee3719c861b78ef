"""A folder takes the place of an older one whole, or not at all."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orderwatch import fs
from orderwatch.errors import DeliveryError, UsageError
from orderwatch.fs import MANIFEST, Content, replace_folder

OLD = {"index.html": "old", "a/b.txt": "same", "gone.txt": "gone"}
NEW = {"index.html": "new", "a/b.txt": "same", "c/d/e.bin": "added"}

NAMES = st.lists(
    st.text("ab.é -*?[", min_size=1, max_size=5).filter(lambda name: name.strip(". ") == name),
    min_size=1,
    max_size=3,
).map("/".join)


def held(place: Path) -> dict[str, str]:
    """Read all files of a folder but its manifest."""
    return {
        path.relative_to(place).as_posix(): path.read_text()
        for path in place.rglob("*")
        if path.is_file() and path.name != MANIFEST
    }


def beside(place: Path) -> list[str]:
    return sorted(path.name for path in place.parent.iterdir() if path != place)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    found = tmp_path / "public"
    replace_folder(found, OLD.items())
    return found


def test_what_is_new_changed_and_gone_is_counted(place: Path) -> None:
    done = replace_folder(place, NEW.items())
    assert held(place) == NEW
    assert (done.files, done.changed, done.removed) == (3, 2, 1)
    assert beside(place) == []


def test_a_file_that_did_not_change_stays_the_same_file(place: Path) -> None:
    before = {name: (place / name).stat() for name in OLD}
    replace_folder(place, NEW.items())
    same = (place / "a/b.txt").stat()
    assert (same.st_ino, same.st_mtime_ns) == (
        before["a/b.txt"].st_ino,
        before["a/b.txt"].st_mtime_ns,
    )
    assert (place / "index.html").stat().st_ino != before["index.html"].st_ino


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(st.dictionaries(NAMES, st.binary(max_size=9), max_size=6))
def test_any_files_are_written_as_they_are(tmp_path: Path, files: dict[str, bytes]) -> None:
    # A name cannot be that of a file and of a folder.
    clear = {
        name: data
        for name, data in files.items()
        if not any(other.startswith(f"{name}/") for other in files)
    }
    place = tmp_path / "any"
    replace_folder(place, clear.items())
    found = {
        path.relative_to(place).as_posix(): path.read_bytes()
        for path in place.rglob("*")
        if path.is_file() and path != place / MANIFEST
    }
    assert found == clear
    again = replace_folder(place, clear.items())
    assert again.changed == again.removed == 0


def test_long_contents_and_files_are_copied(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.write_bytes(b"evidence")
    place = tmp_path / "public"
    parts: list[tuple[str, Content]] = [
        ("parts", iter([b"one ", b"two"])),
        ("file", kept),
    ]
    replace_folder(place, parts)
    assert held(place) == {"parts": "one two", "file": "evidence"}


@pytest.mark.parametrize("name", ["own.txt", "a/own.txt", ".git/HEAD", "empty/"])
def test_what_others_put_there_is_not_overwritten(place: Path, name: str) -> None:
    own = place / name
    own.parent.mkdir(exist_ok=True)
    if name.endswith("/"):
        own.mkdir()
    else:
        own.write_text("mine")
    before = held(place)
    with pytest.raises(UsageError, match=name.rstrip("/")):
        replace_folder(place, NEW.items())
    assert held(place) == before
    replace_folder(place, NEW.items(), force=True)
    assert held(place) == NEW | ({} if name.endswith("/") else {name: "mine"})
    assert own.exists()
    # They are still not ours.
    with pytest.raises(UsageError, match="use --force"):
        replace_folder(place, NEW.items())


def test_what_was_changed_since_is_somebodys(place: Path) -> None:
    (place / "index.html").write_text("edited by hand")
    with pytest.raises(UsageError, match=r"index\.html"):
        replace_folder(place, NEW.items())
    assert (place / "index.html").read_text() == "edited by hand"
    replace_folder(place, NEW.items(), force=True)
    assert held(place) == NEW


def test_a_link_of_somebody_is_kept_and_never_followed(place: Path) -> None:
    outside = place.parent / "outside"
    outside.mkdir()
    (outside / "precious").write_text("precious")
    (place / "link").symlink_to(outside)
    with pytest.raises(UsageError, match="link"):
        replace_folder(place, NEW.items())
    replace_folder(place, NEW.items(), force=True)
    assert (place / "link").readlink() == outside
    assert (outside / "precious").read_text() == "precious"


def test_a_manifest_of_somebody_else_makes_nothing_ours(tmp_path: Path) -> None:
    place = tmp_path / "site"
    place.mkdir()
    for text in ("{}", "[" * 9_000, '{"schema": "orderwatch/folder/1", "files": [1]}'):
        (place / MANIFEST).write_text(text)
        (place / "page.html").write_text("theirs")
        with pytest.raises(UsageError, match=r"page\.html"):
            replace_folder(place, NEW.items())
    assert held(place) == {"page.html": "theirs"}


def test_a_folder_that_is_a_link_is_replaced_where_it_leads(place: Path) -> None:
    link = place.parent / "www"
    link.symlink_to(place)
    replace_folder(link, NEW.items())
    assert link.is_symlink()
    assert held(place) == NEW


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("kept")
    with pytest.raises(UsageError, match="not a folder"):
        replace_folder(file, NEW.items())
    with pytest.raises(UsageError, match="cannot be replaced"):
        replace_folder(Path("/"), NEW.items(), force=True)
    assert file.read_text() == "kept"


@pytest.mark.parametrize("name", ["", "/etc/x", "../x", "a/../x", "a//b", "a\0b", "."])
def test_no_name_leads_out_of_the_folder(place: Path, name: str) -> None:
    with pytest.raises(ValueError, match="is not a file name"):
        replace_folder(place, [(name, "x")])
    assert held(place) == OLD
    assert beside(place) == []


def test_what_cannot_be_written_leaves_the_older_one(place: Path) -> None:
    def broken() -> Iterator[bytes]:
        yield b"half"
        raise OSError(28, "No space left on device")

    with pytest.raises(DeliveryError, match=r"No space left.*unchanged"):
        replace_folder(place, [("index.html", "new"), ("big", broken())])
    assert held(place) == OLD
    assert beside(place) == []


def test_where_folders_cannot_be_exchanged_they_are_renamed(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fs, "_rename_exchange", lambda *_: False)
    replace_folder(place, NEW.items())
    assert held(place) == NEW
    assert beside(place) == []


def test_anybody_can_read_what_is_published(tmp_path: Path) -> None:
    mask = os.umask(0o022)
    try:
        replace_folder(tmp_path / "public", NEW.items())
    finally:
        os.umask(mask)
    assert (tmp_path / "public").stat().st_mode & 0o777 == 0o755
    assert (tmp_path / "public" / "index.html").stat().st_mode & 0o777 == 0o644


KILLED = """
import os, shutil, signal, sys
from pathlib import Path
from orderwatch import fs as folder

place, step = Path(sys.argv[1]), sys.argv[2]
die = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
files = {files!r}

def writing():
    for number, item in enumerate(files.items()):
        if step == f"file {{number}}":
            die()
        yield item

if step == "sync":
    os.sync = die
if step == "exchange":
    folder._rename_exchange = die
if step == "exchanged":
    exchange = folder._rename_exchange
    folder._rename_exchange = lambda *both: (exchange(*both), die())
if step in ("renamed once", "remove older"):
    folder._rename_exchange = lambda *_: False
if step == "renamed once":
    rename, count = Path.rename, []
    def once(self, target):
        rename(self, target)
        die()
    Path.rename = once
if step == "remove older":
    shutil.rmtree = die
folder.replace_folder(place, writing())
"""


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ("file 0", OLD),
        ("file 1", OLD),
        ("file 2", OLD),
        ("sync", OLD),
        ("exchange", OLD),
        ("exchanged", NEW),
        ("remove older", NEW),
        ("renamed once", None),
    ],
)
def test_killed_at_any_step_the_old_or_the_new_is_whole(
    place: Path, step: str, expected: dict[str, str] | None
) -> None:
    done = subprocess.run(  # noqa: S603 - ourselves
        [sys.executable, "-c", KILLED.format(files=NEW), str(place), step],
        check=False,
        capture_output=True,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    if expected is None:
        # Between two renamings there is neither; the next run repairs it.
        assert not place.exists()
    else:
        assert held(place) == expected
    replace_folder(place, NEW.items())
    assert held(place) == NEW
    assert beside(place) == []


def test_what_another_run_is_writing_is_left_alone(place: Path) -> None:
    seen: list[list[str]] = []

    def meanwhile() -> Iterator[tuple[str, Content]]:
        yield "index.html", "slow"
        replace_folder(place, NEW.items())
        seen.append(beside(place))
        yield "last", "slow"

    # The slower one comes last, and finds what it did not write to be ours as well.
    replace_folder(place, meanwhile())
    assert len(seen[0]) == 1
    assert held(place) == {"index.html": "slow", "last": "slow"}
    assert beside(place) == []


def test_a_manifest_is_read_whatever_its_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [(f"{number}.txt", str(number)) for number in range(3)]
    replace_folder(tmp_path / "site", files)
    monkeypatch.setattr(fs, "_MANIFEST_SIZE_MAX", 1)
    result = replace_folder(tmp_path / "site", [*files[:2], ("3.txt", "3")])
    assert (result.files, result.changed, result.removed) == (3, 1, 1)


def test_a_manifest_that_was_cut_is_not_ours(tmp_path: Path) -> None:
    replace_folder(tmp_path / "site", [("a.txt", "a")])
    manifest = tmp_path / "site" / MANIFEST
    manifest.write_bytes(manifest.read_bytes().removesuffix(b"}\n"))
    with pytest.raises(UsageError, match=MANIFEST):
        replace_folder(tmp_path / "site", [("a.txt", "a")])
