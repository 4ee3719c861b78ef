"""Build a release, and check all that can be checked of it without uploading it.

    python tools/release.py                  # writes build/release
    python tools/release.py --python pypy3   # tried with this one beside

Wheel and sdist are built twice, in other places and circumstances, and have to be the
same bytes; the wheel is built once more from the sdist. Metadata are checked as an
index does. The wheel is installed in an empty environment and runs there, for this
Python, for each version from 3.11 to 3.14 that is on the path, and for each `--python`;
of the first environment a bill of materials is written.
"""

import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from pathlib import Path

import orderwatch

ROOT = Path(__file__).parents[1]
BUILD = ROOT / "build" / "release"
NAME = f"orderwatch-{orderwatch.__version__}"
WHEEL, SDIST = f"{NAME}-py3-none-any.whl", f"{NAME}.tar.gz"
MATERIALS = "orderwatch.cdx.json"
NEEDED = {
    WHEEL: (
        *("orderwatch/orders.toml", "orderwatch/orders.compiled", "orderwatch/completion.txt"),
        *("orderwatch/py.typed", "orderwatch/schemas/register.json"),
        *("orderwatch/templates/message.txt", "orderwatch/locale/fr/LC_MESSAGES/orderwatch.mo"),
        *(f"{NAME}.dist-info/licenses/LICENSE", f"{NAME}.dist-info/entry_points.txt"),
    ),
    SDIST: tuple(
        f"{NAME}/{path}"
        for path in (
            *("pyproject.toml", "orders.toml", "LICENSE", "README.md", "CHANGELOG.md"),
            *("SECURITY.md", "CONTRIBUTING.md", "Containerfile", "zensical.toml"),
            *("src/orderwatch/model/event.py", "tests/conftest.py", "docs/use.md"),
            *("tools/release.py", "bench/speed.py", "PKG-INFO"),
        )
    ),
}
"""What a file must hold, among other things."""
MINORS = range(11, 15)
"""Of the versions of Python 3 on which a release is tried, where they are there."""
UNWANTED = ("__pycache__", ".venv", ".egg-info", ".sqlite", ".pyc")
COPIED = (
    "*.md",
    "*.toml",
    "LICENSE",
    "Containerfile",
    "justfile",
    ".containerignore",
    ".gitignore",
    ".pre-commit-hooks.yaml",
)
FOLDERS = ("src", "tests", "docs", "tools", "bench", "containers")


class Faulty(Exception):  # noqa: N818 - it is told, not caught by others
    """What is wrong with a release."""


def main() -> None:
    """Build and check a release; say what it is, or what is wrong with it."""
    parser = ArgumentParser(description="Build and check a release.")
    parser.add_argument("--python", action="append", default=[])
    others = [*pythons(), *parser.parse_args().python]
    shutil.rmtree(BUILD, ignore_errors=True)
    BUILD.mkdir(parents=True)
    try:
        release(BUILD, others)
    except Faulty as error:
        sys.exit(f"release: {error}")
    except subprocess.CalledProcessError as error:
        sys.exit(f"release: {error}\n{error.stdout or ''}{error.stderr or ''}")


def pythons() -> Iterator[str]:
    """Name the other versions of Python that are supported and on the path."""
    for minor in MINORS:
        if minor != sys.version_info.minor and _runs(f"python3.{minor}"):
            yield f"python3.{minor}"


def _runs(program: str) -> bool:
    """Tell whether a program is there: what stands on the path may only point on."""
    argv = [program, "-c", ""]
    try:
        return not subprocess.run(argv, capture_output=True, check=False).returncode  # noqa: S603 - ours
    except OSError:
        return False


