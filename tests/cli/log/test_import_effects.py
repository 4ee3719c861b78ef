"""What an import does to the log beside adding entries, and what it would do."""

import csv
from pathlib import Path

import pytest

from orderwatch.log.formats import jsonl
from orderwatch.log.formats.signed_note import Signer
from orderwatch.model.entry import Entry
from tests.conftest import Run
from tests.support.entries import Scribe, line, public, signed
from tests.support.folder_state import untouched
from tests.support.keys import HOME
from tests.support.log_commands import NOTE, add, adding, done, evidence, printed, refused

pytestmark = pytest.mark.usefixtures("owned")


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
    assert amendment["foreign"] is False
    [recorder] = found["recorders"]
    assert recorder["count"] == 1
    assert "A redaction of entry 1 by " in out
    assert "needs --effects" not in out  # the key of the entry signed it
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

PARTNER = b"p" * 32


def exported(*entries: Entry) -> str:
    """Write the lines of an export."""
    return b"".join(map(line, entries)).decode()


AMENDMENTS = {"correction": "correct", "retraction": "retract", "redaction": "redact"}


@pytest.mark.parametrize("seed", [None, PARTNER])
@pytest.mark.parametrize("kind", AMENDMENTS)
def test_a_partner_cannot_change_what_we_recorded_by_its_id(
    run: Run, sealed: Path, tmp_path: Path, kind: str, seed: bytes | None
) -> None:
    file = tmp_path / "proof.txt"
    file.write_text("The only copy.")
    add(run, base=NOTE, attach=str(file), summary="Our own words.")
    mine = jsonl.parse(done(run, "log", "export").encode())
    partner = Scribe("Our office", seed)
    amendment = getattr(partner, AMENDMENTS[kind])(mine)
    lines = exported(partner.event("Theirs."), amendment)
    with untouched(sealed, times=False):
        err = refused(run, "log", "import", "-", stdin=lines, code=4)
    assert f"line 2: it is a {kind} of entry 1 of this log, not signed by the key" in err
    assert "--effects" in err
    out = done(run, "log", "import", "-", "--effects", stdin=lines)
    assert f"A {kind} of entry 1 by Our office" in out
    assert "without effect" in out
    listed = done(run, "log", "list", "--origin", "log")
    assert "Our own words." in listed
    assert "Says something else." not in listed
    assert b"Our own words." in done(run, "log", "export").encode()
    assert [*evidence(sealed).values()] == [b"The only copy."]
    assert "has no effect" in done(run, "log", "show", "1")
    shown = printed(run, "log", "show", "3")
    assert (shown["counts"], shown["key"]) == (False, seed and public(seed))
    [row] = [
        row
        for row in csv.DictReader(
            done(run, "log", "list", "--origin", "log", "--history", "--format", "csv").splitlines()
        )
        if row["seq"] == "1"
    ]
    assert row["counts"] == "true"
    assert "Everything matches" in done(run, "log", "verify")
    # What has no effect can be redacted, and not corrected.
    if kind == "correction":
        assert "has no effect" in refused(run, "log", "correct", "3", "--on", "2024-06-02")
    done(run, "log", "redact", "3", "--why", "not ours", "--yes")
    assert "Everything matches" in done(run, "log", "verify")


@pytest.mark.parametrize("kind", AMENDMENTS)
def test_an_amendment_of_an_amendment_without_effect_has_none(run: Run, kind: str) -> None:
    add(run, base=NOTE, summary="Our own words.")
    mine = jsonl.parse(done(run, "log", "export").encode())
    partner = Scribe("Ben", PARTNER)
    first = partner.correct(mine, "Their words.")
    done(run, "log", "import", "-", "--effects", stdin=exported(first))
    second = getattr(partner, AMENDMENTS[kind])(first)
    done(run, "log", "import", "-", "--effects", stdin=exported(second))
    listed = done(run, "log", "list", "--origin", "log")
    assert "Our own words." in listed
    assert "Their words." not in listed
    assert "something else" not in listed
    assert ("Their words." in done(run, "log", "export")) is (kind != "redaction")
    assert "Everything matches" in done(run, "log", "verify")


