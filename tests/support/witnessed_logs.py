"""A log that can grow, be cut, rewritten and forked, and asks a witness each time."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from orderwatch.errors import LogError
from orderwatch.frozen import replace
from orderwatch.log.formats import tree
from orderwatch.log.formats.checkpoint import Checkpoint, sign_checkpoint
from orderwatch.log.formats.consistency import ConsistencyProof
from orderwatch.log.formats.signed_note import Signer
from orderwatch.witness import Witness

NOW = datetime(2026, 11, 23, tzinfo=UTC)
ORIGIN = "example.org/log"
KEY = Signer(name=ORIGIN, seed=b"\1" * 32)
LEAVES_MAX = 60
"""Leaves after which another witness begins, for speed."""
HARMS = ("rewritten", "cut", "forked", "hash", "size", "key", "old", "line")


@dataclass
class Model:
    """Leaves of a log."""

    leaves: list[bytes] = field(default_factory=list)

    def node(self, level: int, index: int) -> bytes:
        """Compute the hash of a complete subtree."""
        if level == 0:
            return self.leaves[index]
        left, right = self.node(level - 1, 2 * index), self.node(level - 1, 2 * index + 1)
        return tree.node_hash(left, right)

    def request(self, old: int, key: Signer = KEY) -> ConsistencyProof:
        """Prove what can be proved, whatever was there before."""
        size = len(self.leaves)
        root = tree.root(size, self.node)
        note = sign_checkpoint(Checkpoint(origin=ORIGIN, size=size, root=root), key)
        hashes = tree.consistency_proof(min(old, size), size, self.node)
        return ConsistencyProof(old_size=old, hashes=tuple(hashes), note=note)


def attempts(folder: Path, count: int, seed: int) -> dict[str, int]:
    """Try to get a harmed log cosigned; return how often each harm was refused."""
    random = Random(seed)  # noqa: S311 - the same in each run
    witness = Witness(folder)
    witness.add(KEY.verifier)
    honest = Model()
    refused = dict.fromkeys(HARMS, 0)
    signed = 0
    for number in range(count):
        if number % 10 == 0:
            honest.leaves += [random.randbytes(32) for _ in range(random.randint(1, 3))]
            if len(honest.leaves) > LEAVES_MAX:
                folder = folder.with_name(f"{folder.name}-{number}")
                witness, signed = Witness(folder), 0
                witness.add(KEY.verifier)
                del honest.leaves[20:]
            witness.sign(honest.request(signed).to_text(), NOW)
            signed = len(honest.leaves)
        harm = random.choice(HARMS)
        before = witness.logs()
        try:
            witness.sign(harmed(honest, signed, harm, random), NOW)
        except LogError:
            refused[harm] += 1
        else:
            raise AssertionError(f"a log was cosigned that was harmed: {harm}")
        if witness.logs() != before:
            raise AssertionError(f"the memory was changed by a log that was harmed: {harm}")
    return refused


def harmed(honest: Model, signed: int, harm: str, random: Random) -> str:
    """Build a request that no witness may sign."""
    leaves = list(honest.leaves)
    more = [random.randbytes(32) for _ in range(random.randint(1, 4))]
    grown, old, key = Model(leaves + more), signed, KEY
    match harm:
        case "rewritten":
            leaves[random.randrange(signed)] = random.randbytes(32)
            grown = Model(leaves + random.choice([more, []]))
        case "cut":
            grown = Model(leaves[: random.randrange(1, signed)] if signed > 1 else more[:1])
        case "forked":
            at = random.randrange(signed)
            others = [random.randbytes(32) for _ in range(signed - at)]
            grown, old = Model(leaves[:at] + others + more), random.choice([at, signed])
        case "key":
            key = Signer(name=ORIGIN, seed=random.randbytes(32))
        case "old":
            old = random.randrange(signed)
    proof = grown.request(old, key)
    if harm == "hash":
        hashes = tuple(random.randbytes(32) for _ in proof.hashes or "1")
        proof = replace(proof, hashes=hashes)
    text = proof.to_text()
    if harm == "size":
        size = proof.checkpoint.size
        text = text.replace(f"\n{size}\n", f"\n{size + 1}\n", 1)
    if harm == "line":
        data = bytearray(text.encode())
        data[random.randrange(len(data))] ^= 1 << random.randrange(7)
        text = data.decode(errors="replace")
    return text
