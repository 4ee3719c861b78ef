"""Cosignatures of witnesses, against another program and the specification."""

from datetime import UTC, datetime

import proofbundle.checkpoint as proofbundle
import pytest

from orderwatch.errors import LogError, UsageError
from orderwatch.log.formats import cosignature
from orderwatch.log.formats.checkpoint import Checkpoint, sign_checkpoint
from orderwatch.log.formats.signed_note import COSIGNATURE, Note, Signer, parse

LOG = Signer(name="example.org/log", seed=b"\1" * 32)
WITNESS = Signer(name="witness.example.org/w1", seed=b"\2" * 32, type=COSIGNATURE)
AT = datetime(2026, 3, 20, 12, 25, 47, 900_000, tzinfo=UTC)
EXAMPLE = """\
example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
"""  # noqa: E501
"""The example of the specification, which says its time: 1679315147."""
EXAMPLE_SECONDS = 1_679_315_147


def a_note() -> Note:
    checkpoint = Checkpoint(origin=LOG.name, size=7, root=b"\7" * 32, extensions=("more",))
    return sign_checkpoint(checkpoint, LOG)


def test_another_program_verifies_what_we_cosign() -> None:
    note = a_note()
    signature = cosignature.cosign(note, WITNESS, AT)
    message = f"{note}{signature}\n"
    theirs = proofbundle.verify_cosignature(message, str(WITNESS.verifier))
    assert (theirs["ok"], theirs["timestamp"]) == (True, int(AT.timestamp()))
    [ours] = cosignature.verify(parse(message), [LOG.verifier, WITNESS.verifier])
    assert (ours.verifier, ours.time) == (WITNESS.verifier, AT.replace(microsecond=0))


def test_the_time_of_the_specification_is_read() -> None:
    [_, signature] = parse(EXAMPLE).signatures
    assert (signature.name, signature.seconds) == ("witness.example.com/w1", EXAMPLE_SECONDS)


def test_the_latest_of_several_cosignatures_counts_and_a_wrong_one_is_refused() -> None:
    note = a_note()
    times = [AT.replace(day=day) for day in (20, 22, 21)]
    lines = tuple(cosignature.cosign(note, WITNESS, at) for at in times)
    [latest] = cosignature.verify(Note(text=note.text, signatures=lines), [WITNESS.verifier])
    assert latest.time.day == 22
    other = a_note().text.replace("7\n", "8\n", 1)
    with pytest.raises(LogError, match="invalid signature"):
        cosignature.verify(Note(text=other, signatures=lines), [WITNESS.verifier])


def test_a_time_later_than_dates_reach_is_shown_as_the_last() -> None:
    text = a_note().text
    signature = WITNESS.sign(text, 2**63 - 1)
    [item] = cosignature.verify(Note(text=text, signatures=(signature,)), [WITNESS.verifier])
    assert item.time.year == 9999


def test_the_key_of_a_log_does_not_cosign_and_the_key_of_a_witness_signs_no_log() -> None:
    with pytest.raises(LogError, match="not that of a witness"):
        cosignature.cosign(a_note(), LOG, AT)
    with pytest.raises(UsageError, match="not an Ed25519 key"):
        Signer.parse(WITNESS.private_key())
    assert Signer.parse(WITNESS.private_key(), COSIGNATURE) == WITNESS
    assert cosignature.verify(a_note(), [LOG.verifier]) == ()


def test_lines_of_a_witness_are_parsed() -> None:
    line = str(cosignature.cosign(a_note(), WITNESS, AT))
    [signature] = cosignature.parse_lines(f"\n{line}\n".encode())
    assert str(signature) == line
    for text in ("", "\n", f"{line}\n\n{line}\n", f"text\n{line}\n", line[2:], f"{line}\n" * 101):
        with pytest.raises(LogError):
            cosignature.parse_lines(text)
