"""`log backup` and `log restore`: entries, evidence and reminders in one file."""

import json
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from orderwatch.log import open_store, open_writer
from orderwatch.log.outbox import PendingMessage, Recipient, SentReminder
from tests.conftest import TODAY, Run
from tests.support.entries import START, Scribe
from tests.support.keys import HOME_SEED
from tests.support.log_commands import NOTE, adding, done, refused
from tests.support.logs import filled
from tests.support.waiting import until

MAIL = Recipient(channel="mail", name="désk@example.org")


@pytest.fixture
def owned(log_url: str) -> str:
    """Make an empty log without an owner."""
    with open_store(log_url, write=True, must_exist=False) as log:
        log.ensure()
    return log_url


def reminder(message: str = "<1@example.org>") -> SentReminder:
    return SentReminder(
        recipient=MAIL,
        obligation="192/2024-05-24/3",
        deadline="192/2024-05-24/3@2024-06-24",
        due=TODAY,
        days=7,
        message=message,
        at=START,
    )


def remind(url: str) -> None:
    """Send a reminder, and leave another under way."""
    with open_writer(url) as outbox:
        outbox.claim([MAIL], TODAY, START)
        outbox.record_sent(MAIL, [reminder()])
        outbox.claim([MAIL], TODAY, START)
        pending = PendingMessage(content=b"Subject: \xe9\r\n", reminders=(reminder("<2@x>"),))
        assert outbox.store_pending(MAIL, pending)


def state(url: str) -> tuple[Any, ...]:
    """Read everything that a backup has."""
    with open_store(url) as log:
        assert log.verify().problem is None
        found = log.recipient_state(MAIL)
        return log.head(), [*log.export()], found, log.sent_reminders()


def test_a_backup_has_entries_evidence_and_reminders(
    run: Run, owned: str, bare: str, tmp_path: Path
) -> None:
    with open_store(owned, write=True) as log:
        filled(log, HOME_SEED)
        log.append(Scribe("Ben").event("Says a secret.", private=True))
    attached = tmp_path / "photo.jpg"
    attached.write_bytes(os.urandom(2_000_000))
    folder = str(tmp_path / "kept")
    config = tmp_path / "config.toml"
    config.write_text(f"evidence = {json.dumps(folder)}\n")
    done(
        run, "--config", str(config), "--log", owned, *adding(base=NOTE), "--attach", str(attached)
    )
    remind(owned)
    file = tmp_path / "monday.backup"
    out = done(run, "--config", str(config), "--log", owned, "log", "backup", str(file))
    assert "has 9 entries, 1 file, root" in out
    assert file.stat().st_mode & 0o777 == 0o600
    before = state(owned)
    other = str(tmp_path / "other")
    config.write_text(f"evidence = {json.dumps(other)}\n")
    out = done(run, "--config", str(config), "--log", bare, "log", "restore", str(file))
    assert "has 9 entries, 1 file, root" in out
    assert state(bare) == before
    (copy,) = (path for path in Path(other).rglob("*") if path.is_file())
    assert copy.name == sha256(attached.read_bytes()).hexdigest()
    assert copy.read_bytes() == attached.read_bytes()
    assert "1 file" in done(run, "--config", str(config), "--log", bare, "log", "verify")
    # A second restore finds a log, and a backup of the copy is the same file.
    again = tmp_path / "again.backup"
    done(run, "--config", str(config), "--log", bare, "log", "backup", str(again))
    assert again.read_bytes() == file.read_bytes()
    err = refused(run, "--config", str(config), "--log", bare, "log", "restore", str(file), code=4)
    assert "there is a log at" in err


def test_search_works_in_a_restored_log(run: Run, owned: str, bare: str, tmp_path: Path) -> None:
    with open_store(owned, write=True) as log:
        filled(log, HOME_SEED)
    file = str(tmp_path / "a.backup")
    done(run, "--log", owned, "log", "backup", file)
    done(run, "--log", bare, "log", "restore", file)
    with open_store(bare, write=True) as log:
        from orderwatch.log.types import EntryFilter

        assert [item.seq for item in log.current(EntryFilter(search="number 3"))] == [4]
        log.append(Scribe("Ben").event("Says more."))
        assert log.verify().problem is None


def test_a_backup_while_others_write_is_one_state_of_the_log(
    run: Run, owned: str, bare: str, tmp_path: Path
) -> None:
    file, stop = tmp_path / "live.backup", Event()
    counts = {"Ana": 0, "Ben": 0}

    def write(name: str) -> None:
        scribe = Scribe(name, HOME_SEED)
        with open_store(owned, write=True) as log:
            while not stop.is_set():
                entry = scribe.event(f"{name} {counts[name]}")
                log.append(entry)
                if counts[name] % 5 == 4:
                    log.append(scribe.redact(entry))
                counts[name] += 1

    with ThreadPoolExecutor(2) as pool:
        writers = [pool.submit(write, name) for name in counts]

        def wait_for_both() -> None:
            """Wait until each has written once more, or failed."""
            before = dict(counts)
            until(
                lambda: (
                    all(counts[name] > before[name] for name in counts)
                    or any(writer.done() for writer in writers)
                )
            )

        try:
            sizes = []
            for _ in range(5):
                wait_for_both()
                out = done(run, "--log", owned, "log", "backup", str(file))
                sizes.append(int(out.partition(" has ")[2].split()[0]))
        finally:
            stop.set()
        for writer in writers:
            writer.result()
    assert sizes == sorted(sizes)
    assert sizes[0] < sizes[-1], "nobody wrote meanwhile"
    done(run, "--log", bare, "log", "restore", str(file))
    with open_store(bare) as log, open_store(owned) as whole:
        report = log.verify([whole.head()] if whole.head().size == sizes[-1] else [])
        assert (report.size, report.problem, report.withheld) == (sizes[-1], None, 0)
        assert whole.verify([log.head()]).problem is None


