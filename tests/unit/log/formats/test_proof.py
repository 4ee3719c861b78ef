"""Proofs of one entry, made and verified by us and by other programs."""

from contextlib import suppress

import metamorphic_log  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st
from proofbundle import tlogproof

from orderwatch.errors import LogError
from orderwatch.frozen import replace
from orderwatch.log.formats.checkpoint import Checkpoint, sign_checkpoint
from orderwatch.log.formats.proof import MAGIC, Proof
from orderwatch.log.formats.signed_note import Signer, decode_text
from orderwatch.log.formats.tree import Frontier, inclusion_proof, leaf_hash

LOG = Signer(name="example.org/log", seed=bytes(32))
VKEY = str(LOG.verifier)
PARTNER = Signer(name="example.net/partner", seed=b"\x01" * 32)

datas = st.lists(st.binary(max_size=3), min_size=1, max_size=40)


def proved(data: list[bytes], index: int, *signers: Signer, extra: bytes = b"") -> Proof:
    """Prove one entry of a log that holds `data`."""
    frontier = Frontier()
    nodes = {
        (level, place): node
        for entry in data
        for level, place, node in frontier.add(leaf_hash(entry))
    }
    hashes = inclusion_proof(index, len(data), lambda *place: nodes[place])
    checkpoint = Checkpoint(origin=LOG.name, size=len(data), root=frontier.root())
    note = sign_checkpoint(checkpoint, *signers)
    return Proof(index=index, hashes=tuple(hashes), note=note, extra=extra)


FIVE = [b"0", b"1", b"2", b"3", b"4"]
UNSIGNED = proved(FIVE, 2).to_text()


def test_a_proof_looks_as_the_standard_says() -> None:
    proof = proved(FIVE, 2, LOG, extra=b"words")
    head, checkpoint = proof.to_text().split("\n\n", 1)
    magic, extra, index, *hashes = head.split("\n")
    assert magic == "c2sp.org/tlog-proof@v1"
    assert extra == "extra d29yZHM="
    assert index == "index 2"
    assert [len(line) for line in hashes] == [44, 44, 44]
    assert checkpoint == str(proof.note)
    assert "extra" not in UNSIGNED


@given(datas, st.binary(max_size=9), st.data())
def test_a_proof_comes_back_from_its_text_and_proves_its_entry(
    data: list[bytes], extra: bytes, draw: st.DataObject
) -> None:
    index = draw.draw(st.integers(0, len(data) - 1))
    signers = draw.draw(st.sampled_from([(), (LOG,), (PARTNER, LOG)]))
    proof = proved(data, index, *signers, extra=extra)
    assert Proof.parse(proof.to_text().encode()) == proof
    keys = [LOG.verifier] if signers else []
    checkpoint = proof.verify(leaf_hash(data[index]), keys)
    assert checkpoint == proof.checkpoint
    assert checkpoint.size == len(data)


@given(datas, st.binary(max_size=9), st.data())
def test_other_programs_verify_the_proof(
    data: list[bytes], extra: bytes, draw: st.DataObject
) -> None:
    index = draw.draw(st.integers(0, len(data) - 1))
    proof = proved(data, index, LOG, PARTNER, extra=extra)
    text, entry = proof.to_text(), data[index]
    assert tlogproof.verify_tlog_proof(text, entry, VKEY)["ok"]
    assert not tlogproof.verify_tlog_proof(text, entry + b"!", VKEY)["ok"]
    metamorphic_log.checkpoint_verify_inclusion(
        str(proof.note), [VKEY], index, leaf_hash(entry), list(proof.hashes)
    )


@given(datas, st.none() | st.binary(min_size=1, max_size=9), st.data())
def test_another_program_makes_the_same_proof(
    data: list[bytes], extra: bytes | None, draw: st.DataObject
) -> None:
    index = draw.draw(st.integers(0, len(data) - 1))
    proof = proved(data, index, LOG, extra=extra or b"")
    theirs = tlogproof.format_tlog_proof(index, list(proof.hashes), str(proof.note), extra)
    assert theirs == proof.to_text()


def test_a_proof_proves_no_other_entry() -> None:
    proof = proved(FIVE, 2, LOG)
    with pytest.raises(LogError, match="not the one at index 2 of the 5"):
        proof.verify(leaf_hash(b"3"), [LOG.verifier])
    with pytest.raises(LogError, match="not the one at index 3 of the 5"):
        replace(proof, index=3).verify(leaf_hash(b"2"), [LOG.verifier])
    with pytest.raises(LogError, match="5 entries has no entry at index 5"):
        replace(proof, index=5).verify(leaf_hash(b"2"), [LOG.verifier])
    with pytest.raises(LogError, match="has 2 hashes"):
        replace(proof, hashes=proof.hashes[1:]).verify(leaf_hash(b"2"), [LOG.verifier])


