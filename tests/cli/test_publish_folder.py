"""`publish` and the folder that it replaces: what stays, and what it refuses."""

import errno
import os
import struct
from pathlib import Path

import pytest

from orderwatch import fs
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
    assert "may not write to" in err


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="only POSIX has owners of files")
def test_a_folder_of_another_account_is_refused_before_anything_is_written(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "public"
    done(run, "publish", str(folder), "192")
    before = sorted(tmp_path.rglob("*"))
    monkeypatch.setattr(os, "geteuid", lambda: folder.stat().st_uid + 1)
    for options in ((), ("--dry-run",), ("--force",)):
        err = refused(run, "publish", str(folder), "178", *options)
        assert f"belongs to another account ({folder.owner()})" in err
        assert "publish as that account or as root" in err
    monkeypatch.setattr(os, "geteuid", lambda: folder.stat().st_uid or 1)
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="only POSIX has groups of files")
def test_a_folder_of_a_group_that_one_is_not_in_is_refused(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "public"
    folder.mkdir()
    status = folder.stat()
    monkeypatch.setattr(os, "geteuid", lambda: status.st_uid)
    monkeypatch.setattr(os, "getegid", lambda: status.st_gid + 1)
    monkeypatch.setattr(os, "getgroups", lambda: [status.st_gid + 2])
    if status.st_uid == 0:
        # Root can: nothing is refused.
        done(run, "publish", str(folder), "192")
        monkeypatch.setattr(fs, "_foreign_owner", lambda _: f"group {status.st_gid}")
    assert f"belongs to group {status.st_gid}" in refused(run, "publish", str(folder), "192")


def test_a_bind_mount_is_a_mount_point(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "public"
    done(run, "publish", str(folder), "192")
    rename = Path.rename

    def busy(path: Path, target: Path) -> Path:
        if path == folder:
            raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))
        return rename(path, target)

    monkeypatch.setattr(fs, "_rename_exchange", lambda *_: False)
    monkeypatch.setattr(Path, "rename", busy)
    assert "is a mount point" in refused(run, "publish", str(folder), "178")
    assert [item.name for item in tmp_path.iterdir()] == ["public"]
    assert (folder / "orders" / "192-2024-05-24" / "index.html").exists()


@pytest.mark.parametrize("name", ["Russia", "ISRAEL", "178", "178/2020-01-23/4@2026-11-23"])
def test_other_names_of_an_id_are_refused_too(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    err = refused(run, "publish", name)
    assert (
        "is not a folder but the name of an order or case; use: orderwatch publish public " in err
    )
    assert list(tmp_path.iterdir()) == []


def test_the_name_of_a_case_is_refused_with_its_number(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("South Africa v. Israel", "south africa v. israel"):
        assert "orderwatch publish public 192" in refused(run, "publish", name)
    Path("rafah").touch()
    assert "rafah is a file" in refused(run, "publish", "rafah/site")


def test_a_path_to_a_folder_of_that_name_is_a_folder(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done(run, "publish", "./rafah", "192")
    assert (tmp_path / "rafah" / "index.html").exists()


def test_a_dry_run_counts_what_would_be_removed(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "public"
    done(run, "publish", str(folder))
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    would = done(run, "publish", str(folder), "192", "--dry-run")
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before
    assert done(run, "publish", str(folder), "192") == would.removeprefix("Would write ")
    assert not would.rstrip().endswith(" 0 removed")


@pytest.mark.skipif(not hasattr(os, "setxattr"), reason="only Linux has extended attributes")
def test_an_access_list_of_the_folder_stays(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "public"
    done(run, "publish", str(folder), "192")
    # Version 2; user::rwx, user:65534:r-x, group::r-x, mask::r-x, other::r-x.
    rows = ((1, 7, -1), (2, 5, 65534), (4, 5, -1), (16, 5, -1), (32, 5, -1))
    acl = struct.pack("<I", 2) + b"".join(struct.pack("<HHi", *row) for row in rows)
    try:
        os.setxattr(folder, "system.posix_acl_access", acl)
    except OSError:
        pytest.skip("this file system has no access lists")
    done(run, "publish", str(folder), "178")
    assert os.getxattr(folder, "system.posix_acl_access") == acl