def test_a_private_amendment_without_effect_hides_nothing(run: Run, tmp_path: Path) -> None:
    add(run, base=NOTE, summary="Our own words.")
    mine = jsonl.parse(done(run, "log", "export").encode())
    partner = Scribe("Ben", PARTNER)
    hidden = partner.correct(mine, "Hide it.", private=True)
    done(run, "log", "import", "-", "--effects", stdin=exported(hidden))
    assert printed(run, "log", "show", "1")["private"] is False
    assert printed(run, "log", "show", "2")["private"] is True
    folder = tmp_path / "public"
    done(run, "publish", str(folder))
    published = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert b"Our own words." in published
    assert b"Hide it." not in published


def test_a_signer_amends_what_the_same_key_signed(run: Run) -> None:
    partner = Scribe("Ben", PARTNER)
    first = partner.event("Theirs.")
    second = partner.correct(first, "Theirs, corrected.")
    done(run, "log", "import", "-", stdin=exported(first))
    out = done(run, "log", "import", "-", stdin=exported(second))
    assert "A correction of entry 1 by Ben (signed by " in out
    other = signed(partner.retract(second), b"o" * 32)
    assert "line 1" in refused(run, "log", "import", "-", stdin=exported(other), code=4)


def test_a_replay_brings_no_redacted_text_back(run: Run) -> None:
    add(run, base=NOTE, summary="Wintergreen.")
    old = done(run, "log", "export")
    done(run, "log", "redact", "1", "--why", "at risk", "--yes")
    assert printed(run, "log", "import", "-", "--effects", stdin=old)["filled"] == 0
    assert "Wintergreen" not in done(run, "log", "export")


@pytest.mark.file
def test_the_first_entry_makes_the_key_of_a_home(
    run: Run, sealed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ORDERWATCH_KEY")
    with untouched(sealed):
        done(run, "status", "rafah")
        refused(run, "log", "retract", "1", "--why", "x")
    code, _, err = run(*adding(base=NOTE))
    path = sealed / "data" / "orderwatch" / "key"
    assert code == 0
    assert str(path) in " ".join(err.split())
    assert path.stat().st_mode & 0o777 == 0o600
    key = Signer.parse(path.read_text()).verifier.public.hex()
    assert printed(run, "log", "show", "1")["key"] == key
    [owner] = printed(run, "log", "recorder", "list")["recorders"]
    assert (owner["key"], owner["rank"], owner["home"]) == (key, "owner", True)
    add(run, base=NOTE)


def test_the_key_of_a_home_signs_what_is_recorded(run: Run, tmp_path: Path) -> None:
    add(run, base=NOTE)
    done(run, "log", "correct", "1", "--on", "2024-06-02")
    done(run, "log", "retract", "2", "--why", "a mistake")
    lines = done(run, "log", "export").splitlines()
    headers = [jsonl.parse(line.encode()).header for line in lines]
    assert [header.key for header in headers] == [HOME] * 3
    done(run, "log", "verify")
    # What one key signed, another log takes without asking, also later.
    other = ("--log", str(tmp_path / "other.sqlite"))
    done(run, *other, "init")
    done(run, *other, "log", "import", "-", stdin=lines[0] + "\n")
    found = printed(run, *other, "log", "import", "-", stdin="\n".join(lines))
    assert [amendment["foreign"] for amendment in found["amendments"]] == [False]


def test_a_changed_signature_is_refused(run: Run) -> None:
    add(run, base=NOTE)
    line = done(run, "log", "export")
    signature = jsonl.parse(line.encode()).header.signature
    assert signature
    changed = line.replace(signature, signature[::-1])
    assert "signature" in refused(run, "log", "verify", "-", stdin=changed, code=4)
    assert "signature" in refused(run, "log", "import", "-", stdin=changed, code=4)


@pytest.mark.parametrize("content", [None, "PRIVATE+KEY+secret", "x"])
def test_a_key_that_cannot_be_read_records_nothing_and_is_not_shown(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str | None
) -> None:
    path = tmp_path / "office.key"
    if content is not None:
        path.write_text(content)
    with monkeypatch.context() as there:
        there.setenv("ORDERWATCH_KEY", str(path))
        err = refused(run, *adding(base=NOTE))
    assert "secret" not in err
    assert "0 entries" in done(run, "log", "verify")


def test_amendments_within_an_import_count_by_their_signer(run: Run) -> None:
    partner = Scribe("Ben", PARTNER)
    first = partner.event("Theirs.")
    found = printed(run, "log", "import", "-", stdin=exported(first, partner.retract(first)))
    assert (found["added"], found["amendments"]) == (2, [])
    assert "Theirs." not in done(run, "log", "list", "--origin", "log")
