"""`log checkpoint`, `prove`, `verify-proof`, `keygen`: what goes to strangers."""

import base64
import re
from pathlib import Path

import pytest

from orderwatch.log.formats import tree
from tests.conftest import Run
from tests.support.folder_state import untouched
from tests.support.keys import HOME
from tests.support.log_commands import add, adding, done, printed, refused
from tests.support.tampering import tampering

pytestmark = pytest.mark.usefixtures("store")


@pytest.fixture
def three(run: Run) -> Run:
    """Log three events."""
    for day in ("25", "26", "27"):
        add(run, on=f"2024-06-{day}")
    return run


def keygen(run: Run, file: Path, *argv: str) -> str:
    return done(run, "log", "keygen", str(file), *argv).strip()


def test_a_checkpoint_holds_name_size_and_root(three: Run) -> None:
    head = printed(three, "status")["log"]
    assert done(three, "log", "checkpoint") == (f"{head['origin']}\n3\n{head['root']}\n")


def test_a_signature_stands_below_the_same_checkpoint(three: Run, tmp_path: Path) -> None:
    plain = done(three, "log", "checkpoint")
    name, *_ = keygen(three, tmp_path / "key").split("+")
    signed = done(three, "log", "checkpoint", "--sign", str(tmp_path / "key"))
    text, _, signature = signed.partition("\n\n")
    assert f"{text}\n" == plain
    assert re.fullmatch(rf"— {re.escape(name)} [A-Za-z0-9+/=]+\n", signature)


def test_the_key_of_the_home_signs_under_the_name_of_the_log(three: Run, tmp_path: Path) -> None:
    plain = done(three, "log", "checkpoint")
    code, signed, err = three("log", "checkpoint", "--sign", "home")
    assert (code, signed.partition("\n\n")[0]) == (0, plain.strip())
    key = err.split("--key ")[1].strip()
    name, _, public = key.split("+", 2)
    assert name == plain.splitlines()[0]
    assert base64.b64decode(public)[1:].hex() == HOME
    kept = tmp_path / "kept"
    kept.write_text(signed, "utf-8")
    assert "signed by the key given" in done(
        three, "log", "verify", "--checkpoint", str(kept), "--key", key
    )
    code, out, err = three("log", "prove", "2", "--sign", "home")
    assert (code, key in err) == (0, True)
    kept.write_text(out, "utf-8")
    done(three, "log", "verify-proof", str(kept), "--key", key)


def test_a_home_without_a_key_signs_nothing(
    three: Run, monkeypatch: pytest.MonkeyPatch, sealed: Path
) -> None:
    monkeypatch.delenv("ORDERWATCH_KEY")
    with untouched(sealed):
        assert "no key yet" in refused(three, "log", "checkpoint", "--sign", "home")


@pytest.mark.file
def test_before_the_first_entry_there_is_no_checkpoint(run: Run, sealed: Path) -> None:
    with untouched(sealed):
        assert "no entry yet" in refused(run, "log", "checkpoint", code=4)
        assert "the log has 0" in refused(run, "log", "prove", "1")


def test_an_empty_log_that_was_made_has_a_checkpoint(run: Run, tmp_path: Path) -> None:
    log = ("--log", str(tmp_path / "office.log"))
    done(run, *log, "init")
    assert done(run, *log, "log", "checkpoint").splitlines()[1] == "0"


@pytest.mark.file
def test_a_log_that_lost_its_name_has_no_checkpoint(run: Run, tmp_path: Path) -> None:
    log = ("--log", str(tmp_path / "office.log"))
    done(run, *log, "init")
    done(run, *log, *adding())
    tampering(tmp_path / "office.log", "DELETE FROM log")
    for command in ("checkpoint", "prove 1", "verify"):
        assert "name" in refused(run, *log, "log", *command.split(), code=4)


def test_a_checkpoint_is_held_against_the_keys_given(three: Run, tmp_path: Path) -> None:
    ours, theirs = (keygen(three, tmp_path / name) for name in ("ours", "theirs"))
    kept = tmp_path / "kept"
    kept.write_text(done(three, "log", "checkpoint", "--sign", str(tmp_path / "ours")), "utf-8")
    check = ("log", "verify", "--checkpoint", str(kept))
    assert printed(three, *check, "--key", ours)["checkpoints"] == 1
    assert printed(three, *check, "--key", theirs, "--key", ours)["checkpoints"] == 1
    assert "1 checkpoint (signed by the key given)" in done(three, *check, "--key", ours)
    said = done(three, *check, "--key", theirs, "--key", ours)
    assert "(signed by at least one of the 2 keys given)" in said
    refused(three, *check, "--key", theirs, code=4)
    kept.write_text(kept.read_text("utf-8").replace("\n3\n", "\n2\n"), "utf-8")
    refused(three, *check, "--key", ours, code=4)
    refused(three, *check, "--key", "no key")
    kept.write_text(done(three, "log", "checkpoint"), "utf-8")
    refused(three, *check, "--key", ours, code=4)


@pytest.mark.parametrize("entry", ["1", "2", "3"])
def test_a_proof_of_each_entry_holds(three: Run, tmp_path: Path, entry: str) -> None:
    key = keygen(three, tmp_path / "key")
    proof = done(three, "log", "prove", entry, "--sign", str(tmp_path / "key"))
    out = done(three, "log", "verify-proof", "-", "--key", key, stdin=proof)
    first, header = out.splitlines()
    assert first.startswith(f"The proof holds: entry {entry} of 3 in the log ")
    assert first.endswith("(signed by the key given).")
    assert printed(three, "log", "show", entry)["id"] in header


