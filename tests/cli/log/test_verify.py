"""`log verify`: what was changed, cut off or lost is found and named."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.support.folder_state import untouched
from tests.support.log_commands import (
    NOTE,
    add,
    adding,
    default_log,
    done,
    evidence,
    printed,
    refused,
)

pytestmark = pytest.mark.usefixtures("store")


def tampered(log: Path, *statements: str) -> None:
    """Change a log as somebody who knows SQLite would, around the triggers."""
    with closing(sqlite3.connect(log)) as con:
        names = con.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
        triggers = names.fetchall()
        for name, _ in triggers:
            con.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            con.execute(statement)
        for _, sql in triggers:
            con.execute(sql)
        con.commit()


@pytest.fixture
def four(run: Run, sealed: Path, store: str) -> Path:  # noqa: ARG001 - set first
    """Log two events, a correction of the first, and a redaction of the second."""
    add(run)
    add(run, base=NOTE)
    done(run, "log", "correct", "1", "--on", "2024-06-25")
    done(run, "log", "redact", "2", "--why", "At risk.", "--yes")
    return default_log(sealed)


TAMPERED = [
    (
        "UPDATE payload SET body = replace(body, '2024-06-26', '2024-06-20')",
        "entry 1: ",
    ),
    ("UPDATE payload SET salt = zeroblob(32) WHERE seq = 3", "entry 3: its payload is"),
    (
        "UPDATE entry SET header = replace(header, '12:00', '11:00') WHERE seq = 2",
        "y 2: ",
    ),
    ("UPDATE entry SET nodes = zeroblob(32) WHERE seq = 1", "entry 1: its hash"),
    ("UPDATE entry SET id = zeroblob(16) WHERE seq = 4", "entry 4: its id"),
    ("DELETE FROM entry WHERE seq = 2", "entry 2: "),
    ("DELETE FROM payload WHERE seq = 1", "entry 1: its payload is gone"),
    ("DELETE FROM effect WHERE target = 1", "entry 3: "),
    ("DELETE FROM event_subject WHERE seq = 1", "entry 1: the index of ids lacks a row"),
    (
        "INSERT INTO event_subject VALUES ('192/2024-05-24/2a', 3, 739030, 0)",
        "entry 3: the index of ids",
    ),
    (
        "INSERT INTO payload VALUES (9, zeroblob(32), 1, '{}')",
        "entry 9: a payload without",
    ),
    ("CREATE TABLE more (x TEXT)", "was altered: its table more differs from its definition"),
    ("DROP VIEW indexed_text", "its view indexed_text differs"),
]


@pytest.mark.file
def test_what_was_changed_by_hand_is_found(run: Run, four: Path) -> None:
    sound = four.read_bytes()
    assert printed(run, "log", "verify")["redacted"] == 1
    for statement, words in TAMPERED:
        four.write_bytes(sound)
        tampered(four, statement)
        with untouched(four.parent):
            err = refused(run, "log", "verify", code=4)
        assert (statement, words in err) == (statement, True), err


@pytest.mark.file
def test_a_log_without_its_triggers_is_noticed(run: Run, four: Path) -> None:
    with closing(sqlite3.connect(four)) as con:
        con.execute("DROP TRIGGER entry_no_update")
    assert "entry_no_update differs from its definition" in refused(run, "log", "verify", code=4)


@pytest.mark.file
@pytest.mark.parametrize("damage", ["empty", "text", "half", "other program"])
def test_a_file_that_is_no_log_is_refused_by_every_command(
    run: Run, four: Path, damage: str
) -> None:
    data = four.read_bytes()
    four.unlink()
    if damage == "other program":
        with closing(sqlite3.connect(four)) as con:
            con.execute("CREATE TABLE entry (x)")
    else:
        changed = {"empty": b"", "text": b"no log\n" * 99, "half": data[:9000]}
        four.write_bytes(changed[damage])
    with untouched(four.parent):
        for argv in (["verify"], ["export"], ["list"], ["checkpoint"], adding()[1:]):
            refused(run, "log", *argv, code=4)
        refused(run, "status", "rafah", code=4)


def test_evidence_that_was_changed_or_lost_is_noticed(
    run: Run, sealed: Path, tmp_path: Path
) -> None:
    paper = tmp_path / "paper.txt"
    paper.write_bytes(b"paper")
    add(run, base=NOTE)
    add(run, attach=str(paper))
    assert printed(run, "log", "verify")["files"] == 1
    (digest,) = evidence(sealed)
    (kept,) = default_log(sealed).parent.rglob(digest)
    kept.chmod(0o600)
    for data in (b"Paper", b"paper and more", b""):
        kept.write_bytes(data)
        err = refused(run, "log", "verify", code=4)
        assert "does not verify: entry 2: " in err
        assert "is not the attached file" in err
    kept.unlink()
    said = refused(run, "log", "verify", code=4)
    assert "is missing" in said
    assert "from the evidence folder of the log that was exported" in said
    kept.symlink_to(paper)
    assert "cannot read" in refused(run, "log", "verify", code=4)


# Checkpoints that somebody else kept


@pytest.mark.usefixtures("four")
def test_a_log_grows_beyond_a_checkpoint(run: Run, tmp_path: Path) -> None:
    kept = tmp_path / "kept.checkpoint"
    kept.write_text(done(run, "log", "checkpoint"))
    add(run, base=NOTE)
    add(run, base=NOTE)
    files = ("--checkpoint", str(kept), "--checkpoint", "-")
    now = done(run, "log", "checkpoint")
    found = printed(run, "log", "verify", *files, stdin=now)
    assert (found["size"], found["checkpoints"]) == (6, 2)


@pytest.mark.file
def test_a_log_that_was_cut_or_rewritten_does_not_fit_a_checkpoint(
    run: Run, four: Path, tmp_path: Path
) -> None:
    kept = tmp_path / "kept.checkpoint"
    kept.write_text(done(run, "log", "checkpoint"))
    lines = done(run, "log", "export").splitlines(keepends=True)
    argv = ("log", "verify", "--checkpoint", str(kept))
    four.unlink()
    done(run, "log", "import", "-", stdin="".join(lines[:1]))
    checkpoint_of_one = done(run, "log", "checkpoint")
    err = refused(run, *argv, code=4)
    assert "entries 2 to 4 are missing: a checkpoint has 4 entries, the log 1" in err
    for _ in range(3):
        add(run, base=NOTE)
    assert printed(run, "log", "verify")["size"] == 4
    err = refused(run, *argv, code=4)
    assert "the first 4 entries do not match a checkpoint\n" in err
    older = tmp_path / "older.checkpoint"
    older.write_text(checkpoint_of_one)
    err = refused(run, *argv, "--checkpoint", str(older), code=4)
    assert "the first 1 do: of entries 2 to 4, at least one was replaced" in err


@pytest.mark.usefixtures("four")
def test_a_key_alone_says_nothing(run: Run) -> None:
    err = refused(run, "log", "verify", "--key", "office+1+x")
    assert "--key needs --checkpoint" in err


@pytest.mark.parametrize("text", ["no checkpoint", "a\n1\nb\n", "a\n-1\nAAAA\n\n"])
@pytest.mark.usefixtures("four")
def test_what_is_no_checkpoint_is_refused(run: Run, tmp_path: Path, text: str) -> None:
    file = tmp_path / "checkpoint"
    file.write_text(text)
    refused(run, "log", "verify", "--checkpoint", str(file), code=4)


@pytest.mark.usefixtures("four")
def test_a_checkpoint_that_is_not_there_is_wrong_usage(run: Run) -> None:
    assert "cannot be read" in refused(run, "log", "verify", "--checkpoint", "none")
