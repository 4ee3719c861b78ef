"""Checkpoints, with the example of the standard and one of a public log."""

from contextlib import suppress

import metamorphic_log  # type: ignore[import-untyped]
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from proofbundle import checkpoint as proofbundle

from orderwatch.errors import LogError
from orderwatch.log.formats.checkpoint import (
    SIZE_LIMIT,
    Checkpoint,
    from_note,
    load,
    parse_decimal,
    sign_checkpoint,
)
from orderwatch.log.formats.signed_note import (
    COSIGNATURE,
    Note,
    Signature,
    Signer,
    Verifier,
    decode_text,
    parse,
)
from orderwatch.log.formats.tree import EMPTY_ROOT, leaf_hash

# The example of https://c2sp.org/tlog-checkpoint.
SPEC_TEXT = """\
example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
"""
SPEC_NOTE = f"""\
{SPEC_TEXT}
— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7\
u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
"""

# One state of the Go checksum database, whose key is built into Go.
GO_KEY = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
GO_ORIGIN = "go.sum database tree"
GO_NOTE = """\
go.sum database tree
49189689
ftjbAOzaupaIvaPo/G+Dk63nxOZ2s1OPOKIaPtXs7S4=

— sum.golang.org Az3grlKZssqRoMNPpZfKt0TphbbcF+pzXqElURJKRNFKfaUAgqeI5k2AORH0QAhg/eb\
RwyIqD/OqP4oLtLnNumvOBAM=
"""

LOG = Signer(name="example.org/log", seed=bytes(32))
PARTNER = Signer(name="example.net/partner", seed=b"\x01" * 32)
ROOT = leaf_hash(b"")
ROOT64 = "bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0="

lines = st.text(st.characters(min_codepoint=32, codec="utf-8"), min_size=1, max_size=20)
checkpoints = st.builds(
    Checkpoint,
    origin=lines,
    size=st.integers(1, SIZE_LIMIT - 1),
    root=st.binary(min_size=32, max_size=32),
    extensions=st.lists(lines, max_size=2).map(tuple),
)


def here(**changes: object) -> Checkpoint:
    """Make a checkpoint of one entry."""
    fields: dict[str, object] = {"origin": LOG.name, "size": 1, "root": ROOT}
    return Checkpoint(**{**fields, **changes})  # type: ignore[arg-type]


def test_the_example_of_the_standard_is_read_and_written() -> None:
    checkpoint = load(SPEC_NOTE)
    assert checkpoint.origin == "example.com/behind-the-sofa"
    assert checkpoint.size == 20852163
    assert checkpoint.root.hex().startswith("0ac5186a")
    assert checkpoint.extensions == ()
    assert checkpoint.to_text() == SPEC_TEXT


def test_a_checkpoint_of_a_public_log_is_verified() -> None:
    key = Verifier.parse(GO_KEY)
    assert load(GO_NOTE, [key], origin=GO_ORIGIN).size == 49189689
    with pytest.raises(LogError, match="changed after it was signed"):
        load(GO_NOTE.replace("49189689", "49189688"), [key], origin=GO_ORIGIN)


@given(checkpoints)
def test_a_checkpoint_comes_back_from_its_text(checkpoint: Checkpoint) -> None:
    assert Checkpoint.parse(checkpoint.to_text()) == checkpoint
    assert load(checkpoint.to_text().encode()) == checkpoint


@given(checkpoints)
def test_another_program_reads_the_same(checkpoint: Checkpoint) -> None:
    head = metamorphic_log.checkpoint_parse(checkpoint.to_text())
    theirs = (head.origin, head.size, head.root, tuple(head.extensions))
    ours = (checkpoint.origin, checkpoint.size, checkpoint.root, checkpoint.extensions)
    assert theirs == ours


@given(st.integers(1, SIZE_LIMIT - 1), st.binary(min_size=32, max_size=32))
def test_other_programs_verify_what_was_signed(size: int, root: bytes) -> None:
    message = str(sign_checkpoint(here(size=size, root=root), LOG, PARTNER))
    vkey = str(LOG.verifier)
    head = metamorphic_log.checkpoint_verify(message, [vkey])
    assert (head.origin, head.size, head.root) == (LOG.name, size, root)
    theirs = proofbundle.verify_checkpoint(message, vkey)
    assert (theirs["ok"], theirs["tree_size"], theirs["root"]) == (True, size, root)


