"""Make a dossier, unpack it, and run the script in it."""

import subprocess
import sys
import zipfile
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path
from random import Random

from tests.conftest import Run
from tests.support import captures
from tests.support.log_commands import NOTE, adding, done

CAPTURED = ("--captured", "2024-06-20T14:30+02:00", "--capture-url", captures.PAGE)
GIVEN = ("--from", "Ana", "--to", "Ben", "--on", "2024-06-21", "--what", "A disk, by hand")


def fill_log(run: Run, folder: Path) -> None:
    """Record an event with captures and its handover, and others around it."""
    done(run, *adding("rafah/1", base=NOTE))
    done(run, *adding(), *captures.write(folder), *CAPTURED)
    done(run, *adding(base=NOTE, private=True, summary="Zanzibar."))
    done(run, "log", "handover", "2", *GIVEN)
    done(run, *adding("myanmar", base=NOTE))


def unpack(path: Path, folder: Path) -> Path:
    """Unpack a dossier; return its folder."""
    with zipfile.ZipFile(path) as archive:
        archive.extractall(folder)
    (place,) = folder.iterdir()
    return place


def verify(place: Path, *argv: str, bare: bool = False) -> tuple[int, str]:
    """Run the script of a dossier; without the packages around it if `bare`."""
    options = ["-I", "-S"] if bare else ["-I"]
    result = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, *options, str(place / "verify.py"), *argv],
        capture_output=True,
        text=True,
        check=False,
        cwd=place,
    )
    return result.returncode, result.stdout + result.stderr


def unnoticed(place: Path, count: int, seed: int) -> Iterator[str]:
    """Change one byte of one file after another; yield the changes that nobody names."""
    chance = Random(seed)  # noqa: S311 - no secret
    paths = cycle(sorted(path for path in place.rglob("*") if path.is_file()))
    for path in islice(paths, count):
        name, content = path.relative_to(place).as_posix(), path.read_bytes()
        at = chance.randrange(len(content))
        byte = (content[at] + chance.randrange(1, 256)) % 256
        path.write_bytes(content[:at] + bytes([byte]) + content[at + 1 :])
        code, out = verify(place, bare=True)
        # A changed script can spell its report wrong; Python names one that no longer runs.
        if code == 0 or (name if name == "verify.py" else f"CHANGED: {name}: ") not in out:
            yield f"{name}, byte {at}: {content[at]} to {byte}: {code}, {out[-300:]}"
        path.write_bytes(content)
