"""What an import does to the log beside adding entries, and what it would do."""

from pathlib import Path

import pytest

from tests.conftest import Run
from tests.support.folder_state import untouched
from tests.support.log_commands import NOTE, add, done, evidence, printed

pytestmark = pytest.mark.usefixtures("store")


@pytest.fixture
def redacted(run: Run, sealed: Path, tmp_path: Path) -> Path:
    """Keep a file as evidence; export what a copy of the log did: redact its entry."""
    file = tmp_path / "proof.txt"
    file.write_text("The evidence.")
    add(run, base=NOTE, attach=str(file), summary="Wintergreen.")
    add(run, base=NOTE)
    copy = ("--log", str(tmp_path / "copy.sqlite"))
    done(run, *copy, "init")
    done(run, *copy, "log", "import", "-", stdin=done(run, "log", "export"))
    done(run, *copy, "log", "redact", "1", "--why", "at risk", "--yes")
    export = tmp_path / "copy.jsonl"
    done(run, *copy, "log", "export", "--output", str(export))
    assert len(evidence(sealed)) == 1
    return export


def test_an_imported_redaction_removes_the_file_that_no_entry_names(
    run: Run, sealed: Path, redacted: Path
) -> None:
    out = done(run, "log", "import", str(redacted))
    assert out.startswith("1 entry added, 2 already there.\nA redaction of entry 1 by ")
    assert evidence(sealed) == {}
    assert "0 files" in done(run, "log", "verify")


def test_an_imported_redaction_leaves_a_file_that_another_entry_names(
    run: Run, sealed: Path, redacted: Path, tmp_path: Path
) -> None:
    add(run, base=NOTE, attach=str(tmp_path / "proof.txt"))
    done(run, "log", "import", str(redacted))
    assert [*evidence(sealed).values()] == [b"The evidence."]
    assert "1 file" in done(run, "log", "verify")


def test_a_dry_run_says_what_an_import_would_do_and_changes_nothing(
    run: Run, sealed: Path, redacted: Path
) -> None:
    before = done(run, "log", "export")
    with untouched(sealed, times=False):
        found = printed(run, "log", "import", str(redacted), "--dry-run")
        out = done(run, "log", "import", str(redacted), "--dry-run")
    assert (found["dry_run"], found["added"], found["skipped"], found["filled"]) == (True, 1, 2, 0)
    [amendment] = found["amendments"]
    assert (amendment["kind"], amendment["target"]) == ("redaction", 1)
    [recorder] = found["recorders"]
    assert recorder["count"] == 1
    assert "A redaction of entry 1 by " in out
    assert "Nothing was changed; the log has 3 entries, root " in out
    assert len(evidence(sealed)) == 1
    assert done(run, "log", "export") == before
    imported = printed(run, "log", "import", str(redacted))
    assert {**imported, "dry_run": True} == found


@pytest.mark.file
def test_a_dry_run_makes_no_log(run: Run, sealed: Path, redacted: Path, tmp_path: Path) -> None:
    other = tmp_path / "data"
    with pytest.MonkeyPatch.context() as there, untouched(sealed, times=False):
        there.setenv("XDG_DATA_HOME", str(other))
        found = printed(run, "log", "import", str(redacted), "--dry-run")
    assert (found["added"], found["size"]) == (3, 3)
    assert not other.exists()