@given(st.integers(1, SIZE_LIMIT - 1), st.binary(min_size=32, max_size=32))
def test_another_program_signs_the_same_bytes(size: int, root: bytes) -> None:
    key = Ed25519PrivateKey.from_private_bytes(LOG.seed)
    theirs = proofbundle.sign_checkpoint(LOG.name, size, root, key, LOG.name)
    assert theirs == str(sign_checkpoint(here(size=size, root=root), LOG))
    assert load(theirs, [LOG.verifier]) == here(size=size, root=root)


WITNESS = Signer(name="witness.example.org/w1", seed=b"\2" * 32)
WITNESS_KEY = Verifier(name=WITNESS.name, public=WITNESS.verifier.public, type=COSIGNATURE)


def cosigned(time: int = 1_679_315_147) -> str:
    """Return a checkpoint that another program has cosigned as a witness."""
    key = Ed25519PrivateKey.from_private_bytes(WITNESS.seed)
    message = str(sign_checkpoint(here(extensions=("more",)), LOG))
    return str(proofbundle.cosign_checkpoint(message, key, WITNESS.name, time))


def test_the_key_of_a_witness_is_read_and_written_as_another_program_has_it() -> None:
    theirs = proofbundle.cosign_vkey(WITNESS.name, WITNESS.verifier.public)
    assert Verifier.parse(theirs) == WITNESS_KEY
    assert str(WITNESS_KEY) == theirs


@given(st.integers(0, 2**63 - 1))
def test_what_a_witness_cosigned_is_verified_with_its_key(time: int) -> None:
    message = cosigned(time)
    assert load(message, [WITNESS_KEY]).origin == LOG.name
    assert load(message, [LOG.verifier, WITNESS_KEY]).origin == LOG.name
    assert proofbundle.verify_cosignature(message, str(WITNESS_KEY))["ok"]


def test_a_changed_cosignature_or_checkpoint_is_refused() -> None:
    message = cosigned()
    with pytest.raises(LogError, match="invalid signature"):
        load(message.replace("more", "less"), [WITNESS_KEY])
    note = parse(message)
    [_, ours] = note.signatures
    for value in (
        bytes(8) + ours.value[8:],
        b"\x80" + ours.value[1:],
        *(ours.value[8:], ours.value[:8], ours.value[:4], ours.value + b"\0"),
    ):
        other = Signature(name=ours.name, key_id=ours.key_id, value=value)
        assert not WITNESS_KEY.verifies(note.text, other)


def test_a_signature_of_a_log_is_no_cosignature_and_the_other_way_round() -> None:
    note = parse(cosigned())
    log_signature, cosignature = note.signatures
    plain = Verifier(name=WITNESS.name, public=WITNESS.verifier.public)
    assert WITNESS_KEY.verifies(note.text, cosignature)
    assert not plain.verifies(note.text, cosignature)
    as_witness = Verifier(name=LOG.name, public=LOG.verifier.public, type=COSIGNATURE)
    assert not as_witness.verifies(note.text, log_signature)


def test_a_plain_key_of_another_name_still_does_not_speak_for_a_log() -> None:
    other = Signer(name="example.org/other", seed=LOG.seed)
    message = str(sign_checkpoint(here(), LOG, other))
    with pytest.raises(LogError, match="is of 'example"):
        load(message, [other.verifier])


def test_without_a_signer_the_checkpoint_is_its_text() -> None:
    assert str(sign_checkpoint(here())) == here().to_text()
    assert load(here().to_text()) == here()


def test_with_keys_an_unsigned_checkpoint_is_refused() -> None:
    with pytest.raises(LogError, match="signed by nobody"):
        load(here().to_text(), [LOG.verifier])


def test_a_log_is_signed_with_the_key_of_its_name() -> None:
    with pytest.raises(LogError, match=r"is 'example.org/log', but the key is that of 'exam"):
        sign_checkpoint(here(), PARTNER)
    assert from_note(sign_checkpoint(here(), PARTNER, LOG), [LOG.verifier]) == here()


def test_the_key_of_one_log_does_not_speak_for_another() -> None:
    note = sign_checkpoint(here(origin=PARTNER.name), PARTNER)
    keys = [LOG.verifier, PARTNER.verifier]
    assert from_note(note, keys).origin == PARTNER.name
    stolen = Note(text=here().to_text(), signatures=(PARTNER.sign(here().to_text()),))
    with pytest.raises(LogError, match=r"the key that signed it is of 'example.net"):
        from_note(stolen, keys)


