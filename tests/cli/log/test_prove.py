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
    assert out.startswith(
        f"Entry {entry}: Reuters, {24 + int(entry)} June 2024: "
        "\u2018Israel is said to have handed in its report.\u2019: holds\n"
    )
    entry_shown = printed(three, "log", "show", entry)
    assert field(out, "id") == entry_shown["id"]
    assert (field(out, "recorder"), field(out, "signed by")) == (entry_shown["recorder"], HOME)
    assert (field(out, "entries"), field(out, "checkpoint")) == ("3", "signed by the key given")
    assert field(out, "source") == "https://news.example/1"
    assert f"entry {entry} of the 3" in field(out, "proves")
    assert "that the text is true" in field(out, "does not prove")


def field(out: str, name: str) -> str:
    """Return a field of what was printed."""
    [value] = re.findall(rf"^{name}: (.*)$", out, re.MULTILINE)
    return str(value)


@pytest.mark.usefixtures("owned")
def test_a_proof_of_the_home_is_checked_without_a_key(three: Run) -> None:
    proof = three("log", "prove", "2", "--sign", "home")[1]
    out = done(three, "log", "verify-proof", "-", stdin=proof)
    assert field(out, "checkpoint") == "signed by the key of this entry"
    assert field(out, "owner") == "the key of this entry made the log"
    start = proof.rindex(" ") + 20
    letter = "B" if proof[start] != "B" else "C"
    changed = proof[:start] + letter + proof[start + 1 :]
    assert "invalid signature" in refused(three, "log", "verify-proof", "-", code=4, stdin=changed)


def test_a_proof_of_the_hash_alone_has_no_text(three: Run) -> None:
    proof = done(three, "log", "prove", "2", "--hash-only")
    [_, line, *_] = proof.splitlines()
    entry = base64.b64decode(line.removeprefix("extra "))
    assert b"Reuters" not in entry
    out = done(three, "log", "verify-proof", "-", stdin=proof)
    assert out.startswith("Entry 2 (event): holds\n")
    assert field(out, "text") == "not in the proof"
    assert field(out, "checkpoint").startswith("not signed")


def test_the_text_of_a_private_entry_is_in_its_proof_only_on_request(run: Run) -> None:
    add(run, private=True)
    add(run)
    run("log", "correct", "2", "--summary", "At risk.", "--private")
    for entry, word in (("1", b"Reuters"), ("2", b"Reuters"), ("3", b"At risk.")):
        code, proof, err = run("log", "prove", entry)
        assert (code, "--with-private includes it" in err) == (0, True)
        assert word not in base64.b64decode(proof.splitlines()[1].removeprefix("extra "))
        proof = done(run, "log", "prove", entry, "--with-private")
        assert word in base64.b64decode(proof.splitlines()[1].removeprefix("extra "))
        done(run, "log", "prove", entry, "--hash-only")


def test_a_log_continues_an_older_checkpoint(three: Run, tmp_path: Path) -> None:
    old, growth = tmp_path / "old", tmp_path / "growth"
    old.write_text(done(three, "log", "checkpoint"), "utf-8")
    add(three)
    key = keygen(three, tmp_path / "key")
    growth.write_text(
        done(three, "log", "prove", "--since", str(old), "--sign", str(tmp_path / "key")), "utf-8"
    )
    check = ("log", "verify-proof", str(growth), "--checkpoint", str(old))
    out = done(three, *check, "--key", key)
    assert out.startswith("The log of 4 entries continues that of 3: holds\n")
    assert field(out, "checkpoint") == "signed by the key given"
    assert field(done(three, *check), "checkpoint").startswith("its signatures not checked")
    assert "name the older one" in refused(three, *check[:3])
    other = tmp_path / "other"
    for number, problem in (("2", "older log of 3 entries"), ("4", "older log of 3 entries")):
        other.write_text(old.read_text("utf-8").replace("\n3\n", f"\n{number}\n"), "utf-8")
        err = refused(three, *check[:3], "--checkpoint", str(other), code=4)
        assert problem in err


