"""`dossier`: one file for one claim, which a stranger checks."""

import hashlib
import json
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.support import captures
from tests.support.dossiers import fill_log, unnoticed, unpack, verify
from tests.support.entries import LIGHTHOUSE, Scribe, line
from tests.support.log_commands import NOTE, adding, done

HOSTILE = "<script>alert(1)</script> \x1b[31m \u202e"


@pytest.fixture
def place(run: Run, tmp_path: Path) -> Path:
    """Make a dossier of an obligation, and unpack it."""
    fill_log(run, tmp_path)
    code, _out, err = run("dossier", "rafah/3", "-o", str(tmp_path / "a.zip"), "--sign", "home")
    assert (code, err.startswith("To verify the signature: --key orderwatch/")) == (0, True)
    return unpack(tmp_path / "a.zip", tmp_path / "unpacked")


def test_a_stranger_checks_it_on_bare_python(place: Path) -> None:
    assert place.name == "dossier-192-2024-05-24-3"
    code, out = verify(place, bare=True)
    assert (code, "CHANGED" in out, "OK: proofs: 2" in out) == (0, False, True)
    assert "NOT CHECKED: signatures; they need the Python package cryptography" in out
    assert "'Israel is said to have handed in its report.'" in out
    code, out = verify(place)
    assert (code, "NOT CHECKED" in out) == (0, False)
    assert ": by the key of an entry" in out
    lines = (place / "verify.py").read_text("utf-8").splitlines()
    assert len(lines) < 100


def test_it_has_all_about_the_claim_and_nothing_private(place: Path) -> None:
    names = sorted(path.relative_to(place).as_posix() for path in place.rglob("*"))
    assert [name for name in names if not name.startswith("evidence/")] == [
        *("VERIFY.txt", "checkpoint", "data", "data/entry-2.json", "data/entry-4.json"),
        *("data/record-1.json", "evidence", "index.html", "manifest.sha256", "proofs"),
        *("proofs/2.tlog-proof", "proofs/4.tlog-proof", "verify.py"),
    ]
    evidence = sorted((place / "evidence").iterdir())
    assert {path.name[64:] for path in evidence} == {".html.txt", ".png", ".wacz", ".pdf"}
    assert {path.read_bytes() for path in evidence} == set(captures.CONTENT.values())
    page = (place / "index.html").read_text("utf-8")
    for text in (
        *("https://www.icj-cij.org/", "Monday 24 June 2024", "1 month from Friday 24 May 2024"),
        *("Reuters", captures.PAGE, "2024-06-20T12:30:00Z", "A disk, by hand", "Ben"),
        *("source code of the page", "What it does not show", "proofs/2.tlog-proof"),
    ):
        assert text in page
    whole = b"".join(path.read_bytes() for path in place.rglob("*") if path.is_file())
    assert b"Zanzibar" not in whole
    assert json.loads((place / "data/entry-2.json").read_text())["custody"][0]["giver"] == "Ana"


def test_a_dossier_of_an_entry_has_that_entry_alone(run: Run, tmp_path: Path) -> None:
    fill_log(run, tmp_path)
    path = tmp_path / "entry.zip"
    out = done(run, "dossier", "--entry", "1", "-o", str(path))
    place = unpack(path, tmp_path / "unpacked")
    assert [item.name for item in (place / "proofs").iterdir()] == ["1.tlog-proof"]
    digest = hashlib.sha256((place / "manifest.sha256").read_bytes()).hexdigest()
    assert out.endswith(f"SHA-256 of manifest.sha256: {digest}\n")
    assert verify(place, digest)[0] == 0
    code, text = verify(place, "0" * 64)
    assert (code, "manifest.sha256: its SHA-256 is not the one" in text) == (1, True)
    assert done(run, "log", "verify-proof", str(place / "proofs/1.tlog-proof"))


def test_private_entries_need_a_leave(run: Run, tmp_path: Path) -> None:
    fill_log(run, tmp_path)
    path = tmp_path / "a.zip"
    code, _out, err = run("dossier", "--entry", "3", "-o", str(path))
    assert (code, path.exists()) == (2, False)
    assert "entry 3 is private; --with-private writes it all the same" in err
    done(run, "dossier", "--entry", "3", "-o", str(path), "--with-private")
    place = unpack(path, tmp_path / "unpacked")
    assert "Zanzibar" in (place / "index.html").read_text("utf-8")
    assert "Private: it contains entries that must not be published." in (
        place / "index.html"
    ).read_text("utf-8")
    assert verify(place, bare=True)[0] == 0


def test_a_redacted_entry_is_proved_without_its_text(run: Run, tmp_path: Path) -> None:
    fill_log(run, tmp_path)
    done(run, "log", "redact", "2", "--why", "at risk", "--yes")
    done(run, "dossier", "--entry", "2", "-o", str(tmp_path / "a.zip"))
    place = unpack(tmp_path / "a.zip", tmp_path / "unpacked")
    code, out = verify(place, bare=True)
    assert (code, "'text withheld'" in out, "OK: proofs: 3" in out) == (0, True, True)
    assert b"handed in its report" not in b"".join(
        path.read_bytes() for path in place.rglob("*") if path.is_file()
    )