def test_another_log_than_the_expected_one_is_refused() -> None:
    note = sign_checkpoint(here(), LOG)
    assert from_note(note, [LOG.verifier], origin=LOG.name) == here()
    with pytest.raises(LogError, match=r"of 'example.org/log', not 'example.org/x'"):
        from_note(note, [LOG.verifier], origin="example.org/x")


def test_the_empty_log_has_one_checkpoint() -> None:
    empty = here(size=0, root=EMPTY_ROOT)
    assert load(empty.to_text()) == empty
    assert empty.to_text().split("\n")[1:] == [
        "0",
        "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
        "",
    ]
    with pytest.raises(LogError, match="empty log has the root of another"):
        here(size=0)


BAD_TEXTS = [
    ("", "cut off|has 0 lines"),
    (f"log\n1\n{ROOT64}", "cut off"),
    ("log\n1\n", "this one has 2 lines"),
    (f"\n1\n{ROOT64}\n", "no empty line"),
    (f"log\n\n{ROOT64}\n", "size .* is not a number .*: ''"),
    (f"log\n01\n{ROOT64}\n", "size .* is not a number .*: '01'"),
    (f"log\n+1\n{ROOT64}\n", "is not a number"),
    (f"log\n-1\n{ROOT64}\n", "is not a number"),
    (f"log\n1 \n{ROOT64}\n", "is not a number"),
    (f"log\n1_0\n{ROOT64}\n", "is not a number"),
    (f"log\n0x1\n{ROOT64}\n", "is not a number"),
    (f"log\n\u0661\n{ROOT64}\n", "is not a number"),
    (f"log\n1\u0661\n{ROOT64}\n", "is not a number"),
    (f"log\n{SIZE_LIMIT}\n{ROOT64}\n", "is not a number below 2"),
    (f"log\n{'9' * 5000}\n{ROOT64}\n", "is not a number"),
    ("log\n1\n\n", "has 32 bytes, not 0"),
    ("log\n1\nAAAA\n", "has 32 bytes, not 3"),
    (f"log\n1\n{ROOT64[:-1]}\n", "root .* is not Base64"),
    (f"log\n1\n{ROOT64[:-2]}1=\n", "root .* is not Base64"),
    (f"log\n1\n {ROOT64}\n", "root .* is not Base64"),
    (f"log\n0\n{ROOT64}\n", "empty log has the root of another"),
    (f"log\n1\n{ROOT64}\n\n", "no empty line"),
    (f"log\n1\n{ROOT64}\none\n\ntwo\n", "no empty line"),
    (f"log\r\n1\n{ROOT64}\n", "control character U\\+000D"),
]


@pytest.mark.parametrize(("text", "reason"), BAD_TEXTS)
def test_a_malformed_checkpoint_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(LogError, match=reason):
        Checkpoint.parse(text)
    with pytest.raises(LogError):
        load(text)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"origin": ""}, "its origin a name"),
        ({"origin": "a\nb"}, "contains a newline"),
        ({"origin": "a\tb"}, "control character"),
        ({"origin": "\ud800"}, "not UTF-8"),
        ({"extensions": ("",)}, "no empty line"),
        ({"extensions": ("a\n9\n",)}, "contains a newline"),
        ({"size": -1}, "invalid size"),
        ({"size": SIZE_LIMIT}, "invalid size"),
        ({"root": b""}, "has 32 bytes, not 0"),
    ],
)
def test_no_checkpoint_is_made_that_would_not_come_back(
    changes: dict[str, object], reason: str
) -> None:
    with pytest.raises(LogError, match=reason):
        here(**changes)


@given(st.integers(0, SIZE_LIMIT - 1))
def test_a_number_comes_back_from_its_text(number: int) -> None:
    assert parse_decimal(str(number), "number") == number


pieces = st.sampled_from(["\n", "log\n", "1", "0", f"{ROOT64}\n", "\n\n", "\r", "— "])
near_texts = st.lists(pieces | st.text(max_size=3), max_size=8).map("".join)
near_checkpoints = near_texts.map(lambda text: f"log\n{text}\n{ROOT64}\n")


@given(near_checkpoints | near_texts | st.text() | st.binary())
def test_anything_is_a_checkpoint_or_a_log_error(data: bytes | str) -> None:
    with suppress(LogError):
        checkpoint = load(data)
        assert decode_text(data).startswith(checkpoint.to_text())
