"""Disks that are full, files that may not grow, and folders that are read-only."""

import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from orderwatch import cli
from orderwatch.log import open_store
from tests.stress.killed import forked
from tests.stress.outcome import DENIED, Place, command, exported, filled, noting
from tests.support.entries import Scribe
from tests.support.folder_state import state

DISK = 3_000_000
"""Bytes of a disk; a log of a few entries takes about a tenth."""
PAGE = 4096
EVIDENCE = b"What was said on the telephone.\n"
READING = ("status rafah", "log", "log show 1", "log verify", "log export", "check")
WRITING = (
    "log import",
    "log correct 4 --on 2024-06-25",
    "log retract 4 --why x",
    "log redact 4 --why x --yes",
    "remind rafah --as-of 2024-06-20",
)
_SOMEBODY = 65534


@contextmanager
def disk(folder: Path) -> Iterator[Path | None]:
    """Mount a small disk in memory; `None` where that is not allowed."""
    folder.mkdir()
    mount = [
        "mount",
        "-t",
        "tmpfs",
        "-o",
        f"size={DISK},mode=700",
        "tmpfs",
        str(folder),
    ]
    try:
        made = subprocess.run(mount, check=False, capture_output=True)  # noqa: S603 - no text from outside
    except FileNotFoundError:
        yield None
        return
    if made.returncode:
        yield None
        return
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)  # noqa: S603, S607 - as above


def full(place: Place) -> None:
    """Write until the disk is full; what was acknowledged is there, nothing is half."""
    with disk(place.folder / "disk") as at:
        if at is None:
            place.outcome.found["no disk could be mounted"] = 1
            return
        for number in range(place.times):
            for old in sorted(at.rglob("*"), reverse=True):
                old.rmdir() if old.is_dir() else old.unlink()
            log = at / "log.sqlite"
            filled(log, EVIDENCE)
            (at / "older.jsonl").write_bytes(b"the older export")
            _leave(at, place.chance.randrange(0, 120) * PAGE)
            _write_until_full(place, log, number)


def _leave(at: Path, free: int) -> None:
    """Fill a disk up to so many bytes."""
    of = os.statvfs(at)
    ballast = max(0, of.f_bavail * of.f_frsize - free)
    (at / "ballast").write_bytes(bytes(ballast))


def _write_until_full(place: Place, log: Path, number: int) -> None:
    done = place.outcome
    size, denied = _size(log), 0
    partner = place.folder / "partner.jsonl"
    scribe = Scribe(f"partner {number}")
    many = exported([scribe.event("word " * 99) for _ in range(100)])
    partner.write_bytes(b"".join(many))
    attached = place.folder / "attached"
    attached.write_bytes(place.chance.randbytes(20_000))
    for turn in range(30):
        words = [
            noting(turn),
            [*noting(turn), "--attach", str(attached)],
            ["log", "import", str(partner)],
            ["log", "redact", str(4 + turn // 4), "--why", "x", "--yes"],
        ][turn % 4]
        code, out, err = command(log, *words)
        done.tried += 1
        done.expect(code == 0 or code in DENIED, f"{words[1]} ended with {code}: {err}")
        grown = _size(log) - size
        wanted = {0, 100} if words[1] == "import" else {1}
        whole = grown in wanted if code == 0 else grown == 0 or "is recorded" in err
        done.expect(whole, f"{words[1]} ended with {code} and {grown} entries: {err}")
        size += grown
        denied += code != 0
        done.found["refused" if code else "written"] += 1
        if out and code:
            done.lost.append(f"{words[1]} ended with {code} and printed {out}")
    older = log.with_name("older.jsonl")
    code, _, _ = command(log, "log", "export", "--output", str(older))
    whole = older.read_bytes() == b"the older export" if code else _verifies(older)
    done.expect(whole, f"half an export, with exit code {code}")
    (log.parent / "ballast").unlink()
    _sound(place, log, size)
    done.expect(command(log, *noting(0))[0] == 0, "nothing more can be added")


def limited(place: Place) -> None:
    """Write until a limit on file sizes, which processes can have."""
    for number in range(place.times):
        log = place.new("limited") / "log.sqlite"
        filled(log, EVIDENCE)
        size = _size(log)
        limit = log.stat().st_size + place.chance.randrange(-20_000, 60_000)
        child = forked(partial(_within, limit, str(log), number))
        code, said = child.ended()
        place.outcome.tried += 1
        told = said.count(b" is recorded (")
        place.outcome.expect(code in DENIED, f"ended with {code}: {said[-300:]!r}")
        place.outcome.found["written"] += told
        _sound(place, log, size + told)


def _within(limit: int, log: str, number: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    for turn in range(1_000):
        try:
            cli.main(["--log", log, *noting(turn, f"writer {number}")])
        except SystemExit as end:
            if end.code:
                raise


def read_only(place: Place) -> None:
    """Read and try to write where nothing may be written."""
    with disk(place.folder / "disk") as at:
        folder = at or place.new("folder")
        log = folder / "log.sqlite"
        filled(log, EVIDENCE)
        scribe = Scribe("partner")
        partner = place.folder / "partner.jsonl"
        partner.write_bytes(b"".join(exported([scribe.event()])))
        before = state(folder)
        if at:
            again = ["mount", "-o", "remount,ro", str(at)]
            subprocess.run(again, check=True)  # noqa: S603 - no text from outside
        else:
            folder.chmod(0o500)
        try:
            for _ in range(place.times):
                _try_all(place, log, partner)
        finally:
            if not at:
                folder.chmod(0o700)
        place.outcome.expect(state(folder) == before, "something was changed")


def _try_all(place: Place, log: Path, partner: Path) -> None:
    done = place.outcome
    for line in READING:
        code, said = _as_somebody(log, line.split())
        done.expect(code == 0, f"{line} ended with {code}: {said!r}")
        done.found["read"] += 1
    for line in ("log add", *WRITING):
        words = line.split()
        if line == "log add":
            words = noting(0)
        elif line == "log import":
            words.append(str(partner))
        code, said = _as_somebody(log, words)
        done.expect(code in DENIED, f"{line} ended with {code}: {said!r}")
        done.found["refused"] += 1
    done.tried += len(READING) + len(WRITING) + 1


def _as_somebody(log: Path, words: list[str]) -> tuple[int, bytes]:
    """Run a command without special rights, unless the disk itself is read-only."""

    def work() -> None:
        if not os.path.ismount(log.parent) and os.geteuid() == 0:
            os.setuid(_SOMEBODY)
        cli.main(["--log", str(log), *words])

    return forked(work).ended()


def _sound(place: Place, log: Path, size: int) -> None:
    """Expect a log that verifies, evidence too, and holds so many entries."""
    found = _size(log)  # puts right what an interrupted write left
    code, _, err = command(log, "log", "verify")
    place.outcome.expect(code == 0, f"the log does not verify: {err}")
    place.outcome.expect(found == size, f"{found} entries instead of {size}")


def _verifies(file: Path) -> bool:
    return command("none", "log", "verify", str(file))[0] == 0


def _size(log: Path) -> int:
    with open_store(str(log), write=True) as opened:
        return opened.head().size
