"""What an import does to the log beside adding entries, and what it would do."""

from pathlib import Path

import pytest

from orderwatch.log.formats import jsonl
from orderwatch.log.formats.signed_note import Signer
from orderwatch.model.entry import Entry
from tests.conftest import Run
from tests.support.entries import Scribe, signed
from tests.support.folder_state import untouched
from tests.support.log_commands import NOTE, add, adding, done, evidence, printed, refused

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
    out = done(run, "log", "import", str(redacted), "--effects")
    assert out.startswith("1 entry added, 2 already there.\nA redaction of entry 1 by ")
    assert evidence(sealed) == {}
    assert "0 files" in done(run, "log", "verify")


def test_an_imported_redaction_leaves_a_file_that_another_entry_names(
    run: Run, sealed: Path, redacted: Path, tmp_path: Path
) -> None:
    add(run, base=NOTE, attach=str(tmp_path / "proof.txt"))
    done(run, "log", "import", str(redacted), "--effects")
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
    assert amendment["foreign"] is True
    [recorder] = found["recorders"]
    assert recorder["count"] == 1
    assert "A redaction of entry 1 by " in out
    assert "such an import needs --effects" in out
    assert "Nothing was changed; the log has 3 entries, root " in out
    assert len(evidence(sealed)) == 1
    assert done(run, "log", "export") == before
    imported = printed(run, "log", "import", str(redacted), "--effects")
    assert {**imported, "dry_run": True} == found


@pytest.mark.file
def test_a_dry_run_makes_no_log(run: Run, sealed: Path, redacted: Path, tmp_path: Path) -> None:
    other = tmp_path / "data"
    with pytest.MonkeyPatch.context() as there, untouched(sealed, times=False):
        there.setenv("XDG_DATA_HOME", str(other))
        found = printed(run, "log", "import", str(redacted), "--dry-run")
    assert (found["added"], found["size"]) == (3, 3)
    assert not other.exists()


# Whose word counts


def exported(*entries: Entry) -> str:
    """Write the lines of an export."""
    lines = (jsonl.encode_line(one.raw, one.salt, one.payload) for one in entries)
    return b"".join(lines).decode()


AMENDMENTS = {"correction": "correct", "retraction": "retract", "redaction": "redact"}


@pytest.mark.parametrize("key", [None, b"p" * 32])
@pytest.mark.parametrize("kind", AMENDMENTS)
def test_a_partner_cannot_change_what_we_recorded_by_its_id(
    run: Run, sealed: Path, tmp_path: Path, kind: str, key: bytes | None
) -> None:
    file = tmp_path / "proof.txt"
    file.write_text("The only copy.")
    add(run, base=NOTE, attach=str(file), summary="Our own words.")
    mine = jsonl.parse(done(run, "log", "export").encode())
    partner = Scribe("Our office")
    amendment = getattr(partner, AMENDMENTS[kind])(mine)
    if key is not None:
        amendment = signed(amendment, key)
    lines = exported(partner.event("Theirs."), amendment)
    with untouched(sealed, times=False):
        err = refused(run, "log", "import", "-", stdin=lines, code=4)
    assert f"line 2: it is a {kind} of entry 1 of this log, not signed by the key" in err
    assert "--effects" in err
    assert "Our own words." in done(run, "log", "list", "--origin", "log")
    assert [*evidence(sealed).values()] == [b"The only copy."]
    done(run, "log", "import", "-", "--effects", stdin=lines)
    assert "Our own words." not in done(run, "log", "list", "--origin", "log")


def test_a_signer_amends_what_the_same_key_signed(run: Run) -> None:
    partner = Scribe("Ben")
    first = partner.event("Theirs.")
    second = signed(partner.correct(first, "Theirs, corrected."))
    done(run, "log", "import", "-", stdin=exported(signed(first)))
    out = done(run, "log", "import", "-", stdin=exported(second))
    assert "A correction of entry 1 by Ben (signed by " in out
    other = signed(partner.retract(second), b"o" * 32)
    assert "line 1" in refused(run, "log", "import", "-", stdin=exported(other), code=4)


@pytest.fixture
def key(run: Run, sealed: Path) -> Path:
    """Make the key of a home."""
    path = sealed / "data" / "orderwatch" / "key"
    path.parent.mkdir(parents=True, exist_ok=True)
    done(run, "log", "keygen", str(path), "--name", "example.org/office")
    return path


def test_the_key_of_a_home_signs_what_is_recorded(run: Run, key: Path, tmp_path: Path) -> None:
    public = Signer.parse(key.read_text()).verifier.public.hex()
    add(run, base=NOTE)
    done(run, "log", "correct", "1", "--on", "2024-06-02")
    done(run, "log", "retract", "2", "--why", "a mistake")
    lines = done(run, "log", "export").splitlines()
    headers = [jsonl.parse(line.encode()).header for line in lines]
    assert [header.key for header in headers] == [public] * 3
    done(run, "log", "verify")
    # What one key signed, another log takes without asking, also later.
    other = ("--log", str(tmp_path / "other.sqlite"))
    done(run, *other, "init")
    done(run, *other, "log", "import", "-", stdin=lines[0] + "\n")
    found = printed(run, *other, "log", "import", "-", stdin="\n".join(lines))
    assert [amendment["foreign"] for amendment in found["amendments"]] == [False]


def test_a_changed_signature_is_refused(run: Run, key: Path) -> None:
    assert key.stat().st_mode & 0o777 == 0o600
    add(run, base=NOTE)
    line = done(run, "log", "export")
    signature = jsonl.parse(line.encode()).header.signature
    assert signature
    changed = line.replace(signature, signature[::-1])
    assert "signature" in refused(run, "log", "verify", "-", stdin=changed, code=4)


@pytest.mark.parametrize("content", [None, "PRIVATE+KEY+secret", "x"])
def test_a_key_that_cannot_be_read_records_nothing_and_is_not_shown(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str | None
) -> None:
    path = tmp_path / "office.key"
    if content is not None:
        path.write_text(content)
    monkeypatch.setenv("ORDERWATCH_KEY", str(path))
    err = refused(run, *adding(base=NOTE))
    assert "secret" not in err
    assert "0 entries" in done(run, "log", "verify")


def test_amendments_within_an_import_need_no_leave(run: Run) -> None:
    partner = Scribe("Ben")
    first = partner.event("Theirs.")
    found = printed(run, "log", "import", "-", stdin=exported(first, partner.retract(first)))
    assert (found["added"], found["amendments"]) == (2, [])