def test_a_log_that_was_rewritten_does_not_prove_that_it_continues(
    three: Run, tmp_path: Path
) -> None:
    name, size, root = done(three, "log", "checkpoint").splitlines()
    old = tmp_path / "old"
    for lines, problem in (
        ((name, size, base64.b64encode(bytes(32)).decode()), "first 3 entries of the log are not"),
        ((name, "4", root), "has 4 entries, but the log only 3"),
        (("orderwatch/other", size, root), "but the log is"),
    ):
        old.write_text("".join(f"{line}\n" for line in lines), "utf-8")
        assert problem in refused(three, "log", "prove", "--since", str(old), code=4)
    assert "name an entry" in refused(three, "log", "prove")
    assert "name an entry" in refused(three, "log", "prove", "1", "--since", str(old))


def test_a_proof_is_compared_with_a_checkpoint_of_its_size(three: Run, tmp_path: Path) -> None:
    proof = done(three, "log", "prove", "2")
    own = tmp_path / "own"
    own.write_text(done(three, "log", "checkpoint"), "utf-8")
    check = ("log", "verify-proof", "-", "--checkpoint", str(own))
    done(three, *check, stdin=proof)
    add(three)
    err = refused(three, *check, code=4, stdin=done(three, "log", "prove", "2"))
    assert "log prove --since" in err
    own.write_text("\n".join([*proof.splitlines()[-3:-1], "A" * 43 + "=", ""]), "utf-8")
    assert "another log" in refused(three, *check, code=4, stdin=proof)


def test_a_proof_is_made_of_an_entry_named_by_its_id(three: Run) -> None:
    uid = printed(three, "log", "show", "2")["id"]
    assert done(three, "log", "prove", uid) == done(three, "log", "prove", "2")


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


def test_hostile_text_in_a_proof_is_escaped(run: Run) -> None:
    add(run, summary="\u202egpj \x1b]0;owned\x07", speaker="a\u2028b: holds")
    out = done(run, "log", "verify-proof", "-", stdin=done(run, "log", "prove", "1"))
    assert not {"\u202e", "\x1b", "\x07", "\u2028"} & set(out)
    assert "<U+202E>gpj" in out
    [first, empty, *_] = out.splitlines()
    assert (first[:8], first[-7:], empty) == ("Entry 1:", ": holds", "")


@pytest.mark.parametrize("entry", [b"\x1b]0;owned\x07", b"\xff", b'{"entry":{},"payload":null}'])
def test_a_proof_of_anything_but_an_entry_is_refused(run: Run, entry: bytes) -> None:
    extra, root = (base64.b64encode(x).decode() for x in (entry, tree.leaf_hash(entry)))
    proof = f"c2sp.org/tlog-proof@v1\nextra {extra}\nindex 0\n\nelsewhere\n1\n{root}\n"
    assert "the entry in the proof" in refused(run, "log", "verify-proof", "-", code=4, stdin=proof)


def test_a_wrong_key_does_not_hold(three: Run, tmp_path: Path) -> None:
    keygen(three, tmp_path / "ours")
    theirs = keygen(three, tmp_path / "theirs")
    proof = tmp_path / "proof"
    argv = ("log", "prove", "1", "--sign", str(tmp_path / "ours"))
    proof.write_text(done(three, *argv), "utf-8")
    check = ("log", "verify-proof", str(proof))
    assert field(done(three, *check), "checkpoint").startswith("its signatures not checked")
    refused(three, *check, "--key", theirs, code=4)
    refused(three, *check, "--key", "office+1+x")
    refused(three, "log", "verify-proof", str(tmp_path / "none"))


def test_an_entry_that_was_redacted_is_still_proven(three: Run) -> None:
    before = done(three, "log", "prove", "1", "--hash-only").splitlines()[1][:-8]
    done(three, "log", "redact", "1", "--why", "at risk", "--yes")
    code, proof, err = three("log", "prove", "1")
    assert (code, "has no text any more" in err) == (0, True)
    assert proof.splitlines()[1][:-8] == before
    assert "entry 1 of the 4" in done(three, "log", "verify-proof", "-", stdin=proof)


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