@pytest.mark.parametrize("store", ["sqlite"])
def test_each_altered_byte_of_a_backup_is_noticed(
    run: Run, store: str, owned: str, tmp_path: Path
) -> None:
    assert store
    with open_store(owned, write=True) as log:
        filled(log, HOME_SEED)
    remind(owned)
    file, target = tmp_path / "a.backup", tmp_path / "r" / "log.db"
    done(run, "--log", owned, "log", "backup", str(file))
    content = file.read_bytes()
    for place in range(0, len(content), 41):
        changed = bytearray(content)
        changed[place] ^= 1 << (place % 7)
        file.write_bytes(changed)
        code, out, _ = run("--log", str(target), "log", "restore", str(file))
        assert (code, out) == (4, ""), place
    for end in (0, 1, len(content) // 2, content.rindex(b'{"end"'), len(content) - 1):
        file.write_bytes(content[:end])
        assert run("--log", str(target), "log", "restore", str(file))[0] == 4, end
    file.write_bytes(content + b"{}\n")
    assert "after the last" in refused(
        run, "--log", str(target), "log", "restore", str(file), code=4
    )
    assert not target.exists()
    assert not [*tmp_path.glob("r/.*")]


def forge(content: bytes, change: Callable[[list[bytes]], list[bytes]]) -> bytes:
    """Change the lines of a backup, with a digest that fits."""
    lines = change(content.splitlines(keepends=True)[:-1])
    digest = sha256(b"".join(lines)).hexdigest()
    return b"".join([*lines, json.dumps({"end": digest}).encode(), b"\n"])


FORGED = {
    "an entry less": lambda lines: [line for line in lines if b"number 3" not in line],
    "another order": lambda lines: lines[:2] + lines[2:][::-1],
    "another word": lambda lines: [line.replace(b"number 3", b"number 4") for line in lines],
    "no name": lambda lines: [line for line in lines if b'"table":"log"' not in line],
    "another name": lambda lines: [
        line.replace(b'"row":{"origin":"orderwatch/', b'"row":{"origin":"orderwatch/9')
        for line in lines
    ],
    "another table": lambda lines: [*lines[:2], b'{"row":{"seq":1},"table":"entry"}\n', *lines[2:]],
    "a column": lambda lines: [
        *lines[:2],
        b'{"row":{"channel) VALUES (1); --":1},"table":"reminder"}\n',
        *lines[2:],
    ],
    "a file elsewhere": lambda lines: [*lines, b'{"file":"../../x"}\n', b'{"data":"eA=="}\n'],
}


@pytest.mark.parametrize("what", FORGED)
def test_a_forged_backup_restores_nothing(
    run: Run, owned: str, bare: str, tmp_path: Path, what: str
) -> None:
    with open_store(owned, write=True) as log:
        filled(log, HOME_SEED)
    file = tmp_path / "a.backup"
    done(run, "--log", owned, "log", "backup", str(file))
    content = file.read_bytes()
    file.write_bytes(forge(content, FORGED[what]))
    assert file.read_bytes() != content
    problem = refused(run, "--log", bare, "log", "restore", str(file), code=4)
    assert "backup" in problem or "the name or the owner of the log was changed" in problem
    assert "there is no log" in refused(run, "--log", bare, "status", code=4)
    file.write_bytes(forge(content, lambda lines: lines))
    done(run, "--log", bare, "log", "restore", str(file))


def test_evidence_that_is_missing_is_named(run: Run, tmp_path: Path) -> None:
    log, attached, file = (str(tmp_path / name) for name in ("log.db", "a.txt", "a.backup"))
    Path(attached).write_text("a")
    done(run, "--log", log, "init")
    done(run, "--log", log, *adding(base=NOTE), "--attach", attached)
    (kept,) = (path for path in Path(f"{log}.evidence").rglob("*") if path.is_file())
    kept.unlink()
    err = refused(run, "--log", log, "log", "backup", file, code=4)
    assert f"{kept} is missing" in err
    assert "--allow-missing" in err
    assert not Path(file).exists()
    code, out, err = run("--log", log, "log", "backup", file, "--allow-missing")
    assert (code, "1 entry, 0 files" in out) == (0, True)
    assert "is missing" in err


def test_what_is_no_backup_is_refused(run: Run, tmp_path: Path) -> None:
    log, other = str(tmp_path / "log.db"), tmp_path / "other"
    for content in (b"", b"{}\n", b"\x00\x01\n", b'{"entry":{}}\n', b"SQLite format 3\0"):
        other.write_bytes(content)
        refused(run, "--log", log, "log", "restore", str(other), code=4)
    other.write_text('{"checkpoint":"","schema":"orderwatch/backup/2"}\n')
    assert "newer" in refused(run, "--log", log, "log", "restore", str(other), code=4)
    refused(run, "--log", log, "log", "restore", str(tmp_path / "none"))
    refused(run, "--log", log, "log", "restore", str(tmp_path))
    done(run, "--log", log, "init")
    assert "is the log itself" in refused(run, "--log", log, "log", "backup", log)
    refused(run, "--log", log, "log", "backup", str(tmp_path))
    refused(run, "--log", log, "log", "backup", str(tmp_path / "no" / "folder"))
    refused(run, "--log", str(tmp_path / "none"), "log", "backup", str(tmp_path / "b"), code=4)