def release(folder: Path, others: list[str]) -> None:
    """Build a release into a folder."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH") or _last_change()
    built = twice(epoch)
    for name, content in built.items():
        (folder / name).write_bytes(content)
        complete(name, names(folder / name))
        print(f"{name}: {len(content):,} bytes, the same twice")
    _run(sys.executable, "-m", "twine", "check", "--strict", *map(str, folder.iterdir()))
    print("metadata: as an index wants them")
    for number, python in enumerate((sys.executable, *others)):
        venv = folder / (f"venv-{number}" if number else "venv")
        print(f"{python}: {installed(folder / WHEEL, venv, python)}")
    print(f"{MATERIALS}: {materials(folder)} components")


def twice(epoch: str) -> dict[str, bytes]:
    """Build in two places, days and nights apart, and compare the bytes."""
    with tempfile.TemporaryDirectory() as place:
        first = built(Path(place) / "a", {"SOURCE_DATE_EPOCH": epoch, "TZ": "UTC"}, 0o22)
        elsewhere = {"SOURCE_DATE_EPOCH": epoch, "TZ": "Asia/Tokyo", "LC_ALL": "C"}
        again = built(Path(place) / "b" / "deep", elsewhere, 0o77)
        same(first, again)
        # As a distribution does it: from the sdist, where no version control is.
        source = Path(place) / "c"
        source.mkdir()
        (source / SDIST).write_bytes(first[SDIST])
        shutil.unpack_archive(source / SDIST, source)
        wheel = _build(source / NAME, elsewhere, "--wheel")
        same({WHEEL: first[WHEEL]}, wheel)
    return first


def same(first: Mapping[str, bytes], again: Mapping[str, bytes]) -> None:
    """Raise `Faulty` if two builds differ in a byte, or in what they are called."""
    if first.keys() != again.keys():
        raise Faulty(f"built {sorted(first)}, and then {sorted(again)}")
    for name, content in first.items():
        if content != again[name]:
            raise Faulty(f"{name}: two builds differ")


def built(place: Path, settings: Mapping[str, str], umask: int) -> dict[str, bytes]:
    """Build wheel and sdist from a copy of the sources."""
    before = os.umask(umask)
    try:
        place.mkdir(parents=True)
        for pattern in COPIED:
            for path in ROOT.glob(pattern):
                shutil.copyfile(path, place / path.name)
        for name in FOLDERS:
            ignored = shutil.ignore_patterns("__pycache__", "*.pyc")
            shutil.copytree(
                *(ROOT / name, place / name),
                copy_function=shutil.copyfile,
                ignore=ignored,
            )
        return _build(place, settings, "--wheel", "--sdist")
    finally:
        os.umask(before)


def _build(place: Path, settings: Mapping[str, str], *kinds: str) -> dict[str, bytes]:
    command = ("-m", "build", "--no-isolation", *kinds, "--outdir", "made", ".")
    _run(sys.executable, *command, cwd=place, env={**os.environ, **settings})
    return {path.name: path.read_bytes() for path in (place / "made").iterdir()}


def names(path: Path) -> list[str]:
    """List what a wheel or an sdist holds."""
    if path.suffix == ".whl":
        with zipfile.ZipFile(path) as wheel:
            return wheel.namelist()
    with tarfile.open(path) as packed:
        return packed.getnames()


def complete(name: str, held: list[str]) -> None:
    """Raise `Faulty` if a file lacks what it needs, or has what nobody wants."""
    if missing := set(NEEDED[name]) - set(held):
        raise Faulty(f"{name}: lacks {', '.join(sorted(missing))}")
    if spare := [path for path in held if any(part in path for part in UNWANTED)]:
        raise Faulty(f"{name}: holds {', '.join(sorted(spare))}")
    if strange := [
        path
        for path in held
        if name == WHEEL and not path.startswith(("orderwatch/", f"{NAME}.dist-info/"))
    ]:
        raise Faulty(f"{name}: holds {', '.join(sorted(strange))}")


def installed(wheel: Path, venv: Path, python: str) -> str:
    """Install a wheel in an empty environment, and give what it says of itself."""
    _run(python, "-m", "venv", "--without-pip", str(venv))
    inside, program = venv / "bin" / "python", venv / "bin" / "orderwatch"
    pip = (sys.executable, "-m", "pip", "--python", str(inside))
    _run(*pip, "install", "--quiet", str(wheel))
    with tempfile.TemporaryDirectory() as home:
        at_home = {"HOME": home, "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
        told = _run(str(program), "--version", cwd=Path(home), env=at_home).strip()
        day = ("--as-of", "2024-06-20")
        shown = _run(str(program), "status", "rafah", *day, cwd=Path(home), env=at_home)
        if told != f"orderwatch {orderwatch.__version__}" or "2024-06-24" not in shown:
            raise Faulty(f"{python}: says {told}, and shows\n{shown}")
        if list(Path(home).iterdir()):
            raise Faulty(f"{python}: reading has written into the home folder")
    return f"installs, runs, is {told}"


def materials(folder: Path) -> int:
    """Write the bill of materials of an environment; give how many there are in it."""
    _run(
        *(sys.executable, "-m", "cyclonedx_py", "environment", "--validate"),
        *("--output-reproducible", "--pyproject", str(ROOT / "pyproject.toml")),
        *(
            "--output-file",
            str(folder / MATERIALS),
            str(folder / "venv" / "bin" / "python"),
        ),
    )
    told = json.loads((folder / MATERIALS).read_text(encoding="utf-8"))
    found = {component["name"] for component in told["components"]}
    if not {"typer", "rich", "pydantic", "python-dateutil"} <= found:
        raise Faulty(f"{MATERIALS}: names only {', '.join(sorted(found))}")
    return len(found)


def _last_change() -> str:
    """Give the second of the last commit, or hatchling's own day without git."""
    try:
        return _run("git", "-C", str(ROOT), "log", "-1", "--format=%ct").strip()
    except (OSError, subprocess.CalledProcessError):
        return "1580601600"


def _run(*command: str, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> str:
    done = subprocess.run(  # noqa: S603 - what stands in this file
        command, capture_output=True, check=True, cwd=cwd, env=env, text=True
    )
    return done.stdout


if __name__ == "__main__":
    main()
