"""Consistency proofs: that a log continues an older state of itself.

Such a proof is the request to a witness (https://c2sp.org/tlog-witness, `add-checkpoint`): the
old size, the hashes, and the new checkpoint. The old root is not in it: who verifies has it.
"""

import re

from orderwatch.errors import LogError
from orderwatch.frozen import Frozen
from orderwatch.log.formats import checkpoint as checkpoints
from orderwatch.log.formats import signed_note as notes
from orderwatch.log.formats import tree
from orderwatch.log.formats.checkpoint import Checkpoint
from orderwatch.log.formats.proof import parse_hash
from orderwatch.log.formats.signed_note import Note
from orderwatch.model import TreeHead
from orderwatch.translation import _

HASHES_MAX = 63
_OLD = re.compile(r"old ([^\n]*)")


class ConsistencyProof(Frozen):
    """Proof that the log of a checkpoint begins with its first `old_size` entries."""

    old_size: int
    hashes: tuple[bytes, ...]
    note: Note
    """The new checkpoint with its signatures."""

    @property
    def checkpoint(self) -> Checkpoint:
        """Parse the new checkpoint without verifying its signatures."""
        return Checkpoint.parse(self.note.text)

    @classmethod
    def parse(cls, data: bytes | str) -> "ConsistencyProof":
        """Parse a proof; its checkpoint may be unsigned."""
        head, separator, rest = notes.decode_text(data).partition("\n\n")
        first, *lines = head.split("\n")
        match = _OLD.fullmatch(first)
        if match is None:
            raise LogError(_("not a consistency proof: its first line is not 'old SIZE'"))
        if not separator:
            raise LogError(_("the proof has no empty line and checkpoint after its hashes"))
        if len(lines) > HASHES_MAX:
            raise LogError(
                _("the proof has {n} hashes; the maximum is {limit}").format(
                    n=len(lines), limit=HASHES_MAX
                )
            )
        note = notes.parse(rest, unsigned=True)
        Checkpoint.parse(note.text)
        return cls(
            old_size=checkpoints.parse_decimal(match[1], _("the old size of the proof")),
            hashes=tuple(map(parse_hash, lines)),
            note=note,
        )

    def to_text(self) -> str:
        """Format the proof."""
        lines = (f"old {self.old_size}", *map(notes.encode_base64, self.hashes), "")
        return "".join(f"{line}\n" for line in lines) + str(self.note)

    def verify(self, old: TreeHead) -> Checkpoint:
        """Return the new checkpoint, or raise `LogError` unless it continues an old state."""
        new = self.checkpoint
        if old.origin is not None and old.origin != new.origin:
            raise LogError(
                _("the checkpoint is of {origin!r}, not {expected!r}").format(
                    origin=new.origin, expected=old.origin
                )
            )
        if old.size != self.old_size:
            raise LogError(
                _("the proof is for an older log of {n} entries, not of {size}").format(
                    n=self.old_size, size=old.size
                )
            )
        if not tree.verify_consistency(old.size, old.root, new.size, new.root, self.hashes):
            raise LogError(
                _("the log of {size} entries does not continue that of {old}").format(
                    size=new.size, old=old.size
                )
            )
        return new


def prove_consistency(
    old: TreeHead, new: TreeHead, signed_note: Note, read_node: tree.NodeReader
) -> ConsistencyProof:
    """Build the proof that a log continues an older state; raise `LogError` if it does not."""
    if old.origin is not None and old.origin != new.origin:
        raise LogError(
            _("the checkpoint is of {origin!r}, but the log is {name!r}").format(
                origin=old.origin, name=new.origin
            )
        )
    if old.size > new.size:
        raise LogError(
            _("the checkpoint has {n} entries, but the log only {size}").format(
                n=old.size, size=new.size
            )
        )
    if tree.root(old.size, read_node) != old.root:
        raise LogError(
            _("the first {n} entries of the log are not those of the checkpoint").format(n=old.size)
        )
    hashes = tree.consistency_proof(old.size, new.size, read_node)
    return ConsistencyProof(old_size=old.size, hashes=tuple(hashes), note=signed_note)
