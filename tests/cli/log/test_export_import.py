"""`log export` and `import`: the log goes to partners and comes from them."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from orderwatch.errors import LogError
from orderwatch.log import sqlite
from orderwatch.log.sql_log import SqlLog
from tests.conftest import Run
from tests.support.folder_state import untouched
from tests.support.keys import use_key
from tests.support.log_commands import (
    NOTE,
    add,
    adding,
    default_log,
    done,
    printed,
    refused,
)

pytestmark = pytest.mark.usefixtures("owned")

PARTNER_SEED = b"p" * 32
PARTNER = "partner.log"


@pytest.fixture
def partner(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Export a partner's log: two events and a correction, made in July."""
    log = ("--log", str(tmp_path / PARTNER))
    july = date(2026, 7, 1)
    with monkeypatch.context() as there:
        there.setenv("ORDERWATCH_RECORDER", "Bea at the partner's")
        use_key(there, tmp_path, PARTNER_SEED)
        for argv in (
            *(["init"], adding(), adding(base=NOTE)),
            ["log", "correct", "1", "--on", "2024-06-25"],
        ):
            code, _, err = run(*log, *argv, today=july)
            assert code == 0, err
    file = tmp_path / "partner.jsonl"
    done(run, *log, "log", "export", "--output", str(file))
    return file


def test_a_partner_comes_into_a_log_that_has_entries(run: Run, partner: Path) -> None:
    add(run, summary="Ours.")
    found = printed(run, "log", "import", str(partner))
    assert (found["added"], found["skipped"], found["size"]) == (3, 0, 4)
    again = printed(run, "log", "import", "-", stdin=partner.read_text("utf-8"))
    assert (again["added"], again["skipped"], again["size"]) == (0, 3, 4)
    assert again["root"] == found["root"] == printed(run, "log", "verify")["root"]
    assert done(run, "log", "import", str(partner)).startswith(
        "0 entries added, 3 already there.\nThe log has 4 entries, root "
    )


def test_a_partner_keeps_who_recorded_and_when(run: Run, partner: Path) -> None:
    add(run, summary="Ours.")
    done(run, "log", "import", str(partner))
    theirs = printed(run, "log", "show", "4")
    assert theirs["recorder"] == "Bea at the partner's"
    assert theirs["recorded"] == "2026-07-01T12:00:00Z"
    assert theirs["event"]["on"] == "2024-06-25"
    assert printed(run, "log", "show", "2")["event"]["fate"] == "corrected by entry 4"


def test_a_partner_and_we_write_on_and_exchange_the_rest(
    run: Run, partner: Path, tmp_path: Path
) -> None:
    add(run, base=NOTE)
    done(run, "log", "import", str(partner))
    done(run, "log", "retract", "4", "--why", "We asked them.")
    ours = done(run, "log", "export")
    log = ("--log", str(tmp_path / PARTNER))
    assert "entry 3 of this log" in refused(run, *log, "log", "import", "-", stdin=ours, code=4)
    found = printed(run, *log, "log", "import", "-", "--effects", stdin=ours)
    assert (found["added"], found["skipped"]) == (2, 3)
    # In our log we own it and the retraction counts; in theirs it has no effect.
    assert [item["counts"] for item in found["amendments"]] == [False]
    assert printed(run, "log", "show", "4")["effects"]
    shown = printed(run, *log, "log", "show", "3")
    assert (shown["effects"], len(shown["void_effects"])) == ([], 1)
    assert "Everything matches" in done(run, *log, "log", "verify")


def test_an_import_into_a_new_log_has_the_same_root(run: Run, partner: Path) -> None:
    found = printed(run, "log", "import", str(partner))
    assert found["root"] == printed(run, "log", "verify", str(partner))["root"]
    assert done(run, "log", "export").encode() == partner.read_bytes()
    assert done(run, "log", "export", "--output", "-").encode() == partner.read_bytes()


def test_every_bad_line_is_named_and_none_is_imported(
    run: Run, sealed: Path, partner: Path
) -> None:
    add(run, summary="Ours.")
    first, second, third = partner.read_bytes().splitlines()
    bad = [
        *(first, b"{", second.replace(b"Registry", b"Registrar"), b"[]"),
        *(third.replace(b'"schema":"orderwatch/entry/1"', b'"schema":"x"'), b"\xff"),
    ]
    partner.write_bytes(b"\n".join(bad))
    with untouched(sealed, times=False):
        err = refused(run, "log", "import", str(partner), code=4)
    lines = err.splitlines()
    assert lines[0] == "orderwatch: nothing was imported:"
    assert [line.split(":")[0] for line in lines[1:]] == [
        f"  line {number}" for number in (2, 3, 4, 5, 6)
    ]


