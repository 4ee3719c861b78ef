"""Proofs that one entry is in the log, as https://c2sp.org/tlog-proof defines them."""

from collections.abc import Sequence
from dataclasses import dataclass

from orderwatch.errors import LogError
from orderwatch.log.formats import checkpoint as checkpoints
from orderwatch.log.formats import signed_note as notes
from orderwatch.log.formats import tree
from orderwatch.log.formats.checkpoint import Checkpoint
from orderwatch.log.formats.signed_note import Note, Verifier
from orderwatch.model.entry import Recorded

MAGIC = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What a stranger needs to see that an entry is in the log, besides the entry."""

    index: int
    """The place of the entry, from 0."""
    hashes: tuple[bytes, ...]
    """The siblings of the leaf and of each node above it."""
    note: Note
    """The checkpoint with its signatures."""
    extra: bytes = b""
    """Of the application, and proved by nothing."""

    @property
    def checkpoint(self) -> Checkpoint:
        """Read the checkpoint, without verifying who signed it."""
        return Checkpoint.parse(self.note.text)

    @classmethod
    def parse(cls, data: bytes | str) -> "Proof":
        """Read a proof; its checkpoint may be unsigned."""
        head, gap, rest = notes.legible(data).partition("\n\n")
        magic, *lines = head.split("\n")
        if magic != MAGIC:
            raise LogError(f"not a proof: its first line is not {MAGIC!r}")
        if not gap:
            raise LogError(
                "the proof has no empty line and checkpoint after its hashes"
            )
        extra = _extra(lines.pop(0)) if lines and lines[0].startswith("extra ") else b""
        if not lines or not lines[0].startswith("index "):
            raise LogError("the proof has no line 'index NUMBER' before its hashes")
        index = lines.pop(0).removeprefix("index ")
        note = notes.parse(rest, unsigned=True)
        Checkpoint.parse(note.text)
        return cls(
            index=checkpoints.decimal(index, "the index of the proof"),
            hashes=tuple(map(_hash, lines)),
            note=note,
            extra=extra,
        )

    def text(self) -> str:
        """Write the proof."""
        extra = (f"extra {notes.encoded(self.extra)}",) if self.extra else ()
        hashes = map(notes.encoded, self.hashes)
        lines = (MAGIC, *extra, f"index {self.index}", *hashes, "")
        return "".join(f"{line}\n" for line in lines) + str(self.note)

    def verify(
        self,
        leaf: bytes,
        verifiers: Sequence[Verifier] = (),
        *,
        origin: str | None = None,
    ) -> Checkpoint:
        """Return the checkpoint of the tree that `leaf` is in, or raise `LogError`.

        `verifiers` and `origin` are those of `checkpoint.opened`.
        """
        checkpoint = checkpoints.opened(self.note, verifiers, origin=origin)
        root = tree.root_from_inclusion(leaf, self.index, checkpoint.size, self.hashes)
        if root != checkpoint.root:
            raise LogError(
                f"the entry is not the one at index {self.index} of the "
                f"{checkpoint.size} in this checkpoint of {checkpoint.origin!r}"
            )
        return checkpoint


def _extra(line: str) -> bytes:
    extra = notes.decoded(line.removeprefix("extra "), "the extra data of the proof")
    if not extra:
        raise LogError("the proof has an 'extra' line without data")
    return extra


def _hash(line: str) -> bytes:
    value = notes.decoded(line, "a hash of the proof")
    if len(value) != tree.HASH_SIZE:
        raise LogError(
            f"a hash of the proof has {len(value)} bytes instead of {tree.HASH_SIZE}"
        )
    return value


def prove_entry(
    item: Recorded, size: int, signed_note: Note, read_node: tree.Read
) -> str:
    """Build the inclusion proof of an entry in a tree of that size."""
    index = item.seq - 1
    hashes = tree.inclusion_proof(index, size, read_node)
    return Proof(
        index=index, hashes=tuple(hashes), note=signed_note, extra=item.raw
    ).text()