def test_a_proof_is_made_of_an_entry_named_by_its_id(three: Run) -> None:
    uid = printed(three, "log", "show", "2")["id"]
    assert done(three, "log", "prove", uid) == done(three, "log", "prove", "2")


def test_each_byte_of_a_proof_matters(three: Run, tmp_path: Path) -> None:
    key = keygen(three, tmp_path / "key")
    proof = done(three, "log", "prove", "2", "--sign", str(tmp_path / "key"))
    for number, line in enumerate(proof.splitlines()):
        # A spare bit at the end of Base64 is refused by the tests of the note.
        for place in range(0, max(len(line) - 3, 0), 7):
            letter = "B" if line[place] != "B" else "C"
            lines = proof.splitlines()
            lines[number] = line[:place] + letter + line[place + 1 :]
            changed = "".join(f"{one}\n" for one in lines)
            code, out, _ = three(*("log", "verify-proof", "-", "--key", key), stdin=changed)
            assert (code, out) == (4, ""), changed


def test_a_proof_of_another_entry_does_not_hold(three: Run) -> None:
    proof = done(three, "log", "prove", "2").splitlines()
    other = done(three, "log", "prove", "3").splitlines()
    proof[1] = other[1]
    text = "".join(f"{line}\n" for line in proof)
    refused(three, "log", "verify-proof", "-", code=4, stdin=text)
    entry = base64.b64decode(other[1].removeprefix("extra "))
    assert printed(three, "log", "show", "3")["id"].encode() in entry


def test_a_proof_needs_its_entry(three: Run) -> None:
    lines = done(three, "log", "prove", "2").splitlines()
    text = "".join(f"{line}\n" for line in lines if not line.startswith("extra "))
    err = refused(three, "log", "verify-proof", "-", code=4, stdin=text)
    assert "the proof contains no entry" in err


@pytest.mark.parametrize(
    ("entry", "shown"),
    [
        (b"\x1b]0;owned\x07", "<U+001B>]0;owned<U+0007>"),
        ("\u202egpj".encode(), "<U+202E>gpj"),
        (b"\xff", "\\xff"),
        (b"a\nb", "a<U+000A>b"),
    ],
)
def test_a_proof_of_hostile_bytes_is_made_visible(run: Run, entry: bytes, shown: str) -> None:
    extra, root = (base64.b64encode(x).decode() for x in (entry, tree.leaf_hash(entry)))
    proof = f"c2sp.org/tlog-proof@v1\nextra {extra}\nindex 0\n\nelsewhere\n1\n{root}\n"
    out = done(run, "log", "verify-proof", "-", stdin=proof)
    assert out.splitlines()[1:] == [shown]


def test_a_wrong_key_does_not_hold(three: Run, tmp_path: Path) -> None:
    keygen(three, tmp_path / "ours")
    theirs = keygen(three, tmp_path / "theirs")
    proof = tmp_path / "proof"
    argv = ("log", "prove", "1", "--sign", str(tmp_path / "ours"))
    proof.write_text(done(three, *argv), "utf-8")
    check = ("log", "verify-proof", str(proof))
    assert "its signatures not checked" in done(three, *check)
    refused(three, *check, "--key", theirs, code=4)
    refused(three, *check, "--key", "office+1+x")
    refused(three, "log", "verify-proof", str(tmp_path / "none"))


def test_an_entry_that_was_redacted_is_still_proven(three: Run) -> None:
    before = done(three, "log", "prove", "1").splitlines()[1]
    done(three, "log", "redact", "1", "--why", "at risk", "--yes")
    proof = done(three, "log", "prove", "1")
    assert proof.splitlines()[1] == before
    assert "entry 1 of 4" in done(three, "log", "verify-proof", "-", stdin=proof)


def test_a_key_is_for_its_owner_and_never_overwritten(three: Run, tmp_path: Path) -> None:
    file = tmp_path / "office.key"
    public = keygen(three, file, "--name", "office.example")
    assert public.startswith("office.example+")
    assert file.stat().st_mode & 0o777 == 0o600
    assert public not in file.read_text()
    with untouched(tmp_path):
        err = refused(three, "log", "keygen", str(file), "--name", "other")
        assert f"{file}: file exists" in err
        refused(three, "log", "keygen", str(tmp_path / "none" / "key"))
        refused(three, "log", "keygen", str(tmp_path / "key"), "--name", "a b")
        refused(three, "log", "keygen", str(tmp_path / "key"), "--name", "")


def test_a_key_has_the_name_of_the_log(three: Run, tmp_path: Path) -> None:
    origin = printed(three, "status")["log"]["origin"]
    assert keygen(three, tmp_path / "key").startswith(f"{origin}+")


@pytest.mark.file
def test_a_key_needs_a_name_before_there_is_a_log(run: Run, sealed: Path, tmp_path: Path) -> None:
    with untouched(sealed, tmp_path):
        err = refused(run, "log", "keygen", str(tmp_path / "key"))
    assert "--name" in err
    assert keygen(run, tmp_path / "key", "--name", "office.org")[:11] == "office.org+"


def test_what_is_no_key_signs_nothing(three: Run, tmp_path: Path) -> None:
    (tmp_path / "notes.key").write_text("no key")
    for name in ("none.key", ".", "notes.key"):
        err = refused(three, "log", "checkpoint", "--sign", str(tmp_path / name))
        assert "no key" not in err.replace(str(tmp_path), "")


def test_a_private_key_is_never_printed(three: Run, tmp_path: Path) -> None:
    file = tmp_path / "key"
    keygen(three, file)
    text = file.read_text()
    file.write_text(text[:-9])
    code, out, err = three("log", "checkpoint", "--sign", str(file))
    assert (code, out) == (2, "")
    assert text[:-9].split("+", 4)[-1] not in err
