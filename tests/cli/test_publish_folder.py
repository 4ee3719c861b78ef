"""`publish` and the folder that it replaces: what stays, and what it refuses."""

import os
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.support.log_commands import done, refused


@pytest.mark.parametrize("name", ["rafah", "RAFAH", "192", "192/2024-05-24", "Myanmar", "rafah/3"])
def test_an_id_in_the_place_of_a_folder_is_refused(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert f"orderwatch publish public {name}" in refused(run, "publish", name)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_of_that_name_is_a_folder(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rafah").mkdir()
    done(run, "publish", "rafah", "192")
    assert (tmp_path / "rafah" / "index.html").exists()


def test_a_dry_run_writes_nothing(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "public"
    would = done(run, "publish", str(folder), "192", "--dry-run")
    assert would.startswith("Would write ")
    assert not folder.exists()
    assert done(run, "publish", str(folder), "192") == would.removeprefix("Would write ")
    assert ", 0 new or changed, 0 removed" in done(run, "publish", str(folder), "192", "--dry-run")


def test_mode_group_and_attributes_of_the_folder_stay(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "public"
    folder.mkdir()
    if os.getuid() == 0:
        os.chown(folder, 12, 34)
    folder.chmod(0o2751)
    try:
        os.setxattr(folder, "user.label", b"web")
    except OSError:
        pytest.skip("no extended attributes on this file system")
    before = folder.stat()
    for _ in range(2):
        done(run, "publish", str(folder), "192")
        after = folder.stat()
        assert (after.st_mode, after.st_uid, after.st_gid) == (
            before.st_mode,
            before.st_uid,
            before.st_gid,
        )
        assert os.getxattr(folder, "user.label") == b"web"


def test_a_mount_point_is_refused_with_the_reason(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "is_mount", lambda path: path == tmp_path)
    assert "is a mount point" in refused(run, "publish", str(tmp_path), "192")


def test_a_parent_of_others_is_refused_with_the_reason(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda path, _mode: path != tmp_path)
    err = refused(run, "publish", str(tmp_path / "public"), "192")
    assert "may not be written" in err
