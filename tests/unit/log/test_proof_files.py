"""Each byte of a proof file counts, without its log."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from random import Random

import pytest

from orderwatch.cli.commands.log.verify_proof import verify_data
from orderwatch.errors import LogError
from orderwatch.log.formats import checkpoint, entry, jsonl, payload, tree
from orderwatch.log.formats.checkpoint import Checkpoint, sign_checkpoint
from orderwatch.log.formats.consistency import ConsistencyProof, prove_consistency
from orderwatch.log.formats.proof import prove_entry
from orderwatch.log.formats.signed_note import Note, Signer
from orderwatch.model import TreeHead
from orderwatch.model.entry import Entry, EntryKind, Header

HOME = Signer(name="orderwatch/home", seed=b"\1" * 32)
ORIGIN = checkpoint.create_origin("0" * 16, HOME.verifier.public.hex())
LOG = Signer(name=ORIGIN, seed=b"\1" * 32)
PARTNER = Signer(name=ORIGIN, seed=b"\2" * 32)


def an_entry() -> Entry:
    body = payload.encode_reason("no duty of <b>this</b> State")
    header = Header(
        id=entry.uuid7(datetime(2026, 11, 20, tzinfo=UTC), 7),
        kind=EntryKind.RETRACTION,
        recorded=datetime(2026, 11, 20, tzinfo=UTC),
        recorder="Ben",
        payload="",
        target=entry.uuid7(datetime(2026, 11, 19, tzinfo=UTC), 7),
    )
    return entry.create(header, body, b"\7" * 32, HOME)


OURS = an_entry()
LEAVES = [tree.leaf_hash(raw) for raw in (b"0", b"1", b"2", OURS.raw, b"4", b"5", b"6")]


def nodes() -> dict[tuple[int, int], bytes]:
    frontier = tree.Frontier()
    return {(level, place): node for leaf in LEAVES for level, place, node in frontier.add(leaf)}


def head(size: int = len(LEAVES)) -> TreeHead:
    stored = nodes()
    root = tree.root(size, lambda *place: stored[place])
    return TreeHead(size=size, root=root, origin=ORIGIN)


def signed(*signers: Signer) -> Note:
    now = head()
    return sign_checkpoint(Checkpoint(origin=ORIGIN, size=now.size, root=now.root), *signers)


def a_proof(*signers: Signer) -> bytes:
    line = jsonl.encode_line(OURS.raw, OURS.salt, OURS.payload)[:-1]
    stored = nodes()
    proof = prove_entry(line, 4, 7, signed(*signers), lambda *place: stored[place])
    return proof.to_text().encode()


def a_consistency_proof(old: int, *signers: Signer) -> bytes:
    stored = nodes()
    note = signed(*signers)
    proof = prove_consistency(head(old), head(), note, lambda *place: stored[place])
    assert ConsistencyProof.parse(proof.to_text()) == proof
    return proof.to_text().encode()


def changes(data: bytes) -> Iterator[bytes]:
    """Yield the file with each byte replaced, by a few others."""
    random = Random(21)  # noqa: S311 - the same in each run
    for place, byte in enumerate(data):
        others = {random.randrange(256), byte ^ 1, *random.sample(b'\n\r {<"\xff\0=A', 2)}
        for other in others - {byte}:
            changed = data[:place] + bytes([other]) + data[place + 1 :]
            # Empty lines at the end are not part of a proof.
            if changed.strip(b"\n") != data.strip(b"\n"):
                yield changed


@pytest.mark.parametrize(
    ("data", "heads", "keys"),
    [
        (a_proof(), (), ()),
        (a_proof(LOG), (), [LOG.verifier]),
        (a_proof(PARTNER), (), [PARTNER.verifier]),
        (a_consistency_proof(5), [head(5)], ()),
        (a_consistency_proof(7), [head(7)], ()),
        (a_consistency_proof(4, PARTNER), [head(4)], [PARTNER.verifier]),
    ],
    ids=["unsigned", "home", "key", "growth", "same", "growth-key"],
)
def test_each_changed_byte_is_refused(
    data: bytes, heads: list[TreeHead], keys: list[object]
) -> None:
    verify_data(data, heads, keys)  # type: ignore[arg-type]
    for changed in changes(data):
        with pytest.raises(LogError):
            verify_data(changed, heads, keys)  # type: ignore[arg-type]


def test_without_a_key_a_changed_signature_is_refused_or_not_counted() -> None:
    signed_by_home = "signed by the key of this entry"
    assert signed_by_home in verify_data(a_proof(LOG))
    for changed in changes(a_proof(LOG)):
        with suppress(LogError):
            assert signed_by_home not in verify_data(changed)


def test_the_sentence_of_a_retraction_is_its_reason() -> None:
    out = verify_data(a_proof(LOG))
    assert out.startswith("Entry 4 (retraction): holds\n")
    assert "\nwhy: no duty of <b>this</b> State\n" in out
