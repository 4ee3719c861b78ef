"""The witness of other logs: its memory, and what it refuses."""

from datetime import timedelta
from pathlib import Path

import proofbundle.checkpoint as proofbundle
import pytest

from orderwatch.errors import LogError, UsageError
from orderwatch.log.formats.signed_note import COSIGNATURE, Signer
from orderwatch.witness import Witness
from tests.support.folder_state import untouched
from tests.support.witnessed_logs import KEY, NOW, ORIGIN, Model, attempts

LEAVES = [bytes([number]) * 32 for number in range(9)]


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    made = Witness(tmp_path / "witness")
    made.add(KEY.verifier)
    return made


def request(size: int, old: int = 0) -> str:
    return Model(LEAVES[:size]).request(old).to_text()


def test_a_log_that_grows_is_cosigned_each_time_as_another_program_verifies(
    witness: Witness,
) -> None:
    vkey = witness.add(KEY.verifier)
    for number, (old, size) in enumerate([(0, 3), (3, 7), (7, 7), (7, 9)]):
        text = request(size, old)
        line = witness.sign(text, NOW + timedelta(days=number))
        note = text.partition("\n\n")[2]
        theirs = proofbundle.verify_cosignature(f"{note}{line}\n", str(vkey))
        assert (theirs["ok"], theirs["tree_size"]) == (True, size)
    [log] = witness.logs()
    assert (log.origin, log.size) == (ORIGIN, 9)


def test_a_log_that_was_harmed_is_not_cosigned(tmp_path: Path) -> None:
    refused = attempts(tmp_path / "witness", 20, seed=21)
    assert sum(refused.values()) == 20


def test_the_memory_is_written_before_a_cosignature_is_returned(
    witness: Witness, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr("orderwatch.fs.write", fail)
        with pytest.raises(UsageError, match="No space left"):
            witness.sign(request(3), NOW)
    with monkeypatch.context() as disk:
        disk.setattr("orderwatch.fs.fsync_folder", fail)
        with pytest.raises(UsageError, match="No space left"):
            witness.sign(request(3), NOW)
    # What may be on the disk counts as cosigned.
    assert witness.logs()[0].size == 3


def test_without_its_memory_a_witness_signs_nothing(tmp_path: Path, witness: Witness) -> None:
    witness.sign(request(3), NOW)
    memory = tmp_path / "witness" / "memory.json"
    content = memory.read_bytes()
    memory.unlink()
    with untouched(tmp_path):
        for work in (lambda: witness.sign(request(2), NOW), lambda: witness.add(KEY.verifier)):
            with pytest.raises(LogError, match=r"memory\.json is missing"):
                work()
    for damaged in (b"", b"{}", content[:-9], content.replace(b'"size": 3', b'"size": -3')):
        memory.write_bytes(damaged)
        with pytest.raises(LogError, match="is damaged"):
            witness.sign(request(2), NOW)
    memory.write_bytes(content)
    witness.sign(request(5, 3), NOW)
    assert witness.logs()[0].size == 5


def test_a_home_that_is_no_witness_signs_nothing(tmp_path: Path) -> None:
    with untouched(tmp_path), pytest.raises(UsageError, match="no witness yet"):
        Witness(tmp_path / "witness").sign(request(3), NOW)


def test_a_log_that_was_not_added_is_not_cosigned(tmp_path: Path) -> None:
    witness = Witness(tmp_path / "witness")
    witness.add(Signer(name="example.org/other", seed=b"\2" * 32).verifier)
    with pytest.raises(LogError, match=r"'example\.org/log' is unknown"):
        witness.sign(request(3), NOW)


def test_a_witness_has_one_name_and_names_nobody_by_default(tmp_path: Path) -> None:
    first = Witness(tmp_path / "first")
    vkey = first.add(KEY.verifier)
    assert "Never copy" in str(first.note)
    assert vkey.name.startswith("orderwatch/witness/")
    assert first.add(KEY.verifier) == vkey
    with pytest.raises(UsageError, match="is named 'orderwatch/witness/"):
        first.add(KEY.verifier, "example.org/desk")
    named = Witness(tmp_path / "second").add(KEY.verifier, "example.org/desk")
    assert (named.name, named.type) == ("example.org/desk", COSIGNATURE)
    key = tmp_path / "second" / "key"
    assert key.stat().st_mode & 0o777 == 0o600
    with pytest.raises(UsageError, match="not that of a log"):
        first.add(named)


def test_a_request_of_several_proofs_is_for_one_checkpoint(witness: Witness) -> None:
    witness.sign(request(3), NOW)
    both = Model(LEAVES[:5])
    text = "\n".join(both.request(old).to_text() for old in (0, 3))
    witness.sign(text, NOW)
    with pytest.raises(LogError, match=r"no proof from there: .* --old 5"):
        witness.sign(Model(LEAVES[:7]).request(3).to_text(), NOW)
    mixed = f"{request(7, 5)}\n{request(8, 0)}"
    with pytest.raises(LogError, match="different checkpoints"):
        witness.sign(mixed, NOW)
    for bad in ("", "text\nold 3\n", f"text\n{request(7, 5)}"):
        with pytest.raises(LogError, match="not a request"):
            witness.sign(bad, NOW)