def test_a_proof_counts_only_with_the_signature_that_is_asked_for() -> None:
    leaf = leaf_hash(b"2")
    proof = proved(FIVE, 2, LOG)
    assert proof.verify(leaf, [LOG.verifier], origin=LOG.name).size == 5
    with pytest.raises(LogError, match="no known key"):
        proof.verify(leaf, [PARTNER.verifier])
    with pytest.raises(LogError, match=r"not 'example.org/x'"):
        proof.verify(leaf, [LOG.verifier], origin="example.org/x")
    with pytest.raises(LogError, match="signed by nobody"):
        Proof.parse(UNSIGNED).verify(leaf, [LOG.verifier])
    assert Proof.parse(UNSIGNED).verify(leaf).size == 5
    forged = proved([b"0", b"1", b"x", b"3", b"4"], 2)
    note = replace(forged.note, signatures=proof.note.signatures)
    with pytest.raises(LogError, match="changed after it was signed"):
        replace(forged, note=note).verify(leaf_hash(b"x"), [LOG.verifier])


HASH = "bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0="
TAIL = f"\n\nlog\n5\n{HASH}\n"
BAD_PROOFS = [
    ("", "first line is not"),
    (f"c2sp.org/tlog-proof@v2\nindex 0{TAIL}", "first line is not"),
    (f" {MAGIC}\nindex 0{TAIL}", "first line is not"),
    (f"{MAGIC}\nindex 0\n", "no empty line and checkpoint"),
    (f"{MAGIC}{TAIL}", "no line 'index NUMBER'"),
    (f"{MAGIC}\n{HASH}\nindex 0{TAIL}", "no line 'index NUMBER'"),
    (f"{MAGIC}\nindex{TAIL}", "no line 'index NUMBER'"),
    (f"{MAGIC}\nIndex 0{TAIL}", "no line 'index NUMBER'"),
    (f"{MAGIC}\nindex 00{TAIL}", "index of the proof is not a number .*: '00'"),
    (f"{MAGIC}\nindex  0{TAIL}", "index of the proof is not a number"),
    (f"{MAGIC}\nindex -1{TAIL}", "index of the proof is not a number"),
    (f"{MAGIC}\nindex 9223372036854775808{TAIL}", "is not a number below 2"),
    (f"{MAGIC}\nindex 0\nextra AAAA{TAIL}", "hash of the proof is not Base64"),
    (f"{MAGIC}\nextra AAAA\nextra AAAA\nindex 0{TAIL}", "no line 'index NUMBER'"),
    (f"{MAGIC}\nextra \nindex 0{TAIL}", "'extra' line without data"),
    (f"{MAGIC}\nextra\nindex 0{TAIL}", "no line 'index NUMBER'"),
    (f"{MAGIC}\nextra A\nindex 0{TAIL}", "extra data of the proof is not Base64"),
    (f"{MAGIC}\nindex 0\n{HASH[:-1]}{TAIL}", "hash of the proof is not Base64"),
    (f"{MAGIC}\nindex 0\nAAAA{TAIL}", "has 3 bytes instead of 32"),
    (f"{MAGIC}\nindex 0\n\n{HASH}\n", "this one has 1 lines"),
    (f"{MAGIC}\nindex 0\n\n", "cut off"),
    (f"{MAGIC}\nindex 0{TAIL[:-1]}", "cut off"),
    (f"{MAGIC}\nindex 0{TAIL}\n— log A\n", "signature of 'log' is not Base64"),
    (f"{MAGIC}\r\nindex 0{TAIL}", "line 1 .* control character"),
    (f"{MAGIC}\nindex 0{TAIL}".encode("utf-16"), "not UTF-8"),
]


@pytest.mark.parametrize(("data", "reason"), BAD_PROOFS)
def test_a_malformed_proof_is_refused_with_the_reason(data: bytes | str, reason: str) -> None:
    with pytest.raises(LogError, match=reason):
        Proof.parse(data)


pieces = st.sampled_from(["\n", "index 0", "extra AAAA\n", f"{HASH}\n", "0", "\r", TAIL])
near_proofs = st.lists(pieces | st.text(max_size=3), max_size=8).map(
    lambda parts: f"{MAGIC}\n" + "".join(parts) + TAIL
)


@given(near_proofs | st.text() | st.binary())
def test_anything_is_a_proof_or_a_log_error(data: bytes | str) -> None:
    with suppress(LogError):
        proof = Proof.parse(data)
        assert proof.to_text() == decode_text(data)
        proof.verify(leaf_hash(b""))


@given(st.integers(0, len(UNSIGNED) - 1), st.characters(codec="utf-8"))
def test_no_changed_character_is_a_proof_of_the_same(place: int, char: str) -> None:
    changed = UNSIGNED[:place] + char + UNSIGNED[place + 1 :]
    with suppress(LogError):
        checkpoint = Proof.parse(changed).verify(leaf_hash(b"2"))
        # Unsigned, only the name of the log is free.
        same = replace(checkpoint, origin=LOG.name)
        assert same == Proof.parse(UNSIGNED).checkpoint
        assert changed == UNSIGNED or checkpoint.origin != LOG.name
