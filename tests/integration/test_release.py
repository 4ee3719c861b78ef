"""What a release has to be, and what is noticed if it is not."""

import re
import shutil
import subprocess
import sys
import zipfile
from importlib.metadata import version
from pathlib import Path

import pytest

import orderwatch
from tests.support.paths import ROOT
from tools import release

pytestmark = pytest.mark.slow

CONTAINER = (ROOT / "Containerfile").read_text(encoding="utf-8")


def test_the_version_stands_in_one_place() -> None:
    assert version("orderwatch") == orderwatch.__version__
    told = re.compile(rf"(?<![\d.]){re.escape(orderwatch.__version__)}(?![\d.])")
    places = [ROOT / "pyproject.toml", ROOT / "Containerfile"]
    places += (ROOT / "src" / "orderwatch").glob("**/*.py")
    found = [x.name for x in places if told.search(x.read_text(encoding="utf-8"))]
    assert found == ["__init__.py"]


def test_a_release_is_tried_with_every_python_that_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for minor in (10, 11, 12, 13, 14, 15):
        program = tmp_path / f"python3.{minor}"
        # One only points on to what is not chosen, as those of pyenv do.
        program.write_text(f"#!/bin/sh\nexit {127 if minor == 13 else 0}\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    others = {11, 12, 14} - {sys.version_info.minor}
    assert list(release.pythons()) == [f"python3.{minor}" for minor in sorted(others)]


def test_two_builds_that_differ_are_noticed() -> None:
    release.same({"a": b"1"}, {"a": b"1"})
    with pytest.raises(release.Faulty, match="a: two builds differ"):
        release.same({"a": b"1"}, {"a": b"2"})
    with pytest.raises(release.Faulty, match="built"):
        release.same({"a": b"1"}, {"b": b"1"})


@pytest.mark.parametrize("name", [release.WHEEL, release.SDIST])
def test_what_is_missing_and_what_is_too_much_is_noticed(name: str) -> None:
    held = list(release.NEEDED[name])
    release.complete(name, held)
    with pytest.raises(release.Faulty, match="lacks"):
        release.complete(name, held[1:])
    with pytest.raises(release.Faulty, match="holds"):
        release.complete(name, [*held, f"{release.NAME}/__pycache__/a.pyc"])


def test_a_wheel_holds_nothing_beside_the_package() -> None:
    held = [*release.NEEDED[release.WHEEL], "tests/conftest.py"]
    with pytest.raises(release.Faulty, match=r"holds tests/conftest\.py"):
        release.complete(release.WHEEL, held)


def test_a_container_runs_as_nobody_and_keeps_its_log_in_the_volume() -> None:
    last = CONTAINER.rpartition("\nFROM ")[2]
    assert re.findall(r"^USER (.*)$", last, re.MULTILINE) == ["65534:65534"]
    assert "--owner=65534 --group=65534 --mode=0700 /data" in last
    assert "XDG_DATA_HOME=/data" in last
    assert "\nVOLUME /data\n" in last
    assert last.index("USER") < last.index("ENTRYPOINT")


def test_what_a_container_is_given_makes_the_wheel(tmp_path: Path) -> None:
    """Build from what `.containerignore` lets through."""
    ignored = (ROOT / ".containerignore").read_text(encoding="utf-8").splitlines()
    for name in (line.removeprefix("!") for line in ignored if line.startswith("!")):
        path, copy = ROOT / name, tmp_path / name
        if path.is_dir():
            shutil.copytree(path, copy, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            copy.parent.mkdir(exist_ok=True)
            shutil.copyfile(path, copy)
    command = ("-m", "build", "--no-isolation", "--wheel", "--outdir", "made", ".")
    subprocess.run([sys.executable, *command], cwd=tmp_path, check=True)  # noqa: S603 - hatchling
    with zipfile.ZipFile(tmp_path / "made" / release.WHEEL) as wheel:
        release.complete(release.WHEEL, wheel.namelist())