@pytest.mark.parametrize(
    ("lines", "code"), [(b"Dear diary\n", 2), (b'{"entry":1}\n', 4), (b"third", 4)]
)
def test_what_cannot_be_imported_makes_no_log(
    run: Run, sealed: Path, partner: Path, lines: bytes, code: int
) -> None:
    *_, third = partner.read_bytes().splitlines()
    partner.write_bytes(third if lines == b"third" else lines)
    with untouched(sealed):
        refused(run, "log", "import", str(partner), code=code)


def test_a_long_import_is_read_once(
    run: Run, partner: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "DRY_RUN_MAX", 1_000)
    assert partner.stat().st_size > 1_000
    found = printed(run, "log", "import", "-", stdin=partner.read_text("utf-8"))
    assert (found["added"], found["size"]) == (3, 3)
    assert found["root"] == printed(run, "log", "verify", str(partner))["root"]


def test_a_correction_without_what_it_corrects_is_refused(run: Run, partner: Path) -> None:
    *_, third = partner.read_bytes().splitlines()
    partner.write_bytes(third)
    err = refused(run, "log", "import", str(partner), code=4)
    assert "line 1: it names" in err
    assert "which is in neither log" in err


@pytest.mark.parametrize("file", ["none.jsonl", "."])
def test_an_import_that_cannot_be_read_makes_no_log(
    run: Run, sealed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with untouched(sealed):
        refused(run, "log", "import", file)


# An export by itself


@pytest.fixture
def exported(run: Run, tmp_path: Path) -> Path:
    """Export a log of three entries, one of them redacted."""
    add(run)
    add(run, base=NOTE)
    done(run, "log", "redact", "2", "--why", "a risk", "--yes")
    file = tmp_path / "log.jsonl"
    assert done(run, "log", "export", "--output", str(file)) == ""
    return file


def test_an_export_verifies_by_itself(run: Run, exported: Path, tmp_path: Path) -> None:
    found = printed(run, "log", "verify", str(exported))
    assert (found["size"], found["redacted"]) == (3, 1)
    assert found["root"] == printed(run, "log", "verify")["root"]
    out = done(run, "log", "verify", "-", stdin=exported.read_text("utf-8"))
    assert out.startswith("Everything matches: 3 entries (1 redacted), 0 files, 0 ")
    other = ("--log", str(tmp_path / "other.db"))
    done(run, *other, "init")
    imported = printed(run, *other, "log", "import", str(exported))
    assert (imported["added"], imported["root"]) == (3, found["root"])
    assert done(run, *other, "log", "export").encode() == exported.read_bytes()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Reuters", "Reuter5"),
        ('"recorded":"2026', '"recorded":"2025'),
        ("\n", "\nx\n"),
    ],
)
def test_a_changed_export_is_noticed_and_not_imported(
    run: Run, exported: Path, tmp_path: Path, old: str, new: str
) -> None:
    other = ("--log", str(tmp_path / "other.db"))
    done(run, *other, "init")
    checkpoint = tmp_path / "checkpoint"
    checkpoint.write_text(done(run, "log", "checkpoint"))
    exported.write_text(exported.read_text().replace(old, new, 1))
    argv = (str(exported), "--checkpoint", str(checkpoint))
    refused(run, "log", "verify", *argv, code=4)
    if old != '"recorded":"2026':  # another time is another, well-formed, entry
        with untouched(tmp_path, times=False):
            code, out, _ = run(*other, "log", "import", str(exported))
        assert (code, out) in {(2, ""), (4, "")}


def test_a_line_taken_away_is_noticed_by_a_checkpoint(
    run: Run, exported: Path, tmp_path: Path
) -> None:
    checkpoint = tmp_path / "checkpoint"
    checkpoint.write_text(done(run, "log", "checkpoint"))
    argv = ("log", "verify", str(exported), "--checkpoint", str(checkpoint))
    assert "1 checkpoint" in done(run, *argv)
    lines = exported.read_text().splitlines(keepends=True)
    exported.write_text("".join(lines[:-1]))
    refused(run, *argv, code=4)


def test_an_export_that_cannot_be_written_leaves_nothing(run: Run, exported: Path) -> None:
    folder = exported.parent
    with untouched(folder):
        for target in (folder, folder / "none" / "log.jsonl", exported / "x"):
            refused(run, "log", "export", "--output", str(target))


@pytest.mark.file
def test_an_export_does_not_take_the_place_of_the_log(run: Run, sealed: Path) -> None:
    add(run)
    log = default_log(sealed)
    link = sealed / "link"
    link.symlink_to(log.parent)
    with untouched(sealed):
        for path in (log, link / log.name):
            err = refused(run, "log", "export", "--output", str(path))
            assert "is the log itself" in err


def test_an_export_that_breaks_off_leaves_the_older_file(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_log: object, _withheld: object) -> Iterator[bytes]:
        yield b"a line"
        raise LogError("it cannot be read")

    add(run)
    file = tmp_path / "log.jsonl"
    file.write_text("the older export")
    monkeypatch.setattr(SqlLog, "export", broken)
    with untouched(tmp_path, times=False):
        refused(run, "log", "export", "--output", str(file), code=4)