def test_the_same_content_has_the_same_bytes(run: Run, tmp_path: Path) -> None:
    fill_log(run, tmp_path)
    first, second = tmp_path / "1.zip", tmp_path / "2.zip"
    done(run, "dossier", "rafah/3", "-o", str(first))
    done(run, "dossier", "rafah/3", "-o", str(second))
    assert first.read_bytes() == second.read_bytes()
    with zipfile.ZipFile(first) as archive:
        assert {info.date_time[0] for info in archive.infolist()} == {1980}


def test_an_older_file_stays_unless_forced(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_text("mine")
    code, _out, err = run("dossier", "rafah/3", "-o", str(path))
    assert (code, path.read_text()) == (2, "mine")
    assert f"{path} exists; --force replaces it" in err
    done(run, "dossier", "rafah/3", "-o", str(path), "--force")
    assert zipfile.is_zipfile(path)
    assert [item.name for item in tmp_path.glob(".*")] == []


def test_without_a_log_it_has_the_public_record(run: Run, tmp_path: Path) -> None:
    done(run, "dossier", "rafah/3", "-o", str(tmp_path / "a.zip"))
    place = unpack(tmp_path / "a.zip", tmp_path / "unpacked")
    assert not (place / "checkpoint").exists()
    code, out = verify(place, bare=True)
    assert (code, "OK: proofs: 0" in out) == (0, True)


@pytest.mark.parametrize(
    ("argv", "error"),
    [
        ((), "name one ID, or one entry with --entry"),
        (("rafah/3", "--entry", "1"), "name one ID, or one entry with --entry"),
        (("nowhere",), "nowhere"),
        (("--entry", "9"), "there is no entry 9"),
    ],
)
def test_what_is_wrong_is_refused(
    run: Run, tmp_path: Path, argv: tuple[str, ...], error: str
) -> None:
    done(run, *adding(base=NOTE))
    code, out, err = run("dossier", *argv, "-o", str(tmp_path / "a.zip"))
    assert (code, out, error in err) == (2, "", True)
    assert not (tmp_path / "a.zip").exists()


def test_missing_evidence_is_named_and_can_be_left_out(run: Run, tmp_path: Path) -> None:
    fill_log(run, tmp_path)
    folder = next(iter(tmp_path.rglob("*.evidence")), None) or next(Path.home().rglob("*.evidence"))
    shutil.rmtree(folder)
    path = tmp_path / "a.zip"
    code, _out, err = run("dossier", "rafah/3", "-o", str(path))
    assert (code, path.exists()) == (4, False)
    assert "--allow-missing omits such files" in err
    code, _out, err = run("dossier", "rafah/3", "-o", str(path), "--allow-missing")
    assert (code, "4 files are missing" in err) == (0, True)
    place = unpack(path, tmp_path / "unpacked")
    code, out = verify(place, bare=True)
    assert (code, out.count("NOT HERE: its file")) == (0, 4)
    assert "not in this dossier" in (place / "index.html").read_text("utf-8")


def test_an_entry_about_what_the_register_lacks_is_proved_all_the_same(
    run: Run, tmp_path: Path
) -> None:
    (tmp_path / "log.jsonl").write_bytes(line(Scribe().event("Says so.")))
    done(run, "log", "import", str(tmp_path / "log.jsonl"))
    code, _out, err = run("dossier", "--entry", "1", "-o", str(tmp_path / "a.zip"))
    assert (code, err) == (
        0,
        f"The register lacks ?:{LIGHTHOUSE}: this file has no order and no date for it.\n",
    )
    place = unpack(tmp_path / "a.zip", tmp_path / "unpacked")
    assert "Says so." in (place / "index.html").read_text("utf-8")
    assert verify(place, bare=True)[0] == 0


def test_text_of_strangers_is_escaped(run: Run, tmp_path: Path) -> None:
    done(run, *adding(base=NOTE, summary=HOSTILE, speaker=HOSTILE))
    given = ("--from", HOSTILE, "--to", HOSTILE, "--on", "2024-06-21", "--what", HOSTILE)
    done(run, "log", "handover", "1", *given)
    done(run, "dossier", "--entry", "1", "-o", str(tmp_path / "a.zip"))
    place = unpack(tmp_path / "a.zip", tmp_path / "unpacked")
    page = (place / "index.html").read_text("utf-8")
    assert ("<script" in page, "\x1b" in page, "\u202e" in page) == (False, False, False)
    out = verify(place, bare=True)[1]
    assert ("\x1b" in out, "\u202e" in out) == (False, False)


def test_a_tool_that_is_not_ours_reads_the_manifest(place: Path) -> None:
    result = subprocess.run(
        ["sha256sum", "--strict", "-c", "manifest.sha256"],  # noqa: S607 - of the system
        cwd=place,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.returncode, result.stdout.count(": OK")) == (0, 13)


def test_each_changed_byte_is_named(place: Path) -> None:
    """Twenty of the changes of `tests.stress.dossier`."""
    assert list(unnoticed(place, 20, 7)) == []


def test_a_file_that_is_added_or_removed_is_named(place: Path) -> None:
    (place / "evidence" / "more").write_text("more")
    (place / "VERIFY.txt").unlink()
    out = verify(place, bare=True)[1]
    assert "CHANGED: evidence/more: is not in the manifest" in out
    assert "CHANGED: VERIFY.txt: is missing" in out
